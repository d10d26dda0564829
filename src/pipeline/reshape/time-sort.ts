import { type CreateMsOptions, createMs, type MeasurementSet, openMs, stepRows } from '../../astronomy/ms/index.ts';
import type { Table } from '../../formats/tables/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

const BYTES_PER_PIECE = 16 * 1024 * 1024;

/**
 * Sorts the rows of an MS by TIME; rows of one time stay in their order, as CASA's timesort leaves them.
 *
 * @param options with which the MS was made
 */
export function sortByTime(context: Context, path: string, options: CreateMsOptions): void {
  const ms = openMs(path);
  const order = timeOrder(ms);
  if (order.every((row, place) => row === place)) {
    ms.close();
    return;
  }
  const sortedPath = `${path}.sorted`;
  disk().remove(sortedPath);
  const sorted = createMs(sortedPath, { ...options, subtables: [], rowCount: order.length });
  for (const name of ms.main.columnNames) {
    context.checkAbort();
    copyOrdered(ms.main, sorted.main, name, order);
  }
  const { subtableNames } = ms;
  ms.close();
  for (const name of subtableNames) {
    disk().rename(joinPath(path, name), joinPath(sortedPath, name));
    sorted.linkSubtable(name);
  }
  sorted.close();
  disk().remove(path);
  disk().rename(sortedPath, path);
}

function timeOrder(ms: MeasurementSet): Uint32Array {
  const times = new Float64Array(ms.main.rowCount);
  for (const { start, values } of stepRows(ms.main, ['TIME'])) times.set(values.TIME as Float64Array, start);
  const order = Uint32Array.from(times.keys());
  return order.sort((one, other) => times[one] - times[other] || one - other);
}

function copyOrdered(from: Table, to: Table, name: string, order: Uint32Array): void {
  const [source, sink] = [from.column(name), to.column(name)];
  const isScalar = source.description.kind === 'scalar';
  for (let first = 0; first < order.length; ) {
    const row = order[first];
    const shape = isScalar ? undefined : source.cellShape(row);
    const bytes = 8 * (shape?.reduce((product, length) => product * length, 1) ?? 1);
    const limit = Math.max(1, Math.floor(BYTES_PER_PIECE / Math.max(1, bytes)));
    let end = first + 1;
    while (end < order.length && end - first < limit && order[end] === order[end - 1] + 1) {
      if (!isScalar && String(source.cellShape(order[end])) !== String(shape)) break;
      end++;
    }
    if (isScalar) sink.putRange(first, end - first, source.getRange(row, end - first));
    else if (shape) sink.putRange(first, end - first, source.getRange(row, end - first), shape);
    first = end;
  }
}
