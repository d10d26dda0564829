import { fail } from '../../foundation/base/index.ts';

type ErfaExports = Record<string, (...args: number[]) => number>;

interface Installed {
  readonly exports: ErfaExports;
  readonly memory: WebAssembly.Memory;
  /** Scratch area of {@link SLOTS} doubles. */
  readonly base: number;
}

const SLOTS = 64;
let installed: Installed | undefined;

/**
 * Starts ERFA in this thread; entry points call it once with the bytes of `data/erfa.wasm`.
 *
 * @throws bad-format when the bytes are not that module
 */
export function installErfa(wasm: Uint8Array): void {
  if (installed) return;
  try {
    const module = new WebAssembly.Module(wasm as unknown as BufferSource);
    const exports = new WebAssembly.Instance(module, {}).exports;
    const functions = exports as unknown as ErfaExports;
    functions._initialize();
    installed = { exports: functions, memory: exports.memory as WebAssembly.Memory, base: functions.malloc(SLOTS * 8) };
  } catch (error) {
    fail('bad-format', 'The ERFA module cannot be started; data/erfa.wasm is damaged.', { file: 'erfa.wasm' }, error);
  }
}

function current(): Installed {
  return installed ?? fail('internal', 'ERFA is not installed in this thread; the entry point must call installErfa.');
}

/** Byte address of scratch slot `index`. */
const at = (index: number) => current().base + index * 8;
/** Scratch as doubles; made anew because the memory may have grown. */
const slots = () => new Float64Array(current().memory.buffer, current().base, SLOTS);
const call = (name: string, ...args: number[]) => current().exports[name](...args);

/** A date as ERFA wants it: two parts whose sum is a Julian date. */
export type JulianDate = readonly [whole: number, part: number];

/** Rotation GCRS → true equator and equinox of date, [3, 3] row-major, IAU 2006/2000A (ERFA eraPnm06a). */
export function precessionNutation(tt: JulianDate): Float64Array {
  call('eraPnm06a', tt[0], tt[1], at(0));
  return slots().slice(0, 9);
}

/** Greenwich apparent sidereal time, rad, IAU 2006/2000A (ERFA eraGst06a). */
export function greenwichSiderealTime(ut1: JulianDate, tt: JulianDate): number {
  return call('eraGst06a', ut1[0], ut1[1], tt[0], tt[1]);
}

/** Rotation GCRS → ITRS, [3, 3] row-major, IAU 2006/2000A (ERFA eraC2t06a). @param xp, yp polar motion, rad */
export function celestialToTerrestrial(tt: JulianDate, ut1: JulianDate, xp: number, yp: number): Float64Array {
  call('eraC2t06a', tt[0], tt[1], ut1[0], ut1[1], xp, yp, at(0));
  return slots().slice(0, 9);
}

/** The Earth: heliocentric and barycentric position (au), barycentric velocity (au/day), GCRS axes (ERFA eraEpv00). */
export function earthMotion(tt: JulianDate): { helio: Float64Array; bary: Float64Array; velocity: Float64Array } {
  call('eraEpv00', tt[0], tt[1], at(0), at(6));
  const values = slots();
  return { helio: values.slice(0, 3), bary: values.slice(6, 9), velocity: values.slice(9, 12) };
}

/** The Moon from the Earth's centre, au, GCRS axes, within 10 arcsec (ERFA eraMoon98, after Meeus 1998). */
export function moonPosition(tt: JulianDate): Float64Array {
  call('eraMoon98', tt[0], tt[1], at(0));
  return slots().slice(0, 3);
}

/** Mercury from the Sun, au, J2000, within 6 arcsec (ERFA eraPlan94, after Simon et al. 1994, A&A 282, 663). */
export function mercuryPosition(tt: JulianDate): Float64Array {
  call('eraPlan94', tt[0], tt[1], 1, at(0));
  return slots().slice(0, 3);
}

/**
 * Direction as deflected by the Sun and aberrated (ERFA eraLdsun, eraAb).
 *
 * @param direction unit vector, GCRS axes, [3]
 * @param helio the Earth from the Sun, au, [3]
 * @param beta velocity of the observer over c, [3]
 */
export function apparentDirection(
  direction: ArrayLike<number>,
  helio: Float64Array,
  beta: ArrayLike<number>,
): Float64Array {
  const distance = Math.hypot(helio[0], helio[1], helio[2]);
  const speed2 = beta[0] ** 2 + beta[1] ** 2 + beta[2] ** 2;
  const values = slots();
  for (let axis = 0; axis < 3; axis++) {
    values[axis] = direction[axis];
    values[3 + axis] = helio[axis] / distance;
    values[6 + axis] = beta[axis];
  }
  call('eraLdsun', at(0), at(3), distance, at(9));
  call('eraAb', at(9), at(6), distance, Math.sqrt(1 - speed2), at(12));
  return slots().slice(12, 15);
}

/** Geodetic WGS84 longitude (rad, east), latitude (rad) and height (m) of an ITRF position (m) (ERFA eraGc2gd). */
export function geodeticOf(itrf: ArrayLike<number>): { longitude: number; latitude: number; height: number } {
  slots().set([itrf[0], itrf[1], itrf[2]]);
  if (call('eraGc2gd', 1, at(0), at(3), at(4), at(5)) !== 0)
    fail('bad-data', 'A position cannot be turned into longitude and latitude.');
  const values = slots();
  return { longitude: values[3], latitude: values[4], height: values[5] };
}

/** ITRF position (m) of geodetic WGS84 longitude, latitude (rad) and height (m) (ERFA eraGd2gc). */
export function itrfOf(longitude: number, latitude: number, height: number): Float64Array {
  if (call('eraGd2gc', 1, longitude, latitude, height, at(0)) !== 0)
    fail('bad-data', 'A longitude and latitude cannot be turned into a position.');
  return slots().slice(0, 3);
}

/** TAI of a UTC date; across leap seconds as ERFA's quasi-JD (ERFA eraUtctai). */
export function taiOfUtc(utc: JulianDate): JulianDate {
  call('eraUtctai', utc[0], utc[1], at(0), at(1));
  const values = slots();
  return [values[0], values[1]];
}

/** Version of the ERFA library inside, e.g. '2.0.1'. */
export function erfaVersion(): string {
  const { memory } = current();
  const bytes = new Uint8Array(memory.buffer, call('eraVersion'));
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}

/** Rotation from ICRS axes to the mean equator and equinox of J2000 (ERFA eraBp00). */
export function frameBias(): Float64Array {
  call('eraBp00', 2_451_545, 0, at(0), at(9), at(18));
  return slots().slice(0, 9);
}

/** Rotation from ICRS axes to the mean equator and equinox of date, IAU 2006 (ERFA eraPmat06). */
export function meanOfDate(tt: JulianDate): Float64Array {
  call('eraPmat06', tt[0], tt[1], at(0));
  return slots().slice(0, 9);
}

/** Rotation from ICRS axes to galactic ones (ERFA eraIcrs2g, applied to the three axes). */
export function icrsToGalactic(): Float64Array {
  const matrix = new Float64Array(9);
  for (const [axis, [ra, dec]] of [
    [0, 0],
    [Math.PI / 2, 0],
    [0, Math.PI / 2],
  ].entries()) {
    call('eraIcrs2g', ra, dec, at(0), at(1));
    const [l, b] = slots();
    matrix[axis] = Math.cos(b) * Math.cos(l);
    matrix[3 + axis] = Math.cos(b) * Math.sin(l);
    matrix[6 + axis] = Math.sin(b);
  }
  return matrix;
}

/** FK5 J2000 direction as FK4 B1950, epoch B1950, no proper motion in FK5 (ERFA eraFk54z). rad */
export function besselian(ra: number, dec: number): [number, number] {
  call('eraFk54z', ra, dec, 1950, at(0), at(1), at(2), at(3));
  const values = slots();
  return [values[0], values[1]];
}

/** FK4 B1950 direction as FK5 J2000 (ERFA eraFk45z). rad */
export function julianFromBesselian(ra: number, dec: number): [number, number] {
  call('eraFk45z', ra, dec, 1950, at(0), at(1));
  const values = slots();
  return [values[0], values[1]];
}

/** UTC of a TAI date (ERFA eraTaiutc). */
export function utcOfTai(tai: JulianDate): JulianDate {
  call('eraTaiutc', tai[0], tai[1], at(0), at(1));
  const values = slots();
  return [values[0], values[1]];
}

/** TDB less TT at the geocentre, s (ERFA eraDtdb). @param ut fraction of a day of UT1 */
export function tdbMinusTt(tt: JulianDate, ut: number): number {
  return call('eraDtdb', tt[0], tt[1], ut, 0, 0, 0);
}

/** Greenwich mean sidereal time, rad, IAU 2006 (ERFA eraGmst06). */
export function greenwichMeanSiderealTime(ut1: JulianDate, tt: JulianDate): number {
  return call('eraGmst06', ut1[0], ut1[1], tt[0], tt[1]);
}
