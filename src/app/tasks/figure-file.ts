import type { Context } from '../../foundation/base/index.ts';
import { directoryName, disk, joinPath } from '../../foundation/bytes/index.ts';
import type { Figure } from '../../foundation/plotting/index.ts';
import { renderPng } from '../../foundation/plotting/node-canvas.ts';

/** Absolute names of the files of pages with such endings, see {@link writeFigures}. */
export function figurePaths(context: Context, name: string, endings: readonly string[]): string[] {
  const stem = joinPath(context.cwd, name).replace(/\.(png|pdf|ps|eps|svg|jpg)$/i, '');
  return endings.map((ending) => `${stem}${ending}.png`);
}

/**
 * Draws pages as PNG files: one page under the name given (with .png when it has no ending of a picture), more under
 * `<stem>_1.png`, `<stem>_2.png`… Folders are made.
 *
 * @param endings what follows the stem of each page instead, different from page to page
 * @returns absolute names of the files
 */
export function writeFigures(
  context: Context,
  name: string,
  pages: readonly Figure[],
  endings: readonly string[] = pages.map((_, index) => (pages.length === 1 ? '' : `_${index + 1}`)),
): string[] {
  const paths = figurePaths(context, name, endings);
  if (paths.length > 0) disk().makeDirectory(directoryName(paths[0]));
  return pages.map((page, index) => {
    context.checkAbort();
    const path = paths[index];
    disk().writeFile(path, renderPng(page));
    context.log.post(`Plot: ${path}`, 'INFO');
    return path;
  });
}
