import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { SPEED_OF_LIGHT, silentContext } from '../../../src/foundation/base/index.ts';
import { gatherField, gatherModel } from '../../../src/pipeline/qa/field-data.ts';
import { setjy } from '../../../src/pipeline/skymodel/index.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'field-data-'));
const vis = join(folder, 'a.ms');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Field 0: 2 Jy (XX) and 1 Jy (YY) at phase 30 degrees; field 1: something else. Antenna 2 is flagged in window 1.
writeSyntheticMs(vis, {
  ...{ antCount: 3, chanCount: 32, spwCount: 2, scanFields: [0, 1, 0], integrations: 2 },
  visibility: ({ scan, corr }) => {
    const amplitude = scan === 1 ? 9 : corr === 0 ? 2 : 1;
    return [amplitude * Math.cos(Math.PI / 6), amplitude * Math.sin(Math.PI / 6)];
  },
  isFlagged: ({ spw, ant2 }) => spw === 1 && ant2 === 2,
});
const ms = openMs(vis, 'update');
const antennas = [ms.main.column('ANTENNA1'), ms.main.column('ANTENNA2')];
for (let row = 0; row < ms.main.rowCount; row++) {
  const [ant1, ant2] = antennas.map((column) => Number(column.get(row)));
  ms.main.column('UVW').put(row, { shape: [3], values: Float64Array.of(30 * (ant1 - ant2), 40 * (ant1 - ant2), 5) });
}
ms.close();

describe('gatherField', () => {
  const data = gatherField(silentContext(folder), vis, { name: 'J0000', selection: '0' });

  it('averages one field over time: amplitude and phase against frequency', () => {
    expect(data.windows.map((window) => [window.spwId, window.frequencies.length, window.corrTypes])).toEqual([
      [0, 32, ['XX', 'YY']],
      [1, 32, ['XX', 'YY']],
    ]);
    const [first] = data.windows;
    expect([...first.amplitude[0]].every((value) => Math.abs(value - 2) < 1e-5)).toBe(true);
    expect([...first.amplitude[1]].every((value) => Math.abs(value - 1) < 1e-5)).toBe(true);
    expect([...first.phase[0]].every((value) => Math.abs(value - 30) < 1e-3)).toBe(true);
    expect(first.frequencies[1] - first.frequencies[0]).toBeCloseTo(1e7, 0);
  });

  it('has a point per baseline and scan, without autocorrelations; flagged ones are gaps', () => {
    const [first, second] = data.windows;
    expect([...first.distance].sort((a, b) => a - b)).toEqual(
      [50, 50, 50, 50, 100, 100].map((m) => expect.closeTo(m, 6)),
    );
    expect([...first.scanAmplitude[1]]).toEqual(Array.from({ length: 6 }, () => expect.closeTo(1, 5)));
    expect([...second.scanAmplitude[0]].filter(Number.isFinite)).toHaveLength(2);
  });

  it('gives uv positions in wavelengths of their window', () => {
    const lengths = Array.from({ length: data.uv.length / 2 }, (_, at) =>
      Math.hypot(data.uv[2 * at], data.uv[2 * at + 1]),
    );
    const longest = (100 * (232e9 + 16 * 1e7)) / SPEED_OF_LIGHT;
    expect(Math.max(...lengths)).toBeCloseTo(longest, 0);
    expect(Math.min(...lengths)).toBeGreaterThan(0);
  });
});

describe('gatherModel', () => {
  it('finds no model before setjy, and the flux of each window after it', () => {
    const context = silentContext(folder);
    expect(gatherModel(context, vis, 'J0000')).toEqual([]);
    setjy(context, { vis, field: 'J0000', standard: 'manual', fluxdensity: [1.5, 0, 0, 0], usescratch: false });
    const curves = gatherModel(context, vis, 'J0000');
    expect(curves.map((curve) => curve.spwId)).toEqual([0, 1]);
    expect([...curves[1].amplitude].every((value) => Math.abs(value - 1.5) < 1e-6)).toBe(true);
    expect([...curves[0].distance]).toEqual([...curves[0].distance].sort((a, b) => a - b));
  });
});
