import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../../src/astronomy/visibility/index.ts';
import { flagcmd, flagdata, flagFigure, flagmanager } from '../../../src/pipeline/flagging/index.ts';
import { initweights } from '../../../src/pipeline/reshape/index.ts';
import { freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

function start() {
  const context = freshContext();
  const vis = join(context.cwd, 'a.ms');
  writeSmallMs(vis);
  const flags = () => {
    const ms = openMs(vis);
    let flagged = 0;
    for (const chunk of readChunks(ms, { columns: [] })) {
      for (const flag of chunk.flag) flagged += flag;
      chunk.release();
    }
    const rows = readNumbers(ms.main, 'FLAG_ROW').reduce((sum, flag) => sum + flag, 0);
    ms.close();
    return [flagged, rows];
  };
  const run = (options: object) => flagdata(context, { vis: 'a.ms', flagbackup: false, ...options });
  return { context, flags, run };
}

/** Values of a row of both windows. */
const PER_PAIR = (8 + 4) * 2;

describe('flagdata', () => {
  it('flags baselines, channels, correlations and autocorrelations', () => {
    const { flags, run } = start();
    run({ antenna: 'DA41&DA42' });
    expect(flags()).toEqual([6 * PER_PAIR, 12]);
    run({ mode: 'unflag', antenna: 'DA41&DA42' });
    expect(flags()).toEqual([0, 0]);
    run({ spw: '0:1~2', correlation: 'YY' });
    expect(flags()).toEqual([60 * 2, 0]);
    run({ mode: 'unflag' });
    run({ autocorr: true });
    expect(flags()).toEqual([24 * PER_PAIR, 48]);
  });

  it('leaves out of a summary what is beyond its limits', () => {
    const { run } = start();
    run({ antenna: 'DA41&DA42' });
    const antennas = (limits: object) => Object.keys(run({ mode: 'summary', ...limits }).summary?.antenna ?? {});
    expect(antennas({})).toEqual(['DA41', 'DA42', 'DV01', 'DV02']);
    expect(antennas({ minabs: 1 })).toEqual(['DA41', 'DA42']);
    expect(antennas({ maxrel: 0.1 })).toEqual(['DV01', 'DV02']);
    expect(antennas({ minrel: 0.1, maxabs: 1 })).toEqual([]);
    expect(run({ mode: 'summary', minabs: 1, fieldcnt: true, basecnt: true }).summary).toMatchObject({
      type: 'summary',
    });
  });

  it('counts what the commands before a summary would flag where they are only calculated', () => {
    const { flags, run } = start();
    const count = "mode='summary' spw='0'";
    const inpfile = ["antenna='DA41&DA42'", count, "mode='unflag' antenna='DA41&DA42' timerange='<1900/01/01'", count];
    const calculated = run({ mode: 'list', inpfile, action: 'calculate' }).summaries ?? {};
    expect(flags()).toEqual([0, 0]);
    expect(Object.values(calculated).map(({ flagged }) => flagged)).toEqual([6 * 8 * 2, 6 * 8 * 2]);
    expect(calculated).toEqual(run({ mode: 'list', inpfile }).summaries);
    const extended = ["mode='extend'", count];
    expect(() => run({ mode: 'list', inpfile: extended, action: 'calculate' })).toThrow('starts from the flags');
  });

  it('counts at the place that a summary has in a list', () => {
    const { run } = start();
    const counted = ["mode='summary'", "antenna='DA41&DA42'", "mode='summary'"];
    const { summaries, changed } = run({ mode: 'list', inpfile: counted });
    const flagged = (name: string) => summaries?.[name].flagged;
    expect([flagged('report0'), flagged('report1')]).toEqual([0, 6 * PER_PAIR]);
    expect(changed).toBeGreaterThan(0);
  });

  it('flags nothing by a quack of no length', () => {
    const { flags, run } = start();
    run({ mode: 'quack', quackinterval: 0, quackmode: 'end', quackincrement: true });
    expect(flags()).toEqual([0, 0]);
  });

  it('warns when it selects no rows', () => {
    const { context } = start();
    const warnings: string[] = [];
    const log = { ...context.log, post: (text: string, level?: string) => level === 'WARN' && warnings.push(text) };
    const run = (options: object) => flagdata({ ...context, log }, { vis: 'a.ms', flagbackup: false, ...options });
    run({ scan: '1' });
    run({ scan: '1' });
    run({ timerange: '>2099/01/01' });
    run({ mode: 'list', inpfile: ["scan='1'", "scan='99'"] });
    expect(warnings).toEqual(['No rows are selected: there was nothing to flag.']);
  });

  it('clears FLAG_ROW only where whole rows are unflagged', () => {
    const { flags, run } = start();
    run({ antenna: 'DA41&DA42' });
    run({ mode: 'unflag', spw: '0' });
    expect(flags()).toEqual([6 * 4 * 2, 12]);
    run({ mode: 'unflag' });
    expect(flags()).toEqual([0, 0]);
  });

  it('extends flags, alone and after other commands of a list', () => {
    const { flags, run } = start();
    run({ spw: '0:3', correlation: 'XX', scan: '1', antenna: 'DA41&DA42' });
    const [alone] = flags();
    run({ mode: 'extend', growtime: 0, growfreq: 0, action: 'calculate' });
    expect(flags()).toEqual([alone, 0]);
    run({ mode: 'extend', growtime: 0, growfreq: 0 });
    expect(flags()).toEqual([2 * alone, 0]);
    run({ mode: 'extend', growtime: 0, growfreq: 0, flagnearfreq: true, spw: '0:2~4', correlation: 'YY' });
    expect(flags()).toEqual([4 * alone, 0]);
    run({ mode: 'unflag' });
    const inpfile = ["spw='0:3~6' correlation='XX' antenna='DA41&DA42'", "mode='extend' growfreq=50.0 growtime=0.0"];
    run({ mode: 'list', inpfile });
    expect(flags()).toEqual([6 * 8 * 2, 0]);
    expect(() => run({ mode: 'list', inpfile, action: 'calculate' })).toThrow('starts from the flags');
  });

  it('extends by scan, or within chunks of time', () => {
    const { flags, run } = start();
    const grow = { mode: 'extend', extendpols: false, growfreq: 0, growtime: 30, spw: '0:3' };
    run({ mode: 'quack', spw: '0:3', quackinterval: 0.1, antenna: 'DA41&DA42' });
    const [first] = flags();
    run({ ...grow, ntime: '0.1s' });
    expect(flags()[0]).toBe(first);
    run({ ...grow, growtime: 40, combinescans: true });
    expect(flags()[0]).toBe(first);
    run(grow);
    expect(flags()[0]).toBe(3 * first);
    expect(() => run({ ...grow, ntime: 'often' })).toThrow("neither 'scan' nor a time");
  });

  it('clips a model that is not a column', () => {
    const { flags, run } = start();
    const filled: number[] = [];
    const modelOf = () => ({
      fill(chunk: VisibilityChunk, into: Float32Array) {
        filled.push(into.length);
        into.fill(0);
        for (let row = 0; row < chunk.rowCount; row++)
          if (chunk.scanNumber[row] === 1) into[2 * row * chunk.chanCount * chunk.corrCount] = 9;
      },
    });
    run({ mode: 'clip', datacolumn: 'MODEL', clipminmax: [0, 5], modelOf });
    const [flagged] = flags();
    expect(filled.length).toBeGreaterThan(0);
    expect(flagged).toBeGreaterThan(0);
    run({ mode: 'clip', datacolumn: 'MODEL', clipminmax: [0, 10], modelOf });
    expect(flags()[0]).toBe(flagged);
    expect(() => run({ mode: 'clip', datacolumn: 'MODEL', clipminmax: [0, 5] })).toThrow('MODEL_DATA');
  });

  it('clips, quacks and finds shadows', () => {
    const { flags, run } = start();
    run({ mode: 'clip', clipminmax: [0, 3], antenna: 'DV01&DV02', correlation: 'ABS_XX' });
    expect(flags()[0]).toBe(0); // |1 + 2.3 i| is below 3
    run({ mode: 'clip', clipminmax: [0, 1], antenna: 'DV01&DV02', correlation: 'IMAG_XX' });
    expect(flags()[0]).toBe(6 * (8 + 4));
    run({ mode: 'unflag' });
    run({ mode: 'clip', clipminmax: [0, 1], antenna: 'DV01&DV02', correlation: 'IMAG_XX,RR' }); // no window has RR
    expect(flags()[0]).toBe(6 * (8 + 4));
    run({ mode: 'unflag' });
    run({ mode: 'quack', quackinterval: 5, quackmode: 'beg' });
    expect(flags()).toEqual([20 * PER_PAIR, 40]);
    run({ mode: 'unflag' });
    run({ mode: 'shadow', tolerance: 0 });
    expect(flags()).toEqual([0, 0]);
    run({ mode: 'shadow', tolerance: -21 }); // neighbours 31.6 m apart: behind lie all but the last antenna
    expect(flags()[0]).toBe(9 * 6 * PER_PAIR);
  });

  it('lists commands, leaves out what selects nothing, and only counts when asked', () => {
    const { flags, run } = start();
    const inpfile = ["antenna='CM03'", "scan='1' spw='1'", "mode='unflag' spw='1:0'"];
    expect(run({ mode: 'list', inpfile, action: 'calculate' }).changed).toBeGreaterThan(0);
    expect(flags()).toEqual([0, 0]);
    run({ mode: 'list', inpfile });
    expect(flags()[0]).toBe(30 * 3 * 2);
    expect(() => run({ antenna: 'CM03' })).toThrow(/No baseline/);
    expect(() => run({ mode: 'rflag' })).toThrow(/not done/);
  });

  it('summarises as CASA does', () => {
    const { run } = start();
    run({ antenna: 'DA41&&&', spw: '0' });
    const { summary } = run({ mode: 'summary' });
    expect(summary).toMatchObject({
      type: 'summary',
      flagged: 6 * 16,
      total: 60 * PER_PAIR,
      spw: { 0: { flagged: 96, total: 60 * 16 }, 1: { flagged: 0, total: 60 * 8 } },
      correlation: { XX: { flagged: 48, total: 60 * 12 } },
      antenna: { DA41: { flagged: 96, total: 24 * PER_PAIR } },
      field: { 'Target one': { flagged: 48, total: 30 * PER_PAIR } },
    });
  });
});

describe('flagdata by elevation, columns and reasons', () => {
  it('flags antennas that look too low or too high', () => {
    const { flags, run } = start();
    run({ mode: 'elevation', lowerlimit: 0, upperlimit: 90 });
    const [below] = flags();
    expect(below % (20 * PER_PAIR)).toBe(0); // whole integrations
    run({ mode: 'unflag' });
    run({ mode: 'elevation', lowerlimit: -90, upperlimit: -90 });
    expect(flags()[0]).toBe(60 * PER_PAIR);
  });

  it('clips weights, by channel where there are such, and Stokes I', () => {
    const { context, flags, run } = start();
    run({ mode: 'clip', datacolumn: 'WEIGHT', clipminmax: [0, 3.9], spw: '1', antenna: 'DV01&DV02' });
    expect(flags()[0]).toBe(6 * 8); // WEIGHT is 4
    run({ mode: 'unflag' });
    run({ mode: 'clip', correlation: 'IMAG_I', clipminmax: [0, 1], antenna: 'DV01&DV02' });
    expect(flags()[0]).toBe(6 * PER_PAIR);
    expect(() => run({ mode: 'clip', datacolumn: 'SPECTRUM' })).toThrow(/weight_spectrum/);
    run({ mode: 'unflag' });
    // Averages of channels: I is the mean of both polarizations' averages, weights are added up.
    const averaged = { mode: 'clip', channelavg: true, antenna: 'DV01&DV02' };
    run({ ...averaged, correlation: 'REAL_I', clipminmax: [0, 1] });
    expect(flags()[0]).toBe(6 * 8); // window 1 begins with 1.00
    run({ mode: 'unflag' });
    run({ ...averaged, datacolumn: 'WEIGHT', clipminmax: [0, 17], spw: '0' });
    expect(flags()[0]).toBe(6 * 16); // eight channels of WEIGHT 4
    run({ mode: 'unflag' });
    run({ ...averaged, datacolumn: 'WEIGHT', clipminmax: [0, 17], spw: '1' });
    expect(flags()[0]).toBe(0); // four channels
    run({ mode: 'clip', correlation: 'NORM_ALL', datacolumn: 'WEIGHT', clipminmax: [0, 5], antenna: 'DV01&DV02' });
    expect(flags()[0], 'weights themselves').toBe(0);
    const spectrum = { mode: 'clip', datacolumn: 'weight_spectrum', clipminmax: [0, 3.9] };
    expect(() => run(spectrum)).toThrow('There is no column WEIGHT_SPECTRUM');
    run({ mode: 'list', inpfile: ["mode='clip' datacolumn='WEIGHT_SPECTRUM' clipminmax=[0,3.9]", "scan='9'"] });
    expect(flags()[0]).toBe(0);
    run({ mode: 'unflag' });
    initweights(context, { vis: 'a.ms', wtmode: 'weight', dowtsp: true });
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    const weight = ms.main.column('WEIGHT');
    weight.putRange(0, ms.main.rowCount, new Float32Array(2 * ms.main.rowCount).fill(1), [2]);
    ms.close();
    run({ mode: 'clip', datacolumn: 'WEIGHT', clipminmax: [0, 3.9], spw: '1', antenna: 'DV01&DV02' });
    expect(flags()[0]).toBe(6 * 8); // WEIGHT_SPECTRUM is still 4
  });

  it('takes shadows of antennas without data, from a record or a file', () => {
    const { context, flags, run } = start();
    const position = [2_225_000 - 3e3, -5_440_300 - 3e3, -2_481_000];
    run({ mode: 'shadow', addantenna: { 0: { name: 'X', diameter: 12, position } } });
    expect(flags()[0]).toBe(0);
    const path = join(context.cwd, 'antennas.txt');
    // A disc over the array hides all fields that are above the horizon.
    writeFileSync(path, "name='X'\ndiameter=50000\nposition=[2225222, -5440844, -2481248]\n");
    run({ mode: 'elevation', lowerlimit: 0, upperlimit: 90 });
    const [below] = flags();
    run({ mode: 'unflag' });
    run({ mode: 'shadow', addantenna: 'antennas.txt' });
    expect(flags()[0]).toBe(60 * PER_PAIR - below);
    writeFileSync(path, 'name=X\ndiameter=-1\nposition=[0, 0]\n');
    expect(() => run({ mode: 'shadow', addantenna: 'antennas.txt' })).toThrow(/needs a diameter/);
  });

  it('reads times of a list as the selection does, and widens them by tbuff also beyond midnight', () => {
    const { flags, run } = start();
    const list = (timerange: string, tbuff?: number | number[]) => {
      run({ mode: 'unflag' });
      run({ mode: 'list', inpfile: [`timerange='${timerange}'`], tbuff });
      return flags()[0];
    };
    // Scans at 03:00:03, 09, 15 and a minute later; two fields are minutes and seconds.
    expect(list('01:00~02:00')).toBe(0);
    expect(list('2013-06-15T03:00:00~2013-06-15T03:00:10')).toBe(2 * 10 * PER_PAIR);
    expect(list('03:00:04~03:00:08')).toBe(0);
    expect(list('03:00:04~03:00:08', 1)).toBe(2 * 10 * PER_PAIR);
    expect(list('03:00:04~03:00:08', [0, 1])).toBe(10 * PER_PAIR);
    expect(list('2013/06/15/00:00:00~23:59:58', 5)).toBe(60 * PER_PAIR);
    expect(list('00:00:02~23:00:00', 5)).toBe(60 * PER_PAIR);
  });

  it('saves commands that a list can hold', () => {
    const { context, flags, run } = start();
    const clip = { mode: 'clip', clipminmax: [0, 1.5], clipoutside: true, clipzeros: false, reason: ['any'] };
    const averages = { chanbin: 1, timeavg: false, timebin: '0s', display: '', writeflags: true, growtime: 50 };
    run({ ...clip, ...averages, savepars: true, outfile: 'saved.txt' });
    // As CASA has it: what the mode looks at, and numbers of the kind that it wants there.
    expect(readFileSync(join(context.cwd, 'saved.txt'), 'utf8')).toBe(
      "clipoutside=True clipzeros=False clipminmax=[0.0, 1.5] mode='clip'\n",
    );
    run({
      mode: 'quack',
      quackinterval: 7,
      growtime: 50,
      observation: 0,
      action: '',
      savepars: true,
      outfile: 'quack.txt',
    });
    expect(readFileSync(join(context.cwd, 'quack.txt'), 'utf8')).toBe(
      "observation='0' quackinterval=7.0 mode='quack'\n",
    );
    const [clipped] = flags();
    expect(clipped).toBeGreaterThan(0);
    run({ mode: 'unflag' });
    run({ mode: 'list', inpfile: 'saved.txt' });
    expect(flags()[0]).toBe(clipped);
  });

  it('chooses list commands by reason and saves commands with one', () => {
    const { context, flags, run } = start();
    const inpfile = ["spw='0' reason='one'", "spw='1' reason='two'"];
    run({ mode: 'list', inpfile, reason: 'two' });
    expect(flags()[0]).toBe(60 * 8);
    expect(() => run({ mode: 'list', inpfile, reason: 'three' })).toThrow(/No command of inpfile has the reason three/);
    run({ spw: '0:3', action: '', savepars: true, outfile: 'saved.txt', cmdreason: 'spike' });
    expect(readFileSync(join(context.cwd, 'saved.txt'), 'utf8')).toBe("spw='0:3' mode='manual' reason='spike'\n");
  });
});

it('refuses a list without commands, as CASA does', () => {
  const { context, flags, run } = start();
  writeFileSync(join(context.cwd, 'remarks.txt'), '# only this\n\n');
  for (const inpfile of [undefined, [], [''], '', ['# remark', ' '], 'remarks.txt'])
    expect(() => run({ mode: 'list', inpfile })).toThrow(/inpfile holds no flag command/);
  expect(flags()).toEqual([0, 0]);
});

describe('flagdata without an outfile', () => {
  it('keeps its commands in FLAG_CMD, from where they are taken back, but for summaries', () => {
    const { context, flags, run } = start();
    run({ antenna: 'DV01', spw: '0', savepars: true, cmdreason: 'looks bad', flagbackup: false });
    const lines = ["mode='summary'", "mode=quack quackinterval=3 ntime=7.5 clipminmax=[1,2] reason='a b'"];
    run({ mode: 'list', inpfile: lines, action: '', savepars: true });
    const { commands } = flagcmd(context, { vis: 'a.ms', action: 'list', useapplied: true });
    expect(commands.slice(2).map(({ text, reason, isApplied }) => [text, reason, isApplied])).toEqual([
      ["spw='0' antenna='DV01' mode='manual'", 'looks bad', true],
      ["mode='quack' quackinterval=3 ntime=7.5 clipminmax=[1, 2]", 'a b', false],
    ]);
    expect(flags()[0]).toBeGreaterThan(0);
    flagcmd(context, { vis: 'a.ms', action: 'unapply', useapplied: true, tablerows: [2], flagbackup: false });
    expect(flags()[0]).toBe(0);
  });

  it.each([
    ['', 'ABS_XX', 0],
    ['1', 'ABS_XX', 12],
    ['', 'ABS_RR', 12], // nothing to clip, no row is its own
  ])('takes flags of rows back with a clip of them: spw "%s", %s', (spw, correlation, left) => {
    const { context, flags, run } = start();
    run({ antenna: 'DA41&DA42' });
    expect(flags()[1]).toBe(12);
    run({ mode: 'clip', clipminmax: [0, 1e-9], spw, correlation, action: '', savepars: true });
    const { commands } = flagcmd(context, { vis: 'a.ms', action: 'list', useapplied: true });
    const tablerows = [commands.length - 1];
    flagcmd(context, { vis: 'a.ms', action: 'apply', tablerows, flagbackup: false });
    flagcmd(context, { vis: 'a.ms', action: 'unapply', useapplied: true, tablerows, flagbackup: false });
    expect(flags()[1]).toBe(left);
  });

  it('leaves out commands of a list that ask for a column that is not there, and knows feeds in lists', () => {
    const { flags, run } = start();
    run({
      mode: 'list',
      inpfile: ["mode='clip' datacolumn='FLOAT_DATA'", '', "antenna='DV01' spw='0' feed='0&&0'"],
    });
    expect(flags()[0]).toBeGreaterThan(0);
    expect(() => run({ mode: 'clip', datacolumn: 'FLOAT_DATA' })).toThrow(/no column FLOAT_DATA/);
  });
});

describe('flagcmd', () => {
  it('draws, saves and removes commands', () => {
    const { context } = start();
    const { commands } = flagcmd(context, { vis: 'a.ms', action: 'plot', useapplied: true });
    const figure = flagFigure(context, 'a.ms', commands);
    const [panel] = figure.sections[0].panels;
    expect(panel.y.categories).toEqual(['DA41', 'DA42', 'DV01', 'DV02', 'all antennas']);
    // A series for each reason, kept to the lane of its antenna by lines between antennas.
    const separators = panel.series.filter(({ y }) => y[0] % 1 === 0.5);
    expect(separators.map(({ y }) => y[0])).toEqual([0.5, 1.5, 2.5, 3.5]);
    const bars = panel.series.filter((series) => !separators.includes(series));
    expect(figure.sections[0].legend).toHaveLength(bars.length);
    for (const value of bars.flatMap(({ y }) => Array.from(y)).filter(Number.isFinite))
      expect(Math.abs(value - Math.round(value))).toBeLessThanOrEqual(0.25);
    expect(bars.flatMap(({ y }) => Array.from(y)).filter(Number.isFinite).length).toBeGreaterThan(0);
    flagcmd(context, { vis: 'a.ms', action: 'list', useapplied: true, savepars: true, outfile: 'commands.txt' });
    expect(readFileSync(join(context.cwd, 'commands.txt'), 'utf8').trim().split('\n')).toHaveLength(2);
    flagcmd(context, { vis: 'a.ms', action: 'clear', rowlist: [0] });
    const list = () => flagcmd(context, { vis: 'a.ms', action: 'list', useapplied: true }).commands;
    expect(list()).toHaveLength(2);
    flagcmd(context, { vis: 'a.ms', action: 'clear', clearall: true, rowlist: [0] });
    expect(list()).toHaveLength(1);
  });

  it('applies the commands of FLAG_CMD that are not applied yet and marks them', () => {
    const { context, flags } = start();
    expect(flagcmd(context, { vis: 'a.ms', action: 'list', useapplied: true }).commands).toHaveLength(2);
    flagcmd(context, { vis: 'a.ms', action: 'apply', flagbackup: false });
    expect(flags()).toEqual([4 * PER_PAIR, 8]);
    expect(flagcmd(context, { vis: 'a.ms', action: 'list' }).commands).toHaveLength(0);
    const undo = { vis: 'a.ms', action: 'unapply', reason: 'Mount_is_off_source', flagbackup: false };
    flagcmd(context, undo);
    expect(flags()).toEqual([4 * PER_PAIR, 8]);
    flagcmd(context, { ...undo, useapplied: true });
    expect(flags()).toEqual([0, 0]);
  });

  it('keeps the commands of a list, and takes back what a command found, not all that it looked at', () => {
    const { context, flags, run } = start();
    const quack = "mode=quack quackinterval=0.5 antenna='DV01' reason='edge of the scan'";
    flagcmd(context, {
      vis: 'a.ms',
      inpmode: 'list',
      inpfile: ['# remark', '', quack],
      savepars: true,
      flagbackup: false,
    });
    const found = flags();
    const kept = flagcmd(context, {
      vis: 'a.ms',
      action: 'list',
      useapplied: true,
      reason: ['edge of the scan'],
    }).commands;
    expect(kept.map(({ row, text, isApplied }) => [row, text, isApplied])).toEqual([
      [2, "mode='quack' quackinterval=0.5 antenna='DV01'", true],
    ]);
    run({ antenna: 'DV01', flagbackup: false });
    const all = flags();
    flagcmd(context, { vis: 'a.ms', action: 'unapply', useapplied: true, tablerows: [2], flagbackup: false });
    expect(found[0]).toBeGreaterThan(0);
    expect(flags()).toEqual(all.map((count, index) => count - found[index]));
    expect(() => flagcmd(context, { vis: 'a.ms', inpmode: 'list', inpfile: [quack], action: 'unapply' })).toThrow(
      /savepars/,
    );
  });
});

describe('flagmanager', () => {
  it('saves, restores, renames and deletes versions', () => {
    const { context, flags, run } = start();
    run({ spw: '1:2', flagbackup: true });
    const before = flags();
    flagmanager(context, { vis: 'a.ms', mode: 'save', versionname: 'one', comment: 'first' });
    run({});
    expect(flags()[0]).toBe(60 * PER_PAIR);
    flagmanager(context, { vis: 'a.ms', mode: 'restore', versionname: 'one' });
    expect(flags()).toEqual(before);
    flagmanager(context, { vis: 'a.ms', mode: 'rename', oldname: 'one', versionname: 'two' });
    const { versions } = flagmanager(context, { vis: 'a.ms', mode: 'delete', versionname: 'flagdata_1' });
    expect(versions).toEqual([{ name: 'two', comment: 'first' }]);
    const { versions: after } = flagmanager(context, { vis: 'a.ms', mode: 'delete', versionname: 'flagdata_1' });
    expect(after, 'a version gone already is only told').toEqual(versions);
    expect(() => flagmanager(context, { vis: 'a.ms', mode: 'restore', versionname: 'one' })).toThrow(/no flag version/);
  });

  it('keeps a version of the name that is saved again under another', () => {
    const { context, flags, run } = start();
    const save = { vis: 'a.ms', mode: 'save', versionname: 'one' };
    flagmanager(context, { ...save, comment: 'clean' });
    const clean = flags();
    run({ spw: '1:2', flagbackup: false });
    const { versions } = flagmanager(context, { ...save, comment: 'flagged' });
    expect(versions).toEqual([
      { name: 'one.old.1', comment: 'clean' },
      { name: 'one', comment: 'flagged' },
    ]);
    flagmanager(context, { vis: 'a.ms', mode: 'restore', versionname: 'one.old.1' });
    expect(flags()).toEqual(clean);
    expect(flagmanager(context, save).versions.map(({ name }) => name)).toEqual(['one.old.1', 'one.old.2', 'one']);
  });
});
