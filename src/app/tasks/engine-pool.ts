import { availableParallelism } from 'node:os';
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
}

/** Engine threads for jobs that do not depend on each other. */
export interface EnginePool extends JobPool<EngineJob, unknown> {
  /** Asks every running job to stop; the next jobs run again. */
  abort(): void;
  resume(): void;
}

const DEFAULT_MEMORY = 1536 * 1024 * 1024;
const CASA_VERSION = '6.7.0';

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
  const pool = nodePool<EngineJob, unknown>({ script: builtScript('engine-worker'), size: workers, data });
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
