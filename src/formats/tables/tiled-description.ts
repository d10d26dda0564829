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

/** Names of coordinate and identifier columns of the hypercolumns, whose values are not in the tiles. */
export function coordinateNames(context: StorageContext): Set<string> {
  const names = new Set<string>();
  for (const [key, keyword] of context.privateKeywords) {
    if (!key.startsWith('Hypercolumn_') || keyword.type !== 'Record') continue;
    for (const field of ['HCcoordnames', 'HCidnames']) {
      const list = keyword.record.get(field);
      if (list && 'array' in list && list.type === 'String')
        for (const name of list.array.values as string[]) names.add(name);
    }
  }
  return names;
}
