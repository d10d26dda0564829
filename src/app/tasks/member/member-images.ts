import type { JobPool } from '../../../foundation/base/index.ts';
import {
  type CleanedStep,
  type MemberImaging,
  maskDecisions,
  type ScienceGoal,
} from '../../../pipeline/reduction/index.ts';
import type { MemberJob, MemberWatch } from './member-run.ts';
import { StepRunner } from './step-runner.ts';

/** Name of the log file of imaging. */
const LOG = 'imaging';

/**
 * Plans the images of a calibrated MeasurementSet and makes them, side by side where one does not need another.
 *
 * @param directory holds the MeasurementSet and takes the images
 * @param vis its name
 */
export async function imageSideBySide(
  steps: StepRunner,
  directory: string,
  vis: string,
  goal: ScienceGoal,
): Promise<MemberImaging> {
  const [imaging] = await steps.run('plan of images', [LOG], [{ step: 'plan-images', directory, vis, goal }]);
  const logOf = (number: number) => `${LOG}.${number}`;
  const made: CleanedStep[] = [];
  for (const round of imaging.rounds)
    made.push(
      ...(await steps.run(
        round.title,
        round.steps.map(logOf),
        round.steps.map((number) => ({
          ...{ step: 'make-images' as const, directory, part: imaging.plan.steps[number] },
          fallback: imaging.fallbacks[number],
        })),
      )),
    );
  steps.gatherLogs(
    LOG,
    imaging.plan.steps.map(({ number }) => logOf(number)),
  );
  // The script says what was done in the end.
  const done = made.map(({ step }) => step).sort((one, other) => one.number - other.number);
  return {
    ...imaging,
    plan: { ...imaging.plan, steps: done },
    decisions: [...imaging.decisions, ...maskDecisions(made.flatMap(({ unmasked }) => unmasked ?? []))],
  };
}

/** Images a MeasurementSet by itself (`qa2 image`); the log is written beside it. */
export function imageMs(
  pool: JobPool<MemberJob, unknown>,
  watch: MemberWatch,
  directory: string,
  vis: string,
  goal: ScienceGoal,
): Promise<MemberImaging> {
  return imageSideBySide(new StepRunner(pool, watch, directory), directory, vis, goal);
}
