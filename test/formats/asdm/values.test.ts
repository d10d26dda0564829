import { describe, expect, it } from 'vitest';
import { nsToMjdSeconds, parseTag, tableSchema, uidFileName } from '../../../src/formats/asdm/index.ts';
import type { ColumnSchema, ColumnType } from '../../../src/formats/asdm/schema.ts';
import { formatValue, parseValue } from '../../../src/formats/asdm/values.ts';

const column = (type: ColumnType, axisCount = 0): ColumnSchema => ({ name: 'x', type, axisCount, isOptional: false });

describe('values', () => {
  it('reads scalars with padding and in other spellings', () => {
    expect(parseValue(' 2.488E9 ', column('double'), {})).toBe(2.488e9);
    expect(parseValue('4.0E0', column('int'), {})).toBe(4);
    expect(parseValue(' true ', column('bool'), {})).toBe(true);
    expect(parseValue('-nan', column('double'), {})).toBeNaN();
    expect(parseValue(' 7050677018427387903 4345390036854775807 ', column('timespan'), {})).toEqual({
      midNs: 7050677018427387903n,
      durationNs: 4345390036854775807n,
    });
    expect(parseValue(' DELAY_X_3 ', column('tag'), {})).toEqual({ table: 'DELAY_X', id: 3 });
  });

  it('round trips arrays of every type', () => {
    for (const [type, axes, text] of [
      ['double', 2, '2 1 2 4.0042080373642355 -0.4253729833818179'],
      ['int', 1, '1 3 0 -1 2147483647'],
      ['time', 1, '1 1 9223372036854775807'],
      ['bool', 1, '1 2 true false'],
      ['enum', 1, '1 2 CALIBRATE_WVR OBSERVE_TARGET'],
      ['string', 1, '1 2 "first one" ""'],
      ['tag', 1, '1 2 Antenna_0 Antenna_12'],
      ['complex', 2, '2 1 1 0.5 -0.25'],
      ['float', 1, '1 2 0.1 2.3844'],
    ] as const) {
      expect(formatValue(parseValue(text, column(type, axes), {}), type)).toBe(text);
    }
  });

  it('takes lists without quotes and empty ones', () => {
    expect(parseValue('1 0', column('string', 1), {})).toEqual({ shape: [0], values: [] });
    expect(parseValue('1 1 two words', column('string', 1), {})).toEqual({ shape: [1], values: ['two words'] });
  });

  it('refuses what contradicts itself before allocating', () => {
    expect(() => parseValue('2 100000 100000 1', column('double', 2), {})).toThrow(/cannot stand in/);
    expect(() => parseValue('1 3 1 2', column('double', 1), {})).toThrow(/announces 3 values but has 2/);
    expect(() => parseValue('99 1', column('double', 1), {})).toThrow(/99 axes/);
    expect(() => parseValue('99999999999999999999', column('long'), {})).toThrow(/64 bits/);
    expect(() => parseTag('Antenna')).toThrow(/no row identifier/);
  });

  it('converts times and names', () => {
    expect(nsToMjdSeconds(4877982154560000000n)).toBe(4877982154.56);
    expect(uidFileName(' uid://A002/X1/X2 ')).toBe('uid___A002_X1_X2');
  });

  it('knows the columns of both versions', () => {
    expect(tableSchema('Main').columns.get('dataUID')).toMatchObject({ type: 'entity', isOptional: false });
    expect(tableSchema('SysCal').columns.get('tsysSpectrum')).toMatchObject({
      type: 'double',
      axisCount: 2,
      isOptional: true,
    });
    expect(tableSchema('ExecBlock').columns.has('arrayName')).toBe(true);
    expect(tableSchema('Invented').columns.size).toBe(0);
  });
});
