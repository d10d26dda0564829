import {
  openTable,
  queryRows,
  removeRows,
  runTaql,
  type ScalarValue,
  type TableMode,
  writeReference,
} from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { cellReply, isArrayCell, keywordReply, keywordValue, recordReply, scalarsReply } from '../table-values.ts';
import { method, numberArgument, type ToolDeclaration, type ToolHost, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import { dictionary } from './reply-values.ts';
import { columnMethods } from './table-columns.ts';
import { tableMaking } from './table-making.ts';
import { sliceMethods } from './table-slices.ts';
import { intList, opened, type TableState } from './table-state.ts';
import { columnNumbers } from './table-statistics.ts';
import { TableView } from './table-view.ts';

/** How calc counts rows and elements in CASA when nothing else is said. */
const STYLE = 'using style base0, endincl, fortranorder';

function close(state: TableState): void {
  state.view?.close();
  state.view = undefined;
}

/** Rows of `view` as a tool of their own. */
function adoptRows(host: ToolHost, view: TableView) {
  return host.adopt('tb', { view } satisfies TableState);
}

/** Tables under the names that statements give them. */
function tablesOf({ context }: ToolHost) {
  const target = (path: string) => joinPath(context.cwd, path);
  return { open: (path: string, mode: TableMode = 'read') => openTable(target(path), mode), target };
}

/** Writes chosen rows as a reference table, when a name is given. */
function keepAs(name: string, view: TableView, host: ToolHost): void {
  if (name !== '') writeReference(joinPath(host.context.cwd, name), view.table, view.rowNumbersBase());
}

const reading = {
  statistics: method<TableState>("column, complex_value=''", (state, args) => {
    const view = opened(state);
    const [column, part] = ['column', 'complex_value'].map((name) => textArgument(args, name));
    return columnNumbers(view.table, column, part, Array.from(view.rowNumbersBase()));
  }),
  colnames: method<TableState>('', (state) => [...opened(state).table.columnNames]),
  nrows: method<TableState>('', (state) => opened(state).rowCount),
  name: method<TableState>('', (state) => opened(state).table.path),
  iswritable: method<TableState>('', (state) => opened(state).isWritable),
  rownumbers: method<TableState>('tab={}, nbytes=0', (state) => opened(state).rowNumbers()),
  getcol: method<TableState>('columnname, startrow=0, nrow=-1, rowincr=1', (state, args) =>
    opened(state).getColumn(
      textArgument(args, 'columnname'),
      numberArgument(args, 'startrow'),
      numberArgument(args, 'nrow'),
      numberArgument(args, 'rowincr'),
    ),
  ),
  getvarcol: method<TableState>('columnname, startrow=0, nrow=-1, rowincr=1', (state, args) =>
    opened(state).getVariableColumn(
      textArgument(args, 'columnname'),
      numberArgument(args, 'startrow'),
      numberArgument(args, 'nrow'),
      numberArgument(args, 'rowincr'),
    ),
  ),
  getcell: method<TableState>('columnname, rownr=0', (state, args) =>
    opened(state).getCell(textArgument(args, 'columnname'), numberArgument(args, 'rownr')),
  ),
  iscelldefined: method<TableState>('columnname, rownr=0', (state, args) =>
    opened(state).isDefined(textArgument(args, 'columnname'), numberArgument(args, 'rownr')),
  ),
  coldatatype: method<TableState>('columnname', (state, args) =>
    opened(state).table.column(textArgument(args, 'columnname')).description.type.toLowerCase(),
  ),
  isscalarcol: method<TableState>(
    'columnname',
    (state, args) => opened(state).table.column(textArgument(args, 'columnname')).description.kind === 'scalar',
  ),
  keywordnames: method<TableState>('', (state) => [...opened(state).table.keywords.keys()]),
  getkeywords: method<TableState>('', (state) => recordReply(opened(state).table.keywords)),
  getkeyword: method<TableState>('keyword', (state, args) => {
    const name = textArgument(args, 'keyword');
    const { table } = opened(state);
    const value = table.keywords.get(name) ?? fail('missing', `There is no keyword ${name}.`, { file: table.path });
    return keywordReply(value);
  }),
  colkeywordnames: method<TableState>('columnname', (state, args) => [
    ...opened(state).table.column(textArgument(args, 'columnname')).keywords.keys(),
  ]),
  getcolkeywords: method<TableState>('columnname', (state, args) =>
    recordReply(opened(state).table.column(textArgument(args, 'columnname')).keywords),
  ),
  getcolkeyword: method<TableState>('columnname, keyword', (state, args) => {
    const name = textArgument(args, 'keyword');
    const column = opened(state).table.column(textArgument(args, 'columnname'));
    return keywordReply(
      column.keywords.get(name) ?? fail('missing', `The column ${column.name} has no keyword ${name}.`),
    );
  }),
  info: method<TableState>('', (state) => {
    const { readme = '', subType, type } = opened(state).table.info;
    return { readme, subType, type };
  }),
  ncols: method<TableState>('', (state) => opened(state).table.columnNames.length),
  isvarcol: method<TableState>('columnname', (state, args) => {
    const { kind, shape } = opened(state).table.column(textArgument(args, 'columnname')).description;
    return kind === 'array' && shape === undefined;
  }),
  endianformat: method<TableState>('', (state) => (opened(state).table.isLittleEndian ? 'little' : 'big')),
  haslock: method<TableState>('write=True', (state) => {
    opened(state);
    return true;
  }),
  ok: method<TableState>('', (state) => state.view !== undefined),
};

const writing = {
  putcol: method<TableState>('columnname, value, startrow=0, nrow=-1, rowincr=1', (state, args) => {
    opened(state).putColumn(
      textArgument(args, 'columnname'),
      args.value,
      numberArgument(args, 'startrow'),
      numberArgument(args, 'nrow'),
      numberArgument(args, 'rowincr'),
    );
    return true;
  }),
  putvarcol: method<TableState>('columnname, value, startrow=0, nrow=-1, rowincr=1', (state, args) => {
    opened(state).putVariableColumn(
      textArgument(args, 'columnname'),
      args.value as Record<string, TaskValue>,
      numberArgument(args, 'startrow'),
      numberArgument(args, 'nrow'),
      numberArgument(args, 'rowincr'),
    );
    return true;
  }),
  putcell: method<TableState>('columnname, rownr, thevalue', (state, args) => {
    for (const row of intList(args.rownr)) opened(state).putCell(textArgument(args, 'columnname'), row, args.thevalue);
    return true;
  }),
  addrows: method<TableState>('nrow=1', (state, args) => {
    opened(state).table.addRows(numberArgument(args, 'nrow'));
    return true;
  }),
  removerows: method<TableState>('rownrs', (state, args) => {
    const view = opened(state);
    removeRows(view.table, view.baseRows(intList(args.rownrs)));
    view.forget();
    return true;
  }),
  flush: method<TableState>('', (state) => {
    opened(state).table.flush();
    return true;
  }),
};

const keywords = {
  putkeyword: method<TableState>('keyword, value, makesubrecord=False', (state, args) => {
    opened(state).table.setKeyword(textArgument(args, 'keyword'), keywordValue(args.value));
    return true;
  }),
  putkeywords: method<TableState>('value', (state, args) => {
    for (const [name, value] of Object.entries(args.value as Record<string, TaskValue>))
      opened(state).table.setKeyword(name, keywordValue(value));
    return true;
  }),
  putcolkeyword: method<TableState>('columnname, keyword, value', (state, args) => {
    const [column, keyword] = [textArgument(args, 'columnname'), textArgument(args, 'keyword')];
    opened(state).table.setColumnKeyword(column, keyword, keywordValue(args.value));
    return true;
  }),
  removekeyword: method<TableState>('keyword', (state, args) => {
    opened(state).table.removeKeyword(textArgument(args, 'keyword'));
    return true;
  }),
};

const selecting = {
  query: method<TableState>("query='', name='', sortlist='', columns='', style=''", (state, args, host) => {
    const view = opened(state);
    const expression = textArgument(args, 'query');
    for (const name of ['columns', 'style'])
      if (textArgument(args, name) !== '') fail('unsupported', `query: ${name} is not offered; use taql for that.`);
    const { open } = tablesOf(host);
    const all = view.rowNumbersBase();
    // As casacore: what stands in sortlist stands behind orderby, with directions and expressions.
    const sortlist = textArgument(args, 'sortlist').trim();
    const condition = [expression || 'True', ...(sortlist ? [`orderby ${sortlist}`] : [])].join(' ');
    const isWhole = expression === '' && sortlist === '';
    const chosen = view.view(isWhole ? all : queryRows(view.table, condition, { among: all, open }));
    keepAs(textArgument(args, 'name'), chosen, host);
    return adoptRows(host, chosen);
  }),
  selectrows: method<TableState>("rownrs, name=''", (state, args, host) => {
    const view = opened(state);
    const chosen = view.view(view.baseRows(intList(args.rownrs)));
    keepAs(textArgument(args, 'name'), chosen, host);
    return adoptRows(host, chosen);
  }),
  taql: method<TableState>('taqlcommand', (_state, args, host) => {
    const command = textArgument(args, 'taqlcommand');
    const result = runTaql(command, tablesOf(host));
    if (result.kind === 'table') return adoptRows(host, new TableView(result.table, false));
    return result.values.map((value) => cellReply(result.type, value)) as EngineValue;
  }),
  calc: method<TableState>("expr, prefix='', showtaql=False", (_state, args, host) => {
    const expression = textArgument(args, 'expr');
    const given = textArgument(args, 'prefix');
    const result = runTaql(`${given || STYLE} calc ${expression}`, tablesOf(host));
    if (result.kind === 'table') return fail('usage', 'The expression is a whole command.');
    const { type, values } = result;
    return values.some(isArrayCell)
      ? dictionary(values.map((value, index) => [index, cellReply(type, value)] as const))
      : scalarsReply(type, values as ScalarValue[]);
  }),
};

/** tb: a casacore table. */
export const tableTool: ToolDeclaration<TableState> = {
  name: 'tb',
  summary: 'Reads and changes tables',
  create: () => ({}),
  close,
  methods: {
    open: method('tablename, lockoptions={}, nomodify=True', (state, args, { context }) => {
      close(state);
      const isWritable = args.nomodify === false;
      const path = joinPath(context.cwd, textArgument(args, 'tablename'));
      state.view = new TableView(openTable(path, isWritable ? 'update' : 'read'), isWritable);
      return true;
    }),
    close: method('', (state) => {
      close(state);
      return true;
    }),
    done: method('', (state) => {
      close(state);
      return true;
    }),
    lock: method('write=True, nattempts=0', () => true),
    unlock: method<TableState>('', (state) => {
      state.view?.table.flush(); // gives up the lock that a change has taken
      return true;
    }),
    ...reading,
    ...sliceMethods,
    ...writing,
    ...keywords,
    ...columnMethods,
    ...tableMaking,
    ...selecting,
  },
};
