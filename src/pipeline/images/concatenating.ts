import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type Beam, beamOf, type ImageInfo } from './beams.ts';
import { channelFrequency, type SpectralAxis } from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';

/** Parameters of CASA's ia.imageconcat. */
export interface ImageconcatOptions {
  readonly infiles: readonly string[];
  readonly outfile: string;
  /** Number of the axis along which they are joined: that of the frequencies, or -1 for it. */
  readonly axis?: number;
  /** Frequencies may have gaps. */
  readonly relax?: boolean;
  /** Put in the order of the frequencies first. */
  readonly reorder?: boolean;
  readonly overwrite?: boolean;
}

/** Share of a channel by which neighbours may lie beside the grid. */
const TOLERANCE = 0.01;

const spectralOf = (image: Image): SpectralAxis =>
  image.coordinates.spectral ??
  fail('unsupported', 'Images are joined along the frequencies; this one has none.', { file: image.path });

const frequenciesOf = (image: Image): number[] =>
  Array.from({ length: image.chanCount }, (_, chan) => channelFrequency(spectralOf(image), chan));

/** The spectral axis of all images one behind the other. */
function joinedAxis(context: Context, images: readonly Image[], relax: boolean): SpectralAxis {
  const axis = spectralOf(images[0]);
  const frequencies = images.flatMap(frequenciesOf);
  const step = axis.increment;
  const isRegular = frequencies.every(
    (frequency, chan) => Math.abs(frequency - frequencies[0] - chan * step) <= TOLERANCE * Math.abs(step) * chan,
  );
  if (isRegular) return axis;
  if (!relax)
    fail('usage', 'The images do not follow each other channel by channel; relax=True joins them all the same.', {
      file: images[0].path,
    });
  const isMonotonic = frequencies.every((frequency, k) => k === 0 || (frequency - frequencies[k - 1]) * step > 0);
  if (!isMonotonic) {
    warningsOf(context, 'imageconcat')('The joined frequencies go up and down; those of the first image go on.');
    return axis;
  }
  return {
    ...axis,
    reference: frequencies[0],
    increment: frequencies[1] - frequencies[0],
    referencePixel: 0,
    frequencies,
  };
}

/** One beam where all have the same, else one for each plane. */
function joinedInfo(images: readonly Image[]): ImageInfo {
  const { info } = images[0];
  const without = images.find((image) => (image.info.beams.length === 0) !== (info.beams.length === 0));
  if (without) fail('usage', 'One image has no beam while another has one.', { file: without.path });
  const beams = images.flatMap((image) =>
    Array.from({ length: image.chanCount * image.stokesCount }, (_, plane) =>
      beamOf(image.info, Math.floor(plane / image.stokesCount), plane % image.stokesCount, image.stokesCount),
    ),
  );
  const all = beams.filter((beam): beam is Beam => beam !== undefined);
  const isSame = all.every(
    ({ major, minor, positionAngle }) =>
      major === all[0].major && minor === all[0].minor && positionAngle === all[0].positionAngle,
  );
  return { ...info, beams: isSame ? all.slice(0, 1) : all };
}

function checkShapes(images: readonly Image[], axis: number): void {
  const [first] = images;
  for (const image of images) {
    const lengths = image.shape.toReversed();
    const isAlike =
      spectralOf(image).pixelAxis === axis &&
      lengths.length === first.shape.length &&
      first.shape.toReversed().every((length, k) => k === axis || length === lengths[k]);
    if (!isAlike) fail('usage', `This image has other axes than ${first.path}.`, { file: image.path });
  }
  if (axis < 2)
    fail('unsupported', 'Images whose first two axes are not the sky are not joined.', { file: first.path });
}

function writeJoined(context: Context, images: readonly Image[], joined: Image, axis: number): void {
  const hasMask = images.some((image) => image.hasMask);
  const lengths = images[0].shape.toReversed();
  // Planes of one channel that follow each other, and how many such runs a channel has.
  const inner = lengths.slice(2, axis).reduce((product, length) => product * length, 1);
  const outer = lengths.slice(axis + 1).reduce((product, length) => product * length, 1);
  let to = 0;
  for (let round = 0; round < outer; round++)
    for (const image of images)
      for (let k = 0; k < image.chanCount * inner; k++) {
        context.checkAbort();
        const from = round * image.chanCount * inner + k;
        joined.writePlane(to, image.readPlane(from));
        if (hasMask) joined.writeMask(to, image.readMask(from) ?? new Uint8Array(joined.sizeX * joined.sizeY).fill(1));
        to++;
      }
}

/**
 * Joins images along the frequencies, as CASA's ia.imageconcat; unit, sky and all else are those of the first.
 *
 * @throws usage, unsupported, missing, exists
 */
export function imageconcat(context: Context, options: ImageconcatOptions): void {
  if (!options.outfile) fail('usage', 'outfile must be given.');
  if (options.infiles.length < 2) fail('usage', 'infiles names two images or more.');
  let images: Image[] = [];
  try {
    for (const name of options.infiles) images.push(openImage(joinPath(context.cwd, name)));
    if (options.reorder) {
      const direction = Math.sign(spectralOf(images[0]).increment);
      images = images.toSorted((one, other) => direction * (frequenciesOf(one)[0] - frequenciesOf(other)[0]));
    }
    const [first] = images;
    const axis = spectralOf(first).pixelAxis;
    if ((options.axis ?? -1) >= 0 && options.axis !== axis)
      fail('unsupported', `Images are joined along the frequencies here, axis ${axis}.`, { file: first.path });
    checkShapes(images, axis);
    const chanCount = images.reduce((sum, image) => sum + image.chanCount, 0);
    const lengths = first.shape.toReversed().map((length, k) => (k === axis ? chanCount : length));
    const spectral = joinedAxis(context, images, options.relax === true);
    const { unit, miscInfo, coordinates } = first;
    const info = joinedInfo(images);
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
      const shape = lengths.toReversed();
      const joined = createImage(path, { shape, coordinates: { ...coordinates, spectral }, unit, info, miscInfo });
      try {
        writeJoined(context, images, joined, axis);
      } finally {
        joined.close();
      }
    });
  } finally {
    for (const image of images) image.close();
  }
}
