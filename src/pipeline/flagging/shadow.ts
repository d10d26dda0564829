import { antennaUvw } from '../../astronomy/measures/index.ts';
import {
  fieldDirection,
  type MeasurementSet,
  type MsMetadata,
  type RowTest,
  stepRows,
  stepRuns,
} from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { AddedAntenna } from './flag-command.ts';

/** Times of the cross-correlations, ascending, and the antennas that are in shadow then. */
export interface ShadowTimes {
  readonly times: Float64Array;
  readonly shadowed: readonly Set<number>[];
}

/** Rows without baselines of their own time (water-vapour radiometers) take the nearest time, within this, s. */
const NEAREST = 30;

/**
 * Test for rows with an antenna that another one shadows.
 *
 * Antenna A is shadowed by B when their projected distance is less than the sum of their radii less `tolerance` and A lies behind B
 * as seen from the source, that is has the smaller w (CASA's flagdata mode='shadow'). UVW is r(ANTENNA1) - r(ANTENNA2).
 *
 * @param tolerance overlap that is allowed, m
 * @param added antennas without data that may cast shadows
 */
export function shadowTest(
  ms: MeasurementSet,
  metadata: MsMetadata,
  tolerance: number,
  added: readonly AddedAntenna[] = [],
): (chunk: VisibilityChunk) => RowTest {
  const found = findShadows(
    ms,
    metadata.antennas.map(({ diameter }) => diameter),
    tolerance,
  );
  if (added.length > 0) addShadows(found, ms, metadata, tolerance, added);
  return (chunk) => (row) => {
    const set = nearestSet(found, chunk.time[row]);
    return set !== undefined && (set.has(chunk.antenna1[row]) || set.has(chunk.antenna2[row]));
  };
}

/** When antennas are in the shadow of others, with the dishes that the ANTENNA table has. */
export function shadowTimes(ms: MeasurementSet, { antennas }: MsMetadata): ShadowTimes {
  return findShadows(
    ms,
    antennas.map(({ diameter }) => diameter),
    0,
  );
}

function nearestSet({ times, shadowed }: ShadowTimes, time: number): ReadonlySet<number> | undefined {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  const after = times[low] === undefined ? Number.POSITIVE_INFINITY : times[low] - time;
  const before = low === 0 ? Number.POSITIVE_INFINITY : time - times[low - 1];
  if (Math.min(after, before) > NEAREST) return undefined;
  return shadowed[after <= before ? low : low - 1];
}

function findShadows(ms: MeasurementSet, diameters: readonly number[], tolerance: number): ShadowTimes {
  const sets = new Map<number, Set<number>>();
  for (const { count, values } of stepRows(ms.main, ['TIME', 'ANTENNA1', 'ANTENNA2', 'UVW'])) {
    const time = values.TIME as Float64Array;
    const antenna1 = values.ANTENNA1 as Int32Array;
    const antenna2 = values.ANTENNA2 as Int32Array;
    const uvw = values.UVW as Float64Array;
    for (let row = 0; row < count; row++) {
      const one = antenna1[row];
      const other = antenna2[row];
      if (one === other) continue;
      let set = sets.get(time[row]);
      if (!set) {
        set = new Set();
        sets.set(time[row], set);
      }
      const distance = Math.hypot(uvw[3 * row], uvw[3 * row + 1]);
      if (distance < (diameters[one] + diameters[other]) / 2 - tolerance) set.add(uvw[3 * row + 2] > 0 ? other : one);
    }
  }
  const times = Float64Array.from(sets.keys()).sort();
  return { times, shadowed: Array.from(times, (time) => sets.get(time) as Set<number>) };
}

/** Adds the antennas that others without data shadow, from the geometry of each time. */
function addShadows(
  { times, shadowed }: ShadowTimes,
  ms: MeasurementSet,
  metadata: MsMetadata,
  tolerance: number,
  added: readonly AddedAntenna[],
): void {
  const fieldAt = new Map<number, number>();
  for (const { values } of stepRuns(ms.main, ['TIME', 'FIELD_ID'])) fieldAt.set(values.TIME, values.FIELD_ID);
  const { antennas, fields } = metadata;
  const positions = Float64Array.from([...antennas, ...added].flatMap(({ position }) => [...position]));
  times.forEach((time, index) => {
    const [ra, dec] = fieldDirection(fields[fieldAt.get(time) ?? 0], time);
    const uvw = antennaUvw(positions, time, ra, dec);
    antennas.forEach(({ diameter }, one) => {
      added.forEach((other, extra) => {
        const at = antennas.length + extra;
        const [u, v, w] = [0, 1, 2].map((axis) => uvw[3 * one + axis] - uvw[3 * at + axis]);
        if (Math.hypot(u, v) < (diameter + other.diameter) / 2 - tolerance && w <= 0) shadowed[index].add(one);
      });
    });
  });
}
