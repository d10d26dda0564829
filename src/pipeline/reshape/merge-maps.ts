import {
  appendCells,
  type FieldInfo,
  type MeasurementSet,
  type MsMetadata,
  type Renumbering,
  readMetadata,
  readNumbers,
  type SpectralWindowInfo,
} from '../../astronomy/ms/index.ts';
import type { CellValue, Table } from '../../formats/tables/index.ts';
import { ARCSEC } from '../../foundation/base/index.ts';

/** How close things must be to be the same. */
export interface MergeTolerances {
  /** Hz */
  readonly frequencyHz: number;
  /** rad */
  readonly directionRad: number;
  /** Fields must also have the same name. */
  readonly respectName: boolean;
}

/** New numbers, in the merged MS, of the things of one input: old number → new number. */
export interface MergeMaps {
  readonly antenna: readonly number[];
  readonly spw: readonly number[];
  readonly dataDesc: readonly number[];
  readonly field: readonly number[];
  readonly state: readonly number[];
  readonly processor: readonly number[];
  readonly observation: readonly number[];
  /** True when some observation of the input was in the merged MS already. */
  readonly sharesObservation: boolean;
}

/** Same antenna: same name and pad, this near, m. */
const ANTENNA_NEARNESS = 1;
export const DEFAULT_DIRECTION = ARCSEC / 1000;

/**
 * Adds what an input's subtables have beyond the merged MS's, and says under which numbers everything is found there.
 *
 * Rules as CASA 6.7's concat: antennas by name, pad and position; windows by channel frequencies; fields by direction; states,
 * processors and observations by their whole content.
 */
export function mergeSubtables(target: MeasurementSet, input: MeasurementSet, tolerances: MergeTolerances): MergeMaps {
  const known = readMetadata(target);
  const added = readMetadata(input);
  const antenna = matchRows(target, input, 'ANTENNA', (row) => matchAntenna(known, added, row));
  const spw = matchRows(target, input, 'SPECTRAL_WINDOW', (row) => {
    const window = added.spectralWindows[row];
    return known.spectralWindows.find((other) => isSameWindow(window, other, tolerances.frequencyHz))?.id;
  });
  const polarization = matchEqualRows(target, input, 'POLARIZATION');
  const dataDesc = matchDataDescriptions(target, input, spw, polarization);
  const field = matchRows(target, input, 'FIELD', (row) => {
    return known.fields.find((other) => isSameField(added.fields[row], other, tolerances))?.id;
  });
  mergeSources(target, input, known, added, field, spw);
  const observationsBefore = target.subtable('OBSERVATION').rowCount;
  const observation = matchEqualRows(target, input, 'OBSERVATION');
  const maps: MergeMaps = {
    antenna,
    spw,
    dataDesc,
    field,
    state: matchEqualRows(target, input, 'STATE'),
    processor: matchEqualRows(target, input, 'PROCESSOR'),
    observation,
    sharesObservation: observation.some((id) => id < observationsBefore),
  };
  mergeFeeds(target, input, maps);
  return maps;
}

/** Finds each row of the input's subtable in the target, or appends it there. */
function matchRows(
  target: MeasurementSet,
  input: MeasurementSet,
  name: string,
  find: (row: number) => number | undefined,
  renumbering: Renumbering = {},
): number[] {
  if (!input.hasSubtable(name) || !target.hasSubtable(name)) return [];
  const [to, from] = [target.subtable(name), input.subtable(name)];
  const numbers: number[] = [];
  for (let row = 0; row < from.rowCount; row++) {
    let number = find(row);
    if (number === undefined) {
      number = to.rowCount;
      to.addRows(1);
      appendCells(from, to, [row], number, renumbering);
    }
    numbers.push(number);
  }
  return numbers;
}

/** Matches rows whose every column is equal. */
function matchEqualRows(target: MeasurementSet, input: MeasurementSet, name: string): number[] {
  if (!input.hasSubtable(name) || !target.hasSubtable(name)) return [];
  const [to, from] = [target.subtable(name), input.subtable(name)];
  const known = new Map<string, number>();
  for (let row = to.rowCount - 1; row >= 0; row--) known.set(rowText(to, row, from), row);
  return matchRows(target, input, name, (row) => known.get(rowText(from, row, to)));
}

/** Content of a row in the columns that both tables have. */
function rowText(table: Table, row: number, other: Table): string {
  const names = table.columnNames.filter((name) => other.hasColumn(name)).sort();
  return names
    .map((name) => {
      const column = table.column(name);
      return column.isDefined(row) ? cellText(column.get(row)) : '';
    })
    .join('\u0001');
}

function cellText(cell: CellValue): string {
  if (typeof cell !== 'object') return String(cell);
  if ('shape' in cell) return `${cell.shape.join('x')}:${Array.from(cell.values as ArrayLike<unknown>).join(',')}`;
  return cell.join(',');
}

function matchAntenna(known: MsMetadata, added: MsMetadata, row: number): number | undefined {
  const antenna = added.antennas[row];
  return known.antennas.find((other) => {
    if (other.name !== antenna.name || other.station !== antenna.station) return false;
    return Math.hypot(...other.position.map((value, axis) => value - antenna.position[axis])) < ANTENNA_NEARNESS;
  })?.id;
}

function isSameWindow(one: SpectralWindowInfo, other: SpectralWindowInfo, toleranceHz: number): boolean {
  if (one.chanFreqs.length !== other.chanFreqs.length || one.measFreqRef !== other.measFreqRef) return false;
  const isNear = (a: readonly number[], b: readonly number[]) =>
    a.every((value, chan) => Math.abs(value - b[chan]) <= toleranceHz);
  return isNear(one.chanFreqs, other.chanFreqs) && isNear(one.chanWidths, other.chanWidths);
}

function isSameField(one: FieldInfo, other: FieldInfo, tolerances: MergeTolerances): boolean {
  if (tolerances.respectName && one.name !== other.name) return false;
  if (one.frame !== other.frame) return false;
  return separation(one.phaseDir, other.phaseDir) <= tolerances.directionRad;
}

/** Angle between two directions, rad; exact for small angles. */
function separation(one: readonly [number, number], other: readonly [number, number]): number {
  const dDec = Math.sin((one[1] - other[1]) / 2);
  const dRa = Math.sin((one[0] - other[0]) / 2);
  return 2 * Math.asin(Math.min(1, Math.sqrt(dDec * dDec + Math.cos(one[1]) * Math.cos(other[1]) * dRa * dRa)));
}

function matchDataDescriptions(
  target: MeasurementSet,
  input: MeasurementSet,
  spw: readonly number[],
  polarization: readonly number[],
): number[] {
  const table = target.subtable('DATA_DESCRIPTION');
  const known = new Map<string, number>();
  const windows = readNumbers(table, 'SPECTRAL_WINDOW_ID');
  const pols = readNumbers(table, 'POLARIZATION_ID');
  for (const [row, window] of windows.entries()) known.set(`${window}/${pols[row]}`, row);
  const from = input.subtable('DATA_DESCRIPTION');
  const addedWindows = readNumbers(from, 'SPECTRAL_WINDOW_ID');
  const addedPols = readNumbers(from, 'POLARIZATION_ID');
  return matchRows(
    target,
    input,
    'DATA_DESCRIPTION',
    (row) => known.get(`${spw[addedWindows[row]]}/${polarization[addedPols[row]]}`),
    { SPECTRAL_WINDOW_ID: (id) => spw[id], POLARIZATION_ID: (id) => polarization[id] },
  );
}

/** Fields that were found keep their sources; new fields get new sources; rows are added for new windows. */
function mergeSources(
  target: MeasurementSet,
  input: MeasurementSet,
  known: MsMetadata,
  added: MsMetadata,
  field: readonly number[],
  spw: readonly number[],
): void {
  const fields = target.subtable('FIELD');
  if (!input.hasSubtable('SOURCE') || !target.hasSubtable('SOURCE')) return;
  const [to, from] = [target.subtable('SOURCE'), input.subtable('SOURCE')];
  let next = Math.max(-1, ...known.sources.map(({ sourceId }) => sourceId)) + 1;
  const numbers = new Map<number, number>();
  for (const { id, sourceId } of added.fields) {
    const kept = known.fields[field[id]];
    if (sourceId < 0) continue;
    if (!numbers.has(sourceId)) numbers.set(sourceId, kept ? kept.sourceId : next++);
    if (!kept) fields.column('SOURCE_ID').put(field[id], numbers.get(sourceId) as number);
  }
  const present = new Set(known.sources.map(({ sourceId, spwId }) => `${sourceId}/${spwId}`));
  const rows = added.sources.flatMap(({ sourceId, spwId }, row) => {
    const number = numbers.get(sourceId);
    const key = `${number}/${spwId < 0 ? spwId : spw[spwId]}`;
    return number === undefined || present.has(key) ? [] : [row];
  });
  const at = to.rowCount;
  to.addRows(rows.length);
  appendCells(from, to, rows, at, {
    SOURCE_ID: (id) => numbers.get(id) ?? id,
    SPECTRAL_WINDOW_ID: (id) => (id < 0 ? id : spw[id]),
  });
}

/** Feed rows for antennas and windows that the merged MS does not describe yet. */
function mergeFeeds(target: MeasurementSet, input: MeasurementSet, maps: MergeMaps): void {
  const keyOf = (table: Table) => {
    const columns = ['ANTENNA_ID', 'FEED_ID', 'SPECTRAL_WINDOW_ID'].map((name) => readNumbers(table, name));
    return (row: number) => columns.map((column) => column[row]);
  };
  const [to, from] = [target.subtable('FEED'), input.subtable('FEED')];
  const knownKey = keyOf(to);
  const addedKey = keyOf(from);
  const known = new Set(Array.from({ length: to.rowCount }, (_, row) => knownKey(row).join('/')));
  const rows: number[] = [];
  for (let row = 0; row < from.rowCount; row++) {
    const [antenna, feed, window] = addedKey(row);
    if (!known.has([maps.antenna[antenna], feed, window < 0 ? window : maps.spw[window]].join('/'))) rows.push(row);
  }
  const at = to.rowCount;
  to.addRows(rows.length);
  appendCells(from, to, rows, at, idRenumbering(maps));
}

/** Changes of the antenna and window numbers in a subtable. */
export function idRenumbering(maps: MergeMaps): Renumbering {
  return {
    ANTENNA_ID: (id) => (id < 0 ? id : (maps.antenna[id] ?? id)),
    SPECTRAL_WINDOW_ID: (id) => (id < 0 ? id : (maps.spw[id] ?? id)),
  };
}

/** Appends all rows of a subtable, renumbered. */
export function appendSubtable(target: MeasurementSet, input: MeasurementSet, name: string, maps: MergeMaps): void {
  if (!input.hasSubtable(name) || !target.hasSubtable(name)) return;
  const [to, from] = [target.subtable(name), input.subtable(name)];
  const at = to.rowCount;
  const rows = Array.from({ length: from.rowCount }, (_, row) => row);
  to.addRows(rows.length);
  appendCells(from, to, rows, at, name === 'WEATHER' ? {} : idRenumbering(maps));
}
