// npm run coverage: writes docs/coverage.md from the task declarations and the counted calls of delivered scripts.
import { readFileSync, writeFileSync } from 'node:fs';
import { ensureBuilt } from './build.mjs';

await ensureBuilt();
const { coverageText } = await import('../dist/js/coverage.js');
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
writeFileSync(
  new URL('../docs/coverage.md', import.meta.url),
  coverageText(JSON.parse(read('data/script-calls.json'))),
);
