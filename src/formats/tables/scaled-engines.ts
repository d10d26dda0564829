import { fail } from '../../foundation/base/index.ts';
import { elementCount, makeValues, typeInfo } from './data-types.ts';
import { scalarAt } from './records.ts';
import {
  type ColumnLayout,
  registerStorageManager,
  type ShapeRun,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
} from './storage.ts';
import type { ColumnValues, ScalarValue } from './types.ts';

/** Turns stored numbers of one cell into values: `count` values from `stored`, into `values` from element `at`. */
type Unpack = (
  stored: ColumnValues,
  count: number,
  scale: number,
  offset: number,
  values: ColumnValues,
  at: number,
) => void;

/** The stored number that stands for "not a number". */
const NOT_A_NUMBER = -32_768;

/** A column whose values are those of another one, scaled; casacore's engines CompressFloat, CompressComplex, ScaledArrayEngine. */
class ScaledColumn implements StorageColumn {
  private readonly context: StorageContext;
  private readonly layout: ColumnLayout;
  private readonly prefix: string;
  private readonly unpack: Unpack;

  constructor(context: StorageContext, layout: ColumnLayout, prefix: string, unpack: Unpack) {
    this.context = context;
    this.layout = layout;
    this.prefix = prefix;
    this.unpack = unpack;
  }

  shapeRun(row: number, limit: number): ShapeRun {
    return this.context.storedColumn(this.storedName).shapeRun(row, limit);
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const source = this.context.layoutOf(this.storedName);
    const cells = this.context.storedColumn(this.storedName);
    const shape = cells.shapeRun(row, 1).shape ?? [];
    const each = elementCount(shape);
    const stored = makeValues(source.type, each);
    const step = each * typeInfo(this.layout.type).units;
    for (let k = 0; k < count; k++) {
      cells.read(row + k, 1, stored, 0);
      const scale = this.factor('Scale', row + k);
      this.unpack(stored, each, scale, this.factor('Offset', row + k), values, at + k * step);
    }
  }

  write(): void {
    this.refuse();
  }

  setShape(): void {
    this.refuse();
  }

  private get storedName(): string {
    return String(this.keyword('_BaseMappedArrayEngine_Name') ?? '');
  }

  /** Scale or offset: fixed in a keyword, or in a column of its own. */
  private factor(kind: 'Scale' | 'Offset', row: number): number {
    const isFixed = this.keyword(`${this.prefix}_Fixed`) ?? this.keyword(`${this.prefix}_Fixed${kind}`);
    if (isFixed) return real(this.keyword(`${this.prefix}_${kind}`) ?? Number(kind === 'Scale'));
    const name = String(this.keyword(`${this.prefix}_${kind}Name`) ?? '');
    const { type } = this.context.layoutOf(name);
    const one = makeValues(type, 1);
    this.context.storedColumn(name).read(row, 1, one, 0);
    return real(scalarAt(one, type, 0));
  }

  private keyword(name: string): ScalarValue | undefined {
    const value = this.layout.keywords.get(name);
    return value && 'value' in value ? value.value : undefined;
  }

  private refuse(): never {
    return fail(
      'unsupported',
      `Column ${this.layout.name} is computed from ${this.storedName}; it can be read but not written.`,
    );
  }
}

function real(value: ScalarValue): number {
  return Array.isArray(value) ? Number(value[0]) : Number(value);
}

const unpackFloat: Unpack = (stored, count, scale, offset, values, at) => {
  const [factor, shift] = [Math.fround(scale), Math.fround(offset)];
  for (let k = 0; k < count; k++) {
    const number = stored[k] as number;
    values[at + k] = number === NOT_A_NUMBER ? Number.NaN : Math.fround(number * factor) + shift;
  }
};

/** Real part in the upper 16 bits, imaginary part in the lower; -32768 in the upper is not a number. */
const unpackComplex: Unpack = (stored, count, scale, offset, values, at) => {
  const [factor, shift] = [Math.fround(scale), Math.fround(offset)];
  for (let k = 0; k < count; k++) setPair(values, at + 2 * k, stored[k] as number, factor, shift);
};

function setPair(values: ColumnValues, at: number, number: number, factor: number, shift: number, lostBits = 0): void {
  let re = Math.trunc(number / 65_536);
  if (re === NOT_A_NUMBER) {
    values[at] = Number.NaN;
    values[at + 1] = Number.NaN;
    return;
  }
  let im = number - re * 65_536;
  if (im < -32_768) {
    re -= 1;
    im += 65_536;
  } else if (im >= 32_768) {
    re += 1;
    im -= 65_536;
  }
  values[at] = Math.fround(re * factor) + shift;
  values[at + 1] = Math.fround((im >> lostBits) * 2 ** lostBits * factor) + shift;
}

/** Single dish: an even number is a real one of 31 bits; an odd one has an imaginary part, with one bit less. */
const unpackSingleDish: Unpack = (stored, count, scale, offset, values, at) => {
  const [factor, shift] = [Math.fround(scale), Math.fround(offset)];
  const fullScale = Math.fround(factor / 32_768);
  for (let k = 0; k < count; k++) {
    const number = stored[k] as number;
    if ((number & 1) === 0) {
      values[at + 2 * k] = Math.fround((number >> 1) * fullScale) + shift;
      values[at + 2 * k + 1] = 0;
    } else setPair(values, at + 2 * k, number, factor, shift, 1);
  }
};

const unpackScaled: Unpack = (stored, count, scale, offset, values, at) => {
  for (let k = 0; k < count; k++) values[at + k] = (stored[k] as number) * scale + offset;
};

function registerEngine(type: string, prefix: string, unpack: Unpack): void {
  registerStorageManager(type, {
    open: (context): StorageManager => {
      const columns = context.columns.map((layout) => new ScaledColumn(context, layout, prefix, unpack));
      return {
        name: type,
        column: (index) => columns[index],
        addRows() {},
        removeRows() {},
        flush: () => context.blob,
        close() {},
      };
    },
  });
}

registerEngine('CompressFloat', '_CompressFloat', unpackFloat);
registerEngine('CompressComplex', '_CompressComplex', unpackComplex);
registerEngine('CompressComplexSD', '_CompressComplex', unpackSingleDish);
registerEngine('ScaledArrayEngine', '_ScaledArrayEngine', unpackScaled);
