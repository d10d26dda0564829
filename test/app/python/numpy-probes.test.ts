import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'qa2-numpy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function casapy(version: string, source: string) {
  writeFileSync(join(folder, 'script.py'), source);
  const args = [join(root, 'bin/casapy.mjs'), '--nologfile', '--casa-version', version, 'script.py'];
  const run = spawnSync(process.execPath, args, { cwd: folder });
  return { out: run.stdout.toString(), err: run.stderr.toString() };
}

describe('numpy', () => {
  it('gives and prints the values of real numpy', { timeout: 240_000 }, () => {
    const fixtures = join(root, 'test', 'fixtures', 'numpy');
    writeFileSync(join(folder, 'expressions.py'), readFileSync(join(fixtures, 'expressions.py')));
    const { err } = casapy(
      '6.7.0',
      "import sys, json, expressions\nopen('found.json', 'w').write(json.dumps([[one, expressions.answer(one)] for one in expressions.EXPRESSIONS]))\n",
    );
    expect(err.replace(/^Preparing.*\n/, '')).toBe('');
    const wanted = JSON.parse(readFileSync(join(fixtures, 'expressions.json'), 'utf8')) as [string, unknown][];
    const found = JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8')) as [string, unknown][];
    expect(wanted.length).toBeGreaterThan(260);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  it('gives the values of real numpy for arrays of hundreds of values, which loops make', { timeout: 240_000 }, () => {
    const fixtures = join(root, 'test', 'fixtures', 'numpy');
    writeFileSync(join(folder, 'arrays.py'), readFileSync(join(fixtures, 'arrays.py')));
    const { err } = casapy(
      '6.7.0',
      "import json, arrays\nopen('made.json', 'w').write(json.dumps(arrays.answers()))\n",
    );
    expect(err.replace(/^Preparing.*\n/, '')).toBe('');
    const wanted = JSON.parse(readFileSync(join(fixtures, 'arrays.json'), 'utf8')) as [string, unknown][];
    const found = JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as [string, unknown][];
    expect(wanted.length).toBeGreaterThan(1000);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  it('makes the same of few values by loops', { timeout: 240_000 }, () => {
    const { err } = casapy(
      '6.7.0',
      "import json, expressions, qa2_kernels\nqa2_kernels.SMALL = qa2_kernels.MANY = 1\nopen('found.json', 'w').write(json.dumps([[one, expressions.answer(one)] for one in expressions.EXPRESSIONS]))\n",
    );
    expect(err).toBe('');
    const wanted = readFileSync(join(root, 'test', 'fixtures', 'numpy', 'expressions.json'), 'utf8');
    const found = readFileSync(join(folder, 'found.json'), 'utf8');
    expect(Object.fromEntries(JSON.parse(found))).toEqual(Object.fromEntries(JSON.parse(wanted)));
  });

  it('lends a script no way out of its memory', { timeout: 120_000 }, () => {
    const { out, err } = casapy(
      '6.7.0',
      `import os, array
import numpy as np
np.ones(100) + 1
device = os.open('/dev/qa2-arrays', os.O_RDONLY)
small = array.array('d', [1.0])
for words in ([0, 0, 0, 2, 1, 1000, 10, 0, 1, 10, 0, 1], [0, 0, 0, 2, 1, 1, 10, 50000, 1, 10, 0, 1], [9999, 0, 0, 1, 0, 10, 0], [], [0]):
    try:
        os.readv(device, [array.array('i', words), small, small])
        print('done')
    except OSError as error:
        print(error.errno == 28 or error.errno == 22)
print((np.ones(100) + 1).sum())
`,
    );
    expect(err).toBe('');
    expect(out).toBe('True\nTrue\nTrue\nTrue\nTrue\n200.0\n');
  });

  it('works in place on memory that it reads, keeps types, and refuses what does not fit', { timeout: 120_000 }, () => {
    const { out, err } = casapy(
      '6.7.0',
      `import os
import numpy as np
import qa2_kernels

def refused(act):
    try:
        act()
    except (OverflowError, ValueError, OSError, TypeError) as error:
        print(type(error).__name__, error)

z = np.arange(5000).reshape(50, 100) * (1 + 0j)
for _ in range(2):
    wanted = z - z.real[0] + 1
    z -= z.real[0]
    z += 1
    print(abs(z - wanted).max())
c = np.arange(3000) * (1 + 2j)
wanted = c * c.real[::-1]
c * c.real
c *= c.real[::-1]
print(abs(c - wanted).max())

a = np.arange(50.0)
print((a + 2 ** 64).dtype, (a + 1).dtype, np.linspace(0, 1, 1001).dtype)

for kind in ('uint8', 'uint16', 'uint32', 'int8', 'bool', 'uint64'):
    found = np.cumsum(np.ones(300, kind))
    print(found.dtype, found[-1], end=' ')
print(np.cumsum(np.ones(300, 'int64'), dtype='uint8')[-1], np.cumsum([100, 100, 100], dtype='uint8'), np.full(50, 7, 'uint64').astype('int16')[3])

refused(lambda: np.bincount([-1] + [3] * 60))
refused(lambda: np.bincount([3, -1]))
refused(lambda: np.bincount([3, -1], weights=[1, 1]))
print(np.bincount([1, 1, 3], minlength=5), np.bincount([1, 1], weights=[0.5, 2]))

bytes_ = np.zeros(500, 'uint8')
numbers = np.zeros(500, 'int32')
def set_to(array, key, value):
    array[key] = value
refused(lambda: set_to(bytes_, bytes_ == 0, 300))
refused(lambda: set_to(bytes_, slice(None), [-1] * 500))
refused(lambda: set_to(numbers, slice(None), 2 ** 40))
refused(lambda: set_to(numbers, slice(0, 3), 2 ** 40))
refused(lambda: bytes_ + 300)
refused(lambda: bytes_.__iadd__(256))
refused(lambda: bytes_[:3] * -1)
refused(lambda: bytes_.__iadd__(np.arange(500)))
refused(lambda: np.zeros(3, bool).__iadd__(1))
numbers[:] = np.arange(500) * 2 ** 31
bytes_[:2] = np.array([257, 258])
print(bytes_.sum(), numbers[:3], (bytes_ == 300).any())

print(np.isclose([1, np.inf, -np.inf, np.inf, np.nan], np.inf), np.isclose(1, np.inf), np.isclose(np.ones(500), np.inf).any(), np.isclose(np.full(500, np.inf), np.inf).all())
print(np.interp([np.nan, 1], [0, 2], [0, 5]), np.interp([np.nan] * 500, [0, 2], [0, 5])[7])

refused(lambda: qa2_kernels.run('scan_sum_f64', (3,), [('int64', np.zeros(3, int)._data, 0, (1,))] * 2))
os.close(qa2_kernels._DEVICE)
file = open('bytes', 'wb+')
file.write(b'x' * 4000)
file.seek(0)
print((np.arange(100.0) + 1)[:3])
os.dup2(file.fileno(), qa2_kernels._DEVICE)
refused(lambda: np.arange(100.0) + 1)
print((np.arange(100.0) + 1)[:3])
try:
    np.argsort(np.zeros(100000000))
except MemoryError as error:
    print(error)
print(sum(range(10)))
`,
    );
    expect(err.replace(/^Preparing.*\n/, '')).toBe('');
    expect(out.trimEnd().split('\n')).toEqual([
      '0.0',
      '0.0',
      '0.0',
      'object float64 float64',
      'uint64 300 uint64 300 uint64 300 int64 300 int64 300 uint64 300 44 [100 200  44] 7',
      "ValueError 'list' argument must have no negative elements",
      "ValueError 'list' argument must have no negative elements",
      "ValueError 'list' argument must have no negative elements",
      '[0 2 0 1 0] [0.  2.5]',
      'OverflowError Python integer 300 out of bounds for uint8',
      'OverflowError Python integer -1 out of bounds for uint8',
      'OverflowError Python integer 1099511627776 out of bounds for int32',
      'OverflowError Python int too large to convert to C long',
      'OverflowError Python integer 300 out of bounds for uint8',
      'OverflowError Python integer 256 out of bounds for uint8',
      'OverflowError Python integer -1 out of bounds for uint8',
      "TypeError Cannot cast ufunc output from dtype('int64') to dtype('uint8') with casting rule 'same_kind'",
      "TypeError Cannot cast ufunc output from dtype('int64') to dtype('bool') with casting rule 'same_kind'",
      '3 [          0 -2147483648           0] False',
      '[False  True False  True False] False False True',
      '[nan 2.5] nan',
      "ValueError numpy: scan_sum_f64 is not possible for arrays ['int64', 'int64'] of shape (3,).",
      '[1. 2. 3.]',
      'OSError numpy: another file took the descriptor 4095, with which arrays are worked on; the values of this operation are lost.',
      '[1. 2. 3.]',
      'numpy: there is no memory for argsort of arrays of shape (100000000,).',
      '45',
    ]);
  });

  it('divides whole numbers in Python 2 as Python 2 does, writes and reads tables, and says what it lacks', {
    timeout: 240_000,
  }, () => {
    const { out, err } = casapy(
      '4.7.2',
      `import numpy as np, pylab
a = np.array([1, 2, 3])
print a / 2, a / 2., 7 / a
a = a.astype(float)
a[a > 1.5] *= 10
print a, a.mean(), pylab.median(a)
np.savetxt('t.txt', np.column_stack([a, a ** 2]), fmt='%.1f', header='x y')
x, y = np.loadtxt('t.txt', unpack=True)
print x, y.max(), open('t.txt').readline().strip()
try:
    pylab.imshow(x)
except NotImplementedError, error:
    print error
np.memmap
`,
    );
    expect(out).toBe(
      '[0 1 1] [0.5 1.  1.5] [7 3 2]\n[ 1. 20. 30.] 17.0 20.0\n[ 1. 20. 30.] 900.0 # x y\n' +
        'pylab.imshow() is not available: scripts draw plain plots alone here (plot, scatter, errorbar, hist …); plotms, plotcal, plotbandpass and plotants write PNG files.\n',
    );
    expect(err).toContain('numpy.memmap is not available here');
  });

  it('has the names that numpy had in older versions', { timeout: 120_000 }, () => {
    const { out, err } = casapy(
      '5.6.1',
      `import numpy as np
print np.zeros(2, dtype=np.int), np.array([1, 2]).astype(np.float), np.array([0, 1], np.bool), np.infty, np.product([2, 3]), np.rank([[1]])
print isinstance(1.5, np.float), np.asscalar(np.array([3])), np.complex(1, 2)
`,
    );
    expect(err).toBe('');
    expect(out).toBe('[0 0] [1. 2.] [False  True] inf 6 2\nTrue 3 (1+2j)\n');
  });

  it('keeps arrays in archives, and is silent about escapes in texts', { timeout: 120_000 }, () => {
    const { out, err } = casapy(
      '6.2.1',
      `import numpy as np
label = 'kilo$\\lambda$'
np.savez('t', u=np.arange(3.), flags=np.array([[True], [False]]), vis=np.array([1+2j]))
kept = np.load('t.npz')
print(kept.files, kept['u'], kept['flags'].shape, kept['vis'])
np.savez_compressed('small.npz', np.zeros(2))
with np.load('small.npz') as small: print(len(small), small['arr_0'])
try:
    np.savez('clash', 1, arr_0=2)
except ValueError as error:
    print(error)
import pathlib
np.savez(pathlib.Path('empty'))
print(np.load(pathlib.Path('empty.npz')).files, kept['u.npy'].size)
print(casatools.table().calc('1+2'), type(casatasks).__name__)
`,
    );
    expect(out).toBe(
      "['u', 'flags', 'vis'] [0. 1. 2.] (2, 1) [1.+2.j]\n1 [0. 0.]\nCannot use un-named variables and keyword arr_0\n[] 3\n[3] module\n",
    );
    expect(err).toBe('');
  });
});
