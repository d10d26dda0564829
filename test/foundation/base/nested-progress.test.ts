import { describe, expect, it } from 'vitest';
import { enterPart, NestedProgress } from '../../../src/foundation/base/index.ts';

describe('NestedProgress', () => {
  it('shows a part as its share of the whole', () => {
    const seen: [number, string | undefined][] = [];
    const nested = new NestedProgress({ update: (fraction, note) => void seen.push([fraction, note]) });
    enterPart(nested, 0.2, 0.6, 'solve');
    nested.update(0.5, 'scan 3');
    nested.update(2);
    expect(seen).toEqual([
      [0.2, 'solve'],
      [0.4, 'solve'],
      [0.6, 'solve'],
    ]);
  });
});
