import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCatalog } from '../../../src/app/tasks/catalog.ts';
import { builtScript, readCatalog } from '../../../src/app/tasks/index.ts';

test('the built catalog names every declared task and tool', () => {
  expect(readCatalog()).toEqual(makeCatalog());
  expect(readCatalog().tasks.listobs).toContain('vis');
  expect(readCatalog().tools.tb).toContain('getcol');
});

test.each(['casapy', 'casapy-worker'])('%s starts without loading the engine', (name) => {
  const text = readFileSync(builtScript(name), 'utf8');
  const files = [...text.matchAll(/^import .*from "(\.[^"]*)"|^import "(\.[^"]*)"/gm)];
  expect(files).toEqual([]);
  expect(text).not.toContain(join('src', 'app', 'tasks', 'registry.ts'));
});
