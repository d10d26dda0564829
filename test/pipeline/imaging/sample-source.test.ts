import { expect, it } from 'vitest';
import type { FieldInfo } from '../../../src/astronomy/ms/index.ts';
import { planFacets } from '../../../src/pipeline/imaging/facets.ts';
import { type ChosenMs, turnsTo } from '../../../src/pipeline/imaging/sample-source.ts';

const still: FieldInfo = {
  ...{ id: 0, name: 'still', code: '', sourceId: 0, frame: 'J2000', timeSec: 0 },
  ...{ phaseDir: [1, 0.2], delayDir: [1, 0.2], refDir: [1, 0.2] },
};

it('turns a moving field to the centre of the image moment by moment, and not at all where the image follows it', () => {
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

it('places the pointings of a mosaic about the object that they move with', () => {
  const table = { mjd: [0, 1], ra: [1, 1.01], dec: [0.2, 0.2], distance: [1, 1] };
  const fieldAt = (id: number, east: number): FieldInfo => {
    const offset = [east, 0] as const;
    const offsets = { phaseDir: offset, delayDir: offset, refDir: offset };
    return { ...still, id, phaseDir: [1, 0.2], motion: { id: 0, path: '', table, frame: 'J2000', offsets } };
  };
  const fields = [fieldAt(0, 0), fieldAt(1, 1e-4), { ...still, id: 2 }];
  const antennas = [{ diameter: 12 }, { diameter: 12 }];
  const windows = [{ chanFreqs: [1e11] }];
  const data = (fieldIds: number[]) =>
    [
      { metadata: { fields, antennas, spectralWindows: windows }, fieldIds, channels: new Map([[0, []]]) },
    ] as unknown as ChosenMs[];
  const geometry = { sizeX: 128, sizeY: 128, cell: 1e-5 };
  const place = (timeSec: number) => ({ centre: { lon: 1, lat: 0.2 }, followed: fields[0], timeSec });
  for (const timeSec of [10_000, 80_000]) {
    const { facets } = planFacets(data([0, 1]), place(timeSec), geometry);
    expect(facets.map(({ beamX }) => beamX)).toEqual([expect.closeTo(64, 6), expect.closeTo(64 - 10, 3)]);
  }
  expect(() => planFacets(data([0, 2]), place(0), geometry)).toThrow(/Field 2 stands still/);
});
