import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { keepSnapshot, snapshotPath } from '../../../src/app/python/snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-snapshot-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('keeps a snapshot, and deletes those of other versions that nobody used for 30 days, and nothing else', () => {
  const place = (text: string) => snapshotPath('1.2.3', [{ name: 'a', text }], folder);
  const days = (count: number) => new Date(Date.now() - count * 86_400_000);
  const old = [
    { path: place('unused'), read: 31, written: 40, stays: false },
    { path: place('read lately'), read: 2, written: 40, stays: true },
    { path: join(folder, 'notes.txt'), read: 90, written: 90, stays: true },
  ];
  for (const { path, read, written } of old) {
    writeFileSync(path, 'old');
    utimesSync(path, days(read), days(written));
  }
  expect(keepSnapshot(place('present'), Uint8Array.of(7))).toBe(true);
  expect([...readFileSync(place('present'))]).toEqual([7]);
  expect(old.map(({ path }) => existsSync(path))).toEqual(old.map(({ stays }) => stays));
  expect(keepSnapshot(join(folder, 'notes.txt', 'x.snapshot'), Uint8Array.of(7))).toBe(false);
});
