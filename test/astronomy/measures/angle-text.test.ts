import { expect, it } from 'vitest';
import { formatDec, formatRa, parseAngle, parseDirection } from '../../../src/astronomy/measures/index.ts';

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
