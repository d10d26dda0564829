import { describe, expect, it } from 'vitest';
import { arena, complexAutoRowsInto, scaleRowsInto } from '../../../src/foundation/numeric/index.ts';

const WIDTH = 22;
const STARTS = [40, 0, 13];

describe('rows from stored numbers', () => {
  it.each(['int16', 'int32', 'float32'] as const)('divides %s numbers in float32', (type) => {
    arena().scope((lease) => {
      const stored = lease[type](80);
      for (let k = 0; k < stored.length; k++) stored[k] = ((k * 7919) % 30011) - 15000;
      const offsets = new Uint32Array(lease.int32(3).buffer, lease.int32(3).byteOffset, 3);
      offsets.set(STARTS);
      const data = lease.float32(3 * WIDTH);
      scaleRowsInto(stored, offsets, data, WIDTH, 1731.5);
      const expected = STARTS.flatMap((start) =>
        Array.from(stored.subarray(start, start + WIDTH), (value) =>
          Math.fround(Math.fround(value) / Math.fround(1731.5)),
        ),
      );
      expect(Array.from(data)).toEqual(expected);
    });
  });

  it('makes autocorrelations complex', () => {
    arena().scope((lease) => {
      const stored = lease.float32(16);
      stored.set(Array.from({ length: 16 }, (_, k) => k + 1));
      const room = lease.int32(2);
      const offsets = new Uint32Array(room.buffer, room.byteOffset, 2);
      offsets.set([8, 0]);
      const parallel = lease.float32(16);
      complexAutoRowsInto(stored, offsets, parallel, 2, 2);
      expect(Array.from(parallel)).toEqual([9, 0, 10, 0, 11, 0, 12, 0, 1, 0, 2, 0, 3, 0, 4, 0]);
      const full = lease.float32(32);
      complexAutoRowsInto(stored, offsets, full, 2, 4);
      expect(Array.from(full.subarray(0, 8))).toEqual([9, 0, 10, 11, 10, -11, 12, 0]);
      expect(() => complexAutoRowsInto(stored, offsets, full, 8, 2)).toThrow(/outside/);
    });
  });
});
