import type { ColumnLayout } from './storage.ts';
import { OPTION_DIRECT, OPTION_FIXED_SHAPE, type StoredColumn } from './table-dat.ts';
import type { ColumnDescription, ScalarValue, StorageManagerDescription } from './types.ts';

/** Fixed shape of a column, slow to fast. */
function fixedShape(column: StoredColumn): readonly number[] | undefined {
  if (column.isScalar) return undefined;
  if ((column.options & OPTION_FIXED_SHAPE) === 0 && column.fixedShape === undefined) return undefined;
  const shape = column.fixedShape ?? column.shape;
  return shape.length > 0 ? shape.toReversed() : undefined;
}

/** A column of table.dat as storage managers see it. */
export function layoutOf(column: StoredColumn): ColumnLayout {
  return {
    name: column.originalName,
    type: column.type,
    isScalar: column.isScalar,
    isDirect: column.isScalar || (column.options & OPTION_DIRECT) !== 0,
    shape: fixedShape(column),
    axisCount: column.isRecord ? 1 : column.axisCount > 0 ? column.axisCount : undefined,
    maxLength: column.maxLength,
    keywords: column.keywords,
  };
}

/** A column of table.dat as users see it. */
export function describeColumn(column: StoredColumn): ColumnDescription {
  const shape = fixedShape(column);
  return {
    name: column.name,
    type: column.type,
    kind: column.isScalar ? 'scalar' : 'array',
    shape,
    axisCount: shape?.length ?? (column.axisCount > 0 ? column.axisCount : undefined),
    ...(column.isRecord && { isRecord: true }),
    comment: column.comment,
    keywords: column.keywords,
  };
}

/** A new column as table.dat will describe it. */
export function storedColumnOf(
  column: ColumnDescription,
  storage: StorageManagerDescription,
  managerNumber: number,
): StoredColumn {
  const isScalar = column.kind === 'scalar';
  const shape = column.shape?.toReversed() ?? [];
  const isFixed = !isScalar && column.shape !== undefined;
  return {
    name: column.name,
    type: column.type,
    isScalar,
    isRecord: column.isRecord ?? false,
    comment: column.comment ?? '',
    dataManagerType: storage.type,
    dataManagerGroup: storage.name,
    options: isFixed ? OPTION_DIRECT | OPTION_FIXED_SHAPE : 0,
    axisCount: isScalar || column.isRecord ? 0 : (column.shape?.length ?? column.axisCount ?? -1),
    shape,
    maxLength: 0,
    keywords: new Map(column.keywords ?? []),
    defaultValue: defaultOf(column),
    managerNumber,
    originalName: column.name,
    fixedShape: isFixed ? shape : undefined,
  };
}

function defaultOf(column: ColumnDescription): ScalarValue {
  switch (column.type) {
    case 'String':
      return '';
    case 'Bool':
      return false;
    case 'Int64':
      return 0n;
    case 'Complex':
    case 'DComplex':
      return [0, 0];
    default:
      return 0;
  }
}
