import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const fixtures = resolve('test/fixtures/scipy');
const command = join(resolve('.'), 'bin/casapy.mjs');
const run = (...args: string[]) => spawnSync(process.execPath, [command, '--nologfile', ...args], { cwd: fixtures });

describe('scipy', () => {
  it('gives what scipy gives, to seven digits', () => {
    const found = run('--casa-version', '6.5.0', 'expressions.py').stdout.toString().split('\n');
    expect(found).toEqual(readFileSync(join(fixtures, 'answers.txt'), 'utf8').split('\n'));
  });

  it('can be imported as scripts do, and says what is lacking when it is called', () => {
    const source = `import scipy, scipy.cluster.hierarchy
from scipy.optimize import minimize, curve_fit
print scipy.sin(0), scipy.ndimage.label([0, 1])[1]
minimize(len, [1])`;
    const { stdout, stderr } = run('-c', source);
    expect(stdout.toString()).toBe('0.0 1\n');
    expect(stderr.toString()).toContain('NotImplementedError: scipy.optimize.minimize() is not available here;');
  });

  it('refuses arguments and values that it does not treat as scipy does', () => {
    const source = `from scipy import ndimage, stats, optimize, interpolate, fftpack, linalg
def tell(*questions):
    for one in questions:
        try: print one()
        except (NotImplementedError, TypeError), error: print error
d, x, f = np.arange(12.).reshape(3, 4), np.arange(4.), lambda x, a, b: a * x + b
tell(lambda: ndimage.gaussian_filter(d, 1, axes=0), lambda: ndimage.gaussian_filter(d.astype(int), 1), lambda: ndimage.uniform_filter(d, 3, origin=1))
tell(lambda: ndimage.binary_dilation(d, origin=1), lambda: ndimage.binary_closing(d, nonsense=1), lambda: ndimage.gaussian_filter(d * 1j, 1))
tell(lambda: optimize.curve_fit(f, x, x, sigma=np.diag(x + 1)), lambda: optimize.curve_fit(f, x, x, full_output=True))
tell(lambda: optimize.leastsq(f, x, Dfun=f), lambda: interpolate.interp1d(x, x * 1j), lambda: stats.skew(x, bias=False))
tell(lambda: stats.scoreatpercentile(x, 5, interpolation_method='lower'), lambda: fftpack.irfft(x), lambda: linalg.cholesky(d))`;
    const found = run('-c', source).stdout.toString().trimEnd().split('\n');
    const ofFloats = 'is here for images of floats; of integers scipy gives integers, cut off: astype(float).';
    const absent = 'is not available here; see "numpy" in docs/differences-from-casa.md.';
    expect(found).toEqual([
      'axes of scipy.ndimage.gaussian_filter() is not available here.',
      `scipy.ndimage.gaussian_filter() ${ofFloats}`,
      'origin of scipy.ndimage.uniform_filter() is not available here.',
      'origin of scipy.ndimage.binary_dilation() is not available here.',
      "binary_closing() got an unexpected keyword argument 'nonsense'",
      `scipy.ndimage.gaussian_filter() ${ofFloats}`,
      'scipy.optimize.curve_fit is here for one sigma of each value, not for their covariances.',
      'full_output of scipy.optimize.curve_fit() is not available here.',
      'Dfun of scipy.optimize.leastsq() is not available here.',
      'scipy.interpolate.interp1d is here for one row of real values.',
      "skew() got an unexpected keyword argument 'bias'",
      'interpolation_method of scipy.stats.scoreatpercentile() is not available here.',
      `scipy.fftpack.irfft() ${absent}`,
      `scipy.linalg.cholesky() ${absent}`,
    ]);
  });

  it('has stand-ins for what is lacking that fail where they are used, and no modules that scipy and astropy have not', () => {
    const source = `import warnings
from astropy.time import Time
from astropy.table import Table
from astropy.utils.exceptions import AstropyWarning
warnings.simplefilter('ignore', category=AstropyWarning)
print isinstance(3, Time), hasattr(Table, 'x')
def derive():
    class Mine(Table): pass
for question in derive, lambda: Time // 2, lambda: Time % 2, lambda: Time == 3, lambda: 3 != Time:
    try: question()
    except NotImplementedError, error: print str(error).split(' is')[0]
for name in 'astropy.nonexistent.thing', 'astropy.io.nonexistent', 'scipy.nonexistent', 'astropy.wcs.utils', 'scipy.integrate':
    try: __import__(name); print 'found'
    except ImportError: print 'ImportError'
try: 1 / 0
except (AstropyWarning, ZeroDivisionError): print 'caught'`;
    const found = run('-c', source).stdout.toString().trimEnd().split('\n');
    const refused = ['astropy.table.Table', ...Array(4).fill('astropy.time.Time')];
    expect(found).toEqual(['False False', ...refused, ...Array(3).fill('ImportError'), 'found', 'found', 'caught']);
  });
});
