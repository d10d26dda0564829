import { type Context, withGivenPaths } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { imsubimage } from './cutting.ts';
import { importfits } from './fits-import.ts';
import { type Image, openImage } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';

/**
 * Opens what is selected of an image or FITS file.
 *
 * @param output the result of the task; copies that are needed stand beside it
 * @param scratch takes their paths
 */
export function openSelected(
  context: Context,
  name: string,
  output: string,
  scratch: string[],
  { region, box, chans, stokes, mask }: PixelSelection,
): Image {
  const image = openInput(context, name, output, scratch);
  const selection = { region, box, chans, mask, stokes };
  if (Object.values(selection).every((value) => value === undefined || value === '')) return image;
  const { path } = image;
  image.close();
  const cut = `${output}.input${scratch.length}.partial`;
  try {
    imsubimage(context, { ...selection, imagename: path, outfile: cut, overwrite: true });
  } catch (error) {
    throw withGivenPaths(error, new Map([[path, joinPath(context.cwd, name)]]));
  }
  scratch.push(cut);
  return openImage(cut);
}

/** Opens an image; a FITS file is brought into an image beside the output first, and its path noted in `scratch`. */
function openInput(context: Context, name: string, output: string, scratch: string[]): Image {
  const path = joinPath(context.cwd, name);
  if (disk().info(path)?.kind !== 'file') return openImage(path);
  const copy = `${output}.input${scratch.length}.partial`;
  importfits(context, { fitsimage: path, imagename: copy, overwrite: true });
  scratch.push(copy);
  return openImage(copy);
}
