import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('gives the same bits with 1, 2 and 7 threads and another memory budget', () => {
    const digests = [['1'], ['2'], ['7', '--memory', '900']].map(([workers, ...more], index) => {
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
});
