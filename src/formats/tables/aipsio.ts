import { fail } from '../../foundation/base/index.ts';
import { ByteBuilder, Cursor } from '../../foundation/bytes/index.ts';
import { decodeText, encodeText } from './text.ts';

/** Begins every outermost object. */
const MAGIC = 0xbebebebe;
const MAX_DEPTH = 64;

interface OpenObject {
  readonly type: string;
  /** First byte after the object; Infinity when the writer could not go back to fill it in. */
  readonly end: number;
}

/**
 * Reads casacore's AipsIO objects: each is a length (bytes, itself included), a type name, a version and a body;
 * the outermost one follows a magic word. Tables use big-endian, data files inside a table its own byte order.
 */
export class AipsReader {
  readonly cursor: Cursor;
  private readonly open: OpenObject[] = [];

  constructor(bytes: Uint8Array, isLittleEndian: boolean, name: string, offset = 0) {
    this.cursor = new Cursor(bytes, isLittleEndian, name, offset);
  }

  /** Type name of the next object; nothing is consumed. */
  peekType(): string {
    const before = this.cursor.offset;
    if (this.open.length === 0) this.magic();
    this.cursor.u32();
    const type = this.string();
    this.cursor.offset = before;
    return type;
  }

  /**
   * Enters the next object and returns its version.
   * @throws bad-format when it is not of the expected type (a name, or a test of the name)
   */
  start(expected: string | ((type: string) => boolean)): number {
    if (this.open.length === 0) this.magic();
    const begin = this.cursor.offset;
    const length = this.cursor.u32();
    const type = this.string();
    const isExpected = typeof expected === 'string' ? type === expected : expected(type);
    if (!isExpected) {
      this.bad(
        `an object of type ${typeof expected === 'string' ? expected : 'as expected'} was due, found "${type}".`,
      );
    }
    const limit = this.open.at(-1)?.end ?? this.cursor.bytes.length;
    const end = length === MAGIC ? limit : begin + length;
    if (end > limit) this.bad(`object ${type} claims ${length} bytes, more than there are.`);
    if (this.open.length >= MAX_DEPTH) this.bad('objects are nested too deeply.');
    this.open.push({ type, end: length === MAGIC ? Number.POSITIVE_INFINITY : end });
    return this.cursor.u32();
  }

  /** Leaves the current object; all of it must have been read. */
  end(): void {
    const object = this.open.pop();
    if (object === undefined) {
      fail('internal', 'AipsReader.end without start.');
      return;
    }
    if (object.end !== Number.POSITIVE_INFINITY && object.end !== this.cursor.offset) {
      this.bad(`object ${object.type} has ${object.end - this.cursor.offset} bytes left over.`);
    }
  }

  bool(): boolean {
    return (this.cursor.u8() & 1) !== 0;
  }

  string(): string {
    const length = this.cursor.u32();
    return decodeText(this.cursor.raw(length));
  }

  /** A 64-bit count or row number; bad-format beyond 2^53. */
  count64(): number {
    const value = this.cursor.i64();
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) this.bad(`the count ${value} is out of range.`);
    return Number(value);
  }

  /** A count of things that take at least `bytesEach` bytes; checked against what is left. */
  count(bytesEach: number): number {
    const value = this.cursor.u32();
    if (value * bytesEach > this.cursor.remaining)
      this.bad(`${value} entries are announced, more than the file holds.`);
    return value;
  }

  /** A Block of 32-bit or 64-bit unsigned numbers. */
  block(width: 4 | 8 = 4): number[] {
    this.start('Block');
    const values: number[] = new Array(this.count(width));
    for (let k = 0; k < values.length; k++) values[k] = width === 4 ? this.cursor.u32() : this.count64();
    this.end();
    return values;
  }

  /** An IPosition: lengths of axes in casacore's order, fast to slow. */
  position(): number[] {
    const version = this.start('IPosition');
    const width = version === 2 ? 8 : 4;
    const axes: number[] = new Array(this.count(width));
    for (let k = 0; k < axes.length; k++) axes[k] = version === 2 ? Number(this.cursor.i64()) : this.cursor.i32();
    this.end();
    return axes;
  }

  bad(sentence: string): never {
    return fail('bad-format', `The table file is damaged: ${sentence}`, {
      file: this.cursor.name,
      byte: this.cursor.offset,
    });
  }

  private magic(): void {
    if (this.cursor.u32() !== MAGIC) this.bad('the AipsIO magic word is missing.');
  }
}

/** The writing twin of {@link AipsReader}. */
export class AipsWriter {
  readonly builder: ByteBuilder;
  private readonly open: number[] = [];

  constructor(isLittleEndian: boolean) {
    this.builder = new ByteBuilder(isLittleEndian);
  }

  start(type: string, version: number): this {
    if (this.open.length === 0) this.builder.u32(MAGIC);
    this.open.push(this.builder.length);
    this.builder.u32(0);
    this.string(type);
    this.builder.u32(version);
    return this;
  }

  end(): this {
    const begin = this.open.pop();
    if (begin === undefined) return fail('internal', 'AipsWriter.end without start.');
    this.builder.patchU32(begin, this.builder.length - begin);
    return this;
  }

  bool(value: boolean): this {
    this.builder.u8(value ? 1 : 0);
    return this;
  }

  string(text: string): this {
    const bytes = encodeText(text);
    this.builder.u32(bytes.length).raw(bytes);
    return this;
  }

  u32(value: number): this {
    this.builder.u32(value);
    return this;
  }

  i32(value: number): this {
    this.builder.i32(value);
    return this;
  }

  u64(value: number): this {
    this.builder.i64(BigInt(value));
    return this;
  }

  block(values: ArrayLike<number>, width: 4 | 8 = 4): this {
    this.start('Block', 1).u32(values.length);
    for (let k = 0; k < values.length; k++) {
      if (width === 4) this.u32(values[k]);
      else this.u64(values[k]);
    }
    return this.end();
  }

  position(axes: readonly number[]): this {
    const isWide = axes.some((length) => length > 0x7fffffff);
    this.start('IPosition', isWide ? 2 : 1).u32(axes.length);
    for (const length of axes) {
      if (isWide) this.builder.i64(BigInt(length));
      else this.i32(length);
    }
    return this.end();
  }

  bytes(): Uint8Array {
    return this.builder.bytes();
  }
}
