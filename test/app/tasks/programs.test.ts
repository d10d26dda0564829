import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runProgram } from '../../../src/app/tasks/programs.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { listTarMembers, writeTgz } from '../../../src/foundation/bytes/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-programs-'));
const context = silentContext(folder);
afterAll(() => rmSync(folder, { recursive: true }));

it('untar lists and unpacks what is named, and refuses what is no archive', async () => {
  mkdirSync(join(folder, 'from'));
  for (const name of ['a', 'b']) writeFileSync(join(folder, 'from', name), name);
  await writeTgz(join(folder, 'u.ms.tgz'), listTarMembers(join(folder, 'from'), 'u.ms'));
  expect(await runProgram('untar', ['list', 'u.ms.tgz', '.'], context)).toBe('u.ms\nu.ms/a\nu.ms/b\n');
  expect(await runProgram('untar', ['unpack', 'u.ms.tgz', 'to', './u.ms/b/'], context)).toBe('u.ms/b\n');
  expect(readFileSync(join(folder, 'to', 'u.ms', 'b'), 'utf8')).toBe('b');
  await expect(runProgram('untar', ['list', 'from/a', '.'], context)).rejects.toThrow(/damaged or cut short/);
});
