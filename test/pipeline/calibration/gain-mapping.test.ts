import { describe, expect, it } from 'vitest';
import type { FieldInfo } from '../../../src/astronomy/ms/index.ts';
import type { CalTable } from '../../../src/pipeline/calibration/caltable.ts';
import { matchFields, nearestFields, windowMap } from '../../../src/pipeline/calibration/gain-mapping.ts';

const table = {
  spectralWindows: [{}, {}, {}],
  fields: ['3C279', 'J1733-1304', 'Titan', 'J1625-2527'].map((name, id) => ({ id, name, phaseDir: [id, 0.1 * id] })),
  rows: { fieldId: Int32Array.of(0, 1, 3), spwId: Int32Array.of(1, 2) },
} as unknown as CalTable;

describe('spwmap', () => {
  it('is the same number, one for all, or a list whose rest is the same number', () => {
    expect([...windowMap([], 4, table, 't')]).toEqual([0, 1, 2, 3]);
    expect([...windowMap([-1], 4, table, 't')]).toEqual([0, 1, 2, 3]);
    expect([...windowMap([2], 4, table, 't')]).toEqual([2, 2, 2, 2]);
    expect([...windowMap([1, 1], 4, table, 't')]).toEqual([1, 1, 2, 3]);
    expect([...windowMap([-999], 3, table, 't')]).toEqual([1, 1, 1]);
    expect(() => windowMap([0, 3], 4, table, 't')).toThrow(/windows 0 to 2/);
  });
});

describe('gainfield', () => {
  it('takes numbers, ranges, names and wildcards', () => {
    expect([...matchFields('0', table, 't')]).toEqual([0]);
    expect([...matchFields('1~3', table, 't')]).toEqual([1, 2, 3]);
    expect([...matchFields('J1*', table, 't')]).toEqual([1, 3]);
    expect([...matchFields('3C279,J1733-1304', table, 't')]).toEqual([0, 1]);
    expect(() => matchFields('Titan', table, 't')).toThrow(/no field with solutions/);
  });

  it('takes digits for a number, whatever fields are called', () => {
    const fields = ['3', '0', '1058'].map((name, id) => ({ id, name, phaseDir: [0, 0] }));
    const digits = { fields, rows: { fieldId: Int32Array.of(0, 1, 2) } } as unknown as CalTable;
    expect([...matchFields('0', digits, 't')]).toEqual([0]);
    expect(() => matchFields('1058', digits, 't')).toThrow(/no field with solutions/);
  });

  it("'nearest' is the nearest field that has solutions", () => {
    const fields = [
      [0.2, 0],
      [1.8, 0.18],
      [2.9, 0.3],
    ].map((phaseDir, id) => ({ id, phaseDir })) as unknown as FieldInfo[];
    expect([...nearestFields(fields, table)]).toEqual([0, 1, 3]);
  });

  it("'nearest' of a moving field is itself, though tables have it at its offset from the object", () => {
    const moving = {
      fields: [
        { name: 'Ceres', phaseDir: [0, 0] },
        { name: 'J2253+1608', phaseDir: [0.05, 0.1] },
      ],
    };
    const solved = { ...moving, rows: { fieldId: Int32Array.of(0, 1) } } as unknown as CalTable;
    const fields = [
      { name: 'Ceres', phaseDir: [2, 0.3] },
      { name: 'J2253+1608', phaseDir: [0.05, 0.1] },
      { name: 'near zero', phaseDir: [0.01, 0] },
    ] as unknown as FieldInfo[];
    expect([...nearestFields(fields, solved)]).toEqual([0, 1, 1]);
  });
});
