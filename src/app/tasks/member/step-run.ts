import { formatMjd } from '../../../astronomy/measures/index.ts';
import { type Context, type ErrorTag, isQa2Error, packError } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { renderPng } from '../../../foundation/plotting/node-canvas.ts';
import { type BlockFiles, blockPages, tablePages } from '../../../pipeline/qa/index.ts';
import {
  type BlockOptions,
  type CleanedStep,
  calibrateBlock,
  calibrateFluxes,
  cleanCube,
  type PlanRunner,
  planMemberImaging,
  runStep,
} from '../../../pipeline/reduction/index.ts';
import { deliver } from './deliver.ts';
import type { BlockAssessment, BlockOutcome, MemberStep } from './steps.ts';

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
      return calibrateOrTell(context, runnerIn(step.options.directory), step.options);
    case 'calibrate-fluxes':
      return calibrateFluxes(context, runnerIn(step.directory), step.blocks);
    case 'plan-images':
      return planMemberImaging(context, step.directory, step.vis, step.goal);
    case 'make-images':
      return makeImages(context, runnerIn(step.directory), step);
    case 'assess-block':
      return assessBlock(context, step.files, step.member);
    case 'deliver':
      return deliver(context, step.results, step.maxBytes);
  }
}

/** Errors that lie in an Execution Block, or in what the user stated of it; others end the run. */
const OF_BLOCK: ReadonlySet<ErrorTag> = new Set(['usage', 'missing', 'bad-format', 'bad-data', 'unsupported']);

async function calibrateOrTell(context: Context, runner: PlanRunner, options: BlockOptions): Promise<BlockOutcome> {
  try {
    return await calibrateBlock(context, runner, options);
  } catch (error) {
    if (isQa2Error(error) && OF_BLOCK.has(error.tag)) return { failure: packError(error) };
    throw error;
  }
}

async function makeImages(
  context: Context,
  runner: PlanRunner,
  { part, fallback, directory }: Extract<MemberStep, { step: 'make-images' }>,
): Promise<CleanedStep> {
  const span = { from: 0, share: 1, note: part.title };
  if (fallback) return cleanCube(context, runner, { step: part, fallback, directory }, span);
  await runStep(context, runner, part, span);
  return { step: part };
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
