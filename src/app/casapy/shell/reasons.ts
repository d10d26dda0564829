import { errorSentence, Qa2Error } from '../../../foundation/base/index.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ENOSPC: 'No space left on device',
};

/** Why an act on a file failed, in the few words of the system's own commands; refusals of the fence in its sentence. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && REASONS[code]) return REASONS[code];
  const isSystems = error instanceof Error && code !== undefined && !(error instanceof Qa2Error);
  return isSystems ? error.message : errorSentence(error);
}
