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
});
