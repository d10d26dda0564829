import {
  type ColumnDescription,
  copyTable,
  type DataType,
  openTable,
  type Table,
} from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { keywordValue, recordReply } from '../table-values.ts';
import { type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import { dictionary, intArray, numberList, textList } from './reply-values.ts';
import { onTable, opened, type TableState } from './table-state.ts';
import { storageFor } from './table-storage.ts';
import { TableView } from './table-view.ts';

/** Words of casacore's descriptions for our types. */
const VALUE_TYPES: Readonly<Record<DataType, string>> = {
  ...{ Bool: 'boolean', UChar: 'uchar', Short: 'short', UShort: 'ushort', Int: 'int', UInt: 'uint', Int64: 'int64' },
  ...{ Float: 'float', Double: 'double', Complex: 'complex', DComplex: 'dcomplex', String: 'string' },
};
/** casacore's option bits: cells in the row itself, and of one shape. */
const DIRECT_FIXED = 5;

/** What casacore says of a column; the numbers that it keeps for itself alone are 0. */
function describe(table: Table, name: string): EngineValue {
  const { description, keywords } = table.column(name);
  const { kind, shape, axisCount, type, comment } = description;
  const storage = table.storageOf(name);
  return dictionary([
    ['comment', comment ?? ''],
    ['dataManagerGroup', storage.group],
    ['dataManagerType', storage.type],
    ['keywords', recordReply(keywords)],
    ['maxlen', 0],
    ...(kind === 'array' ? [['ndim', shape?.length ?? axisCount ?? -1] as const] : []),
    ['option', kind === 'array' && shape ? DIRECT_FIXED : 0],
    ...(shape ? [['shape', intArray([...shape].reverse())] as const] : []),
    ['valueType', VALUE_TYPES[type]],
  ]);
}

/** Columns by their storage managers, in the order of the first column of each. */
function managersOf(table: Table): Map<string, { readonly type: string; readonly columns: string[] }> {
  const managers = new Map<string, { readonly type: string; readonly columns: string[] }>();
  for (const name of table.columnNames) {
    const { type, group } = table.storageOf(name);
    const known = managers.get(group) ?? { type, columns: [] };
    known.columns.push(name);
    managers.set(group, known);
  }
  return managers;
}

/** A column as addcols and create take it, in the words of getcoldesc. */
export function columnFrom(name: string, value: TaskValue): ColumnDescription {
  const record =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : fail('usage', `The description of ${name} is a dictionary, as getcoldesc gives it.`);
  const word = String(record.valueType ?? '').toLowerCase();
  const wanted = word === 'bool' ? 'boolean' : word === 'integer' ? 'int' : word;
  const found = Object.entries(VALUE_TYPES).find(([, known]) => known === wanted);
  const known = Object.values(VALUE_TYPES).join(', ');
  const type = (found?.[0] ?? fail('usage', `The valueType of ${name} is one of ${known}.`)) as DataType;
  const shape = record.shape === undefined ? [] : numberList(record.shape, 'shape').reverse();
  const axisCount = record.ndim === undefined ? shape.length : Number(record.ndim);
  const comment = String(record.comment ?? '');
  if (axisCount === 0) return { name, type, kind: 'scalar', comment };
  if (shape.length > 0) return { name, type, kind: 'array', shape, axisCount: shape.length, comment };
  return { name, type, kind: 'array', ...(axisCount > 0 ? { axisCount } : {}), comment };
}

function addColumns(table: Table, desc: TaskValue, dminfo: TaskValue): void {
  const given = Object.entries((desc ?? {}) as Record<string, TaskValue>).filter(([name]) => !name.startsWith('_'));
  const columns = given.map(([name, value]) => columnFrom(name, value));
  if (columns.length === 0) fail('usage', 'tb.addcols(): desc is a dictionary of columns, by name.');
  const used = new Set(managersOf(table).keys());
  for (const storage of storageFor(columns, Object.fromEntries(given), dminfo, used))
    table.addColumns(
      columns.filter(({ name }) => storage.columns.includes(name)),
      storage,
    );
}

function shapeTexts(view: TableView, args: Record<string, TaskValue>): string[] {
  const column = view.table.column(textArgument(args, 'columnname'));
  if (column.description.kind !== 'array')
    fail('usage', `tb.getcolshapestring(): ${column.name} has no arrays.`, { file: view.table.path });
  const [start, count, step] = ['startrow', 'nrow', 'rowincr'].map((name) => Number(args[name]));
  const rows = view.rowNumbersBase().subarray(start);
  const chosen = rows.filter((_, at) => at % Math.max(1, step) === 0);
  const texts = Array.from(count < 0 ? chosen : chosen.subarray(0, count), (row) => {
    const shape = [...(column.cellShape(row) ?? [])];
    return `[${(args.reverseaxes === true ? shape : shape.reverse()).join(', ')}]`;
  });
  return column.description.shape ? texts.slice(0, 1) : texts;
}

/** Names in a record of keywords, by a path with dots; '' for the table's own. */
function namesIn(keywords: Table['keywords'], path: string): string[] {
  let record = keywords;
  for (const part of path === '' ? [] : path.split('.')) {
    const value = record.get(part);
    if (value?.type !== 'Record') return fail('usage', `The keyword ${path} is not a record.`);
    record = value.record;
  }
  return [...record.keys()];
}

/** tb: columns as such, copies, and what is asked of locks. */
export const columnMethods: Readonly<Record<string, ToolMethod<TableState>>> = {
  getcoldesc: onTable('columnname', ({ table }, args) => describe(table, textArgument(args, 'columnname'))),
  getdesc: onTable('actual=True', ({ table }) =>
    dictionary([
      ...table.columnNames.map((name) => [name, describe(table, name)] as const),
      ['_define_hypercolumn_', {}],
      ['_keywords_', recordReply(table.keywords)],
      ['_private_keywords_', {}],
    ]),
  ),
  getdminfo: onTable('', ({ table }) =>
    dictionary(
      [...managersOf(table)].map(([name, { type, columns }], at) => [
        `*${at + 1}`,
        dictionary([
          ['COLUMNS', columns],
          ['NAME', name],
          ['SEQNR', at],
          ['SPEC', {}],
          ['TYPE', type],
        ]),
      ]),
    ),
  ),
  colarraytype: onTable('columnname', ({ table }, args) => {
    const { kind, shape } = table.column(textArgument(args, 'columnname')).description;
    if (kind === 'scalar') return '';
    return shape ? 'Direct, fixed sized arrays' : 'Indirect, variable sized arrays';
  }),
  getcolshapestring: onTable('columnname, startrow=0, nrow=-1, rowincr=1, reverseaxes=False', shapeTexts),
  addcols: onTable('desc={}, dminfo={}', ({ table }, args) => {
    addColumns(table, args.desc, args.dminfo);
    return true;
  }),
  removecols: onTable('columnames', ({ table }, args) => {
    table.removeColumns(textList(args.columnames));
    return true;
  }),
  putvarcol: onTable('columnname, value, startrow=0, nrow=-1, rowincr=1', (view, args) => {
    const [start, step] = [Number(args.startrow), Number(args.rowincr)];
    const name = textArgument(args, 'columnname');
    for (const [key, cell] of Object.entries((args.value ?? {}) as Record<string, TaskValue>)) {
      const row = Number(
        /^r(\d+)$/.exec(key)?.[1] ?? fail('usage', `tb.putvarcol(): cells are named r1, r2 …, not ${key}.`),
      );
      if (row - 1 < start || (row - 1 - start) % step !== 0)
        fail('usage', `tb.putvarcol(): ${key} is not among the rows from ${start} in steps of ${step}.`);
      // A cell of one axis of length n comes as [n], as getvarcol gives it.
      view.putCell(name, row - 1, cell);
    }
    return true;
  }),
  putcolkeywords: onTable('columnname, value={}', ({ table }, args) => {
    const column = textArgument(args, 'columnname');
    for (const [name, value] of Object.entries((args.value ?? {}) as Record<string, TaskValue>))
      table.setColumnKeyword(column, name, keywordValue(value));
    return true;
  }),
  fieldnames: onTable("keyword=''", ({ table }, args) => namesIn(table.keywords, textArgument(args, 'keyword'))),
  colfieldnames: onTable("columnname, keyword=''", ({ table }, args) =>
    namesIn(table.column(textArgument(args, 'columnname')).keywords, textArgument(args, 'keyword')),
  ),
  copy: {
    signature:
      "newtablename, deep=False, valuecopy=False, dminfo={}, endian='aipsrc', memorytable=False, copynorows=False, returnobject=True",
    run: (state, args, host) => {
      const view = opened(state);
      if (args.memorytable === true || args.copynorows === true || Object.keys(args.dminfo ?? {}).length > 0)
        fail(
          'unsupported',
          'tb.copy(): only memorytable=False, copynorows=False and no dminfo are available; tb.create takes dminfo.',
        );
      const target = joinPath(host.context.cwd, textArgument(args, 'newtablename'));
      if (view.rowCount !== view.table.rowCount)
        fail('unsupported', 'tb.copy(): rows of a table are copied by query with a name, or by taql.');
      if (view.isWritable) view.table.flush();
      copyTable(view.table.path, target);
      if (args.returnobject === false) return true;
      return host.adopt('tb', { view: new TableView(openTable(target, 'update'), true) } satisfies TableState);
    },
  },
  isopened: {
    signature: 'tablename',
    run: (state, args, { context }) => {
      const wanted = joinPath(context.cwd, textArgument(args, 'tablename'));
      return (
        state.view !== undefined &&
        disk().exists(wanted) &&
        disk().resolve(wanted) === disk().resolve(state.view.table.path)
      );
    },
  },
  ismultiused: onTable('checksubtables=False', () => false),
  datachanged: onTable('', () => false),
  resync: onTable('', () => true),
  clearlocks: { signature: '', run: () => true },
};
