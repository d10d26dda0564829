import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { ensureDataColumn, readChunks, writeChunk } from '../../../src/astronomy/visibility/index.ts';
import { arena } from '../../../src/foundation/numeric/index.ts';
import { freshContext, ROW_COUNT, writeSmallMs } from '../ms/small-ms.ts';

function smallMs(): string {
  const path = join(freshContext().cwd, 'a.ms');
  writeSmallMs(path);
  return path;
}

describe('readChunks', () => {
  it('gives every row once, with its values, and returns all memory', () => {
    const ms = openMs(smallMs());
    const free = arena().freeBytes;
    const seen = new Set<number>();
    for (const chunk of readChunks(ms, { columns: ['DATA'], maxBytes: 4000 })) {
      const data = chunk.data.DATA as Float32Array;
      for (let row = 0; row < chunk.rowCount; row++) {
        seen.add(chunk.rows[row]);
        const at = 2 * (row * chunk.chanCount + 3) * chunk.corrCount;
        expect(data[at]).toBeCloseTo(chunk.spwId + 0.03, 6);
        expect(data[at + 1]).toBeCloseTo(chunk.antenna1[row] + chunk.antenna2[row] / 10, 6);
      }
      expect([...chunk.weight]).toEqual(new Array(2 * chunk.rowCount).fill(4));
      chunk.release();
    }
    expect(seen.size).toBe(ROW_COUNT);
    expect(arena().freeBytes).toBe(free);
    ms.close();
  });

  it('selects rows and writes flags and columns back to them alone', () => {
    const path = smallMs();
    const ms = openMs(path, 'update');
    expect(ensureDataColumn(ms, 'CORRECTED_DATA')).toBe(true);
    expect(ensureDataColumn(ms, 'CORRECTED_DATA')).toBe(false);
    for (const chunk of readChunks(ms, {
      selection: { antenna: 'DA41&DA42', spw: '1' },
      columns: ['CORRECTED_DATA'],
    })) {
      chunk.flag.fill(1);
      (chunk.data.CORRECTED_DATA as Float32Array).fill(7);
      writeChunk(ms, chunk, { columns: ['CORRECTED_DATA'], flag: true });
      chunk.release();
    }
    ms.close();
    const again = openMs(path);
    let [flagged, changed] = [0, 0];
    for (const chunk of readChunks(again, { columns: ['DATA', 'CORRECTED_DATA'] })) {
      const [before, after] = [chunk.data.DATA as Float32Array, chunk.data.CORRECTED_DATA as Float32Array];
      for (const flag of chunk.flag) flagged += flag;
      for (let at = 0; at < after.length; at++) if (after[at] !== before[at]) changed++;
      chunk.release();
    }
    expect(flagged).toBe(6 * 4 * 2);
    expect(changed).toBe(6 * 4 * 2 * 2);
    again.close();
  });

  it('initialises a model column with a unit source', () => {
    const ms = openMs(smallMs(), 'update');
    ensureDataColumn(ms, 'MODEL_DATA');
    for (const chunk of readChunks(ms, { columns: ['MODEL_DATA'] })) {
      const model = chunk.data.MODEL_DATA as Float32Array;
      expect(model.every((value, at) => value === (at % 2 === 0 ? 1 : 0))).toBe(true);
      chunk.release();
    }
    ms.close();
  });
});
