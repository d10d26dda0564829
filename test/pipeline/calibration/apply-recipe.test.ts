import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { hasDataColumn, readChunks } from '../../../src/astronomy/visibility/index.ts';
import { type Context, silentContext } from '../../../src/foundation/base/index.ts';
import { type ApplycalOptions, applycal, gencal } from '../../../src/pipeline/calibration/index.ts';
import { importasdm } from '../../../src/pipeline/ingest/index.ts';
import { split } from '../../../src/pipeline/reshape/index.ts';
import { simulate } from '../../../src/pipeline/simulation/index.ts';

let folder: string;
let context: Context;

/** Two fields with a table each, the others without: as a plan applies them. */
const applications = (vis: string): ApplycalOptions[] => [
  {
    vis,
    field: '0',
    spw: '17,19',
    gaintable: ['a.tsys', 'a.pos'],
    interp: ['linear,linear', ''],
    spwmap: [tsysMap(), []],
  },
  { vis, field: '1', gaintable: 'a.pos' },
];
const tsysMap = () => Array.from({ length: 24 }, (_, spw) => (spw === 17 ? 9 : spw === 19 ? 11 : spw));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qa2-recipe-'));
  context = silentContext(folder);
  const { asdms } = simulate(context, { out: join(folder, 'obs'), preset: 'tiny', seed: 5, executionCount: 1 });
  importasdm(context, { asdm: asdms[0], vis: 'stored.ms', lazy: false });
  gencal(context, { vis: 'stored.ms', caltable: 'a.tsys', caltype: 'tsys' });
  const antenna = openMs(join(folder, 'stored.ms')).subtable('ANTENNA').column('NAME').get(1) as string;
  gencal(context, {
    vis: 'stored.ms',
    caltable: 'a.pos',
    caltype: 'antpos',
    antenna,
    parameter: [0.002, -0.001, 0.003],
  });
  cpSync(join(folder, 'stored.ms'), join(folder, 'deferred.ms'), { recursive: true });
  for (const options of applications('stored.ms')) applycal(context, options);
  for (const options of applications('deferred.ms')) applycal({ ...context, defersColumns: true }, options);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that an MS says of its rows, as bytes in row order. */
function contents(name: string, column: 'DATA' | 'CORRECTED_DATA', maxBytes?: number): Map<number, string> {
  const ms = openMs(join(folder, name));
  const found = new Map<number, string>();
  for (const chunk of readChunks(ms, { columns: [column], maxBytes })) {
    const cell = chunk.chanCount * chunk.corrCount;
    const values = chunk.data[column] as Float32Array;
    for (let row = 0; row < chunk.rowCount; row++) {
      const parts = [
        values.slice(2 * row * cell, 2 * (row + 1) * cell),
        chunk.flag.slice(row * cell, (row + 1) * cell),
        chunk.weight.slice(row * chunk.corrCount, (row + 1) * chunk.corrCount),
        chunk.sigma.slice(row * chunk.corrCount, (row + 1) * chunk.corrCount),
      ];
      found.set(chunk.rows[row], parts.map((part) => Buffer.from(part.buffer).toString('base64')).join(' '));
    }
    chunk.release();
  }
  ms.close();
  return found;
}

describe('CORRECTED_DATA that is not stored', () => {
  it('is read with the bits of the stored column, in chunks of any size', () => {
    const deferred = openMs(join(folder, 'deferred.ms'));
    expect(deferred.main.hasColumn('CORRECTED_DATA')).toBe(false);
    expect(hasDataColumn(deferred, 'CORRECTED_DATA')).toBe(true);
    deferred.close();
    const stored = contents('stored.ms', 'CORRECTED_DATA');
    expect(stored).not.toEqual(contents('stored.ms', 'DATA'));
    expect(contents('deferred.ms', 'CORRECTED_DATA')).toEqual(stored);
    expect(contents('deferred.ms', 'CORRECTED_DATA', 200_000)).toEqual(stored);
  });

  it('is split as the stored column is', () => {
    for (const name of ['stored', 'deferred'])
      split(context, {
        vis: `${name}.ms`,
        outputvis: `${name}.split`,
        datacolumn: 'corrected',
        spw: '17,19,21',
        antenna: '*&*',
      });
    expect(contents('deferred.split', 'DATA')).toEqual(contents('stored.split', 'DATA'));
  });

  it('is stored whole when a later application needs the column', () => {
    const more = { field: '2', gaintable: 'a.pos' };
    applycal(context, { vis: 'stored.ms', ...more });
    applycal(context, { vis: 'deferred.ms', ...more });
    const ms = openMs(join(folder, 'deferred.ms'));
    expect(ms.main.hasColumn('CORRECTED_DATA')).toBe(true);
    expect([...ms.main.keywords.keys()]).not.toContain('CORRECTED_DATA_RECIPE');
    ms.close();
    expect(contents('deferred.ms', 'CORRECTED_DATA')).toEqual(contents('stored.ms', 'CORRECTED_DATA'));
  });
});
