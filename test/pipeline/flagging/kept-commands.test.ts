import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Context } from '../../../src/foundation/base/index.ts';
import { checkOutfile, keepInFile } from '../../../src/pipeline/flagging/kept-commands.ts';

it('writes lines with their reasons, and replaces files only when told', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'qa2-kept-'));
  const context = { cwd } as unknown as Context;
  writeFileSync(join(cwd, 'a.txt'), 'old');
  expect(() => checkOutfile(context, { outfile: 'a.txt', overwrite: false })).toThrow(/exists already/);
  checkOutfile(context, { outfile: 'a.txt', overwrite: true });
  checkOutfile(context, { outfile: 'b.txt', overwrite: false });
  const text = (withReason: boolean) => (withReason ? "scan='1' reason='x'" : "scan='1'");
  keepInFile(context, 'a.txt', [{ text, reason: 'x', mode: 'manual' }]);
  expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe("scan='1' reason='x'\n");
});
