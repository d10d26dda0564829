import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ArrayReply,
  CasaLog,
  createPlanRunner,
  EngineSession,
  type TaskArguments,
} from '../../../src/app/tasks/index.ts';
import { createTable, scalarKeyword } from '../../../src/formats/tables/index.ts';
import type { PlanValue } from '../../../src/pipeline/reduction/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-session-'));
afterAll(() => rmSync(folder, { recursive: true }));

function makeTable(name: string): void {
  const table = createTable(
    join(folder, name),
    {
      columns: [
        { name: 'TIME', type: 'Double', kind: 'scalar' },
        { name: 'GAIN', type: 'Complex', kind: 'array', shape: [3, 2] },
      ],
      storageManagers: [{ type: 'StandardStMan', name: 'SSM', columns: ['TIME', 'GAIN'] }],
      keywords: new Map([['VERSION', scalarKeyword('Int', 2)]]),
    },
    4,
  );
  table.column('TIME').putRange(0, 4, Float64Array.of(10, 20, 30, 40));
  table.column('GAIN').putRange(
    0,
    4,
    Float32Array.from({ length: 48 }, (_, index) => index),
  );
  table.close();
}

function newSession(logfile?: string): EngineSession {
  return new EngineSession({
    log: new CasaLog({ file: logfile }),
    checkAbort() {},
    progress: { update() {} },
    casaVersion: '4.7.2',
  });
}

describe('EngineSession', () => {
  let session = newSession();
  const tb = (method: string, ...positional: TaskArguments[string][]) =>
    session.answer({ kind: 'tool', tool: 'tb', handle: 0, method, positional, named: {} }, folder);

  beforeEach(async () => {
    session = newSession();
    rmSync(join(folder, 't.tab'), { recursive: true, force: true });
    makeTable('t.tab');
    await session.answer(
      { kind: 'tool', tool: 'tb', handle: 0, method: 'open', positional: ['t.tab'], named: { nomodify: false } },
      folder,
    );
  });

  it('gives columns with axes in the order of CASA', async () => {
    const gain = (await tb('getcol', 'GAIN')) as ArrayReply;
    expect(gain.type).toBe('complex');
    expect(gain.shape).toEqual([2, 3, 4]);
    expect(await tb('getcell', 'TIME', 2)).toEqual({ $float: 30 });
    expect(await tb('getkeyword', 'VERSION')).toBe(2);
  });

  it('selects rows by a query and writes to them only', async () => {
    const rows = await tb('query', 'TIME > 15 && TIME < 35');
    expect(rows).toMatchObject({ kind: 'tool', tool: 'tb' });
    const { handle } = rows as { handle: number };
    const ask = (method: string, positional: TaskArguments[string][]) =>
      session.answer({ kind: 'tool', tool: 'tb', handle, method, positional, named: {} }, folder);
    expect(await ask('nrows', [])).toBe(2);
    await ask('putcol', ['TIME', [21, 31]]);
    expect(((await tb('getcol', 'TIME')) as ArrayReply).values).toEqual(Float64Array.of(10, 21, 31, 40));
    await expect(ask('putcol', ['TIME', [1]])).rejects.toThrow('1 values were given for 2 rows');
  });

  it('says which methods there are', async () => {
    await expect(tb('getcool')).rejects.toThrow(/tb.getcool\(\) is not known; tb has open/);
  });

  it('runs the calls of a plan with its variables', async () => {
    await tb('close');
    const runner = createPlanRunner(session, folder);
    const tool = (method: string, args: PlanValue[], assign?: string) =>
      runner.call({ kind: 'tool', target: 'tb', method, args, assign });
    await tool('open', ['t.tab', {}, false]);
    await tool('nrows', [], 'count');
    await tool('putcell', ['TIME', 0, { variable: 'count' }]);
    expect(((await tool('getcol', ['TIME'])) as ArrayReply).values).toEqual(Float64Array.of(4, 20, 30, 40));
    await runner.call({ kind: 'remove', paths: ['t.*'] });
    await expect(tool('open', ['t.tab'])).rejects.toThrow();
    await expect(runner.call({ kind: 'remove', paths: ['../x'] })).rejects.toThrow('its own directory');
  });

  it("writes CASA's block around a task, also when it fails", async () => {
    const logfile = join(folder, 'task.log');
    const logged = newSession(logfile);
    const call = { kind: 'task', name: 'imstat', positional: ['no.image'], named: {} } as const;
    await expect(logged.answer({ ...call, positional: ['no.image'] }, folder)).rejects.toThrow();
    const lines = readFileSync(logfile, 'utf8')
      .split('\n')
      .map((line) => line.split('\t').slice(1).join('|'));
    expect(lines[0]).toBe('INFO|imstat::::casa|##########################################');
    expect(lines[1]).toBe('INFO|imstat::::casa|##### Begin Task: imstat             #####');
    expect(lines[2]).toMatch(/^INFO\|imstat::::casa\|imstat\( imagename='no.image', axes=\[\], region=''/);
    expect(lines[3]).toMatch(/^SEVERE\|imstat::::casa\|Task imstat failed: /);
    expect(lines[4]).toBe('INFO|imstat::::casa|##### End Task: imstat               #####');
  });
});

describe('rmtables', () => {
  it('removes tables by pattern and leaves other directories', async () => {
    makeTable('gone.a');
    makeTable('gone.b');
    mkdirSync(join(folder, 'gone.c'));
    const session = newSession();
    await session.answer({ kind: 'task', name: 'rmtables', positional: [['gone.*']], named: {} }, folder);
    expect(['a', 'b', 'c'].map((suffix) => existsSync(join(folder, `gone.${suffix}`)))).toEqual([false, false, true]);
  });
});
