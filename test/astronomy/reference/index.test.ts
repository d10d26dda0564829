import { expect, it } from 'vitest';
import { observatoryPosition } from '../../../src/astronomy/measures/index.ts';
import { antennaDiameter, BANDS, bandOfFrequency, padPositions } from '../../../src/astronomy/reference/index.ts';

it('has the 32 pads of each configuration of the 12 m Array and those of the 7 m Array', () => {
  for (const name of ['1', '2', '3', '4', '5', '6']) expect(padPositions(name)).toHaveLength(32);
  const compact = padPositions('ACA');
  expect(compact.length).toBeGreaterThanOrEqual(9);
  expect(compact.some((pad) => pad.dishDiameter === 7)).toBe(true);
  expect(() => padPositions('9')).toThrow(/not a configuration/);
});

it('keeps distances between the tangent plane and ITRF', () => {
  const [a, b] = padPositions('6');
  const plane = Math.hypot(...a.enu.map((value, axis) => value - b.enu[axis]));
  const space = Math.hypot(...[0, 1, 2].map((axis) => a.itrf[axis] - b.itrf[axis]));
  expect(space).toBeCloseTo(plane, 6);
  const centre = observatoryPosition('ALMA');
  expect(Math.hypot(...[0, 1, 2].map((axis) => a.itrf[axis] - centre[axis]))).toBeCloseTo(Math.hypot(...a.enu), 6);
});

it('finds bands and dishes', () => {
  expect(bandOfFrequency(225e9).number).toBe(6);
  expect(bandOfFrequency(345e9).number).toBe(7);
  expect(bandOfFrequency(120e9).number).toBe(3);
  expect(BANDS.every((band) => band.lowest < band.highest)).toBe(true);
  expect(antennaDiameter('DV04')).toBe(12);
  expect(antennaDiameter('CM10')).toBe(7);
  expect(antennaDiameter('ea01')).toBe(25);
  expect(antennaDiameter('X1')).toBeUndefined();
});
