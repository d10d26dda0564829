import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

/** The commands of the guide, block by block. */
function shellBlocks(): string[] {
  const guide = readFileSync(join(root, 'docs', 'guide.md'), 'utf8');
  return [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]);
}

describe('docs/guide.md', () => {
  it('has commands that run as they stand', () => {
    const script = shellBlocks()
      .join('\n')
      .replaceAll('npx qa2', `node ${root}/bin/qa2.mjs`)
      .replaceAll('npx casapy', `node ${root}/bin/casapy.mjs`);
    const folder = mkdtempSync(join(tmpdir(), 'qa2-guide-'));
    const output = execFileSync('bash', ['-euo', 'pipefail', '-c', `${script}\nls ../calibrated`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(shellBlocks()).toHaveLength(3);
    expect(output).toContain('The delivery is complete.');
    expect(output).toContain('calibrated.ms');
  }, 300_000);

  it('promises commands in every directory after npm link', () => {
    const prefix = mkdtempSync(join(tmpdir(), 'qa2-link-'));
    const environment = { ...process.env, npm_config_prefix: prefix, npm_config_offline: 'true' };
    execFileSync('npm', ['link'], { cwd: root, env: environment, stdio: 'ignore' });
    const version = (name: string) =>
      execFileSync(join(prefix, 'bin', name), ['--version'], { cwd: prefix, encoding: 'utf8' });
    expect(version('qa2')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(version('casapy')).toBe(version('casa'));
  }, 60_000);
});
