import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { uncoveredScans } from '../../../src/pipeline/reduction/phase-cover.ts';

const field = (id: number, name: string) => ({ id, name, ra: 0.01 * id, dec: 0 });
const PHASE = field(2, 'faint');
const TARGET = field(3, 'target');

/** Scans of the fields in turn. */
function decided(fieldIds: readonly number[], seen: readonly number[], ...others: (typeof PHASE)[]) {
  const skyScans = fieldIds.map((fieldId, index) => ({
    number: index + 1,
    fieldId,
    startSec: 100 * index,
    endSec: 100 * index + 90,
  }));
  const observation = { phase: [PHASE, ...others], targets: [TARGET], skyScans } as unknown as Observation;
  return uncoveredScans(observation, new Set(seen)).map(({ choice }) => choice);
}

describe('uncoveredScans', () => {
  it('has nothing to say of targets between scans of their calibrator', () => {
    expect(decided([2, 3, 2, 3, 2], [1, 3, 5])).toEqual([]);
  });

  it('takes two calibrators of which one follows the other, but none far away or without need', () => {
    const second = field(5, 'second');
    const together = ['target takes those of faint and second together'];
    expect(decided([5, 3, 5, 3, 2, 3, 2], [1, 3, 5, 7], second)).toEqual(together);
    expect(decided([2, 3, 5], [1, 3], second)).toEqual(together);
    expect(decided([2, 3, 5, 3, 2], [1, 3, 5], second)).toEqual([]);
    expect(decided([2, 3, 5], [1], second)).toEqual(['held in scan 2 of target']);
    expect(decided([2, 3, 5], [1, 3], { ...second, ra: 1 })).toEqual(['held in scan 2 of target']);
  });

  it('names scans before the first and after the last usable one', () => {
    expect(decided([3, 2, 3], [2])).toEqual(['held in scan 1 of target', 'held in scan 3 of target']);
    expect(decided([2, 3, 2, 3, 2], [1])).toEqual(['held in scans 2, 4 of target']);
  });
});
