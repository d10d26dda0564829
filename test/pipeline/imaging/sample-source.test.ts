import { expect, it } from 'vitest';
import type { FieldInfo } from '../../../src/astronomy/ms/index.ts';
import type { ChosenMs } from '../../../src/pipeline/imaging/chosen-ms.ts';
import { planFacets } from '../../../src/pipeline/imaging/facets.ts';
import { turnsTo } from '../../../src/pipeline/imaging/sample-source.ts';

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

it('places the pointings of a mosaic about the object that they move with, of each day by its own ephemeris', () => {
  const tables = [0, 1].map((day) => ({
    mjd: [day, day + 1],
    ra: [1 + day, 1.01 + day],
    dec: [0.2, 0.2],
    distance: [1, 1],
  }));
  const fieldAt = (id: number, east: number, day = 0): FieldInfo => {
    const offset = [east, 0] as const;
    const offsets = { phaseDir: offset, delayDir: offset, refDir: offset };
    const motion = { id: 0, path: '', table: tables[day], frame: 'J2000', offsets };
    return { ...still, id, timeSec: 86_400 * day + 40_000, phaseDir: [1 + day, 0.2], motion };
  };
  const fields = [fieldAt(0, 0), fieldAt(1, 1e-4), { ...still, id: 2 }, fieldAt(3, 1e-4, 1), fieldAt(4, 2e-4, 1)];
  const antennas = [{ diameter: 12 }, { diameter: 12 }];
  const windows = [{ chanFreqs: [1e11] }];
  const data = (fieldIds: number[]) =>
    [
      { metadata: { fields, antennas, spectralWindows: windows }, fieldIds, channels: new Map([[0, []]]) },
    ] as unknown as ChosenMs[];
  const geometry = { sizeX: 128, sizeY: 128, cell: 1e-5 };
  const place = { centre: { lon: 1, lat: 0.2 }, followed: fields[0] };
  const { facets } = planFacets(data([0, 1, 3, 4]), place, geometry);
  // the pointing of the second day at the same offset is that of the first
  expect(facets.map(({ beamX }) => beamX)).toEqual([64, 54, 44].map((x) => expect.closeTo(x, 2)));
  expect(() => planFacets(data([0, 2]), place, geometry)).toThrow(/Field 2 stands still/);
  const following = turnsTo(place, fields);
  expect(following(0, 40_000)).toBeUndefined();
  expect(following(1, 40_000)?.[2]).toBeCloseTo(following(3, 126_400)?.[2] ?? Number.NaN, 9);
});
