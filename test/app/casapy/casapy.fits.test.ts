import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'casapy-fits-'));
afterAll(() => rmSync(folder, { recursive: true }));

function lines(source: string): string[] {
  const script = join(resolve('.'), 'bin/casapy.mjs');
  const run = spawnSync(process.execPath, [script, '--nologfile', '-c', source], { cwd: folder });
  expect(run.stderr.toString()).not.toContain('Error');
  return run.stdout.toString().trimEnd().split('\n');
}

const card = (text: string) => text.padEnd(80);
const block = (text: string) => Buffer.from(text.padEnd(Math.ceil(text.length / 2880) * 2880), 'latin1');
const data = (bytes: readonly number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(2880 - bytes.length)]);

describe('astropy.io.fits', () => {
  it('writes images that CASA reads, and headers with long texts, comments and history', () => {
    const found = lines(`from astropy.io import fits
head = fits.Header()
head['object'] = ("O'Brien", 'who'); head['BMAJ'] = 1.5e-5; head['NOTE'] = 'x' * 150; head['LONGKEYWORD'] = 5
head.add_history('one'); head['BUNIT'] = 'Jy/beam'; head.add_history('two')
fits.writeto('a.fits', np.arange(24.).reshape(2, 3, 4).astype('float32'), head)
with fits.open('a.fits', mode='update') as f:
    f[0].data[0, 0, 0] = -7
    f[0].header['BMAJ'] = 2
    print f[0].header.keys()
again, data = fits.getheader('a.fits'), fits.getdata('a.fits')
print again['OBJECT'], again.comments['object'], len(again['NOTE']), again['longkeyword'], list(again['HISTORY']), again['bmaj']
print data.shape, data.dtype, data.sum(), fits.getval('a.fits', 'NAXIS3')
importfits('a.fits', 'a.im', overwrite=True); ia.open('a.im'); print ia.getchunk()[3, 2, 1], ia.brightnessunit(); ia.close()
exportfits('a.im', 'b.fits'); print fits.open('b.fits')[0].data.squeeze()[1, 2, 3]
try: fits.writeto('a.fits', data)
except IOError, e: print 'already exists' in str(e)
import pyfits; pyfits.writeto('a.fits', data[0].astype('uint16'), clobber=True); print pyfits.getdata('a.fits').dtype`);
    const layout = "'SIMPLE', 'BITPIX', 'NAXIS', 'NAXIS1', 'NAXIS2', 'NAXIS3'";
    expect(found).toEqual([
      `[${layout}, 'OBJECT', 'BMAJ', 'NOTE', 'LONGKEYWORD', 'BUNIT', 'HISTORY', 'HISTORY']`,
      "O'Brien who 150 5 ['one', 'two'] 2",
      '(2, 3, 4) float32 269.0 2',
      ...['23.0 Jy/beam', '23.0', 'True', 'uint16'],
    ]);
    expect(readFileSync(join(folder, 'a.fits')).length).toBe(2 * 2880);
  });

  it('reads scaled pixels with blanks, and tables behind an image', () => {
    const image = [
      'SIMPLE  =                    T',
      'BITPIX  =                   16',
      'NAXIS   =                    1',
    ];
    image.push('NAXIS1  =                    3', 'BSCALE  = 0.5', 'BZERO   = 10', 'BLANK   = -1', 'END');
    const table = ["XTENSION= 'BINTABLE'", 'BITPIX  = 8', 'NAXIS   = 2', 'NAXIS1  = 10', 'NAXIS2  = 2', 'PCOUNT  = 0'];
    table.push('GCOUNT  = 1', 'TFIELDS = 3', "TTYPE1  = 'BMAJ'", "TFORM1  = 'E'", "TTYPE2  = 'NAME'", "TFORM2  = '4A'");
    table.push("TTYPE3  = 'CHAN'", "TFORM3  = 'I'", "EXTNAME = 'BEAMS'", 'END');
    const rows = [0x3f, 0x80, 0, 0, 0x61, 0x62, 0, 0, 0, 7, 0x40, 0, 0, 0, 0x63, 0x20, 0x20, 0x20, 0, 8];
    const head = (cards: readonly string[]) => block(cards.map(card).join(''));
    const parts = [head(image), data([0, 2, 255, 255, 0, 4]), head(table), data(rows)];
    writeFileSync(join(folder, 'c.fits'), Buffer.concat(parts));
    const found = lines(`import astropy.io.fits as pf
f = pf.open('c.fits'); print f[0].data, 'BSCALE' in f[0].header, [unit.name for unit in f]
beams = f['beams'].data; print len(beams), beams['bmaj'].tolist(), beams.field('NAME').tolist(), beams['CHAN'].tolist(), beams.names
g = pf.open('c.fits', 'update'); g[1].data['CHAN'][0] = 5
try: g.flush()
except NotImplementedError, error: print error`);
    expect(found).toEqual([
      "[11. nan 12.] False ['PRIMARY', 'BEAMS']",
      "2 [1.0, 2.0] ['ab', 'c'] [7, 8] ['BMAJ', 'NAME', 'CHAN']",
      'Tables of FITS files are read here, not changed.',
    ]);
  });

  it('answers as astropy does: kept units and lines, versions, scaled pixels, columns, cards', () => {
    const fixtures = resolve('test/fixtures/astropy');
    const script = ['--nologfile', '--casa-version', '6.5.0', join(fixtures, 'expressions.py')];
    const run = spawnSync(process.execPath, [join(resolve('.'), 'bin/casapy.mjs'), ...script], { cwd: folder });
    expect(run.stdout.toString().split('\n')).toEqual(readFileSync(join(fixtures, 'answers.txt'), 'utf8').split('\n'));
  });

  it('refuses what it does not do, and loses nothing of a file then', () => {
    const cards = [
      "XTENSION= 'BINTABLE'",
      'BITPIX  = 8',
      'NAXIS   = 2',
      'NAXIS1  = 8',
      'NAXIS2  = 1',
      'PCOUNT  = 2',
      'GCOUNT  = 1',
    ];
    cards.push('TFIELDS = 1', "TTYPE1  = 'LIST'", "TFORM1  = '1PB'", 'END');
    const first = ['SIMPLE  = T', 'BITPIX  = 8', 'NAXIS   = 1', 'NAXIS1  = 2', 'END'];
    const head = (lines_: readonly string[]) => block(lines_.map(card).join(''));
    const packed = head([...cards.slice(0, -1), 'ZIMAGE  = T', 'END']);
    const content = data([0, 0, 0, 2, 0, 0, 0, 0, 5, 6]);
    const file = Buffer.concat([head(first), data([1, 2]), head(cards), content, packed, content, Buffer.from('rest')]);
    writeFileSync(join(folder, 'kept.fits'), file);
    writeFileSync(join(folder, 'cut.fits'), Buffer.concat([head(first)]));
    const found = lines(`from astropy.io import fits
def tell(question):
    try: print question()
    except (NotImplementedError, TypeError, ValueError, IOError), error: print error
f = fits.open('kept.fits', 'update')
tell(lambda: f[1].data['LIST']); tell(lambda: f[2].data); tell(lambda: f[2].data); tell(lambda: f[1].data[0:1])
f.flush()
f[0].header['NAXIS1'] = 1; f[0].data[0] = 9; f.close()
for named in dict(checksum=True), dict(ignore_blank=True), dict(nonsense=1): tell(lambda: fits.getdata('kept.fits', **named))
tell(lambda: fits.open('cut.fits')[0].data); tell(lambda: fits.setval('cut.fits', 'OBJECT', value='x'))
tell(lambda: fits.open('kept.fits', 'readwrite')); tell(lambda: fits.HDUList([fits.ImageHDU()]).writeto('no.fits'))
tell(lambda: fits.Header([('LONGKEYWORD', 'x' * 70)]).tostring()); tell(lambda: fits.writeto('no.fits', np.zeros(2), checksum=True))`);
    expect(found).toEqual([
      'Column LIST of a FITS table (1PB) is not available here.',
      ...Array(2).fill(
        'The data of this extension (a compressed image) are not read here; the unit is written back as it is.',
      ),
      "Rows of a FITS table are taken one at a time here, or of one column: data['NAME'][rows].",
      'checksum=True of astropy.io.fits.open() is not available here.',
      'ignore_blank=True of astropy.io.fits.open() is not available here.',
      expect.stringContaining("unexpected keyword argument 'nonsense'"),
      ...Array(2).fill('The file is cut off: PRIMARY has 0 of 2 bytes of data.'),
      "Mode 'readwrite' not recognized",
      "HDUList's element 0 is not a primary HDU.",
      "The header keyword 'LONGKEYWORD' with its value is too long.",
      'checksum=True of astropy.io.fits.writeto() is not available here.',
    ]);
    const after = readFileSync(join(folder, 'kept.fits'));
    expect(after.subarray(5760)).toEqual(file.subarray(5760));
    expect([...after.subarray(2880, 2882)]).toEqual([9, 2]);
  });

  it('smooths by a beam in a dictionary, and writes what imfit finds into a file', () => {
    const found = lines(`ia.fromshape('s.im', [48, 48, 1, 1]); px = ia.getchunk(); px[24, 24] = 10; ia.putchunk(px)
ia.setbrightnessunit('Jy/beam'); ia.setrestoringbeam('4arcmin', '4arcmin', '0deg'); ia.close()
imsmooth('s.im', outfile='t.im', beam=dict(major='5arcmin', minor=qa.quantity(4, 'arcmin'), positionangle='30deg'))
imfit('t.im', box='8,8,40,40', logfile='fit.txt')
print [line.split(':')[0] for line in open('fit.txt')]
try: imsmooth('s.im', outfile='u.im', beam=dict(major='5arcmin', minor='4arcmin'), major='5arcmin')
except Exception, e: print e
pl.hist([1, 2, 2, 3], bins=2, normed=True, lw=0, linestyle='--'); pl.savefig('h.png')`);
    expect(found).toEqual(["['imfit of t.im\\n', 'channel 0']", 'imsmooth: give either beam, or major, minor and pa.']);
  });
});
