import { fail, type Place } from '../../foundation/base/index.ts';
import { nsToMjdSeconds } from './identifiers.ts';
import type { ColumnSchema } from './schema.ts';
import { type AsdmArray, type AsdmArrayValues, type AsdmValue, allocateValues, valuesPerElement } from './values.ts';

/**
 * All cells of one column in few typed arrays.
 *
 * `values` holds scalars (or all arrays, one after another): Int32Array for int and tag, BigInt64Array for long and
 * times (timespans as midpoint, duration pairs), Float32Array, Float64Array (complex as re, im pairs), Uint8Array for
 * truth values, and for texts Int32Array indices into `dictionary`.
 */
export interface AsdmColumn {
  readonly schema: ColumnSchema;
  readonly rowCount: number;
  /** 1 where the row has this cell, [row]. */
  readonly present: Uint8Array;
  readonly values: Int32Array | Float32Array | Float64Array | BigInt64Array | Uint8Array;
  /** Distinct texts, for string, enum, entity and text columns. */
  readonly dictionary: readonly string[];
  /** Where each row's values start in `values`, in elements, [row + 1]; for arrays only. */
  readonly starts?: Float64Array;
  /** Array cell with its shape; undefined when absent. */
  array(row: number): AsdmArray | undefined;
  /** The cell as a row object would hold it. */
  cell(row: number): AsdmValue | undefined;
  /** Table that a tag refers to. */
  tagTable(row: number): string;
  /** Texts, [row]; '' where absent. */
  texts(): string[];
  /** Times as MJD seconds UTC, [row]; a timespan gives its midpoint; NaN where absent. */
  mjdSeconds(): Float64Array;
}

/** Gathers the cells of one column, row after row. */
export class ColumnBuilder {
  readonly schema: ColumnSchema;
  private values: AsdmColumn['values'];
  private length = 0;
  private readonly present: number[] = [];
  private readonly starts: number[] = [0];
  private readonly shapes: (readonly number[] | undefined)[] = [];
  private readonly words = new Map<string, number>();
  private readonly tagTables: string[] = [];
  private readonly place: Place;

  constructor(schema: ColumnSchema, place: Place) {
    this.schema = schema;
    this.place = place;
    this.values = allocateStore(schema, 16);
  }

  /** Adds the next row's cell; `rowIndex` is its row, so rows without the cell may be skipped before. */
  append(value: AsdmValue | undefined, rowIndex: number): void {
    while (this.present.length < rowIndex) this.push(undefined);
    this.push(value);
  }

  finish(rowCount: number): AsdmColumn {
    while (this.present.length < rowCount) this.push(undefined);
    return new BuiltColumn(this.schema, {
      place: this.place,
      present: Uint8Array.from(this.present),
      values: this.values.slice(0, this.length),
      dictionary: [...this.words.keys()],
      starts: Float64Array.from(this.starts),
      shapes: this.shapes,
      tagTables: this.tagTables,
    });
  }

  private push(value: AsdmValue | undefined): void {
    this.present.push(value === undefined ? 0 : 1);
    if (this.schema.axisCount > 0) this.pushArray(value as AsdmArray | undefined);
    else this.pushScalar(value);
  }

  private pushArray(value: AsdmArray | undefined): void {
    this.shapes.push(value?.shape);
    if (value) {
      const count = value.values.length;
      const at = this.reserve(count);
      if (Array.isArray(value.values)) for (let k = 0; k < count; k++) this.values[at + k] = this.word(value.values[k]);
      else (this.values as Float64Array).set(value.values as Float64Array, at);
      if (value.tagTable !== undefined) this.tagTables[this.present.length - 1] = value.tagTable;
    }
    this.starts.push(this.length);
  }

  private pushScalar(value: AsdmValue | undefined): void {
    const width = valuesPerElement(this.schema.type);
    const at = this.reserve(width);
    if (value === undefined) return;
    if (typeof value === 'string') this.values[at] = this.word(value);
    else if (typeof value === 'boolean') this.values[at] = value ? 1 : 0;
    else if (typeof value === 'object' && 'table' in value) {
      this.values[at] = value.id;
      this.tagTables[this.present.length - 1] = value.table;
    } else if (typeof value === 'object' && 'midNs' in value) {
      (this.values as BigInt64Array).set([value.midNs, value.durationNs], at);
    } else if (Array.isArray(value)) (this.values as Float64Array).set(value as number[], at);
    else this.values[at] = value as number & bigint;
  }

  private word(text: string): number {
    const known = this.words.get(text);
    if (known !== undefined) return known;
    this.words.set(text, this.words.size);
    return this.words.size - 1;
  }

  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.values.length) {
      const bigger = allocateStore(this.schema, Math.max(this.length, 2 * this.values.length));
      (bigger as Float64Array).set(this.values as Float64Array);
      this.values = bigger;
    }
    return at;
  }
}

interface ColumnParts {
  readonly place: Place;
  readonly present: Uint8Array;
  readonly values: AsdmColumn['values'];
  readonly dictionary: readonly string[];
  readonly starts: Float64Array;
  readonly shapes: readonly (readonly number[] | undefined)[];
  readonly tagTables: readonly string[];
}

class BuiltColumn implements AsdmColumn {
  readonly schema: ColumnSchema;
  private readonly parts: ColumnParts;

  constructor(schema: ColumnSchema, parts: ColumnParts) {
    this.schema = schema;
    this.parts = parts;
  }

  get rowCount(): number {
    return this.parts.present.length;
  }
  get present(): Uint8Array {
    return this.parts.present;
  }
  get values(): AsdmColumn['values'] {
    return this.parts.values;
  }
  get dictionary(): readonly string[] {
    return this.parts.dictionary;
  }
  get starts(): Float64Array | undefined {
    return this.schema.axisCount > 0 ? this.parts.starts : undefined;
  }

  array(row: number): AsdmArray | undefined {
    const shape = this.parts.shapes[row];
    if (!shape) return undefined;
    const slice = this.values.subarray(this.parts.starts[row], this.parts.starts[row + 1]);
    const tagTable = this.parts.tagTables[row];
    const values: AsdmArrayValues = this.isText
      ? Array.from(slice as Int32Array, (index) => this.dictionary[index])
      : (slice as Float64Array);
    return tagTable === undefined ? { shape, values } : { shape, values, tagTable };
  }

  cell(row: number): AsdmValue | undefined {
    if (this.present[row] !== 1) return undefined;
    if (this.schema.axisCount > 0) return this.array(row);
    const { values } = this;
    if (this.isText) return this.dictionary[values[row] as number];
    switch (this.schema.type) {
      case 'bool':
        return values[row] === 1;
      case 'tag':
        return { table: this.tagTable(row), id: values[row] as number };
      case 'timespan':
        return { midNs: values[2 * row] as bigint, durationNs: values[2 * row + 1] as bigint };
      case 'complex':
        return [values[2 * row] as number, values[2 * row + 1] as number];
      default:
        return values[row];
    }
  }

  tagTable(row: number): string {
    return (
      this.parts.tagTables[row] ??
      fail('missing', 'The row has no identifier here.', { ...this.parts.place, column: this.schema.name, row })
    );
  }

  texts(): string[] {
    if (!this.isText || this.schema.axisCount > 0) return this.refuse('texts');
    return Array.from(this.present, (isPresent, row) =>
      isPresent ? this.dictionary[(this.values as Int32Array)[row]] : '',
    );
  }

  mjdSeconds(): Float64Array {
    const { values } = this;
    if (!(values instanceof BigInt64Array) || this.schema.axisCount > 0) return this.refuse('times');
    const width = valuesPerElement(this.schema.type);
    return Float64Array.from(this.present, (isPresent, row) =>
      isPresent ? nsToMjdSeconds(values[width * row]) : Number.NaN,
    );
  }

  private get isText(): boolean {
    return isTextType(this.schema);
  }

  private refuse(expected: string): never {
    return fail('bad-format', `The column does not hold ${expected}.`, {
      ...this.parts.place,
      column: this.schema.name,
    });
  }
}

function isTextType({ type }: ColumnSchema): boolean {
  return type === 'string' || type === 'enum' || type === 'entity' || type === 'text';
}

function allocateStore(schema: ColumnSchema, count: number): AsdmColumn['values'] {
  if (isTextType(schema)) return new Int32Array(count);
  return allocateValues(schema.type, count) as AsdmColumn['values'];
}
