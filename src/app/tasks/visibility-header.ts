import { formatListobs, type MeasurementSet, openMs } from '../../astronomy/ms/index.ts';
import type { CellValue, Column } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { arrayReply, cellReply, recordReply } from './table-values.ts';
import type { TaskArguments, TaskValue } from './types.ts';
import { type EngineValue, tuple } from './values.ts';

/** Items of a MeasurementSet's header with the subtable and column that they are kept in (CASA 6.7's vishead). */
const ITEMS: Readonly<Record<string, readonly [table: string, column: string]>> = {
  cal_grp: ['SOURCE', 'CALIBRATION_GROUP'],
  field: ['FIELD', 'NAME'],
  fld_code: ['FIELD', 'CODE'],
  freq_group_name: ['SPECTRAL_WINDOW', 'FREQ_GROUP_NAME'],
  log: ['OBSERVATION', 'LOG'],
  observer: ['OBSERVATION', 'OBSERVER'],
  project: ['OBSERVATION', 'PROJECT'],
  ptcs: ['FIELD', 'PHASE_DIR'],
  release_date: ['OBSERVATION', 'RELEASE_DATE'],
  schedule: ['OBSERVATION', 'SCHEDULE'],
  schedule_type: ['OBSERVATION', 'SCHEDULE_TYPE'],
  source_name: ['SOURCE', 'NAME'],
  spw_name: ['SPECTRAL_WINDOW', 'NAME'],
  telescope: ['OBSERVATION', 'TELESCOPE_NAME'],
};

/**
 * Shows or changes the header of a MeasurementSet: CASA 6.7's vishead.
 *
 * @returns 'get': the values and the keywords of the column; 'list': these for each item by name
 * @throws usage for an item that there is not; unsupported for changing columns of arrays
 */
export function visHead(context: Context, args: TaskArguments): TaskValue | undefined {
  const mode = String(args.mode);
  const ms = openMs(joinPath(context.cwd, String(args.vis)), mode === 'put' ? 'update' : 'read');
  try {
    if (mode === 'summary') {
      context.log.post(formatListobs(ms), 'INFO', 'vishead');
      return undefined;
    }
    if (mode === 'list' || mode === '') return listItems(context, ms, args.listitems as string[]) as TaskValue;
    const column = itemColumn(ms, String(args.hdkey));
    const row = /^\d+$/.test(String(args.hdindex)) ? Number(args.hdindex) : undefined;
    const rowCount = ms.subtable(ITEMS[String(args.hdkey)][0]).rowCount;
    if (row !== undefined && row >= rowCount) fail('usage', `hdindex=${row} is beyond the ${rowCount} rows.`);
    if (mode === 'get') return cellsOf(column, rowCount, row) as TaskValue;
    putValue(column, rowCount, row, args.hdvalue);
    context.log.post(`${args.hdkey} set to ${args.hdvalue}`, 'INFO', 'vishead');
    return undefined;
  } finally {
    ms.close();
  }
}

function itemColumn(ms: MeasurementSet, name: string): Column {
  const item = ITEMS[name];
  if (!item) fail('usage', `hdkey="${name}" is no item; the items are ${Object.keys(ITEMS).join(', ')}.`);
  return ms.subtable(item[0]).column(item[1]);
}

function listItems(context: Context, ms: MeasurementSet, names: readonly string[]): EngineValue {
  const result: Record<string, EngineValue> = {};
  for (const name of names.length > 0 ? names : Object.keys(ITEMS)) {
    const item = ITEMS[name];
    if (!item) context.log.post(`Unrecognized item: ${name}`, 'WARN', 'vishead');
    if (!item || !ms.hasSubtable(item[0]) || !ms.subtable(item[0]).hasColumn(item[1])) continue;
    const table = ms.subtable(item[0]);
    result[name] = cellsOf(table.column(item[1]), table.rowCount, undefined);
  }
  return result as EngineValue;
}

/** The column's values (or one row's) and its keywords. */
function cellsOf(column: Column, rowCount: number, row: number | undefined): EngineValue {
  const { type, kind } = column.description;
  const keywords = recordReply(column.keywords);
  if (row !== undefined) return tuple([cellReply(type, column.get(row)), keywords]);
  if (kind === 'scalar') {
    return tuple([arrayReply(type, [rowCount], column.getRange(0, rowCount)), keywords]);
  }
  const cells: Record<string, EngineValue> = {};
  for (let at = 0; at < rowCount; at++) {
    if (!column.isDefined(at)) continue;
    const cell = column.get(at);
    const isArray = typeof cell === 'object' && 'shape' in cell;
    if (isArray) cells[`r${at + 1}`] = arrayReply(type, [1, ...cell.shape], cell.values);
  }
  return tuple([cells as EngineValue, keywords]);
}

function putValue(column: Column, rowCount: number, row: number | undefined, value: TaskValue): void {
  const { type, kind } = column.description;
  if (kind !== 'scalar') fail('unsupported', 'vishead does not change columns of arrays.');
  const cell = (given: TaskValue): CellValue => {
    if (type === 'String' && (!Array.isArray(given) || given.length === 1)) return String(given);
    if (Array.isArray(given)) fail('usage', 'hdvalue is a list; one row takes one value.');
    const number = typeof given === 'string' && given.trim() === '' ? Number.NaN : Number(given);
    return Number.isNaN(number) ? fail('usage', `hdvalue="${given}" is not a number.`) : number;
  };
  if (row !== undefined) {
    column.put(row, cell(value));
    return;
  }
  const values = Array.isArray(value) ? value : [value];
  if (values.length !== rowCount) fail('usage', `hdvalue has ${values.length} values for ${rowCount} rows.`);
  values.forEach((each, at) => {
    column.put(at, cell(each));
  });
}
