import { expect, it } from 'vitest';
import type { AntennaInfo } from '../../../src/astronomy/ms/index.ts';
import { keptDecisions, leftOut } from '../../../src/pipeline/reduction/radiometer-check.ts';

/** Three antennas together, and one a kilometre away. */
const ANTENNAS = [0, 100, 200, 1200].map((x, id) => ({
  id,
  name: `DA4${id}`,
  position: [x, 0, 0],
})) as unknown as AntennaInfo[];
const harms = (antenna: string) => ({ antenna, finding: 'makes phases less steady' });
const silent = { antenna: 'DA40', finding: 'gave no readings' };

it('leaves out a harmful radiometer, but not where its antenna would be lost without', () => {
  expect(leftOut(ANTENNAS, [], [harms('DA40')])).toEqual([harms('DA40')]);
  expect(leftOut(ANTENNAS, [], [harms('DA43')])).toEqual([]);
  expect(leftOut(ANTENNAS, [silent], [harms('DA41'), harms('DA43')])).toEqual([silent]);
});

it('names an antenna once', () => {
  expect(leftOut(ANTENNAS, [silent], [harms('DA40')])).toEqual([silent]);
  expect(keptDecisions([silent], [harms('DA40')])).toEqual([]);
});

it('tells of a harmful radiometer that stays in use', () => {
  expect(keptDecisions([], [harms('DA43')])).toEqual([
    {
      topic: 'Radiometer kept',
      choice: 'DA43 keeps its own',
      reason:
        'It makes phases less steady, but fewer than 2 radiometers that work are within 500 m: without it the antenna would be flagged.',
    },
  ]);
});
