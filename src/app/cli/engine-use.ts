import type { JobPool } from '../../foundation/base/index.ts';
import { type EngineJob, type EnginePoolOptions, startEnginePool } from '../tasks/index.ts';
import { ProgressLine } from './progress-line.ts';

/** Options that every command has. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** MiB */
  readonly memory?: string;
  readonly workers?: string;
}

export interface Engine {
  readonly pool: JobPool<EngineJob, unknown>;
  readonly progress: ProgressLine;
  /** Runs one job under the name of a step. */
  run<Result>(step: string, job: EngineJob): Promise<Result>;
}

/** Gives `work` engine threads and a progress line; Ctrl-C asks the engine to stop, a second one ends at once. */
export async function withEngine<T>(
  options: SharedOptions,
  poolOptions: EnginePoolOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const silent = options.json === true || options.quiet === true;
  const progress = new ProgressLine(silent ? { write: () => true } : process.stderr);
  const pool = startEnginePool({
    ...poolOptions,
    workers: options.workers === undefined ? poolOptions.workers : Number(options.workers),
    memoryBytes: options.memory === undefined ? poolOptions.memoryBytes : Number(options.memory) * 1024 * 1024,
  });
  const stop = () => {
    pool.abort();
    process.once('SIGINT', () => process.exit(130));
  };
  process.once('SIGINT', stop);
  try {
    return await work({
      pool,
      progress,
      async run<Result>(step: string, job: EngineJob) {
        const [result] = await pool.run([job], (_job, fraction, note) => progress.update(step, fraction, note));
        progress.update(step, 1);
        return result as Result;
      },
    });
  } finally {
    process.off('SIGINT', stop);
    progress.finish();
    await pool.close();
  }
}

/** Prints a result: text for people, one JSON value for programs. */
export function printResult(options: SharedOptions, text: string, data: unknown): void {
  process.stdout.write(options.json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
}
