import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { readChunks } from '../../../src/astronomy/visibility/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { applycal, gaincal, gencal } from '../../../src/pipeline/calibration/index.ts';
import { initweights } from '../../../src/pipeline/reshape/index.ts';
import { type Sample, writeSyntheticMs } from './synthetic-ms.ts';

const ANT_COUNT = 4;
const CHAN_COUNT = 5;
const folder = mkdtempSync(join(tmpdir(), 'applycal-'));
const context = silentContext(folder);
const phase = (ant: number) => 0.5 * ant;

function visibility({ ant1, ant2 }: Sample): [number, number] {
  const turn = phase(ant1) - phase(ant2);
  return [Math.cos(turn), Math.sin(turn)];
}

/** Phase of the corrected data and flags of window `spw`, [chan] of the baseline of antennas 0 and 3. */
function corrected(spw: number): { phases: number[]; flags: number[] } {
  const ms = openMs(join(folder, 'a.ms'), 'read');
  try {
    for (const chunk of readChunks(ms, { columns: ['CORRECTED_DATA'], selection: { spw: String(spw) } })) {
      const row = chunk.antenna1.findIndex((ant1, at) => ant1 === 0 && chunk.antenna2[at] === 3);
      const cells = Array.from({ length: CHAN_COUNT }, (_, chan) => (row * CHAN_COUNT + chan) * 2);
      const data = chunk.data.CORRECTED_DATA!;
      const phases = cells.map((cell) => Math.atan2(data[2 * cell + 1], data[2 * cell]));
      const flags = cells.map((cell) => chunk.flag[cell]);
      chunk.release();
      return { phases, flags };
    }
    throw new Error('no rows');
  } finally {
    ms.close();
  }
}

const close = (values: number[], wanted: number[]) =>
  values.every((value, at) => Math.abs(value - wanted[at]) < 1e-5) && values.length === wanted.length;

beforeEach(() => {
  rmSync(join(folder, 'a.ms'), { recursive: true, force: true });
  writeSyntheticMs(join(folder, 'a.ms'), {
    ...{ antCount: ANT_COUNT, chanCount: CHAN_COUNT, spwCount: 2, scanFields: [0], integrations: 1, visibility },
  });
  gaincal(context, { vis: 'a.ms', caltable: 'p.g', spw: '0', refant: 'DA41', calmode: 'p', minblperant: 1, minsnr: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('applycal', () => {
  it('corrects the channels that are chosen and leaves the others as they were', () => {
    const before = -phase(3);
    const first = applycal(context, { vis: 'a.ms', gaintable: 'p.g', spw: '0:1~2' });
    expect(close(corrected(0).phases, [before, 0, 0, before, before])).toBe(true);
    expect(first.visibilityCount).toBe(((ANT_COUNT * (ANT_COUNT + 1)) / 2) * 2 * 2);
    expect(first.terms[0].ndata).toBe(first.visibilityCount);
    applycal(context, { vis: 'a.ms', gaintable: 'p.g', spw: '0:4' });
    expect(close(corrected(0).phases, [before, 0, 0, before, 0])).toBe(true);
  });

  it('flags only the chosen channels of a window without solutions, in the strict modes', () => {
    applycal(context, { vis: 'a.ms', gaintable: 'p.g', spw: '1:0~1', applymode: 'calflagstrict' });
    expect(corrected(1).flags).toEqual([1, 1, 0, 0, 0]);
  });

  it('scales phases with frequency for linearPD', () => {
    const apply = (interp: string) => {
      applycal(context, { vis: 'a.ms', gaintable: 'p.g', spw: '1', interp, spwmap: [0, 0] });
      return corrected(1).phases;
    };
    expect(close(apply('linear'), new Array(CHAN_COUNT).fill(0))).toBe(true);
    const ratio = 232.02 / 230.02;
    expect(close(apply('linearPD'), new Array(CHAN_COUNT).fill((ratio - 1) * phase(3)))).toBe(true);
    expect(close(apply('nearestPD'), new Array(CHAN_COUNT).fill((ratio - 1) * phase(3)))).toBe(true);
  });

  it('takes the middle one of the chosen channels for the frequency that phases are scaled to', () => {
    applycal(context, { vis: 'a.ms', gaintable: 'p.g', spw: '1:0~1', interp: 'linearPD', spwmap: [0, 0] });
    expect(corrected(1).phases[0]).toBeCloseTo((232.01 / 230.02 - 1) * phase(3), 5);
  });

  it('tells of each table how many flags it met and left, with its name as given, and nothing where nothing is calibrated', () => {
    const lines: string[] = [];
    const log = { post: (text: string) => lines.push(text) };
    const counted = () => lines.splice(0).filter((line) => line.includes('In: '));
    const options = { vis: 'a.ms', gaintable: join(folder, 'p.g') };
    applycal({ ...context, log }, { ...options, spw: '0' });
    expect(counted()).toEqual([`   G Jones: In: 0 / 100   (0.0%) --> Out: 0 / 100   (0.0%) (${options.gaintable})`]);
    applycal({ ...context, log }, { ...options, spw: '1' });
    expect(counted()).toEqual([]);
  });

  it('leaves weights of channels that are not chosen as they were', () => {
    initweights(context, { vis: 'a.ms', wtmode: 'ones', dowtsp: true });
    gencal(context, { vis: 'a.ms', caltable: 'h.g', caltype: 'amp', spw: '0', parameter: [2] });
    applycal(context, { vis: 'a.ms', gaintable: 'h.g', spw: '0:1~2' });
    const read = openMs(join(folder, 'a.ms'), 'read');
    const [first] = readChunks(read, { columns: [], withWeightSpectrum: true });
    expect([0, 1, 2, 3, 4].map((chan) => first.weightSpectrum![2 * chan])).toEqual([1, 16, 16, 1, 1]);
    expect(first.weight[0]).toBe(16);
    first.release();
    read.close();
  });

  it('turns delays about the middle of the window mapped to, with one window for all about that of each', () => {
    const options = { vis: 'a.ms', caltable: 'd.k', caltype: 'sbd', antenna: '3', spw: '0', parameter: [0.1] };
    gencal(context, options);
    const middle = (spwmap: number[]) => {
      applycal(context, { vis: 'a.ms', gaintable: 'd.k', spw: '1', spwmap });
      return corrected(1).phases[2];
    };
    expect(middle([0])).toBeCloseTo(-phase(3), 5);
    expect(Math.abs(middle([0, 0]) + phase(3))).toBeCloseTo(2 * Math.PI * 0.1 * 2, 4);
  });

  it('refuses what it does not do', () => {
    const call = (more: object) => () => applycal(context, { vis: 'a.ms', gaintable: 'p.g', ...more });
    expect(call({ parang: true })).toThrow('parang=True');
    expect(call({ interp: 'spline' })).toThrow('not an interpolation in time');
    gencal(context, { vis: 'a.ms', caltable: 'd.k', caltype: 'sbd', antenna: '3', spw: '0', parameter: [0.1] });
    expect(call({ gaintable: 'd.k', interp: 'linearPD' })).toThrow('scales phases');
    expect(call({ spw: '7' })).toThrow();
  });
});
