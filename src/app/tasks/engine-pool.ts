import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { JobPool, LogPriority } from '../../foundation/base/index.ts';
import { nodePool } from '../../foundation/base/workers-node.ts';
import type { EngineJob } from './engine-jobs.ts';
import type { EngineThreadData } from './engine-worker.ts';
import { builtScript } from './installation.ts';
import type { PlanJob } from './plan-runner.ts';

export interface EnginePoolOptions {
  /** Threads at most; default: one a core. */
  readonly workers?: number;
  /** Kernel memory of all threads together, bytes. */
  readonly memoryBytes?: number;
  readonly casaVersion?: string;
  /** Log of jobs that name none of their own. */
  readonly logfile?: string;
  /** Log lines of at least this priority also go to stderr. */
  readonly echo?: LogPriority;
  /** For work that makes few objects and streams large files: memory stays near what is in use, whatever their size. */
  readonly hasSmallHeap?: boolean;
}

/** Engine threads for jobs that do not depend on each other. */
export interface EnginePool extends JobPool<EngineJob, unknown> {
  /** Asks every running job to stop; the next jobs run again. */
  abort(): void;
  resume(): void;
}

const DEFAULT_MEMORY = 1536 * 1024 * 1024;
const CASA_VERSION = '6.7.0';

/** JavaScript's youngest objects take this much, MiB; with V8's own limit they take up to 48. It is two spaces, and room for one more. */
const SMALL_YOUNG_MB = 24;
/** Garbage is looked for when the rest has grown by a quarter; V8 waits until it is up to four times as large. */
const SMALL_GROWTH = '--heap-growing-percent=25';
/** These spaces have their size from the beginning: they would grow with the length of the work, after some hundred collections. */
const WHOLE_YOUNG = `--min-semi-space-size=${SMALL_YOUNG_MB / 3}`;

/** Starts engine threads; each gets an equal share of the memory. */
export function startEnginePool(options: EnginePoolOptions = {}): EnginePool {
  const workers = Math.max(1, options.workers ?? availableParallelism());
  const abort = new SharedArrayBuffer(4);
  const data: EngineThreadData = {
    abort,
    memoryBytes: Math.floor((options.memoryBytes ?? DEFAULT_MEMORY) / workers),
    casaVersion: options.casaVersion ?? CASA_VERSION,
    logfile: options.logfile,
    echo: options.echo,
  };
  if (options.hasSmallHeap) for (const flag of [SMALL_GROWTH, WHOLE_YOUNG]) setFlagsFromString(flag);
  const pool = nodePool<EngineJob, unknown>({
    script: builtScript('engine-worker'),
    size: workers,
    data,
    ...(options.hasSmallHeap && { resourceLimits: { maxYoungGenerationSizeMb: SMALL_YOUNG_MB } }),
  });
  return {
    ...pool,
    abort: () => void Atomics.store(new Int32Array(abort), 0, 1),
    resume: () => void Atomics.store(new Int32Array(abort), 0, 0),
  };
}

/** Runs independent sequences of plan calls, as many at once as the pool has threads. */
export async function runJobs(pool: JobPool<EngineJob, unknown>, jobs: readonly PlanJob[]): Promise<void> {
  await pool.run(jobs.map((job) => ({ kind: 'plan', job })));
}
