import { ARCSEC, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { robustScatter } from '../../foundation/numeric/index.ts';
import { contourPieces, type Figure, type Panel, type Raster, type Series } from '../../foundation/plotting/index.ts';
import { beamOf, channelFrequency, type Image, openImage, radioVelocity, requireDirection } from '../images/index.ts';

/** A plane of an image with what is needed to draw it. */
interface Plane {
  /** [y, x], in `unit` */
  readonly values: Float32Array;
  readonly sizeX: number;
  readonly sizeY: number;
  /** arcsec per pixel, x negative when right ascension grows to the left */
  readonly cell: readonly [number, number];
  /** arcsec and rad */
  readonly beam?: { readonly major: number; readonly minor: number; readonly angle: number };
  readonly unit: string;
}

/** Diagnostic 14: the plane with the brightest pixel, zoomed on what stands out of the noise, with contours. */
export function imagePanel(path: string, title: string): Panel {
  return withImage(path, (image) => {
    const plane = brightestPlane(image);
    const content = planeOf(image, path, image.readPlane(plane), plane, image.unit);
    return emissionPanel(content, title);
  });
}

/** Diagnostic 15: the synthesized beam within nine beam widths, from its deepest sidelobe to 1, with the half-power contour. */
export function psfPanel(path: string, title: string): Panel {
  return withImage(path, (image) => {
    const content = planeOf(image, path, image.readPlane(0), 0, 'relative');
    const half = halfWidth(content, 4.5 * (content.beam?.major ?? Number.POSITIVE_INFINITY));
    const low = Math.floor(10 * Math.min(0, smallest(content.values))) / 10;
    return rasterPanel(content, title, half, [low, 1], [0.5]);
  });
}

/** Diagnostic 14 for a line cube: the integrated line (the sum of all channels where emission is in each, the brightest one when no line stands out), and the spectrum at its peak. */
export function cubePanels(path: string, name: string): Panel[] {
  return withImage(path, (image) => {
    const peak = peakOf(image);
    const spectrum = Float64Array.from(
      { length: image.chanCount },
      (_, chan) => image.readPlane(image.planeIndex(chan))[peak.pixel],
    );
    const noise = robustScatter(image.readPlane(image.planeIndex(0)));
    const [first, last] = lineChannels(spectrum, peak.chan, 4 * noise);
    const plane = image.planeIndex(peak.chan);
    const isLine = last > first;
    // What is in every channel is continuum.
    const isEverywhere = first === 0 && last === image.chanCount - 1;
    const what = !isLine ? 'brightest channel' : isEverywhere ? 'sum of all channels' : 'integrated line';
    const content = isLine
      ? planeOf(image, path, integrate(image, first, last), plane, 'Jy/beam km/s')
      : planeOf(image, path, image.readPlane(plane), plane, image.unit);
    return [
      emissionPanel(content, `14  ${name}, ${what}`),
      spectrumPanel(image, spectrum, isLine ? [first, last] : undefined),
    ];
  });
}

/** A small picture of a product, for the page: the whole field that holds emission, without page heading. */
export function productFigure(path: string, kind: 'continuum' | 'cube'): Figure {
  const panel = kind === 'cube' ? cubePanels(path, '')[0] : imagePanel(path, '');
  const small: Panel = {
    ...panel,
    title: kind === 'continuum' ? 'continuum' : panel.title.replace(/^.*, /, ''),
    x: { ...panel.x, label: 'Δα (arcsec)' },
    y: { ...panel.y, label: 'Δδ (arcsec)' },
  };
  return { title: '', width: 420, sections: [{ columns: 1, rowHeight: 344, panels: [small] }] };
}

function withImage<R>(path: string, use: (image: Image) => R): R {
  const image = openImage(path);
  try {
    return use(image);
  } finally {
    image.close();
  }
}

function planeOf(image: Image, path: string, values: Float32Array, plane: number, unit: string): Plane {
  const direction = requireDirection(image.coordinates, path);
  const beam = beamOf(image.info, image.planeAxes(plane).chan, 0, image.stokesCount);
  const isMilli = /^Jy/.test(unit) && largest(values) < 1;
  return {
    values: isMilli ? values.map((value) => value * 1e3) : values,
    sizeX: image.sizeX,
    sizeY: image.sizeY,
    cell: [direction.increment[0] / ARCSEC, direction.increment[1] / ARCSEC],
    beam: beam ? { major: beam.major, minor: beam.minor, angle: (beam.positionAngle * Math.PI) / 180 } : undefined,
    unit: isMilli ? `m${unit}` : unit,
  };
}

/** Zooms on pixels above six times the noise; contours at −4, 4, 8, 16… times it. */
function emissionPanel(content: Plane, title: string): Panel {
  const { values, sizeX, sizeY, cell } = content;
  const noise = robustScatter(values.filter((value, index) => index % 3 === 0 && Number.isFinite(value)));
  const peak = largest(values);
  let reach = 0;
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (!(values[pixel] > Math.max(6 * noise, 0.08 * peak))) continue;
    const dx = Math.abs((pixel % sizeX) - (sizeX >> 1)) * Math.abs(cell[0]);
    const dy = Math.abs(Math.floor(pixel / sizeX) - (sizeY >> 1)) * Math.abs(cell[1]);
    reach = Math.max(reach, dx, dy);
  }
  const half = halfWidth(content, Math.max(1.35 * reach, 7 * (content.beam?.major ?? 0)));
  const levels = [-4 * noise];
  for (let level = 4 * noise; level < peak && levels.length < 12; level *= 2) levels.push(level);
  return rasterPanel(content, title, half, [Math.max(-4 * noise, smallest(values)), peak], noise > 0 ? levels : []);
}

/** Half the width of a cut-out, pixels. */
function halfWidth({ sizeX, sizeY, cell }: Plane, arcsec: number): number {
  const most = Math.min(sizeX, sizeY) >> 1;
  return Math.max(Math.min(12, most), Math.min(most, Math.ceil(arcsec / Math.abs(cell[1]))));
}

function rasterPanel(
  content: Plane,
  title: string,
  half: number,
  range: readonly [number, number],
  levels: readonly number[],
): Panel {
  const { sizeX, sizeY, cell, beam, unit } = content;
  const values = cutOut(content.values, sizeX, (sizeX >> 1) - half, (sizeY >> 1) - half, 2 * half);
  const edges = (step: number): [number, number] => [(-half - 0.5) * step, (half - 0.5) * step];
  const raster: Raster = {
    values,
    width: 2 * half,
    height: 2 * half,
    xEdges: edges(cell[0]),
    yEdges: edges(cell[1]),
    range: range[1] > range[0] ? range : [0, 1],
    unit,
    beam,
  };
  return {
    title,
    x: { label: 'right ascension offset (arcsec)' },
    y: { label: 'declination offset (arcsec)' },
    series: levels.map((level): Series => {
      const pieces = contourPieces(values, 2 * half, 2 * half, level);
      const colour = level < 0 ? '#ff8f80' : level > 0.5 * range[1] ? '#222222' : '#ffffff';
      return {
        kind: 'line',
        x: pieces.x.map((pixel) => (pixel - half) * cell[0]),
        y: pieces.y.map((pixel) => (pixel - half) * cell[1]),
        colour,
        size: 1,
        opacity: 0.85,
      };
    }),
    raster,
  };
}

function spectrumPanel(image: Image, spectrum: Float64Array, line: readonly [number, number] | undefined): Panel {
  const { spectral } = image.coordinates;
  const isVelocity = spectral !== undefined && spectral.restFrequency > 0;
  const position = (chan: number) => {
    if (!spectral) return chan;
    const hz = channelFrequency(spectral, chan);
    return isVelocity ? radioVelocity(hz, spectral.restFrequency) / 1e3 : hz / 1e9;
  };
  const label = spectral
    ? isVelocity
      ? `radio velocity, ${spectral.system} (km/s)`
      : `frequency, ${spectral.system} (GHz)`
    : 'channel';
  const isMilli = largest(spectrum) < 1;
  return {
    title: '14  Spectrum at the peak of the cube',
    x: { label },
    y: { label: isMilli ? 'mJy/beam' : 'Jy/beam' },
    bands: line ? [{ from: position(line[0] - 0.5), to: position(line[1] + 0.5), colour: 4 }] : [],
    series: [
      {
        kind: 'line',
        x: Float64Array.from(spectrum, (_, chan) => position(chan)),
        y: isMilli ? spectrum.map((value) => value * 1e3) : spectrum,
        colour: 0,
        size: 1.4,
      },
    ],
  };
}

function brightestPlane(image: Image): number {
  const { chan } = peakOf(image);
  return image.planeIndex(chan);
}

function peakOf(image: Image): { chan: number; pixel: number } {
  const best = { chan: 0, pixel: 0 };
  let peak = Number.NEGATIVE_INFINITY;
  for (let chan = 0; chan < image.chanCount; chan++) {
    const values = image.readPlane(image.planeIndex(chan));
    for (let pixel = 0; pixel < values.length; pixel++) {
      if (!(values[pixel] > peak)) continue;
      peak = values[pixel];
      best.chan = chan;
      best.pixel = pixel;
    }
  }
  return best;
}

/** Channels about the peak that stay above a threshold; one channel below it is forgiven. */
function lineChannels(spectrum: Float64Array, peak: number, threshold: number): [number, number] {
  const isIn = (chan: number) => spectrum[chan] > threshold;
  let [first, last] = [peak, peak];
  while (first > 0 && (isIn(first - 1) || (first > 1 && isIn(first - 2)))) first--;
  while (last + 1 < spectrum.length && (isIn(last + 1) || (last + 2 < spectrum.length && isIn(last + 2)))) last++;
  return [first, last];
}

/** Sum of channels times their width, Jy/beam km/s. */
function integrate(image: Image, first: number, last: number): Float32Array {
  const { spectral } = image.coordinates;
  const width = spectral
    ? (SPEED_OF_LIGHT * Math.abs(spectral.increment)) / channelFrequency(spectral, (first + last) / 2) / 1e3
    : 1;
  const sum = new Float32Array(image.sizeX * image.sizeY);
  for (let chan = first; chan <= last; chan++) {
    const values = image.readPlane(image.planeIndex(chan));
    for (let pixel = 0; pixel < sum.length; pixel++) sum[pixel] += values[pixel] * width;
  }
  return sum;
}

function cutOut(values: Float32Array, sizeX: number, left: number, bottom: number, size: number): Float32Array {
  const out = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const start = (bottom + y) * sizeX + left;
    out.set(values.subarray(start, start + size), y * size);
  }
  return out;
}

function largest(values: Float32Array | Float64Array): number {
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > high) high = value;
  return high;
}

function smallest(values: Float32Array): number {
  let low = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < low) low = value;
  return low;
}
