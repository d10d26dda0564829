import {
  type ColumnValues,
  createTable,
  openTable,
  scalarKeyword,
  type Table,
  type TableRecord,
  tableKeyword,
} from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type CalHistoryEntry, type CalRows, type CalTable, numbersPerCell } from './caltable.ts';
import { readAntennas, readFields, readObservations, readSpectralWindows } from './caltable-frame.ts';
import { CAL_SUBTABLES, mainDescription, subtableDescription } from './caltable-layout.ts';

/** Version that our tables name as their writer: the CASA release whose layout they follow. */
const LAYOUT_VERSION = '6.7.0-31';

/** True when the directory holds a calibration table. */
export function isCalTable(path: string): boolean {
  if (!disk().exists(joinPath(path, 'table.dat'))) return false;
  const table = openTable(path);
  try {
    return table.keywords.has('VisCal') && table.keywords.has('ParType');
  } finally {
    table.close();
  }
}

/**
 * Reads a calibration table that CASA (4.x to 6.x, NewCalTable layout) or this program wrote.
 *
 * @param path directory of the table
 * @param parts 'solutions': paramErr, snr and weight are left empty, for those who only apply the table
 * @throws missing, bad-format
 */
export function readCalTable(path: string, parts: 'all' | 'solutions' = 'all'): CalTable {
  const table = openTable(path);
  try {
    const visCal = textKeyword(table, 'VisCal');
    const parType = textKeyword(table, 'ParType') === 'Float' ? 'Float' : 'Complex';
    return {
      visCal,
      parType,
      polBasis: textKeyword(table, 'PolBasis', 'unknown'),
      msName: textKeyword(table, 'MSName', ''),
      casaVersion: textKeyword(table, 'CASA_Version', ''),
      rows: readRows(table, parType === 'Complex', parts === 'all'),
      spectralWindows: withSubtable(table, 'SPECTRAL_WINDOW', readSpectralWindows),
      antennas: withSubtable(table, 'ANTENNA', readAntennas),
      fields: withSubtable(table, 'FIELD', readFields),
      observations: table.keywords.has('OBSERVATION') ? withSubtable(table, 'OBSERVATION', readObservations) : [],
      history: table.keywords.has('HISTORY') ? withSubtable(table, 'HISTORY', readHistory) : [],
    };
  } finally {
    table.close();
  }
}

function textKeyword(table: Table, name: string, otherwise?: string): string {
  const keyword = table.keywords.get(name);
  if (keyword && 'value' in keyword && typeof keyword.value === 'string') return keyword.value;
  if (otherwise !== undefined) return otherwise;
  return fail('bad-format', `This is not a calibration table: the keyword ${name} is missing.`, { table: table.path });
}

function withSubtable<T>(table: Table, name: string, read: (subtable: Table) => T): T {
  const subtable = table.subtable(name);
  try {
    return read(subtable);
  } finally {
    subtable.close();
  }
}

function readHistory(table: Table): CalHistoryEntry[] {
  const time = table.column('TIME').getRange(0, table.rowCount) as Float64Array;
  const application = table.column('APPLICATION').getRange(0, table.rowCount) as string[];
  const message = table.column('MESSAGE').getRange(0, table.rowCount) as string[];
  return Array.from(time, (t, row) => ({ time: t, application: application[row], message: message[row] }));
}

function readRows(table: Table, isComplex: boolean, withErrors: boolean): CalRows {
  const count = table.rowCount;
  const paramName = isComplex ? 'CPARAM' : 'FPARAM';
  const shapes = cellShapes(table, paramName);
  const cells = shapes.offsets[count];
  const per = isComplex ? 2 : 1;
  const params = new Float32Array(per * cells);
  const paramErr = new Float32Array(withErrors ? cells : 0);
  const flag = new Uint8Array(cells);
  const snr = new Float32Array(withErrors ? cells : 0);
  readCells(table, paramName, shapes, params, per);
  readCells(table, 'FLAG', shapes, flag, 1);
  if (withErrors) {
    readCells(table, 'PARAMERR', shapes, paramErr, 1);
    readCells(table, 'SNR', shapes, snr, 1);
  }
  const weight =
    withErrors && count > 0 && table.hasColumn('WEIGHT') && table.column('WEIGHT').isDefined(0)
      ? new Float32Array(cells)
      : undefined;
  if (weight) readCells(table, 'WEIGHT', shapes, weight, 1);
  const all = <T extends ColumnValues>(name: string) => table.column(name).getRange(0, count) as T;
  return {
    count,
    time: all<Float64Array>('TIME'),
    interval: all<Float64Array>('INTERVAL'),
    fieldId: all<Int32Array>('FIELD_ID'),
    spwId: all<Int32Array>('SPECTRAL_WINDOW_ID'),
    antenna1: all<Int32Array>('ANTENNA1'),
    antenna2: all<Int32Array>('ANTENNA2'),
    scanNumber: all<Int32Array>('SCAN_NUMBER'),
    observationId: all<Int32Array>('OBSERVATION_ID'),
    ...shapes,
    params,
    paramErr,
    flag,
    snr,
    weight,
  };
}

interface CellShapes {
  readonly parCount: number;
  readonly chanCount: Int32Array;
  readonly offsets: Int32Array;
}

function cellShapes(table: Table, name: string): CellShapes {
  const column = table.column(name);
  const chanCount = new Int32Array(table.rowCount);
  const offsets = new Int32Array(table.rowCount + 1);
  let parCount = 0;
  for (let row = 0; row < table.rowCount; ) {
    const { shape, count } = column.shapeRun(row, table.rowCount - row);
    if (shape?.length !== 2) fail('bad-format', 'A cell has no [channel, parameter] array.', place(table, name, row));
    if (row > 0 && shape[1] !== parCount) {
      fail('bad-format', 'The number of parameters changes within the table.', place(table, name, row));
    }
    parCount = shape[1];
    for (const end = row + count; row < end; row++) {
      chanCount[row] = shape[0];
      offsets[row + 1] = offsets[row] + shape[0] * parCount;
    }
  }
  return { parCount: parCount || 1, chanCount, offsets };
}

function place(table: Table, column: string, row: number) {
  return { table: table.path, column, row };
}

/** Calls `visit` for each run of rows with the same channel count. */
function forEachRun(shapes: CellShapes, visit: (start: number, count: number, chanCount: number) => void): void {
  const rowCount = shapes.chanCount.length;
  for (let start = 0, end = 0; start < rowCount; start = end) {
    end = start + 1;
    while (end < rowCount && shapes.chanCount[end] === shapes.chanCount[start]) end++;
    visit(start, end - start, shapes.chanCount[start]);
  }
}

function readCells(table: Table, name: string, shapes: CellShapes, into: Float32Array | Uint8Array, per: number): void {
  const column = table.column(name);
  forEachRun(shapes, (start, count) => {
    const values = column.getRange(start, count) as Float32Array;
    const expected = per * (shapes.offsets[start + count] - shapes.offsets[start]);
    if (values.length !== expected) {
      fail('bad-format', `The cells of ${name} have another shape than the solutions.`, place(table, name, start));
    }
    into.set(values, per * shapes.offsets[start]);
  });
}

/**
 * Writes a calibration table in the layout of CASA 6.7, rows sorted by spectral window, time and antenna as CASA does.
 * It stands under its name only when whole; a table already there is replaced.
 *
 * @param path directory to make
 */
export function writeCalTable(path: string, table: CalTable): void {
  writeWhole(path, true, (partial) => writeParts(partial, table));
}

function writeParts(path: string, table: CalTable): void {
  const isComplex = table.parType === 'Complex';
  const keywords: TableRecord = new Map([
    ['ParType', scalarKeyword('String', table.parType)],
    ['MSName', scalarKeyword('String', table.msName)],
    ['VisCal', scalarKeyword('String', table.visCal)],
    ['PolBasis', scalarKeyword('String', table.polBasis)],
    ['CASA_Version', scalarKeyword('String', table.casaVersion || LAYOUT_VERSION)],
  ]);
  const main = createTable(path, mainDescription(isComplex, table.visCal, keywords), table.rows.count);
  try {
    writeRows(main, table, sortedRows(table.rows));
    writeSubtables(path, table);
    for (const name of CAL_SUBTABLES) main.setKeyword(name, tableKeyword(joinPath(path, name)));
    main.flush();
  } finally {
    main.close();
  }
}

/** Row numbers by spectral window, time, ANTENNA1, ANTENNA2. */
function sortedRows(rows: CalRows): Int32Array {
  const order = Int32Array.from({ length: rows.count }, (_, row) => row);
  return order.sort(
    (a, b) =>
      rows.spwId[a] - rows.spwId[b] ||
      rows.time[a] - rows.time[b] ||
      rows.antenna1[a] - rows.antenna1[b] ||
      rows.antenna2[a] - rows.antenna2[b] ||
      a - b,
  );
}

function writeRows(main: Table, table: CalTable, order: Int32Array): void {
  const { rows } = table;
  if (rows.count === 0) return;
  const put = (name: string, values: Float64Array | Int32Array) => {
    const sorted = values.slice();
    for (let row = 0; row < order.length; row++) sorted[row] = values[order[row]];
    main.column(name).putRange(0, order.length, sorted);
  };
  put('TIME', rows.time);
  put('FIELD_ID', rows.fieldId);
  put('SPECTRAL_WINDOW_ID', rows.spwId);
  put('ANTENNA1', rows.antenna1);
  put('ANTENNA2', rows.antenna2);
  put('INTERVAL', rows.interval);
  put('SCAN_NUMBER', rows.scanNumber);
  put('OBSERVATION_ID', rows.observationId);
  const per = numbersPerCell(table);
  writeCells(main, per === 2 ? 'CPARAM' : 'FPARAM', rows, order, rows.params, per);
  writeCells(main, 'PARAMERR', rows, order, rows.paramErr, 1);
  writeCells(main, 'FLAG', rows, order, rows.flag, 1);
  writeCells(main, 'SNR', rows, order, rows.snr, 1);
  if (rows.weight) writeCells(main, 'WEIGHT', rows, order, rows.weight, 1);
}

function writeCells(
  main: Table,
  name: string,
  rows: CalRows,
  order: Int32Array,
  values: Float32Array | Uint8Array,
  per: number,
): void {
  const column = main.column(name);
  const sorted: CellShapes = { ...rows, chanCount: order.map((row) => rows.chanCount[row]) };
  forEachRun(sorted, (start, count, chanCount) => {
    const length = per * chanCount * rows.parCount;
    const block = values instanceof Uint8Array ? new Uint8Array(count * length) : new Float32Array(count * length);
    for (let index = 0; index < count; index++) {
      const from = per * rows.offsets[order[start + index]];
      block.set(values.subarray(from, from + length), index * length);
    }
    column.putRange(start, count, block, [chanCount, rows.parCount]);
  });
}

function writeSubtables(path: string, table: CalTable): void {
  const make = (name: (typeof CAL_SUBTABLES)[number], count: number, fill: (put: Put) => void) => {
    const subtable = createTable(joinPath(path, name), subtableDescription(name), count);
    try {
      fill((column, values, shape) => putColumn(subtable, column, values, shape));
      subtable.flush();
    } finally {
      subtable.close();
    }
  };
  make('OBSERVATION', table.observations.length, (put) => putObservations(put, table));
  make('ANTENNA', table.antennas.length, (put) => putAntennas(put, table));
  make('FIELD', table.fields.length, (put) => putFields(put, table));
  make('SPECTRAL_WINDOW', table.spectralWindows.length, (put) => putSpectralWindows(put, table));
  make('HISTORY', table.history.length, (put) => putHistory(put, table));
}

/** Cells of one column, one entry per row: numbers, texts, truth values, or arrays with one shape rule. */
type Put = (
  column: string,
  values: readonly (number | string | boolean | Float64Array | readonly string[])[],
  shape?: (length: number) => readonly number[],
) => void;

function putColumn(
  table: Table,
  column: string,
  values: readonly (number | string | boolean | Float64Array | readonly string[])[],
  shape: (length: number) => readonly number[] = (length) => [length],
): void {
  const target = table.column(column);
  values.forEach((value, row) => {
    if (typeof value === 'object') {
      const cell = value instanceof Float64Array ? value : [...value];
      target.put(row, { shape: shape(value.length), values: cell });
    } else target.put(row, value);
  });
}

function putObservations(put: Put, { observations }: CalTable): void {
  put(
    'TIME_RANGE',
    observations.map((o) => o.timeRange),
  );
  put(
    'LOG',
    observations.map((o) => o.log),
  );
  put(
    'SCHEDULE',
    observations.map((o) => o.schedule),
  );
  put(
    'FLAG_ROW',
    observations.map((o) => o.isFlagged),
  );
  put(
    'OBSERVER',
    observations.map((o) => o.observer),
  );
  put(
    'PROJECT',
    observations.map((o) => o.project),
  );
  put(
    'RELEASE_DATE',
    observations.map((o) => o.releaseDate),
  );
  put(
    'SCHEDULE_TYPE',
    observations.map((o) => o.scheduleType),
  );
  put(
    'TELESCOPE_NAME',
    observations.map((o) => o.telescope),
  );
}

function putAntennas(put: Put, { antennas }: CalTable): void {
  put(
    'OFFSET',
    antennas.map((a) => a.offset),
  );
  put(
    'POSITION',
    antennas.map((a) => a.position),
  );
  put(
    'TYPE',
    antennas.map((a) => a.type),
  );
  put(
    'DISH_DIAMETER',
    antennas.map((a) => a.diameter),
  );
  put(
    'FLAG_ROW',
    antennas.map((a) => a.isFlagged),
  );
  put(
    'MOUNT',
    antennas.map((a) => a.mount),
  );
  put(
    'NAME',
    antennas.map((a) => a.name),
  );
  put(
    'STATION',
    antennas.map((a) => a.station),
  );
}

function putFields(put: Put, { fields }: CalTable): void {
  const direction = () => [1, 2];
  put(
    'DELAY_DIR',
    fields.map((f) => f.delayDir),
    direction,
  );
  put(
    'PHASE_DIR',
    fields.map((f) => f.phaseDir),
    direction,
  );
  put(
    'REFERENCE_DIR',
    fields.map((f) => f.referenceDir),
    direction,
  );
  put(
    'CODE',
    fields.map((f) => f.code),
  );
  put(
    'FLAG_ROW',
    fields.map((f) => f.isFlagged),
  );
  put(
    'NAME',
    fields.map((f) => f.name),
  );
  put(
    'NUM_POLY',
    fields.map(() => 0),
  );
  put(
    'SOURCE_ID',
    fields.map((f) => f.sourceId),
  );
  put(
    'TIME',
    fields.map((f) => f.time),
  );
}

function putSpectralWindows(put: Put, { spectralWindows: windows }: CalTable): void {
  put(
    'MEAS_FREQ_REF',
    windows.map((w) => w.measFreqRef),
  );
  put(
    'CHAN_FREQ',
    windows.map((w) => w.chanFreqs),
  );
  put(
    'REF_FREQUENCY',
    windows.map((w) => w.refFrequency),
  );
  put(
    'CHAN_WIDTH',
    windows.map((w) => w.chanWidths),
  );
  put(
    'EFFECTIVE_BW',
    windows.map((w) => w.effectiveBandwidths),
  );
  put(
    'RESOLUTION',
    windows.map((w) => w.resolutions),
  );
  put(
    'FLAG_ROW',
    windows.map((w) => w.isFlagged),
  );
  put(
    'FREQ_GROUP',
    windows.map((w) => w.freqGroup),
  );
  put(
    'FREQ_GROUP_NAME',
    windows.map((w) => w.freqGroupName),
  );
  put(
    'IF_CONV_CHAIN',
    windows.map((w) => w.ifConvChain),
  );
  put(
    'NAME',
    windows.map((w) => w.name),
  );
  put(
    'NET_SIDEBAND',
    windows.map((w) => w.netSideband),
  );
  put(
    'NUM_CHAN',
    windows.map((w) => w.chanFreqs.length),
  );
  put(
    'TOTAL_BANDWIDTH',
    windows.map((w) => w.totalBandwidth),
  );
}

function putHistory(put: Put, { history }: CalTable): void {
  const empty = history.map(() => '');
  put(
    'APPLICATION',
    history.map((entry) => entry.application),
  );
  put(
    'MESSAGE',
    history.map((entry) => entry.message),
  );
  put(
    'OBJECT_ID',
    history.map(() => -1),
  );
  put(
    'OBSERVATION_ID',
    history.map(() => -1),
  );
  put('ORIGIN', empty);
  put('PRIORITY', empty);
  put(
    'TIME',
    history.map((entry) => entry.time),
  );
}
