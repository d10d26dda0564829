import { type Context, DEGREE, fail, isQa2Error } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { Beam } from './beams.ts';
import { stokesCode } from './coordinate-record.ts';
import { fitsAxes, isoDate } from './fits-header.ts';
import { BEAM_NAMES, deleteEntry, type HeaderValue, putEntry } from './header-change.ts';
import { type Image, openImage } from './image.ts';
import { type ImageStatistics, imstat } from './statistics.ts';

/** Parameters of CASA's imhead. */
export interface ImheadOptions {
  readonly imagename: string;
  /** 'summary' (default), 'list' (all entries), 'get' (one), 'put', 'add', 'del' (one) or 'history' (to the log). */
  readonly mode?: string;
  readonly hdkey?: string;
  readonly hdvalue?: HeaderValue;
}

interface QuantityEntry {
  readonly unit: string;
  readonly value: number;
}

/** One entry of an image header. */
export type HeaderEntry =
  | string
  | number
  | readonly number[]
  | readonly string[]
  | QuantityEntry
  | ReturnType<typeof listedBeams>;

interface BeamEntry {
  readonly major: QuantityEntry;
  readonly minor: QuantityEntry;
  readonly positionangle: QuantityEntry;
}

/** Beams by '*channel' and '*Stokes'. */
interface PlaneBeams {
  readonly beams: Readonly<Record<string, Readonly<Record<string, BeamEntry>>>>;
  readonly nChannels: number;
  readonly nStokes: number;
}

/** A beam with the units of its numbers. */
export function beamEntry({ major, minor, positionAngle }: Beam): BeamEntry {
  return {
    major: { unit: 'arcsec', value: major },
    minor: { unit: 'arcsec', value: minor },
    positionangle: { unit: 'deg', value: positionAngle },
  };
}

/** One beam a plane, by channel and Stokes. */
export function planeBeams(image: Image): PlaneBeams {
  const { chanCount, stokesCount } = image;
  const beams = Object.fromEntries(
    Array.from({ length: chanCount }, (_, chan) => [
      `*${chan}`,
      Object.fromEntries(
        Array.from({ length: stokesCount }, (__, pol) => [
          `*${pol}`,
          beamEntry(image.info.beams[chan * stokesCount + pol]),
        ]),
      ),
    ]),
  );
  return { beams, nChannels: chanCount, nStokes: stokesCount };
}

/** As CASA lists them: planes numbered with the channel fastest, with the beam of median area. */
function listedBeams({ chanCount, stokesCount, info }: Image): Readonly<Record<string, unknown>> {
  const listed = Object.fromEntries(
    info.beams.map((_, at) => {
      const beam = info.beams[(at % chanCount) * stokesCount + Math.floor(at / chanCount)];
      return [`*${at}`, beamEntry(beam)];
    }),
  );
  const byArea = info.beams.toSorted((one, other) => one.major * one.minor - other.major * other.minor);
  return {
    ...listed,
    'median area beam': beamEntry(byArea[byArea.length >> 1]),
    nChannels: chanCount,
    nStokes: stokesCount,
  };
}

/** An axis as CASA lists it: angles in rad, pixels from 0. */
function axisEntries(image: Image): { name: string; unit: string; value: number; increment: number; pixel: number }[] {
  const { coordinates } = image;
  const sky = new Set(coordinates.direction?.pixelAxes);
  return fitsAxes(coordinates, image.shape.length, 'frequency').map((axis, k) => {
    const factor = sky.has(k) ? DEGREE : 1;
    const first = axis.type === 'STOKES' ? coordinates.stokes?.stokes[0] : undefined;
    return {
      name: axisName(axis.type),
      unit: sky.has(k) ? 'rad' : axis.unit,
      // CASA lists its own numbers of Stokes parameters, not those of FITS
      value: first === undefined ? axis.reference * factor : stokesCode(first),
      // whatever the codes are, as in CASA the step is 1
      increment: axis.type === 'STOKES' ? 1 : axis.increment * factor,
      pixel: axis.referencePixel - 1,
    };
  });
}

/** Values under the names that imhead lists (fits-like, lower case). */
function listEntries(image: Image): Record<string, HeaderEntry> {
  const { coordinates, info } = image;
  const entries: Record<string, HeaderEntry> = {
    shape: image.shape.toReversed(),
    bunit: image.unit,
    imtype: info.imageType,
    masks: image.maskNames,
    object: info.objectName,
    telescope: coordinates.telescope,
    observer: coordinates.observer,
  };
  if (coordinates.observedMjdSec > 0)
    entries['date-obs'] = isoDate(coordinates.observedMjdSec).replaceAll('-', '/').replace('T', '/');
  if (coordinates.direction) entries.equinox = coordinates.direction.system;
  if (coordinates.direction) entries.projection = coordinates.direction.projection;
  if (coordinates.spectral) {
    entries.restfreq = [coordinates.spectral.restFrequency];
    entries.reffreqtype = coordinates.spectral.system;
  }
  axisEntries(image).forEach((axis, k) => {
    entries[`ctype${k + 1}`] = axis.name;
    entries[`crval${k + 1}`] = axis.value;
    entries[`cdelt${k + 1}`] = axis.increment;
    entries[`crpix${k + 1}`] = axis.pixel;
    entries[`cunit${k + 1}`] = axis.unit;
  });
  if (info.beams.length === 1) {
    const { major, minor, positionangle } = beamEntry(info.beams[0]);
    Object.assign(entries, { beammajor: major, beamminor: minor, beampa: positionangle });
  } else if (info.beams.length > 1) entries.perplanebeams = listedBeams(image);
  return entries;
}

/** The least and largest pixel and where they are; nothing for an image without good pixels. */
function extremes(context: Context, image: Image): Record<string, HeaderEntry> {
  let found: ImageStatistics;
  try {
    found = imstat(context, { imagename: image.path });
  } catch (error) {
    if (isQa2Error(error, 'bad-data')) return {};
    throw error;
  }
  const { minpos, maxpos, minposf, maxposf } = found;
  if (!minpos || !maxpos) return {};
  const text = (position = '') => position.replaceAll(',', '');
  return {
    datamin: found.min[0],
    datamax: found.max[0],
    minpixpos: minpos,
    maxpixpos: maxpos,
    minpos: text(minposf),
    maxpos: text(maxposf),
  };
}

const EXTREMES = new Set(['datamin', 'datamax', 'minpixpos', 'maxpixpos', 'minpos', 'maxpos']);

/** What mode 'get' answers: as listed, but numbers of axes with their units. */
function getEntry(context: Context, image: Image, key: string): HeaderEntry {
  const name = BEAM_NAMES[key] ?? key;
  if (name.startsWith('beam') && image.info.beams.length > 1)
    fail('usage', 'This image has multiple beams; imhead(mode="summary") has them all as perplanebeams.', {
      file: image.path,
    });
  const { spectral, stokes } = image.coordinates;
  if (name === 'restfreq' && spectral) return { unit: 'Hz', value: spectral.restFrequency };
  const [, property, number] = /^(crval|cdelt)(\d+)$/.exec(name) ?? [];
  const axis = property ? axisEntries(image)[Number(number) - 1] : undefined;
  if (axis?.name === 'Stokes' && property === 'crval') return [...(stokes?.stokes ?? [])];
  if (axis) return { unit: axis.unit, value: property === 'crval' ? axis.value : axis.increment };
  const own = image.miscInfo.get(name);
  const entries = EXTREMES.has(name) ? extremes(context, image) : listEntries(image);
  delete entries.perplanebeams;
  return (
    entries[name] ??
    (own && 'value' in own ? (own.value as string | number) : undefined) ??
    fail('missing', `Unknown keyword ${key}; imhead(mode="list") shows all that the image has.`, { file: image.path })
  );
}

function axisName(type: string): string {
  if (type.startsWith('RA')) return 'Right Ascension';
  if (type.startsWith('DEC')) return 'Declination';
  if (/^.(LON|LAT)-/.test(type)) return type.startsWith('LON', 1) ? 'Longitude' : 'Latitude';
  if (type === 'FREQ') return 'Frequency';
  return type === 'STOKES' ? 'Stokes' : type;
}

function summaryOf(image: Image): Record<string, unknown> {
  const { info } = image;
  const axes = axisEntries(image);
  return {
    axisnames: axes.map(({ name }) => name),
    axisunits: axes.map(({ unit }) => unit),
    defaultmask: image.maskName,
    hasmask: image.hasMask,
    imagetype: info.imageType,
    incr: axes.map(({ increment }) => increment),
    masks: image.maskNames,
    messages: [],
    ndim: image.shape.length,
    refpix: axes.map(({ pixel }) => pixel),
    refval: axes.map(({ value }) => value),
    ...(info.beams.length === 1 ? { restoringbeam: beamEntry(info.beams[0]) } : {}),
    ...(info.beams.length > 1 ? { perplanebeams: planeBeams(image) } : {}),
    shape: image.shape.toReversed(),
    unit: image.unit,
  };
}

const CHANGES = new Set(['put', 'add', 'del']);

/**
 * Lists or changes an image's header, as CASA's imhead.
 *
 * @returns a dictionary for 'summary' and 'list', the value for 'get'
 * @throws missing for an unknown key, unsupported for keys that cannot be changed
 */
export function imhead(context: Context, options: ImheadOptions): Record<string, unknown> | HeaderEntry | undefined {
  const mode = options.mode ?? 'summary';
  const image = openImage(joinPath(context.cwd, options.imagename), CHANGES.has(mode) ? 'update' : 'read');
  try {
    const key = (options.hdkey ?? '').toLowerCase();
    if (CHANGES.has(mode) || mode === 'get')
      if (key === '') fail('usage', `imhead(mode="${mode}") needs hdkey, the name of an entry.`);
    if (mode === 'put' || mode === 'add') putEntry(image, key, options.hdvalue ?? '', mode === 'add');
    else if (mode === 'del') deleteEntry(image, key);
    else if (mode === 'get') return getEntry(context, image, key);
    else if (mode === 'summary') return summaryOf(image);
    else if (mode === 'history') for (const line of image.history()) context.log.post(line, 'INFO', 'imhead');
    else if (mode === 'list') {
      const entries = { ...listEntries(image), ...extremes(context, image) };
      for (const [name, value] of Object.entries(entries))
        context.log.post(`${name}: ${JSON.stringify(value)}`, 'INFO', 'imhead');
      return entries;
    } else fail('usage', `imhead has no mode "${mode}"; there are summary, list, get, put, add, del and history.`);
    return undefined;
  } finally {
    image.close();
  }
}
