import { type AntennaInfo, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
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

/** Says which antennas take the water of their neighbours: those of bad radiometers, and those that have none. */
export function borrowedWater(antennas: readonly AntennaInfo[], bad: readonly BadRadiometer[]): Decision[] {
  const isBad = new Set(bad.map(({ antenna }) => antenna));
  const without = antennas.filter(({ name }) => !hasRadiometer(name));
  const lenders = antennas.filter(({ name }) => hasRadiometer(name) && !isBad.has(name));
  const distances = without.map(({ position }) =>
    Math.min(...lenders.map((other) => Math.hypot(...position.map((value, axis) => value - other.position[axis])))),
  );
  const [one, ...more] = without.map(({ name }) => name);
  return [
    ...bad.map(({ antenna, finding }) => ({
      topic: 'Radiometer left out',
      choice: `${antenna} takes the water of its neighbours`,
      reason: `Its radiometer ${finding}.`,
    })),
    ...(one === undefined
      ? []
      : [
          {
            topic: 'Radiometer missing',
            choice: `${[one, ...more].join(', ')} ${more.length > 0 ? 'take the water of their' : 'takes the water of its'} neighbours`,
            reason: `7 m antennas have no radiometers; the nearest with one is up to ${Math.max(...distances).toFixed(0)} m away, and what water differs by over that stays in the phases.`,
          },
        ]),
  ];
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
