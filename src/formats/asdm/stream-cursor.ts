import { fail, type Place } from '../../foundation/base/index.ts';
import { type ByteSource, latin1Text } from '../../foundation/bytes/index.ts';

const WINDOW_BYTES = 1 << 18;

/** Reads values one after another from a file of any size through a window; every length is checked against the file. */
export class StreamCursor {
  offset: number;
  private readonly source: ByteSource;
  private readonly isLittleEndian: boolean;
  private buffer = new Uint8Array(WINDOW_BYTES);
  private view = new DataView(this.buffer.buffer);
  private windowStart = 0;
  private windowLength = 0;

  constructor(source: ByteSource, offset: number, isLittleEndian: boolean) {
    this.source = source;
    this.offset = offset;
    this.isLittleEndian = isLittleEndian;
  }

  get remaining(): number {
    return this.source.length - this.offset;
  }

  place(): Place {
    return { file: this.source.name, byte: this.offset };
  }

  /** Fails unless `count` bytes are left. */
  require(count: number, what = 'A value'): void {
    if (!(count >= 0 && count <= this.remaining)) {
      fail('bad-format', `${what} needs ${count} bytes but only ${this.remaining} are left.`, this.place());
    }
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }
  i32(): number {
    return this.view.getInt32(this.take(4), this.isLittleEndian);
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

  /** An i32 that is a length: not negative, not above `limit`. */
  length(limit: number): number {
    const value = this.i32();
    if (value < 0 || value > limit) {
      fail('bad-format', `A length of ${value} cannot be true here; the file is damaged or cut short.`, {
        file: this.source.name,
        byte: this.offset - 4,
      });
    }
    return value;
  }

  /** True when the next bytes are this text, or nothing is left; does not move. */
  startsWith(text: string): boolean {
    if (this.remaining < text.length) return true;
    const found = this.text(text.length);
    this.offset -= text.length;
    return found === text;
  }

  /** `count` bytes as Latin-1 text. */
  text(count: number): string {
    const at = this.take(count);
    return latin1Text(this.buffer.subarray(at, at + count));
  }

  /** Brings `count` bytes into the window and returns where in it they are. */
  private take(count: number): number {
    if (this.offset < this.windowStart || this.offset + count > this.windowStart + this.windowLength) this.fill(count);
    const at = this.offset - this.windowStart;
    this.offset += count;
    return at;
  }

  private fill(count: number): void {
    this.require(count);
    if (count > this.buffer.length) {
      this.buffer = new Uint8Array(count);
      this.view = new DataView(this.buffer.buffer);
    }
    this.windowStart = this.offset;
    this.windowLength = Math.min(this.buffer.length, this.remaining);
    this.source.read(this.windowStart, this.buffer.subarray(0, this.windowLength));
  }
}
