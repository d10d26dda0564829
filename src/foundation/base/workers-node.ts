import { availableParallelism } from 'node:os';
import { parentPort, type ResourceLimits, Worker, workerData } from 'node:worker_threads';
import type { Context, ProgressPort } from './context.ts';
import type { SharedWork, StartCrew } from './crew.ts';
import { fail, Qa2Error } from './errors.ts';
import { type JobPool, type JobWatch, packError, type SentError, unpackError } from './pool.ts';

export interface NodePoolOptions {
  /** Path of the script that a worker runs; it calls {@link serveJobs}. */
  readonly script: string;
  /** How many workers at most. */
  readonly size: number;
  /** Given to every worker as its `workerData`. */
  readonly data: unknown;
  /** Limits of each worker's JavaScript heap. */
  readonly resourceLimits?: ResourceLimits;
}

type Answer = { progress: number; note?: string } | { result: unknown } | { error: SentError };

interface Waiting {
  readonly index: number;
  readonly job: unknown;
  readonly watch?: JobWatch;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A pool of worker threads; workers are started when they are first needed and kept until `close`. */
export function nodePool<Job, Result>(options: NodePoolOptions): JobPool<Job, Result> {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Waiting[] = [];

  const start = () => {
    const worker = new Worker(options.script, { workerData: options.data, resourceLimits: options.resourceLimits });
    all.add(worker);
    return worker;
  };
  const next = () => {
    while (queue.length > 0 && (idle.length > 0 || all.size < options.size)) {
      const worker = idle.pop() ?? start();
      work(worker, queue.shift()!);
    }
  };
  const work = (worker: Worker, waiting: Waiting) => {
    // Only our own listeners are taken off: the worker's port hangs on others.
    const finish = (isReusable: boolean) => {
      worker.off('message', receive).off('error', collapse).off('exit', end);
      if (isReusable) idle.push(worker);
      else all.delete(worker);
    };
    const receive = (answer: Answer) => {
      if ('progress' in answer) {
        waiting.watch?.(waiting.index, answer.progress, answer.note);
        return;
      }
      finish(true);
      if ('error' in answer) waiting.reject(unpackError(answer.error));
      else waiting.resolve(answer.result);
      next();
    };
    const collapse = (error: Error) => {
      finish(false);
      waiting.reject(error);
      next();
    };
    const end = (code: number) => collapse(new Qa2Error('internal', `A worker ended early (code ${code}).`));
    worker.on('message', receive).on('error', collapse).on('exit', end);
    worker.postMessage(waiting.job);
  };

  return {
    size: options.size,
    async run(jobs, watch) {
      const pending = jobs.map(
        (job, index) => new Promise<unknown>((resolve, reject) => queue.push({ index, job, watch, resolve, reject })),
      );
      next();
      const settled = await Promise.allSettled(pending);
      const failed = settled.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      return settled.map((result) => (result as PromiseFulfilledResult<Result>).value);
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()));
      all.clear();
      idle.length = 0;
    },
  };
}

/** Answers the jobs of a {@link nodePool}, one at a time; called once by the worker's script. */
export function serveJobs<Job, Result>(handle: (job: Job, progress: ProgressPort) => Result | Promise<Result>): void {
  const port = parentPort ?? fail('internal', 'serveJobs is only for worker threads.');
  const progress: Context['progress'] = {
    update: (fraction, note) => port.postMessage({ progress: fraction, note } satisfies Answer),
  };
  port.on('message', async (job: Job) => {
    try {
      port.postMessage({ result: await handle(job, progress) } satisfies Answer);
    } catch (error) {
      port.postMessage({ error: packError(error) } satisfies Answer);
    }
  });
}

/** What the pool's owner gave to this worker. */
export function jobData<T>(): T {
  return workerData as T;
}

/** Young objects of a thread that works on numbers, MiB. */
const CREW_YOUNG_MB = 2;

/**
 * Threads that help with {@link doTogether}: as many as there are cores besides this one's. Each ends when all pieces are begun.
 *
 * @param script path of the script that they run, with the work as their {@link jobData}
 */
export function nodeCrew(script: string): StartCrew {
  return (work: SharedWork, count) => {
    const threads = Math.min(count, availableParallelism() - 1);
    for (let thread = 0; thread < threads; thread++) {
      const worker = new Worker(script, {
        workerData: work,
        resourceLimits: { maxYoungGenerationSizeMb: CREW_YOUNG_MB },
      });
      worker.on('error', () => {}); // its pieces are done by the others
      worker.unref();
    }
  };
}
