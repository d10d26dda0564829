import type { RadialProfile } from '../../foundation/numeric/index.ts';

/** An aperture as CASA's voltage patterns describe it: diameters in m, reach in arcmin at 1 GHz. */
interface Aperture {
  readonly dish: number;
  readonly blocked: number;
  readonly maxRadius: number;
}

/** CASA's apertures of ALMA's dishes (PBMath, ALMA and ACA; Hunter & Brogan's effective diameters). */
const APERTURES: Readonly<Record<Dish, Aperture>> = {
  '12m': { dish: 10.7, blocked: 0.75, maxRadius: 1.784 * 60 },
  '7m': { dish: 6.25, blocked: 0.75, maxRadius: 3.568 * 60 },
};

/** Bessel function of order 1, to 1e-8 (Abramowitz & Stegun 1972, 9.4.4 and 9.4.6). */
export function besselJ1(x: number): number {
  const z = Math.abs(x);
  if (z <= 3) {
    const t = (z / 3) ** 2;
    const series =
      0.5 +
      t * (-0.56249985 + t * (0.21093573 + t * (-0.03954289 + t * (0.00443319 + t * (-0.00031761 + t * 0.00001109)))));
    return x * series;
  }
  const t = 3 / z;
  const f =
    0.79788456 +
    t * (0.00000156 + t * (0.01659667 + t * (0.00017105 + t * (-0.00249511 + t * (0.00113653 - t * 0.00020033)))));
  const angle =
    z -
    2.35619449 +
    t * (0.12499612 + t * (0.0000565 + t * (-0.00637879 + t * (0.00074348 + t * (0.00079824 - t * 0.00029166)))));
  return (Math.sign(x) * f * Math.cos(angle)) / Math.sqrt(z);
}

const somb = (x: number) => (x === 0 ? 1 : (2 * besselJ1(x)) / x);

/** The dishes at the two ends of a baseline. */
export type BeamKind = Dish | 'mixed';
export type Dish = '12m' | '7m';

/**
 * Voltage response of an ALMA dish: the Airy pattern of a blocked aperture with CASA's numbers, 0 beyond its reach.
 * CASA's term for the blocked centre multiplies its argument by the ratio of the diameters instead of dividing; it is
 * followed here so that corrected images agree.
 *
 * @param radius rad from the pointing centre
 * @param frequencyHz observing frequency
 */
function voltagePattern(radius: number, frequencyHz: number, dish: Dish): number {
  const { dish: diameter, blocked, maxRadius } = APERTURES[dish];
  const scaled = ((radius * 10_800) / Math.PI) * (frequencyHz / 1e9);
  if (scaled > maxRadius) return 0;
  const x = (scaled * 7.016 * diameter) / (1.566 * 60 * 24.5);
  const ratio = diameter / blocked;
  return (ratio * ratio * somb(x) - somb(x * ratio)) / (ratio * ratio - 1);
}

/** Power response of a baseline: the product of its two dishes' voltage patterns. */
export function primaryBeam(radius: number, frequencyHz: number, kind: BeamKind): number {
  const first = voltagePattern(radius, frequencyHz, kind === '7m' ? '7m' : '12m');
  return kind === 'mixed' ? first * voltagePattern(radius, frequencyHz, '7m') : first * first;
}

/** Radius in rad beyond which a baseline's response is 0. */
export function beamReach(frequencyHz: number, kind: BeamKind): number {
  const { maxRadius } = APERTURES[kind === '7m' ? '7m' : '12m'];
  return ((maxRadius / 10_800) * Math.PI) / (frequencyHz / 1e9);
}

const STEPS = 4096;

/** The power response as a function of the radius in rad; within 1e-6 of the formula. */
export function beamProfile(frequencyHz: number, kind: BeamKind): RadialProfile {
  const reach = beamReach(frequencyHz, kind);
  const values = Float32Array.from({ length: STEPS + 1 }, (_, k) =>
    primaryBeam((k / STEPS) * reach, frequencyHz, kind),
  );
  return { values, step: reach / STEPS };
}

/** The value of a profile at a distance. */
export function profileAt({ values, step }: RadialProfile, distance: number): number {
  const place = distance / step;
  const k = Math.floor(place);
  return k < values.length - 1 ? values[k] + (place - k) * (values[k + 1] - values[k]) : 0;
}

/** The response over an image plane, [y, x], centred on pixel (sizeX >> 1, sizeY >> 1). */
export function primaryBeamPlane(
  geometry: { sizeX: number; sizeY: number; cell: number },
  frequencyHz: number,
  dish: Dish,
): Float32Array {
  const { sizeX, sizeY, cell } = geometry;
  const plane = new Float32Array(sizeX * sizeY);
  // Symmetric in both axes: one quarter is computed.
  const [halfX, halfY] = [sizeX >> 1, sizeY >> 1];
  for (let y = 0; y <= halfY; y++) {
    const above = (halfY - y) * sizeX;
    for (let x = 0; x <= halfX; x++) {
      const value = primaryBeam(cell * Math.sqrt(x * x + y * y), frequencyHz, dish);
      plane[above + halfX - x] = value;
      if (halfX + x < sizeX) plane[above + halfX + x] = value;
    }
    if (halfY + y < sizeY) plane.copyWithin((halfY + y) * sizeX, above, above + sizeX);
  }
  return plane;
}
