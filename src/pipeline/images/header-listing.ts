import { type Context, DEGREE, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { fitsAxes, isoDate } from './fits-header.ts';
import { type Image, openImage } from './image.ts';

/** Parameters of CASA's imhead. */
export interface ImheadOptions {
  readonly imagename: string;
  /** 'summary' (default), 'list' (all entries), 'get' (one), 'put' (object and bunit only). */
  readonly mode?: string;
  readonly hdkey?: string;
  readonly hdvalue?: string;
}

/** One entry of an image header. */
export type HeaderEntry = string | number | readonly number[] | readonly string[];

/** Values under the names that imhead lists (fits-like, lower case). */
function listEntries(image: Image): Record<string, HeaderEntry> {
  const { coordinates, info } = image;
  const entries: Record<string, HeaderEntry> = {
    shape: image.shape.toReversed(),
    bunit: image.unit,
    imtype: info.imageType,
    object: info.objectName,
    telescope: coordinates.telescope,
    observer: coordinates.observer,
  };
  if (coordinates.observedMjdSec > 0) entries['date-obs'] = isoDate(coordinates.observedMjdSec);
  if (coordinates.direction) entries.equinox = coordinates.direction.system;
  if (coordinates.direction) entries.projection = coordinates.direction.projection;
  if (coordinates.spectral) {
    entries.restfreq = [coordinates.spectral.restFrequency];
    entries.reffreqtype = coordinates.spectral.system;
  }
  const sky = new Set(coordinates.direction?.pixelAxes);
  fitsAxes(coordinates, image.shape.length, 'frequency').forEach((axis, k) => {
    // CASA lists angles in rad and pixels from 0.
    const factor = sky.has(k) ? DEGREE : 1;
    entries[`ctype${k + 1}`] = axisName(axis.type);
    entries[`crval${k + 1}`] =
      axis.type === 'STOKES' ? [...(coordinates.stokes?.stokes ?? [])] : axis.reference * factor;
    entries[`cdelt${k + 1}`] = axis.increment * factor;
    entries[`crpix${k + 1}`] = axis.referencePixel - 1;
    entries[`cunit${k + 1}`] = sky.has(k) ? 'rad' : axis.unit;
  });
  if (info.beams.length === 1) {
    entries.beammajor = info.beams[0].major;
    entries.beamminor = info.beams[0].minor;
    entries.beampa = info.beams[0].positionAngle;
  } else if (info.beams.length > 1) entries.perplanebeams = info.beams.length;
  return entries;
}

function axisName(type: string): string {
  if (type.startsWith('RA')) return 'Right Ascension';
  if (type.startsWith('DEC')) return 'Declination';
  if (type === 'FREQ') return 'Frequency';
  return type === 'STOKES' ? 'Stokes' : type;
}

function summaryOf(image: Image): Record<string, unknown> {
  const { coordinates, info } = image;
  const axes = fitsAxes(coordinates, image.shape.length, 'frequency');
  const sky = new Set(coordinates.direction?.pixelAxes);
  const factor = (k: number) => (sky.has(k) ? DEGREE : 1);
  const beam = (k: number) => ({
    major: { unit: 'arcsec', value: info.beams[k].major },
    minor: { unit: 'arcsec', value: info.beams[k].minor },
    positionangle: { unit: 'deg', value: info.beams[k].positionAngle },
  });
  const planes = Object.fromEntries(
    Array.from({ length: image.chanCount }, (_, chan) => [
      `*${chan}`,
      Object.fromEntries(
        Array.from({ length: image.stokesCount }, (__, pol) => [
          `*${pol}`,
          info.beams.length > 1 ? beam(chan * image.stokesCount + pol) : {},
        ]),
      ),
    ]),
  );
  return {
    axisnames: axes.map((axis) => axisName(axis.type)),
    axisunits: axes.map((axis, k) => (sky.has(k) ? 'rad' : axis.unit)),
    defaultmask: image.hasMask ? 'mask0' : '',
    hasmask: image.hasMask,
    imagetype: info.imageType,
    incr: axes.map((axis, k) => axis.increment * factor(k)),
    masks: image.hasMask ? ['mask0'] : [],
    messages: image.history(),
    ndim: image.shape.length,
    refpix: axes.map((axis) => axis.referencePixel - 1),
    refval: axes.map((axis, k) => axis.reference * factor(k)),
    ...(info.beams.length === 1 ? { restoringbeam: beam(0) } : {}),
    ...(info.beams.length > 1
      ? { perplanebeams: { beams: planes, nChannels: image.chanCount, nStokes: image.stokesCount } }
      : {}),
    shape: image.shape.toReversed(),
    unit: image.unit,
  };
}

/**
 * Lists an image's header, as CASA's imhead: the summary, all entries, or one entry.
 *
 * @returns a dictionary; for mode 'get' the value; for 'put' true
 * @throws missing for an unknown key, unsupported for keys that cannot be put
 */
export function imhead(context: Context, options: ImheadOptions): Record<string, unknown> | HeaderEntry | boolean {
  const mode = options.mode ?? 'summary';
  const image = openImage(joinPath(context.cwd, options.imagename), mode === 'put' ? 'update' : 'read');
  try {
    const key = (options.hdkey ?? '').toLowerCase();
    if (mode === 'put') {
      if (key === 'object') image.setInfo({ ...image.info, objectName: options.hdvalue ?? '' });
      else if (key === 'bunit') image.setUnit(options.hdvalue ?? '');
      else fail('unsupported', `imhead can put object and bunit, not "${options.hdkey}".`);
      return true;
    }
    const entries = listEntries(image);
    if (mode === 'get')
      return entries[key] ?? fail('missing', `The image has no header entry "${options.hdkey}".`, { file: image.path });
    if (mode === 'list') {
      for (const [name, value] of Object.entries(entries))
        context.log.post(`${name}: ${JSON.stringify(value)}`, 'INFO', 'imhead');
      return entries;
    }
    if (mode !== 'summary') fail('usage', `imhead has the modes summary, list, get and put, not "${mode}".`);
    return summaryOf(image);
  } finally {
    image.close();
  }
}
