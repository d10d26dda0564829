import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostShell, removeHere } from '../../../../src/app/casapy/shell/host-shell.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'host-shell-'));
  mkdirSync(join(cwd, 'a.ms', 'ANTENNA'), { recursive: true });
  writeFileSync(join(cwd, 'a.ms', 'ANTENNA', 'table.dat'), 'x');
  writeFileSync(join(cwd, 'b.txt'), 'x');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test('removes plain names without a shell, links and not what they lead to', () => {
  symlinkSync('a.ms', join(cwd, 'link'));
  expect(removeHere({ command: ' rm -rf link none.ms', cwd })).toBe(true);
  expect(readdirSync(cwd).sort()).toEqual(['a.ms', 'b.txt']);
  expect(removeHere({ command: `rm -rf ${join(cwd, 'a.ms')} b.txt`, cwd })).toBe(true);
  expect(readdirSync(cwd)).toEqual([]);
});

test('leaves to the shell whatever could mean more than names', () => {
  const commands = [
    'rm -rf *.ms',
    'rm -rf a.ms; ls',
    'rm -rf a.ms\nls',
    'rm a.ms',
    'rm -rf',
    'rm -rf .',
    'rm -rf ..',
    'rm -rf /',
  ];
  const others = [
    'rm -rf a.ms/',
    'rm -rf $X',
    'rm -rf "a.ms"',
    'rm -rf a.ms > b',
    'rm -rf ~',
    'rm -rf -- a.ms',
    'rmdir a',
  ];
  for (const command of [...commands, ...others, 'rm -rf a.ms -v', 'rm -rf {a,b}', 'rm -rf a/..'])
    expect([command, removeHere({ command, cwd })]).toEqual([command, false]);
  const run = (command: string) =>
    hostShell().run({ command, cwd, environment: { PATH: '/usr/bin:/bin' }, capture: true });
  expect(run('rm -rf *.ms && echo gone')).toEqual({ status: 0, output: 'gone\n' });
  expect(existsSync(join(cwd, 'a.ms'))).toBe(false);
  expect(run('rm -rf b.txt')).toEqual({ status: 0, output: '' });
  expect(existsSync(join(cwd, 'b.txt'))).toBe(false);
});
