import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { ensureDataColumn, readChunks, writeChunk } from '../../../src/astronomy/visibility/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { measurePhaseScatter } from '../../../src/pipeline/qa/phase-scatter.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'phase-scatter-'));
const vis = join(folder, 'a.ms');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Antenna 2 swings by ±0.4 rad from integration to integration; the correction leaves a tenth of it.
const phaseOf = (integration: number, ant: number) => (ant === 2 ? (integration % 2 === 0 ? 0.4 : -0.4) : 0);
const setup = {
  ...{ antCount: 3, chanCount: 16, spwCount: 1, scanFields: [0, 0], integrations: 10 },
  visibility: ({
    scan,
    integration,
    ant1,
    ant2,
  }: {
    scan: number;
    integration: number;
    ant1: number;
    ant2: number;
  }) => {
    const phase = phaseOf(integration, ant1) - phaseOf(integration, ant2) + 2 * scan;
    return [3 * Math.cos(phase), 3 * Math.sin(phase)] as const;
  },
};
writeSyntheticMs(vis, setup);
const ms = openMs(vis, 'update');
ensureDataColumn(ms, 'CORRECTED_DATA');
for (const chunk of readChunks(ms, { columns: ['DATA', 'CORRECTED_DATA'] })) {
  const data = chunk.data.CORRECTED_DATA as Float32Array;
  const cells = chunk.chanCount * chunk.corrCount;
  for (let row = 0; row < chunk.rowCount; row++) {
    const integration = Math.round((chunk.time[row] % 600) / 6);
    const phase = 0.1 * (phaseOf(integration, chunk.antenna1[row]) - phaseOf(integration, chunk.antenna2[row]));
    for (let cell = 0; cell < cells; cell++) {
      data.set([3 * Math.cos(phase), 3 * Math.sin(phase)], 2 * (row * cells + cell));
    }
  }
  writeChunk(ms, chunk, { columns: ['CORRECTED_DATA'] });
  chunk.release();
}
ms.close();

describe('measurePhaseScatter', () => {
  it('finds the unsteady antenna, before and after, whatever the phase of a scan', () => {
    const scatter = measurePhaseScatter(silentContext(folder), vis, 'J0000', '0');
    expect(scatter.antennas).toEqual(['DA41', 'DA42', 'DA43']);
    expect(scatter.before[2]).toBeCloseTo(0.4, 4);
    expect(scatter.after[2]).toBeCloseTo(0.04, 4);
    expect(scatter.before[0]).toBeCloseTo(0.2, 4);
    expect(scatter.medianBefore / scatter.medianAfter).toBeCloseTo(10, 2);
  });

  it('has no number for a field without data', () => {
    writeSyntheticMs(join(folder, 'short.ms'), { ...setup, integrations: 3 });
    const short = openMs(join(folder, 'short.ms'), 'update');
    ensureDataColumn(short, 'CORRECTED_DATA');
    short.close();
    const scatter = measurePhaseScatter(silentContext(folder), join(folder, 'short.ms'), 'J0000', '0');
    expect(scatter.medianBefore).toBeNaN();
    expect(scatter.before[0]).toBeNaN();
  });
});
