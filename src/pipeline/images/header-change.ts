import { parseAngle } from '../../astronomy/measures/index.ts';
import { DEGREE, fail, parseQuantity } from '../../foundation/base/index.ts';
import type { Beam } from './beams.ts';
import { type AxisProperty, type CoordinateSystem, withAxisValue } from './coordinates.ts';
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

const AXIS_PROPERTIES: Readonly<Record<string, AxisProperty>> = {
  crval: 'reference',
  cdelt: 'increment',
  crpix: 'referencePixel',
};

/** Unit in which a number of an axis is kept. */
function unitOf({ direction, spectral }: CoordinateSystem, axis: number, property: AxisProperty): string {
  if (property === 'referencePixel') return '';
  if (direction?.pixelAxes.includes(axis)) return 'rad';
  return spectral?.pixelAxis === axis ? 'Hz' : '';
}

/** Entries that are part of the coordinates; undefined for other keys. */
function changedCoordinates(image: Image, key: string, value: HeaderValue): CoordinateSystem | undefined {
  const { coordinates } = image;
  const { direction, spectral } = coordinates;
  const [, name, number] = /^(crval|cdelt|crpix)(\d+)$/.exec(key) ?? [];
  if (name) {
    const [axis, property] = [Number(number) - 1, AXIS_PROPERTIES[name]];
    return withAxisValue(coordinates, axis, property, numberIn(value, unitOf(coordinates, axis, property)));
  }
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
