import { type ColumnValues, openTable, type Table } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { CalHistoryEntry, CalRows, CalTable } from './caltable.ts';
import { readAntennas, readFields, readObservations, readSpectralWindows } from './caltable-frame.ts';

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

/** Channels of each row's cells, and where they begin in an array of all. */
export interface CellShapes {
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
export function forEachRun(shapes: CellShapes, visit: (start: number, count: number, chanCount: number) => void): void {
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
