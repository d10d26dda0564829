import { elementCount, makeValues } from './data-types.ts';
import type { ColumnLayout, StorageColumn } from './storage.ts';

/** Cells are copied this many at a time, of arrays as many as hold so many values. */
const CELLS = 16_384;
const VALUES = 1_048_576;

/** Copies the defined cells of a column to another of the same kind, which has as many rows. */
export function copyCells(from: StorageColumn, to: StorageColumn, layout: ColumnLayout, rowCount: number): void {
  for (let row = 0; row < rowCount; ) {
    const run = layout.isScalar
      ? { shape: [], count: Math.min(CELLS, rowCount - row) }
      : from.shapeRun(row, Math.min(CELLS, rowCount - row));
    const { shape } = run;
    const each = shape ? elementCount(shape) : 0;
    const count = shape ? Math.max(1, Math.min(run.count, Math.floor(VALUES / Math.max(1, each)))) : run.count;
    if (shape) {
      if (!layout.isScalar) to.setShape(row, count, shape);
      const values = makeValues(layout.type, count * each);
      from.read(row, count, values, 0);
      to.write(row, count, values, 0);
    }
    row += count;
  }
}
