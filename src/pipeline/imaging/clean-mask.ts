import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type CoordinateSystem, openImage, parseBox, parseRegion, regionMask } from '../images/index.ts';
import { type AutoMaskPlane, autoMask } from './auto-mask.ts';
import type { ImageGeometry } from './gridder.ts';
import type { ImagingChoice, MaskWord, TcleanOptions } from './options.ts';
import { planeIn } from './plane-set.ts';

/** Where components may be placed, plane by plane, f32 [y, x] of 0 and 1. */
export type MaskSource = (plane: number, primaryBeam: Float32Array) => Float32Array;

function fromImage(path: string, choice: ImagingChoice): (plane: number) => Float32Array {
  const [sizeX, sizeY] = choice.imsize;
  const image = openImage(path);
  if (image.sizeX !== sizeX || image.sizeY !== sizeY) {
    image.close();
    fail('usage', 'the mask image differs in size from the image to be made.', { file: path });
  }
  const count = image.planeCount;
  const read = (plane: number) => image.readPlane(planeIn(image, plane, choice)).map((value) => (value > 0.5 ? 1 : 0));
  if (count > 1) return read;
  const only = read(0);
  image.close();
  return () => only;
}

function isBox(word: MaskWord): word is readonly number[] {
  return Array.isArray(word) && word.length === 4 && word.every((value) => typeof value === 'number');
}

/** The words of the parameter: four numbers alone are one box. */
function wordsOf(mask: TcleanOptions['mask']): MaskWord[] {
  if (mask === undefined || mask === '' || mask === false) return [];
  if (!Array.isArray(mask)) return [mask as MaskWord];
  const list = mask as readonly MaskWord[];
  return isBox(list as unknown as MaskWord)
    ? [list as unknown as readonly number[]]
    : list.filter((word) => word !== '');
}

/** Lines "field x1 y1 x2 y2" of CASA 3's box files as region text; other text is left as it is. */
function boxesToRegions(text: string): string {
  return text.replace(
    /^\s*\d+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/gm,
    (_line, x1, y1, x2, y2) => `box[[${x1}pix,${y1}pix],[${x2}pix,${y2}pix]]`,
  );
}

function textMask(text: string, coordinates: CoordinateSystem, sizeX: number, sizeY: number): Float32Array {
  return Float32Array.from(regionMask(parseRegion(text, coordinates), sizeX, sizeY));
}

function partOf(
  context: Context,
  word: MaskWord,
  choice: ImagingChoice,
  coordinates: CoordinateSystem,
): (plane: number) => Float32Array {
  const [sizeX, sizeY] = choice.imsize;
  if (isBox(word)) {
    const box = Float32Array.from(regionMask(parseBox(word.join(',')), sizeX, sizeY));
    return () => box;
  }
  if (typeof word !== 'string')
    return fail('usage', `mask: ${JSON.stringify(word)} is neither a region, a file nor a box.`);
  const path = joinPath(context.cwd, word);
  const kind = /\[/.test(word) ? undefined : disk().info(path)?.kind;
  if (kind === 'directory') return fromImage(path, choice);
  if (kind === undefined && !/\[/.test(word)) fail('missing', `There is no mask "${word}".`, { file: path });
  const text = kind === 'file' ? boxesToRegions(disk().readText(path).replace(/^#.*$/gm, '')) : word;
  const plane = textMask(text, coordinates, sizeX, sizeY);
  return () => plane;
}

/**
 * Makes a plane's mask anew from its residual, when the choice is to.
 *
 * @param response that the limits hold for
 * @returns undefined when masks stay as they are
 */
export function maskRenewal(
  choice: ImagingChoice,
  geometry: ImageGeometry,
): ((plane: Omit<AutoMaskPlane, 'allowed'>, response: Float32Array) => Float32Array) | undefined {
  const { autoMask: settings, options } = choice;
  if (!settings) return undefined;
  const least = Math.max(choice.pblimit, options.pbmask ?? 0);
  return (plane, response) => {
    const allowed = new Uint8Array(response.length);
    for (let k = 0; k < allowed.length; k++) allowed[k] = response[k] > least ? 1 : 0;
    return autoMask({ ...plane, allowed }, geometry, settings);
  };
}

/** The mask that an earlier run under the same name has left, if there is one. */
function leftMask(context: Context, choice: ImagingChoice): MaskSource | undefined {
  const path = joinPath(context.cwd, `${choice.imagename}.mask`);
  if (!disk().exists(path)) return undefined;
  context.log.post(`Cleaning within the existing mask ${choice.imagename}.mask.`, 'INFO', choice.style.task);
  return fromImage(path, choice);
}

/** What tclean of CASA 4 took for `usemask='pb'`, and the level that it had. */
const BEAM_WORD = 'auto-pb';
const BEAM_LEVEL = 0.2;

/** The response that a mask's one word asks for; undefined when it asks for something else. */
function levelOf(word: MaskWord, pblimit: number): number | undefined {
  if (word === BEAM_WORD) return BEAM_LEVEL;
  return word === true ? pblimit : typeof word === 'number' ? word : undefined;
}

/**
 * Reads the mask: region texts, region files, mask images, pixel boxes (also several), or a level of the primary beam.
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
  const words = wordsOf(options.mask);
  const level = words.length === 1 ? levelOf(words[0], choice.pblimit) : undefined;
  if (choice.autoMask) return () => new Float32Array(sizeX * sizeY);
  if (options.usemask === 'pb')
    return (_plane, beam) => beam.map((value) => (value >= (options.pbmask ?? 0.2) ? 1 : 0));
  if (level !== undefined) return (_plane, beam) => beam.map((value) => (value > level ? 1 : 0));
  if (words.length === 0) return choice.style.task === 'tclean' ? leftMask(context, choice) : undefined;
  const parts = words.map((word) => partOf(context, word, choice, coordinates));
  return (plane) => {
    const result = new Float32Array(sizeX * sizeY);
    for (const part of parts) {
      const values = part(plane);
      for (let k = 0; k < result.length; k++) if (values[k] !== 0) result[k] = 1;
    }
    return result;
  };
}
