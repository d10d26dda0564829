import { describe, expect, it } from 'vitest';
import type { CalFrame } from '../../../src/pipeline/calibration/caltable.ts';
import type { WvrData } from '../../../src/pipeline/calibration/wvr-data.ts';
import { dispersionFactor } from '../../../src/pipeline/calibration/wvr-dispersion.ts';
import { phaseTable } from '../../../src/pipeline/calibration/wvr-table.ts';

const windows = [Float64Array.of(99e9, 100e9), Float64Array.of(230e9)].map((chanFreqs, id) => ({
  ...{ id, chanFreqs, totalBandwidth: 2e9, chanWidths: chanFreqs },
}));
const frame = {
  ...{ msName: 'a.ms', observations: [], fields: [], antennas: [{ id: 0 }, { id: 1 }], spectralWindows: windows },
} as unknown as CalFrame;
const data = { time: Float64Array.of(10, 11.152), fieldId: Int32Array.of(3, 4), antennaCount: 2 } as unknown as WvrData;

const rules = { impossible: new Set<number>(), reversed: new Set<number>(), isDispersive: false };

describe('the table of water-vapour phases', () => {
  it('turns a longer path into -2π ν path / c at the middle channel', () => {
    const paths = Float64Array.of(0.001, 0.002, 0, 0.001);
    const table = phaseTable(frame, data, paths, [0, 1], { ...rules, reversed: new Set([1]) });
    expect(table).toMatchObject({ visCal: 'T Jones', parType: 'Complex' });
    const { rows } = table;
    expect(rows.count).toBe(8);
    const phase = (row: number) => Math.atan2(rows.params[2 * row + 1], rows.params[2 * row]);
    const turns = (row: number, expected: number) => expect(Math.cos(phase(row) - expected)).toBeCloseTo(1, 9);
    turns(0, (-2 * Math.PI * 100e9 * 0.001) / 3e8);
    turns(1, (-2 * Math.PI * 100e9 * 0.002) / 3e8);
    turns(4, (2 * Math.PI * 230e9 * 0.001) / 3e8);
    expect([...rows.flag]).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
    expect([...rows.fieldId.subarray(0, 4)]).toEqual([3, 3, 4, 4]);
    expect(rows.interval[0]).toBeCloseTo(1.152, 9);
    expect(table.spectralWindows[0].chanFreqs).toEqual(Float64Array.of(100e9));
  });

  it('flags antennas without solutions', () => {
    const table = phaseTable(frame, data, new Float64Array(4).fill(0.001), [0], { ...rules, impossible: new Set([1]) });
    expect([...table.rows.flag]).toEqual([0, 1, 0, 1]);
    expect(table.rows.params[2]).toBe(1);
  });

  it('follows the dispersion of water vapour when told', () => {
    const paths = new Float64Array(4).fill(0.001);
    const table = phaseTable(frame, data, paths, [1], { ...rules, isDispersive: true });
    // 4.48657 % at 230 GHz in LibAIR's table
    const wanted = (-2 * Math.PI * 230e9 * 0.001 * 1.0448657) / 3e8;
    expect(Math.cos(Math.atan2(table.rows.params[1], table.rows.params[0]) - wanted)).toBeCloseTo(1, 9);
    expect(dispersionFactor(230.25e9)).toBeCloseTo(1 + (0.0448657 + 0.0451345) / 2, 9);
    expect(() => dispersionFactor(20e9)).toThrow('20.0 GHz');
  });
});
