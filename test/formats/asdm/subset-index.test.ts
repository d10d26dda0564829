import { describe, expect, it } from 'vitest';
import type { BdfPartName } from '../../../src/formats/asdm/index.ts';
import { SubsetIndex } from '../../../src/formats/asdm/subset-index.ts';

describe('the index of a BDF', () => {
  it('gives back what it was given, however many subsets there are', () => {
    const index = new SubsetIndex();
    const head = (k: number) => ({
      projectPath: `1/2/3/${k}/`,
      timeNs: 4_900_000_000_123_456_789n + BigInt(k),
      intervalNs: 16_000_000n * BigInt(k),
      ...(k % 3 !== 0 && { crossDataType: k % 3 === 1 ? ('INT16_TYPE' as const) : ('FLOAT32_TYPE' as const) }),
      ...(k === 7 && { abortReason: 'dew' }),
    });
    const offsets = (k: number) =>
      new Map<BdfPartName, number>([
        ['flags', 10 * k + 1],
        ...(k % 2 === 1 ? ([['crossData', 2 ** 40 + k]] as const) : []),
      ]);
    const count = 100;
    for (let k = 0; k < count; k++) index.add(head(k), 1000 * k, offsets(k));
    expect(index.length).toBe(count);
    for (let k = 0; k < count; k++) {
      expect(index.head(k)).toEqual(head(k));
      expect(index.byte(k)).toBe(1000 * k);
      for (const name of ['flags', 'crossData', 'autoData'] as const)
        expect(index.offset(k, name)).toBe(offsets(k).get(name) ?? 0);
    }
  });
});
