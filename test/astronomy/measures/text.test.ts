import { expect, it } from 'vitest';
import {
  formatDec,
  formatMjd,
  formatRa,
  formatTimeOfDay,
  parseAngle,
  parseCasaTime,
  parseDirection,
} from '../../../src/astronomy/measures/index.ts';

const THREE = 4_877_982_000;

it('prints times as CASA does, carrying what rounding adds', () => {
  expect(formatMjd(THREE, 1)).toBe('2013/06/15/03:00:00.0');
  expect(formatMjd(THREE, 1, 'dmy')).toBe('15-Jun-2013/03:00:00.0');
  expect(formatMjd(THREE, 3, 'iso')).toBe('2013-06-15T03:00:00.000');
  expect(formatMjd(THREE - 3 * 3600 - 0.01, 1)).toBe('2013/06/15/00:00:00.0');
  expect(formatMjd(THREE - 3 * 3600 - 0.06, 1)).toBe('2013/06/14/23:59:59.9');
  expect(formatTimeOfDay(THREE + 61.25, 2)).toBe('03:01:01.25');
});

it.each([
  ['2013/06/15/03:00:00.0'],
  ['2013/06/15/3:00'],
  ['2013-06-15T03:00:00'],
  ['15-Jun-2013/03:00:00'],
  ['15jun2013/03:00:00'],
  ['56458.125d'],
])('reads %s', (text) => {
  expect(parseCasaTime(text)).toBe(THREE);
});

it('reads dates alone and, with a day given, times alone', () => {
  expect(parseCasaTime('2013/06/15')).toBe(THREE - 3 * 3600);
  expect(parseCasaTime('03:00:00', 56458)).toBe(THREE);
});

it.each(['03:00:00', 'yesterday', '2013/02/30/00:00:00', '15-Foo-2013', ''])('refuses %j', (text) => {
  expect(() => parseCasaTime(text)).toThrow(/is not a time/);
});

it('prints angles as CASA does', () => {
  expect(formatRa(parseAngle('17h33m02.70579'))).toBe('17:33:02.705790');
  expect(formatDec(parseAngle('-13d04m49.5482'))).toBe('-13.04.49.54820');
  expect(formatDec(parseAngle('+00.30.00.0'), 1)).toBe('+00.30.00.0');
  expect(formatRa(-1e-12, 3)).toBe('00:00:00.000');
});

it('reads angles and directions', () => {
  expect(parseAngle('17:33:02.7')).toBeCloseTo(parseAngle('17h33m02.7s'), 15);
  expect(parseAngle('-13.04.49.5')).toBeCloseTo(parseAngle('-13d04m49.5s'), 15);
  expect(parseAngle('180deg')).toBeCloseTo(Math.PI, 15);
  expect(parseAngle('-0.5')).toBe(-0.5);
  const direction = parseDirection('ICRS 12h00m00 -30d00m00');
  expect(direction.frame).toBe('ICRS');
  expect(direction.ra).toBeCloseTo(Math.PI, 14);
  expect(parseDirection('1.0rad 0.5rad')).toEqual({ frame: 'J2000', ra: 1, dec: 0.5 });
  expect(() => parseDirection('J2000 12h00m00')).toThrow(/not a direction|not an angle/);
  expect(() => parseAngle('twelve')).toThrow(/not an angle/);
});
