import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../../../../src/app/tasks/index.ts';
import { disk, listTarMembers, packTar } from '../../../../src/foundation/bytes/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-unpack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('qa2 unpack', () => {
  it('unpacks as the program that is built, where packages are bundled', async () => {
    mkdirSync(join(folder, 'from'));
    writeFileSync(join(folder, 'from', 'README'), 'calibrated');
    const sink = disk().create(join(folder, 'x.tar'));
    await packTar(listTarMembers(join(folder, 'from'), 'member'), (bytes) => sink.write(bytes));
    sink.close();
    const program = join(installationRoot(), 'bin', 'qa2.mjs');
    const run = spawnSync(process.execPath, [program, 'unpack', 'x.tar', '--out', 'to', '--quiet'], { cwd: folder });
    expect([run.status, run.stderr.toString()]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'to', 'member', 'README'), 'utf8')).toBe('calibrated');
  }, 60_000);
});
