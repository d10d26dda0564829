import type { Context } from '../../foundation/base/index.ts';
import { directoryName, disk, joinPath } from '../../foundation/bytes/index.ts';
import type { Figure } from '../../foundation/plotting/index.ts';
import { renderPng } from '../../foundation/plotting/node-canvas.ts';

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
  const stem = joinPath(context.cwd, name).replace(/\.(png|pdf|ps|eps|svg|jpg)$/i, '');
  disk().makeDirectory(directoryName(stem));
  return pages.map((page, index) => {
    context.checkAbort();
    const path = `${stem}${endings[index]}.png`;
    disk().writeFile(path, renderPng(page));
    context.log.post(`Plot: ${path}`, 'INFO');
    return path;
  });
}
