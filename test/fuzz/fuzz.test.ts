import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { damaged, diceOf } from './damage.ts';
import { runFuzz } from './fuzz.ts';
import { makeSubjects, type Subject } from './subjects.ts';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const fixtures = new URL('../fixtures/casacore-tables/', import.meta.url).pathname;
afterAll(() => rmSync(folder, { recursive: true }));
const subjects = makeSubjects(folder, fixtures);

test('whole files are read without a complaint', () => {
  for (const subject of subjects) subject.read((act) => act());
});

test('two thousand damaged files end in data or in an error with its place', () => {
  const { counts, failures } = runFuzz(subjects, { seed: 20_131, first: 0, count: 2000 });
  expect(failures).toEqual([]);
  for (const [name, { cases, refused }] of counts) expect(refused, name).toBeGreaterThan(cases / 20);
}, 240_000);

test('the same seed damages in the same way', () => {
  const bytes = Uint8Array.from({ length: 500 }, (_, k) => k);
  for (let number = 0; number < 50; number++)
    expect(damaged(bytes, diceOf(3, number))).toEqual(damaged(bytes, diceOf(3, number)));
});

test('a reader that crashes or names no place is caught', () => {
  const crash: Subject = {
    ...subjects[0],
    read: (attempt) => attempt(() => void (undefined as never as string).length),
  };
  expect(runFuzz([crash], { seed: 1, first: 0, count: 1 }).failures[0].what).toContain('untyped error: TypeError');
});
