import { openTable, queryRows, removeRows } from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { keywordReply, recordReply } from '../table-values.ts';
import { method, numberArgument, type ToolDeclaration, type ToolHost, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { TableView } from './table-view.ts';

/** What a tb object holds: nothing, a table, or rows of one. */
interface TableState {
  view?: TableView;
}

function opened(state: TableState): TableView {
  return state.view ?? fail('usage', 'No table is open; call open first.');
}

function close(state: TableState): void {
  state.view?.close();
  state.view = undefined;
}

/** Rows of `view` as a tool of their own. */
function adoptRows(host: ToolHost, view: TableView) {
  return host.adopt('tb', { view } satisfies TableState);
}

function intList(value: TaskValue): Int32Array {
  if (typeof value === 'number') return Int32Array.of(value);
  if (Array.isArray(value)) return Int32Array.from(value as number[]);
  return fail('usage', 'Row numbers must be integers.');
}

const reading = {
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
  info: method<TableState>('', (state) => ({ ...opened(state).table.info, readme: '' })),
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

const selecting = {
  query: method<TableState>("query='', name='', sortlist='', columns='', style=''", (state, args, host) => {
    const view = opened(state);
    const expression = textArgument(args, 'query');
    const found = expression === '' ? view.rowNumbersBase() : queryRows(view.table, expression);
    return adoptRows(host, view.select(found).sorted(textArgument(args, 'sortlist')));
  }),
  selectrows: method<TableState>("rownrs, name=''", (state, args, host) => {
    const view = opened(state);
    return adoptRows(host, view.select(view.baseRows(intList(args.rownrs))));
  }),
  taql: method<TableState>('taqlcommand', (_state, args, host) => {
    const command = textArgument(args, 'taqlcommand');
    const match = /^\s*select\s+from\s+(\S+)(?:\s+where\s+([\s\S]+))?$/i.exec(command);
    if (!match) fail('unsupported', `Only "select from TABLE where CONDITION" is understood, not "${command}".`);
    const view = new TableView(openTable(joinPath(host.context.cwd, match[1].replace(/['"]/g, ''))), false);
    const rows = match[2] === undefined ? view : view.select(queryRows(view.table, match[2]));
    return adoptRows(host, rows);
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
    unlock: method('', () => true),
    ...reading,
    ...writing,
    ...selecting,
  },
};
