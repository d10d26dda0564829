import { checkedIndex, readArray, readNumbers, readTextArray, readTexts } from './columns.ts';
import { type FieldInfo, readFields } from './fields.ts';
import type { MeasurementSet } from './measurement-set.ts';
import { readScans } from './scans.ts';

export interface AntennaInfo {
  readonly id: number;
  readonly name: string;
  readonly station: string;
  /** ITRF, m, [3] */
  readonly position: readonly number[];
  /** m */
  readonly diameter: number;
  readonly isFlagged: boolean;
}

export interface SpectralWindowInfo {
  readonly id: number;
  readonly name: string;
  /** Channel centres, Hz, [chan] */
  readonly chanFreqs: readonly number[];
  /** Hz, [chan]; negative when frequencies descend */
  readonly chanWidths: readonly number[];
  readonly effectiveBandwidths: readonly number[];
  readonly resolutions: readonly number[];
  readonly refFrequency: number;
  /** Hz */
  readonly totalBandwidth: number;
  readonly netSideband: number;
  /** Baseband number, 0 when unknown. */
  readonly bbcNo: number;
  /** Frequency frame, e.g. 'TOPO'. */
  readonly measFreqRef: string;
}

export interface DataDescriptionInfo {
  readonly id: number;
  readonly spwId: number;
  readonly polId: number;
}

export interface PolarizationInfo {
  readonly id: number;
  /** Names such as 'XX', [corr] */
  readonly corrTypes: readonly string[];
  /** Receptors of each product, [corr, 2] */
  readonly corrProducts: readonly number[];
}

export interface StateInfo {
  readonly id: number;
  readonly obsMode: string;
  readonly isSignal: boolean;
  readonly isReference: boolean;
  readonly subScan: number;
}

export interface ObservationInfo {
  readonly id: number;
  readonly telescope: string;
  readonly observer: string;
  readonly project: string;
  readonly schedule: readonly string[];
  readonly scheduleType: string;
  /** MJD seconds UTC. */
  readonly timeRange: readonly [start: number, end: number];
}

export interface SourceInfo {
  readonly sourceId: number;
  readonly name: string;
  readonly code: string;
  /** -1: all windows. */
  readonly spwId: number;
  /** rad */
  readonly direction: readonly [ra: number, dec: number];
  /** Hz, one per line */
  readonly restFrequencies: readonly number[];
  /** m/s, one per line */
  readonly systemicVelocities: readonly number[];
  readonly transitions: readonly string[];
}

export interface ScanInfo {
  readonly number: number;
  readonly observationId: number;
  readonly arrayId: number;
  readonly rowCount: number;
  readonly fieldIds: readonly number[];
  readonly spwIds: readonly number[];
  readonly stateIds: readonly number[];
  /** Single intents, e.g. 'CALIBRATE_PHASE#ON_SOURCE', sorted. */
  readonly intents: readonly string[];
  /** MJD seconds UTC; TIME of the first and last integration less and plus half an INTERVAL. */
  readonly startSec: number;
  readonly endSec: number;
  /** Mean INTERVAL of each window of `spwIds`, s. */
  readonly integrationSec: readonly number[];
}

/** What the subtables of an MS say. */
export interface MsDescription {
  readonly rowCount: number;
  readonly antennas: readonly AntennaInfo[];
  readonly spectralWindows: readonly SpectralWindowInfo[];
  readonly dataDescriptions: readonly DataDescriptionInfo[];
  readonly polarizations: readonly PolarizationInfo[];
  readonly fields: readonly FieldInfo[];
  readonly states: readonly StateInfo[];
  readonly observations: readonly ObservationInfo[];
  /** The first observation. */
  readonly observation: ObservationInfo;
  readonly sources: readonly SourceInfo[];
}

/** What is known about an MS without looking at visibilities. */
export interface MsMetadata extends MsDescription {
  /** Rows grouped by observation, array and scan; read from MAIN when first asked for. */
  readonly scans: readonly ScanInfo[];
}

/** casacore's Stokes codes as MSs use them. */
const CORRELATION_NAMES: Readonly<Record<number, string>> = {
  ...{ 1: 'I', 2: 'Q', 3: 'U', 4: 'V', 5: 'RR', 6: 'RL', 7: 'LR', 8: 'LL', 9: 'XX', 10: 'XY', 11: 'YX', 12: 'YY' },
  ...{ 13: 'RX', 14: 'RY', 15: 'LX', 16: 'LY', 17: 'XR', 18: 'XL', 19: 'YR', 20: 'YL' },
};
const FREQUENCY_FRAME_NAMES = ['REST', 'LSRK', 'LSRD', 'BARY', 'GEO', 'TOPO', 'GALACTO', 'LGROUP', 'CMB'];

/** Name of a casacore Stokes code, e.g. 9 → 'XX'. */
export function correlationName(code: number): string {
  return CORRELATION_NAMES[code] ?? `?${code}`;
}

/** casacore's Stokes code of a correlation name, e.g. 'XX' → 9; undefined for an unknown name. */
export function correlationCode(name: string): number | undefined {
  const entry = Object.entries(CORRELATION_NAMES).find(([, known]) => known === name.toUpperCase());
  return entry && Number(entry[0]);
}

/**
 * Reads the subtables of an MS; MAIN is looked at only when `scans` is used.
 *
 * @throws bad-format when a DATA_DESCRIPTION row points outside its tables
 */
export function readMetadata(ms: MeasurementSet): MsMetadata {
  const description = readDescription(ms);
  let scans: ScanInfo[] | undefined;
  return {
    ...description,
    get scans() {
      scans ??= readScans(ms, description.dataDescriptions, description.states);
      return scans;
    },
  };
}

/** Reads the subtables of an MS; @throws bad-format when a DATA_DESCRIPTION row points outside its tables */
export function readDescription(ms: MeasurementSet): MsDescription {
  const spectralWindows = readSpectralWindows(ms);
  const polarizations = readPolarizations(ms);
  const states = readStates(ms);
  const table = ms.subtable('DATA_DESCRIPTION');
  const pols = readNumbers(table, 'POLARIZATION_ID');
  const dataDescriptions = readNumbers(table, 'SPECTRAL_WINDOW_ID').map((spwId, id) => ({
    id,
    // CASA's split leaves -1 for windows of which it found no channel.
    spwId:
      spwId === -1 ? -1 : checkedIndex(spwId, spectralWindows.length, 'DATA_DESCRIPTION', 'SPECTRAL_WINDOW_ID', id),
    polId: checkedIndex(pols[id], polarizations.length, 'DATA_DESCRIPTION', 'POLARIZATION_ID', id),
  }));
  const observations = readObservations(ms);
  return {
    rowCount: ms.main.rowCount,
    antennas: readAntennas(ms),
    spectralWindows,
    dataDescriptions,
    polarizations,
    fields: readFields(ms),
    states,
    observations,
    observation: observations[0] ?? emptyObservation(),
    sources: readSources(ms),
  };
}

function readAntennas(ms: MeasurementSet): AntennaInfo[] {
  const table = ms.subtable('ANTENNA');
  const stations = readTexts(table, 'STATION');
  const diameters = readNumbers(table, 'DISH_DIAMETER', 0);
  const flags = readNumbers(table, 'FLAG_ROW', 0);
  return readTexts(table, 'NAME').map((name, id) => ({
    id,
    name,
    station: stations[id],
    position: readArray(table, 'POSITION', id) ?? [0, 0, 0],
    diameter: diameters[id],
    isFlagged: flags[id] !== 0,
  }));
}

function readSpectralWindows(ms: MeasurementSet): SpectralWindowInfo[] {
  const table = ms.subtable('SPECTRAL_WINDOW');
  const names = readTexts(table, 'NAME');
  const refs = readNumbers(table, 'REF_FREQUENCY');
  const totals = readNumbers(table, 'TOTAL_BANDWIDTH', 0);
  const sidebands = readNumbers(table, 'NET_SIDEBAND', 0);
  const basebands = readNumbers(table, 'BBC_NO', 0);
  const frames = readNumbers(table, 'MEAS_FREQ_REF', 5);
  return refs.map((refFrequency, id) => ({
    id,
    name: names[id],
    chanFreqs: readArray(table, 'CHAN_FREQ', id) ?? [],
    chanWidths: readArray(table, 'CHAN_WIDTH', id) ?? [],
    effectiveBandwidths: readArray(table, 'EFFECTIVE_BW', id) ?? [],
    resolutions: readArray(table, 'RESOLUTION', id) ?? [],
    refFrequency,
    totalBandwidth: totals[id],
    netSideband: sidebands[id],
    bbcNo: basebands[id],
    measFreqRef: FREQUENCY_FRAME_NAMES[frames[id]] ?? 'Undefined',
  }));
}

function readPolarizations(ms: MeasurementSet): PolarizationInfo[] {
  const table = ms.subtable('POLARIZATION');
  return readNumbers(table, 'NUM_CORR').map((_, id) => ({
    id,
    corrTypes: (readArray(table, 'CORR_TYPE', id) ?? []).map(correlationName),
    corrProducts: readArray(table, 'CORR_PRODUCT', id) ?? [],
  }));
}

function readStates(ms: MeasurementSet): StateInfo[] {
  if (!ms.hasSubtable('STATE')) return [];
  const table = ms.subtable('STATE');
  const signals = readNumbers(table, 'SIG', 1);
  const references = readNumbers(table, 'REF', 0);
  const subScans = readNumbers(table, 'SUB_SCAN', 0);
  return readTexts(table, 'OBS_MODE').map((obsMode, id) => ({
    id,
    obsMode,
    isSignal: signals[id] !== 0,
    isReference: references[id] !== 0,
    subScan: subScans[id],
  }));
}

function readObservations(ms: MeasurementSet): ObservationInfo[] {
  const table = ms.subtable('OBSERVATION');
  const observers = readTexts(table, 'OBSERVER');
  const projects = readTexts(table, 'PROJECT');
  const scheduleTypes = readTexts(table, 'SCHEDULE_TYPE');
  return readTexts(table, 'TELESCOPE_NAME').map((telescope, id) => {
    const range = readArray(table, 'TIME_RANGE', id) ?? [0, 0];
    return {
      id,
      telescope,
      observer: observers[id],
      project: projects[id],
      schedule: readTextArray(table, 'SCHEDULE', id) ?? [],
      scheduleType: scheduleTypes[id],
      timeRange: [range[0], range[1]] as const,
    };
  });
}

function emptyObservation(): ObservationInfo {
  return { id: -1, telescope: '', observer: '', project: '', schedule: [], scheduleType: '', timeRange: [0, 0] };
}

function readSources(ms: MeasurementSet): SourceInfo[] {
  if (!ms.hasSubtable('SOURCE')) return [];
  const table = ms.subtable('SOURCE');
  const names = readTexts(table, 'NAME');
  const codes = readTexts(table, 'CODE');
  const windows = readNumbers(table, 'SPECTRAL_WINDOW_ID', -1);
  return readNumbers(table, 'SOURCE_ID').map((sourceId, row) => {
    const direction = readArray(table, 'DIRECTION', row) ?? [0, 0];
    return {
      sourceId,
      name: names[row],
      code: codes[row],
      spwId: windows[row],
      direction: [direction[0], direction[1]] as const,
      restFrequencies: readArray(table, 'REST_FREQUENCY', row) ?? [],
      systemicVelocities: readArray(table, 'SYSVEL', row) ?? [],
      transitions: readTextArray(table, 'TRANSITION', row) ?? [],
    };
  });
}
