import { type ErrorTag, isQa2Error, type Place, Qa2Error } from './errors.ts';

/** Told how far a job has come. */
export type JobWatch = (job: number, fraction: number, note?: string) => void;

/** Independent pieces of work spread over workers; a job fails or succeeds alone. */
export interface JobPool<Job, Result> {
  /** How many jobs run at once. */
  readonly size: number;
  /**
   * Runs all jobs and waits for all of them, also when one fails.
   *
   * @returns results in the order of the jobs
   * @throws the error of the first job in order that failed
   */
  run(jobs: readonly Job[], watch?: JobWatch): Promise<Result[]>;
  close(): Promise<void>;
}

/** An error as it travels between threads. */
export interface SentError {
  readonly tag: ErrorTag;
  readonly sentence: string;
  readonly place: Place;
  readonly stack?: string;
}

/** Makes any thrown value fit to be sent to another thread. */
export function packError(error: unknown): SentError {
  if (isQa2Error(error)) return { tag: error.tag, sentence: error.sentence, place: error.place, stack: error.stack };
  const sentence = error instanceof Error ? error.message : String(error);
  return { tag: 'internal', sentence, place: {}, stack: error instanceof Error ? error.stack : undefined };
}

/** The error that was sent, to be thrown again on this side. */
export function unpackError(sent: SentError): Qa2Error {
  const error = new Qa2Error(sent.tag, sent.sentence, sent.place);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}
