import { expect, it } from 'vitest';
import { addFlagsByCorr, arena, countFlagDifferences, countFlags } from '../../../src/foundation/numeric/index.ts';
import { differingFlags, flagsByCorr } from '../../reference/flags.ts';
import { randomNumbers } from '../../reference/random.ts';

it.each([0, 1, 15, 16, 17, 1003])('counts set and differing flags among %s', (length) => {
  const random = randomNumbers(length);
  arena().scope((lease) => {
    const [one, other] = [lease.uint8(length), lease.uint8(length)];
    for (let at = 0; at < length; at++) {
      one[at] = random() < 0.3 ? 1 : 0;
      other[at] = random() < 0.5 ? 255 : 0;
    }
    const none = new Uint8Array(length);
    expect(countFlags(one)).toBe(differingFlags(one, none).length);
    expect(countFlags(other)).toBe(differingFlags(other, none).length);
    expect(countFlagDifferences(one, other)).toBe(differingFlags(one, other).length);
    expect(() => countFlagDifferences(one, lease.uint8(length + 1))).toThrow(/lengths/);
  });
});

it.each([1, 2, 4])('counts flags of each of %s correlations', (corrCount) => {
  const random = randomNumbers(corrCount);
  arena().scope((lease) => {
    const flags = lease.uint8(4 * 77);
    for (let at = 0; at < flags.length; at++) flags[at] = random() < 0.4 ? 1 : 0;
    const counts = lease.int32(corrCount).fill(5);
    addFlagsByCorr(flags, counts);
    expect(Array.from(counts, (count) => count - 5)).toEqual(flagsByCorr(flags, corrCount));
    expect(() => addFlagsByCorr(flags, lease.int32(3))).toThrow(/3 correlations/);
  });
});
