import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  type FluxscaleOptions,
  fluxscale,
  readCalTable,
  writeCalTable,
} from '../../../src/pipeline/calibration/index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/casa-caltables', import.meta.url));
const expected = JSON.parse(readFileSync(join(fixtures, 'fluxscale.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'fluxscale-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(options: Partial<FluxscaleOptions> = {}, casaVersion?: string) {
  const lines: string[] = [];
  const context = { ...silentContext(folder), casaVersion, log: { post: (line: string) => lines.push(line) } };
  const caltable = join(fixtures, 'gain.g');
  const result = fluxscale(context, { vis: 'a.ms', caltable, fluxtable: 'flux.g', reference: '1', ...options });
  return { result, lines };
}

/** Largest relative difference of the numbers in two trees of the same shape. */
function difference(a: unknown, b: unknown): number {
  if (typeof a === 'number') return Math.abs(a - (b as number)) / Math.max(Math.abs(a), 1e-12);
  if (typeof a === 'string') return a === b ? 0 : 1;
  const [one, two] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  expect(Object.keys(two).sort()).toEqual(Object.keys(one).sort());
  return Object.keys(one).reduce((worst, key) => Math.max(worst, difference(one[key], two[key])), 0);
}

describe('fluxscale', () => {
  it('returns what CASA 6.7 returns', () => {
    expect(difference(expected.result, run().result)).toBeLessThan(1e-8);
  });

  it('logs the lines that scripts parse, letter by letter', () => {
    const lines = run().lines.filter((line) => /^ (Flux density|Fitted spectrum|Found|Assuming)/.test(line));
    expect(lines).toEqual(expected.lines);
  });

  it('leaves frequencies out where the script is of CASA 4.1, whose lines had none', () => {
    // The expression of scripts of 2013; those of 4.2 and later allow any bracket.
    const old = /Flux density for \S+ in SpW=[0-9]+(?: \(ref SpW=[0-9]+\))? is: [0-9]+\.[0-9]+/;
    const fluxes = (version: string) => run({}, version).lines.filter((line) => line.startsWith(' Flux density'));
    expect(fluxes('4.1.0').length).toBeGreaterThan(0);
    expect(fluxes('4.1.0').every((line) => old.test(line))).toBe(true);
    expect(fluxes('4.2.1')).toEqual(run().lines.filter((line) => line.startsWith(' Flux density')));
    expect(fluxes('4.2.1').some((line) => old.test(line))).toBe(false);
  });

  it('writes the same lines to a list file', () => {
    run({ listfile: 'flux.list' });
    const wanted = expected.lines
      .filter((line: string) => /^ (Flux|Fitted)/.test(line))
      .map((line: string) => `#${line}\n`);
    expect(readFileSync(join(folder, 'flux.list'), 'utf8')).toBe(wanted.join(''));
  });

  it('divides gains of transfer fields by the ratio', () => {
    const { result } = run();
    const [before, after] = [readCalTable(join(fixtures, 'gain.g')), readCalTable(join(folder, 'flux.g'))];
    for (let row = 0; row < before.rows.count; row++) {
      const field = result[`${before.rows.fieldId[row]}`];
      const ratio = field ? Math.sqrt(field[`${before.rows.spwId[row]}`].fluxd[0]) : 1;
      const cell = 2 * before.rows.offsets[row];
      expect(after.rows.params[cell] * ratio).toBeCloseTo(before.rows.params[cell], 6);
    }
    expect(after.rows.snr).toEqual(before.rows.snr);
  });

  it('writes only factors when incremental', () => {
    const { result } = run({ incremental: true, fluxtable: 'inc.g' });
    const { rows } = readCalTable(join(folder, 'inc.g'));
    expect(rows.count).toBe(3 * 4 * 8);
    for (let row = 0; row < rows.count; row++) {
      const field = result[`${rows.fieldId[row]}`];
      const factor = field ? 1 / Math.sqrt(field[`${rows.spwId[row]}`].fluxd[0]) : 1;
      expect(rows.params[2 * rows.offsets[row]]).toBeCloseTo(factor, 6);
    }
  });

  it('refers windows as told, takes fields by name, keeps to gains near the median', () => {
    const mapped = run({ refspwmap: [0, 0, 0, 0], transfer: 'J1625-2527' });
    expect(Object.keys(mapped.result).filter((key) => /^\d+$/.test(key))).toEqual(['2']);
    expect(mapped.lines.some((line) => line.includes('in SpW=1 (freq=2.324e+11 Hz) (ref SpW=0) is: '))).toBe(true);
    const near = run({ gainthreshold: 0.05 }).lines;
    expect(near).toContain(' Applying gain threshold=0.05');
    const { result } = run({ scan: '4,7' });
    expect(Object.keys(result).filter((key) => /^\d+$/.test(key))).toEqual(['0']);
  });

  it('looks for fields in the whole table; those without a selected solution have no line and no flux density', () => {
    const { rows } = readCalTable(join(fixtures, 'gain.g'));
    const scanOf = (field: number) => String(rows.scanNumber[rows.fieldId.indexOf(field)]);
    const { result, lines } = run({ scan: `${scanOf(1)},${scanOf(0)}` });
    expect(lines.some((line) => /^ Found transfer field.* .* /.test(line))).toBe(true);
    expect(Object.keys(result).filter((key) => /^\d+$/.test(key))).toEqual(['0']);
    expect(
      new Set(lines.filter((line) => line.startsWith(' Flux density')).map((line) => line.split(' ')[4])).size,
    ).toBe(1);
  });

  it('takes the median for gainthreshold of all solutions of a field, whatever the scans', () => {
    const table = readCalTable(join(fixtures, 'gain.g'));
    const params = table.rows.params.map((value, k) =>
      table.rows.fieldId[Math.floor(k / 4)] === 2 ? 10 * value : value,
    );
    const scans = [...new Set(table.rows.scanNumber.filter((_, row) => table.rows.fieldId[row] === 2))];
    const isFirst = (row: number) => table.rows.scanNumber[row] === scans[0];
    for (let row = 0; row < table.rows.count; row++)
      if (isFirst(row)) for (let k = 0; k < 4; k++) params[4 * row + k] = table.rows.params[4 * row + k];
    writeCalTable(join(folder, 'uneven.g'), { ...table, rows: { ...table.rows, params } });
    const others = table.rows.scanNumber.filter((_, row) => table.rows.fieldId[row] !== 2);
    const options = { caltable: join(folder, 'uneven.g'), gainthreshold: 0.5, transfer: '2' };
    expect(scans.length).toBeGreaterThan(2);
    expect(() => run({ ...options, scan: [...new Set([...others, scans[0]])].join(',') })).toThrow('No scale factors');
    expect(() => run({ ...options, gainthreshold: -1 })).not.toThrow();
  });

  it('writes factors with as many parameters as the gains have, at the last time that a compared field began', () => {
    const table = readCalTable(join(fixtures, 'gain.g'));
    const { rows } = table;
    const half = {
      ...{ ...rows, parCount: 1, offsets: rows.offsets.map((_, row) => row) },
      params: rows.params.filter((_, k) => k % 4 < 2),
      ...Object.fromEntries(
        (['flag', 'snr', 'paramErr'] as const).map((name) => [name, rows[name].filter((_, k) => k % 2 === 0)]),
      ),
    };
    writeCalTable(join(folder, 'one.t'), { ...table, visCal: 'T Jones', rows: half });
    const caltable = join(folder, 'one.t');
    run({ caltable, incremental: true, fluxtable: 'one.inc', transfer: '0', reference: '1' });
    const made = readCalTable(join(folder, 'one.inc')).rows;
    expect(made.parCount).toBe(1);
    const lastSpw = Math.max(...rows.spwId);
    const starts = [0, 1].map((field) =>
      Math.min(...rows.time.filter((_, row) => rows.fieldId[row] === field && rows.spwId[row] === lastSpw)),
    );
    expect(made.time[0]).toBe(Math.max(...starts));
  });

  it('says which field is missing', () => {
    expect(() => run({ reference: 'J9999' })).toThrow('J9999');
    expect(() => run({ reference: '0,1,2' })).toThrow('transfer');
  });
});
