import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'qa2-arrays-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('columns of thousands of values go to tables and come back as they were', { timeout: 120_000 }, () => {
  writeFileSync(
    join(folder, 'script.py'),
    `import numpy as np
tb.create('t.tab', {'A': {'valueType': 'float'}, 'B': {'valueType': 'int'}}, nrow=3000)
tb.putcol('B', [2] * 3000)
a = np.sin(np.arange(3000.0))
a[7] = np.nan
tb.putcol('A', a)
b = tb.getcol('A')
print(b.shape, b.dtype, int(np.isnan(b).sum()), bool((b[8:] == a.astype('float32')[8:]).all()), bool((tb.getcol('B') == 2).all()))
tb.putcol('B', np.arange(6000.0)[::2])
print(tb.getcol('B')[-3:], tb.getcol('B', 10, 5).sum())
ia.fromarray('t.im', np.arange(2400.0).reshape(40, 60).T)
print(ia.shape(), float(ia.getchunk([59, 39], [59, 39]).ravel()[0]), ia.statistics()['mean'])
ia.close()
`,
  );
  const args = [join(root, 'bin/casapy.mjs'), '--nologfile', '--casa-version', '6.7.0', 'script.py'];
  const run = spawnSync(process.execPath, args, { cwd: folder });
  expect(run.stderr.toString().replace(/^Preparing.*\n/, '')).toBe('');
  expect(run.stdout.toString()).toBe('(3000,) float64 1 True True\n[5994 5996 5998] 120\n[60 40] 2399.0 [1199.5]\n');
});

it('types of Python 2 are types of arrays, and files are read in the type that their words have', () => {
  writeFileSync(join(folder, 'rows.txt'), '1 2\n3 4.5\n');
  writeFileSync(join(folder, 'names.txt'), 'DV01\nDV02\n');
  writeFileSync(join(folder, 'mixed.txt'), 'DV01 1\nDV02 2\n');
  const source = `import numpy as np
print np.loadtxt('names.txt', dtype=str), np.array([1, 2]).astype(str).tolist(), np.array([u'a'], dtype=unicode).size, np.zeros(1, dtype=long).dtype
print np.genfromtxt('rows.txt', dtype=None).tolist(), np.genfromtxt('names.txt', dtype=None).tolist(), type(np.float64(1)), np.float32(0.3)
np.genfromtxt('mixed.txt', dtype=None)`;
  const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', '-c', source], { cwd: folder });
  expect(run.stdout.toString()).toBe(
    "['DV01' 'DV02'] ['1', '2'] 1 int64\n[[1.0, 2.0], [3.0, 4.5]] ['DV01', 'DV02'] <type 'numpy.float64'> 0.3\n",
  );
  expect(run.stderr.toString()).toContain('make a record array, which is not available here');
});
