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
});
