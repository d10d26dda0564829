import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { disk, joinPath, writeWhole } from '../../../foundation/bytes/index.ts';
import { PROGRAM_VERSION } from './program.ts';
import type { MemberStep } from './steps.ts';

/** Where results of finished steps are kept in a Member's directory; not part of the delivery. */
const FOLDER = '.qa2-steps';

interface Stored {
  readonly digest: string;
  readonly result: unknown;
}

/**
 * Remembers what finished steps gave, so that a run that died goes on at the first unfinished one.
 *
 * A result counts only for the same step options, raw data (names, sizes, times of files) and program version.
 */
export class StepStore {
  private readonly folder: string;
  private readonly seed: string;

  /** @param asdms raw data that everything depends on */
  constructor(member: string, asdms: readonly string[]) {
    this.folder = joinPath(member, FOLDER);
    this.seed = createHash('sha256')
      .update(PROGRAM_VERSION)
      .update(asdms.flatMap(fingerprint).join('\n'))
      .digest('hex');
  }

  /** Forgets everything. */
  clear(): void {
    disk().remove(this.folder);
  }

  /** Notes that a step was begun; its older result is gone. */
  begin(name: string): void {
    disk().makeDirectory(this.folder);
    disk().remove(this.pathOf(name));
    disk().writeFile(`${this.pathOf(name)}.begun`, '');
  }

  /** True when a step was begun and not finished. */
  isBroken(name: string): boolean {
    return disk().exists(`${this.pathOf(name)}.begun`);
  }

  save(name: string, step: MemberStep, result: unknown): void {
    disk().makeDirectory(this.folder);
    const stored: Stored = { digest: this.digestOf(step), result };
    writeWhole(this.pathOf(name), true, (path) => disk().writeFile(path, new Uint8Array(serialize(stored))));
    disk().remove(`${this.pathOf(name)}.begun`);
  }

  /** Forgets the result of one step. */
  forget(name: string): void {
    disk().remove(this.pathOf(name));
  }

  /** The result of an earlier run, or undefined when there is none that counts. */
  load(name: string, step: MemberStep): unknown {
    const path = this.pathOf(name);
    if (!disk().exists(path)) return undefined;
    try {
      const stored = deserialize(disk().readFile(path)) as Stored;
      return stored.digest === this.digestOf(step) ? stored.result : undefined;
    } catch {
      return undefined;
    }
  }

  private pathOf(name: string): string {
    return joinPath(this.folder, name);
  }

  private digestOf(step: MemberStep): string {
    return createHash('sha256').update(this.seed).update(serialize(step)).digest('hex');
  }
}

/** Name, size and time of every file of an ASDM. */
function fingerprint(path: string): string[] {
  const info = disk().info(path);
  if (info?.kind !== 'directory') return [`${path} ${info?.size} ${info?.modifiedMs}`];
  return disk()
    .list(path)
    .flatMap((name) => fingerprint(joinPath(path, name)));
}
