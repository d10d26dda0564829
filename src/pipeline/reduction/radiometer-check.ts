import { type AntennaInfo, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { FARTHEST_RADIOMETER_M, FEWEST_RADIOMETERS, nearestRadiometers } from '../calibration/index.ts';
import type { Decision } from './plan-builder.ts';

/** An antenna whose radiometer cannot be used, and what it shows. */
export interface BadRadiometer {
  readonly antenna: string;
  readonly finding: string;
}

/** True for names of antennas that are built with a radiometer: not those of 7 m. */
export const hasRadiometer = (antenna: string) => !antenna.startsWith('CM');

/** Brightness that the 183 GHz line and its wings can have from a high site, K. */
const COLDEST_K = 10;
const WARMEST_K = 320;
/** Least share of readings in that range. */
const USABLE_SHARE = 0.8;

/**
 * Finds antennas whose radiometer gives nothing, or brightness temperatures that air cannot have.
 *
 * @param vis imported MeasurementSet
 * @param spwId window of the radiometers
 * @param antennas those that matter, by name
 */
export function findBadRadiometers(
  context: Context,
  vis: string,
  spwId: number,
  antennas: readonly string[],
): BadRadiometer[] {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const usable = new Float64Array(metadata.antennas.length);
    const total = new Float64Array(metadata.antennas.length);
    const { rows } = selectRows(ms, { spw: String(spwId) }, { metadata });
    for (const chunk of readChunks(ms, { rows, columns: ['DATA'], metadata })) {
      context.checkAbort();
      countReadings(chunk, usable, total);
      chunk.release();
    }
    return metadata.antennas.flatMap(({ name }, ant) => {
      if (!antennas.includes(name)) return [];
      if (total[ant] === 0) return [{ antenna: name, finding: 'gave no readings' }];
      const share = usable[ant] / total[ant];
      const percent = (100 * (1 - share)).toFixed(0);
      return share >= USABLE_SHARE ? [] : [{ antenna: name, finding: `has ${percent} % impossible readings` }];
    });
  } finally {
    ms.close();
  }
}

/** What wvrgcal does with antennas whose radiometers are bad, and with those that have none. */
export interface BorrowedWater {
  /** Antennas that take the water of neighbours, and how far the nearest one is, m. */
  readonly borrowed: readonly { readonly antenna: string; readonly distance: number }[];
  /** Antennas with too few neighbours for that: their solutions are flagged, and so are their data where these are applied. */
  readonly lost: readonly string[];
}

/** Finds out which antennas have neighbours near enough. */
export function borrowWater(antennas: readonly AntennaInfo[], bad: readonly BadRadiometer[]): BorrowedWater {
  const isBad = new Set(bad.map(({ antenna }) => antenna));
  const without = antennas.filter(({ name }) => !hasRadiometer(name) || isBad.has(name));
  const excluded = new Set(without.map(({ id }) => id));
  const near = without.map(({ id, name, position }) => {
    const lenders = nearestRadiometers(antennas, id, excluded, FARTHEST_RADIOMETER_M);
    const [nearest] = lenders.map(({ antenna }) => antennas[antenna].position);
    const distance = nearest ? Math.hypot(...position.map((value, axis) => value - nearest[axis])) : Number.NaN;
    return { antenna: name, distance, isLost: lenders.length < FEWEST_RADIOMETERS };
  });
  return {
    borrowed: near.filter(({ isLost }) => !isLost).map(({ antenna, distance }) => ({ antenna, distance })),
    lost: near.filter(({ isLost }) => isLost).map(({ antenna }) => antenna),
  };
}

const TOO_FEW = `fewer than ${FEWEST_RADIOMETERS} radiometers that work are within ${FARTHEST_RADIOMETER_M} m`;

/** Bad radiometers and those that harm; a harmful one stays in use where its antenna would be lost without. */
export function leftOut(
  antennas: readonly AntennaInfo[],
  bad: readonly BadRadiometer[],
  harmful: readonly BadRadiometer[],
): readonly BadRadiometer[] {
  const more = harmful.filter(({ antenna }) => bad.every((one) => one.antenna !== antenna));
  const { lost } = borrowWater(antennas, [...bad, ...more]);
  return [...bad, ...more.filter(({ antenna }) => !lost.includes(antenna))];
}

/** Tells of harmful radiometers that stay in use. */
export function keptDecisions(bad: readonly BadRadiometer[], harmful: readonly BadRadiometer[]): Decision[] {
  return harmful
    .filter(({ antenna }) => bad.every((one) => one.antenna !== antenna))
    .map(({ antenna, finding }) => ({
      topic: 'Radiometer kept',
      choice: `${antenna} keeps its own`,
      reason: `It ${finding}, but ${TOO_FEW}: without it the antenna would be flagged.`,
    }));
}

/** Says which antennas take the water of their neighbours and which are lost: those of bad radiometers, and those that have none. */
export function waterDecisions(antennas: readonly AntennaInfo[], bad: readonly BadRadiometer[]): Decision[] {
  const { borrowed, lost } = borrowWater(antennas, bad);
  const distances = new Map(borrowed.map(({ antenna, distance }) => [antenna, distance]));
  const small = antennas.map(({ name }) => name).filter((name) => !hasRadiometer(name));
  const [near, far] = [small.filter((name) => distances.has(name)), small.filter((name) => lost.includes(name))];
  const farthest = Math.max(...near.map((name) => distances.get(name) ?? 0)).toFixed(0);
  return [
    ...bad.map(({ antenna, finding }) => ({
      topic: 'Radiometer left out',
      choice: distances.has(antenna) ? `${antenna} takes the water of its neighbours` : `${antenna} is flagged`,
      reason: `Its radiometer ${finding}${distances.has(antenna) ? '' : `, and ${TOO_FEW}`}.`,
    })),
    ...(near.length > 0
      ? [
          {
            topic: 'Radiometer missing',
            choice: `${near.join(', ')} ${near.length > 1 ? 'take the water of their' : 'takes the water of its'} neighbours`,
            reason: `7 m antennas have no radiometers; the nearest with one is up to ${farthest} m away. Where the water in front of the two differs, phases keep the difference.`,
          },
        ]
      : []),
    ...(far.length > 0
      ? [
          {
            topic: 'Radiometer missing',
            choice: `${far.join(', ')} ${far.length > 1 ? 'are' : 'is'} flagged`,
            reason: `7 m antennas have no radiometers, and ${TOO_FEW}.`,
          },
        ]
      : []),
  ];
}

/** A sentence for an array in which the radiometers would cost too many antennas. */
export function tooManyLost(antennas: readonly AntennaInfo[], bad: readonly BadRadiometer[]): string {
  const { lost } = borrowWater(antennas, bad);
  return `With them ${lost.length} of ${antennas.length} antennas would be flagged (${lost.join(', ')}): they have no radiometer that works, and ${TOO_FEW}.`;
}

/** A sentence for an array none of whose radiometers can be used. */
export function noneUsable(radiometers: readonly BadRadiometer[]): string {
  const findings = new Set(radiometers.map(({ finding }) => finding));
  if (findings.size === 1) return `Every radiometer ${radiometers[0].finding}.`;
  return `No radiometer can be used: ${radiometers.map(({ antenna, finding }) => `that of ${antenna} ${finding}`).join(', ')}.`;
}

function countReadings(chunk: VisibilityChunk, usable: Float64Array, total: Float64Array): void {
  const data = chunk.data.DATA as Float32Array;
  const cells = chunk.chanCount * chunk.corrCount;
  for (let row = 0; row < chunk.rowCount; row++) {
    const ant = chunk.antenna1[row];
    if (ant !== chunk.antenna2[row]) continue;
    let isUsable = chunk.flagRow[row] === 0;
    for (let at = row * cells; at < (row + 1) * cells; at++)
      if (!(data[2 * at] > COLDEST_K && data[2 * at] < WARMEST_K)) isUsable = false;
    total[ant]++;
    if (isUsable) usable[ant]++;
  }
}
