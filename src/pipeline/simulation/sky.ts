import { ARCSEC, FWHM_PER_SIGMA, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { Disk } from '../skymodel/index.ts';

/** Part a field plays in the observation. */
export type FieldRole = 'bandpass' | 'flux' | 'phase' | 'target';

/** A spectral line of a component: Gaussian in velocity. */
export interface LineProfile {
  readonly name: string;
  readonly restHz: number;
  /** Radio velocity in LSRK, m/s. */
  readonly velocityLsrk: number;
  readonly fwhm: number;
}

/** A source of emission. */
export interface SkyComponent {
  /** Offsets from the phase centre, rad: direction cosines l (east), m (north). */
  readonly l: number;
  readonly m: number;
  /** FWHM of a circular Gaussian, rad; 0 for a point. */
  readonly fwhm: number;
  /** At the reference frequency for continuum, at the line's peak for lines. */
  readonly fluxJy: number;
  readonly spectralIndex: number;
  readonly line?: LineProfile;
  /** A uniform disk instead of a point. */
  readonly disk?: Disk;
  /** Flux densities at some frequencies, in rising order; they replace `fluxJy` and `spectralIndex`. */
  readonly fluxPoints?: readonly FluxPoint[];
}

/** A flux density (Jy) at a frequency (Hz). */
export interface FluxPoint {
  readonly hz: number;
  readonly jy: number;
}

export interface SkyField {
  readonly id: number;
  readonly role: FieldRole;
  readonly name: string;
  /** ICRS, rad. */
  readonly ra: number;
  readonly dec: number;
  readonly components: readonly SkyComponent[];
  /** The field table gives no direction (0, 0), as it was with moving sources; the antennas point at ra and dec. */
  readonly isUncatalogued?: boolean;
}

/** Frequency at which continuum fluxes are stated. */
export const REFERENCE_HZ = 225e9;
export const LINE_NAME = 'CO_v_0_2_1';
export const LINE_REST_HZ = 230.538e9;
/** Systemic velocity of the target, radio LSRK, m/s. */
export const SYSTEMIC_VELOCITY = 1_205_000;

const hours = (h: number, m: number, s: number) => ((h + m / 60 + s / 3600) * Math.PI) / 12;
const degrees = (d: number, m: number, s: number) => ((d + m / 60 + s / 3600) * Math.PI) / 180;

function point(fluxJy: number, spectralIndex: number): SkyComponent[] {
  return [{ l: 0, m: 0, fwhm: 0, fluxJy, spectralIndex }];
}

function continuum(east: number, north: number, fwhm: number, fluxJy: number, spectralIndex: number): SkyComponent {
  return { l: east * ARCSEC, m: north * ARCSEC, fwhm: fwhm * ARCSEC, fluxJy, spectralIndex };
}

function clump(
  east: number,
  north: number,
  fwhm: number,
  fluxJy: number,
  velocity: number,
  width: number,
): SkyComponent {
  const line = { name: LINE_NAME, restHz: LINE_REST_HZ, velocityLsrk: velocity * 1e3, fwhm: width * 1e3 };
  return { ...continuum(east, north, fwhm, fluxJy, 0), line };
}

/**
 * The sky of all simulations: three quasars and a galaxy with a nucleus, a companion, and a rotating disk in CO(2-1).
 * Flux densities at 225 GHz; they are invented, the quasars' positions are those of the ICRF.
 */
export const SKY: readonly SkyField[] = [
  {
    id: 0,
    role: 'bandpass',
    name: 'J1924-2914',
    ra: hours(19, 24, 51.05596),
    dec: -degrees(29, 14, 30.1211),
    components: point(3.42, -0.46),
  },
  {
    id: 1,
    role: 'flux',
    name: 'J1733-1304',
    ra: hours(17, 33, 2.70579),
    dec: -degrees(13, 4, 49.5482),
    components: point(1.85, -0.55),
  },
  {
    id: 2,
    role: 'phase',
    name: 'J1751-1950',
    ra: hours(17, 51, 41.34384),
    dec: -degrees(19, 50, 47.5057),
    components: point(0.62, -0.38),
  },
  {
    id: 3,
    role: 'target',
    name: 'GAL1748-2112',
    ra: hours(17, 48, 20),
    dec: -degrees(21, 12, 30),
    components: [
      continuum(0.4, -0.3, 0.9, 0.08, 2.6),
      continuum(-3.6, 2.8, 0, 0.045, -0.3),
      clump(-0.8, -0.75, 0.8, 0.3, 1140, 70),
      clump(0.4, -0.3, 0.8, 0.4, 1205, 90),
      clump(1.6, 0.15, 0.8, 0.3, 1270, 70),
    ],
  },
];

/**
 * Flux density of a component at a frequency of the observatory.
 *
 * @param lsrkPerTopo factor from TOPO to LSRK frequencies
 * @returns Jy
 */
export function componentFlux(component: SkyComponent, frequencyHz: number, lsrkPerTopo: number): number {
  if (component.fluxPoints) return interpolateFlux(component.fluxPoints, frequencyHz);
  if (!component.line) return component.fluxJy * (frequencyHz / REFERENCE_HZ) ** component.spectralIndex;
  const { restHz, velocityLsrk, fwhm } = component.line;
  const velocity = SPEED_OF_LIGHT * (1 - (frequencyHz * lsrkPerTopo) / restHz);
  const distance = ((velocity - velocityLsrk) / fwhm) * FWHM_PER_SIGMA;
  return component.fluxJy * Math.exp(-0.5 * distance * distance);
}

/** Flux density between points by a power law, beyond them that of the nearest. */
function interpolateFlux(points: readonly FluxPoint[], frequencyHz: number): number {
  const after = points.findIndex(({ hz }) => hz >= frequencyHz);
  if (after <= 0) return points[after === 0 ? 0 : points.length - 1].jy;
  const [left, right] = [points[after - 1], points[after]];
  const share = Math.log(frequencyHz / left.hz) / Math.log(right.hz / left.hz);
  return left.jy * (right.jy / left.jy) ** share;
}

/** Continuum flux density of a whole field, Jy. */
export function continuumFlux(field: SkyField, frequencyHz: number): number {
  return field.components
    .filter((component) => !component.line)
    .reduce((sum, component) => sum + componentFlux(component, frequencyHz, 1), 0);
}

/** Illuminated diameter of dishes of 12 and 7 m and the blocked one, as CASA's standard beams of the arrays have them, m. */
const LIT_DIAMETER = { large: 10.7, small: 6.25 };
const BLOCKAGE_DIAMETER = 0.75;
/** Dishes below this are small, m. */
const LEAST_LARGE = 10;

/**
 * Power response of an antenna: Airy pattern of a uniformly lit aperture with a central blockage.
 *
 * @param offsetRad distance from the pointing centre
 * @param dishDiameter m
 */
export function primaryBeam(offsetRad: number, frequencyHz: number, dishDiameter = 12): number {
  const lit = dishDiameter < LEAST_LARGE ? LIT_DIAMETER.small : LIT_DIAMETER.large;
  const x = (Math.PI * lit * Math.sin(offsetRad) * frequencyHz) / SPEED_OF_LIGHT;
  const ratio = BLOCKAGE_DIAMETER / lit;
  const voltage = (airy(x) - ratio * ratio * airy(ratio * x)) / (1 - ratio * ratio);
  return voltage * voltage;
}

/** From here on the power series loses its digits and the asymptotic one has them. */
const FAR = 25;

/** 2 J1(x) / x by its power series, and far out by the asymptotic one (Abramowitz & Stegun 1972, 9.2.5). */
function airy(x: number): number {
  if (Math.abs(x) > FAR) {
    const [far, angle] = [Math.abs(x), Math.abs(x) - 0.75 * Math.PI];
    return (2 / far) * Math.sqrt(2 / (Math.PI * far)) * (Math.cos(angle) - (3 / (8 * far)) * Math.sin(angle));
  }
  const square = -(x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let order = 1; order < 60 && Math.abs(term) > 1e-17; order++) {
    term *= square / (order * (order + 1));
    sum += term;
  }
  return sum;
}
