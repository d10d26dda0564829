import { type CardValue, type FitsHeader, real, stokesCode } from '../../formats/fits/index.ts';
import { DEGREE, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  type LinearAxis,
  opticalVelocity,
  radioVelocity,
  type SpectralAxis,
} from './coordinates.ts';
import { projectionForm } from './projection.ts';

/** How the spectral axis is written. */
export type SpectralForm = 'frequency' | 'radio' | 'optical';

/** WCS keywords of one axis; the reference pixel counts from 1. */
export interface FitsAxis {
  readonly type: string;
  readonly reference: number;
  readonly increment: number;
  readonly referencePixel: number;
  readonly unit: string;
}

/** VELREF of AIPS, and what casacore adds to it; other frames count as topocentric there. */
const SYSTEM_FLAGS: Readonly<Record<string, number>> = {
  LSRK: 1,
  BARY: 2,
  TOPO: 3,
  LSRD: 4,
  GEO: 5,
  REST: 6,
  GALACTO: 7,
};
const FITS_SYSTEMS: Readonly<Record<string, string>> = {
  LSRK: 'LSRK',
  BARY: 'BARYCENT',
  TOPO: 'TOPOCENT',
  LSRD: 'LSRD',
  GEO: 'GEOCENTR',
  REST: 'SOURCE',
  CMB: 'CMBDIPOL',
  GALACTO: 'GALACTOC',
  LGROUP: 'LOCALGRP',
};

/** Spectral frame as FITS spells it. */
export function fitsFrame(system: string): string {
  return FITS_SYSTEMS[system] ?? system;
}

/** Spectral frame as CASA spells it; the heliocentric frame of old files is taken for the barycentric one. */
export function casaFrame(specsys: string, file?: string): string {
  const word = specsys.trim().toUpperCase();
  if (word === 'HELIOCEN') return 'BARY';
  return (
    Object.keys(FITS_SYSTEMS).find((system) => FITS_SYSTEMS[system] === word) ??
    fail('unsupported', `The spectral frame ${specsys} of the FITS header is not known.`, { file })
  );
}

function spectralAxis(axis: SpectralAxis, form: SpectralForm): FitsAxis {
  const pixel = axis.referencePixel + 1;
  if (form === 'radio' && axis.restFrequency > 0) {
    const increment = (-SPEED_OF_LIGHT * axis.increment) / axis.restFrequency;
    return {
      type: 'VRAD',
      reference: radioVelocity(axis.reference, axis.restFrequency),
      increment,
      referencePixel: pixel,
      unit: 'm/s',
    };
  }
  if (form === 'optical' && axis.restFrequency > 0) {
    // The axis is linear in frequency: as in CASA, the step is that from the reference pixel to the next.
    const reference = opticalVelocity(axis.reference, axis.restFrequency);
    const next = opticalVelocity(axis.reference + axis.increment, axis.restFrequency);
    return { type: 'VOPT', reference, increment: next - reference, referencePixel: pixel, unit: 'm/s' };
  }
  return { type: 'FREQ', reference: axis.reference, increment: axis.increment, referencePixel: pixel, unit: 'Hz' };
}

function stokesAxis(stokes: readonly string[]): FitsAxis {
  const first = stokesCode(stokes[0]);
  const step = stokes.length > 1 ? stokesCode(stokes[1]) - first : 1;
  if (stokes.some((name, k) => stokesCode(name) !== first + k * step))
    fail('unsupported', `FITS cannot hold the Stokes axis ${stokes.join(', ')}: its codes are not evenly spaced.`);
  return { type: 'STOKES', reference: first, increment: step, referencePixel: 1, unit: '' };
}

function linearAxis(axis: LinearAxis): FitsAxis {
  return {
    type: axis.name.slice(0, 8).toUpperCase(),
    reference: axis.reference,
    increment: axis.increment,
    referencePixel: axis.referencePixel + 1,
    unit: axis.unit,
  };
}

/** Systems whose axes are longitude and latitude, and the letter of their CTYPEs. */
export const LONGITUDE_LETTERS: Readonly<Record<string, string>> = { GALACTIC: 'G', ECLIPTIC: 'E', SUPERGAL: 'S' };

/** EQUINOX and RADESYS of a direction system. */
const SYSTEM_CARDS: Readonly<Record<string, readonly [equinox: number | undefined, radesys: string]>> = {
  J2000: [2000, 'FK5'],
  B1950: [1950, 'FK4'],
  B1950_VLA: [1979.9, 'FK4'],
  ICRS: [undefined, 'ICRS'],
};

/** WCS of every pixel axis of a coordinate system, fastest first. */
export function fitsAxes(coordinates: CoordinateSystem, axisCount: number, form: SpectralForm): FitsAxis[] {
  const axes: FitsAxis[] = [];
  const { direction, spectral, stokes } = coordinates;
  if (direction) {
    const letter = LONGITUDE_LETTERS[direction.system];
    const names = letter ? [`${letter}LON`, `${letter}LAT`] : ['RA', 'DEC'];
    direction.pixelAxes.forEach((pixelAxis, k) => {
      const type = `${names[k].padEnd(4, '-')}-${direction.projection}`;
      const reference = (k === 0 ? direction.reference.lon : direction.reference.lat) / DEGREE;
      axes[pixelAxis] = {
        type,
        reference,
        increment: direction.increment[k] / DEGREE,
        referencePixel: direction.referencePixel[k] + 1,
        unit: 'deg',
      };
    });
  }
  if (spectral) axes[spectral.pixelAxis] = spectralAxis(spectral, form);
  if (stokes) axes[stokes.pixelAxis] = stokesAxis(stokes.stokes);
  for (const axis of coordinates.linear) axes[axis.pixelAxis] = linearAxis(axis);
  return Array.from(
    { length: axisCount },
    (_, k) => axes[k] ?? { type: 'LINEAR', reference: 0, increment: 1, referencePixel: 1, unit: '' },
  );
}

/** Adds the WCS keywords of axes in FITS order; `order[k]` is the pixel axis that becomes FITS axis k + 1. */
export function addWcs(
  header: FitsHeader,
  coordinates: CoordinateSystem,
  order: readonly number[],
  form: SpectralForm,
  isOptical: boolean,
): void {
  const { direction, spectral } = coordinates;
  const axes = fitsAxes(coordinates, Math.max(...order) + 1, form);
  if (direction) {
    const [equinox, radesys] = SYSTEM_CARDS[direction.system] ?? [];
    if (equinox !== undefined) header.add('EQUINOX', real(equinox));
    if (radesys !== undefined) header.add('RADESYS', radesys);
    header.add('LONPOLE', real(direction.longPole)).add('LATPOLE', real(direction.latPole));
    addRotation(header, direction.pc, direction.pixelAxes, order);
  }
  order.forEach((pixelAxis, k) => {
    const axis = axes[pixelAxis];
    header
      .add(`CTYPE${k + 1}`, axis.type)
      .add(`CRVAL${k + 1}`, real(axis.reference))
      .add(`CDELT${k + 1}`, real(axis.increment))
      .add(`CRPIX${k + 1}`, real(axis.referencePixel))
      .add(`CUNIT${k + 1}`, axis.unit);
  });
  const latitude = direction && order.indexOf(direction.pixelAxes[1]) + 1;
  if (latitude)
    projectionForm(direction.projection).parameters.forEach((value, k) => {
      header.add(`PV${latitude}_${k + 1}`, real(direction.parameters[k] ?? value));
    });
  if (spectral && order.includes(spectral.pixelAxis)) addSpectralFrame(header, spectral, form, isOptical);
}

function addRotation(
  header: FitsHeader,
  pc: readonly number[],
  pixelAxes: readonly number[],
  order: readonly number[],
): void {
  order.forEach((column, j) => {
    order.forEach((row, i) => {
      const [r, c] = [pixelAxes.indexOf(row), pixelAxes.indexOf(column)];
      const value = r >= 0 && c >= 0 ? pc[2 * r + c] : row === column ? 1 : 0;
      header.add(`PC${i + 1}_${j + 1}`, real(value));
    });
  });
}

function addSpectralFrame(header: FitsHeader, axis: SpectralAxis, form: SpectralForm, isOptical: boolean): void {
  const hasFrame = axis.system !== 'Undefined';
  if (hasFrame) header.add('SPECSYS', fitsFrame(axis.system), 'Spectral reference frame');
  if (axis.restFrequency <= 0) return;
  header.add('RESTFRQ', real(axis.restFrequency), 'Rest frequency (Hz)');
  if (!hasFrame) return;
  const velocity = isOptical ? opticalVelocity : radioVelocity;
  const other = form === 'frequency' ? velocity(axis.reference, axis.restFrequency) : axis.reference;
  header
    .add(
      'ALTRVAL',
      real(other),
      form === 'frequency' ? 'Velocity at the reference pixel (m/s)' : 'Frequency at the reference pixel (Hz)',
    )
    .add('ALTRPIX', real(axis.referencePixel + 1))
    .add(
      'VELREF',
      (SYSTEM_FLAGS[axis.system] ?? SYSTEM_FLAGS.TOPO) + (isOptical ? 0 : 256),
      '1 LSR, 2 HEL, 3 OBS, +256 radio',
    );
}

/** An ISO date with microseconds from MJD seconds UTC. */
export function isoDate(mjdSec: number): string {
  const wholeSec = Math.floor(mjdSec);
  const micro = Math.round((mjdSec - wholeSec) * 1e6);
  const [second, rest] = micro === 1_000_000 ? [wholeSec + 1, 0] : [wholeSec, micro];
  const date = new Date((second - 40_587 * 86_400) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(rest).padStart(6, '0')}`;
}

/** MJD seconds UTC from a FITS date, also of the old form DD/MM/YY; 0 when it is none. */
export function mjdSecOfDate(date: string): number {
  const old = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(date.trim());
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d*)?))?/.exec(date.trim()) ??
    (old && [old[0], `19${old[3]}`, old[2], old[1]]);
  if (!match) return 0;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000 + 40_587;
  return day * 86_400 + Number(match[4] ?? 0) * 3600 + Number(match[5] ?? 0) * 60 + Number(match[6] ?? 0);
}

/** A header value for a scalar of unknown kind. */
export function cardValue(value: unknown): CardValue | undefined {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isInteger(value) ? value : real(value);
  return undefined;
}
