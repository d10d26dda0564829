import { DEGREE, fail, SECONDS_PER_DAY, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import {
  apparentDirection,
  besselian,
  frameBias,
  geodeticOf,
  icrsToGalactic,
  julianFromBesselian,
  meanOfDate,
  mercuryPosition,
  moonPosition,
} from './erfa.ts';
import { ASTRONOMICAL_UNIT, EARTH_ROTATION, earthState, gcrsToItrs } from './frames.ts';
import { axisRotation, type Matrix3, multiply, rotate, transpose, vectorOf } from './matrix.ts';
import { instantOf } from './time-scales.ts';

/** Where and when a direction is seen; frames of the sky need neither. */
export interface Observer {
  /** UTC, s since MJD 0. */
  readonly mjdSec?: number;
  /** ITRF, m, [3] */
  readonly itrf?: ArrayLike<number>;
}

type Vector = Float64Array<ArrayBufferLike>;
interface Frame {
  /** To the frame from ICRS axes (barycentric directions). */
  from(icrs: Vector, observer: Observer): Vector;
  to(own: Vector, observer: Observer): Vector;
}

function timeOf({ mjdSec }: Observer): number {
  return mjdSec ?? fail('usage', 'A time is needed for this frame; give it with doframe(me.epoch(…)).');
}

function placeOf({ itrf }: Observer): ArrayLike<number> {
  return itrf ?? fail('usage', "A position is needed for this frame; give it with doframe(me.observatory('ALMA')).");
}

/** A frame that is turned against ICRS by one matrix. */
function turned(matrix: (observer: Observer) => Matrix3): Frame {
  return {
    from: (icrs, observer) => rotate(matrix(observer), icrs),
    to: (own, observer) => rotate(transpose(matrix(observer)), own),
  };
}

/** Direction as seen from the moving Earth, GCRS axes; with a place, from there. */
function seen(icrs: Vector, observer: Observer, isTopocentric: boolean): Vector {
  const mjdSec = timeOf(observer);
  const earth = earthState(mjdSec);
  let beta: ArrayLike<number> = earth.beta;
  if (isTopocentric) {
    const place = placeOf(observer);
    const spin = EARTH_ROTATION / SPEED_OF_LIGHT;
    const diurnal = rotate(transpose(gcrsToItrs(mjdSec)), [-place[1] * spin, place[0] * spin, 0]);
    beta = earth.beta.map((value, axis) => value + diurnal[axis]);
  }
  return apparentDirection(icrs, earth.helio, beta);
}

/** A frame of what is seen; the way back is found by turning the error of a guess round, which gains four digits a step. */
function apparent(isTopocentric: boolean, matrix: (observer: Observer) => Matrix3): Frame {
  const from = (icrs: Vector, observer: Observer) => rotate(matrix(observer), seen(icrs, observer, isTopocentric));
  return {
    from,
    to(own, observer) {
      const wanted = rotate(transpose(matrix(observer)), own);
      let guess: Vector = Float64Array.from(wanted);
      for (let step = 0; step < 4; step++) {
        const got = seen(guess, observer, isTopocentric);
        guess = unit(guess.map((value, axis) => value + wanted[axis] - got[axis]));
      }
      return guess;
    },
  };
}

function unit(vector: Vector): Vector {
  const length = Math.hypot(vector[0], vector[1], vector[2]);
  return vector.map((value) => value / length);
}

/** ITRS axes → north, east, up as (x to the north, y to the east) at a latitude that is geodetic or geocentric. */
function horizonMatrix(observer: Observer, isGeodetic: boolean): Matrix3 {
  const place = placeOf(observer);
  const longitude = Math.atan2(place[1], place[0]);
  const latitude = isGeodetic ? geodeticOf(place).latitude : Math.atan2(place[2], Math.hypot(place[0], place[1]));
  const north = vectorOf(longitude, latitude + Math.PI / 2);
  const up = vectorOf(longitude, latitude);
  const east = Float64Array.of(-Math.sin(longitude), Math.cos(longitude), 0);
  return multiply(Float64Array.of(...north, ...east, ...up), gcrsToItrs(timeOf(observer)));
}

/** ITRS axes → hour angle (to the west) and declination at the place's meridian. */
function hourMatrix(observer: Observer): Matrix3 {
  const place = placeOf(observer);
  const meridian = multiply(axisRotation(2, Math.atan2(place[1], place[0])), gcrsToItrs(timeOf(observer)));
  return Float64Array.from(meridian, (value, index) => (index >= 3 && index < 6 ? -value : value));
}

const J2000 = turned(() => frameBias());
const GALACTIC_OF_SUPERGALACTIC: readonly [pole: [number, number], zero: [number, number]] = [
  [47.37 * DEGREE, 6.32 * DEGREE],
  [137.37 * DEGREE, 0],
];

function galacticToSupergalactic(): Matrix3 {
  const [pole, zero] = GALACTIC_OF_SUPERGALACTIC.map(([l, b]) => vectorOf(l, b));
  const y = [
    pole[1] * zero[2] - pole[2] * zero[1],
    pole[2] * zero[0] - pole[0] * zero[2],
    pole[0] * zero[1] - pole[1] * zero[0],
  ];
  return Float64Array.of(...zero, ...y, ...pole);
}

/** Obliquity of the ecliptic of J2000, rad (IAU 1976). */
const OBLIQUITY = (84_381.448 / 3600) * DEGREE;

/** FK4 directions, of sources without proper motion in FK5, epoch of observation B1950. */
const B1950: Frame = {
  from: (icrs, observer) => vectorOf(...besselian(...anglesOf(J2000.from(icrs, observer)))),
  to: (own, observer) => J2000.to(vectorOf(...julianFromBesselian(...anglesOf(own))), observer),
};

const FRAMES: Readonly<Record<string, Frame>> = {
  ICRS: { from: (icrs) => icrs, to: (own) => own },
  J2000,
  JMEAN: turned((observer) => meanOfDate(instantOf(timeOf(observer)).tt)),
  JTRUE: turned((observer) => earthState(timeOf(observer)).toDate),
  APP: apparent(false, (observer) => earthState(timeOf(observer)).toDate),
  B1950,
  GALACTIC: turned(icrsToGalactic),
  SUPERGAL: turned(() => multiply(galacticToSupergalactic(), icrsToGalactic())),
  ECLIPTIC: turned(() => multiply(axisRotation(0, OBLIQUITY), frameBias())),
  AZEL: apparent(true, (observer) => horizonMatrix(observer, false)),
  AZELGEO: apparent(true, (observer) => horizonMatrix(observer, true)),
  HADEC: apparent(true, hourMatrix),
  ITRF: apparent(true, (observer) => gcrsToItrs(timeOf(observer))),
};

/** Names of the frames between which directions can be converted. */
export const directionFrames: readonly string[] = Object.keys(FRAMES);

function frameNamed(name: string): Frame {
  return (
    FRAMES[name] ??
    fail('unsupported', `Directions in ${name} are not available; there are ${directionFrames.join(', ')}.`)
  );
}

/** Longitude (-π…π) and latitude of a vector, rad. */
export function anglesOf(vector: ArrayLike<number>): [longitude: number, latitude: number] {
  return [Math.atan2(vector[1], vector[0]), Math.atan2(vector[2], Math.hypot(vector[0], vector[1]))];
}

/**
 * Converts a direction between frames.
 *
 * @param longitude, latitude rad
 * @param from, to names in `directionFrames`
 * @returns rad, longitude -π…π; frames of the sky within 1e-9 of CASA 6.7 (GALACTIC, ECLIPTIC, B1950 1e-7), those of the Earth within
 *   6e-6 (CASA's older precession and nutation)
 * @throws usage when a time or place is needed and not given; unsupported for other frames
 */
export function convertDirection(
  longitude: number,
  latitude: number,
  from: string,
  to: string,
  observer: Observer = {},
): [longitude: number, latitude: number] {
  const [source, target] = [frameNamed(from), frameNamed(to)];
  if (from === to) return [longitude, latitude];
  return anglesOf(target.from(source.to(vectorOf(longitude, latitude), observer), observer));
}

/** Angle between two directions of one frame, rad. */
export function separationOf(a: readonly [number, number], b: readonly [number, number]): number {
  const [one, other] = [vectorOf(...a), vectorOf(...b)];
  const cross = Math.hypot(
    one[1] * other[2] - one[2] * other[1],
    one[2] * other[0] - one[0] * other[2],
    one[0] * other[1] - one[1] * other[0],
  );
  return Math.atan2(cross, one[0] * other[0] + one[1] * other[1] + one[2] * other[2]);
}

/** Position angle of `b` seen from `a`, from north through east, rad. */
export function positionAngleOf(a: readonly [number, number], b: readonly [number, number]): number {
  const turn = b[0] - a[0];
  return Math.atan2(
    Math.sin(turn) * Math.cos(b[1]),
    Math.cos(a[1]) * Math.sin(b[1]) - Math.sin(a[1]) * Math.cos(b[1]) * Math.cos(turn),
  );
}

/** Where the Sun is seen from the Earth's centre, without aberration: a unit vector, ICRS axes. @param mjdSec UTC */
export function sunDirection(mjdSec: number): Float64Array {
  const { helio } = earthState(mjdSec);
  return Float64Array.from(unit(helio.map((value) => -value)));
}

/** Light takes so many days for an au. */
const LIGHT_DAYS = ASTRONOMICAL_UNIT / SPEED_OF_LIGHT / SECONDS_PER_DAY;

/**
 * Where the Moon is seen from the Earth's centre or from a place on it, without aberration: a unit vector, ICRS axes. Its
 * light left where the Earth and the Moon were 1.3 s before.
 *
 * @param mjdSec UTC
 * @param itrf m, [3]; from there it is up to a degree elsewhere
 */
export function moonDirection(mjdSec: number, itrf?: ArrayLike<number>): Float64Array {
  const { tt } = instantOf(mjdSec);
  const { beta } = earthState(mjdSec);
  const distance = Math.hypot(...moonPosition(tt));
  const then = moonPosition([tt[0], tt[1] - distance * LIGHT_DAYS]);
  const place = itrf ? rotate(transpose(gcrsToItrs(mjdSec)), Float64Array.from(itrf)) : new Float64Array(3);
  return Float64Array.from(
    unit(then.map((value, axis) => value - beta[axis] * distance - place[axis] / ASTRONOMICAL_UNIT)),
  );
}

/** Where Mercury is seen from the Earth's centre, without aberration: a unit vector, ICRS axes. @param mjdSec UTC */
export function mercuryDirection(mjdSec: number): Float64Array {
  const { tt } = instantOf(mjdSec);
  const { helio } = earthState(mjdSec);
  let delay = 0;
  let seen = helio;
  for (let pass = 0; pass < 3; pass++) {
    seen = mercuryPosition([tt[0], tt[1] - delay]).map((value, axis) => value - helio[axis]);
    delay = Math.hypot(...seen) * LIGHT_DAYS;
  }
  return Float64Array.from(unit(seen));
}
