import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { createImage, type Image, openImage } from './image.ts';
import { parseRegion, regionMask } from './region.ts';

/** Parameters of CASA's makemask. */
export interface MakemaskOptions {
  /** 'list' (default) or 'copy' */
  readonly mode?: string;
  readonly inpimage: string;
  /** Region texts, files of regions, mask images, or `image:mask0` for the mask inside an image; their union is taken. */
  readonly inpmask?: string | readonly string[];
  /** An image of 0 and 1, or `image:mask0` for the mask inside an image. */
  readonly output?: string;
  readonly overwrite?: boolean;
}

/** Where a mask is chosen, plane by plane of an image, 1 = chosen. */
type MaskPlanes = (plane: number) => Uint8Array;

/** "a.image:mask0" as the image and the mask in it. */
function splitName(name: string): { image: string; mask?: string } {
  const match = /^(.+):([^:/]+)$/.exec(name);
  return match ? { image: match[1], mask: match[2] } : { image: name };
}

function fromRegion(text: string, like: Image): MaskPlanes {
  const region = parseRegion(text, like.coordinates, like.path);
  return (plane) => {
    const { chan, stokes } = like.planeAxes(plane);
    return regionMask(region, like.sizeX, like.sizeY, chan, stokes);
  };
}

function fromImage(path: string, mask: string | undefined, like: Image): { read: MaskPlanes; image: Image } {
  const image = openImage(path);
  const fits = image.sizeX === like.sizeX && image.sizeY === like.sizeY;
  if (!fits || ![1, like.planeCount].includes(image.planeCount)) {
    image.close();
    fail('usage', 'The mask differs in shape from inpimage; masks are not regridded here.', { file: path });
  }
  if (mask !== undefined && mask !== image.maskName) {
    image.close();
    fail('missing', `The image has no mask ${mask}.`, { file: path });
  }
  const at = (plane: number) => (image.planeCount === 1 ? 0 : plane);
  const read: MaskPlanes = (plane) => {
    const inner = image.readMask(at(plane)) ?? new Uint8Array(image.sizeX * image.sizeY).fill(1);
    if (mask !== undefined) return inner;
    return Uint8Array.from(image.readPlane(at(plane)), (value) => (value !== 0 && !Number.isNaN(value) ? 1 : 0));
  };
  return { read, image };
}

/** Calls `use` with the union of the given masks. */
function withMasks(context: Context, words: readonly string[], like: Image, use: (mask: MaskPlanes) => void): void {
  const opened: Image[] = [];
  try {
    const parts = words.map((word): MaskPlanes => {
      if (/\[/.test(word)) return fromRegion(word, like);
      const { image, mask } = splitName(word);
      const path = joinPath(context.cwd, image);
      if (disk().info(path)?.kind === 'file') return fromRegion(disk().readText(path), like);
      const found = fromImage(path, mask, like);
      opened.push(found.image);
      return found.read;
    });
    use((plane) => {
      const all = parts.map((part) => part(plane));
      return all[0].map((_, k) => (all.some((mask) => mask[k] !== 0) ? 1 : 0));
    });
  } finally {
    for (const image of opened) image.close();
  }
}

function writeMaskImage(like: Image, path: string, mask: MaskPlanes): void {
  const made = createImage(path, { shape: like.shape, coordinates: like.coordinates, miscInfo: new Map() });
  for (let plane = 0; plane < made.planeCount; plane++) made.writePlane(plane, Float32Array.from(mask(plane)));
  made.close();
}

function writeInside(path: string, name: string, mask: MaskPlanes, overwrite: boolean): void {
  const image = openImage(path, 'update');
  try {
    if (image.hasMask && image.maskName !== name)
      fail('unsupported', `The image has the mask ${image.maskName}; a second one is not made here.`, { file: path });
    if (image.hasMask && !overwrite)
      fail('exists', `The mask ${name} is there already; overwrite=True replaces it.`, { file: path });
    for (let plane = 0; plane < image.planeCount; plane++) image.writeMask(plane, mask(plane), name);
  } finally {
    image.close();
  }
}

/**
 * Makes a mask of regions and masks, as CASA's makemask with mode 'copy'; 'list' tells the log what masks an image has.
 *
 * @throws usage, missing, exists; unsupported for other modes
 */
export function makemask(context: Context, options: MakemaskOptions): void {
  const mode = options.mode ?? 'list';
  if (mode !== 'list' && mode !== 'copy')
    fail('unsupported', `makemask has the modes list and copy here, not "${mode}".`);
  const like = openImage(joinPath(context.cwd, options.inpimage));
  try {
    if (mode === 'list') {
      context.log.post(like.hasMask ? `Masks: ${like.maskName} (default)` : 'Masks: none', 'INFO', 'makemask');
      return;
    }
    const words = [options.inpmask ?? []].flat().filter((word) => word !== '');
    if (words.length === 0 || !options.output) fail('usage', 'makemask needs inpmask and output.');
    const { image, mask: name } = splitName(options.output);
    const path = joinPath(context.cwd, image);
    const overwrite = options.overwrite === true;
    withMasks(context, words, like, (mask) => {
      if (name === undefined) writeWhole(path, overwrite, (staged) => writeMaskImage(like, staged, mask));
      else if (path === like.path || disk().exists(path)) writeInside(path, name, mask, overwrite);
      else
        writeWhole(path, overwrite, (staged) => {
          writeMaskImage(like, staged, mask);
          writeInside(staged, name, mask, overwrite);
        });
    });
  } finally {
    like.close();
  }
}
