import { expect, it } from 'vitest';
import { earthRotationAngle, earthSeries } from '../../../src/astronomy/measures/earth-series.ts';
import {
  earthMotion,
  greenwichSiderealTime,
  type JulianDate,
  precessionNutation,
} from '../../../src/astronomy/measures/erfa.ts';
import { randomNumbers } from '../../reference/random.ts';

const largest = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Math.max(...Array.from(one, (value, at) => Math.abs(value - other[at])));

it('keeps to ERFA between its nodes, in any order of times', () => {
  const random = randomNumbers(7);
  for (let k = 0; k < 40; k++) {
    const tt: JulianDate = [2_455_927.5 + Math.floor(6000 * random()), random()];
    const ut1: JulianDate = [tt[0], tt[1] - 0.0007];
    const series = earthSeries(tt);
    const { helio, velocity } = earthMotion(tt);
    expect(largest(series.toDate, precessionNutation(tt))).toBeLessThan(1e-13);
    expect(largest(series.helio, helio)).toBeLessThan(1e-13);
    expect(largest(series.velocity, velocity)).toBeLessThan(1e-13);
    const turn = earthRotationAngle(ut1) - series.originsEquation - greenwichSiderealTime(ut1, tt);
    expect(Math.abs(Math.sin(turn / 2))).toBeLessThan(1e-13);
    expect(earthSeries(tt)).toEqual(series);
  }
});
