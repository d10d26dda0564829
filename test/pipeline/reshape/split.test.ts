import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { readChunks, writeChunk } from '../../../src/astronomy/visibility/index.ts';
import { writeReference } from '../../../src/formats/tables/index.ts';
import { initweights, split, type UvcontsubOptions, uvcontsub } from '../../../src/pipeline/reshape/index.ts';
import { readModels, setjy } from '../../../src/pipeline/skymodel/index.ts';
import { freshContext, ROW_COUNT, SECONDS, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

function start(dataColumns = ['DATA']) {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'), { dataColumns });
  return { context, path: (name: string) => join(context.cwd, name) };
}

describe('split', () => {
  it('copies everything, ordered by integration', () => {
    const { context, path } = start();
    expect(split(context, { vis: 'a.ms', outputvis: 'b.ms', datacolumn: 'data' }).rowCount).toBe(ROW_COUNT);
    const ms = openMs(path('b.ms'));
    const time = ms.main.column('TIME').getRange(0, 30) as Float64Array;
    expect(new Set(time.subarray(0, 10)).size).toBe(1);
    expect(readNumbers(ms.main, 'ANTENNA2').slice(0, 5)).toEqual([0, 1, 2, 3, 1]);
    ms.close();
  });

  it('renumbers windows in the order of the expression, fields and sources', () => {
    const { context, path } = start(['DATA', 'CORRECTED_DATA']);
    split(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '1,0:2~5', field: 'Target*', datacolumn: 'corrected' });
    const ms = openMs(path('b.ms'));
    const metadata = readMetadata(ms);
    expect(metadata.spectralWindows.map(({ bbcNo, chanFreqs }) => [bbcNo, chanFreqs.length])).toEqual([
      [2, 4],
      [1, 4],
    ]);
    expect(metadata.spectralWindows[1]).toMatchObject({ refFrequency: 230.002e9, totalBandwidth: 4e6 });
    expect(metadata.fields).toMatchObject([{ name: 'Target one', sourceId: 0 }]);
    expect(metadata.sources.map(({ sourceId, spwId }) => [sourceId, spwId])).toEqual([
      [0, 1],
      [0, 0],
    ]);
    for (const chunk of readChunks(ms, { columns: ['DATA'] })) {
      const wanted = chunk.spwId === 0 ? 1 : 0.02;
      expect((chunk.data.DATA as Float32Array)[0]).toBeCloseTo(wanted, 6);
      expect(chunk.fieldId[0]).toBe(0);
      chunk.release();
    }
    ms.close();
  });

  it('keeps the associated windows that are selected, by their new numbers', () => {
    const partnersOf = (spw: string, first: number[], other: number[]) => {
      const { context, path } = start();
      const source = openMs(path('a.ms'), 'update').subtable('SPECTRAL_WINDOW');
      [first, other].forEach((ids, row) => {
        const shape = [ids.length];
        if (ids.length === 0) return;
        source.column('ASSOC_SPW_ID').put(row, { shape, values: Int32Array.from(ids) });
        source.column('ASSOC_NATURE').put(row, { shape, values: ids.map((id) => `nature ${id}`) });
      });
      source.close();
      split(context, { vis: 'a.ms', outputvis: 'b.ms', datacolumn: 'data', spw });
      const table = openMs(path('b.ms')).subtable('SPECTRAL_WINDOW');
      const valuesOf = (name: string) =>
        Array.from({ length: table.rowCount }, (_, row) =>
          table.column(name).isDefined(row)
            ? [...(table.column(name).get(row) as { values: string[] }).values]
            : 'none',
        );
      const found = [valuesOf('ASSOC_SPW_ID'), valuesOf('ASSOC_NATURE')];
      table.close();
      return found;
    };
    expect(partnersOf('1,0', [1], [0, 0])).toEqual([
      [[1, 1], [0]],
      [['nature 0', 'nature 0'], ['nature 1']],
    ]);
    expect(partnersOf('1', [1], [0])).toEqual([[[]], [[]]]);
    expect(partnersOf('1', [1], [])).toEqual([[[]], [[]]]);
    expect(partnersOf('1,0', [], [0])).toEqual([
      ['none', 'none'],
      ['none', 'none'],
    ]);
  });

  it('takes a reference table, with the subtables of its MeasurementSet', () => {
    const { context, path } = start();
    const source = openMs(path('a.ms'));
    const rows = Int32Array.from({ length: ROW_COUNT / 2 }, (_, index) => 2 * index);
    writeReference(path('part.ms'), source.main, rows);
    source.close();
    split(context, { vis: 'part.ms', outputvis: 'b.ms', datacolumn: 'data', field: '1' });
    const ms = openMs(path('b.ms'));
    expect(ms.main.rowCount).toBe(ROW_COUNT / 4);
    expect(readMetadata(ms).fields.map(({ name }) => name)).toEqual(['Target one']);
    ms.close();
  });

  it('renumbers observations and arrays that are selected', () => {
    const { context, path } = start();
    const source = openMs(path('a.ms'), 'update');
    const observation = source.subtable('OBSERVATION');
    observation.addRows(2);
    for (const [row, name] of ['first', 'second', 'third'].entries()) observation.column('OBSERVER').put(row, name);
    const scans = readNumbers(source.main, 'SCAN_NUMBER');
    for (const [row, scan] of scans.entries()) {
      source.main.column('OBSERVATION_ID').put(row, scan === scans[0] ? 1 : 2);
      source.main.column('ARRAY_ID').put(row, scan === scans[0] ? 0 : 3);
    }
    source.close();
    for (const [outputvis, options] of Object.entries({ 'b.ms': { observation: '2' }, 'c.ms': { array: '3' } })) {
      split(context, { vis: 'a.ms', outputvis, datacolumn: 'data', ...options });
      const ms = openMs(path(outputvis));
      const ids = ['OBSERVATION_ID', 'ARRAY_ID'].map((name) => [...new Set(readNumbers(ms.main, name))]);
      expect(ids).toEqual(outputvis === 'b.ms' ? [[0], [3]] : [[2], [0]]);
      expect(ms.subtable('OBSERVATION').column('OBSERVER').get(ids[0][0])).toBe('third');
      ms.close();
    }
  });

  it('leaves virtual models behind, which name fields and rows of the input', () => {
    const { context, path } = start();
    setjy(context, { vis: 'a.ms', field: '0', standard: 'manual', fluxdensity: [2, 0, 0, 0], usescratch: false });
    const original = openMs(path('a.ms'));
    expect([...readModels(original).keys()]).toEqual([0]);
    original.close();
    split(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '1', datacolumn: 'data' });
    const ms = openMs(path('b.ms'));
    expect([...readModels(ms).keys()]).toEqual([]);
    ms.close();
    setjy(context, { vis: 'b.ms', field: '0', standard: 'manual', fluxdensity: [3, 0, 0, 0], usescratch: false });
  });

  it('drops flagged rows, averages channels and trims antennas', () => {
    const { context, path } = start();
    const source = openMs(path('a.ms'), 'update');
    source.main.column('FLAG_ROW').put(4 * 3, true); // first cross row of window 0: DA41-DA42
    source.close();
    const options = { vis: 'a.ms', outputvis: 'b.ms', datacolumn: 'data', spw: '0', keepflags: false, width: 4 };
    const { rowCount } = split(context, { ...options, antenna: 'DA41,DA42&' });
    expect(rowCount).toBe(5);
    const ms = openMs(path('b.ms'));
    expect(readMetadata(ms).antennas.map(({ name }) => name)).toEqual(['DA41', 'DA42']);
    expect(readMetadata(ms).spectralWindows[0].chanWidths).toEqual([4e6, 4e6]);
    expect((ms.main.column('WEIGHT').getRange(0, 1) as Float32Array)[0]).toBeCloseTo(16, 5);
    ms.close();
  });

  it('averages DATA by SIGMA and CORRECTED_DATA by WEIGHT when it takes both', () => {
    const { context, path } = start(['DATA', 'CORRECTED_DATA']);
    const source = openMs(path('a.ms'), 'update');
    const columns = ['DATA', 'CORRECTED_DATA'] as const;
    for (const chunk of readChunks(source, { columns, selection: { scan: '1', spw: '0' } })) {
      const { time, sigma, weight, data } = chunk;
      const size = 2 * chunk.chanCount * chunk.corrCount;
      for (const [row, value] of [...time].map((at) => (at === time[0] ? 1 : 4)).entries()) {
        for (const name of columns) data[name]!.fill(value, row * size, (row + 1) * size);
        sigma.fill(value === 1 ? 1 : 0.5, 2 * row, 2 * row + 2);
        weight.fill(value === 1 ? 1 : 2, 2 * row, 2 * row + 2);
      }
      writeChunk(source, chunk, { columns, sigma: true, weight: true });
      chunk.release();
    }
    source.close();
    const options = { vis: 'a.ms', datacolumn: 'all', scan: '1', spw: '0' };
    split(context, { ...options, outputvis: 'b.ms', timebin: '12s', width: '2' });
    const ms = openMs(path('b.ms'));
    const [chunk] = readChunks(ms, { columns: ['DATA', 'CORRECTED_DATA'] });
    expect(chunk.data.DATA![0]).toBeCloseTo((1 + 4 * 4) / 5, 6);
    expect(chunk.data.CORRECTED_DATA![0]).toBeCloseTo((1 + 2 * 4) / 3, 6);
    expect(chunk.weight[0]).toBeCloseTo(2 * 3, 5);
    expect(chunk.sigma[0]).toBeCloseTo(1 / Math.sqrt(2 * 5), 6);
    chunk.release();
    ms.close();
  });

  it('averages UVW by the weights of the correlations that are kept', () => {
    const { context, path } = start();
    const source = openMs(path('a.ms'), 'update');
    for (const chunk of readChunks(source, { columns: ['DATA'], selection: { scan: '1', spw: '0' } })) {
      const isFirst = [...chunk.time].map((time) => time === chunk.time[0]);
      isFirst.forEach((first, row) => {
        chunk.sigma.set(first ? [1, 0.5] : [0.5, 1], 2 * row); // WEIGHT 1 and 4, then 4 and 1
        const uvw = { shape: [3], values: Float64Array.of(first ? 0 : 10, 0, 0) };
        source.main.column('UVW').put(chunk.rows[row], uvw);
      });
      writeChunk(source, chunk, { columns: [], sigma: true });
      chunk.release();
    }
    source.close();
    const options = { vis: 'a.ms', datacolumn: 'data', scan: '1', spw: '0', timebin: `${2 * SECONDS}s` };
    const u = ['XX', 'YY'].map((correlation) => {
      split(context, { ...options, outputvis: `${correlation}.ms`, correlation });
      const ms = openMs(path(`${correlation}.ms`));
      const [value] = ms.main.column('UVW').getRange(0, 1) as Float64Array;
      ms.close();
      return value;
    });
    expect(u[0]).toBeCloseTo((4 / 5) * 10, 6);
    expect(u[1]).toBeCloseTo((1 / 5) * 10, 6);
    // A row whose selected values are all flagged does not count, though FLAG_ROW says nothing of it.
    const flagged = openMs(path('a.ms'), 'update');
    for (const chunk of readChunks(flagged, { columns: [], selection: { scan: '1', spw: '0' } })) {
      chunk.flag.forEach((_, at) => {
        const row = Math.floor(at / (chunk.chanCount * chunk.corrCount));
        if (at % 2 === 0 && chunk.time[row] === chunk.time[0]) chunk.flag[at] = 1;
      });
      writeChunk(flagged, chunk, { flag: true });
      chunk.release();
    }
    flagged.close();
    split(context, { ...options, outputvis: 'late.ms', correlation: 'XX' });
    const late = openMs(path('late.ms'));
    expect(late.main.column('UVW').getRange(0, 1)[0]).toBeCloseTo(10, 6);
    expect(late.main.column('EXPOSURE').get(0)).toBeCloseTo(SECONDS, 6);
    late.close();
  });

  it('counts the selected channels in the weights of time averages, and takes means where another window is averaged', () => {
    const { context, path } = start(['DATA', 'MODEL_DATA']);
    const source = openMs(path('a.ms'), 'update');
    for (const chunk of readChunks(source, { columns: [], selection: { spw: '0' } })) {
      // Of every second integration, channel 1 is flagged.
      for (let row = 0; row < chunk.rowCount; row++)
        if (Math.round((chunk.time[row] - chunk.time[0]) / SECONDS) % 2 === 1)
          chunk.flag.fill(1, (row * chunk.chanCount + 1) * 2, (row * chunk.chanCount + 2) * 2);
      writeChunk(source, chunk, { flag: true });
      chunk.release();
    }
    source.close();
    const first = (outputvis: string, options: object) => {
      split(context, { vis: 'a.ms', outputvis, datacolumn: 'data', timebin: `${2 * SECONDS}s`, ...options });
      const ms = openMs(path(outputvis));
      const [weight, sigma] = ['WEIGHT', 'SIGMA'].map((name) => {
        return (ms.main.column(name).getRange(0, 1) as Float32Array)[0];
      });
      ms.close();
      return [weight, sigma];
    };
    const weightOfOne = 4;
    expect(first('one.ms', { spw: '0:1' })[0]).toBeCloseTo(weightOfOne, 5);
    expect(first('both.ms', { spw: '0:1~2' })[0]).toBeCloseTo(1.5 * weightOfOne, 5);
    const meanOfSigmas = (1 + 7 / Math.sqrt(2)) / 8 / Math.sqrt(weightOfOne);
    expect(first('widths.ms', { spw: '0,1', width: [1, 2] })[1]).toBeCloseTo(meanOfSigmas, 6);
    // Averages of models alone count values.
    expect(first('model.ms', { spw: '0:1~2', datacolumn: 'model' })[0]).toBeCloseTo(1.5, 6);
    expect(first('model-width.ms', { spw: '0', datacolumn: 'model', timebin: '0s', width: 4 })[0]).toBeCloseTo(4, 6);
  });

  it('leaves windows of one channel as they are, whatever the width', () => {
    const { context, path } = start();
    split(context, { vis: 'a.ms', outputvis: 'one.ms', datacolumn: 'data', spw: '0:3' });
    const one = openMs(path('one.ms'), 'update');
    one
      .subtable('SPECTRAL_WINDOW')
      .column('EFFECTIVE_BW')
      .put(0, { shape: [1], values: Float64Array.of(7e5) });
    one.close();
    split(context, { vis: 'one.ms', outputvis: 'b.ms', datacolumn: 'data', width: 4 });
    const ms = openMs(path('b.ms'));
    expect(ms.subtable('SPECTRAL_WINDOW').column('EFFECTIVE_BW').getRange(0, 1)).toEqual(Float64Array.of(7e5));
    ms.close();
  });

  it('takes the weights of DATA from SIGMA though there is a WEIGHT_SPECTRUM, and writes SIGMA_SPECTRUM beside it', () => {
    const { context, path } = start(['DATA', 'CORRECTED_DATA']);
    const source = openMs(path('a.ms'), 'update');
    for (const chunk of readChunks(source, { columns: [] })) {
      chunk.weight.fill(9);
      writeChunk(source, chunk, { weight: true });
      chunk.release();
    }
    source.close();
    initweights(context, { vis: 'a.ms', wtmode: 'weight', dowtsp: true });
    const expected = { data: [8, 8], corrected: [18, 18], all: [18, 8] } as const;
    for (const [datacolumn, [weight, noise]] of Object.entries(expected)) {
      split(context, { vis: 'a.ms', outputvis: `${datacolumn}.ms`, datacolumn, spw: '0', width: ['2'] });
      const ms = openMs(path(`${datacolumn}.ms`));
      const [chunk] = readChunks(ms, { columns: [], withWeightSpectrum: true, withSigmaSpectrum: true });
      expect([chunk.weight[0], chunk.weightSpectrum![0]]).toEqual([weight, weight]);
      expect(chunk.sigma[0] ** -2).toBeCloseTo(noise, 4);
      expect(chunk.sigmaSpectrum![0] ** -2).toBeCloseTo(noise, 4);
      chunk.release();
      ms.close();
    }
  });

  it('leaves nothing behind when the selection is empty or the column is missing', () => {
    const { context, path } = start();
    expect(() => split(context, { vis: 'a.ms', outputvis: 'b.ms' })).toThrow(/no CORRECTED_DATA/);
    const options = { vis: 'a.ms', outputvis: 'b.ms', datacolumn: 'data' };
    expect(() => split(context, { ...options, scan: '9' })).toThrow(/no rows/);
    expect(() => split(context, { ...options, datacolumn: 'data,corrected' })).toThrow(/no CORRECTED_DATA/);
    expect(() => split(context, { ...options, datacolumn: 'data,residual' })).toThrow(/is not a data column/);
    expect(existsSync(path('b.ms'))).toBe(false);
    split(context, options);
    expect(() => split(context, options)).toThrow(/exists already/);
  });
});

describe('uvcontsub', () => {
  it('removes a continuum that is linear in channel and keeps numbers', () => {
    const { context, path } = start();
    uvcontsub(context, { vis: 'a.ms', outputvis: 'b.ms', fitspec: '0:0~2;5~7', fitorder: 1 });
    const ms = openMs(path('b.ms'));
    for (const chunk of readChunks(ms, { columns: ['DATA'] })) {
      const largest = Math.max(...(chunk.data.DATA as Float32Array).map(Math.abs));
      if (chunk.spwId === 0) expect(largest).toBeLessThan(1e-6);
      else expect(largest).toBeGreaterThan(1);
      chunk.release();
    }
    ms.close();
  });

  it('fits each field and window as its dictionary says', () => {
    const { context, path } = start();
    const base = { vis: 'a.ms', fitorder: 1 };
    uvcontsub(context, { ...base, outputvis: 'b.ms', fitspec: { '0': { '0': { chan: '0~2;5~7' } }, '1': 'NONE' } });
    const ms = openMs(path('b.ms'));
    const kinds = new Set<string>();
    for (const chunk of readChunks(ms, { columns: ['DATA'] })) {
      const size = 2 * chunk.chanCount * chunk.corrCount;
      for (let row = 0; row < chunk.rowCount; row++) {
        const values = (chunk.data.DATA as Float32Array).subarray(row * size, (row + 1) * size);
        const isFlat = Math.max(...values.map(Math.abs)) < 1e-6;
        kinds.add(`field ${chunk.fieldId[row]} window ${chunk.spwId} ${isFlat ? 'subtracted' : 'as it was'}`);
      }
      chunk.release();
    }
    ms.close();
    expect([...kinds].sort()).toEqual([
      'field 0 window 0 subtracted',
      'field 0 window 1 as it was',
      'field 1 window 0 as it was',
      'field 1 window 1 as it was',
    ]);
    const wrong = (fitspec: UvcontsubOptions['fitspec']) => () =>
      uvcontsub(context, { ...base, outputvis: 'c.ms', fitspec });
    expect(wrong({ '7': 'NONE' })).toThrow(/"7" for the number of a field; there are 0 to 1/);
    expect(wrong({ '0': { x: {} } })).toThrow(/"x" for the number of a window/);
    expect(wrong({ '0,1': {}, '1': 'NONE' })).toThrow(/field 1 twice/);
    expect(wrong({ '0': { '0': '0~2' } as never })).toThrow(/has "0~2" for a window; use a dictionary/);
    expect(wrong({ '0': { '0': { channels: '0~2' } as never } })).toThrow(/"channels" for a window; there are chan/);
  });
});
