import type { Column, ColumnValues } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** Planes (the two fastest axes) of the one array cell that an image keeps its pixels in. */
export interface PlaneStore {
  /** Gives an undefined cell its shape. */
  define(): void;
  read(plane: number): ColumnValues;
  write(plane: number, values: ColumnValues): void;
}

/**
 * Planes of row 0 of a column.
 *
 * @param shape of the cell, slow to fast
 */
export function planeStore(column: Column, shape: readonly number[]): PlaneStore {
  const planeLength = shape[shape.length - 1] * shape[shape.length - 2];
  const planeCount = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const isBool = column.description.type === 'Bool';
  const size = shape.map((length, axis) => (axis < shape.length - 2 ? 1 : length));
  const startOf = (plane: number) => {
    if (plane < 0 || plane >= planeCount) fail('internal', `Plane ${plane} of ${planeCount} was asked for.`);
    const start = shape.map(() => 0);
    let rest = plane;
    for (let axis = shape.length - 3; axis >= 0; axis--) {
      start[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return start;
  };
  return {
    define() {
      column.setShape(0, 1, shape);
    },
    read(plane) {
      return column.getSlice(0, 1, startOf(plane), size);
    },
    write(plane, values) {
      if (values.length !== planeLength || isBool !== values instanceof Uint8Array)
        fail('internal', 'A plane does not fit the image.');
      column.putSlice(0, 1, startOf(plane), size, values);
    },
  };
}
