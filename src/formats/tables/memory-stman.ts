import { fail } from '../../foundation/base/index.ts';
import {
  type ColumnLayout,
  registerStorageManager,
  type ShapeRun,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
} from './storage.ts';
import type { ColumnValues } from './types.ts';

/** A column that casacore kept in memory only: nothing of it is on disk, so it opens as zeros, or undefined. */
class MemoryColumn implements StorageColumn {
  private readonly layout: ColumnLayout;

  constructor(layout: ColumnLayout) {
    this.layout = layout;
  }

  shapeRun(_row: number, limit: number): ShapeRun {
    return { shape: this.layout.isScalar ? [] : this.layout.shape, count: limit };
  }

  /** Arrays that are made for a read are zero already; those given are cleared. */
  read(_row: number, _count: number, values: ColumnValues, at: number): void {
    if (Array.isArray(values)) values.fill('', at);
    else if (values instanceof BigInt64Array) values.fill(0n, at);
    else values.fill(0, at);
  }

  write(): void {
    refuse();
  }

  setShape(): void {
    refuse();
  }
}

function refuse(): never {
  return fail('unsupported', 'A column in a MemoryStMan is not kept on disk, so it cannot be written.');
}

function openMemory(context: StorageContext): StorageManager {
  const columns = context.columns.map((layout) => new MemoryColumn(layout));
  return {
    name: 'MemoryStMan',
    column: (index) => columns[index],
    addRows() {},
    removeRows() {},
    flush: () => context.blob,
    close() {},
  };
}

registerStorageManager('MemoryStMan', { open: openMemory });
