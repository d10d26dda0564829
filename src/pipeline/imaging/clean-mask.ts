import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type CoordinateSystem, openImage, parseRegion, regionMask } from '../images/index.ts';
import type { ImagingChoice } from './options.ts';

/** Where components may be placed, plane by plane, f32 [y, x] of 0 and 1. */
export type MaskSource = (plane: number, primaryBeam: Float32Array) => Float32Array;

function fromImage(path: string, sizeX: number, sizeY: number): (plane: number) => Float32Array {
  const image = openImage(path);
  if (image.sizeX !== sizeX || image.sizeY !== sizeY) {
    image.close();
    fail('usage', 'tclean: the mask image differs in size from the image to be made.', { file: path });
  }
  const count = image.planeCount;
  const read = (plane: number) => image.readPlane(Math.min(plane, count - 1)).map((value) => (value > 0.5 ? 1 : 0));
  if (count > 1) return read;
  const only = read(0);
  image.close();
  return () => only;
}

/**
 * Reads tclean's mask: region texts, region files, mask images (also several), or the primary beam above pbmask.
 *
 * @returns undefined when components may be placed everywhere
 * @throws usage, missing
 */
export function readMask(
  context: Context,
  choice: ImagingChoice,
  coordinates: CoordinateSystem,
): MaskSource | undefined {
  const { options } = choice;
  const [sizeX, sizeY] = choice.imsize;
  const pbmask = options.usemask === 'pb' ? (options.pbmask ?? 0.2) : 0;
  const words = (typeof options.mask === 'string' ? [options.mask] : [...(options.mask ?? [])]).filter(
    (word) => word !== '',
  );
  if (options.usemask === 'pb') return (_plane, beam) => beam.map((value) => (value >= pbmask ? 1 : 0));
  if (words.length === 0) return undefined;
  const parts = words.map((word) => {
    const path = joinPath(context.cwd, word);
    const kind = /\[/.test(word) ? undefined : disk().info(path)?.kind;
    if (kind === 'directory') return fromImage(path, sizeX, sizeY);
    if (kind === undefined && !/\[/.test(word)) fail('missing', `tclean: there is no mask "${word}".`, { file: path });
    const text = kind === 'file' ? disk().readText(path).replace(/^#.*$/gm, '') : word;
    const plane = Float32Array.from(regionMask(parseRegion(text, coordinates), sizeX, sizeY));
    return () => plane;
  });
  return (plane) => {
    const result = new Float32Array(sizeX * sizeY);
    for (const part of parts) {
      const values = part(plane);
      for (let k = 0; k < result.length; k++) if (values[k] !== 0) result[k] = 1;
    }
    return result;
  };
}
