/** True for the system's word that nothing is at a path: no such file, or a file where a directory had to be. */
export function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '');
}
