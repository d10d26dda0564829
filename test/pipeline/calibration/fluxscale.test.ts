import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { type FluxscaleOptions, fluxscale, readCalTable } from '../../../src/pipeline/calibration/index.ts';

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

  it('says which field is missing', () => {
    expect(() => run({ reference: 'J9999' })).toThrow('J9999');
    expect(() => run({ reference: '0,1,2' })).toThrow('transfer');
  });
});
