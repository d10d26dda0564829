import { fail, type Place } from '../../foundation/base/index.ts';
import { nsToMjdSeconds } from './identifiers.ts';
import type { ArrayTimeInterval, AsdmArray, AsdmValue } from './values.ts';

/** One row of a table: a plain object of its cells, and getters that check what is there. */
export class AsdmRow {
  /** Cells by column name; an absent optional cell is missing. */
  readonly values: Readonly<Record<string, AsdmValue>>;
  readonly index: number;
  private readonly place: Place;

  constructor(values: Readonly<Record<string, AsdmValue>>, index: number, place: Place) {
    this.values = values;
    this.index = index;
    this.place = place;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  /** A number; 64-bit integers are converted. */
  number(name: string): number {
    const value = this.get(name);
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    return this.refuse(name, 'a number');
  }

  /** A text, enumeration word or entity UID. */
  text(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' ? value : this.refuse(name, 'a text');
  }

  bool(name: string): boolean {
    const value = this.get(name);
    return typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  /** The number in a tag: 3 of `Antenna_3`. */
  id(name: string): number {
    const value = this.get(name);
    return typeof value === 'object' && 'table' in value ? value.id : this.refuse(name, 'a row identifier');
  }

  /** A time (since MJD 0, UTC) or an interval, in ns. */
  ns(name: string): bigint {
    const value = this.get(name);
    return typeof value === 'bigint' ? value : this.refuse(name, 'a time');
  }

  /** A time in MJD seconds UTC. */
  mjdSeconds(name: string): number {
    return nsToMjdSeconds(this.ns(name));
  }

  span(name: string): ArrayTimeInterval {
    const value = this.get(name);
    return typeof value === 'object' && 'midNs' in value ? value : this.refuse(name, 'a time interval');
  }

  array(name: string): AsdmArray {
    const value = this.get(name);
    return typeof value === 'object' && 'shape' in value ? value : this.refuse(name, 'an array');
  }

  /** Values of a numeric array, first axis slowest, as doubles; times lose what a double cannot hold. */
  numbers(name: string): Float64Array {
    const { values } = this.array(name);
    if (values instanceof Float64Array) return values;
    if (values instanceof BigInt64Array) return Float64Array.from(values, Number);
    return Array.isArray(values) ? this.refuse(name, 'an array of numbers') : Float64Array.from(values);
  }

  /** Integers, or the numbers in an array of tags. */
  integers(name: string): Int32Array {
    const { values } = this.array(name);
    return values instanceof Int32Array ? values : this.refuse(name, 'an array of integers or row identifiers');
  }

  /** Texts of an array of strings or enumeration words. */
  texts(name: string): readonly string[] {
    const { values } = this.array(name);
    return Array.isArray(values) ? values : this.refuse(name, 'a list of texts');
  }

  private get(name: string): AsdmValue {
    return (
      this.values[name] ??
      fail('missing', `The row lacks the column ${name}.`, { ...this.place, column: name, row: this.index })
    );
  }

  private refuse(name: string, expected: string): never {
    return fail('bad-format', `The column ${name} does not hold ${expected}.`, {
      ...this.place,
      column: name,
      row: this.index,
    });
  }
}

/** Cells of one row as they come from a file, in the order of the columns. */
export interface DecodedRow {
  readonly values: Record<string, AsdmValue>;
  /** Byte in the file where the row starts. */
  readonly byte: number;
}
