import { antennaUvw, azEl, gcrsToItrs, observatoryPosition } from '../../astronomy/measures/index.ts';
import type { ArrayLayout } from './instrument.ts';
import type { SkyField } from './sky.ts';

/** Where a field is for the array at one time. */
export interface FieldGeometry {
  readonly mjdSec: number;
  /** rad */
  readonly azimuth: number;
  readonly elevation: number;
  /** m, [ant, 3]; the baseline of ANTENNA1 and ANTENNA2 is uvw[1] - uvw[2]. */
  readonly uvw: Float64Array;
  /** Extra path by the antennas' position errors, m, [ant]: an antenna nearer to the source than believed has a shorter one. */
  readonly positionPath: Float64Array;
}

/** Geometry of a field at a UTC time (s since MJD 0). */
export function fieldGeometry(layout: ArrayLayout, field: SkyField, mjdSec: number): FieldGeometry {
  const { az, el } = fieldAzEl(field, mjdSec);
  const uvw = antennaUvw(layout.onlinePositions, mjdSec, field.ra, field.dec);
  const toItrs = gcrsToItrs(mjdSec);
  const cosDec = Math.cos(field.dec);
  const celestial = [cosDec * Math.cos(field.ra), cosDec * Math.sin(field.ra), Math.sin(field.dec)];
  const source = [0, 1, 2].map(
    (axis) =>
      toItrs[3 * axis] * celestial[0] + toItrs[3 * axis + 1] * celestial[1] + toItrs[3 * axis + 2] * celestial[2],
  );
  const errors = layout.positionErrors;
  const positionPath = Float64Array.from(layout.names, (_, ant) => {
    return -(errors[3 * ant] * source[0] + errors[3 * ant + 1] * source[1] + errors[3 * ant + 2] * source[2]);
  });
  return { mjdSec, azimuth: az, elevation: el, uvw, positionPath };
}

/** Azimuth and elevation of a field at the observatory, rad. */
export function fieldAzEl(field: SkyField, mjdSec: number): { az: number; el: number } {
  return azEl(mjdSec, field.ra, field.dec, observatoryPosition('ALMA'));
}
