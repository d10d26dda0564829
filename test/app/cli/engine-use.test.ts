import { describe, expect, it } from 'vitest';
import { wholeNumber } from '../../../src/app/cli/engine-use.ts';

describe('wholeNumber', () => {
  it('reads a number in its range', () => {
    expect(wholeNumber('--workers', '3', 1, 64)).toBe(3);
  });

  it('names the option, its range and what was given', () => {
    for (const wrong of ['abc', '', '2.5', '0', '65'])
      expect(() => wholeNumber('--workers', wrong, 1, 64)).toThrow(
        `--workers takes a whole number from 1 to 64, not "${wrong}".`,
      );
  });
});
