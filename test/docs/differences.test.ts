import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findTool } from '../../src/app/tasks/tool-registry.ts';

const text = readFileSync(new URL('../../docs/differences-from-casa.md', import.meta.url), 'utf8');

/** Rows of the tables that begin with a tool's name and say that it lacks the methods in backquotes. */
function lackedMethods(): string[] {
  const rows = text.matchAll(/^\| (\w+): ((?:`\w+`(?:, |; | ))+)[^|]*\|[^|]*\| (?:not there|refused)/gm);
  return [...rows].flatMap(([, tool, names]) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => `${tool}.${name}`));
}

it('docs/differences-from-casa.md lists no method as missing that a tool has', () => {
  const lacked = lackedMethods();
  expect(lacked.length).toBeGreaterThan(10);
  const there = lacked.filter((entry) => {
    const [tool, name] = entry.split('.');
    return Object.hasOwn(findTool(tool).methods, name);
  });
  expect(there).toEqual([]);
});
