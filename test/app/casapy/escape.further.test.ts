import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
const top = realpathSync(mkdtempSync(join(tmpdir(), 'qa2-further-')));
const script = join(top, 'tree', 'script');
afterAll(() => rmSync(top, { recursive: true }));

function casapy(...args: string[]) {
  const all = [join(root, 'bin/casapy.mjs'), '--nologfile', '--casa-version', '6.5.0', ...args];
  const run = spawnSync(process.execPath, all, { cwd: script, env: { ...process.env, QA2_SECRET: 'hidden' } });
  return { code: run.status, out: run.stdout.toString(), err: run.stderr.toString() };
}

/** All that lies below a folder outside of what the script may change, with the content of files. */
function contentsOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => (entry.isFile() ? `${entry.name}: ${readFileSync(join(folder, entry.name), 'utf8')}` : entry.name))
    .sort();
}

describe('a script that knows the walls around it', () => {
  let run = { code: null as number | null, out: '', err: '' };

  beforeAll(() => {
    for (const name of ['script', 'calibrated', 'raw', 'qa']) mkdirSync(join(top, 'tree', name), { recursive: true });
    for (const name of ['disk', 'secret']) mkdirSync(join(top, name));
    writeFileSync(join(top, 'secret', 'key'), 'secret');
    writeFileSync(join(top, 'disk', 'inside'), 'linked data');
    writeFileSync(join(top, 'tree', 'raw', 'data'), 'raw');
    writeFileSync(join(top, 'tree', 'qa', 'report'), 'report');
    symlinkSync(join(top, 'disk'), join(top, 'tree', 'raw', 'linked'));
    copyFileSync(join(root, 'test/fixtures/escape/further.py'), join(script, 'further.py'));
    writeFileSync(join(script, 'here.txt'), 'a\nb\n');
    run = casapy('further.py', top, root);
  }, 180_000);

  it('gets nowhere with devices, requests, names, links, archives, shell, tasks and modules, and comes to its end', () => {
    const lines = run.out.split('\n');
    expect(lines.filter((line) => line.includes('ESCAPED'))).toEqual([]);
    expect(lines.filter((line) => /: (?:refused|nothing)$/.test(line)).length).toBeGreaterThan(340);
    expect(lines).toContain('end of tries');
    expect(run.code).toBe(0);
  });

  it('leaves everything else as it was', () => {
    expect(contentsOf(join(top, 'secret'))).toEqual(['key: secret']);
    expect(contentsOf(join(top, 'disk'))).toEqual(['inside: linked data']);
    expect(contentsOf(join(top, 'tree', 'raw'))).toEqual(['data: raw', 'linked']);
    expect(contentsOf(join(top, 'tree', 'qa'))).toEqual(['report: report']);
  });

  it('ends with a code and one line when it brings Python down', () => {
    expect(casapy('-c', "import os; print('out', end=''); os._exit(3)")).toMatchObject({ code: 3, out: 'out' });
    const down = casapy('-c', 'import os; os.abort()');
    expect(down.code).toBe(1);
    expect(down.err.trim().split('\n').at(-1)).toMatch(/^The script has brought Python down/);
  });
});
