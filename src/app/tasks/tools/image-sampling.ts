import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { type Image, openImage } from '../../../pipeline/images/index.ts';
import { textArgument } from '../tool-types.ts';
import type { ArrayReply, EngineValue } from '../values.ts';
import { axesOf } from './image-axes.ts';
import { readRegion } from './image-pixels.ts';
import { ask, opened, shapeOf } from './image-state.ts';
import { boolArray, dictionary, floatArray, intArray, numberList } from './reply-values.ts';

const product = (lengths: readonly number[]) => lengths.reduce((found, length) => found * length, 1);

const floats = (values: ArrayLike<number>, shape: readonly number[]): ArrayReply => ({
  kind: 'array',
  type: 'float',
  shape: [...shape],
  values: Float64Array.from(values),
});

/** Pixels by the cells that they fall into: `cellOf` numbers cells by the axes that are kept, first axis fastest. */
function cellsOf(shape: readonly number[], axes: readonly number[]) {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const cellShape = kept.map((axis) => shape[axis]);
  const cellOf = (pixel: number) => {
    let [rest, cell, step] = [pixel, 0, 1];
    shape.forEach((length, axis) => {
      const at = rest % length;
      rest = Math.floor(rest / length);
      if (!kept.includes(axis)) return;
      cell += at * step;
      step *= length;
    });
    return cell;
  };
  return { cellShape, cellOf };
}

// Bins are found in single precision, as casacore finds them: it decides about values on a border.
/** Width of a bin where all values are the same, as casacore has it. */
const LEAST_WIDTH = 0.001;

/** Counts of the good pixels of each cell in equal bins from the smallest to the largest value. */
function countsOf(
  values: ArrayLike<number>,
  isGood: ArrayLike<number>,
  options: { cellOf(pixel: number): number; cellCount: number; binCount: number; limits: readonly number[] },
) {
  const { cellOf, cellCount, binCount, limits } = options;
  const least = new Float64Array(cellCount).fill(limits[0] ?? Infinity);
  const most = new Float64Array(cellCount).fill(limits[1] ?? -Infinity);
  const sums = [0, 1, 2].map(() => new Float64Array(cellCount));
  const isIn = (pixel: number) =>
    isGood[pixel] !== 0 && (limits.length < 2 || (values[pixel] >= limits[0] && values[pixel] <= limits[1]));
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (!isIn(pixel)) continue;
    const cell = cellOf(pixel);
    if (limits.length < 2) {
      least[cell] = Math.min(least[cell], values[pixel]);
      most[cell] = Math.max(most[cell], values[pixel]);
    }
    sums.forEach((sum, power) => {
      sum[cell] += values[pixel] ** power;
    });
  }
  const counts = new Float64Array(cellCount * binCount);
  const centres = new Float64Array(cellCount * binCount);
  const width = Float64Array.from(most, (value, cell) => (value - least[cell]) / binCount || LEAST_WIDTH);
  for (let at = 0; at < centres.length; at++) {
    const cell = Math.floor(at / binCount);
    if (sums[0][cell] > 0) centres[at] = least[cell] + ((at % binCount) + 0.5) * width[cell];
  }
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (!isIn(pixel)) continue;
    const cell = cellOf(pixel);
    const bin = Math.min(
      binCount - 1,
      Math.floor(Math.fround((values[pixel] - least[cell]) / Math.fround(width[cell]))),
    );
    counts[cell * binCount + bin]++;
  }
  return { counts, centres, sums };
}

/** Points along the line from corner to corner, `count` in all or one for each pixel of its length. */
function pointsAlong(x: readonly number[], y: readonly number[], count: number) {
  const parts = x.slice(1).map((end, k) => Math.hypot(end - x[k], y[k + 1] - y[k]));
  const length = parts.reduce((sum, part) => sum + part, 0);
  const points = count > 0 ? count : 1 + Math.floor(length);
  let [walked, last] = [0, { x: x[0], y: y[0] }];
  return Array.from({ length: points }, (_, index) => {
    const along = points > 1 ? (index * length) / (points - 1) : 0;
    let [part, before] = [0, 0];
    while (part < parts.length - 1 && along > before + parts[part] * (1 + 1e-12)) before += parts[part++];
    const share = parts[part] > 0 ? Math.min(1, (along - before) / parts[part]) : 0;
    const place = { x: x[part] + share * (x[part + 1] - x[part]), y: y[part] + share * (y[part + 1] - y[part]) };
    // CASA's distance goes straight from point to point, also past a corner.
    walked += Math.hypot(place.x - last.x, place.y - last.y);
    last = place;
    return { distance: walked, ...place };
  });
}

/** Neighbours of a place with their shares: the nearest pixel, or up to four. */
function neighbours(x: number, y: number, isNearest: boolean): [number, number, number][] {
  if (isNearest) return [[Math.round(x), Math.round(y), 1]];
  const [left, low] = [Math.floor(x), Math.floor(y)];
  const shares: [number, number, number][] = [];
  for (const [column, across] of [
    [left, 1 - (x - left)],
    [left + 1, x - left],
  ])
    for (const [row, along] of [
      [low, 1 - (y - low)],
      [low + 1, y - low],
    ])
      if (across * along > 0) shares.push([column, row, across * along]);
  return shares;
}

/** Whether two images have the same pixels on the same places. */
function conform(one: Image, other: Image): boolean {
  if (JSON.stringify(one.shape) !== JSON.stringify(other.shape)) return false;
  const axes = axesOf(other.coordinates, other.shape.length);
  return axesOf(one.coordinates, one.shape.length).every((axis, k) => {
    const isNear = (name: 'reference' | 'increment' | 'referencePixel', scale: number) =>
      Math.abs(axis[name] - axes[k][name]) <= 1e-6 * Math.abs(scale);
    return (
      axis.name === axes[k].name &&
      isNear('reference', axis.increment) &&
      isNear('increment', axis.increment) &&
      isNear('referencePixel', 1)
    );
  });
}

/** ia: what an image holds along a line or by value, and whether another is like it. */
export const samplingMethods = {
  isconform: ask('other', (state, args, { context }) => {
    const other = openImage(joinPath(context.cwd, textArgument(args, 'other')));
    try {
      return conform(opened(state), other);
    } finally {
      other.close();
    }
  }),
  histograms: ask(
    "axes=[-1], region='', mask='', nbins=25, includepix=[-1], cumu=False, log=False, stretch=False",
    (state, args, { context }): EngineValue => {
      const image = opened(state);
      const { shape, values } = readRegion(image, { ...args, includepix: [], getmask: false }, context.cwd);
      const good = readRegion(image, { ...args, includepix: [], getmask: true }, context.cwd);
      const given = numberList(args.axes, 'axes').filter((axis) => axis >= 0);
      const { cellShape, cellOf } = cellsOf(shape, given.length > 0 ? given : shape.map((_, axis) => axis));
      const [binCount, cellCount] = [Number(args.nbins), product(cellShape)];
      if (!Number.isInteger(binCount) || binCount < 1) fail('usage', 'ia.histograms(): nbins is a number of bins.');
      const included = numberList(args.includepix, 'includepix');
      const limits = included.length === 2 ? included : included[0] > 0 ? [-included[0], included[0]] : [];
      const found = countsOf(values as Float64Array, good.values as Uint8Array, {
        cellOf,
        cellCount,
        binCount,
        limits,
      });
      const { counts, centres, sums } = found;
      if (args.cumu === true)
        for (let at = 0; at < counts.length; at++) if (at % binCount) counts[at] += counts[at - 1];
      const shown = args.log === true ? counts.map((count) => (count > 0 ? Math.log10(count) : 0)) : counts;
      const means = sums[1].map((sum, cell) => (sums[0][cell] > 0 ? sum / sums[0][cell] : 0));
      const sigmas = sums[2].map((sum, cell) => {
        const number = sums[0][cell];
        return number > 1 ? Math.sqrt(Math.max(0, (sum - number * means[cell] ** 2) / (number - 1))) : 0;
      });
      const perCell = cellShape.length > 0 ? cellShape : [1];
      return dictionary([
        ['counts', floats(shown, [binCount, ...cellShape])],
        ['mean', floats(means, perCell)],
        ['sigma', floats(sigmas, perCell)],
        ['values', floats(centres, [binCount, ...cellShape])],
      ]);
    },
  ),
  getslice: ask("x, y, axes=[0, 1], coord=[-1], npts=0, method='linear'", (state, args, { context }): EngineValue => {
    const image = opened(state);
    const [x, y, axes, coord] = ['x', 'y', 'axes', 'coord'].map((name) => numberList(args[name], name));
    const lengths = shapeOf(image);
    if (x.length !== y.length || x.length < 2) fail('usage', 'ia.getslice(): x and y are the corners of a line.');
    if (axes.length !== 2 || axes[0] === axes[1] || axes.some((axis) => lengths[axis] === undefined))
      fail('usage', `ia.getslice(): axes names two of the ${lengths.length} axes.`);
    if (args.method !== 'linear' && args.method !== 'nearest')
      fail('unsupported', "ia.getslice(): method is 'linear' or 'nearest' here.");
    const blc = lengths.map((_, axis) => (axes.includes(axis) ? 0 : Math.max(0, coord[axis] ?? 0)));
    const trc = lengths.map((length, axis) => (axes.includes(axis) ? length - 1 : blc[axis]));
    const region = { blc, trc };
    const { values } = readRegion(image, { region, getmask: false }, context.cwd);
    const good = readRegion(image, { region, getmask: true }, context.cwd);
    const isTurned = axes[0] > axes[1];
    const at = (column: number, row: number) =>
      isTurned ? row + column * lengths[axes[1]] : column + row * lengths[axes[0]];
    const isInside = (column: number, row: number) =>
      column >= 0 && row >= 0 && column < lengths[axes[0]] && row < lengths[axes[1]];
    const points = pointsAlong(x, y, Number(args.npts)).map((point) => {
      const near = neighbours(point.x, point.y, args.method === 'nearest');
      const isGood = near.every(([column, row]) => isInside(column, row) && good.values[at(column, row)]);
      const sum = near.reduce((total, [column, row, share]) => total + share * Number(values[at(column, row)]), 0);
      return { ...point, isGood: Number(isGood), pixel: isGood ? sum : 0 };
    });
    return dictionary([
      ['axes', intArray(axes)],
      ['distance', floatArray(points.map(({ distance }) => distance))],
      ['mask', boolArray(points.map(({ isGood }) => isGood))],
      ['pixel', floatArray(points.map(({ pixel }) => pixel))],
      ['xpos', floatArray(points.map((point) => point.x))],
      ['ypos', floatArray(points.map((point) => point.y))],
    ]);
  }),
};
