import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { beamOf, beamPixels } from './beams.ts';
import { type Image, openImage } from './image.ts';
import { type PixelRegion, parseBox, parseChannels, parseRegion, regionMask } from './region.ts';

/** The pixels that a task looks at, with CASA's parameter names. */
export interface PixelSelection {
  /** Region text, e.g. "circle[[128pix,128pix],20pix]", or the name of a file with such text. */
  readonly region?: string;
  /** "x1,y1,x2,y2" in pixels. */
  readonly box?: string;
  /** Channels: "3", "2~7". */
  readonly chans?: string | number;
  readonly stokes?: string;
}

/** Parameters of CASA's imstat. */
export interface ImstatOptions extends PixelSelection {
  readonly imagename: string;
  /** Axes over which is summed (0 and 1 the sky, 2 and 3 the others); all by default. With [0, 1] one value per plane comes back. */
  readonly axes?: readonly number[];
}

/** Results under CASA's names; each array has one value per plane, or one in all. */
export interface ImageStatistics {
  readonly npts: number[];
  readonly sum: number[];
  readonly sumsq: number[];
  readonly mean: number[];
  readonly sigma: number[];
  readonly rms: number[];
  readonly min: number[];
  readonly max: number[];
  readonly minpos: number[];
  readonly maxpos: number[];
  readonly median: number[];
  readonly medabsdevmed: number[];
  readonly q1: number[];
  readonly q3: number[];
  readonly quartile: number[];
  /** Sum over the beam's solid angle in pixels, for images per beam. */
  readonly flux?: number[];
  readonly blc: number[];
  readonly trc: number[];
}

/** The chosen pixels of one plane: their values and positions. */
export interface SelectedPlane {
  readonly plane: number;
  readonly chan: number;
  readonly stokes: number;
  readonly values: Float32Array;
  /** Position y * sizeX + x of each value. */
  readonly positions: Int32Array;
}

function regionOf(image: Image, selection: PixelSelection, cwd: string): PixelRegion | undefined {
  if (selection.box) return parseBox(selection.box);
  if (!selection.region) return undefined;
  const file = joinPath(cwd, selection.region);
  const isFile = !/\[/.test(selection.region) && disk().exists(file);
  return parseRegion(isFile ? disk().readText(file) : selection.region, image.coordinates, image.path);
}

/** Yields the good pixels of every chosen plane. */
export function* selectPixels(image: Image, selection: PixelSelection, cwd: string): Iterable<SelectedPlane> {
  const region = regionOf(image, selection, cwd);
  const inside = region && regionMask(region, image.sizeX, image.sizeY);
  const channels = new Set(parseChannels(selection.chans, image.chanCount));
  const names = image.coordinates.stokes?.stokes ?? ['I'];
  for (let plane = 0; plane < image.planeCount; plane++) {
    const { chan, stokes } = image.planeAxes(plane);
    if (!channels.has(chan) || (selection.stokes && !selection.stokes.includes(names[stokes] ?? ''))) continue;
    const values = image.readPlane(plane);
    const mask = image.readMask(plane);
    const positions = new Int32Array(values.length);
    let count = 0;
    for (let k = 0; k < values.length; k++) {
      if ((inside && inside[k] === 0) || (mask && mask[k] === 0) || Number.isNaN(values[k])) continue;
      values[count] = values[k];
      positions[count++] = k;
    }
    yield { plane, chan, stokes, values: values.subarray(0, count), positions: positions.subarray(0, count) };
  }
}

/** Median and quartiles as CASA takes them (the lower of two middle values is averaged for the median only). */
function quantiles(sorted: Float32Array): { median: number; q1: number; q3: number } {
  const count = sorted.length;
  const middle = Math.floor(count / 2);
  const median = count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const at = (fraction: number) => sorted[Math.max(0, Math.ceil(fraction * count) - 1)];
  return { median, q1: at(0.25), q3: at(0.75) };
}

class Accumulator {
  private readonly pieces: Float32Array[] = [];
  private sum = 0;
  private sumsq = 0;
  private count = 0;
  private flux = 0;
  private least = { value: Number.POSITIVE_INFINITY, plane: 0, position: 0 };
  private most = { value: Number.NEGATIVE_INFINITY, plane: 0, position: 0 };

  add(selected: SelectedPlane, pixelsPerBeam: number): void {
    let sum = 0;
    for (let k = 0; k < selected.values.length; k++) {
      const value = selected.values[k];
      sum += value;
      this.sumsq += value * value;
      if (value < this.least.value) this.least = { value, plane: selected.plane, position: selected.positions[k] };
      if (value > this.most.value) this.most = { value, plane: selected.plane, position: selected.positions[k] };
    }
    this.sum += sum;
    this.flux += sum / pixelsPerBeam;
    this.count += selected.values.length;
    this.pieces.push(selected.values);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  finish(into: Record<string, number[]>, positionOf: (plane: number, position: number) => number[]): void {
    const all = new Float32Array(this.count);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    all.sort();
    const { median, q1, q3 } = quantiles(all);
    const deviations = all.map((value) => Math.abs(value - median)).sort();
    const mean = this.sum / this.count;
    const variance = this.count > 1 ? Math.max(0, this.sumsq - this.count * mean * mean) / (this.count - 1) : 0;
    const values: Record<string, number> = {
      npts: this.count,
      sum: this.sum,
      sumsq: this.sumsq,
      mean,
      sigma: Math.sqrt(variance),
      rms: Math.sqrt(this.sumsq / this.count),
      min: this.least.value,
      max: this.most.value,
      median,
      medabsdevmed: quantiles(deviations).median,
      q1,
      q3,
      quartile: q3 - q1,
      flux: this.flux,
    };
    for (const [key, value] of Object.entries(values)) into[key] = [...(into[key] ?? []), value];
    into.minpos = positionOf(this.least.plane, this.least.position);
    into.maxpos = positionOf(this.most.plane, this.most.position);
  }
}

/**
 * Statistics of an image, as CASA's imstat gives them (algorithm classic).
 *
 * @throws bad-data when no good pixel is selected
 */
export function imstat(context: Context, options: ImstatOptions): ImageStatistics {
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const isPerPlane = options.axes !== undefined && !options.axes.some((axis) => axis >= 2) && options.axes.length > 0;
    const hasBeam = /\/beam/.test(image.unit) && image.info.beams.length > 0;
    const step = image.coordinates.direction?.increment ?? [1, 1];
    const result: Record<string, number[]> = {};
    const positionOf = (plane: number, position: number) => {
      const { chan, stokes } = image.planeAxes(plane);
      const place: number[] = [position % image.sizeX, Math.floor(position / image.sizeX)];
      if (image.coordinates.stokes) place[image.coordinates.stokes.pixelAxis] = stokes;
      if (image.coordinates.spectral) place[image.coordinates.spectral.pixelAxis] = chan;
      return Array.from(place, (value) => value ?? 0);
    };
    let accumulator = new Accumulator();
    for (const selected of selectPixels(image, options, context.cwd)) {
      context.checkAbort();
      const beam = hasBeam ? beamOf(image.info, selected.chan, selected.stokes, image.stokesCount) : undefined;
      accumulator.add(selected, beam ? beamPixels(beam, step[0], step[1]) : 1);
      if (!isPerPlane || accumulator.isEmpty) continue;
      accumulator.finish(result, positionOf);
      accumulator = new Accumulator();
    }
    if (!isPerPlane) {
      if (accumulator.isEmpty) fail('bad-data', 'No good pixel is selected.', { file: image.path });
      accumulator.finish(result, positionOf);
    }
    if (!hasBeam) delete result.flux;
    result.blc = image.shape.map(() => 0);
    result.trc = image.shape.toReversed().map((length) => length - 1);
    return result as unknown as ImageStatistics;
  } finally {
    image.close();
  }
}
