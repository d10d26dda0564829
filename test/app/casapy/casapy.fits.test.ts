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
beams = f['beams'].data; print len(beams), beams['bmaj'].tolist(), beams.field('NAME').tolist(), beams['CHAN'].tolist(), beams.names`);
    expect(found).toEqual([
      "[11. nan 12.] False ['PRIMARY', 'BEAMS']",
      "2 [1.0, 2.0] ['ab', 'c'] [7, 8] ['BMAJ', 'NAME', 'CHAN']",
    ]);
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
