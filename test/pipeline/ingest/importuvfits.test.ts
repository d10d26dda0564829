import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { readChunks, writeChunk } from '../../../src/astronomy/visibility/index.ts';
import { openRandomGroups } from '../../../src/formats/fits/index.ts';
import { SECONDS_PER_DAY, SPEED_OF_LIGHT } from '../../../src/foundation/base/index.ts';
import { importuvfits } from '../../../src/pipeline/ingest/index.ts';
import { exportuvfits, split } from '../../../src/pipeline/reshape/index.ts';
import {
  ANTENNAS,
  FIELDS,
  freshContext,
  INTEGRATIONS,
  SECONDS,
  START,
  writeSmallMs,
} from '../../astronomy/ms/small-ms.ts';

/** A small MS of two windows of one shape, in which channel 1 of XX of the first baseline is flagged. */
function start() {
  const context = freshContext();
  const path = (name: string) => join(context.cwd, name);
  writeSmallMs(path('a.ms'));
  split(context, { vis: 'a.ms', outputvis: 'b.ms', spw: '0:2~5,1', datacolumn: 'data' });
  const ms = openMs(path('b.ms'), 'update');
  for (const chunk of readChunks(ms, { columns: [] })) {
    chunk.antenna1.forEach((antenna, row) => {
      if (antenna === 0 && chunk.antenna2[row] === 1) chunk.flag[(row * chunk.chanCount + 1) * chunk.corrCount] = 1;
    });
    writeChunk(ms, chunk, { flag: true });
    chunk.release();
  }
  ms.close();
  return { context, path };
}

/** Visibilities, flags and weights by what names a row. */
function rowsOf(path: string): Map<string, { data: number[]; flag: number[]; weight: number[]; uvw: number[] }> {
  const ms = openMs(path);
  const rows = new Map<string, { data: number[]; flag: number[]; weight: number[]; uvw: number[] }>();
  for (const chunk of readChunks(ms, { columns: ['DATA'] })) {
    const { chanCount, corrCount } = chunk;
    const cell = chanCount * corrCount;
    chunk.time.forEach((time, row) => {
      // Days and their fractions are of single precision.
      const when = Math.round((time - START) / SECONDS - 0.5);
      const key = [chunk.dataDescId, when, chunk.antenna1[row], chunk.antenna2[row], chunk.fieldId[row]].join(' ');
      rows.set(key, {
        data: [...(chunk.data.DATA as Float32Array).subarray(2 * row * cell, 2 * (row + 1) * cell)],
        flag: [...chunk.flag.subarray(row * cell, (row + 1) * cell)],
        weight: [...chunk.weight.subarray(row * corrCount, (row + 1) * corrCount)],
        uvw: [...chunk.uvw.subarray(3 * row, 3 * row + 3)],
      });
    });
    chunk.release();
  }
  ms.close();
  return rows;
}

describe('exportuvfits and importuvfits', () => {
  it.each([true, false])('bring all visibilities, flags and weights back (combinespw: %s)', (combinespw) => {
    const { context, path } = start();
    exportuvfits(context, { vis: 'b.ms', fitsfile: 'b.uvfits', combinespw });
    importuvfits(context, { fitsfile: 'b.uvfits', vis: 'c.ms' });
    const [before, after] = [rowsOf(path('b.ms')), rowsOf(path('c.ms'))];
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [key, row] of before) {
      expect(after.get(key)?.data).toEqual(row.data);
      expect(after.get(key)?.flag).toEqual(row.flag);
      expect(after.get(key)?.weight).toEqual(row.weight);
      row.uvw.forEach((length, axis) => {
        expect(after.get(key)?.uvw[axis]).toBeCloseTo(length, 4);
      });
    }
    const [from, to] = [openMs(path('b.ms')), openMs(path('c.ms'))];
    const [one, other] = [readMetadata(from), readMetadata(to)];
    expect(other.spectralWindows.map(({ chanFreqs }) => [...chanFreqs])).toEqual(
      one.spectralWindows.map(({ chanFreqs }) => [...chanFreqs]),
    );
    expect(other.fields.map(({ name }) => name)).toEqual(FIELDS);
    other.fields.forEach(({ phaseDir }, id) => {
      expect(Math.cos(phaseDir[0] - one.fields[id].phaseDir[0])).toBeCloseTo(1, 12);
    });
    expect(other.polarizations[0].corrTypes).toEqual(['XX', 'YY']);
    expect(other.antennas.map(({ name, station, position }) => [name, station, position])).toEqual(
      one.antennas.map(({ station, position }, id) => [String(id + 1), station, position]),
    );
    expect(readNumbers(to.main, 'EXPOSURE')[0]).toBe(SECONDS);
    from.close();
    to.close();
  });

  it('writes groups as AIPS Memo 117 has them', () => {
    const { context, path } = start();
    exportuvfits(context, { vis: 'b.ms', fitsfile: 'one.uvfits', field: '1', spw: '1', multisource: false });
    const file = openRandomGroups(path('one.uvfits'));
    expect(file.parameters).toEqual(['UU', 'VV', 'WW', 'DATE', 'DATE', 'BASELINE', 'FREQSEL']);
    expect(file.axes).toEqual([3, 2, 4, 1, 1, 1]);
    expect(file.groupCount).toBe((INTEGRATIONS * ANTENNAS.length * (ANTENNAS.length + 1)) / 2);
    expect(file.header.text('OBJECT')).toBe(FIELDS[1]);
    expect([file.header.number('CRVAL3'), file.header.number('CDELT3')]).toEqual([-5, -1]);
    expect([file.header.number('CRVAL4'), file.header.number('CRPIX4')]).toEqual([232.002e9, 3]);
    expect(file.table('AIPS SU')).toBeUndefined();
    const { parameters, values } = file.read(0, 2);
    const [, , , day, fraction, baseline] = parameters.subarray(7);
    expect(baseline).toBe(256 + 2);
    expect((day + fraction - 2_400_000.5) * SECONDS_PER_DAY - START).toBeCloseTo(60 + SECONDS / 2, 1);
    const second = values.subarray(file.arrayLength);
    // Of the flagged value (channel 1, XX) the weight is negative; a weight is that of a channel.
    expect([second[2], second[8], second[11]]).toEqual([1, -1, 1]);
    const ms = openMs(path('b.ms'));
    const [chunk] = readChunks(ms, { columns: [], selection: { spw: '1', field: '1', antenna: '0&1' } });
    expect(parameters[7] * SPEED_OF_LIGHT).toBeCloseTo(chunk.uvw[0], 4);
    chunk.release();
    ms.close();
    file.close();
  });

  it.each([
    ['SOURCE', 99, /source 99 of a group/],
    ['FREQSEL', 7, /frequency setup 7 of a group/],
    ['BASELINE', 256 * 90 + 91, /antennas 90 and 91 of a group/],
  ])('refuses a group of a %s that the table has not, and names the file', (name, value, message) => {
    const { context, path } = start();
    exportuvfits(context, { vis: 'b.ms', fitsfile: 'b.uvfits' });
    const file = openRandomGroups(path('b.uvfits'));
    const at = file.parameters.indexOf(name);
    file.close();
    const bytes = readFileSync(path('b.uvfits'));
    const end = bytes.indexOf(`END${' '.repeat(77)}`);
    bytes.writeFloatBE(value, 2880 * Math.ceil(end / 2880) + 4 * at);
    writeFileSync(path('c.uvfits'), bytes);
    const load = () => importuvfits(context, { fitsfile: 'c.uvfits', vis: 'c.ms' });
    expect(load).toThrow(message);
    expect(load).toThrow(expect.objectContaining({ place: expect.objectContaining({ file: path('c.uvfits') }) }));
  });

  it('refuses windows of several shapes, files of another kind and columns that are not there', () => {
    const { context } = start();
    expect(() => exportuvfits(context, { vis: 'a.ms', fitsfile: 'a.uvfits' })).toThrow(/differ in their channels/);
    expect(() => importuvfits(context, { fitsfile: 'a.ms/table.dat', vis: 'x.ms' })).toThrow(/not a FITS file/);
    expect(() => exportuvfits(context, { vis: 'b.ms', fitsfile: 'b.uvfits', datacolumn: 'model' })).toThrow(
      /MODEL_DATA/,
    );
  });
});
