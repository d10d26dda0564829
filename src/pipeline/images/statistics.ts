import { ARCSEC, type Context, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { quartilesOf } from '../../foundation/numeric/index.ts';
import { beamOf, beamPixels } from './beams.ts';
import { type Image, openImage } from './image.ts';
import { type ChosenPixels, choosePixels, goodPixels, type PixelSelection, placeOf } from './pixel-selection.ts';
import { type AlgorithmOptions, type ValueChoice, valueChooser } from './value-choice.ts';
import { worldText } from './world-text.ts';

/** Parameters of CASA's imstat. */
export interface ImstatOptions extends PixelSelection, AlgorithmOptions {
  readonly imagename: string;
  /** Axes over which is summed (0 and 1 the sky, 2 and 3 the others); all by default. With [0, 1] one value per plane comes back. */
  readonly axes?: readonly number[];
}

const NAMES = [
  ...['npts', 'sum', 'sumsq', 'mean', 'sigma', 'rms', 'min', 'max'],
  ...['median', 'medabsdevmed', 'q1', 'q3', 'quartile', 'flux'],
] as const;
type StatisticName = (typeof NAMES)[number];

/** Results under CASA's names. */
export interface ImageStatistics extends Readonly<Record<Exclude<StatisticName, 'flux'>, number[]>> {
  /**
   * Flux density: the sum over the beam's solid angle in pixels, of K times arcsec². Summed over channels it is
   * integrated over radio velocity (Jy.km/s), as in CASA.
   */
  readonly flux?: number[];
  /** Where the extremes are, when all axes are summed; pixels and world coordinates. */
  readonly minpos?: number[];
  readonly maxpos?: number[];
  readonly minposf?: string;
  readonly maxposf?: string;
  /** Corners of the selection. */
  readonly blc: number[];
  readonly trc: number[];
  readonly blcf: string;
  readonly trcf: string;
  /** Lengths of the kept axes. */
  readonly shape: readonly number[];
}

/** Statistics of one or more values that need no order. */
export function momentStatistics(values: Float32Array) {
  const count = values.length;
  let [sum, sumsq, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < count; k++) {
    sum += values[k];
    sumsq += values[k] * values[k];
    if (values[k] < min) min = values[k];
    if (values[k] > max) max = values[k];
  }
  const mean = sum / count;
  const variance = count > 1 ? Math.max(0, sumsq - count * mean * mean) / (count - 1) : 0;
  return { npts: count, sum, sumsq, mean, sigma: Math.sqrt(variance), rms: Math.sqrt(sumsq / count), min, max };
}

/** Statistics of one or more values by their order. */
export function robustStatistics(values: Float32Array) {
  const sorted = values.slice().sort();
  const { median, first: q1, third: q3 } = quartilesOf(sorted);
  const medabsdevmed = quartilesOf(sorted.map((value) => Math.abs(value - median)).sort()).median;
  return { median, medabsdevmed, q1, q3, quartile: q3 - q1 };
}

/** Statistics of values; zeros when there are none, as CASA gives. */
function summarize(values: Float32Array): Record<Exclude<StatisticName, 'flux'>, number> {
  if (values.length > 0) return { ...momentStatistics(values), ...robustStatistics(values) };
  const none = Object.fromEntries(NAMES.filter((name) => name !== 'flux').map((name) => [name, 0]));
  return none as Record<Exclude<StatisticName, 'flux'>, number>;
}

/** What a sum of pixels is multiplied with to be a flux density; undefined where the unit says that there is none. */
function fluxFactor(image: Image, summedChannels: number): ((chan: number, stokes: number) => number) | undefined {
  const { unit, info, coordinates } = image;
  const step = coordinates.direction?.increment ?? [1, 1];
  const { spectral } = coordinates;
  const hasWidth = summedChannels > 1 && spectral !== undefined && spectral.restFrequency > 0;
  const width = hasWidth ? Math.abs((spectral.increment / spectral.restFrequency) * SPEED_OF_LIGHT) / 1000 : 1;
  if (/\/beam/i.test(unit) && info.beams.length > 0)
    return (chan, stokes) => {
      const beam = beamOf(info, chan, stokes, image.stokesCount);
      return beam ? width / beamPixels(beam, step[0], step[1]) : 0;
    };
  return unit === 'K' ? () => (width * Math.abs(step[0] * step[1])) / ARCSEC ** 2 : undefined;
}

/** Places on each axis: all between the corners; without gaps, on axes that planes differ in, only those of chosen planes. */
function placesOf(image: Image, { bounds, planes }: ChosenPixels, withGaps: boolean): number[][] {
  return bounds.blc.map((first, axis) => {
    const places = Array.from({ length: bounds.trc[axis] - first + 1 }, (_, k) => first + k);
    if (axis < 2 || withGaps) return places;
    const chosen = new Set(planes.map((plane) => placeOf(image, plane, 0)[axis]));
    return places.filter((place) => chosen.has(place));
  });
}

/** Which group a pixel belongs to: its place on the axes that are kept. */
function groupsOf(image: Image, chosen: ChosenPixels, axes: readonly number[], withGaps: boolean) {
  const { blc } = chosen.bounds;
  const places = placesOf(image, chosen, withGaps);
  const lengths = places.map(({ length }) => length);
  const kept = lengths.map((_, axis) => axis).filter((axis) => axes.length > 0 && !axes.includes(axis));
  const strides = new Map<number, number>();
  let count = 1;
  for (const axis of kept) {
    strides.set(axis, count);
    count *= lengths[axis];
  }
  const own = (axis: number, index: number) => (strides.get(axis) ?? 0) * index;
  return {
    count,
    isWhole: kept.length === 0,
    shape: kept.map((axis) => lengths[axis]).filter((length) => length > 1),
    ofPlane: (plane: number) =>
      placeOf(image, plane, 0).reduce((sum, at, axis) => sum + (axis < 2 ? 0 : own(axis, places[axis].indexOf(at))), 0),
    ofPixel: (position: number) =>
      own(0, (position % image.sizeX) - blc[0]) + own(1, Math.floor(position / image.sizeX) - blc[1]),
  };
}

interface GatherOptions extends ImstatOptions {
  /** Places between chosen channels and Stokes parameters that are not chosen have values too: zeros. */
  readonly withGaps: boolean;
}

interface Extreme {
  value: number;
  plane: number;
  position: number;
}

const EVERYTHING: ValueChoice = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** All good values by group, the flux of each group, and the extremes of the whole; of chosen values where groups have choices. */
function gather(
  context: Context,
  image: Image,
  chosen: ChosenPixels,
  options: GatherOptions,
  choices?: readonly ValueChoice[],
) {
  const axes = options.axes ?? [];
  const groups = groupsOf(image, chosen, axes, options.withGaps);
  const spectralAxis = image.coordinates.spectral?.pixelAxis ?? -1;
  const channels = (chosen.bounds.trc[spectralAxis] ?? 0) - (chosen.bounds.blc[spectralAxis] ?? 0) + 1;
  const factor = fluxFactor(image, axes.length === 0 || axes.includes(spectralAxis) ? channels : 1);
  const pieces: { group: number; values: Float32Array; positions: Int32Array }[] = [];
  const flux = new Float64Array(groups.count);
  const least: Extreme = { value: Number.POSITIVE_INFINITY, plane: 0, position: 0 };
  const most: Extreme = { value: Number.NEGATIVE_INFINITY, plane: 0, position: 0 };
  for (const { plane, chan, stokes, values: all, positions: places } of goodPixels(image, chosen, options)) {
    context.checkAbort();
    const group = groups.ofPlane(plane);
    const scale = factor?.(chan, stokes) ?? 0;
    const isKept = (value: number, position: number) => {
      const { low, high } = choices?.[group + groups.ofPixel(position)] ?? EVERYTHING;
      return value >= low && value <= high;
    };
    const values = choices ? all.filter((value, k) => isKept(value, places[k])) : all;
    const positions = choices ? places.filter((position, k) => isKept(all[k], position)) : places;
    for (let k = 0; k < values.length; k++) {
      const value = values[k];
      const own = group + groups.ofPixel(positions[k]);
      const mirror = choices?.[own]?.mirror;
      flux[own] += (mirror === undefined ? value : 2 * mirror) * scale;
      if (value < least.value) Object.assign(least, { value, plane, position: positions[k] });
      if (value > most.value) Object.assign(most, { value, plane, position: positions[k] });
    }
    pieces.push({ group, values, positions });
  }
  const starts = new Int32Array(groups.count + 1);
  for (const { group, positions } of pieces)
    for (const position of positions) starts[group + groups.ofPixel(position) + 1]++;
  for (let group = 0; group < groups.count; group++) starts[group + 1] += starts[group];
  const sorted = new Float32Array(starts[groups.count]);
  const next = starts.slice();
  for (const { group, values, positions } of pieces)
    for (let k = 0; k < values.length; k++) sorted[next[group + groups.ofPixel(positions[k])]++] = values[k];
  const valuesOf = (group: number) => withMirror(sorted.subarray(starts[group], starts[group + 1]), choices?.[group]);
  return { groups, valuesOf, flux: factor ? flux : undefined, least, most };
}

/** The values, and their mirror images where the choice has a mirror. */
function withMirror(values: Float32Array, choice: ValueChoice | undefined): Float32Array {
  if (choice?.mirror === undefined) return values;
  const { mirror } = choice;
  const both = new Float32Array(2 * values.length);
  both.set(values);
  both.set(
    values.map((value) => 2 * mirror - value),
    values.length,
  );
  return both;
}

/** What the algorithm chooses of the values of each group, gathered; all of them with classic. */
function gatherChosen(context: Context, image: Image, chosen: ChosenPixels, options: GatherOptions) {
  const all = gather(context, image, chosen, options);
  const choose = valueChooser(options);
  if (!choose) return { ...all, mirror: undefined };
  const choices = Array.from({ length: all.groups.count }, (_, group) => choose(all.valuesOf(group)));
  const found = gather(context, image, chosen, options, choices);
  return {
    ...found,
    mirror: choices[0]?.mirror === undefined ? undefined : options.lside === false ? 'above' : 'below',
  };
}

/**
 * Statistics of an image, as CASA's imstat gives them: of channels that are not next to each other one after the other.
 *
 * @throws bad-data when no good pixel is selected
 */
export function imstat(context: Context, options: ImstatOptions): ImageStatistics {
  return statisticsOf(context, { ...options, withGaps: false });
}

/** The same with a value for every place between the corners of the selection, 0 where nothing is chosen. */
export function griddedStatistics(context: Context, options: ImstatOptions): ImageStatistics {
  return statisticsOf(context, { ...options, withGaps: true });
}

function statisticsOf(context: Context, options: GatherOptions): ImageStatistics {
  const image = openImage(joinPath(context.cwd, options.imagename));
  const chosen = choosePixels(image, options, context.cwd);
  try {
    const { groups, valuesOf, flux, least, most, mirror } = gatherChosen(context, image, chosen, options);
    if (groups.count === 1 && valuesOf(0).length === 0)
      fail('bad-data', 'No good pixel is selected.', { file: image.path });
    const result: Record<string, unknown> = {};
    const lists = Object.fromEntries(NAMES.map((name) => [name, [] as number[]]));
    for (let group = 0; group < groups.count; group++) {
      for (const [name, value] of Object.entries(summarize(valuesOf(group)))) lists[name].push(value);
      if (flux) lists.flux.push(flux[group]);
    }
    for (const name of NAMES) if (lists[name].length > 0) result[name] = lists[name];
    if (groups.isWhole) {
      const [low, high] = [least, most].map(({ plane, position }) => placeOf(image, plane, position));
      // An extreme that is a mirror image is nowhere.
      if (mirror !== 'above') Object.assign(result, { minpos: low, minposf: worldText(image, low) });
      if (mirror !== 'below') Object.assign(result, { maxpos: high, maxposf: worldText(image, high) });
    }
    const { blc, trc } = chosen.bounds;
    Object.assign(result, { blc: [...blc], trc: [...trc] });
    Object.assign(result, { blcf: worldText(image, blc), trcf: worldText(image, trc) });
    return { ...result, shape: groups.shape.length > 0 ? groups.shape : [1] } as unknown as ImageStatistics;
  } finally {
    chosen.close();
    image.close();
  }
}
