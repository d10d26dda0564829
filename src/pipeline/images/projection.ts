import { fail } from '../../foundation/base/index.ts';

/** Direction in radians. */
export interface SkyPosition {
  readonly lon: number;
  readonly lat: number;
}

/** A unit vector towards native longitude φ and latitude θ: (cos θ cos φ, cos θ sin φ, sin θ). */
export type NativeVector = readonly [number, number, number];

/** A place on the plane of projection, in rad. */
type PlanePoint = readonly [number, number];

/** One projection of FITS; formulas: Calabretta & Greisen 2002 (A&A 395, 1077), section 5. */
interface ProjectionForm {
  /** Native latitude of the reference point, deg: 90 of zenithal projections, 0 of the others. */
  readonly referenceLatitude: 90 | 0;
  /** How many parameters PVi_m it has, and what they are by default. */
  readonly parameters: readonly number[];
  project(native: NativeVector, parameters: readonly number[]): PlanePoint | undefined;
  unproject(x: number, y: number, parameters: readonly number[]): NativeVector | undefined;
}

function fromAngles(phi: number, theta: number): NativeVector {
  return [Math.cos(theta) * Math.cos(phi), Math.cos(theta) * Math.sin(phi), Math.sin(theta)];
}

const longitude = ([x, y]: NativeVector) => Math.atan2(y, x);
const latitude = ([x, y, z]: NativeVector) => Math.atan2(z, Math.hypot(x, y));

/** A zenithal projection by the radius that belongs to a distance from the native pole, both in rad. */
function zenithal(
  radiusOf: (native: NativeVector, distance: number) => number | undefined,
  distanceOf: (radius: number) => number | undefined,
): ProjectionForm {
  return {
    referenceLatitude: 90,
    parameters: [],
    project(native) {
      const side = Math.hypot(native[0], native[1]);
      const radius = radiusOf(native, Math.atan2(side, native[2]));
      if (radius === undefined) return undefined;
      // x = R sin φ, y = -R cos φ (equations 12 and 13).
      return side === 0 ? [0, 0] : [(radius * native[1]) / side, (-radius * native[0]) / side];
    },
    unproject(x, y) {
      const radius = Math.hypot(x, y);
      const distance = distanceOf(radius);
      if (distance === undefined) return undefined;
      if (radius === 0) return [0, 0, 1];
      const side = Math.sin(distance) / radius;
      return [-y * side, x * side, Math.cos(distance)];
    },
  };
}

/** The slant orthographic projection (equations 43 to 46): ξ = η = 0 is that of interferometers. */
const SIN: ProjectionForm = {
  referenceLatitude: 90,
  parameters: [0, 0],
  project([x, y, z], [xi, eta]) {
    if (z <= 0 && xi === 0 && eta === 0) return undefined;
    const depth = 1 - z;
    return [y + xi * depth, -x + eta * depth];
  },
  unproject(x, y, [xi, eta]) {
    if (xi === 0 && eta === 0) {
      const rest = 1 - x * x - y * y;
      return rest < 0 ? undefined : [-y, x, Math.sqrt(rest)];
    }
    // With d = 1 - sin θ: (1 + ξ² + η²) d² - 2 (1 + ξ x + η y) d + x² + y² = 0; the near side has the smaller d.
    const [a, b, c] = [1 + xi * xi + eta * eta, 1 + xi * x + eta * y, x * x + y * y];
    const rest = b * b - a * c;
    if (rest < 0) return undefined;
    const depth = c / (b + Math.sqrt(rest));
    return [-(y - eta * depth), x - xi * depth, 1 - depth];
  },
};

const FORMS = {
  SIN,
  TAN: zenithal(
    ([x, y, z]) => (z <= 0 ? undefined : Math.hypot(x, y) / z),
    (radius) => Math.atan(radius),
  ),
  ARC: zenithal(
    (_, distance) => distance,
    (radius) => (radius > Math.PI ? undefined : radius),
  ),
  STG: zenithal(
    (_, distance) => (distance === Math.PI ? undefined : 2 * Math.tan(distance / 2)),
    (radius) => 2 * Math.atan(radius / 2),
  ),
  ZEA: zenithal(
    (_, distance) => 2 * Math.sin(distance / 2),
    (radius) => (radius > 2 ? undefined : 2 * Math.asin(radius / 2)),
  ),
  CAR: {
    referenceLatitude: 0,
    parameters: [],
    project: (native) => [longitude(native), latitude(native)],
    unproject: (x, y) => (Math.abs(y) > Math.PI / 2 ? undefined : fromAngles(x, y)),
  },
  CEA: {
    referenceLatitude: 0,
    parameters: [1],
    project: (native, [lambda]) => [longitude(native), native[2] / lambda],
    unproject(x, y, [lambda]) {
      const z = lambda * y;
      return Math.abs(z) > 1 ? undefined : fromAngles(x, Math.asin(z));
    },
  },
  MER: {
    referenceLatitude: 0,
    parameters: [],
    project: (native) => [longitude(native), Math.asinh(native[2] / Math.hypot(native[0], native[1]))],
    unproject: (x, y) => fromAngles(x, Math.atan(Math.sinh(y))),
  },
  SFL: {
    referenceLatitude: 0,
    parameters: [],
    project: (native) => [longitude(native) * Math.hypot(native[0], native[1]), latitude(native)],
    unproject: (x, y) => (Math.abs(y) > Math.PI / 2 ? undefined : fromAngles(x / Math.cos(y), y)),
  },
  AIT: {
    referenceLatitude: 0,
    parameters: [],
    project(native) {
      const [half, side] = [longitude(native) / 2, Math.hypot(native[0], native[1])];
      const gamma = Math.sqrt(2 / (1 + side * Math.cos(half)));
      return [2 * gamma * side * Math.sin(half), gamma * native[2]];
    },
    unproject(x, y) {
      const square = 1 - (x / 4) ** 2 - (y / 2) ** 2;
      if (square < 0.5) return undefined;
      const z = Math.sqrt(square);
      return fromAngles(2 * Math.atan2((z * x) / 2, 2 * square - 1), Math.asin(y * z));
    },
  },
} satisfies Record<string, ProjectionForm>;

/** Sky projections that are handled, under their FITS names. */
export type Projection = keyof typeof FORMS;

export function projectionForm(projection: Projection): ProjectionForm {
  return FORMS[projection];
}

/** The angle within (-π, π]. */
export function wrapAngle(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned;
}

/** Checks a projection code as CASA and FITS spell it. */
export function parseProjection(code: string, file?: string): Projection {
  const word = code.trim().toUpperCase();
  if (Object.hasOwn(FORMS, word)) return word as Projection;
  const known = Object.keys(FORMS).join(', ');
  return fail('unsupported', `Images in the projection ${code} are not handled; ${known} are.`, { file });
}
