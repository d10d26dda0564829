import type { JobPool } from '../../../foundation/base/index.ts';
import type { MemberImaging, ScienceGoal } from '../../../pipeline/reduction/index.ts';
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
  for (const round of imaging.rounds)
    await steps.run(
      round.title,
      round.steps.map(logOf),
      round.steps.map((number) => ({ step: 'make-images', directory, part: imaging.plan.steps[number] })),
    );
  steps.gatherLogs(
    LOG,
    imaging.plan.steps.map(({ number }) => logOf(number)),
  );
  return imaging;
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
