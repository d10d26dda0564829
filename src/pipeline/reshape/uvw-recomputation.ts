import { antennaUvw } from '../../astronomy/measures/index.ts';
import { type MeasurementSet, type MsMetadata, stepRows } from '../../astronomy/ms/index.ts';
import type { SkyDirection } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';

/**
 * Computes UVW of some fields anew from antenna positions, times and directions, as importasdm does.
 *
 * @param centreOf direction of a field at a time (MJD seconds), rad; undefined for fields that stay as they are
 */
export function recomputeUvw(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  centreOf: (field: number, timeSec: number) => SkyDirection | undefined,
): void {
  const positions = Float64Array.from(metadata.antennas.flatMap(({ position }) => [...position]));
  for (const step of stepRows(ms.main, ['FIELD_ID', 'TIME', 'ANTENNA1', 'ANTENNA2', 'UVW'])) {
    context.checkAbort();
    const {
      FIELD_ID: field,
      TIME: time,
      ANTENNA1: one,
      ANTENNA2: other,
      UVW: uvw,
    } = step.values as Record<string, Float64Array>;
    let [knownTime, knownField] = [Number.NaN, -1];
    let coordinates: Float64Array | undefined;
    let hasChanged = false;
    for (let row = 0; row < step.count; row++) {
      if (time[row] !== knownTime || field[row] !== knownField) {
        [knownTime, knownField] = [time[row], field[row]];
        const centre = centreOf(knownField, knownTime);
        coordinates = centre && antennaUvw(positions, knownTime, centre[0], centre[1]);
      }
      if (!coordinates) continue;
      for (let axis = 0; axis < 3; axis++) {
        uvw[3 * row + axis] = coordinates[3 * one[row] + axis] - coordinates[3 * other[row] + axis];
      }
      hasChanged = true;
    }
    if (hasChanged) ms.main.column('UVW').putRange(step.start, step.count, uvw as Float64Array);
  }
}
