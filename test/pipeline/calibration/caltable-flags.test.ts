import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { flagCalTable, readCalTable } from '../../../src/pipeline/calibration/index.ts';
import { type FlagCounts, flagmanager } from '../../../src/pipeline/flagging/index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'caltable-flags-'));
const context = silentContext(folder);
beforeEach(() => {
  for (const name of ['b', 'b.flagversions']) rmSync(join(folder, name), { recursive: true, force: true });
  cpSync(join(fixtures, 'bandpass.b'), join(folder, 'b'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('flagCalTable', () => {
  it('flags channels of an antenna and of no other', () => {
    const before = readCalTable(join(folder, 'b')).rows;
    const name = readCalTable(join(folder, 'b')).antennas[before.antenna1[2]].name;
    flagCalTable(context, { vis: 'b', mode: 'manual', spw: '0:2~4;19~40', antenna: name });
    const { rows } = readCalTable(join(folder, 'b'));
    for (let row = 0; row < rows.count; row++) {
      const isChosen = rows.antenna1[row] === before.antenna1[2];
      for (let chan = 0; chan < 21; chan++) {
        const cell = rows.offsets[row] + 2 * chan;
        const isCut = isChosen && ((chan >= 2 && chan <= 4) || chan >= 19);
        expect([rows.flag[cell], rows.flag[cell + 1]]).toEqual(
          isCut ? [1, 1] : [before.flag[cell], before.flag[cell + 1]],
        );
      }
    }
  });

  it('unflags, counts without writing, and knows nothing else', () => {
    const { changed } = flagCalTable(context, { vis: 'b', spw: '0', action: 'calculate' });
    expect(changed).toBeGreaterThan(0);
    expect(flagCalTable(context, { vis: 'b', spw: '0' }).changed).toBe(changed);
    expect(flagCalTable(context, { vis: 'b', spw: '0' }).changed).toBe(0);
    flagCalTable(context, { vis: 'b', mode: 'unflag' });
    expect(readCalTable(join(folder, 'b')).rows.flag.every((flag) => flag === 0)).toBe(true);
    // As a script of 2014 has it, a comma for a semicolon: CASA 4 took the windows that are there.
    expect(flagCalTable(context, { vis: 'b', spw: '0,124~127' }).changed).toBe(changed);
    flagCalTable(context, { vis: 'b', mode: 'unflag' });
    expect(() => flagCalTable(context, { vis: 'b', spw: '124' })).toThrow(/124/);
    expect(() => flagCalTable(context, { vis: 'b', mode: 'elevation' })).toThrow(/not with elevation/);
    expect(() => flagCalTable(context, { vis: 'b', uvrange: '>5m' })).toThrow(/not selected by uvrange/);
    expect(() => flagCalTable(context, { vis: 'b', antenna: 'DZ99' })).toThrow(/DZ99/);
  });

  it('quacks scans and spreads flags as on data', () => {
    const { rows } = readCalTable(join(folder, 'b'));
    const flagged = () => readCalTable(join(folder, 'b')).rows.flag;
    flagCalTable(context, { vis: 'b', mode: 'unflag', flagbackup: false });
    flagCalTable(context, { vis: 'b', mode: 'quack', quackinterval: 1, quackmode: 'tail', flagbackup: false });
    expect(flagged().includes(1)).toBe(false); // one solution a scan is its beginning
    flagCalTable(context, {
      vis: 'b',
      mode: 'quack',
      quackinterval: 1,
      scan: String(rows.scanNumber[0]),
      flagbackup: false,
    });
    expect(
      flagged().every((flag, cell) => {
        const row = rows.offsets.findIndex((offset) => offset > cell) - 1;
        return flag === Number(rows.scanNumber[row] === rows.scanNumber[0]);
      }),
    ).toBe(true);
    flagCalTable(context, { vis: 'b', mode: 'unflag', flagbackup: false });
    flagCalTable(context, { vis: 'b', spw: '0:3', correlation: 'Sol1', flagbackup: false });
    const none = { growtime: 0, growfreq: 0, flagbackup: false };
    flagCalTable(context, { vis: 'b', mode: 'extend', extendpols: false, flagnearfreq: true, ...none });
    const one = Array.from(flagged().subarray(rows.offsets[0], rows.offsets[0] + 14));
    expect(one).toEqual([0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    flagCalTable(context, { vis: 'b', mode: 'extend', ...none });
    expect(Array.from(flagged().subarray(rows.offsets[0] + 4, rows.offsets[0] + 10))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('clips amplitudes, angles, and the signal to noise of one parameter', () => {
    const { rows } = readCalTable(join(folder, 'b'));
    const flagged = (options: object) => {
      flagCalTable(context, { vis: 'b', mode: 'unflag', flagbackup: false });
      flagCalTable(context, { vis: 'b', mode: 'clip', flagbackup: false, ...options });
      return readCalTable(join(folder, 'b')).rows.flag;
    };
    const cells = (isBad: (re: number, im: number, cell: number) => boolean) =>
      rows.flag.map((_, cell) => Number(isBad(rows.params[2 * cell], rows.params[2 * cell + 1], cell)));
    const amp = (re: number, im: number) => Math.hypot(re, im);
    expect(flagged({ datacolumn: 'CPARAM', clipminmax: [0.99, 1.01] })).toEqual(
      cells((re, im) => amp(re, im) < 0.99 || amp(re, im) > 1.01),
    );
    expect(
      flagged({ datacolumn: 'cparam', clipminmax: [-0.01, 0.01], correlation: 'ARG_Sol2', clipoutside: false }),
    ).toEqual(cells((re, im, cell) => cell % 2 === 1 && Math.abs(Math.atan2(im, re)) <= 0.01));
    const middle = rows.snr.slice().sort()[rows.snr.length >> 1];
    expect(flagged({ datacolumn: 'SNR', clipminmax: [middle, 1e9], correlation: 'Sol1' })).toEqual(
      cells((_re, _im, cell) => cell % 2 === 0 && rows.snr[cell] < middle),
    );
    expect(() => flagged({ datacolumn: 'FPARAM', clipminmax: [0, 1] })).toThrow(/datacolumn="CPARAM" or "SNR"/);
  });

  it('keeps the state before, works through lists, and counts', () => {
    flagCalTable(context, { vis: 'b', mode: 'unflag' });
    const without = flagCalTable(context, { vis: 'b', antenna: '!DA41;!DA42', action: 'calculate' });
    expect(without.changed).toBe(6 * 42);
    const inpfile = ["spw='0:0~3' correlation='Sol1'", "mode='summary' spwchan=True", "antenna='DZ99'"];
    const { changed, summary } = flagCalTable(context, { vis: 'b', mode: 'list', inpfile });
    expect(changed).toBe(4 * 8);
    expect(summary).toMatchObject({
      ...{ flagged: 32, total: 336, array: { '-1': { flagged: 32, total: 336 } } },
      correlation: { Sol1: { flagged: 32, total: 168 }, Sol2: { flagged: 0, total: 168 } },
      antenna: { DA41: { flagged: 32, total: 336 }, DA42: { flagged: 4, total: 42 } },
    });
    expect((summary as FlagCounts)['spw:channel']?.['0:2']).toEqual({ flagged: 8, total: 16 });
    flagmanager(context, { vis: 'b', mode: 'restore', versionname: 'flagdata_2' });
    expect(readCalTable(join(folder, 'b')).rows.flag.every((flag) => flag === 0)).toBe(true);
  });
});
