import { type MeasurementSet, openMs } from '../../astronomy/ms/index.ts';
import { median, robustScatter } from '../../foundation/numeric/index.ts';
import type { AtmosphereScan, MeasuredTsys, Observation } from './observation.ts';
import { tsysGrowth } from './tsys-elevation.ts';

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
  /** What that ratio is in the other scans, where it is the change that cannot be right. */
  readonly usual?: number;
}

/** What the system temperatures show. */
export interface TsysCheck {
  readonly bad: readonly BadTsys[];
  /** Antennas without any in some windows. */
  readonly missing: readonly { readonly antenna: string; readonly spwIds: readonly number[] }[];
  /** By what share they grow with each airmass; NaN where nothing tells. */
  readonly growth: number;
}

/** A system temperature is wrong when it is that many times the median of the antennas, or less than its inverse. */
const LARGEST_RATIO = 2.5;
/** Or when its ratio to the median changes from scan to scan by that much, and by so many times what is usual in the array. */
const LARGEST_CHANGE = 1.25;
const CHANGE_SIGMA = 7;
const FEWEST_SCANS = 3;
/** SYSCAL rows belong to the scan in which their interval starts, give or take, s. */
export const MARGIN_SEC = 5;
const FEWEST_ANTENNAS = 4;

/** All system temperatures of a MeasurementSet, its SYSCAL times as the ASDM has them. */
export function measuredTsys(ms: MeasurementSet): MeasuredTsys[] {
  if (!ms.hasSubtable('SYSCAL')) return [];
  const table = ms.subtable('SYSCAL');
  if (!table.hasColumn('TSYS_SPECTRUM')) return [];
  const [times, intervals, windows] = ['TIME', 'INTERVAL', 'SPECTRAL_WINDOW_ID'].map(
    (name) => table.column(name).getRange(0, table.rowCount) as Float64Array | Int32Array,
  );
  const found = new Map<string, MeasuredTsys>();
  times.forEach((time, row) => {
    const [spwId, startSec] = [windows[row], time - intervals[row] / 2];
    found.set(`${spwId} ${startSec}`, { spwId, startSec });
  });
  return [...found.values()];
}

/**
 * Finds system temperatures that are no numbers, not positive, far from those of the other antennas or of other scans, and missing ones.
 *
 * @param vis imported MeasurementSet, its SYSCAL times as the ASDM has them
 */
export function findBadTsys(vis: string, observation: Observation): TsysCheck {
  const ms = openMs(vis, 'read');
  try {
    if (!ms.hasSubtable('SYSCAL')) return NOTHING;
    const table = ms.subtable('SYSCAL');
    if (!table.hasColumn('TSYS_SPECTRUM')) return NOTHING;
    const read = (name: string) => table.column(name).getRange(0, table.rowCount) as Float64Array | Int32Array;
    const [times, intervals, antennas, windows] = ['TIME', 'INTERVAL', 'ANTENNA_ID', 'SPECTRAL_WINDOW_ID'].map(read);
    const spectra = table.column('TSYS_SPECTRUM');
    const found: BadTsys[] = [];
    const ofScans: Medians[] = [];
    for (const scan of observation.atmosphereScans) {
      const medians: Medians = new Map();
      for (let row = 0; row < table.rowCount; row++) {
        const start = times[row] - intervals[row] / 2;
        if (start < scan.startSec - MARGIN_SEC || start > scan.endSec + MARGIN_SEC) continue;
        const spectrum = spectra.get(row) as { values: ArrayLike<number> };
        const ofWindow = medians.get(windows[row]) ?? new Map<number, number>();
        medians.set(windows[row], ofWindow.set(antennas[row], median(spectrum.values)));
      }
      found.push(...outliersOf(scan, medians, observation));
      ofScans.push(medians);
    }
    return {
      bad: [...found, ...changesOf(ofScans, observation, found)],
      missing: missingTsys(ofScans, observation),
      growth: tsysGrowth(observation, ofScans.map(levelsOf)),
    };
  } finally {
    ms.close();
  }
}

/** Window → antenna → median over channels and polarizations. */
type Medians = Map<number, Map<number, number>>;

const NOTHING: TsysCheck = { bad: [], missing: [], growth: Number.NaN };

/** Natural logarithm of the usual system temperature of each window. */
function levelsOf(medians: Medians): Map<number, number> {
  return new Map([...medians].map(([spwId, ofAntennas]) => [spwId, Math.log(median([...ofAntennas.values()]))]));
}

function missingTsys(ofScans: readonly Medians[], { antennas, tsysSpwIds }: Observation): TsysCheck['missing'] {
  return antennas.flatMap(({ name }, ant) => {
    const spwIds = tsysSpwIds.filter((spwId) => {
      const isMeasured = ofScans.some((medians) => (medians.get(spwId)?.size ?? 0) > 0);
      return isMeasured && ofScans.every((medians) => medians.get(spwId)?.get(ant) === undefined);
    });
    return spwIds.length === 0 ? [] : [{ antenna: name, spwIds }];
  });
}

/** Antennas whose system temperature over the median one changes in a scan as no other does. */
function changesOf(ofScans: readonly Medians[], observation: Observation, known: readonly BadTsys[]): BadTsys[] {
  const { antennas, atmosphereScans, tsysSpwIds } = observation;
  if (ofScans.length < FEWEST_SCANS) return [];
  const ratios = tsysSpwIds.flatMap((spwId) =>
    antennas.map((_, ant) => {
      const ofScan = ofScans.map((medians) => {
        const all = [...(medians.get(spwId)?.values() ?? [])].filter((value) => value > 0);
        return all.length < FEWEST_ANTENNAS ? Number.NaN : (medians.get(spwId)?.get(ant) ?? Number.NaN) / median(all);
      });
      const usual = median(ofScan.filter((value) => value > 0));
      return { spwId, ant, ofScan, usual };
    }),
  );
  const changes = ratios.flatMap(({ ofScan, usual }) => ofScan.map((ratio) => Math.log(ratio / usual)));
  const limit = Math.max(Math.log(LARGEST_CHANGE), CHANGE_SIGMA * robustScatter(changes.filter(Number.isFinite)));
  return atmosphereScans.flatMap((scan, index) =>
    antennas.flatMap(({ name }, ant) => {
      const own = ratios.filter((one) => one.ant === ant && Math.abs(Math.log(one.ofScan[index] / one.usual)) > limit);
      const isKnown = known.some((bad) => bad.antenna === name && bad.scan.number === scan.number);
      if (own.length === 0 || isKnown) return [];
      const [{ ofScan, usual }] = own;
      return [{ antenna: name, scan, spwIds: own.map(({ spwId }) => spwId), ratio: ofScan[index], usual }];
    }),
  );
}

function outliersOf(scan: AtmosphereScan, medians: Medians, { antennas, tsysSpwIds }: Observation): BadTsys[] {
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
