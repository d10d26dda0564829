import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { uvcontsub } from '../../../src/pipeline/reshape/index.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'contsub-'));
const context = silentContext(folder);
const chanCount = 8;
/** Continuum with a slope in GHz from 231 GHz, other for each baseline and integration; a line in channel 3 of window 0. */
const continuum = (spw: number, chan: number, factor: number) =>
  factor * (2 + 0.1 * (230 + 2 * spw + 0.01 * chan - 231));

function write(name: string): void {
  writeSyntheticMs(join(folder, name), {
    antCount: 3,
    chanCount,
    spwCount: 2,
    scanFields: [0, 1],
    integrations: 2,
    visibility: ({ spw, chan, ant1, ant2, integration }) => {
      const factor = 1 + ant1 + 0.3 * ant2 + 0.1 * integration;
      return [continuum(spw, chan, factor) + (spw === 0 && chan === 3 ? 5 : 0), -continuum(spw, chan, factor) / 2];
    },
    isFlagged: ({ spw, chan }) => spw === 1 && chan === 0,
  });
}

/** DATA [row, chan, corr, re/im] and the window of each row. */
function read(name: string) {
  const ms = openMs(join(folder, name));
  const rows = ms.main.rowCount;
  const data = ms.main.column('DATA').getRange(0, rows) as Float32Array;
  const flag = ms.main.column('FLAG').getRange(0, rows) as Uint8Array;
  const spw = ms.main.column('DATA_DESC_ID').getRange(0, rows) as Int32Array;
  ms.close();
  return { rows, data, flag, spw };
}

beforeAll(() => {
  for (const name of ['a.ms', 'b.ms', 'c.ms', 'd.ms']) write(name);
});

describe('uvcontsub of CASA 3 to 6.4', () => {
  it('fits one polynomial over all windows and writes the line and the fits', () => {
    uvcontsub(context, {
      vis: 'a.ms',
      fitspw: '0:0~2;4~7,1',
      combine: 'spw',
      solint: 'int',
      fitorder: 1,
      want_cont: true,
    });
    const [line, fit, original] = [read('a.ms.contsub'), read('a.ms.cont'), read('a.ms')];
    expect(line.rows).toBe(original.rows);
    for (let k = 0; k < line.data.length; k++) {
      const [row, chan] = [Math.floor(k / (4 * chanCount)), Math.floor(k / 4) % chanCount];
      const expected = line.spw[row] === 0 && chan === 3 && k % 2 === 0 ? 5 : 0;
      expect(line.data[k]).toBeCloseTo(expected, 4);
    }
    // split orders rows by window: the values are compared as a set.
    const sums = fit.data.map((value, k) => value + line.data[k]).sort();
    const truth = original.data.slice().sort();
    for (let k = 0; k < truth.length; k++) expect(sums[k]).toBeCloseTo(truth[k], 4);
  });

  it('fits windows one by one, without the channels that are excluded', () => {
    uvcontsub(context, { vis: 'b.ms', field: '0', fitspw: '0:3', excludechans: true, fitorder: 1 });
    const { rows, data, spw } = read('b.ms.contsub');
    expect(rows).toBe(read('b.ms').rows / 2);
    for (let row = 0; row < rows; row++) {
      expect(data[row * 4 * chanCount + 4 * 3]).toBeCloseTo(spw[row] === 0 ? 5 : 0, 4);
      expect(data[row * 4 * chanCount + 4 * 5]).toBeCloseTo(0, 4);
    }
  });

  it('takes the mean of a scan with solint inf, and flags what has no data in the channels of the fit', () => {
    uvcontsub(context, { vis: 'c.ms', fitspw: '0:4~7,1:0', solint: 'inf' });
    const { rows, data, flag, spw } = read('c.ms.contsub');
    for (let row = 0; row < rows; row++) {
      const at = row * 4 * chanCount + 4 * 5;
      if (spw[row] === 1) expect(flag[row * 2 * chanCount + 2 * 5]).toBe(1);
      else expect(Math.abs(data[at])).toBeGreaterThan(0.05);
    }
  });

  it('says what does not go together', () => {
    expect(() => uvcontsub(context, { vis: 'd.ms', fitspw: '0:4~7', spw: '0,1' })).toThrow(/combine="spw"/);
    expect(() => uvcontsub(context, { vis: 'd.ms', fitspw: '0:4~7' })).toThrow(/Windows 1 have no channels in fitspw/);
    expect(() => uvcontsub(context, { vis: 'd.ms', combine: 'field' })).toThrow(/spw, scan/);
    expect(() => uvcontsub(context, { vis: 'd.ms', outputvis: 'x.ms', fitspw: '0' })).toThrow(/fitspec/);
  });

  it('with outputvis says how good the fits are: of each time the last row', () => {
    write('e.ms');
    const report = uvcontsub(context, { vis: 'e.ms', outputvis: 'f.ms', field: '0', fitspec: '0:0~4' });
    expect(Object.keys(report?.goodness_of_fit.field ?? {})).toEqual(['0']);
    const [scan] = Object.values(report?.goodness_of_fit.field[0].scan ?? {});
    expect(Object.keys(scan.spw)).toEqual(['0']);
    const ms = openMs(join(folder, 'f.ms'));
    const [times, sigma] = ['TIME', 'SIGMA'].map((name) => ms.main.column(name).getRange(0, ms.main.rowCount));
    ms.close();
    const { rows, data, spw } = read('f.ms');
    const [corrs, lastOf] = [(sigma as Float32Array).length / rows, new Map<number, number>()];
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let chan = 0; chan < 5; chan++)
        sum += (data[2 * (row * chanCount + chan) * corrs] / (sigma as Float32Array)[row * corrs]) ** 2;
      if (spw[row] === 0) lastOf.set(Number(times[row]), sum);
    }
    const { chi_squared: found, count } = scan.spw[0].polarization[0];
    expect(count).toBe(2);
    expect(found.max.real / Math.max(...lastOf.values())).toBeCloseTo(1, 5);
    expect(found.average.real / ([...lastOf.values()].reduce((a, b) => a + b) / 2)).toBeCloseTo(1, 5);
  });
});
