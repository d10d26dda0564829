import { fail } from './errors.ts';

/** Priority words as CASA's logger writes them. */
export type LogPriority = 'DEBUG' | 'INFO' | 'WARN' | 'SEVERE';

/** Where messages go; `origin` is CASA's "task::method" column. */
export interface LogPort {
  post(message: string, priority?: LogPriority, origin?: string): void;
}

/** How far a long piece of work has come; implementations print a line, a bar, or nothing. */
export interface ProgressPort {
  /**
   * @param fraction 0…1 of the current step
   * @param note a few words, e.g. "scan 7"
   * @param share how much of the step the tasks run from now on make up, until the next update; their own progress then
   *   counts for that share
   */
  update(fraction: number, note?: string, share?: number): void;
}

/** What every long-running function gets besides its arguments. */
export interface Context {
  readonly log: LogPort;
  readonly progress: ProgressPort;
  /** Throws an 'aborted' error if the user asked to stop; call it once per chunk. */
  readonly checkAbort: () => void;
  /** Directory that relative paths are taken from. */
  readonly cwd: string;
  /** Scratch columns are not wanted on disk: a task may attach how they are made instead of storing them. */
  readonly defersColumns?: boolean;
  /** The CASA version that scripts are told: what changed between versions, in logs and in meanings, is as it was in that one. */
  readonly casaVersion?: string;
}

/** True when scripts are told a CASA before `version`, e.g. '4.2'; false where none is told. */
export function isCasaBefore({ casaVersion }: Context, version: string): boolean {
  if (casaVersion === undefined) return false;
  const [told, limit] = [casaVersion, version].map((text) => text.split('.').map(Number));
  for (const [index, number] of limit.entries()) {
    const own = told[index] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}

/** A context that keeps silent; `cwd` defaults to the root. */
export function silentContext(cwd = '/'): Context {
  return { log: { post() {} }, progress: { update() {} }, checkAbort() {}, cwd };
}

/** A port for sentences that become warnings of a task in the log. */
export function warningsOf({ log }: Pick<Context, 'log'>, origin: string): (sentence: string) => void {
  return (sentence) => log.post(sentence, 'WARN', origin);
}

/** An abort check on a shared flag: the main thread stores 1 at SIGINT, workers poll it. */
export function abortCheck(flag: Int32Array): () => void {
  return () => {
    if (Atomics.load(flag, 0) !== 0) fail('aborted', 'Stopped by the user.');
  };
}
