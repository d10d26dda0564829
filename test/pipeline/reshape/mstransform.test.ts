import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { frequencyShiftFactor, observatoryPosition } from '../../../src/astronomy/measures/index.ts';
import { fieldDirection, openMs, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk, writeChunk } from '../../../src/astronomy/visibility/index.ts';
import { cvel2, cvelfreqs, fixplanets, hanningsmooth, mstransform } from '../../../src/pipeline/reshape/index.ts';
import { writeEphemeris } from '../../astronomy/ms/small-ephemeris.ts';
import { freshContext, SECONDS, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

function start() {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  return context;
}

/** Moves window 1 onto the last two channels of window 0, and flags the last channel of that. */
function overlapWindows(path: string): void {
  const ms = openMs(path, 'update');
  const freqs = Float64Array.from({ length: 4 }, (_, chan) => 230e9 + (6 + chan) * 1e6);
  ms.subtable('SPECTRAL_WINDOW')
    .column('CHAN_FREQ')
    .put(1, { shape: [4], values: freqs });
  for (const chunk of readChunks(ms, { columns: [], selection: { spw: '0' } })) {
    for (let at = 0; at < chunk.flag.length; at++) if (at % 16 >= 14) chunk.flag[at] = 1;
    writeChunk(ms, chunk, { flag: true });
    chunk.release();
  }
  ms.close();
}

/** First chunk, spectral windows and frame codes of an output. */
function look(path: string) {
  const ms = openMs(path);
  const [chunk] = readChunks(ms, { columns: ['DATA'] }) as Iterable<VisibilityChunk>;
  const { spectralWindows } = readMetadata(ms);
  const result = {
    windows: spectralWindows,
    data: Array.from(chunk.data.DATA as Float32Array)
      .filter((_, at) => at % 4 === 0)
      .slice(0, chunk.chanCount),
    flag: Array.from(chunk.flag)
      .filter((_, at) => at % 2 === 0)
      .slice(0, chunk.chanCount),
    weight: chunk.weight[0],
    sigma: chunk.sigma[0],
  };
  chunk.release();
  ms.close();
  return result;
}

describe('mstransform', () => {
  it('smooths by Hanning and flags the edges', () => {
    const context = start();
    mstransform(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '0', hanning: true, datacolumn: 'data' });
    const { data, flag, weight, sigma } = look(join(context.cwd, 'b.ms'));
    expect(data[3]).toBeCloseTo(0.03, 6);
    expect(flag).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
    expect(weight).toBeCloseTo(4 / 0.375, 4);
    expect(sigma).toBeCloseTo(Math.sqrt(0.375 / 4), 6);
  });

  it('hanningsmooth without outputvis changes the MS itself and takes no selection', () => {
    const context = start();
    const before = look(join(context.cwd, 'a.ms'));
    expect(() => hanningsmooth(context, { vis: 'a.ms', field: '0' })).toThrow('name outputvis to select by field');
    expect(hanningsmooth(context, { vis: 'a.ms', datacolumn: 'data' })).toBeUndefined();
    const { data, flag, weight } = look(join(context.cwd, 'a.ms'));
    expect(data[3]).toBeCloseTo((before.data[2] + 2 * before.data[3] + before.data[4]) / 4, 6);
    expect(data[0]).toBeCloseTo((before.data[0] + before.data[1]) / 2, 6);
    expect(flag).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
    expect(weight).toBeCloseTo((before.weight * 8) / 3, 4);
  });

  it('regrids within the frame', () => {
    const context = start();
    const grid = { regridms: true, mode: 'frequency', start: '230.0015GHz', width: '1MHz', nchan: 4 };
    mstransform(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '0', datacolumn: 'data', ...grid });
    const { data, flag, windows, weight } = look(join(context.cwd, 'b.ms'));
    expect(windows[0].chanFreqs).toEqual([230.0015e9, 230.0025e9, 230.0035e9, 230.0045e9]);
    data.forEach((value, chan) => {
      expect(value).toBeCloseTo(0.015 + 0.01 * chan, 6);
    });
    expect(flag).toEqual([0, 0, 0, 0]);
    expect(weight).toBeCloseTo(4, 5);
  });

  it('averages as many channels as a new one is wide before regridding', () => {
    const context = start();
    const path = join(context.cwd, 'a.ms');
    const ms = openMs(path, 'update');
    for (const chunk of readChunks(ms, { columns: ['DATA'], selection: { spw: '0' } })) {
      for (let at = 0; at < (chunk.data.DATA as Float32Array).length; at += 2) {
        const chan = Math.floor(at / 2 / chunk.corrCount) % chunk.chanCount;
        (chunk.data.DATA as Float32Array)[at] = chan * chan;
      }
      chunk.flag.fill(0);
      writeChunk(ms, chunk, { columns: ['DATA'], flag: true });
      chunk.release();
    }
    ms.close();
    const options = { vis: 'a.ms', spw: '0', datacolumn: 'data', regridms: true, mode: 'channel', width: 2, nchan: 3 };
    mstransform(context, { ...options, preaverage: true, outputvis: 'b.ms' });
    const { windows, data } = look(join(context.cwd, 'b.ms'));
    expect(windows[0].chanFreqs).toEqual([230.0005e9, 230.0025e9, 230.0045e9]);
    for (const [chan, value] of [(0 + 1) / 2, (4 + 9) / 2, (16 + 25) / 2].entries())
      expect(data[chan]).toBeCloseTo(value, 4);
    // Hanning smooths the averages, 0.5, 6.5, 20.5 and 42.5.
    mstransform(context, { ...options, preaverage: true, hanning: true, outputvis: 'c.ms' });
    const smooth = look(join(context.cwd, 'c.ms'));
    expect(smooth.flag).toEqual([1, 0, 0]);
    expect(smooth.data[1]).toBeCloseTo((0.5 + 2 * 6.5 + 20.5) / 4, 4);
    expect(smooth.data[2]).toBeCloseTo((6.5 + 2 * 20.5 + 42.5) / 4, 4);
  });

  it('interpolates wide channels where there are few old ones, or averages of old ones', () => {
    const context = start();
    const options = { vis: 'a.ms', spw: '0', datacolumn: 'data', regridms: true, mode: 'channel', width: 2 };
    mstransform(context, { ...options, width: 5, outputvis: 'b.ms' });
    expect(look(join(context.cwd, 'b.ms')).data[0]).toBeCloseTo(0.02, 6);
    // Averages of two are 0.005, 0.025, 0.045 and 0.065; the first new channel lies between two of them.
    mstransform(context, { ...options, chanaverage: true, chanbin: 2, outputvis: 'c.ms' });
    expect(look(join(context.cwd, 'c.ms')).data[0]).toBeCloseTo(0.015, 6);
  });

  it('smooths combined windows over channels without weight', () => {
    const context = start();
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    for (const chunk of readChunks(ms, { columns: [], selection: { spw: '0' } })) {
      for (let at = 0; at < chunk.flag.length; at += 16) chunk.flag[at] = 1;
      writeChunk(ms, chunk, { flag: true });
      chunk.release();
    }
    ms.close();
    const options = { vis: 'a.ms', datacolumn: 'data', spw: '0:0~3,1', combinespws: true, usewtspectrum: true };
    mstransform(context, { ...options, hanning: true, outputvis: 'b.ms' });
    const smooth = openMs(join(context.cwd, 'b.ms'));
    const weights = smooth.main.column('WEIGHT_SPECTRUM').getRange(0, 1) as Float32Array;
    // Of WEIGHT 4: ½ and ¼ of channels with weight; all three.
    expect(weights[2]).toBeCloseTo(4 / (0.25 + 0.0625), 4);
    expect(weights[4]).toBeCloseTo(4 / 0.375, 4);
    smooth.close();
  });

  it('changes the frame to LSRK', () => {
    const context = start();
    mstransform(context, { vis: 'a.ms', outputvis: 'b.ms', regridms: true, outframe: 'LSRK', datacolumn: 'data' });
    const { windows, flag } = look(join(context.cwd, 'b.ms'));
    expect(windows.map(({ measFreqRef }) => measFreqRef)).toEqual(['LSRK', 'LSRK']);
    expect(Math.abs(windows[0].refFrequency / 230e9 - 1)).toBeLessThan(2e-4);
    expect(flag[0]).toBe(0);
  });

  it('changes the frame of an average by the velocity at its own time', () => {
    const context = start();
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    const times = readNumbers(ms.main, 'TIME');
    const last = Math.max(...times);
    times.forEach((time, row) => {
      if (time > last - 1.5 * SECONDS) ms.main.column('TIME').put(row, time + 60 * 86_400);
    });
    ms.close();
    const call = { vis: 'a.ms', spw: '0', datacolumn: 'data', regridms: true, outframe: 'LSRK', keepflags: true };
    mstransform(context, { ...call, outputvis: 'b.ms' });
    mstransform(context, { ...call, outputvis: 'c.ms', timeaverage: true, timebin: `${2 * SECONDS}s` });
    const [first, late] = ['b.ms', 'c.ms'].map((name) => {
      const output = openMs(join(context.cwd, name));
      const row = readNumbers(output.main, 'TIME').findIndex((time) => time > last + 86_400);
      const data = output.main.column('DATA').getRange(row, 1) as Float32Array;
      output.close();
      return data[4 * 3];
    });
    // The real part grows by 0.01 a channel; in sixty days the velocity changes by several.
    expect(late).toBeCloseTo(first, 6);
    expect(Math.abs(first - 0.03)).toBeGreaterThan(0.01);
  });

  it('changes the frame to that of the cosmic background', () => {
    const context = start();
    mstransform(context, { vis: 'a.ms', outputvis: 'b.ms', regridms: true, outframe: 'CMB', datacolumn: 'data' });
    const [window] = look(join(context.cwd, 'b.ms')).windows;
    expect(window.measFreqRef).toBe('CMB');
    // The Sun moves 369.5 km/s towards right ascension 11.2 h, declination -7 degrees; the field is at 4 rad, -0.4 rad.
    const cosine = Math.sin(-0.4) * Math.sin(-0.121) + Math.cos(-0.4) * Math.cos(-0.121) * Math.cos(4 - 2.936);
    const shift = (window.chanFreqs[0] / 230e9 - 1) * 299_792.458;
    expect(Math.abs(shift + 369.5 * cosine)).toBeLessThan(31); // the Earth moves as fast
  });

  it('changes the frame to that of a moving object, whose velocity is that of each integration', () => {
    const context = start();
    const path = join(context.cwd, 'a.ms');
    const ms = openMs(path, 'update');
    const times = readNumbers(ms.main, 'TIME');
    const last = Math.max(...times) + 8_000;
    times.forEach((time, row) => {
      if (time === last - 8_000) ms.main.column('TIME').put(row, last);
    });
    for (const field of [0, 1]) ms.subtable('FIELD').column('TIME').put(field, last);
    ms.close();
    writeEphemeris(join(context.cwd, 'body.tab'), last / 86_400 - 0.5);
    const call = { vis: 'a.ms', field: '1', spw: '0', datacolumn: 'data', regridms: true, outframe: 'SOURCE' };
    expect(() => mstransform(context, { ...call, outputvis: 'n.ms' })).toThrow('Target one has no ephemeris');
    fixplanets(context, { vis: 'a.ms', field: '1', direction: 'body.tab' });
    mstransform(context, { ...call, outputvis: 'b.ms' });
    const changed = openMs(path);
    const metadata = readMetadata(changed);
    const first = last - 8_000 - 2 * SECONDS;
    const factor = (time: number) => {
      const direction = fieldDirection(metadata.fields[1], time);
      const recession = -0.01 + 0.02 * ((time - last) / 86_400 + 0.5); // au/d
      const beta = (recession * 149_597_870_700) / 86_400 / 299_792_458;
      const geocentric = frequencyShiftFactor(time, ...direction, observatoryPosition('ALMA'), 'TOPO', 'GEO');
      return geocentric * Math.sqrt((1 + beta) / (1 - beta));
    };
    const [window] = look(join(context.cwd, 'b.ms')).windows;
    expect(window.measFreqRef).toBe('REST');
    expect(window.chanFreqs[0]).toBeCloseTo(230e9 * factor(first), 3);
    const foretold = cvelfreqs(changed, metadata, { spwids: [0], fieldids: [1], outframe: 'SOURCE' });
    expect(Array.from(foretold)).toEqual(window.chanFreqs);
    changed.close();
    // The real part grows by 0.01 a channel, so that it tells where in the window a frequency was found.
    const output = openMs(join(context.cwd, 'b.ms'));
    const rows = readNumbers(output.main, 'TIME');
    for (const time of [first, last]) {
      const [data, flag] = ['DATA', 'FLAG'].map((name) => output.main.column(name).getRange(rows.indexOf(time), 1));
      const places = window.chanFreqs.map((frequency) => (frequency / factor(time) - 230e9) / 1e6);
      const inside = places.flatMap((place, chan) => (place > 0.01 && place < 6.99 ? [chan] : []));
      expect(inside.length).toBeGreaterThan(3);
      for (const chan of inside) {
        expect((data as Float32Array)[4 * chan]).toBeCloseTo(places[chan] / 100, 6);
        expect((flag as Uint8Array)[2 * chan]).toBe(0);
      }
    }
    output.close();
  });

  it('cvelfreqs foretells the channels', () => {
    const context = start();
    const grid = {
      mode: 'velocity',
      start: '-3km/s',
      width: '1.5km/s',
      nchan: 3,
      restfreq: '230.004GHz',
      outframe: 'LSRK',
    };
    mstransform(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '0', datacolumn: 'data', regridms: true, ...grid });
    const ms = openMs(join(context.cwd, 'a.ms'));
    const asked = { spwids: [0], fieldids: [0, 1, 2], ...grid };
    const freqs = cvelfreqs(ms, readMetadata(ms), asked);
    expect(Array.from(freqs)).toEqual(look(join(context.cwd, 'b.ms')).windows[0].chanFreqs);
    expect(() => cvelfreqs(ms, readMetadata(ms), { ...asked, spwids: [99] })).toThrow('no spectral window 99');
    ms.close();
  });

  it('combines windows: one row for each baseline and time, good where one of two channels is', () => {
    const context = start();
    overlapWindows(join(context.cwd, 'a.ms'));
    const options = { vis: 'a.ms', datacolumn: 'data', spw: '0:4~7,1', combinespws: true };
    mstransform(context, { ...options, outputvis: 'b.ms', scan: '1' });
    const { windows, data, flag, weight } = look(join(context.cwd, 'b.ms'));
    expect(windows.map(({ chanFreqs }) => chanFreqs.length)).toEqual([6]);
    // Channels 4 to 7 of window 0, of which 6 and 7 are also 0 and 1 of window 1; 7 is flagged.
    for (const [chan, value] of [0.04, 0.05, (0.06 + 1) / 2, 1.01, 1.02, 1.03].entries())
      expect(data[chan]).toBeCloseTo(value, 6);
    expect(flag).toEqual([0, 0, 0, 0, 0, 0]);
    expect(weight).toBeCloseTo(4, 5);
    const ms = openMs(join(context.cwd, 'b.ms'));
    expect(ms.main.rowCount).toBe(30);
    expect(['DATA_DESCRIPTION', 'FEED', 'SOURCE'].map((name) => ms.subtable(name).rowCount)).toEqual([1, 4, 2]);
    ms.close();
  });

  it('averages in time and combines windows, with rows of each average where all windows have one TIME', () => {
    const context = start();
    const path = join(context.cwd, 'a.ms');
    overlapWindows(path);
    const options = { vis: 'a.ms', datacolumn: 'data', spw: '0:4~7,1', combinespws: true, scan: '1' };
    const average = { timeaverage: true, timebin: `${2 * SECONDS}s` };
    mstransform(context, { ...options, ...average, outputvis: 'b.ms' });
    const { windows, data, flag } = look(join(context.cwd, 'b.ms'));
    expect(windows.map(({ chanFreqs }) => chanFreqs.length)).toEqual([6]);
    for (const [chan, value] of [0.04, 0.05, (0.06 + 1) / 2, 1.01, 1.02, 1.03].entries())
      expect(data[chan]).toBeCloseTo(value, 6);
    expect(flag).toEqual([0, 0, 0, 0, 0, 0]);
    // The same as one after the other.
    mstransform(context, { ...options, outputvis: 'c.ms' });
    mstransform(context, { vis: 'c.ms', datacolumn: 'data', ...average, outputvis: 'd.ms' });
    const [together, after] = ['b.ms', 'd.ms'].map((name) => {
      const ms = openMs(join(context.cwd, name));
      const rows = ms.main.rowCount;
      const columns = ['TIME', 'EXPOSURE', 'INTERVAL', 'ANTENNA2'].map((column) => readNumbers(ms.main, column));
      const values = ms.main.column('DATA').getRange(0, rows) as Float32Array;
      ms.close();
      return { rows, columns, values: Array.from(values, (value) => Math.round(value * 1e5)) };
    });
    expect(together).toEqual(after);
    expect(together.rows).toBeLessThan(30);
    // A row that is flagged as a whole in one window leaves the bin of that window another TIME.
    const ms = openMs(path, 'update');
    const spw = readNumbers(ms.main, 'DATA_DESC_ID');
    const times = readNumbers(ms.main, 'TIME');
    const row = times.findLastIndex((time, at) => time === times[spw.indexOf(0)] + SECONDS && spw[at] === 0);
    ms.main.column('FLAG').put(row, { shape: [8, 2], values: new Uint8Array(16).fill(1) });
    ms.close();
    mstransform(context, { ...options, ...average, outputvis: 'e.ms' });
    const uneven = openMs(join(context.cwd, 'e.ms'));
    expect(uneven.main.rowCount).toBe(together.rows + 1);
    uneven.close();
  });

  it('averages the channels of combined windows, each unflagged one alike where weights are not known by channel', () => {
    const context = start();
    overlapWindows(join(context.cwd, 'a.ms'));
    const options = { vis: 'a.ms', datacolumn: 'data', spw: '0:4~7,1', combinespws: true, scan: '1' };
    mstransform(context, { ...options, outputvis: 'b.ms', chanaverage: true, chanbin: 2 });
    const { windows, data, flag } = look(join(context.cwd, 'b.ms'));
    expect(windows.map(({ chanFreqs }) => chanFreqs.length)).toEqual([3]);
    for (const [chan, value] of [0.045, (0.53 + 1.01) / 2, 1.025].entries()) expect(data[chan]).toBeCloseTo(value, 6);
    expect(flag).toEqual([0, 0, 0]);
    // Windows of fewer channels than are averaged: 1 first, whose 4 channels follow those of window 0 that are chosen.
    const narrow = { ...options, spw: '1,0:2~5', chanaverage: true };
    mstransform(context, { ...narrow, outputvis: 'd.ms', chanbin: 6 });
    const whole = look(join(context.cwd, 'd.ms'));
    expect(whole.windows.map(({ chanFreqs }) => chanFreqs.length)).toEqual([1]);
    expect(whole.data[0]).toBeCloseTo((0.02 + 0.03 + 0.04 + 0.05 + 1 + 1.01) / 6, 6);
    expect(() => mstransform(context, { ...narrow, outputvis: 'e.ms', chanbin: [2, 4] })).toThrow(/not a list/);
  });

  it('combines windows whose averages have one middle but for rounding, made of other rows', () => {
    const context = start();
    const path = join(context.cwd, 'a.ms');
    overlapWindows(path);
    const ms = openMs(path, 'update');
    const [spws, scans, times] = ['DATA_DESC_ID', 'SCAN_NUMBER', 'TIME'].map((name) => readNumbers(ms.main, name));
    const [first, second, third] = [...new Set(times.filter((_, row) => scans[row] === 1))].sort((a, b) => a - b);
    times.forEach((time, row) => {
      if (time === second) ms.main.column('TIME').put(row, time - 1e-6);
      if (spws[row] !== 1 || (time !== first && time !== third)) return;
      ms.main.column('FLAG').put(row, { shape: [4, 2], values: new Uint8Array(8).fill(1) });
    });
    ms.close();
    const options = { vis: 'a.ms', datacolumn: 'data', spw: '0:4~7,1', combinespws: true, scan: '1' };
    const average = { timeaverage: true, timebin: `${3 * SECONDS}s`, keepflags: false };
    mstransform(context, { ...options, ...average, outputvis: 'b.ms' });
    mstransform(context, { ...options, ...average, spw: '0:4~7', outputvis: 'c.ms' });
    const [together, alone] = ['b.ms', 'c.ms'].map((name) => {
      const out = openMs(join(context.cwd, name));
      const rows = readNumbers(out.main, 'TIME').filter((time) => time < third).length;
      out.close();
      return rows;
    });
    expect(together).toBe(alone);
  });

  it('says where combined windows leave gaps, and refuses what is not done with them', () => {
    const context = start();
    const warnings: string[] = [];
    const post = (sentence: string, level?: string) => void (level === 'WARN' && warnings.push(sentence));
    const options = { vis: 'a.ms', outputvis: 'b.ms', datacolumn: 'data', spw: '0:0~3,1', combinespws: true };
    mstransform({ ...context, log: { ...context.log, post } }, options);
    expect(warnings.join()).toMatch(/1996 of 2004 channels lie in gaps/);
    const again = { ...options, outputvis: 'c.ms' };
    expect(() => mstransform(context, { ...again, reindex: false })).toThrow(/reindex/);
  });

  it('selects without renumbering', () => {
    const context = start();
    mstransform(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '1', reindex: false, datacolumn: 'data' });
    expect(look(join(context.cwd, 'b.ms')).windows).toHaveLength(2);
    const taql = "ANTENNA1 in [select rownumber()-1 from ::ANTENNA where NAME == 'DA42'] && ANTENNA2 > 1";
    const { rowCount } = mstransform(context, { vis: 'a.ms', outputvis: 'c.ms', scan: '1', datacolumn: 'data', taql });
    expect(rowCount).toBe(2 * 3 * 2);
  });

  it('refuses what is contradictory', () => {
    const context = start();
    const options = { vis: 'a.ms', outputvis: 'b.ms', datacolumn: 'data' };
    expect(() => mstransform(context, { ...options, chanaverage: true, chanbin: 1 })).toThrow(/chanbin/);
    expect(() => mstransform(context, { ...options, timeaverage: true, timebin: '0s' })).toThrow(/timebin/);
    expect(() => mstransform(context, { ...options, regridms: true, interpolation: 'fftshift' })).toThrow(/fftshift/);
  });
});

describe('cvel2', () => {
  it('makes channels in velocity', () => {
    const context = start();
    const grid = { mode: 'velocity', restfreq: '230.004GHz', start: '-2km/s', width: '2km/s', nchan: 3 };
    cvel2(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '0', ...grid });
    expect(look(join(context.cwd, 'b.ms')).windows[0].chanFreqs).toHaveLength(3);
  });

  it('combines windows of as many channels, and refuses others', () => {
    const context = start();
    const options = { vis: 'a.ms', datacolumn: 'data', mode: 'channel' };
    cvel2(context, { ...options, outputvis: 'b.ms', spw: '0:0~3,1:0~3' });
    expect(look(join(context.cwd, 'b.ms')).windows).toHaveLength(1);
    // All data columns at once: WEIGHT, which is that of CORRECTED_DATA, and SIGMA, which is that of DATA, go each by its own.
    writeSmallMs(join(context.cwd, 'two.ms'), { dataColumns: ['DATA', 'CORRECTED_DATA'] });
    const ms = openMs(join(context.cwd, 'two.ms'), 'update');
    for (const chunk of readChunks(ms, { columns: [] })) {
      chunk.weight.fill(9);
      writeChunk(ms, chunk, { weight: true });
      chunk.release();
    }
    ms.close();
    cvel2(context, { vis: 'two.ms', outputvis: 'd.ms', spw: '0:0~3,1:0~3' });
    expect(look(join(context.cwd, 'd.ms'))).toMatchObject({ weight: 9, sigma: 0.5 });
    expect(() => cvel2(context, { ...options, outputvis: 'c.ms', spw: '0,1' })).toThrow(/8 and 4 channels/);
  });
});
