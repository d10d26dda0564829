import { describe, expect, it } from 'vitest';
import { type CalTable, emptyRows } from '../../../src/pipeline/calibration/caltable.ts';
import { parseFrequencyMethod } from '../../../src/pipeline/calibration/frequency-interpolation.ts';
import { SolutionInterpolator } from '../../../src/pipeline/calibration/solution-interpolator.ts';
import { parseTimeMethod } from '../../../src/pipeline/calibration/time-interpolation.ts';

const START = 4_880_999_424;
const OFFSETS = [0, 100, 250, 300, 500];
const amplitude = (s: number) => 1 + 1e-3 * s - 2e-6 * s ** 2 + 3e-9 * s ** 3;
/** Turns by more than π over the five solutions, but less from one to the next. */
const phase = (s: number) => 2 + 0.02 * s - 5e-5 * s ** 2 + 4e-8 * s ** 3;

function gains(flagged: readonly number[] = []): CalTable {
  const keys = OFFSETS.map((offset) => ({
    ...{ time: START + offset, interval: 0, fieldId: 0, spwId: 0, antenna1: 0, antenna2: 0 },
    ...{ scanNumber: 1, observationId: 0 },
  }));
  const rows = emptyRows(keys, new Int32Array(OFFSETS.length).fill(1), 1, true);
  rows.params.set(OFFSETS.flatMap((s) => [amplitude(s) * Math.cos(phase(s)), amplitude(s) * Math.sin(phase(s))]));
  rows.flag.fill(0);
  for (const row of flagged) rows.flag[row] = 1;
  return { parType: 'Complex', rows, spectralWindows: [] } as unknown as CalTable;
}

function at(table: CalTable, interp: string, offset: number): [amp: number, turn: number, flag: number] {
  const mapping = { spwMap: Int32Array.of(0), antennaCount: 1, frequency: parseFrequencyMethod('') };
  const { result } = new SolutionInterpolator(table, { ...mapping, time: parseTimeMethod(interp) }).at(
    0,
    0,
    0,
    START + offset,
  );
  const away = result.values[1] - phase(offset);
  return [result.values[0] - amplitude(offset), away - 2 * Math.PI * Math.round(away / (2 * Math.PI)), result.flags[0]];
}

describe('SolutionInterpolator', () => {
  it('follows amplitudes and phases that are cubics in time, for cubic', () => {
    for (const offset of [40, 180, 270, 420]) {
      const [amp, turn, flag] = at(gains(), 'cubic', offset);
      expect(Math.abs(amp)).toBeLessThan(1e-6);
      expect(Math.abs(turn)).toBeLessThan(1e-5);
      expect(flag).toBe(0);
    }
    expect(Math.abs(at(gains(), 'linear', 180)[1])).toBeGreaterThan(0.05);
  });

  it('takes the line where one of the four solutions is flagged', () => {
    expect(at(gains([3]), 'cubic', 180)).toEqual(at(gains([3]), 'linear', 180));
    expect(at(gains([0]), 'cubic', 180)).toEqual(at(gains([0]), 'linear', 180));
  });
});
