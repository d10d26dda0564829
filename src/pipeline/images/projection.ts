import { fail } from '../../foundation/base/index.ts';

/** Sky projections that ALMA images use; formulas: Calabretta & Greisen 2002, A&A 395, 1077. */
export type Projection = 'SIN' | 'TAN' | 'CAR';

/** Direction in radians. */
export interface SkyPosition {
  readonly lon: number;
  readonly lat: number;
}

/**
 * Offsets on the tangent plane of a direction.
 *
 * @returns [x, y] in rad, x towards growing longitude; undefined where the projection does not reach
 */
export function project(
  projection: Projection,
  centre: SkyPosition,
  sky: SkyPosition,
): readonly [number, number] | undefined {
  const dLon = sky.lon - centre.lon;
  if (projection === 'CAR') return [wrapAngle(dLon) * Math.cos(centre.lat), sky.lat - centre.lat];
  const [sinC, cosC] = [Math.sin(centre.lat), Math.cos(centre.lat)];
  const [sinL, cosL] = [Math.sin(sky.lat), Math.cos(sky.lat)];
  const l = cosL * Math.sin(dLon);
  const m = sinL * cosC - cosL * sinC * Math.cos(dLon);
  const n = sinL * sinC + cosL * cosC * Math.cos(dLon);
  if (n <= 0) return undefined;
  return projection === 'SIN' ? [l, m] : [l / n, m / n];
}

/**
 * Direction of an offset on the tangent plane: the inverse of {@link project}.
 *
 * @returns undefined outside the sky
 */
export function unproject(projection: Projection, centre: SkyPosition, x: number, y: number): SkyPosition | undefined {
  if (projection === 'CAR') return { lon: centre.lon + x / Math.cos(centre.lat), lat: centre.lat + y };
  let [l, m] = [x, y];
  let n: number;
  if (projection === 'SIN') {
    const rest = 1 - l * l - m * m;
    if (rest < 0) return undefined;
    n = Math.sqrt(rest);
  } else {
    n = 1 / Math.sqrt(1 + l * l + m * m);
    l *= n;
    m *= n;
  }
  const [sinC, cosC] = [Math.sin(centre.lat), Math.cos(centre.lat)];
  return {
    lon: centre.lon + Math.atan2(l, n * cosC - m * sinC),
    lat: Math.asin(Math.max(-1, Math.min(1, m * cosC + n * sinC))),
  };
}

/** The angle within (-π, π]. */
export function wrapAngle(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned;
}

/** Checks a projection code as CASA and FITS spell it. */
export function parseProjection(code: string): Projection {
  const word = code.trim().toUpperCase();
  if (word === 'SIN' || word === 'TAN' || word === 'CAR') return word;
  if (word === 'NCP') return 'SIN';
  return fail('unsupported', `Images in the projection ${code} are not handled; SIN, TAN and CAR are.`);
}
