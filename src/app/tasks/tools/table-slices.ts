import { fail } from '../../../foundation/base/index.ts';
import { arrayReply, flattenNested } from '../table-values.ts';
import { method, numberArgument, type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { numberList } from './reply-values.ts';
import { intList, opened, type TableState } from './table-state.ts';
import type { TableView } from './table-view.ts';

/** Bounds of a part of a cell, in CASA's order of axes; -1 means the end of an axis. */
function sliceOf(cell: readonly number[], args: Record<string, TaskValue>) {
  const outer = [...cell].reverse();
  const given = (name: string) => numberList(args[name], name);
  const [blc, trc, incr] = ['blc', 'trc', 'incr'].map(given);
  const first = outer.map((_, axis) => Math.max(0, blc[axis] ?? 0));
  const last = outer.map((size, axis) => ((trc[axis] ?? -1) < 0 ? size - 1 : trc[axis]));
  if (incr.some((step) => step !== 1)) fail('unsupported', 'Slices of cells: only incr=[1] is available.');
  if (outer.some((size, axis) => first[axis] > last[axis] || last[axis] >= size))
    fail('usage', `The slice [${blc}] to [${trc}] does not fit the cell, which is [${outer}].`);
  const size = first.map((from, axis) => last[axis] - from + 1);
  return { from: first.reverse(), size: size.reverse() };
}

/** tb: parts of the arrays in cells. */
export const sliceMethods: Readonly<Record<string, ToolMethod<TableState>>> = {
  getcellslice: method<TableState>('columnname, rownr, blc, trc, incr=[1]', (state, args) => {
    const view = opened(state);
    const column = view.table.column(textArgument(args, 'columnname'));
    const [row] = view.baseRows(intList(args.rownr));
    const { from, size } = sliceOf(column.cellShape(row) ?? [], args);
    return arrayReply(column.description.type, size, column.getSlice(row, 1, from, size));
  }),
  getcolslice: method<TableState>('columnname, blc, trc, incr=[1], startrow=0, nrow=-1, rowincr=1', (state, args) => {
    const view = opened(state);
    const column = view.table.column(textArgument(args, 'columnname'));
    const all = view.rowNumbersBase();
    const [start, count] = [numberArgument(args, 'startrow'), numberArgument(args, 'nrow')];
    if (args.rowincr !== 1) fail('unsupported', 'tb.getcolslice(): only rowincr=1 is available.');
    const rows = all.slice(start, count < 0 ? undefined : start + count);
    if (rows.some((row, index) => row !== rows[0] + index))
      fail(
        'unsupported',
        'tb.getcolslice(): the rows must follow each other in the table; read them one by one with getcellslice.',
      );
    if (rows.length === 0) return arrayReply(column.description.type, [0], new Float64Array(0));
    const { from, size } = sliceOf(column.cellShape(rows[0]) ?? [], args);
    return arrayReply(
      column.description.type,
      [rows.length, ...size],
      column.getSlice(rows[0], rows.length, from, size),
    );
  }),
  putcellslice: method<TableState>('columnname, rownr, value, blc, trc, incr=[1]', (state, args) => {
    const view = opened(state);
    for (const row of intList(args.rownr)) putSlice(view, args, view.baseRows(Int32Array.of(row)), false);
    return true;
  }),
  putcolslice: method<TableState>(
    'columnname, value, blc, trc, incr=[1], startrow=0, nrow=-1, rowincr=1',
    (state, args) => {
      const view = opened(state);
      const [start, count, step] = ['startrow', 'nrow', 'rowincr'].map((name) => numberArgument(args, name));
      const every = view.rowNumbersBase().subarray(start);
      const strided = every.filter((_, at) => at % Math.max(1, step) === 0);
      putSlice(view, args, count < 0 ? strided : strided.subarray(0, count), true);
      return true;
    },
  ),
};

/** Writes a box of the cells of some rows. @param hasRows the values have an axis of rows, the last as scripts see it */
function putSlice(view: TableView, args: Record<string, TaskValue>, rows: Int32Array, hasRows: boolean): void {
  const column = view.table.column(textArgument(args, 'columnname'));
  const { shape, values } = flattenNested(args.value, column.description.type);
  if (rows.length === 0) return;
  const { from, size } = sliceOf(column.cellShape(rows[0]) ?? [], args);
  const wanted = hasRows ? [rows.length, ...size] : size;
  if (shape.join() !== wanted.join())
    fail('usage', `The values are [${[...shape].reverse()}], the slice is [${[...wanted].reverse()}].`);
  const width = values.length / rows.length;
  rows.forEach((row, at) => {
    column.putSlice(row, 1, from, size, values.slice(at * width, (at + 1) * width) as typeof values);
  });
}
