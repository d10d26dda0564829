import { fail } from '../../foundation/base/index.ts';
import { typeInfo } from './data-types.ts';
import type { ColumnLayout, ShapeRun, StorageColumn } from './storage.ts';
import type { TiledHost } from './tiled-column.ts';
import type { ColumnValues, KeywordValue } from './types.ts';

/**
 * A column of coordinates or identifiers of hypercubes: its values lie in the header, a vector along an axis of each cube. Arrays are
 * the whole vector, scalars its value at the row, or the one value of the cube. They are only read.
 */
export class TiledCoordinate implements StorageColumn {
  private readonly host: TiledHost;
  private readonly layout: ColumnLayout;

  constructor(host: TiledHost, layout: ColumnLayout) {
    this.host = host;
    this.layout = layout;
  }

  shapeRun(row: number, limit: number): ShapeRun {
    if (this.layout.isScalar) return { shape: [], count: limit };
    const { cube, count } = this.host.locate(row, limit);
    const value = cube?.values.get(this.layout.name);
    return { shape: value && 'array' in value ? value.array.shape : undefined, count };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const { units } = typeInfo(this.layout.type);
    const target = values as { [index: number]: unknown };
    for (let done = 0, next = at; done < count; ) {
      const { cube, position, count: rows } = this.host.locate(row + done, count - done);
      const value = cube?.values.get(this.layout.name);
      const stored = elementsOf(value);
      const isPerRow = this.layout.isScalar && value !== undefined && 'array' in value;
      const part = this.layout.isScalar ? units : stored.length;
      if (isPerRow && (position + rows) * units > stored.length) {
        const { file } = this.host.context;
        fail('bad-format', `The coordinate ${this.layout.name} of a hypercube ends before its rows.`, { file, row });
      }
      for (let k = 0; k < rows; k++) {
        const first = isPerRow ? (position + k) * units : 0;
        for (let unit = 0; unit < part; unit++) target[next++] = stored[first + unit] ?? 0;
      }
      done += rows;
    }
  }

  write(): void {
    this.refuse();
  }

  setShape(): void {
    this.refuse();
  }

  private refuse(): never {
    return fail('unsupported', `Column ${this.layout.name} is a coordinate of a hypercube, which is only read.`);
  }
}

function elementsOf(value: KeywordValue | undefined): ArrayLike<unknown> {
  if (!value) return [];
  if ('array' in value) return value.array.values as ArrayLike<unknown>;
  if (!('value' in value)) return [];
  return typeof value.value === 'object' ? (value.value as unknown as ArrayLike<unknown>) : [value.value];
}
