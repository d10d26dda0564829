import { describe, expect, it } from 'vitest';
import { packBits, unpackBits } from '../../../src/formats/tables/value-codec.ts';

/** Packed bytes with long runs of zeros, as flags have, ones, and mixtures. */
const packed = Uint8Array.from({ length: 96 }, (_, k) => (k % 24 < 14 ? 0 : k % 24 < 18 ? 255 : (k * 73) & 255));
const bitOf = (bytes: Uint8Array, bit: number) => (bytes[bit >>> 3] >>> (bit & 7)) & 1;

describe('truth values packed to bits', () => {
  it('are taken out bit by bit, wherever they begin in memory', () => {
    for (let shift = 0; shift < 8; shift++) {
      const room = new Uint8Array(packed.length + 8).subarray(shift, shift + packed.length);
      room.set(packed);
      for (let firstBit = 0; firstBit < 41; firstBit += 5) {
        for (const count of [0, 1, 7, 8, 63, 200, 500]) {
          const flags = new Uint8Array(520).fill(9);
          unpackBits(room, firstBit, flags, shift, count);
          const wanted = Uint8Array.from({ length: 520 }, (_, at) =>
            at < shift || at >= shift + count ? 9 : bitOf(packed, firstBit + at - shift),
          );
          expect(flags).toEqual(wanted);
        }
      }
    }
  });

  it('are put in bit by bit, and leave their neighbours', () => {
    const flags = Uint8Array.from({ length: 512 }, (_, at) => (at % 100 < 60 ? 0 : at % 3 === 0 ? 1 : (at * 5) & 255));
    for (let at = 0; at < 9; at++) {
      for (let firstBit = 0; firstBit < 19; firstBit += 3) {
        for (const count of [0, 3, 8, 65, 300]) {
          const bytes = new Uint8Array(64).fill(0xa5);
          packBits(flags, at, bytes, firstBit, count);
          for (let bit = 0; bit < 512; bit++) {
            const inside = bit >= firstBit && bit < firstBit + count;
            const wanted = inside ? Number(flags[at + bit - firstBit] !== 0) : bitOf(Uint8Array.of(0xa5), bit & 7);
            if (bitOf(bytes, bit) !== wanted) expect([at, firstBit, count, bit]).toBe(wanted);
          }
        }
      }
    }
    expect(flags[0]).toBe(0);
  });
});
