import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parallacticAngle } from '../../../src/astronomy/measures/index.ts';
import { openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../../src/astronomy/visibility/index.ts';
import { ParallacticRotation } from '../../../src/pipeline/calibration/parallactic-rotation.ts';
import { writeSyntheticMs } from './synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'rotation-'));
const path = join(folder, 'a.ms');
writeSyntheticMs(path, {
  ...{ antCount: 3, chanCount: 1, spwCount: 1, scanFields: [0], integrations: 1, visibility: () => [1, 0] },
});
const ms = openMs(path, 'read');
const metadata = readMetadata(ms);
afterAll(() => {
  ms.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Two channels of baseline 0, 2 at the first time, with four correlations. */
function chunkOfFour(): VisibilityChunk {
  for (const chunk of readChunks(ms, { columns: [], metadata })) {
    const first = { time: chunk.time.slice(0, 1), fieldId: chunk.fieldId.slice(0, 1), spwId: 0, dataDescId: 0 };
    chunk.release();
    const ends = { antenna1: Int32Array.of(0), antenna2: Int32Array.of(2) };
    return { ...chunk, ...first, ...ends, rowCount: 1, chanCount: 2, corrCount: 4, flag: new Uint8Array(8) };
  }
  throw new Error('no rows');
}

const full = {
  ...metadata,
  polarizations: metadata.polarizations.map((own) => ({ ...own, corrTypes: ['XX', 'XY', 'YX', 'YY'] })),
};
/** I 1, Q 0.3, U 0.2, V 0.1: XX, XY, YX, YY */
const SOURCE = [1.3, 0, 0.2, 0.1, 0.2, -0.1, 0.7, 0];

describe('ParallacticRotation', () => {
  it('turns Q and U by twice the angle, as the definition says, and leaves I and V', () => {
    const chunk = chunkOfFour();
    const data = Float32Array.from([...SOURCE, ...SOURCE]);
    new ParallacticRotation(ms, full, [0]).addTo(chunk, data);
    const [ra, dec] = metadata.fields[0].phaseDir;
    // The antennas stand within metres, so their angles are one.
    const angle = 2 * parallacticAngle(chunk.time[0], ra, dec, metadata.antennas[0].position);
    const q = 0.3 * Math.cos(angle) + 0.2 * Math.sin(angle);
    const u = 0.2 * Math.cos(angle) - 0.3 * Math.sin(angle);
    const wanted = [1 + q, 0, u, 0.1, u, -0.1, 1 - q, 0];
    expect(Math.abs(Math.sin(angle))).toBeGreaterThan(0.05);
    data.forEach((value, at) => {
      expect(Math.abs(value - wanted[at % 8])).toBeLessThan(2e-5);
    });
  });

  it('is undone exactly, and then flags samples that were flagged in part', () => {
    const chunk = chunkOfFour();
    const data = Float32Array.from([...SOURCE, ...SOURCE]);
    const rotation = new ParallacticRotation(ms, full, [0]);
    rotation.addTo(chunk, data);
    chunk.flag[6] = 1;
    rotation.removeFrom(chunk, data);
    data.forEach((value, at) => {
      expect(Math.abs(value - SOURCE[at % 8])).toBeLessThan(3e-7);
    });
    expect([...chunk.flag]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('needs all four correlations', () => {
    expect(() => new ParallacticRotation(ms, metadata, [0])).toThrow('window 0 has XX, YY');
    expect(() => new ParallacticRotation(ms, metadata, [])).not.toThrow();
  });
});
