import type { WvrData } from './wvr-data.ts';
import type { Retrieval } from './wvr-retrieval.ts';

/** A stretch of time with one atmosphere, MJD s. */
export type Segment = readonly [start: number, end: number];

/** Sensitivities dT/dL in K/m that hold at a time; linear between entries. */
export interface Sensitivity {
  readonly time: number;
  readonly slopes: Float64Array;
  readonly errors: Float64Array;
}

/** Thermal noise of the four channels, K. */
const CHANNEL_NOISE = [0.1, 0.08, 0.08, 0.09];

/** Sensitivities from the retrievals of segments: constant inside each. */
export function sensitivitiesOf(segments: readonly Segment[], retrievals: readonly Retrieval[]): Sensitivity[] {
  return segments.flatMap((segment, index) => {
    const slopes = retrievals[index].slopes.map((slope) => slope * 1e3);
    const errors = retrievals[index].slopeErrors.map((error) => error * 1e3);
    return segment.map((time) => ({ time, slopes, errors }));
  });
}

/** Sensitivity at a time, K/m, [4]. */
function sensitivityAt(list: readonly Sensitivity[], time: number, into: Float64Array): void {
  const next = list.findIndex((entry) => entry.time > time);
  if (next <= 0) {
    into.set(list[next === 0 ? 0 : list.length - 1].slopes);
    return;
  }
  const before = list[next - 1];
  const after = list[next];
  const fraction = (time - before.time) / (after.time - before.time);
  for (let channel = 0; channel < 4; channel++) {
    into[channel] = before.slopes[channel] * (1 - fraction) + after.slopes[channel] * fraction;
  }
}

/** Path per kelvin of each channel, m/K, with the channels weighted by their thermal noise; of the channels in `use`. */
export function pathPerKelvin(
  slopes: ArrayLike<number>,
  use: readonly boolean[] = [true, true, true, true],
): Float64Array {
  const result = new Float64Array(4);
  let sum = 0;
  for (let channel = 0; channel < 4; channel++) {
    if (!use[channel] || slopes[channel] === 0) continue;
    const perKelvin = 1 / slopes[channel];
    const weight = (CHANNEL_NOISE[channel] * perKelvin) ** -2;
    result[channel] = weight * perKelvin;
    sum += weight;
  }
  return sum > 0 ? result.map((value) => value / sum) : result;
}

/** Thermal error of the path of one antenna, m. */
export function thermalPathError(slopes: ArrayLike<number>): number {
  return Math.hypot(...pathPerKelvin(slopes).map((value, channel) => value * CHANNEL_NOISE[channel]));
}

/**
 * Water path of every antenna at every time.
 *
 * @returns m, [time, ant]; 0 where there is no valid sample
 */
export function waterPaths(data: WvrData, list: readonly Sensitivity[], use?: readonly boolean[]): Float64Array {
  const paths = new Float64Array(data.time.length * data.antennaCount);
  const slopes = new Float64Array(4);
  data.time.forEach((time, at) => {
    sensitivityAt(list, time, slopes);
    const factors = pathPerKelvin(slopes, use);
    for (let ant = 0; ant < data.antennaCount; ant++) {
      const cell = at * data.antennaCount + ant;
      for (let channel = 0; channel < 4; channel++) {
        const kelvin = data.brightness[cell * 4 + channel];
        if (kelvin > 0) paths[cell] += kelvin * factors[channel];
      }
    }
  });
  return paths;
}

/** True for times in one of the stretches, both ends included. */
function inSegments(time: number, segments: readonly Segment[]): boolean {
  return segments.some(([start, end]) => time >= start && time <= end);
}

function spread(sum: number, squares: number, count: number): number {
  return count > 0 ? Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) : 0;
}

/** Scatter of the zenith path of each antenna, m, [ant]. */
export function pathScatter(data: WvrData, paths: Float64Array, segments: readonly Segment[]): Float64Array {
  return perAntenna(data, segments, (at, ant) => {
    const path = paths[at * data.antennaCount + ant];
    return path > 0 ? path * Math.sin(data.elevation[at]) : undefined;
  });
}

/** Scatter of the difference between paths that two channels give, m, [ant]. */
export function pathDiscrepancy(
  data: WvrData,
  one: Float64Array,
  other: Float64Array,
  segments: readonly Segment[],
): Float64Array {
  return perAntenna(data, segments, (at, ant) => {
    const cell = at * data.antennaCount + ant;
    return one[cell] > 0 && other[cell] > 0 ? one[cell] - other[cell] : undefined;
  });
}

function perAntenna(
  data: WvrData,
  segments: readonly Segment[],
  value: (at: number, ant: number) => number | undefined,
): Float64Array {
  return Float64Array.from({ length: data.antennaCount }, (_, ant) => {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let at = 0; at < data.time.length; at++) {
      if (!inSegments(data.time[at], segments)) continue;
      const x = value(at, ant);
      if (x === undefined) continue;
      sum += x;
      squares += x * x;
      count++;
    }
    return spread(sum, squares, count);
  });
}

/** The largest scatter of the path difference on any baseline, m. */
export function largestBaselineScatter(data: WvrData, paths: Float64Array, segments: readonly Segment[]): number {
  let largest = 0;
  const times = Array.from(data.time.keys()).filter((at) => inSegments(data.time[at], segments));
  for (let ant = 0; ant < data.antennaCount; ant++) {
    for (let other = ant + 1; other < data.antennaCount; other++) {
      let sum = 0;
      let squares = 0;
      let count = 0;
      for (const at of times) {
        const one = paths[at * data.antennaCount + ant];
        const two = paths[at * data.antennaCount + other];
        if (!(one > 0 && two > 0)) continue;
        sum += one - two;
        squares += (one - two) ** 2;
        count++;
      }
      largest = Math.max(largest, spread(sum, squares, count));
    }
  }
  return largest;
}
