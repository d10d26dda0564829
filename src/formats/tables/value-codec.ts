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

/** For each byte of eight packed truth values, lowest bit first: its eight bytes, as two words. */
const expanded = new Uint32Array(512);
for (let byte = 0; byte < 256; byte++) {
  const eight = new Uint8Array(expanded.buffer, byte * 8, 8);
  for (let bit = 0; bit < 8; bit++) eight[bit] = (byte >>> bit) & 1;
}

/** Two words of four truth values from a byte. */
function unpackEight(byte: number, words: Uint32Array, at: number): void {
  words[at] = expanded[2 * byte];
  words[at + 1] = expanded[2 * byte + 1];
}

/** Unpacks whole bytes; most flags are not set, so all are cleared at once and then looked through four bytes at a time. */
function unpackWords(packed: Uint8Array, source: number, words: Uint32Array): void {
  const whole = words.length / 2;
  const skipped = -(packed.byteOffset + source) & 3;
  const fours = Math.max(0, (whole - skipped) >> 2);
  words.fill(0);
  let done = 0;
  if (fours > 0) {
    for (; done < skipped; done++) unpackEight(packed[source + done], words, 2 * done);
    const inFours = new Uint32Array(packed.buffer, packed.byteOffset + source + skipped, fours);
    for (let four = 0; four < fours; four++) {
      if (inFours[four] === 0) continue;
      done = skipped + 4 * four;
      for (let k = done; k < done + 4; k++) unpackEight(packed[source + k], words, 2 * k);
    }
    done = skipped + 4 * fours;
  }
  for (; done < whole; done++) unpackEight(packed[source + done], words, 2 * done);
}

/**
 * Unpacks truth values that are stored one bit each, lowest bit of a byte first.
 *
 * @param packed source; @param firstBit bit to begin with
 * @param flags target of 0/1 bytes; @param at first target index; @param count how many
 */
export function unpackBits(packed: Uint8Array, firstBit: number, flags: Uint8Array, at: number, count: number): void {
  let done = 0;
  while (done < count && ((firstBit + done) & 7) !== 0) {
    flags[at + done] = (packed[Math.floor((firstBit + done) / 8)] >>> ((firstBit + done) & 7)) & 1;
    done++;
  }
  const whole = Math.floor((count - done) / 8);
  const source = Math.floor((firstBit + done) / 8);
  const offset = flags.byteOffset + at + done;
  if ((offset & 3) === 0) unpackWords(packed, source, new Uint32Array(flags.buffer, offset, whole * 2));
  else {
    let target = at + done;
    for (let k = 0; k < whole; k++) {
      const byte = packed[source + k];
      for (let bit = 0; bit < 8; bit++) flags[target++] = (byte >>> bit) & 1;
    }
  }
  done += whole * 8;
  for (let bit = 0; done < count; done++, bit++) flags[at + done] = (packed[source + whole] >>> bit) & 1;
}

/**
 * Unpacks lines of whole bytes of eight truth values.
 *
 * @param from first byte of the first line; @param step bytes from line to line
 * @param at index of its first flag, so that flags.byteOffset + at is a multiple of 8; @param stride flags from line to line
 * @param length bytes of a line; @param count lines
 */
export function unpackStrided(
  packed: Uint8Array,
  from: number,
  step: number,
  flags: Uint8Array,
  at: number,
  stride: number,
  length: number,
  count: number,
): void {
  const words = new Uint32Array(flags.buffer, flags.byteOffset + at, ((count - 1) * stride) / 4 + 2 * length);
  for (let line = 0; line < count; line++) {
    const source = from + line * step;
    let target = (line * stride) / 4;
    for (let byte = 0; byte < length; byte++, target += 2) unpackEight(packed[source + byte], words, target);
  }
}

/** Packs 0/1 bytes (anything but 0 counts as 1) into bits; the twin of {@link unpackBits}. */
export function packBits(flags: Uint8Array, at: number, packed: Uint8Array, firstBit: number, count: number): void {
  let done = 0;
  while (done < count && ((firstBit + done) & 7) !== 0) {
    setBit(packed, firstBit + done, flags[at + done]);
    done++;
  }
  const whole = Math.floor((count - done) / 8);
  const target = Math.floor((firstBit + done) / 8);
  const offset = flags.byteOffset + at + done;
  if ((offset & 3) === 0) packWords(new Int32Array(flags.buffer, offset, whole * 2), packed, target);
  else for (let k = 0; k < whole; k++) packed[target + k] = packEight(flags, at + done + 8 * k);
  for (done += whole * 8; done < count; done++) setBit(packed, firstBit + done, flags[at + done]);
}

/** Packs lines of whole bytes of eight truth values; the twin of {@link unpackStrided}. */
export function packStrided(
  flags: Uint8Array,
  at: number,
  stride: number,
  packed: Uint8Array,
  to: number,
  step: number,
  length: number,
  count: number,
): void {
  const words = new Uint32Array(flags.buffer, flags.byteOffset + at, ((count - 1) * stride) / 4 + 2 * length);
  for (let line = 0; line < count; line++) {
    const target = to + line * step;
    let source = (line * stride) / 4;
    for (let byte = 0; byte < length; byte++, source += 2) {
      const low = words[source];
      const high = words[source + 1];
      packed[target + byte] = (low | high) === 0 ? 0 : packTwo(low, high);
    }
  }
}

/** Packs eight flags in two words: the product brings the lowest bits of the four bytes of each together. */
function packTwo(low: number, high: number): number {
  if (((low | high) & 0xfefefefe) !== 0) {
    low = onlyOnes(low);
    high = onlyOnes(high);
  }
  return ((Math.imul(low, 0x01020408) >>> 24) & 15) | (((Math.imul(high, 0x01020408) >>> 24) & 15) << 4);
}

/** Packs whole bytes. */
function packWords(words: Int32Array, packed: Uint8Array, target: number): void {
  const whole = words.length / 2;
  const skipped = Math.min(whole, -(packed.byteOffset + target) & 3);
  const fours = (whole - skipped) >> 2;
  let done = 0;
  for (; done < skipped; done++) packed[target + done] = packTwo(words[2 * done], words[2 * done + 1]);
  if (fours > 0) {
    const inFours = new Uint32Array(packed.buffer, packed.byteOffset + target + skipped, fours);
    packFours(words.subarray(2 * skipped, 2 * skipped + 8 * fours), inFours);
  }
  for (done = skipped + 4 * fours; done < whole; done++)
    packed[target + done] = packTwo(words[2 * done], words[2 * done + 1]);
}

/** Packs 32 flags in eight words at a time. */
function packFours(words: Int32Array, inFours: Uint32Array): void {
  let four = 0;
  if ((words.byteOffset & 7) === 0) {
    const eights = new BigUint64Array(words.buffer, words.byteOffset, words.length / 2);
    four = packSet(eights, words, inFours);
  }
  for (; four < inFours.length; four++) inFours[four] = packFour(words, 8 * four);
}

/**
 * The same; most flags are not set, so all are cleared at once and then looked through 128 at a time.
 *
 * @returns how many of `inFours` are done
 */
function packSet(eights: BigUint64Array, words: Int32Array, inFours: Uint32Array): number {
  const count = inFours.length & ~3;
  inFours.fill(0);
  for (let four = 0; four < count; four += 4) {
    const at = 4 * four;
    // One expression: V8 computes it in registers, of parts it makes BigInts.
    const any =
      eights[at] |
      eights[at + 1] |
      eights[at + 2] |
      eights[at + 3] |
      eights[at + 4] |
      eights[at + 5] |
      eights[at + 6] |
      eights[at + 7] |
      eights[at + 8] |
      eights[at + 9] |
      eights[at + 10] |
      eights[at + 11] |
      eights[at + 12] |
      eights[at + 13] |
      eights[at + 14] |
      eights[at + 15];
    if (any === 0n) continue;
    for (let k = four; k < four + 4; k++) inFours[k] = packFour(words, 8 * k);
  }
  return count;
}

/** Packs 32 flags in eight words. */
function packFour(words: Int32Array, at: number): number {
  const low = packTwo(words[at], words[at + 1]) | (packTwo(words[at + 2], words[at + 3]) << 8);
  return low | (packTwo(words[at + 4], words[at + 5]) << 16) | (packTwo(words[at + 6], words[at + 7]) << 24);
}

/** Each byte of a word that is not 0 as 1. */
function onlyOnes(word: number): number {
  let ones = 0;
  for (let shift = 0; shift < 32; shift += 8) if (((word >>> shift) & 255) !== 0) ones |= 1 << shift;
  return ones;
}

function packEight(flags: Uint8Array, at: number): number {
  let byte = 0;
  for (let bit = 0; bit < 8; bit++) if (flags[at + bit] !== 0) byte |= 1 << bit;
  return byte;
}

function setBit(packed: Uint8Array, bit: number, flag: number): void {
  const mask = 1 << (bit & 7);
  const byte = Math.floor(bit / 8);
  if (flag !== 0) packed[byte] |= mask;
  else packed[byte] &= ~mask;
}
