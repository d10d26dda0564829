import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../../src/astronomy/ms/index.ts';

const root = new URL('../../../..', import.meta.url).pathname;
const qa2 = (...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'bin', 'qa2.mjs'), ...args, '--quiet'], { encoding: 'utf8' });

/** Digest of what two calibrations must have in common. */
function digestOf(vis: string): string {
  const ms = openMs(vis);
  const hash = createHash('sha256');
  try {
    for (const name of ['DATA', 'FLAG', 'WEIGHT', 'UVW']) {
      const column = ms.main.column(name);
      for (let row = 0; row < ms.main.rowCount; row++) {
        const cell = column.get(row) as { values: ArrayBufferView };
        hash.update(new Uint8Array(cell.values.buffer, cell.values.byteOffset, cell.values.byteLength));
      }
    }
  } finally {
    ms.close();
  }
  return hash.digest('hex');
}

describe('qa2 calibrate', () => {
  let folder: string;
  let asdms: string[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qa2-whole-'));
    qa2('simulate', '--preset', 'tiny', '--out', join(folder, 'sim'));
    asdms = readdirSync(join(folder, 'sim'))
      .filter((name) => name.startsWith('uid'))
      .map((name) => join(folder, 'sim', name));
  });

  it('gives the same bits with 1 and 7 threads and another memory budget', () => {
    const digests = [['1'], ['7', '--memory', '900']].map(([workers, ...more], index) => {
      const out = join(folder, `out${index}`);
      const text = qa2(
        'calibrate',
        ...asdms,
        '--goal',
        join(folder, 'sim', 'goal.yaml'),
        '--out',
        out,
        '--workers',
        workers,
        '--json',
        ...more,
      );
      return digestOf((JSON.parse(text) as { calibrated: string }).calibrated);
    });
    expect(new Set(digests).size).toBe(1);
  }, 400_000);

  it('leaves out an Execution Block that it cannot reduce, says so, and reduces the other', () => {
    const broken = join(folder, 'broken', basename(asdms[1]));
    cpSync(asdms[1], broken, { recursive: true });
    truncateSync(join(broken, 'Main.xml'), 300);
    const out = join(folder, 'one');
    const goal = ['--goal', join(folder, 'sim', 'goal.yaml')];
    const args = ['calibrate', asdms[0], broken, ...goal, '--out', out, '--json'];
    const run = spawnSync(process.execPath, [join(root, 'bin', 'qa2.mjs'), ...args], { encoding: 'utf8' });
    expect(run.status).toBe(1);
    const { calibrated, failures } = JSON.parse(run.stdout);
    expect(failures).toEqual([{ uid: basename(broken), message: expect.stringContaining(join(broken, 'Main.xml')) }]);
    expect(basename(calibrated)).toBe(`${basename(asdms[0])}.ms.split.cal`);
    expect(existsSync(calibrated)).toBe(true);
    expect(readdirSync(join(calibrated, '..')).filter((name) => name.startsWith(basename(broken)))).toEqual([]);
  }, 100_000);

  it('names the file as it was given when a BDF is cut short', () => {
    const asdm = join(folder, 'cut', basename(asdms[0]));
    cpSync(asdms[0], asdm, { recursive: true });
    const binary = join(asdm, 'ASDMBinary');
    const [longest] = readdirSync(binary).sort(
      (a, b) => statSync(join(binary, b)).size - statSync(join(binary, a)).size,
    );
    truncateSync(join(binary, longest), statSync(join(binary, longest)).size >> 1);
    const args = [
      'calibrate',
      asdm,
      '--goal',
      join(folder, 'sim', 'goal.yaml'),
      '--out',
      join(folder, 'broken'),
      '--quiet',
    ];
    const run = spawnSync(process.execPath, [join(root, 'bin', 'qa2.mjs'), ...args], { encoding: 'utf8' });
    expect(run.status).toBe(1);
    expect(run.stderr.trim()).toMatch(/^[^\n]*the file ends[^\n]*$/);
    expect(run.stderr).toContain(join(binary, longest));
  }, 100_000);
});
