import { expect, it } from 'vitest';
import { formatMjd, formatTimeOfDay, parseCasaTime } from '../../../src/astronomy/measures/index.ts';

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
  ['4877982000.0s'],
])('reads %s', (text) => {
  expect(parseCasaTime(text)).toBe(THREE);
});

it('reads dates alone and, with a day given, times alone', () => {
  expect(parseCasaTime('2013/06/15')).toBe(THREE - 3 * 3600);
  expect(parseCasaTime('03:00:00', 56458)).toBe(THREE);
});

it.each(['03:00:00', 'yesterday', '2013/02/30/00:00:00', '15-Foo-2013', '30s', ''])('refuses %j', (text) => {
  expect(() => parseCasaTime(text)).toThrow(/is not a time/);
});
