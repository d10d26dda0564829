import { pathToFileURL } from 'node:url';
import { fail, type JobPool } from '../../foundation/base/index.ts';
import { builtScript, type EngineJob, type EnginePoolOptions, startEnginePool } from '../tasks/index.ts';
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

/**
 * Reads an option that is a whole number.
 *
 * @throws usage naming the option and what it takes
 */
export function wholeNumber(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < from || value > to)
    fail('usage', `${name} takes a whole number from ${from} to ${to}, not "${text}".`);
  return value;
}

const MIB = 1024 * 1024;

function poolSize({ workers, memory }: SharedOptions, chosen: EnginePoolOptions): EnginePoolOptions {
  return {
    ...chosen,
    workers: workers === undefined ? chosen.workers : wholeNumber('--workers', workers, 1, 64),
    memoryBytes: memory === undefined ? chosen.memoryBytes : wholeNumber('--memory', memory, 64, 65536) * MIB,
  };
}

/** Gives `work` engine threads and a progress line; Ctrl-C asks the engine to stop, a second one ends at once. */
export async function withEngine<T>(
  options: SharedOptions,
  poolOptions: EnginePoolOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const silent = options.json === true || options.quiet === true;
  const progress = new ProgressLine(silent ? { write: () => true } : process.stderr);
  const pool = startEnginePool(poolSize(options, poolOptions));
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

/** The commands that need the engine's rooms in this thread; the others start sooner without them. */
export async function memberWork(): Promise<typeof import('./member-work.ts')> {
  return import(pathToFileURL(builtScript('member-work')).href);
}

/** Prints a result: text for people, one JSON value for programs. */
export function printResult(options: SharedOptions, text: string, data: unknown): void {
  process.stdout.write(options.json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
}
