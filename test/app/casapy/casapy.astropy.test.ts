import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const fixtures = resolve('test/fixtures/astropy');
const command = join(resolve('.'), 'bin/casapy.mjs');
const run = (...args: string[]) => spawnSync(process.execPath, [command, '--nologfile', ...args], { cwd: fixtures });

describe('astropy', () => {
  it('has units, constants, directions and coordinates of images as astropy has them, to eleven digits', () => {
    const found = run('--casa-version', '6.5.0', 'sky.py').stdout.toString().split('\n');
    expect(found).toEqual(readFileSync(join(fixtures, 'sky-answers.txt'), 'utf8').split('\n'));
  });

  it('counts with units in Python 2, and refuses what needs a network or another frame', () => {
    const source = `from astropy import units as u
from astropy.coordinates import SkyCoord
print 7 / (2 * u.s), 3 * u.GHz / 2, np.sqrt(4 * u.km ** 2), np.mean([1, 2] * u.Jy)
for question in lambda: SkyCoord.from_name('M31'), lambda: SkyCoord(1, 2, unit='deg', frame='fk4'), lambda: SkyCoord(1, 95, unit='deg'):
    try: question()
    except (NotImplementedError, ValueError), error: print str(error).split(':')[0]`;
    const found = run('-c', source).stdout.toString().trimEnd().split('\n');
    expect(found).toEqual([
      '3.5 1 / s 1.5 GHz 2.0 km 1.5 Jy',
      "SkyCoord.from_name('M31') asks a service on the network, and there is none here",
      "casapy's astropy.coordinates has the frames icrs, fk5 (J2000) and galactic, not fk4; the tool me has the others.",
      'Latitude angle(s) must be within -90 deg <= angle <= 90 deg, got 95.0 deg',
    ]);
  });

  it('refuses with a sentence what it would not do as astropy, and takes no argument that it does not obey', () => {
    const source = `from astropy import units as u
from astropy.coordinates import *
from astropy.io import fits
from astropy.wcs import WCS
import resource
def image(**cards):
    header = fits.Header()
    for name, value in dict(dict(CTYPE1='RA---CAR', CTYPE2='DEC--CAR', CRVAL1=10.0, CRVAL2=-30.0), **cards).items():
        header[name] = value
    return WCS(header)
flat = WCS(naxis=2)
flux = [1, 2] * u.Jy
questions = r"""
WCS('absent.fits')
image(PV1_1=10.0).wcs_pix2world(1, 2, 0)
image(PV1_2=45.0).wcs_pix2world(1, 2, 0)
image(PV1_3=90.0).wcs_pix2world(1, 2, 0)
image(LONPOLE=180.0, LATPOLE=0.0).wcs_pix2world(1, 2, 0)
image(RADESYS='FK5', EQUINOX=1975.0).pixel_to_world(1, 2)
image(CTYPE1='ELON-CAR', CTYPE2='ELAT-CAR').pixel_to_world(1, 2)
flat.to_header(key='A')
flat.calc_footprint(fits.Header())
setattr(flat.wcs, 'crota', [0, 30])
flux.decompose(bases=[u.cm])
u.Quantity(3, 'm', dtype=int)
flux.to_string(format='latex')
Angle('1d').to_string(format='latex')
np.full(3, 2 * u.m)
np.histogram(flux)
np.linalg.norm(flux)
np.add.at(np.zeros(3), [1], 2 * u.m)
EarthLocation(1, 2, 3)
u.def_unit('x', prefixes=True)
resource.setrlimit(resource.RLIMIT_AS, (1000, 1000))
resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))
"""
for question in questions.split(chr(10))[1:-1]:
    try: print(eval(question))
    except (NotImplementedError, ValueError, IOError) as error: print(type(error).__name__, str(error)[:70])`;
    const found = run('--casa-version', '6.5.0', '-c', source).stdout.toString().trimEnd().split('\n');
    expect(found).toEqual([
      "FileNotFoundError WCS('absent.fits'): there is no such file, and a header begins otherwi",
      "NotImplementedError casapy's astropy.wcs has no projections with parameters (PV1_1).",
      "NotImplementedError casapy's astropy.wcs has no projections with parameters (PV1_2).",
      "NotImplementedError casapy's astropy.wcs has no projections with parameters (PV1_3).",
      'ValueError LATPOLE = 0 does not tell which of two poles is meant, -60 or 60 degre',
      "NotImplementedError casapy's astropy.wcs has FK5 of the equinox J2000 only, not of 1975; w",
      "NotImplementedError casapy's astropy.wcs has no frame of directions for ELON-CAR; wcs_pix2",
      "NotImplementedError casapy's WCS.to_header() has no key='A'.",
      "NotImplementedError casapy's WCS.calc_footprint() takes axes, not a header.",
      "NotImplementedError casapy's astropy.wcs has no parameter wcs.crota.",
      "NotImplementedError casapy's astropy.units decomposes into SI units only: decompose() with",
      "NotImplementedError casapy's Quantity holds numbers of type float64 (and complex ones as t",
      "NotImplementedError casapy's Quantity.to_string() has no format: take .unit.to_string('lat",
      "NotImplementedError casapy's Angle.to_string() has no format='latex': give sep.",
      "NotImplementedError casapy's numpy.full() knows no quantities: hand it .value, or to_value",
      "NotImplementedError casapy's numpy.histogram() knows no quantities: hand it .value, or to_",
      "NotImplementedError casapy's numpy.linalg.norm() knows no quantities: hand it .value, or t",
      "NotImplementedError casapy's numpy.add.at() knows no quantities: hand it .value, or to_val",
      'NotImplementedError astropy.coordinates.EarthLocation is not available here: of astropy, c',
      "NotImplementedError casapy's astropy.units.def_unit() has no prefixes.",
      'NotImplementedError resource.setrlimit(RLIMIT_AS) is not available here: casapy sets no li',
      'None',
    ]);
  });

  it.each(['coordinates', 'constants', 'wcs'])('teaches numpy quantities with astropy.%s alone', (name) => {
    const source = `import astropy.${name}
from qa2_units import Quantity
print(np.cos(Quantity(60.0, 'deg')), np.mean(Quantity([1.0, 2.0], 'm')), np.add.reduce([1, 2]))`;
    expect(run('--casa-version', '6.5.0', '-c', source).stdout.toString()).toBe('0.5000000000000001 1.5 m 3\n');
  });
});
