import { fail } from '../../foundation/base/index.ts';
import type { ColumnLayout, StorageContext } from './storage.ts';
import type { TiledType } from './tiled-header.ts';

/** Axes of a cell, the same for all columns. */
export function checkColumns(type: TiledType, columns: readonly ColumnLayout[], name: string): number {
  let axes: number | undefined;
  for (const layout of columns) {
    const own = layout.isScalar ? 0 : (layout.shape?.length ?? layout.axisCount);
    if (own === undefined || layout.type === 'String') {
      fail('usage', `${type} ${name}: column ${layout.name} must have a fixed number of axes and no texts.`, {
        column: layout.name,
      });
    }
    if (axes !== undefined && axes !== own) {
      fail('usage', `${type} ${name}: its columns differ in their number of axes.`, { column: layout.name });
    }
    if (type === 'TiledColumnStMan' && !layout.isScalar && layout.shape === undefined) {
      fail('usage', `TiledColumnStMan ${name}: column ${layout.name} needs a fixed shape.`, { column: layout.name });
    }
    if (type !== 'TiledColumnStMan' && layout.isScalar)
      fail('usage', `${type} takes no scalar columns.`, { column: layout.name });
    axes = own;
  }
  return axes ?? fail('usage', `${type} ${name} has no columns.`);
}

/**
 * Indices of the columns whose values lie in the tiles: all but coordinate and identifier columns, in the order in which a
 * hypercolumn names them, else in that of the table.
 */
export function dataColumnsOf({ columns, privateKeywords }: StorageContext): number[] {
  const [data, others]: string[][] = [[], []];
  for (const [key, keyword] of privateKeywords) {
    if (!key.startsWith('Hypercolumn_') || keyword.type !== 'Record') continue;
    for (const field of ['data', 'coord', 'id']) {
      const list = keyword.record.get(field);
      if (list && 'array' in list && list.type === 'String')
        (field === 'data' ? data : others).push(...(list.array.values as string[]));
    }
  }
  const rank = ({ name }: ColumnLayout) => (data.includes(name) ? data.indexOf(name) : data.length);
  return [...columns.keys()]
    .filter((column) => !others.includes(columns[column].name))
    .sort((one, other) => rank(columns[one]) - rank(columns[other]) || one - other);
}
