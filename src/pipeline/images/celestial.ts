import { DEGREE } from '../../foundation/base/index.ts';
import { type NativeVector, type Projection, projectionForm, type SkyPosition, wrapAngle } from './projection.ts';

/** How the sky is projected: all that Calabretta & Greisen (2002) need besides pixels. */
export interface CelestialFrame {
  readonly projection: Projection;
  /** PVi_1, PVi_2, … of the latitude axis; [] for the projection's own. */
  readonly parameters: readonly number[];
  /** rad, at the reference pixel */
  readonly reference: SkyPosition;
  /** LONPOLE, deg */
  readonly longPole: number;
  /** LATPOLE, deg */
  readonly latPole: number;
}

/** Cosine and sine of an angle in deg, exact at quarter turns. */
function turn(degrees: number): readonly [number, number] {
  const quarters = degrees / 90;
  if (!Number.isInteger(quarters)) return [Math.cos(degrees * DEGREE), Math.sin(degrees * DEGREE)];
  const k = ((quarters % 4) + 4) % 4;
  return [[1, 0, -1, 0][k], [0, 1, 0, -1][k]];
}

/** The rotation between native and celestial coordinates: where the native pole is, and LONPOLE. */
interface Rotation {
  /** rad, right ascension of the native pole */
  readonly poleLon: number;
  readonly cosPole: number;
  readonly sinPole: number;
  readonly cosPhi: number;
  readonly sinPhi: number;
}

/** LONPOLE and LATPOLE that hold when a header does not give them (section 2.2), deg. */
export function defaultPoles(projection: Projection, latDeg: number): readonly [longPole: number, latPole: number] {
  const { referenceLatitude } = projectionForm(projection);
  return [latDeg >= referenceLatitude ? 0 : 180, 90];
}

/**
 * Latitude of the native pole of a projection whose reference point is (φ, θ) = (0, 0), in deg (equation 8); of two that
 * fit, the one nearer to LATPOLE. Undefined when LONPOLE and the reference latitude contradict each other.
 */
function poleLatitude(latDeg: number, longPole: number, latPole: number): number | undefined {
  const cosPhi = turn(longPole)[0];
  if (Math.abs(cosPhi) < 1e-12) return Math.abs(latDeg) < 1e-10 ? latPole : undefined;
  const ratio = Math.sin(latDeg * DEGREE) / Math.abs(cosPhi);
  if (Math.abs(ratio) > 1 + 1e-12) return undefined;
  // arg(cos φp, 0) is 0 or 180 deg; acos of a latitude's sine is its complement, which keeps whole degrees whole.
  const complement = Math.abs(cosPhi) === 1 ? 90 - latDeg : Math.acos(Math.max(-1, Math.min(1, ratio))) / DEGREE;
  const first = cosPhi >= 0 ? 0 : 180;
  const candidates = [first + complement, first - complement]
    .map((angle) => angle - 360 * Math.round(angle / 360))
    .filter((angle) => Math.abs(angle) <= 90 + 1e-9);
  return candidates.toSorted((a, b) => Math.abs(a - latPole) - Math.abs(b - latPole))[0];
}

/** LATPOLE as casacore and WCSLIB state it: the latitude of the native pole. */
export function statedLatPole(frame: CelestialFrame): number {
  const latDeg = frame.reference.lat / DEGREE;
  if (projectionForm(frame.projection).referenceLatitude === 90) return latDeg;
  return poleLatitude(latDeg, frame.longPole, frame.latPole) ?? frame.latPole;
}

function makeRotation(frame: CelestialFrame): Rotation | undefined {
  const { reference, longPole, latPole } = frame;
  const [cosPhi, sinPhi] = turn(longPole);
  if (projectionForm(frame.projection).referenceLatitude === 90)
    return {
      poleLon: reference.lon,
      cosPole: Math.cos(reference.lat),
      sinPole: Math.sin(reference.lat),
      cosPhi,
      sinPhi,
    };
  const poleDeg = poleLatitude(reference.lat / DEGREE, longPole, latPole);
  if (poleDeg === undefined) return undefined;
  const [cosPole, sinPole] = turn(poleDeg);
  const cosRef = Math.cos(reference.lat);
  let poleLon: number;
  // Equations 9 and 10, and the cases where they do not hold.
  if (Math.abs(cosRef) < 1e-12) poleLon = reference.lon;
  else if (poleDeg === 90) poleLon = reference.lon + (longPole - 180) * DEGREE;
  else if (poleDeg === -90) poleLon = reference.lon - longPole * DEGREE;
  else poleLon = reference.lon - Math.atan2(sinPhi / cosRef, (-sinPole * Math.sin(reference.lat)) / (cosPole * cosRef));
  return { poleLon, cosPole, sinPole, cosPhi, sinPhi };
}

const rotations = new WeakMap<CelestialFrame, Rotation | { readonly poleLon: undefined }>();

function rotationOf(frame: CelestialFrame): Rotation | undefined {
  let rotation = rotations.get(frame);
  if (!rotation) {
    rotation = makeRotation(frame) ?? { poleLon: undefined };
    rotations.set(frame, rotation);
  }
  return rotation.poleLon === undefined ? undefined : rotation;
}

/** Parameters of the projection, the missing ones at their defaults. */
function parametersOf(frame: CelestialFrame): readonly number[] {
  return projectionForm(frame.projection).parameters.map((value, k) => frame.parameters[k] ?? value);
}

/**
 * Plane of a direction.
 *
 * @returns [x, y] in rad, or undefined where the projection does not reach
 */
export function skyToPlane(frame: CelestialFrame, sky: SkyPosition): readonly [number, number] | undefined {
  const rotation = rotationOf(frame);
  if (!rotation) return undefined;
  const { poleLon, cosPole, sinPole, cosPhi, sinPhi } = rotation;
  const dLon = sky.lon - poleLon;
  const cosLat = Math.cos(sky.lat);
  const [east, north] = [cosLat * Math.cos(dLon), Math.sin(sky.lat)];
  // Native vector with longitudes counted from that of the celestial pole (equation 5), then turned by LONPOLE.
  const p = north * cosPole - east * sinPole;
  const q = -cosLat * Math.sin(dLon);
  const native: NativeVector = [p * cosPhi - q * sinPhi, p * sinPhi + q * cosPhi, north * sinPole + east * cosPole];
  return projectionForm(frame.projection).project(native, parametersOf(frame));
}

/**
 * Direction of a place on the plane: the inverse of {@link skyToPlane}; the longitude is the one within half a turn of the
 * reference's.
 *
 * @returns undefined outside the sky
 */
export function planeToSky(frame: CelestialFrame, x: number, y: number): SkyPosition | undefined {
  const rotation = rotationOf(frame);
  const native = rotation && projectionForm(frame.projection).unproject(x, y, parametersOf(frame));
  if (!rotation || !native) return undefined;
  const { poleLon, cosPole, sinPole, cosPhi, sinPhi } = rotation;
  const p = native[0] * cosPhi + native[1] * sinPhi;
  const q = native[1] * cosPhi - native[0] * sinPhi;
  const east = native[2] * cosPole - p * sinPole;
  const north = native[2] * sinPole + p * cosPole;
  const lon = poleLon + Math.atan2(-q, east);
  return {
    lon: frame.reference.lon + wrapAngle(lon - frame.reference.lon),
    lat: Math.atan2(north, Math.hypot(east, q)),
  };
}
