import type { Issue, ProgressPort } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { findMembers, openTree, packageMember, verifyMember } from '../../pipeline/delivery/index.ts';
import { type SimulateOptions, simulate } from '../../pipeline/simulation/index.ts';
import { inspectPath } from './commands/inspect.ts';
import { rewritePage } from './commands/report-page.ts';
import { unpackDelivery } from './commands/unpack.ts';
import type { EngineSession } from './engine-session.ts';
import { compareMember } from './member/comparison.ts';
import type { MemberJob } from './member/member-run.ts';
import { createPlanRunner, type PlanJob, runPlanJob } from './plan-runner.ts';
import type { TaskArguments } from './types.ts';

/** Work that an engine thread of a pool does as a whole; paths are absolute. */
export type EngineJob =
  | { readonly kind: 'plan'; readonly job: PlanJob }
  | MemberJob
  /** One CASA task; relative names are taken from `cwd`. */
  | { readonly kind: 'task'; readonly name: string; readonly named: TaskArguments; readonly cwd: string }
  | { readonly kind: 'simulate'; readonly options: SimulateOptions }
  /** The listing of an ASDM, table, image, FITS file or delivery. */
  | { readonly kind: 'inspect'; readonly path: string; readonly isVerbose: boolean }
  /** Writes the tars of a Member; result: their paths. */
  | { readonly kind: 'package'; readonly member: string; readonly maxBytes: number }
  /** Unpacks the tars of a delivery; result: the Members found. */
  | { readonly kind: 'unpack'; readonly tars: readonly string[]; readonly out: string }
  /** Compares the calibrated data and images of two Members, and the first with a simulation's truth. */
  | { readonly kind: 'compare'; readonly member: string; readonly against?: string; readonly truth?: string }
  /** Checks every Member below a path; result: issues. */
  | { readonly kind: 'verify'; readonly path: string }
  /** Writes the QA2 page anew; result: its path. */
  | { readonly kind: 'report'; readonly member: string };

/** The log file that a job wants for itself. */
export function logfileOf(job: EngineJob): string | undefined {
  if (job.kind === 'plan') return job.job.logfile;
  return job.kind === 'member' ? job.logfile : undefined;
}

/**
 * Runs a job on a session of this thread.
 *
 * @param progress of the job as a whole; the session's own is for the tasks within it
 */
export async function runEngineJob(session: EngineSession, job: EngineJob, progress: ProgressPort): Promise<unknown> {
  const context = { ...session.context('/'), progress };
  switch (job.kind) {
    case 'plan':
      return runPlanJob(session, job.job, progress);
    case 'member': {
      // Plotting is loaded only where it is used: it would double the start-up time of everything else.
      const { runMemberStep } = await import('./member/step-run.ts');
      const defersColumns = job.step.step === 'calibrate-block' && !job.step.keepsColumns;
      const runnerIn = (directory: string) => createPlanRunner(session, directory, { defersColumns });
      return runMemberStep(context, runnerIn, job.step);
    }
    case 'task':
      return session.answer({ kind: 'task', name: job.name, positional: [], named: job.named }, job.cwd);
    case 'simulate':
      return simulate(context, job.options);
    case 'inspect':
      return inspectPath(context, job.path, job.isVerbose);
    case 'package':
      return packageMember(openTree(job.member), job.maxBytes, (share, note) => progress.update(share, note));
    case 'unpack':
      return unpackDelivery(context, job.tars, job.out);
    case 'compare':
      return compareMember(context, job);
    case 'verify':
      return verifyBelow(job.path);
    case 'report':
      return rewritePage(job.member);
  }
}

/** Issues of all Members below a directory, each path beginning with the Member's. */
function verifyBelow(path: string): Issue[] {
  const members = findMembers(path);
  if (members.length === 0) {
    const message = 'No Member of a delivery is here: none of the directories has script/ and README.';
    return [{ code: 'no-member', severity: 'error', path, message }];
  }
  return members.flatMap((member) =>
    verifyMember(disk().resolve(member)).map((issue) => ({ ...issue, path: joinPath(member, issue.path) })),
  );
}
