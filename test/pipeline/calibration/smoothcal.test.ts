import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  type CalTable,
  emptyRows,
  readCalTable,
  smoothcal,
  writeCalTable,
} from '../../../src/pipeline/calibration/index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'smoothcal-'));
const context = silentContext(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One antenna at 0, 10, 20 … s. */
function write(gains: readonly (readonly [amp: number, phase: number])[], flagged: readonly number[] = []): void {
  const keys = gains.map((_, k) => ({
    ...{ time: 10 * k, interval: 0, fieldId: 0, spwId: 0, antenna1: 0, antenna2: 0, scanNumber: 1, observationId: 0 },
  }));
  const rows = emptyRows(keys, new Int32Array(gains.length).fill(1), 1, true);
  gains.forEach(([amp, phase], k) => {
    rows.params.set([amp * Math.cos(phase), amp * Math.sin(phase)], 2 * k);
    rows.flag[k] = flagged.includes(k) ? 1 : 0;
  });
  const table: CalTable = { ...readCalTable(join(fixtures, 'gain.g')), visCal: 'T Jones', rows };
  writeCalTable(join(folder, 'in'), table);
}

function smooth(options: object): { amps: number[]; phases: number[]; flags: number[] } {
  const { rows } = smoothcal(context, { vis: 'a.ms', tablein: 'in', caltable: 'out', ...options });
  const at = (k: number): [number, number] => [rows.params[2 * k], rows.params[2 * k + 1]];
  const all = Array.from({ length: rows.count }, (_, k) => at(k));
  return {
    amps: all.map(([re, im]) => Math.hypot(re, im)),
    phases: all.map(([re, im]) => Math.atan2(im, re)),
    flags: Array.from(rows.flag),
  };
}

describe('smoothcal', () => {
  it('takes the mean of amplitude and of phase within the window', () => {
    write([
      [1, 0],
      [2, 0.3],
      [6, 0.6],
      [3, 0.9],
    ]);
    const { amps, phases } = smooth({ smoothtype: 'mean', smoothtime: 25 });
    [1.5, 3, 11 / 3, 4.5].forEach((amp, k) => {
      expect(amps[k]).toBeCloseTo(amp, 5);
    });
    [0.15, 0.3, 0.6, 0.75].forEach((phase, k) => {
      expect(phases[k]).toBeCloseTo(phase, 5);
    });
  });

  it('includes the end of the window and not its start', () => {
    write([
      [1, 0],
      [2, 0],
      [6, 0],
    ]);
    const { amps } = smooth({ smoothtype: 'mean', smoothtime: 20 });
    [1.5, 4, 6].forEach((amp, k) => {
      expect(amps[k]).toBeCloseTo(amp, 5);
    });
  });

  it.each([0, -5, Number.NaN])('needs a time above 0, not %d', (smoothtime) => {
    write([[1, 0]]);
    expect(() => smooth({ smoothtype: 'mean', smoothtime })).toThrow(/a time above 0 s is needed/);
  });

  it('follows phases over a turn', () => {
    write([
      [1, 3],
      [1, -3.0],
      [1, -2.7],
    ]);
    const { phases } = smooth({ smoothtype: 'mean', smoothtime: 25 });
    expect(Math.cos(phases[1] - (3 + 2 * Math.PI - 3 + 2 * Math.PI - 2.7) / 3)).toBeCloseTo(1, 6);
  });

  it('leaves flagged solutions out and fills them from their neighbours', () => {
    write(
      [
        [1, 0],
        [50, 1],
        [3, 0],
        [7, 0],
      ],
      [1],
    );
    const { amps, flags } = smooth({ smoothtype: 'median', smoothtime: 25 });
    expect(flags).toEqual([0, 0, 0, 0]);
    expect(amps[1]).toBeCloseTo(2, 5);
  });

  it('replaces its input when no other table is named, and refuses other filters', () => {
    write([
      [1, 0],
      [3, 0],
    ]);
    smooth({ smoothtype: 'mean', smoothtime: 25, caltable: '' });
    expect(readCalTable(join(folder, 'in')).rows.params[0]).toBeCloseTo(2, 5);
    expect(() => smooth({ smoothtype: 'boxcar' })).toThrow('boxcar');
  });
});
