import { fail } from '../../foundation/base/index.ts';
import { hostIsLittleEndian } from '../../foundation/bytes/index.ts';
import type { ColumnValues } from './types.ts';

/** The bytes under a typed array (a view). */
export function bytesUnder(values: ColumnValues): Uint8Array {
  if (Array.isArray(values)) return fail('internal', 'Texts have no bytes under them.');
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Reverses each 2-, 4- or 8-byte number in place when the stored order is not the host's. */
export function toHostOrder(bytes: Uint8Array, width: number, isLittleEndian: boolean): void {
  if (width === 1 || isLittleEndian === hostIsLittleEndian) return;
  if (bytes.byteOffset % width !== 0) {
    swapSlowly(bytes, width);
    return;
  }
  const count = Math.floor(bytes.length / width);
  if (width === 4) swap32(new Uint32Array(bytes.buffer, bytes.byteOffset, count));
  else if (width === 2) swap16(new Uint16Array(bytes.buffer, bytes.byteOffset, count));
  else if (bytes.byteOffset % 4 === 0) swap64(new Uint32Array(bytes.buffer, bytes.byteOffset, 2 * count));
}

function swap16(words: Uint16Array): void {
  for (let k = 0; k < words.length; k++) {
    const word = words[k];
    words[k] = (word << 8) | (word >>> 8);
  }
}

function reversed(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

function swap32(words: Uint32Array): void {
  for (let k = 0; k < words.length; k++) words[k] = reversed(words[k]);
}

function swap64(words: Uint32Array): void {
  for (let k = 0; k + 1 < words.length; k += 2) {
    const first = reversed(words[k]);
    words[k] = reversed(words[k + 1]);
    words[k + 1] = first;
  }
}

function swapSlowly(bytes: Uint8Array, width: number): void {
  for (let start = 0; start + width <= bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
}

/** For each byte of eight packed truth values, lowest bit first: its eight bytes as two 32-bit words. */
const expanded = new Uint32Array(512);
for (let byte = 0; byte < 256; byte++) {
  const eight = new Uint8Array(expanded.buffer, byte * 8, 8);
  for (let bit = 0; bit < 8; bit++) eight[bit] = (byte >>> bit) & 1;
}

/**
 * Unpacks truth values that are stored one bit each, lowest bit of a byte first.
 *
 * @param packed source; @param firstBit bit to begin with
 * @param flags target of 0/1 bytes; @param at first target index; @param count how many
 */
export function unpackBits(packed: Uint8Array, firstBit: number, flags: Uint8Array, at: number, count: number): void {
  let done = 0;
  const bitAt = (bit: number) => (packed[bit >>> 3] >>> (bit & 7)) & 1;
  while (done < count && ((firstBit + done) & 7) !== 0) {
    flags[at + done] = bitAt(firstBit + done);
    done++;
  }
  const whole = (count - done) >>> 3;
  let source = (firstBit + done) >>> 3;
  if (((flags.byteOffset + at + done) & 3) === 0) {
    const words = new Uint32Array(flags.buffer, flags.byteOffset + at + done, whole * 2);
    for (let k = 0; k < whole; k++, source++) {
      const byte = packed[source] << 1;
      words[2 * k] = expanded[byte];
      words[2 * k + 1] = expanded[byte + 1];
    }
  } else {
    let target = at + done;
    for (let k = 0; k < whole; k++, source++) {
      const byte = packed[source];
      for (let bit = 0; bit < 8; bit++) flags[target++] = (byte >>> bit) & 1;
    }
  }
  for (done += whole * 8; done < count; done++) flags[at + done] = bitAt(firstBit + done);
}

/** Packs 0/1 bytes (anything but 0 counts as 1) into bits; the twin of {@link unpackBits}. */
export function packBits(flags: Uint8Array, at: number, packed: Uint8Array, firstBit: number, count: number): void {
  let done = 0;
  const setBit = (bit: number, flag: number) => {
    const mask = 1 << (bit & 7);
    if (flag !== 0) packed[bit >>> 3] |= mask;
    else packed[bit >>> 3] &= ~mask;
  };
  while (done < count && ((firstBit + done) & 7) !== 0) {
    setBit(firstBit + done, flags[at + done]);
    done++;
  }
  let target = (firstBit + done) >>> 3;
  let source = at + done;
  for (; done + 8 <= count; done += 8, source += 8, target++) {
    packed[target] =
      (flags[source] ? 1 : 0) |
      (flags[source + 1] ? 2 : 0) |
      (flags[source + 2] ? 4 : 0) |
      (flags[source + 3] ? 8 : 0) |
      (flags[source + 4] ? 16 : 0) |
      (flags[source + 5] ? 32 : 0) |
      (flags[source + 6] ? 64 : 0) |
      (flags[source + 7] ? 128 : 0);
  }
  for (; done < count; done++) setBit(firstBit + done, flags[at + done]);
}
