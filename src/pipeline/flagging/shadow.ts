import type { MsMetadata, RowTest } from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';

/**
 * Test for rows with an antenna that another one shadows.
 *
 * Antenna A is shadowed by B when their projected distance is less than the sum of their radii less `tolerance` and A lies behind B
 * as seen from the source, that is has the smaller w (CASA's flagdata mode='shadow'). UVW is r(ANTENNA1) - r(ANTENNA2).
 *
 * @param tolerance overlap that is allowed, m
 */
export function shadowTest(metadata: MsMetadata, tolerance: number): (chunk: VisibilityChunk) => RowTest {
  const diameters = metadata.antennas.map(({ diameter }) => diameter);
  return (chunk) => {
    const shadowed = new Map<number, Set<number>>();
    for (let row = 0; row < chunk.rowCount; row++) {
      const one = chunk.antenna1[row];
      const other = chunk.antenna2[row];
      if (one === other) continue;
      const [u, v, w] = chunk.uvw.subarray(3 * row, 3 * row + 3);
      if (Math.hypot(u, v) >= (diameters[one] + diameters[other]) / 2 - tolerance) continue;
      const set = shadowed.get(chunk.time[row]) ?? new Set();
      set.add(w > 0 ? other : one);
      shadowed.set(chunk.time[row], set);
    }
    return (row) => {
      const set = shadowed.get(chunk.time[row]);
      return set !== undefined && (set.has(chunk.antenna1[row]) || set.has(chunk.antenna2[row]));
    };
  };
}
