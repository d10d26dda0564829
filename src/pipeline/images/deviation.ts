import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { requireDirection } from './coordinates.ts';
import { cropCoordinates, cropInfo, cropPlane, planesIn } from './cutting.ts';
import { createImage, type Image } from './image.ts';
import { type ChosenPixels, type PixelSelection, withChosenPixels } from './pixel-selection.ts';
import { parseRegion, regionMask } from './region.ts';
import { type Interpolation, type MaskedPlane, type PlanePlaces, resample } from './resampling.ts';
import { momentStatistics, robustStatistics } from './statistics.ts';
import { valueChooser } from './value-choice.ts';

/** Parameters of CASA's imdev. */
export interface ImdevOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  readonly overwrite?: boolean;
  /** Pixels from one point of the grid to the next, [x, y]. */
  readonly grid?: readonly number[];
  /** A pixel that is a point of the grid, or 'ref': the one nearest to the reference pixel. */
  readonly anchor?: string | readonly number[];
  /** Width of the box around each point, in pixels or on the sky; the diameter of a circle where ylength is empty. */
  readonly xlength?: string | number;
  readonly ylength?: string | number;
  /** Between points of the grid: cubic, linear (and, as in CASA, lanczos) or nearest. */
  readonly interp?: string;
  /** sigma, xmadm, iqr, max, mean, mad, median, min, npts, q1, q3, rms, sumsq, sum or var; beginnings are enough. */
  readonly stattype?: string;
  /** classic or chauvenet. */
  readonly statalg?: string;
  readonly zscore?: number;
  readonly maxiter?: number;
}

/** Standard deviation of normal values over their median deviation from the median. */
const NORMAL_DEVIATION = 1.482602218505602;

type Statistic = (values: Float32Array) => number;

/** Statistics by how their names begin; the first that fits counts, as in CASA. */
const STATISTICS: readonly (readonly [RegExp, Statistic])[] = [
  [/^i/, (values) => robustStatistics(values).quartile],
  [/^max/, (values) => momentStatistics(values).max],
  [/^mea/, (values) => momentStatistics(values).mean],
  [/^(meda|mad)/, (values) => robustStatistics(values).medabsdevmed],
  [/^x/, (values) => NORMAL_DEVIATION * robustStatistics(values).medabsdevmed],
  [/^medi/, (values) => robustStatistics(values).median],
  [/^mi/, (values) => momentStatistics(values).min],
  [/^n/, (values) => values.length],
  [/^q1/, (values) => robustStatistics(values).q1],
  [/^q3/, (values) => robustStatistics(values).q3],
  [/^r/, (values) => momentStatistics(values).rms],
  [/^s[it]/, (values) => momentStatistics(values).sigma],
  [/^sums/, (values) => momentStatistics(values).sumsq],
  [/^sum/, (values) => momentStatistics(values).sum],
  [/^v/, (values) => momentStatistics(values).sigma ** 2],
];

function statisticOf({ stattype = 'sigma', statalg = 'classic', zscore, maxiter }: ImdevOptions): Statistic {
  const [, compute] =
    STATISTICS.find(([name]) => name.test(stattype.toLowerCase())) ??
    fail(
      'usage',
      `imdev: stattype="${stattype}" is unknown; there are sigma, xmadm, iqr, mad, median, mean, rms, var, min, max, q1, q3, sum, sumsq, npts.`,
    );
  if (!/^c[lh]/i.test(statalg))
    fail('usage', `imdev: statalg="${statalg}" is unknown; there are classic and chauvenet.`);
  const choose = valueChooser({ algorithm: statalg, zscore, maxiter });
  if (!choose) return compute;
  return (values) => {
    const { low, high } = choose(values);
    return compute(values.filter((value) => value >= low && value <= high));
  };
}

function interpolationOf(interp: string): Interpolation {
  const found = { c: 'cubic', l: 'linear', n: 'nearest' }[interp[0]?.toLowerCase()];
  return (found ??
    fail('usage', `imdev: interp="${interp}" is unknown; there are cubic, linear, nearest.`)) as Interpolation;
}

/** A length in pixels of an axis; what is left by dividing angles is rounded off, so that whole pixels stay whole. */
function pixelsOf(length: string, increment: number): number {
  if (/pix/.test(length)) return Number.parseFloat(length);
  return Number((parseQuantity(length, 'angle') / Math.abs(increment)).toFixed(6));
}

/** Offsets [x, y] of the pixels around a point that count. */
function neighbours(image: Image, { sizeX, sizeY }: Size, { xlength = '1pix', ylength = '1pix' }: ImdevOptions) {
  const { increment } = requireDirection(image.coordinates, image.path);
  const isCircle = ylength === '' || Number.parseFloat(`${ylength}`) <= 0;
  const width = pixelsOf(`${xlength}`, increment[0]);
  const height = isCircle ? width : pixelsOf(`${ylength}`, increment[1]);
  for (const [length, size, axis] of [
    [width, sizeX, 'x'],
    [height, sizeY, 'y'],
  ] as const)
    if (!(length > 0.5 && length < size - 4))
      fail('usage', `imdev: ${axis}length is ${length} pixels; it is more than 0.5, and less than ${size - 4}.`);
  const [x, y] = [sizeX >> 1, sizeY >> 1];
  const centre = `[${x}pix,${y}pix]`;
  const text = isCircle ? `circle[${centre},${width / 2}pix]` : `centerbox[${centre},[${width}pix,${height}pix]]`;
  const mask = regionMask(parseRegion(text, image.coordinates, image.path), sizeX, sizeY);
  const offsets: [number, number][] = [];
  mask.forEach((inside, at) => {
    if (inside) offsets.push([(at % sizeX) - x, Math.floor(at / sizeX) - y]);
  });
  return offsets;
}

interface Size {
  readonly sizeX: number;
  readonly sizeY: number;
}

/** A grid on the box of an image: its first point that is in it, the steps, and the numbers of points. */
interface Grid {
  readonly start: readonly [number, number];
  readonly step: readonly [number, number];
  readonly size: Size;
}

function gridOf(
  image: Image,
  size: Size,
  blc: readonly number[],
  { grid = [1, 1], anchor = 'ref' }: ImdevOptions,
): Grid {
  const step = [grid[0], grid[1]] as const;
  if (!step.every((one) => Number.isInteger(one) && one > 0))
    fail('usage', `imdev: grid=[${grid}] is not two numbers of pixels.`);
  const { referencePixel } = requireDirection(image.coordinates, image.path);
  const point = typeof anchor === 'string' ? referencePixel.map(Math.round) : anchor;
  if ((typeof anchor === 'string' && anchor !== 'ref') || point.length !== 2)
    fail('usage', `imdev: anchor=${anchor} is neither "ref" nor a pixel [x, y].`);
  const [startX, startY] = step.map((one, axis) => (((point[axis] - blc[axis]) % one) + one) % one);
  const count = {
    sizeX: Math.ceil((size.sizeX - startX) / step[0]),
    sizeY: Math.ceil((size.sizeY - startY) / step[1]),
  };
  return { start: [startX, startY], step, size: count };
}

/** The statistic at each point of the grid; points that are masked, or have no good neighbour, are masked and 0. */
function statisticsAt(
  { values, good }: MaskedPlane,
  { sizeX, sizeY }: Size,
  grid: Grid,
  offsets: readonly (readonly [number, number])[],
  statistic: Statistic,
): MaskedPlane {
  const count = grid.size.sizeX * grid.size.sizeY;
  const found = { values: new Float32Array(count), good: new Uint8Array(count) };
  const chosen = new Float32Array(offsets.length);
  for (let point = 0; point < count; point++) {
    const x = grid.start[0] + (point % grid.size.sizeX) * grid.step[0];
    const y = grid.start[1] + Math.floor(point / grid.size.sizeX) * grid.step[1];
    if (!good[y * sizeX + x]) continue;
    let length = 0;
    for (const [dx, dy] of offsets) {
      if (x + dx < 0 || y + dy < 0 || x + dx >= sizeX || y + dy >= sizeY) continue;
      const at = (y + dy) * sizeX + x + dx;
      if (good[at]) chosen[length++] = values[at];
    }
    if (length === 0) continue;
    found.values[point] = statistic(chosen.subarray(0, length));
    found.good[point] = 1;
  }
  return found;
}

/** How far beyond the last points casacore takes the nearest one. */
const NEAREST_REACH = 0.5001;

/** Where the pixels of the box lie among the points of the grid; 'nearest' has the point itself where there is one. */
function placesAmong({ start, step, size }: Grid, { sizeX, sizeY }: Size, method: Interpolation): PlanePlaces {
  const count = sizeX * sizeY;
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  const placed = (place: number, last: number) => {
    if (method !== 'nearest' || place < -NEAREST_REACH || place > last + NEAREST_REACH) return place;
    return Math.max(0, Math.min(last, Math.floor(place + 0.5)));
  };
  for (let at = 0; at < count; at++) {
    x[at] = placed(((at % sizeX) - start[0]) / step[0], size.sizeX - 1);
    y[at] = placed((Math.floor(at / sizeX) - start[1]) / step[1], size.sizeY - 1);
  }
  return { width: sizeX, height: sizeY, x, y };
}

/**
 * Values between the points of the grid; on a point its own value. As in casacore, a place is masked where one of the four points
 * around it is, even one without weight.
 */
function interpolated(
  found: MaskedPlane,
  { sizeX, sizeY }: Size,
  places: PlanePlaces,
  method: Interpolation,
): MaskedPlane {
  const points = { sizeX, sizeY, readPlane: () => found.values, readMask: () => found.good };
  const { values, good } = resample(points, 0, places, method);
  const firstOf = (place: number, size: number) => Math.max(0, Math.min(size - 2, Math.floor(place)));
  const [right, above] = [sizeX > 1 ? 1 : 0, sizeY > 1 ? sizeX : 0];
  for (let at = 0; at < values.length; at++) {
    const [x, y] = [places.x[at], places.y[at]];
    const first = firstOf(y, sizeY) * sizeX + firstOf(x, sizeX);
    if (Number.isInteger(x) && Number.isInteger(y)) {
      values[at] = found.values[y * sizeX + x];
      good[at] = found.good[y * sizeX + x];
    } else if (
      !(found.good[first] & found.good[first + right] & found.good[first + above] & found.good[first + above + right])
    )
      good[at] = 0;
  }
  return { values, good };
}

/** The planes of the result, one after the other. */
function planesOf(image: Image, chosen: ChosenPixels, options: ImdevOptions): (plane: number) => MaskedPlane {
  const { bounds } = chosen;
  const [sizeX, sizeY] = [0, 1].map((axis) => bounds.trc[axis] - bounds.blc[axis] + 1);
  const size = { sizeX, sizeY };
  const [statistic, method] = [statisticOf(options), interpolationOf(options.interp ?? 'cubic')];
  const offsets = neighbours(image, size, options);
  const grid = gridOf(image, size, bounds.blc, options);
  const isDense = grid.step[0] === 1 && grid.step[1] === 1;
  const places = placesAmong(grid, size, method);
  return (plane) => {
    const mask = chosen.planes.includes(plane) ? chosen.good(plane) : new Uint8Array(image.sizeX * image.sizeY);
    const good = mask ? cropPlane(mask, image.sizeX, bounds) : new Uint8Array(sizeX * sizeY).fill(1);
    const values = cropPlane(image.readPlane(plane), image.sizeX, bounds);
    const found = statisticsAt({ values, good }, size, grid, offsets, statistic);
    if (isDense) return found;
    const between = interpolated(found, grid.size, places, method);
    return { values: between.values, good: between.good.map((one, at) => one & good[at]) };
  };
}

/**
 * A statistic of the neighbours of each pixel as an image, computed on a grid and interpolated between its points, as CASA's imdev.
 *
 * @throws usage, missing, exists
 */
export function imdev(context: Context, options: ImdevOptions): void {
  if (!options.outfile) fail('usage', 'imdev: outfile must be given.');
  withChosenPixels(joinPath(context.cwd, options.imagename), options, context.cwd, (image, chosen) => {
    const { blc, trc } = chosen.bounds;
    const read = planesOf(image, chosen, options);
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
      const result = createImage(path, {
        shape: blc.map((first, axis) => trc[axis] - first + 1).toReversed(),
        coordinates: cropCoordinates(image.coordinates, chosen.bounds),
        unit: image.unit,
        info: cropInfo(image, chosen.bounds),
        miscInfo: image.miscInfo,
      });
      try {
        planesIn(image, chosen.bounds).forEach((plane, at) => {
          context.checkAbort();
          const { values, good } = read(plane);
          result.writePlane(
            at,
            values.map((value, pixel) => (good[pixel] ? value : 0)),
          );
          if (result.hasMask || good.includes(0)) result.writeMask(at, good);
        });
      } finally {
        result.close();
      }
    });
  });
}
