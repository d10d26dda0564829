import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

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

/** Writes a snapshot under its final name in one step; false when the folder cannot be written. */
export function keepSnapshot(path: string, image: Uint8Array): boolean {
  const partial = `${path}.${process.pid}.partial`;
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(partial, image);
    renameSync(partial, path);
    return true;
  } catch {
    rmSync(partial, { force: true });
    return false;
  }
}
