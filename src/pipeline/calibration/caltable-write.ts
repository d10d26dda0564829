import { createTable, scalarKeyword, type Table, type TableRecord, tableKeyword } from '../../formats/tables/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type CalRows, type CalTable, numbersPerCell } from './caltable.ts';
import { CAL_SUBTABLES, mainDescription } from './caltable-layout.ts';
import { type CellShapes, forEachRun } from './caltable-read.ts';
import { writeSubtables } from './caltable-subtables.ts';

/** Version that our tables name as their writer: the CASA release whose layout they follow. */
const LAYOUT_VERSION = '6.7.0-31';

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

/** Writes the flags of all solutions into an open table, whose rows stand as they were read. */
export function writeCalFlags(main: Table, rows: CalRows): void {
  const order = Int32Array.from({ length: rows.count }, (_, row) => row);
  writeCells(main, 'FLAG', rows, order, rows.flag, 1);
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
