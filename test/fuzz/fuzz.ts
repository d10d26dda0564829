import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isQa2Error } from '../../src/foundation/base/index.ts';
import { damaged, diceOf } from './damage.ts';
import type { Subject } from './subjects.ts';

/** What became of the cases of one subject. */
export interface FuzzCount {
  cases: number;
  /** Everything was read, though the bytes differ. */
  read: number;
  /** At least one typed error. */
  refused: number;
}

export interface FuzzFailure {
  readonly number: number;
  readonly subject: string;
  readonly file: string;
  readonly what: string;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** Told before each case, so that a case that never ends is known. */
  readonly onCase?: (number: number, subject: string, file: string) => void;
}

export interface FuzzResult {
  readonly counts: ReadonlyMap<string, FuzzCount>;
  readonly failures: readonly FuzzFailure[];
}

/** A case may take this much processor time, and let the process grow by this much. */
const LIMIT_MS = 5000;
const LIMIT_KIB = 128 * 1024;

/**
 * Damages one file of a subject at a time and reads all of it: data or a typed error that names a place are right; another
 * error, a long wait or much memory is a failure.
 */
export function runFuzz(subjects: readonly Subject[], options: FuzzOptions): FuzzResult {
  const counts = new Map<string, FuzzCount>(subjects.map(({ name }) => [name, { cases: 0, read: 0, refused: 0 }]));
  const failures: FuzzFailure[] = [];
  for (let number = options.first; number < options.first + options.count; number++) {
    const dice = diceOf(options.seed, number);
    const subject = subjects[dice(subjects.length)];
    const file = subject.files[dice(subject.files.length)];
    options.onCase?.(number, subject.name, file);
    const count = counts.get(subject.name) as FuzzCount;
    const { complaints, what } = runCase(subject, file, (bytes) => damaged(bytes, dice));
    count.cases++;
    if (complaints > 0) count.refused++;
    else count.read++;
    if (what) failures.push({ number, subject: subject.name, file, what });
  }
  return { counts, failures };
}

function runCase(
  subject: Subject,
  file: string,
  damage: (bytes: Uint8Array) => Uint8Array | undefined,
): { complaints: number; what: string | undefined } {
  const path = join(subject.folder, file);
  const whole = new Uint8Array(readFileSync(path));
  const bytes = damage(whole);
  if (bytes) writeFileSync(path, bytes);
  else rmSync(path);
  const begin = process.cpuUsage();
  const memory = process.resourceUsage().maxRSS;
  let complaints = 0;
  let what: string | undefined;
  subject.read((act) => {
    try {
      act();
    } catch (error) {
      complaints++;
      what ??= faultOf(error);
    }
  });
  const { user, system } = process.cpuUsage(begin);
  const took = (user + system) / 1000;
  const grown = process.resourceUsage().maxRSS - memory;
  if (took > LIMIT_MS) what ??= `took ${(took / 1000).toFixed(1)} s`;
  if (grown > LIMIT_KIB) what ??= `took ${Math.round(grown / 1024)} MiB`;
  writeFileSync(path, whole);
  return { complaints, what };
}

/** What is wrong with an error; undefined for one that tells people what and where. */
function faultOf(error: unknown): string | undefined {
  if (!isQa2Error(error)) return `untyped error: ${error instanceof Error ? error.stack : String(error)}`;
  if (error.tag === 'internal') return `internal error: ${error.stack}`;
  const { file, table } = error.place;
  const isPlaced = file !== undefined || table !== undefined;
  return isPlaced ? undefined : `error without a place: ${error.message}`;
}
