import { expect, it } from 'vitest';
import { unwrapped } from '../../../src/foundation/numeric/index.ts';

it('follows phases over turns in both directions', () => {
  const truth = Array.from({ length: 40 }, (_, at) => (at < 20 ? 0.9 * at : 18 - 2.5 * (at - 20)));
  const wrapped = truth.map((phase) => Math.atan2(Math.sin(phase), Math.cos(phase)));
  unwrapped(wrapped).forEach((phase, at) => {
    expect(phase).toBeCloseTo(truth[at], 9);
  });
  expect(unwrapped([])).toEqual([]);
});
