import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { readOutliers } from '../../../src/pipeline/imaging/outlier-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'outlier-file-'));

function read(lines: readonly string[], options: object = {}) {
  writeFileSync(join(folder, 'o.txt'), lines.join('\n'));
  return readOutliers(silentContext(folder), 'o.txt', options);
}

const value = (line: string, name = line.split('=')[0].trim()) => read(['imagename = a', line])[0][name];

describe('a file of outlier fields', () => {
  it("is read as in CASA's documentation, without quotation marks", () => {
    const field = (name: string) => [
      `imagename=${name}`,
      'nchan=1',
      'imsize=[80,80]',
      'cell=[8.0arcsec,8.0arcsec]',
      'phasecenter=J2000 19:58:40.895 +40.55.58.543',
      'mask=circle[[40pix,40pix],10pix]',
      '',
    ];
    const fields = read([...field('tst1'), ...field('tst2')], { nchan: -1, specmode: 'mfs' });
    expect(fields).toEqual(
      ['tst1', 'tst2'].map((imagename) => ({
        imagename,
        imsize: [80, 80],
        cell: ['8.0arcsec', '8.0arcsec'],
        phasecenter: 'J2000 19:58:40.895 +40.55.58.543',
        mask: 'circle[[40pix,40pix],10pix]',
      })),
    );
    expect(() => read(field('a'), { nchan: -1, specmode: 'cube' })).toThrow(/Line 2 .*nchan is that of the main field/);
  });

  it.each([
    ['imsize = (80, 60)', [80, 60]],
    ['imsize = 80,80', [80, 80]],
    ['imsize = [80]', [80]],
    ['imsize = 80 # pixels', 80],
    ["cell = '0.1arcsec'  # of it's image", ['0.1arcsec']],
    ["cell = ['0.1arcsec', '0.1arcsec']", ['0.1arcsec', '0.1arcsec']],
    ['cell = 0.5', ['0.5']],
    ["startmodel = 'it\\'s'", "it's"],
    ["startmodel = it's # mine", "it's"],
    ["startmodel = 'a#1 # 2'", 'a#1 # 2'],
    ["mask = ['a', \"b's\", [1, 2]]", ['a', "b's", [1, 2]]],
    ['pblimit = 0.1;', 0.1],
    ['mask = a=b', 'a=b'],
  ])('takes %s', (line, expected) => {
    expect(value(line)).toEqual(expected);
  });

  it.each([
    ['imsize = [2*40, 80]', /write imsize = \[80, 80\] or 80, not \[2\*40, 80\]/],
    ['imsize = 80.5', /write imsize/],
    ['cell = [small, small]', /write cell = 0\.1arcsec or/],
    ["startmodel = 'a", /close the quotation mark/],
    ['mask = [a, b]', /texts of a list stand in quotation marks/],
    ['mask =', /mask has no value/],
    ['pblimit = low', /write pblimit = 0\.2/],
  ])('refuses %s with line and file', (line, sentence) => {
    expect(() => value(line)).toThrow(sentence);
    expect(() => value(line)).toThrow(/^Line 2 of the outlier fields: .*o\.txt/);
  });

  it('ignores what fields cannot have, as CASA does, and says so', () => {
    const told: string[] = [];
    const context = { ...silentContext(folder), log: { post: (text: string) => told.push(text) } };
    writeFileSync(join(folder, 'o.txt'), 'imagename = a\nniter = 7');
    expect(readOutliers(context as never, 'o.txt', {})).toEqual([{ imagename: 'a' }]);
    expect(told).toEqual(['Line 2 of o.txt: niter of an outlier field is ignored.']);
  });
});
