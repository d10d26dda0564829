import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { runTask } from '../../../../src/app/tasks/task-run.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plotcal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('plotcal draws a table, and goes on with a word in the log where nothing is selected', async () => {
  cpSync(join(fixtures, 'gain.g'), join(folder, 'gain.g'), { recursive: true });
  const lines: string[] = [];
  const quiet = silentContext(folder);
  const context = { ...quiet, log: { ...quiet.log, post: (line: string) => void lines.push(line) } };
  const draw = (args: object) => runTask('plotcal', ['gain.g'], { ...args }, context);
  await draw({ figfile: 'all.png' });
  const before = readdirSync(folder);
  expect(before.some((name) => /^all.*png$/.test(name))).toBe(true);
  expect(await draw({ timerange: '2000/01/01/00:00:00~2000/01/02/00:00:00', figfile: 'none.png' })).toBeUndefined();
  expect(lines.join(' ')).toContain('no solutions of this selection');
  expect(readdirSync(folder)).toEqual(before);
  await expect(draw({ iteration: 'baseline' })).rejects.toThrow(/iteration="baseline" is none of antenna/);
  await expect(draw({ xaxis: 'tec' })).rejects.toThrow(/plotcal draws/);
});
