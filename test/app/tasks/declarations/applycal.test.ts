import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runTask } from '../../../../src/app/tasks/index.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';
import { listFlagVersions } from '../../../../src/pipeline/flagging/index.ts';
import { writeSyntheticMs } from '../../../pipeline/calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'applycal-task-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('saves the flags before it may change them', async () => {
  writeSyntheticMs(join(folder, 'a.ms'), {
    ...{ antCount: 3, chanCount: 1, spwCount: 1, scanFields: [0], integrations: 1, visibility: () => [1, 0] as const },
  });
  const run = (task: string, words: object) => runTask(task, [], { vis: 'a.ms', ...words }, silentContext(folder));
  await run('gencal', { caltable: 'h.g', caltype: 'amp', parameter: [2] });
  const saved = async (applymode: string) => {
    await run('applycal', { gaintable: ['h.g'], applymode });
    return listFlagVersions(join(folder, 'a.ms')).length;
  };
  expect(await saved('trial')).toBe(0);
  expect(await saved('calonly')).toBe(0);
  expect(await saved('flagonly')).toBe(1);
  expect(await saved('')).toBe(2);
});
