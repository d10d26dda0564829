import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { phaseSourcesOf, uncoveredScans } from '../../../src/pipeline/reduction/phase-cover.ts';

const field = (id: number, name: string) => ({ id, name, ra: 0.01 * id, dec: 0 });
const PHASE = field(2, 'faint');
const TARGET = field(3, 'target');

/** Scans of the fields in turn. */
function observed(fieldIds: readonly number[], ...others: (typeof PHASE)[]): Observation {
  const skyScans = fieldIds.map((fieldId, index) => ({
    number: index + 1,
    fieldId,
    fieldIds: [fieldId],
    startSec: 100 * index,
    endSec: 100 * index + 90,
  }));
  return { phase: [PHASE, ...others], targets: [TARGET], skyScans } as unknown as Observation;
}

const decided = (fieldIds: readonly number[], seen: readonly number[], ...others: (typeof PHASE)[]) =>
  uncoveredScans(observed(fieldIds, ...others), new Set(seen)).map(({ choice }) => choice);

const sources = (fieldIds: readonly number[], seen: readonly number[], ...others: (typeof PHASE)[]) =>
  phaseSourcesOf(TARGET, observed(fieldIds, ...others), new Set(seen)).map(
    ({ fields, scans }) => `${fields.map(({ id }) => id).join(',')}: ${scans ?? 'all'}`,
  );

describe('uncoveredScans', () => {
  it('has nothing to say of targets between scans of their calibrator', () => {
    expect(decided([2, 3, 2, 3, 2], [1, 3, 5])).toEqual([]);
  });

  it('takes two calibrators of which one follows the other, but none far away or without need', () => {
    const second = field(5, 'second');
    const together = ['target takes those of faint and second together'];
    expect(decided([5, 3, 5, 3, 2, 3, 2], [1, 3, 5, 7], second)).toEqual([
      'target takes those of faint and second together in scan 2',
      'held in scan 4 of target',
    ]);
    expect(decided([2, 3, 5], [1, 3], second)).toEqual(together);
    expect(decided([2, 3, 5, 3, 2], [1, 3, 5], second)).toEqual([]);
    expect(decided([2, 3, 5], [1], second)).toEqual(['held in scan 2 of target']);
    expect(decided([2, 3, 5], [1, 3], { ...second, ra: 0.17 })).toEqual(['held in scan 2 of target']);
  });

  it('leaves scans that the nearest one encloses, or follows as closely as usual, to it alone', () => {
    const second = field(5, 'second');
    const turns = [2, 3, 5, 2, 3, 5, 2, 3, 5, 5, 3, 5];
    const seen = [1, 3, 4, 6, 7, 9, 10, 12];
    expect(sources(turns, seen, second)).toEqual(['2: 2,5,8', '2,5: 11']);
    expect(sources(turns.slice(0, 9), seen, second)).toEqual(['2: all']);
    expect(decided(turns, seen, second)).toEqual([
      'target takes those of faint and second together in scan 11',
      'held in scan 8 of target',
    ]);
  });

  it('serves all pointings of a mosaic alike', () => {
    const observation = observed([5, 3, 5, 3, 2, 3, 2], field(5, 'second'));
    const skyScans = observation.skyScans.map((scan) => (scan.fieldId === 3 ? { ...scan, fieldIds: [3, 4] } : scan));
    const [first, other] = [3, 4].map((id) =>
      phaseSourcesOf({ ...TARGET, id }, { ...observation, skyScans }, new Set([1, 3, 5, 7])),
    );
    expect(first).toHaveLength(2);
    expect(other).toEqual(first);
  });

  it('names scans before the first and after the last usable one', () => {
    expect(decided([3, 2, 3], [2])).toEqual(['held in scan 1 of target', 'held in scan 3 of target']);
    expect(decided([2, 3, 2, 3, 2], [1])).toEqual(['held in scans 2, 4 of target']);
  });
});
