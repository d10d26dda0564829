import { createTable, openTable, type Table } from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { method, numberArgument, type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { real } from '../values.ts';
import { dictionary } from './reply-values.ts';
import { columnFrom } from './table-columns.ts';
import { onTable, opened, type TableState } from './table-state.ts';
import { storageFor, toldColumns } from './table-storage.ts';
import { TableView } from './table-view.ts';

function create(path: string, args: Record<string, TaskValue>): Table {
  const given = (args.tabledesc ?? {}) as Record<string, TaskValue>;
  const description = Object.fromEntries(Object.entries(given).filter(([name]) => !name.startsWith('_')));
  const columns = Object.entries(description).map(([name, value]) => columnFrom(name, value));
  if (columns.length === 0) fail('usage', 'tb.create(): tabledesc is a dictionary of columns, by name.');
  if (String(args.memtype ?? '') !== '') fail('unsupported', 'tb.create(): tables are made on disk only.');
  if (disk().exists(path)) fail('exists', 'There is something of this name already; remove it first.', { file: path });
  for (const name of toldColumns(args.dminfo))
    if (!(name in description))
      fail('usage', `tb.create(): dminfo names a column ${name} that tabledesc does not describe.`);
  const storageManagers = storageFor(columns, description, args.dminfo);
  return createTable(path, { columns, storageManagers }, numberArgument(args, 'nrow'));
}

/** Copies cells of the columns that both tables have, row by row: casacore's TableCopy::copyRows. */
function copyRows(
  from: TableView,
  to: TableView,
  { startIn, startOut, count }: Readonly<Record<string, number>>,
): void {
  const left = Math.max(0, from.rowCount - startIn);
  const total = count < 0 ? left : Math.min(count, left); // rows that are not there are not missed, as in casacore
  const first = startOut < 0 ? to.table.rowCount : startOut; // the whole table takes them, as casacore opens it
  const lacking = first + total - to.table.rowCount;
  if (lacking > 0) to.table.addRows(lacking);
  const names = from.table.columnNames.filter((name) => to.table.hasColumn(name));
  const rows = from.baseRows(Int32Array.from({ length: total }, (_, at) => startIn + at));
  for (const name of names) {
    const [source, target] = [from.table.column(name), to.table.column(name)];
    rows.forEach((row, at) => {
      if (source.isDefined(row)) target.put(first + at, source.get(row));
    });
  }
}

/** tb: tables and columns that are made, named anew or filled from others. */
export const tableMaking: Readonly<Record<string, ToolMethod<TableState>>> = {
  create: method(
    "tablename, tabledesc, lockoptions={}, endianformat='', memtype='', nrow=0, dminfo={}",
    (state, args, { context }) => {
      const table = create(joinPath(context.cwd, textArgument(args, 'tablename')), args);
      state.view?.close();
      state.view = new TableView(table, true);
      return true;
    },
  ),
  copyrows: method('outtable, startrowin=0, startrowout=-1, nrow=-1', (state, args, { context }) => {
    const view = opened(state);
    const path = joinPath(context.cwd, textArgument(args, 'outtable'));
    const [startIn, startOut, count] = ['startrowin', 'startrowout', 'nrow'].map((name) => numberArgument(args, name));
    const bounds = { startIn, startOut, count };
    if (view.isWritable && disk().exists(path) && disk().resolve(path) === disk().resolve(view.table.path)) {
      copyRows(view, view, bounds);
      return true;
    }
    const target = new TableView(openTable(path, 'update'), true);
    try {
      copyRows(view, target, bounds);
    } finally {
      target.close();
    }
    return true;
  }),
  renamecol: onTable('oldname, newname', ({ table }, args) => {
    table.renameColumn(textArgument(args, 'oldname'), textArgument(args, 'newname'));
    return true;
  }),
  removecolkeyword: onTable('columnname, keyword', ({ table }, args) => {
    table.removeColumnKeyword(textArgument(args, 'columnname'), textArgument(args, 'keyword'));
    return true;
  }),
  putinfo: onTable('value', ({ table }, args) => {
    const { type = '', subType = '', readme = '' } = (args.value ?? {}) as Record<string, TaskValue>;
    // casacore adds each text as a line of its own.
    const lines = String(readme) === '' ? '' : `${readme}\n`;
    table.setInfo({ type: String(type), subType: String(subType), readme: lines });
    return true;
  }),
  addreadmeline: onTable('value', ({ table }, args) => {
    const { readme = '', ...info } = table.info;
    table.setInfo({ ...info, readme: `${readme}${textArgument(args, 'value')}\n` });
    return true;
  }),
  lockoptions: onTable('', () =>
    dictionary([
      ['interval', real(5)],
      ['maxwait', 0],
      ['option', 'auto'],
    ]),
  ),
};
