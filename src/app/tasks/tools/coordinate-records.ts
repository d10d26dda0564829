import { fail, SECONDS_PER_DAY } from '../../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  readCoordinates,
  telescopePlace,
  writeCoordinates,
} from '../../../pipeline/images/index.ts';
import { keywordValue, recordReply } from '../table-values.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';

/** casacore's record of coordinates, as cs.torecord() gives it. */
export function coordinatesRecord(coordinates: CoordinateSystem): EngineValue {
  const written = writeCoordinates(coordinates);
  return written.type === 'Record' ? recordReply(written.record) : null;
}

/** Coordinates from such a record; undefined for none. @throws usage when it is something else */
export function coordinatesFrom(given: TaskValue, name: string): CoordinateSystem | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return fail('usage', `${name} is what cs.torecord() gives: ia.coordsys().torecord().`);
  if (Object.keys(given).length === 0) return undefined;
  if (!Object.keys(given).some((key) => /^(direction|spectral|stokes|linear)\d+$/.test(key)))
    fail('usage', `${name} holds no coordinate; it is what cs.torecord() gives.`);
  const value = keywordValue(given);
  return value.type === 'Record' ? readCoordinates(value.record) : undefined;
}

const ARCMIN = Math.PI / 10_800;

/** Which coordinates casacore puts on the axes after the sky: Stokes where it fits, then frequency, then axes without meaning. */
function restOf(shape: readonly number[]): Pick<CoordinateSystem, 'stokes' | 'spectral' | 'linear'> {
  let stokes: CoordinateSystem['stokes'];
  let spectral: CoordinateSystem['spectral'];
  const linear: CoordinateSystem['linear'][number][] = [];
  shape.forEach((length, axis) => {
    if (axis < 2) return;
    if (!stokes && length <= 4) stokes = { stokes: ['I', 'Q', 'U', 'V'].slice(0, length), pixelAxis: axis };
    else if (!spectral) spectral = { ...DEFAULT_SPECTRAL, referencePixel: Math.floor(length / 2), pixelAxis: axis };
    else
      linear.push({
        name: `Axis${axis + 1}`,
        unit: 'km',
        reference: 0,
        increment: 1,
        referencePixel: 0,
        pixelAxis: axis,
      });
  });
  return { stokes, spectral, linear };
}

/** casacore's spectral axis for want of another: the line of hydrogen is near. */
export const DEFAULT_SPECTRAL = {
  system: 'LSRK',
  reference: 1.415e9,
  increment: 1000,
  referencePixel: 0,
  restFrequency: 1.420405752e9,
};

/**
 * The coordinates that CASA gives an image for which none are told: the sky at right ascension and declination 0 in the
 * middle, an arcminute a pixel, then Stokes, then frequency.
 *
 * @param shape the first axis of the sky first
 */
export function defaultCoordinates(shape: readonly number[]): CoordinateSystem {
  return {
    direction: {
      projection: 'SIN',
      parameters: [0, 0],
      system: 'J2000',
      reference: { lon: 0, lat: 0 },
      increment: [-ARCMIN, ARCMIN],
      referencePixel: [Math.floor(shape[0] / 2), Math.floor(shape[1] / 2)],
      pc: [1, 0, 0, 1],
      longPole: 180,
      latPole: 0,
      pixelAxes: [0, 1],
    },
    ...restOf(shape),
    telescope: 'ALMA',
    telescopePosition: telescopePlace('ALMA'),
    observer: 'Karl Jansky',
    observedMjdSec: 51_544 * SECONDS_PER_DAY,
  };
}
