import { fail } from '../base/index.ts';
import { latin1Text } from './latin1.ts';

/** Reads values one after another from bytes, in either byte order; checks every length against what is there. */
export class Cursor {
  offset: number;
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly isLittleEndian: boolean;
  private readonly view: DataView;

  /**
   * @param bytes what to read
   * @param isLittleEndian byte order of the values
   * @param name for messages, usually the file
   */
  constructor(bytes: Uint8Array, isLittleEndian: boolean, name: string, offset = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.isLittleEndian = isLittleEndian;
    this.name = name;
    this.offset = offset;
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** Moves on by `count` bytes and returns where it was; bad-format when they are not there. */
  take(count: number): number {
    if (count < 0 || count > this.remaining) {
      fail('bad-format', `${count} bytes are announced but only ${this.remaining} are left.`, {
        file: this.name,
        byte: this.offset,
      });
    }
    const at = this.offset;
    this.offset += count;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }
  i16(): number {
    return this.view.getInt16(this.take(2), this.isLittleEndian);
  }
  u16(): number {
    return this.view.getUint16(this.take(2), this.isLittleEndian);
  }
  i32(): number {
    return this.view.getInt32(this.take(4), this.isLittleEndian);
  }
  u32(): number {
    return this.view.getUint32(this.take(4), this.isLittleEndian);
  }
  i64(): bigint {
    return this.view.getBigInt64(this.take(8), this.isLittleEndian);
  }
  f32(): number {
    return this.view.getFloat32(this.take(4), this.isLittleEndian);
  }
  f64(): number {
    return this.view.getFloat64(this.take(8), this.isLittleEndian);
  }
  /** A view (no copy) of the next `count` bytes. */
  raw(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }
  /** `count` bytes as Latin-1 text. */
  text(count: number): string {
    return latin1Text(this.raw(count));
  }
}

/** Grows as values are appended; the writing twin of {@link Cursor}. */
export class ByteBuilder {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  length = 0;
  readonly isLittleEndian: boolean;

  constructor(isLittleEndian: boolean) {
    this.isLittleEndian = isLittleEndian;
  }

  /** Makes room for `count` bytes and returns where they start. */
  reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.buffer.length) {
      const bigger = new Uint8Array(Math.max(this.length, this.buffer.length * 2));
      bigger.set(this.buffer);
      this.buffer = bigger;
      this.view = new DataView(bigger.buffer);
    }
    return at;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
    return this;
  }
  i16(value: number): this {
    const at = this.reserve(2);
    this.view.setInt16(at, value, this.isLittleEndian);
    return this;
  }
  i32(value: number): this {
    const at = this.reserve(4);
    this.view.setInt32(at, value, this.isLittleEndian);
    return this;
  }
  u32(value: number): this {
    const at = this.reserve(4);
    this.view.setUint32(at, value, this.isLittleEndian);
    return this;
  }
  i64(value: bigint): this {
    const at = this.reserve(8);
    this.view.setBigInt64(at, value, this.isLittleEndian);
    return this;
  }
  f32(value: number): this {
    const at = this.reserve(4);
    this.view.setFloat32(at, value, this.isLittleEndian);
    return this;
  }
  f64(value: number): this {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, this.isLittleEndian);
    return this;
  }
  raw(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }
  /** Text as UTF-8 bytes, no length prefix. */
  text(value: string): this {
    return this.raw(new TextEncoder().encode(value));
  }
  /** Overwrites an i32/u32 at `at`. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, this.isLittleEndian);
  }
  /** What was appended so far (a view). */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}
