import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CasaLog, EngineSession } from '../../../src/app/tasks/index.ts';
import { hanningsmooth } from '../../../src/pipeline/reshape/index.ts';
import { freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

it('listings, flag versions and tools warn of a MeasurementSet in which a change was interrupted', async () => {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  const lines: string[] = [];
  const log = new CasaLog({ echo: { from: 'WARN', write: (line) => void lines.push(line) } });
  const session = new EngineSession({ log, checkAbort() {}, progress: { update() {} }, casaVersion: '6.7.0' });
  const warnings = async (request: Parameters<EngineSession['answer']>[0]) => {
    lines.length = 0;
    await session.answer(request, context.cwd);
    return lines.filter((line) => line.includes('was interrupted while it changed')).length;
  };
  const requests: Parameters<EngineSession['answer']>[0][] = [
    { kind: 'task', name: 'listobs', positional: ['a.ms'], named: {} },
    { kind: 'task', name: 'flagmanager', positional: ['a.ms'], named: { mode: 'list' } },
    ...['tb', 'ms', 'msmd'].map((tool) => {
      return { kind: 'tool' as const, tool, handle: 0, method: 'open', positional: ['a.ms'], named: {} };
    }),
  ];
  for (const request of requests) expect(await warnings(request)).toBe(0);
  let chunks = 0;
  const stopping = {
    ...context,
    checkAbort() {
      if (chunks++ > 0) throw new Error('stopped');
    },
  };
  expect(() => hanningsmooth(stopping, { vis: 'a.ms', datacolumn: 'data' })).toThrow('stopped');
  for (const request of requests) expect(await warnings(request)).toBe(1);
  session.close();
});
