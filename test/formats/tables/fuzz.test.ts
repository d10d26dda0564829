import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openTable } from '../../../src/formats/tables/index.ts';
import { isQa2Error } from '../../../src/foundation/base/index.ts';

const folder = new URL('../../fixtures/casacore-tables/', import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), 'tables-fuzz-'));
afterAll(() => rmSync(work, { recursive: true }));

/** A small generator of the same numbers every time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Damages one file: changes bytes, cuts it, or doubles a part. */
function damage(path: string, random: (below: number) => number): void {
  const bytes = new Uint8Array(readFileSync(path));
  const kind = random(10);
  const place = random(bytes.length);
  if (kind === 0) {
    writeFileSync(path, bytes.subarray(0, place));
    return;
  }
  if (kind === 1) {
    writeFileSync(path, Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.max(0, place - 16))]));
    return;
  }
  const changes = 1 + random(4);
  for (let k = 0; k < changes; k++) {
    const at = random(Math.min(bytes.length, random(3) === 0 ? bytes.length : 2048));
    bytes[at] = random(4) === 0 ? 255 : random(256);
  }
  writeFileSync(path, bytes);
}

/** Reads everything in a table; typed errors are counted, others fall through. */
function readAll(path: string): number {
  let complaints = 0;
  const guard = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!isQa2Error(error) || error.tag === 'internal') throw error;
      complaints++;
    }
  };
  guard(() => {
    const table = openTable(path);
    const rows = Math.min(table.rowCount, 40);
    for (const name of table.columnNames) {
      guard(() => {
        const column = table.column(name);
        for (let row = 0; row < rows; row++) if (column.isDefined(row)) column.get(row);
        if (column.description.kind === 'scalar') column.getRange(0, rows);
      });
    }
    table.close();
  });
  return complaints;
}

test('damaged tables end in a typed error or in data, never in anything else', () => {
  const random = generator(20_131);
  const cases = 300;
  let complained = 0;
  for (let number = 0; number < cases; number++) {
    const source = number % 2 === 0 ? 'little' : 'big';
    const path = join(work, `t${number}`);
    cpSync(`${folder}${source}.tab`, path, { recursive: true });
    const files = readdirSync(path).filter((file) => file !== 'table.info');
    damage(join(path, files[random(files.length)]), random);
    const begin = performance.now();
    if (readAll(path) > 0) complained++;
    expect(performance.now() - begin, `case ${number} took too long`).toBeLessThan(5000);
    rmSync(path, { recursive: true });
  }
  expect(complained).toBeGreaterThan(cases / 10);
});
