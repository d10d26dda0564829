import { knownObservatories, observatoryPosition } from '../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { type CelestialFrame, planeToSky, skyToPlane } from './celestial.ts';
import type { Projection, SkyPosition } from './projection.ts';

/** The sky axes of an image. Pixels count from 0; pixel axes count from 0, fastest first, as CASA counts. */
export interface DirectionAxes extends CelestialFrame {
  /** 'J2000', 'ICRS', … as CASA spells it. */
  readonly system: string;
  /** rad per pixel; x negative when east is left */
  readonly increment: readonly [number, number];
  readonly referencePixel: readonly [number, number];
  /** PCi_j of the two axes, row by row. */
  readonly pc: readonly [number, number, number, number];
  readonly pixelAxes: readonly [number, number];
}

export interface SpectralAxis {
  /** 'LSRK', 'TOPO', 'BARY', … */
  readonly system: string;
  /** Hz */
  readonly reference: number;
  /** Hz per pixel */
  readonly increment: number;
  readonly referencePixel: number;
  /** Hz; 0 when unknown */
  readonly restFrequency: number;
  /** Hz of pixels 0, 1, … where frequency is not linear in the pixel; reference, increment and pixel then hold at pixel 0. */
  readonly frequencies?: readonly number[];
  /** What the axis was linear in when it was made; frequency when absent. */
  readonly nativeType?: SpectralQuantity;
  readonly pixelAxis: number;
}

/** In casacore's order of codes. */
export const SPECTRAL_QUANTITIES = [
  'frequency',
  'radio velocity',
  'optical velocity',
  'beta',
  'wavelength',
  'air wavelength',
] as const;
export type SpectralQuantity = (typeof SPECTRAL_QUANTITIES)[number];

export interface StokesAxis {
  readonly stokes: readonly string[];
  readonly pixelAxis: number;
}

/** An axis without a known meaning (position along a slit, time, …). */
export interface LinearAxis {
  readonly name: string;
  readonly unit: string;
  readonly reference: number;
  readonly increment: number;
  readonly referencePixel: number;
  readonly pixelAxis: number;
}

/** Where the pixels of an image lie on the sky, in frequency and in Stokes, and who observed it. */
export interface CoordinateSystem {
  readonly direction?: DirectionAxes;
  readonly spectral?: SpectralAxis;
  readonly stokes?: StokesAxis;
  readonly linear: readonly LinearAxis[];
  readonly telescope: string;
  readonly observer: string;
  /** MJD seconds UTC; 0 when unknown */
  readonly observedMjdSec: number;
  /** ITRF, m, when known */
  readonly telescopePosition?: readonly [number, number, number];
  readonly pointingCentre?: SkyPosition;
}

/** A longitude from 0 to 2 pi. */
const withinTurn = (angle: number) => angle - 2 * Math.PI * Math.floor(angle / (2 * Math.PI));

/** Sky direction of a pixel, or undefined off the sky. */
export function pixelToSky(axes: DirectionAxes, x: number, y: number): SkyPosition | undefined {
  const [dx, dy] = [x - axes.referencePixel[0], y - axes.referencePixel[1]];
  const [p, q, r, s] = axes.pc;
  const offsetX = axes.increment[0] * (p * dx + q * dy);
  const offsetY = axes.increment[1] * (r * dx + s * dy);
  const sky = planeToSky(axes, offsetX, offsetY);
  return sky && { lon: withinTurn(sky.lon), lat: sky.lat };
}

/** Pixel of a sky direction, or undefined where the projection does not reach. */
export function skyToPixel(axes: DirectionAxes, sky: SkyPosition): readonly [number, number] | undefined {
  const offset = skyToPlane(axes, sky);
  if (!offset) return undefined;
  const [a, b] = [offset[0] / axes.increment[0], offset[1] / axes.increment[1]];
  const [p, q, r, s] = axes.pc;
  const determinant = p * s - q * r;
  return [
    axes.referencePixel[0] + (s * a - q * b) / determinant,
    axes.referencePixel[1] + (p * b - r * a) / determinant,
  ];
}

/** Frequency in Hz of a channel (channels count from 0). */
export function channelFrequency(axis: SpectralAxis, channel: number): number {
  const { frequencies } = axis;
  if (frequencies && frequencies.length > 1) {
    const first = Math.max(0, Math.min(frequencies.length - 2, Math.floor(channel)));
    return frequencies[first] + (channel - first) * (frequencies[first + 1] - frequencies[first]);
  }
  return axis.reference + (channel - axis.referencePixel) * axis.increment;
}

/** Channel (counting from 0) of a frequency in Hz: the inverse of {@link channelFrequency}. */
export function frequencyChannel(axis: SpectralAxis, frequencyHz: number): number {
  const { frequencies } = axis;
  if (frequencies && frequencies.length > 1) {
    const isRising = frequencies[1] > frequencies[0];
    let first = frequencies.findIndex((value) => (isRising ? value > frequencyHz : value < frequencyHz)) - 1;
    if (first === -2) first = frequencies.length - 2;
    first = Math.max(0, Math.min(frequencies.length - 2, first));
    return first + (frequencyHz - frequencies[first]) / (frequencies[first + 1] - frequencies[first]);
  }
  return axis.referencePixel + (frequencyHz - axis.reference) / (axis.increment || 1);
}

/** Radio velocity in m/s of a frequency. */
export function radioVelocity(frequencyHz: number, restFrequencyHz: number): number {
  return SPEED_OF_LIGHT * (1 - frequencyHz / restFrequencyHz);
}

/** Optical velocity in m/s of a frequency. */
export function opticalVelocity(frequencyHz: number, restFrequencyHz: number): number {
  return SPEED_OF_LIGHT * (restFrequencyHz / frequencyHz - 1);
}

/** Frequency in Hz of a velocity in m/s. */
export function velocityToFrequency(
  velocity: number,
  restFrequencyHz: number,
  convention: 'radio' | 'optical' = 'radio',
): number {
  if (convention === 'optical') return restFrequencyHz / (1 + velocity / SPEED_OF_LIGHT);
  return restFrequencyHz * (1 - velocity / SPEED_OF_LIGHT);
}

/** The direction axes, or an error for an image without them. */
export function requireDirection(coordinates: CoordinateSystem, file?: string): DirectionAxes {
  return coordinates.direction ?? fail('unsupported', 'This image has no sky axes.', { file });
}

/** The numbers that place an axis. */
export type AxisProperty = 'reference' | 'increment' | 'referencePixel';

/**
 * The coordinates with one number of an axis set to another value.
 *
 * @param axis pixel axis
 * @param value rad, Hz, pixels, or in the unit of a linear axis
 * @throws unsupported for the Stokes axis, and for frequencies in a table
 */
export function withAxisValue(
  coordinates: CoordinateSystem,
  axis: number,
  property: AxisProperty,
  value: number,
): CoordinateSystem {
  const { direction, spectral, linear } = coordinates;
  const place = direction?.pixelAxes.indexOf(axis) ?? -1;
  if (direction && place >= 0) {
    if (property === 'reference') {
      const reference = { ...direction.reference, [place === 0 ? 'lon' : 'lat']: value };
      const latPole = place === 0 ? direction.latPole : (value * 180) / Math.PI;
      return { ...coordinates, direction: { ...direction, reference, latPole } };
    }
    const pair = direction[property];
    const replaced = place === 0 ? [value, pair[1]] : [pair[0], value];
    return { ...coordinates, direction: { ...direction, [property]: replaced } };
  }
  if (spectral?.pixelAxis === axis) {
    if (spectral.frequencies)
      fail('unsupported', 'The frequencies of these coordinates are a table, which is not changed.');
    return { ...coordinates, spectral: { ...spectral, [property]: value } };
  }
  if (!linear.some(({ pixelAxis }) => pixelAxis === axis))
    fail('unsupported', `Axis ${axis + 1} has no numbers that can be changed.`);
  const changed = linear.map((one) => (one.pixelAxis === axis ? { ...one, [property]: value } : one));
  return { ...coordinates, linear: changed };
}

/** ITRF position of a telescope, m; undefined where it is not known. @param telescope e.g. ALMA */
export function telescopePlace(telescope: string): readonly [number, number, number] | undefined {
  if (!knownObservatories.includes(telescope.toUpperCase())) return undefined;
  const [x, y, z] = observatoryPosition(telescope);
  return [x, y, z];
}

/** Coordinates of a plain sky image [chan, stokes, y, x]. */
export function makeCoordinates(options: {
  readonly centre: SkyPosition;
  readonly cell: number;
  readonly imsize: readonly [number, number];
  readonly system: string;
  readonly stokes: readonly string[];
  readonly spectral: Omit<SpectralAxis, 'pixelAxis'>;
  readonly telescope: string;
  readonly observer: string;
  readonly observedMjdSec: number;
  readonly telescopePosition?: readonly [number, number, number];
  readonly projection?: Projection;
}): CoordinateSystem {
  return {
    direction: {
      projection: options.projection ?? 'SIN',
      parameters: [],
      system: options.system,
      reference: { lon: withinTurn(options.centre.lon), lat: options.centre.lat },
      increment: [-options.cell, options.cell],
      referencePixel: [Math.floor(options.imsize[0] / 2), Math.floor(options.imsize[1] / 2)],
      pc: [1, 0, 0, 1],
      longPole: 180,
      latPole: (options.centre.lat * 180) / Math.PI,
      pixelAxes: [0, 1],
    },
    stokes: { stokes: options.stokes, pixelAxis: 2 },
    spectral: { ...options.spectral, pixelAxis: 3 },
    linear: [],
    telescope: options.telescope,
    observer: options.observer,
    observedMjdSec: options.observedMjdSec,
    telescopePosition: options.telescopePosition,
    pointingCentre: options.centre,
  };
}
