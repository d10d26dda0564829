import { type CardValue, type FitsHeader, real } from '../../formats/fits/index.ts';
import { DEGREE, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  type LinearAxis,
  opticalVelocity,
  radioVelocity,
  type SpectralAxis,
} from './coordinates.ts';

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

const SYSTEM_FLAGS: Readonly<Record<string, number>> = { LSRK: 1, BARY: 2, TOPO: 3, LSRD: 4, GEO: 5 };
const FITS_SYSTEMS: Readonly<Record<string, string>> = {
  LSRK: 'LSRK',
  BARY: 'BARYCENT',
  TOPO: 'TOPOCENT',
  LSRD: 'LSRD',
  GEO: 'GEOCENTR',
  REST: 'SOURCE',
  CMB: 'CMBDIPOL',
  GALACTO: 'GALACTOC',
};

/** Spectral frame as FITS spells it. */
export function fitsFrame(system: string): string {
  return FITS_SYSTEMS[system] ?? system;
}

/** Spectral frame as CASA spells it. */
export function casaFrame(specsys: string): string {
  const word = specsys.trim().toUpperCase();
  return Object.keys(FITS_SYSTEMS).find((system) => FITS_SYSTEMS[system] === word) ?? (word || 'TOPO');
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
    // Linear in frequency, so the increment holds at the reference pixel only.
    const increment = (-SPEED_OF_LIGHT * axis.restFrequency * axis.increment) / axis.reference ** 2;
    return {
      type: 'VOPT',
      reference: opticalVelocity(axis.reference, axis.restFrequency),
      increment,
      referencePixel: pixel,
      unit: 'm/s',
    };
  }
  return { type: 'FREQ', reference: axis.reference, increment: axis.increment, referencePixel: pixel, unit: 'Hz' };
}

const STOKES_VALUES: Readonly<Record<string, number>> = {
  I: 1,
  Q: 2,
  U: 3,
  V: 4,
  RR: -1,
  LL: -2,
  RL: -3,
  LR: -4,
  XX: -5,
  YY: -6,
  XY: -7,
  YX: -8,
};

/** FITS code of a Stokes parameter. */
export function stokesCode(stokes: string): number {
  return STOKES_VALUES[stokes] ?? 1;
}

/** Stokes parameter of a FITS code. */
export function stokesOfCode(code: number): string {
  return Object.keys(STOKES_VALUES).find((name) => STOKES_VALUES[name] === Math.round(code)) ?? 'I';
}

function stokesAxis(stokes: readonly string[]): FitsAxis {
  const first = stokesCode(stokes[0]);
  const step = stokes.length > 1 ? stokesCode(stokes[1]) - first : 1;
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

/** WCS of every pixel axis of a coordinate system, fastest first. */
export function fitsAxes(coordinates: CoordinateSystem, axisCount: number, form: SpectralForm): FitsAxis[] {
  const axes: FitsAxis[] = [];
  const { direction, spectral, stokes } = coordinates;
  if (direction) {
    const isGalactic = direction.system.startsWith('GAL');
    const names = isGalactic ? ['GLON', 'GLAT'] : ['RA', 'DEC'];
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
): void {
  const { direction, spectral } = coordinates;
  const axes = fitsAxes(coordinates, Math.max(...order) + 1, form);
  if (direction) {
    if (direction.system === 'J2000' || direction.system === 'B1950')
      header.add('EQUINOX', real(direction.system === 'J2000' ? 2000 : 1950));
    if (!direction.system.startsWith('GAL'))
      header.add('RADESYS', direction.system === 'ICRS' ? 'ICRS' : direction.system === 'B1950' ? 'FK4' : 'FK5');
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
  if (latitude && direction.projection === 'SIN')
    header.add(`PV${latitude}_1`, real(0)).add(`PV${latitude}_2`, real(0));
  if (spectral && order.includes(spectral.pixelAxis)) addSpectralFrame(header, spectral, form);
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

function addSpectralFrame(header: FitsHeader, axis: SpectralAxis, form: SpectralForm): void {
  if (axis.restFrequency > 0) header.add('RESTFRQ', real(axis.restFrequency), 'Rest frequency (Hz)');
  header.add('SPECSYS', fitsFrame(axis.system), 'Spectral reference frame');
  if (axis.restFrequency > 0) {
    const other = form === 'frequency' ? radioVelocity(axis.reference, axis.restFrequency) : axis.reference;
    header.add(
      'ALTRVAL',
      real(other),
      form === 'frequency' ? 'Velocity at the reference pixel (m/s)' : 'Frequency at the reference pixel (Hz)',
    );
    header.add('ALTRPIX', real(axis.referencePixel + 1));
  }
  const flag = SYSTEM_FLAGS[axis.system];
  if (flag !== undefined)
    header.add('VELREF', flag + (form === 'optical' ? 0 : 256), '1 LSR, 2 HEL, 3 OBS, +256 radio');
}

/** An ISO date with microseconds from MJD seconds UTC. */
export function isoDate(mjdSec: number): string {
  const wholeSec = Math.floor(mjdSec);
  const micro = Math.round((mjdSec - wholeSec) * 1e6);
  const [second, rest] = micro === 1_000_000 ? [wholeSec + 1, 0] : [wholeSec, micro];
  const date = new Date((second - 40_587 * 86_400) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(rest).padStart(6, '0')}`;
}

/** MJD seconds UTC from a FITS date; 0 when it is none. */
export function mjdSecOfDate(date: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d*)?))?/.exec(date.trim());
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
