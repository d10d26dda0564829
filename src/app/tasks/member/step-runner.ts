import type { JobPool } from '../../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../../foundation/bytes/index.ts';
import type { MemberJob, MemberWatch } from './member-run.ts';
import type { StepStore } from './step-store.ts';
import type { MemberStep, StepResult } from './steps.ts';

/** Runs steps of a Member on a pool; steps that an earlier run finished are taken from the store. */
export class StepRunner {
  private readonly pool: JobPool<MemberJob, unknown>;
  private readonly watch: MemberWatch;
  private readonly store: StepStore | undefined;
  private readonly logDirectory: string;

  /** @param store none: every step is run, and nothing is remembered */
  constructor(pool: JobPool<MemberJob, unknown>, watch: MemberWatch, logDirectory: string, store?: StepStore) {
    this.pool = pool;
    this.watch = watch;
    this.store = store;
    this.logDirectory = logDirectory;
  }

  /**
   * @param label what the user sees
   * @param names of the log files, one a step; they also name the results in the store
   * @returns results in the order of the steps
   */
  async run<S extends MemberStep['step']>(
    label: string,
    names: readonly string[],
    steps: readonly Extract<MemberStep, { step: S }>[],
  ): Promise<StepResult<S>[]> {
    const results = steps.map((step, index) => this.store?.load(names[index], step) as StepResult<S> | undefined);
    const open = steps.map((_, index) => index).filter((index) => results[index] === undefined);
    if (open.length === 0) {
      this.watch(label, 0, 'done by an earlier run');
      this.watch(label, 1);
      return results as StepResult<S>[];
    }
    const shares = open.map(() => 0);
    this.watch(label, 0);
    const jobs = open.map(
      (index): MemberJob => ({
        kind: 'member',
        step: steps[index],
        logfile: this.logfileOf(names[index]),
      }),
    );
    for (const index of open) this.store?.begin(names[index]);
    const made = await this.pool.run(jobs, (job, fraction, note) => {
      shares[job] = fraction;
      this.watch(label, shares.reduce((sum, share) => sum + share, 0) / shares.length, note);
    });
    open.forEach((index, order) => {
      results[index] = made[order] as StepResult<S>;
      this.store?.save(names[index], steps[index], made[order]);
    });
    this.watch(label, 1);
    return results as StepResult<S>[];
  }

  /** Lets the next run do a step again. */
  forget(name: string): void {
    this.store?.forget(name);
  }

  /** Moves the logs of steps, in this order, to the end of another step's. */
  gatherLogs(name: string, parts: readonly string[]): void {
    const files = disk();
    const written = parts.map((part) => this.logfileOf(part)).filter((path) => files.exists(path));
    const whole = [this.logfileOf(name), ...written].filter((path) => files.exists(path));
    const text = whole.map((path) => files.readText(path)).join('');
    writeWhole(this.logfileOf(name), true, (path) => files.writeFile(path, new TextEncoder().encode(text)));
    for (const path of written) files.remove(path);
  }

  private logfileOf(name: string): string {
    return joinPath(this.logDirectory, `${name}.log`);
  }
}
