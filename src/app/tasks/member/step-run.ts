import { formatMjd } from '../../../astronomy/measures/index.ts';
import type { Context } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { renderPng } from '../../../foundation/plotting/node-canvas.ts';
import { type BlockFiles, blockPages, tablePages } from '../../../pipeline/qa/index.ts';
import {
  calibrateBlock,
  calibrateFluxes,
  type PlanRunner,
  type PlanStep,
  planMemberImaging,
  runStep,
} from '../../../pipeline/reduction/index.ts';
import { deliver } from './deliver.ts';
import type { BlockAssessment, ImagesMade, MemberStep } from './steps.ts';

/**
 * Runs one step of a Member's reduction in this engine thread.
 *
 * @param runnerIn makes the plan runner for a working directory
 */
export async function runMemberStep(
  context: Context,
  runnerIn: (directory: string) => PlanRunner,
  step: MemberStep,
): Promise<unknown> {
  switch (step.step) {
    case 'calibrate-block':
      return calibrateBlock(context, runnerIn(step.options.directory), step.options);
    case 'calibrate-fluxes':
      return calibrateFluxes(context, runnerIn(step.directory), step.blocks);
    case 'plan-images':
      return planMemberImaging(context, step.directory, step.vis, step.goal);
    case 'make-images':
      return makeImages(context, runnerIn(step.directory), step.part);
    case 'assess-block':
      return assessBlock(context, step.files, step.member);
    case 'deliver':
      return deliver(context, step.results, step.maxBytes);
  }
}

async function makeImages(context: Context, runner: PlanRunner, part: PlanStep): Promise<ImagesMade> {
  await runStep(context, runner, part, { from: 0, share: 1, note: part.title });
  return { title: part.title };
}

/** Draws the pages of an Execution Block into qa/ and its table plots into calibration/. */
function assessBlock(context: Context, files: BlockFiles, member: string): BlockAssessment {
  const { pages, scatter, startSec, antennaCount } = blockPages(context, files);
  pages.forEach((page, index) => {
    context.progress.update(0.5 + index / 8, `${files.uid}: page ${index + 1}`);
    disk().writeFile(joinPath(member, 'qa', `${files.uid}_qa2_part${index + 1}.png`), renderPng(page));
  });
  const plots = joinPath(member, 'calibration', `${files.uid}.calibration.plots`);
  disk().makeDirectory(plots);
  for (const { name, figure } of tablePages(files))
    disk().writeFile(joinPath(plots, `${files.uid}.${name}.png`), renderPng(figure));
  const degrees = 180 / Math.PI;
  return {
    uid: files.uid,
    observed: formatMjd(startSec, 0),
    antennaCount,
    phaseRmsDeg:
      scatter && Number.isFinite(scatter.medianAfter)
        ? { withoutWvr: scatter.medianBefore * degrees, withWvr: scatter.medianAfter * degrees }
        : undefined,
  };
}
