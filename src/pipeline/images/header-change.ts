import { parseAngle } from '../../astronomy/measures/index.ts';
import { DEGREE, fail, parseQuantity } from '../../foundation/base/index.ts';
import type { Beam } from './beams.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { mjdSecOfDate } from './fits-header.ts';
import type { Image } from './image.ts';
import { text } from './records.ts';

/** A value for an entry of the header: a text, a number in CASA's unit of the entry, or a quantity. */
export type HeaderValue = string | number | { readonly unit: string; readonly value: number };

/** Other names of the beam's entries. */
export const BEAM_NAMES: Readonly<Record<string, string>> = { bmaj: 'beammajor', bmin: 'beamminor', bpa: 'beampa' };

const BEAM_PARTS: Readonly<Record<string, keyof Beam>> = {
  beammajor: 'major',
  beamminor: 'minor',
  beampa: 'positionAngle',
};

const ARCSEC = DEGREE / 3600;

/** @returns the number in `unit` ('rad', 'Hz' …); numbers and plain numerals are in it already */
function numberIn(value: HeaderValue, unit: string): number {
  if (typeof value === 'number') return value;
  if (unit === 'rad') return parseAngle(typeof value === 'string' ? value : `${value.value}${value.unit}`);
  const given = typeof value === 'string' ? value : `${value.value}${value.unit}`;
  const plain = Number(given);
  if (given.trim() !== '' && Number.isFinite(plain)) return plain;
  if (unit === 'Hz') return parseQuantity(given, 'frequency');
  return fail('usage', `"${given}" is not a number.`);
}

function putBeam(image: Image, key: string, value: HeaderValue): void {
  const { beams } = image.info;
  if (beams.length !== 1)
    fail(
      'unsupported',
      `${key} is set for an image with one beam; this has ${beams.length}. Use ia.setrestoringbeam.`,
      {
        file: image.path,
      },
    );
  const angle = typeof value === 'number' ? value * (key === 'beampa' ? DEGREE : ARCSEC) : numberIn(value, 'rad');
  const beam = { ...beams[0], [BEAM_PARTS[key]]: angle / (key === 'beampa' ? DEGREE : ARCSEC) };
  if (!(beam.minor > 0 && beam.major >= beam.minor))
    fail('usage', `A beam of ${beam.major} by ${beam.minor} arcsec is none; major is the larger one.`);
  image.setInfo({ ...image.info, beams: [beam] });
}

type AxisProperty = 'reference' | 'increment' | 'referencePixel';
const AXIS_PROPERTIES: Readonly<Record<string, AxisProperty>> = {
  crval: 'reference',
  cdelt: 'increment',
  crpix: 'referencePixel',
};

/** The coordinates with one number of an axis (from 0) set to another value. */
function withAxisValue(
  coordinates: CoordinateSystem,
  axis: number,
  property: AxisProperty,
  value: HeaderValue,
): CoordinateSystem {
  const { direction, spectral, linear } = coordinates;
  const inUnit = (unit: string) => numberIn(value, property === 'referencePixel' ? '' : unit);
  const place = direction?.pixelAxes.indexOf(axis) ?? -1;
  if (direction && place >= 0) {
    const number = inUnit('rad');
    if (property !== 'reference') {
      const pair = direction[property];
      return {
        ...coordinates,
        direction: { ...direction, [property]: place === 0 ? [number, pair[1]] : [pair[0], number] },
      };
    }
    const reference = { ...direction.reference, [place === 0 ? 'lon' : 'lat']: number };
    const latPole = place === 0 ? direction.latPole : number / DEGREE;
    return { ...coordinates, direction: { ...direction, reference, latPole } };
  }
  if (spectral?.pixelAxis === axis && !spectral.frequencies)
    return { ...coordinates, spectral: { ...spectral, [property]: inUnit('Hz') } };
  const own = linear.find(({ pixelAxis }) => pixelAxis === axis);
  if (!own) return fail('unsupported', `Axis ${axis + 1} of this image cannot be changed; use ia.coordsys.`);
  const changed = linear.map((one) => (one === own ? { ...one, [property]: inUnit('') } : one));
  return { ...coordinates, linear: changed };
}

/** Entries that are part of the coordinates; undefined for other keys. */
function changedCoordinates(image: Image, key: string, value: HeaderValue): CoordinateSystem | undefined {
  const { coordinates } = image;
  const { direction, spectral } = coordinates;
  const [, name, number] = /^(crval|cdelt|crpix)(\d+)$/.exec(key) ?? [];
  if (name) return withAxisValue(coordinates, Number(number) - 1, AXIS_PROPERTIES[name], value);
  const word = String(value);
  if (key === 'telescope' || key === 'observer') return { ...coordinates, [key]: word };
  if (key === 'date-obs' || key === 'epoch') {
    const observedMjdSec = mjdSecOfDate(word.replace(/^(\d{4})\/(\d\d)\/(\d\d)\/?/, '$1-$2-$3T').replace(/T$/, ''));
    if (observedMjdSec === 0) fail('usage', `"${word}" is not a date such as 2014/07/20/01:15:41.`);
    return { ...coordinates, observedMjdSec };
  }
  if (key === 'restfreq' && spectral)
    return { ...coordinates, spectral: { ...spectral, restFrequency: numberIn(value, 'Hz') } };
  if (key === 'reffreqtype' && spectral) return { ...coordinates, spectral: { ...spectral, system: word } };
  if (key === 'equinox' && direction) return { ...coordinates, direction: { ...direction, system: word } };
  return undefined;
}

/** Entries that follow from others. */
const FIXED = /^(shape|masks|data(min|max)|(min|max)(pix)?pos|perplanebeams|projection|(ctype|cunit)\d+)$/;

/**
 * Sets an entry of the header; names that CASA does not know are kept as the image's own.
 *
 * @param isNew the entry must not be there yet
 * @throws usage for values that do not fit, unsupported for entries that follow from others, exists
 */
export function putEntry(image: Image, name: string, value: HeaderValue, isNew: boolean): void {
  const key = BEAM_NAMES[name] ?? name;
  if (FIXED.test(key)) fail('unsupported', `imhead cannot set ${key}.`, { file: image.path });
  if (isNew && image.miscInfo.has(key)) fail('exists', `The entry ${key} is there already; use mode="put".`);
  if (key in BEAM_PARTS) putBeam(image, key, value);
  else if (key === 'object') image.setInfo({ ...image.info, objectName: String(value) });
  else if (key === 'imtype') image.setInfo({ ...image.info, imageType: String(value) });
  else if (key === 'bunit') image.setUnit(String(value));
  else {
    const coordinates = changedCoordinates(image, key, value);
    const own = typeof value === 'number' ? ({ type: 'Double', value } as const) : text(String(value));
    if (coordinates) image.setCoordinates(coordinates);
    else image.setMiscInfo(new Map([...image.miscInfo, [key, own]]));
  }
}

/** @throws missing for an entry that is not the image's own */
export function deleteEntry(image: Image, key: string): void {
  if (key === 'object') image.setInfo({ ...image.info, objectName: '' });
  else if (key === 'bunit') image.setUnit('');
  else if (key === 'beam' || key in BEAM_NAMES || key in BEAM_PARTS) image.setInfo({ ...image.info, beams: [] });
  else if (image.miscInfo.has(key)) image.setMiscInfo(new Map([...image.miscInfo].filter(([name]) => name !== key)));
  else
    fail('missing', `imhead cannot delete ${key}; it deletes entries that were added, object, bunit and the beam.`, {
      file: image.path,
    });
}
