import { fail } from '../base/index.ts';
import { disk } from './disk.ts';
import { baseName, directoryName, joinPath } from './paths.ts';

/** An output that exists under a temporary name beside its final one until it is whole. */
export interface Staged {
  /** Where to write. */
  readonly path: string;
  /** Renames to the final name, replacing what is there. */
  commit(): void;
  /** Removes what was written. */
  discard(): void;
}

/**
 * Begins an output beside its final name, so that nothing half-written ever stands under that name.
 *
 * @param finalPath file or directory to come
 * @throws exists when it is there already and `overwrite` is false
 */
export function stage(finalPath: string, overwrite: boolean): Staged {
  const files = disk();
  if (!overwrite && files.exists(finalPath)) {
    fail('exists', 'The output exists already; remove it or choose another name.', { file: finalPath });
  }
  const path = joinPath(directoryName(finalPath), `.${baseName(finalPath)}.partial`);
  files.remove(path);
  return {
    path,
    commit() {
      if (!overwrite && files.exists(finalPath)) {
        fail('exists', 'The output appeared while it was being made.', { file: finalPath });
      }
      files.remove(finalPath);
      files.rename(path, finalPath);
    },
    discard: () => files.remove(path),
  };
}

/** Runs `make` on a staged path; commits when it returns, discards when it throws. */
export function writeWhole<T>(finalPath: string, overwrite: boolean, make: (path: string) => T): T {
  const staged = stage(finalPath, overwrite);
  try {
    const result = make(staged.path);
    staged.commit();
    return result;
  } catch (error) {
    staged.discard();
    throw error;
  }
}
