import {
  type AntennaInfo,
  parseAntennaList,
  parseIndexTest,
  parseNamedList,
  parseScan,
  parseSpw,
  parseTimerange,
  type SelectionManner,
  type SpectralWindowInfo,
} from '../../astronomy/ms/index.ts';
import type { CalTable } from './caltable.ts';

/** Which rows of a calibration table; texts in the selection syntax of MeasurementSets, empty: all. */
export interface CalSelection {
  readonly antenna?: string;
  readonly spw?: string;
  readonly field?: string;
  readonly scan?: string;
  readonly timerange?: string;
  readonly observation?: string;
}

/**
 * Row numbers that a selection chooses, ascending.
 *
 * @param manner what becomes of windows that are not there
 * @throws usage for texts that name nothing in the table
 */
export function selectCalRows(table: CalTable, selection: CalSelection, manner: SelectionManner = {}): number[] {
  const { rows, antennas, fields } = table;
  const tests: ((row: number) => boolean)[] = [];
  const among = (column: Int32Array, ids: Iterable<number>) => {
    const chosen = new Set(ids);
    tests.push((row) => chosen.has(column[row]));
  };
  if (selection.antenna) among(rows.antenna1, chooseAntennas(selection.antenna, antennas));
  if (selection.spw) among(rows.spwId, parseSpw(selection.spw, windowInfos(table), manner).keys());
  if (selection.field) {
    const names = fields.map(({ name, code }) => [name, code]);
    among(rows.fieldId, parseNamedList(selection.field, names, 'field'));
  }
  if (selection.scan) {
    const isChosen = parseScan(selection.scan);
    tests.push((row) => isChosen(rows.scanNumber[row]));
  }
  if (selection.observation) {
    const isChosen = parseIndexTest(selection.observation, 'observation');
    tests.push((row) => isChosen(rows.observationId[row]));
  }
  if (selection.timerange) {
    const first = rows.time.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
    const ranges = parseTimerange(selection.timerange, first);
    tests.push((row) => ranges.some(([start, end]) => rows.time[row] >= start && rows.time[row] <= end));
  }
  return Array.from({ length: rows.count }, (_, row) => row).filter((row) => tests.every((test) => test(row)));
}

/** Antenna numbers of a selection such as `DV01,DV02` or `!DV01;!DV02`. */
export function chooseAntennas(text: string, antennas: CalTable['antennas']): Set<number> {
  const chosen = new Set<number>();
  text.split(';').forEach((statement, index) => {
    const isNegated = statement.trim().startsWith('!');
    if (isNegated && index === 0) for (const { id } of antennas) chosen.add(id);
    for (const id of parseAntennaList(statement.replace('!', ''), antennaInfos(antennas)))
      isNegated ? chosen.delete(id) : chosen.add(id);
  });
  return chosen;
}

function antennaInfos(antennas: CalTable['antennas']): AntennaInfo[] {
  return antennas.map((antenna) => ({ ...antenna, position: Array.from(antenna.position) }));
}

/** The table's windows as the selection syntax needs them. */
export function windowInfos(table: CalTable): SpectralWindowInfo[] {
  return table.spectralWindows.map((window) => ({
    ...window,
    bbcNo: 0,
    measFreqRef: '',
    resolutions: Array.from(window.resolutions),
    chanFreqs: Array.from(window.chanFreqs),
    chanWidths: Array.from(window.chanWidths),
    effectiveBandwidths: Array.from(window.effectiveBandwidths),
  }));
}

/** What can be read of a solution. */
export type CalQuantity = 'amp' | 'phase' | 'real' | 'imag' | 'snr' | 'value';

/** One number of a cell: phases in degrees; `value` is the parameter of a real table and the amplitude of a complex one. */
export function calValue(table: CalTable, cell: number, what: CalQuantity): number {
  const { params, snr } = table.rows;
  if (what === 'snr') return snr[cell];
  if (table.parType === 'Float') return what === 'amp' ? Math.abs(params[cell]) : params[cell];
  return complexValue(params[2 * cell], params[2 * cell + 1], what);
}

/** The same of one cell over another; of signal-to-noise ratios the smaller one. */
export function calQuotient(table: CalTable, cell: number, over: number, what: CalQuantity): number {
  const { params, snr } = table.rows;
  if (what === 'snr') return Math.min(snr[cell], snr[over]);
  if (table.parType === 'Float') return params[cell] / params[over];
  const [re, im, overRe, overIm] = [params[2 * cell], params[2 * cell + 1], params[2 * over], params[2 * over + 1]];
  const power = overRe * overRe + overIm * overIm;
  return complexValue((re * overRe + im * overIm) / power, (im * overRe - re * overIm) / power, what);
}

function complexValue(re: number, im: number, what: Exclude<CalQuantity, 'snr'>): number {
  switch (what) {
    case 'phase':
      return (Math.atan2(im, re) * 180) / Math.PI;
    case 'real':
      return re;
    case 'imag':
      return im;
    default:
      return Math.hypot(re, im);
  }
}
