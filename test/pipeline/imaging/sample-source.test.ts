import { expect, it } from 'vitest';
import type { FieldInfo } from '../../../src/astronomy/ms/index.ts';
import { turnsTo } from '../../../src/pipeline/imaging/sample-source.ts';

it('turns a moving field to the centre of the image moment by moment, and not at all where the image follows it', () => {
  const still: FieldInfo = {
    ...{ id: 0, name: 'still', code: '', sourceId: 0, frame: 'J2000', timeSec: 0 },
    ...{ phaseDir: [1, 0.2], delayDir: [1, 0.2], refDir: [1, 0.2] },
  };
  const none = [0, 0] as const;
  const offsets = { phaseDir: none, delayDir: none, refDir: none };
  const table = { mjd: [0, 1], ra: [1, 1.01], dec: [0.2, 0.2], distance: [1, 1] };
  const moving: FieldInfo = { ...still, id: 1, motion: { id: 0, path: '', table, frame: 'J2000', offsets } };
  const fields = [still, moving];
  const fixed = turnsTo({ centre: { lon: 1, lat: 0.2 } }, fields);
  expect(fixed(0, 0)).toBeUndefined();
  expect(fixed(1, 0)).toBeUndefined();
  const [early, late] = [10_000, 80_000].map((timeSec) => fixed(1, timeSec)!);
  expect(late[2]).not.toBeCloseTo(early[2], 4);
  const following = turnsTo({ centre: { lon: 1, lat: 0.2 }, followed: moving }, fields);
  expect(following(1, 80_000)).toBeUndefined();
  expect(following(0, 80_000)).toBeDefined();
});
