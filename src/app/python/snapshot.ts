import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A Python module that is loaded before any script runs. */
export interface PreludeModule {
  readonly name: string;
  readonly text: string;
}

/** Reads `<name>.py` of a folder. */
export function readPrelude(folder: string, names: readonly string[]): PreludeModule[] {
  return names.map((name) => ({ name, text: readFileSync(join(folder, `${name}.py`), 'utf8') }));
}

/** Folder for what can be made again: $QA2_CACHE_DIR, or the user's cache folder as the system has it. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.QA2_CACHE_DIR) return environment.QA2_CACHE_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'alma-qa2');
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'alma-qa2');
}

/** Where the memory image of a started Python lies, named after all that it depends on. */
export function snapshotPath(
  pyodideVersion: string,
  prelude: readonly PreludeModule[],
  folder = cacheFolder(),
): string {
  const hash = createHash('sha256').update(pyodideVersion);
  for (const { name, text } of prelude) hash.update(`\n${name}\n`).update(text);
  return join(folder, `python-${pyodideVersion}-${hash.digest('hex').slice(0, 16)}.snapshot`);
}

/** Snapshots of other versions that nobody has read for so long are deleted, ms. */
const UNUSED_MS = 30 * 86_400_000;

/**
 * Writes a snapshot under its final name in one step, and deletes those of other versions that were not used for 30 days; false
 * when the folder cannot be written.
 */
export function keepSnapshot(path: string, image: Uint8Array): boolean {
  const partial = `${path}.${process.pid}.partial`;
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(partial, image);
    renameSync(partial, path);
  } catch {
    quietly(() => rmSync(partial, { force: true }));
    return false;
  }
  quietly(() => removeUnused(path));
  return true;
}

/** What fails here costs nothing but space. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The folder may be another user's.
  }
}

function removeUnused(kept: string): void {
  const folder = dirname(kept);
  for (const name of readdirSync(folder)) {
    if (!/^python-[\w.-]+\.snapshot$/.test(name) || name === basename(kept)) continue;
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && Date.now() - Math.max(found.atimeMs, found.mtimeMs) > UNUSED_MS) rmSync(path, { force: true });
  }
}
