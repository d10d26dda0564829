import { expect, it } from 'vitest';
import { arena, countFlagDifferences, countFlags } from '../../../src/foundation/numeric/index.ts';
import { differingFlags } from '../../reference/flags.ts';
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
