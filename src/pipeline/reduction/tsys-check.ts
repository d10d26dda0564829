import { openMs } from '../../astronomy/ms/index.ts';
import { median } from '../../foundation/numeric/index.ts';
import type { AtmosphereScan, Observation } from './observation.ts';

/** What is said of data without any. */
export const NO_TSYS =
  'The data hold no system temperatures: flux densities keep what the sky takes from one source more than from another, and weights do not know of it.';

/** System temperatures of an antenna that cannot be right, in one atmosphere scan. */
export interface BadTsys {
  readonly antenna: string;
  readonly scan: AtmosphereScan;
  readonly spwIds: readonly number[];
  /** Median over channels and polarizations over that of all antennas. */
  readonly ratio: number;
}

/** A system temperature is wrong when it is that many times the median of the antennas, or less than its inverse. */
const LARGEST_RATIO = 2.5;
/** SYSCAL rows belong to the scan in which their interval starts, give or take, s. */
export const MARGIN_SEC = 5;
const FEWEST_ANTENNAS = 4;

/**
 * Finds system temperatures that are no numbers, not positive, or far from those of the other antennas.
 *
 * @param vis imported MeasurementSet, its SYSCAL times as the ASDM has them
 */
export function findBadTsys(vis: string, observation: Observation): BadTsys[] {
  const ms = openMs(vis, 'read');
  try {
    if (!ms.hasSubtable('SYSCAL')) return [];
    const table = ms.subtable('SYSCAL');
    if (!table.hasColumn('TSYS_SPECTRUM')) return [];
    const read = (name: string) => table.column(name).getRange(0, table.rowCount) as Float64Array | Int32Array;
    const [times, intervals, antennas, windows] = ['TIME', 'INTERVAL', 'ANTENNA_ID', 'SPECTRAL_WINDOW_ID'].map(read);
    const spectra = table.column('TSYS_SPECTRUM');
    const found: BadTsys[] = [];
    for (const scan of observation.atmosphereScans) {
      const medians = new Map<number, Map<number, number>>();
      for (let row = 0; row < table.rowCount; row++) {
        const start = times[row] - intervals[row] / 2;
        if (start < scan.startSec - MARGIN_SEC || start > scan.endSec + MARGIN_SEC) continue;
        const spectrum = spectra.get(row) as { values: ArrayLike<number> };
        const ofWindow = medians.get(windows[row]) ?? new Map<number, number>();
        medians.set(windows[row], ofWindow.set(antennas[row], median(spectrum.values)));
      }
      found.push(...outliersOf(scan, medians, observation));
    }
    return found;
  } finally {
    ms.close();
  }
}

function outliersOf(
  scan: AtmosphereScan,
  medians: ReadonlyMap<number, ReadonlyMap<number, number>>,
  { antennas, tsysSpwIds }: Observation,
): BadTsys[] {
  const bad = new Map<number, { spwIds: number[]; ratio: number }>();
  for (const spwId of tsysSpwIds) {
    const values = medians.get(spwId);
    if (!values || values.size < FEWEST_ANTENNAS) continue;
    const middle = median([...values.values()].filter((value) => value > 0));
    for (const [ant, value] of values) {
      const ratio = value / middle;
      if (ratio > 1 / LARGEST_RATIO && ratio < LARGEST_RATIO) continue;
      const known = bad.get(ant);
      if (known) known.spwIds.push(spwId);
      else bad.set(ant, { spwIds: [spwId], ratio });
    }
  }
  return [...bad.entries()].map(([ant, entry]) => ({ antenna: antennas[ant].name, scan, ...entry }));
}
