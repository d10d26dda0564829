import {
  type MeasurementSet,
  readArray,
  readMetadata,
  readNumbers,
  type SpectralWindowInfo,
} from '../../astronomy/ms/index.ts';
import { appendRow } from './merged-rows.ts';

/** New numbers of the windows and data descriptions of an input. */
export interface WindowMaps {
  readonly spw: readonly number[];
  readonly dataDesc: readonly number[];
  /** Data descriptions of the input whose channels run the other way in the merged MS. */
  readonly isReversed: readonly boolean[];
}

interface Window extends SpectralWindowInfo {
  readonly ifConvChain: number;
  readonly isFlagged: boolean;
}

/**
 * Merges windows, polarizations and data descriptions, by CASA 6.7's rules: windows of as many channels, of total bandwidths
 * within a quarter, whose reference and channel frequencies differ by no more than the tolerance are one, also when their
 * channels run in opposite directions. Polarizations that no data description uses are left out.
 */
export function mergeWindows(target: MeasurementSet, input: MeasurementSet, toleranceHz: number): WindowMaps {
  const known = readWindows(target);
  const added = readWindows(input);
  const { dataDescriptions } = readMetadata(input);
  const spw = new Array<number>(added.length).fill(-1);
  const reversed = new Set<number>();
  const place = (id: number) => {
    if (id < 0 || spw[id] >= 0) return spw[id] ?? -1;
    const found = findWindow(known, added[id], toleranceHz);
    if (found?.isReversed) reversed.add(id);
    spw[id] = found?.id ?? appendRow(input.subtable('SPECTRAL_WINDOW'), target.subtable('SPECTRAL_WINDOW'), id);
    if (!found) known.push({ ...added[id], id: spw[id] });
    return spw[id];
  };
  const pols = polarizationPlaces(target, input);
  const descriptions = descriptionPlaces(target);
  const dataDesc = dataDescriptions.map(({ spwId, polId }) => descriptions(place(spwId), pols(polId)));
  added.forEach(({ id }) => {
    place(id);
  });
  return { spw, dataDesc, isReversed: dataDescriptions.map(({ spwId }) => reversed.has(spwId)) };
}

function readWindows(ms: MeasurementSet): Window[] {
  const table = ms.subtable('SPECTRAL_WINDOW');
  const chains = readNumbers(table, 'IF_CONV_CHAIN', 0);
  const flags = readNumbers(table, 'FLAG_ROW', 0);
  return readMetadata(ms).spectralWindows.map((window, id) => ({
    ...window,
    ifConvChain: chains[id],
    isFlagged: flags[id] !== 0,
  }));
}

function findWindow(
  known: readonly Window[],
  window: Window,
  toleranceHz: number,
): { id: number; isReversed: boolean } | undefined {
  const isNear = (one: number, other: number) => Math.abs(one - other) <= toleranceHz;
  for (const other of known) {
    if (other.isFlagged || other.chanFreqs.length !== window.chanFreqs.length) continue;
    if (other.ifConvChain !== window.ifConvChain || other.measFreqRef !== window.measFreqRef) continue;
    if (Math.abs(other.totalBandwidth - window.totalBandwidth) > window.totalBandwidth / 4) continue;
    if (!isNear(other.refFrequency, window.refFrequency)) continue;
    const last = window.chanFreqs.length - 1;
    if (last === 0 || window.chanFreqs.every((value, chan) => isNear(value, other.chanFreqs[chan])))
      return { id: other.id, isReversed: false };
    if (window.chanFreqs.every((value, chan) => isNear(value, other.chanFreqs[last - chan])))
      return { id: other.id, isReversed: true };
  }
  return undefined;
}

function polarizationPlaces(target: MeasurementSet, input: MeasurementSet): (id: number) => number {
  const [to, from] = [target.subtable('POLARIZATION'), input.subtable('POLARIZATION')];
  const keyOf = (table: typeof to, row: number) => (readArray(table, 'CORR_TYPE', row) ?? []).join();
  const known = new Map(Array.from({ length: to.rowCount }, (_, row) => [keyOf(to, row), row] as const));
  return (id) => {
    const key = keyOf(from, id);
    const number = known.get(key) ?? appendRow(from, to, id);
    known.set(key, number);
    return number;
  };
}

function descriptionPlaces(target: MeasurementSet): (spwId: number, polId: number) => number {
  const table = target.subtable('DATA_DESCRIPTION');
  const pols = readNumbers(table, 'POLARIZATION_ID');
  const known = new Map(readNumbers(table, 'SPECTRAL_WINDOW_ID').map((spwId, row) => [`${spwId}/${pols[row]}`, row]));
  return (spwId, polId) => {
    const key = `${spwId}/${polId}`;
    let number = known.get(key);
    if (number === undefined) {
      number = table.rowCount;
      table.addRows(1);
      table.column('SPECTRAL_WINDOW_ID').put(number, spwId);
      table.column('POLARIZATION_ID').put(number, polId);
      known.set(key, number);
    }
    return number;
  };
}
