import { describe, expect, it } from 'vitest';
import { axisTicks, axisWords, linearTicks } from '../../../src/foundation/plotting/ticks.ts';

const axis = (kind: 'log' | 'time' | 'phase' | 'rightAscension' | 'declination') => ({ label: '', kind });

describe('ticks', () => {
  it('are multiples of 1, 2 or 5, written with as many digits as the step has', () => {
    expect(linearTicks(0.138, 0.193, 4)).toEqual({ values: [0.14, 0.16, 0.18], texts: ['0.14', '0.16', '0.18'] });
    expect(linearTicks(-240, 240, 6).texts).toEqual(['−200', '−100', '0', '100', '200']);
    expect(linearTicks(229.1, 230.1, 5).texts).toEqual(['229.2', '229.4', '229.6', '229.8', '230.0']);
    expect(linearTicks(0, 3e-7, 3).texts).toEqual(['0', '1e−7', '2e−7', '3e−7'].map((text) => text.replace('−', '-')));
  });

  it.each([3, 4, 6, 9])('are never fewer than two nor many more than the %i wanted', (wanted) => {
    for (const [low, high] of [
      [0, 1],
      [-0.0137, 12.9],
      [1e9, 1.7e9],
      [229.1503, 229.1521],
    ]) {
      const { values } = linearTicks(low, high, wanted);
      expect(values.length).toBeGreaterThanOrEqual(2);
      expect(values.length).toBeLessThanOrEqual(wanted + 2);
      for (const value of values) expect(value >= low - 1e-9 * high && value <= high * (1 + 1e-9)).toBe(true);
    }
  });

  it('stand at quarter turns on an axis of phases', () => {
    expect(axisTicks(axis('phase'), -190, 190, 4.3).texts).toEqual(['−180', '−90', '0', '90', '180']);
    expect(axisTicks(axis('phase'), -10, 10, 5).values).toEqual([-10, -5, 0, 5, 10]);
  });

  it('stand at full minutes of UTC', () => {
    const midnight = 86_400 * 56_493;
    const ticks = axisTicks(axis('time'), midnight + 3 * 3600 + 10, midnight + 3 * 3600 + 1000, 4);
    expect(ticks.texts).toEqual(['03:05', '03:10', '03:15']);
    expect(axisTicks(axis('time'), midnight + 1, midnight + 31, 3).texts).toEqual(['00:00:10', '00:00:20', '00:00:30']);
    const day = 86_400;
    const april = 55_666 * day; // 2011-04-15
    expect(axisTicks(axis('time'), april - 0.1 * day, april + 2.2 * day, 6).texts).toEqual([
      ...['04-15', '12:00', '04-16', '12:00', '04-17'],
    ]);
    expect(axisTicks(axis('time'), april, april + 100 * day, 5).values).toHaveLength(5);
  });

  it('are sexagesimal for directions, right ascension in 0…24 h', () => {
    expect(axisTicks(axis('rightAscension'), -98, -66, 5).texts).toContain('18h00m');
    expect(axisTicks(axis('declination'), -30, -12, 6).texts).toEqual([
      '−30°',
      '−27°',
      '−24°',
      '−21°',
      '−18°',
      '−15°',
      '−12°',
    ]);
    expect(axisTicks(axis('declination'), -0.001, 0.001, 4).texts[0]).toBe('−00°00′02″');
  });

  it('keep to decades on a wide logarithmic axis and to words where there are words', () => {
    expect(axisTicks(axis('log'), 0.9, 2e6, 5).values).toEqual([1, 10, 100, 1e3, 1e4, 1e5, 1e6]);
    expect(axisTicks(axis('log'), 1, 30, 9).values).toEqual([1, 2, 5, 10, 20]);
    expect(axisTicks({ label: '', categories: ['a', 'b'] }, -0.6, 1.6, 1).texts).toEqual(['a', 'b']);
  });

  it('of counts are whole numbers', () => {
    expect(axisTicks({ label: '', kind: 'whole' }, 4, 6, 20).texts).toEqual(['4', '5', '6']);
    expect(axisTicks({ label: '', kind: 'whole' }, -6, 134, 7).texts[1]).toBe('20');
  });

  it('of UTC leave the day to the words at the axis', () => {
    const april = 55_666 * 86_400; // 2011-04-15
    const utc = { label: 'UTC', kind: 'time' } as const;
    expect(axisWords(utc, [april + 10, april + 100])).toBe('UTC, 2011-04-15');
    expect(axisWords(utc, [april - 10, april + 100])).toBe('UTC, from 2011-04-14');
    expect(axisWords({ ...utc, label: 'since noon' }, [april, april + 1])).toBe('since noon');
    expect(axisWords(utc, [0, 1])).toBe('UTC');
    expect(axisWords({ label: 'UTC' }, [april, april + 1])).toBe('UTC');
  });

  it('are none on an axis without length', () => {
    expect(axisTicks({ label: '' }, 1, 1, 5).values).toEqual([]);
    expect(axisTicks(axis('log'), 0, 1, 5).values).toEqual([]);
  });
});
