/** Direction in rad. */
interface Direction {
  readonly lon: number;
  readonly lat: number;
}

/** A point or Gaussian on the sky. */
export interface MosaicSource extends Direction {
  readonly fluxJy: number;
  /** rad; 0 for a point */
  readonly fwhm: number;
}

/** Direction cosines l, m and n - 1 of a direction about another. */
export function cosinesAbout(centre: Direction, { lon, lat }: Direction): [number, number, number] {
  const [sd, cd, s0, c0] = [Math.sin(lat), Math.cos(lat), Math.sin(centre.lat), Math.cos(centre.lat)];
  const difference = lon - centre.lon;
  return [
    cd * Math.sin(difference),
    sd * c0 - cd * s0 * Math.cos(difference),
    sd * s0 + cd * c0 * Math.cos(difference) - 1,
  ];
}

/** J1(x) = 1 / pi times the integral of cos(t - x sin t) over [0, pi]. */
function besselIntegral(x: number): number {
  const steps = 60;
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    const t = ((k + 0.5) * Math.PI) / steps;
    sum += Math.cos(t - x * Math.sin(t));
  }
  return sum / steps;
}

/** Voltage of CASA's ALMA dishes (effective 10.7 m and 6.25 m with a hole of 0.75 m); 0 beyond 1.784 deg and 3.568 deg at 1 GHz. */
function voltage(radius: number, frequencyHz: number, diameter: number): number {
  const isSmall = diameter < 8;
  const degrees = ((radius * 180) / Math.PI) * (frequencyHz / 1e9);
  if (degrees > (isSmall ? 3.568 : 1.784)) return 0;
  const effective = isSmall ? 6.25 : 10.7;
  const airy = (x: number) => (x < 1e-9 ? 1 : (2 * besselIntegral(x)) / x);
  const x = (degrees * 60 * 7.016 * effective) / (1.566 * 60 * 24.5);
  const ratio = effective / 0.75;
  return (ratio ** 2 * airy(x) - airy(x * ratio)) / (ratio ** 2 - 1);
}

/** Power response of a baseline of two dishes at an angle from the pointing. */
export function baselineBeam(radius: number, frequencyHz: number, diameters: readonly [number, number]): number {
  return voltage(radius, frequencyHz, diameters[0]) * voltage(radius, frequencyHz, diameters[1]);
}

/** One visibility of a mosaic; uvw in m for the pointing's phase centre. */
export interface MosaicSample {
  readonly pointing: Direction;
  readonly diameters: readonly [number, number];
  readonly frequencyHz: number;
  readonly uvw: readonly [number, number, number];
  readonly weight: number;
  readonly re: number;
  readonly im: number;
}

/** V = sum of S A exp(2 pi i (u l + v m + w (n - 1)) nu / c), about the sample's pointing. */
export function mosaicVisibility(
  sources: readonly MosaicSource[],
  { pointing, diameters, frequencyHz, uvw }: Omit<MosaicSample, 'weight' | 're' | 'im'>,
): [number, number] {
  let [re, im] = [0, 0];
  const wavelength = 299_792_458 / frequencyHz;
  for (const source of sources) {
    const [l, m, n1] = cosinesAbout(pointing, source);
    const beam = baselineBeam(Math.hypot(l, m), frequencyHz, diameters);
    const squared = (uvw[0] ** 2 + uvw[1] ** 2) / wavelength ** 2;
    const amplitude = source.fluxJy * beam * Math.exp((-(Math.PI ** 2) * source.fwhm ** 2 * squared) / (4 * Math.LN2));
    const phase = (2 * Math.PI * (uvw[0] * l + uvw[1] * m + uvw[2] * n1)) / wavelength;
    re += amplitude * Math.cos(phase);
    im += amplitude * Math.sin(phase);
  }
  return [re, im];
}

/**
 * The mosaic by its definition at one direction: the sum of w A Re(V exp(-2 pi i (…))) and the sum of w A², whose ratio is the sky.
 */
export function mosaicSums(
  samples: readonly MosaicSample[],
  direction: Direction,
): { signal: number; sensitivity: number } {
  let [signal, sensitivity] = [0, 0];
  const beams = new Map<string, number>();
  for (const { pointing, diameters, frequencyHz, uvw, weight, re, im } of samples) {
    const [l, m, n1] = cosinesAbout(pointing, direction);
    const key = `${l} ${m} ${frequencyHz} ${diameters[0] + diameters[1]}`;
    const beam = beams.get(key) ?? baselineBeam(Math.hypot(l, m), frequencyHz, diameters);
    beams.set(key, beam);
    const phase = (2 * Math.PI * (uvw[0] * l + uvw[1] * m + uvw[2] * n1) * frequencyHz) / 299_792_458;
    signal += weight * beam * (re * Math.cos(phase) + im * Math.sin(phase));
    sensitivity += weight * beam * beam;
  }
  return { signal, sensitivity };
}
