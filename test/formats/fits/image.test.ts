import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFits, createFitsImage, FitsHeader, openFitsImage, real } from '../../../src/formats/fits/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'fits-'));

describe('FITS images', () => {
  it('come back as written, with blank pixels, tables and long texts', () => {
    const path = join(folder, 'cube.fits');
    const header = new FitsHeader()
      .add('BUNIT', 'Jy/beam')
      .add('CRVAL1', real(230e9))
      .add('OBSERVER', `O'Brien ${'x'.repeat(90)}`)
      .addText('HISTORY', 'made here');
    const writer = createFitsImage(path, [1, 2, 3, 5], header);
    const planes = [0, 1].map((plane) => Float32Array.from({ length: 15 }, (_, k) => plane * 100 + k / 3));
    planes[1][4] = Number.NaN;
    for (const plane of planes) writer.writePlane(plane);
    writer.writeTable({
      name: 'BEAMS',
      rowCount: 2,
      columns: [
        { name: 'BMAJ', format: '1E', unit: 'arcsec', values: [0.5, 0.25] },
        { name: 'CHAN', format: '1J', values: [0, 1] },
        { name: 'LABEL', format: '6A', values: ['one', 'two'] },
      ],
    });
    writer.close();
    expect(checkFits(path)).toEqual([]);
    const image = openFitsImage(path);
    expect(image.shape).toEqual([1, 2, 3, 5]);
    expect(image.readPlane(0)).toEqual(planes[0]);
    expect(image.readPlane(1)).toEqual(planes[1]);
    expect(image.header.number('CRVAL1')).toBe(230e9);
    expect(image.header.text('OBSERVER')).toBe(`O'Brien ${'x'.repeat(90)}`);
    expect(image.header.history()).toEqual(['made here']);
    expect(image.table('BEAMS')?.columns.map((column) => column.values)).toEqual([
      [0.5, 0.25],
      [0, 1],
      ['one', 'two'],
    ]);
    expect(image.table('OTHER')).toBeUndefined();
    expect(() => image.readPlane(2)).toThrow(/Plane 2 of 2/);
    image.close();
  });

  it('of int16 are scaled and their BLANK becomes NaN', () => {
    const path = join(folder, 'int16.fits');
    const header = new FitsHeader()
      .add('SIMPLE', true)
      .add('BITPIX', 16)
      .add('NAXIS', 2)
      .add('NAXIS1', 2)
      .add('NAXIS2', 2);
    header.add('BSCALE', real(0.5)).add('BZERO', real(10)).add('BLANK', -32768);
    const data = new Uint8Array(2880);
    [2, -4, -32768, 100].forEach((value, k) => {
      new DataView(data.buffer).setInt16(2 * k, value);
    });
    writeFileSync(path, Buffer.concat([header.encode(), data]));
    const image = openFitsImage(path);
    expect([...image.readPlane(0)]).toEqual([11, 8, Number.NaN, 60]);
  });

  it.each([
    [99_999_999_999, 100],
    [-1, 100],
    [1, -2880],
    [1, 2.5],
  ])('whose header has %s axes of %s pixels are refused with a sentence', (axes, pixels) => {
    const path = join(folder, 'counts.fits');
    const header = new FitsHeader().add('SIMPLE', true).add('BITPIX', 8).add('NAXIS', axes).add('NAXIS1', pixels);
    writeFileSync(path, Buffer.concat([header.encode(), new Uint8Array(2880)]));
    expect(() => openFitsImage(path)).toThrow(/which is no count/);
  });

  it('that are cut short or no FITS are refused with a sentence', () => {
    const path = join(folder, 'short.fits');
    const header = new FitsHeader()
      .add('SIMPLE', true)
      .add('BITPIX', -32)
      .add('NAXIS', 2)
      .add('NAXIS1', 100)
      .add('NAXIS2', 100);
    writeFileSync(path, Buffer.concat([header.encode(), new Uint8Array(2880)]));
    expect(() => openFitsImage(path)).toThrow(/cut short/);
    expect(checkFits(path)[0].code).toBe('fits-unreadable');
    writeFileSync(path, 'not FITS'.padEnd(3000));
    expect(() => openFitsImage(path)).toThrow(/does not begin with SIMPLE/);
  });
});
