import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { judgeImages } from '../../../src/app/replay/image-report.ts';
import { replayImaging } from '../../../src/app/replay/imaging-replay.ts';
import { installEngine } from '../../../src/app/tasks/index.ts';

installEngine(64 * 1024 * 1024);
const folder = mkdtempSync(join(tmpdir(), 'image-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('passes no script that makes nothing to be judged by', () => {
  const facts = { cut: 0, seconds: 3, stop: '; stops at CO.pb, which it never makes', ends: true };
  const line = 'SKIP a.py: it comes to no image; stops at CO.pb, which it never makes; 3 s';
  expect(judgeImages('a.py', [], facts)).toEqual({ kind: 'skipped', line });
  const right = { imagename: 'CN', ratio: 0.99, channels: 4 };
  expect(judgeImages('a.py', [right], facts)).toMatchObject({ kind: 'passed' });
  expect(judgeImages('a.py', [right], { ...facts, ends: false })).toMatchObject({ kind: 'failed' });
  expect(judgeImages('a.py', [right, { ...right, fault: 'was not made' }], facts)).toMatchObject({ kind: 'failed' });
});

it('skips a script that calls no task', () => {
  const script = join(folder, 'scriptForImaging.py');
  writeFileSync(script, 'print(1)\n');
  expect(replayImaging(script, join(folder, 'root'), 60)).toEqual({
    kind: 'skipped',
    line: 'SKIP scriptForImaging.py: it calls no task',
  });
}, 120_000);
