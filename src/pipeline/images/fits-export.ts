import { createFitsImage, FitsHeader, type FitsTable, type PixelScaling, real } from '../../formats/fits/index.ts';
import { type Context, DEGREE, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { addWcs, cardValue, isoDate, type SpectralForm } from './fits-header.ts';
import { type Image, openImage } from './image.ts';

/** Parameters of CASA's exportfits. */
export interface ExportFitsOptions {
  readonly imagename: string;
  readonly fitsimage: string;
  /** Write the spectral axis as velocity (radio, or optical when `optical`). */
  readonly velocity?: boolean;
  readonly optical?: boolean;
  /** -32: float32 pixels (the default); 16: scaled integers. */
  readonly bitpix?: number;
  /** Values beyond which integers are cut off; the image's own when minpix > maxpix (the default). */
  readonly minpix?: number;
  readonly maxpix?: number;
  readonly overwrite?: boolean;
  /** Leave out the Stokes axis when it has one pixel. */
  readonly dropstokes?: boolean;
  /** Stokes becomes the last axis (the default). */
  readonly stokeslast?: boolean;
  /** Write the log table as HISTORY. */
  readonly history?: boolean;
  /** Leave out all axes with one pixel. */
  readonly dropdeg?: boolean;
}

const ARCSEC_PER_DEGREE = 3600;
const RESERVED = new Set([
  'SIMPLE',
  'BITPIX',
  'NAXIS',
  'EXTEND',
  'END',
  'BUNIT',
  'OBJECT',
  'TELESCOP',
  'OBSERVER',
  'ORIGIN',
  'DATE',
]);

/** Pixel axes in FITS order, fastest first. */
function axisOrder(image: Image, options: ExportFitsOptions): number[] {
  const count = image.shape.length;
  const stokes = image.coordinates.stokes?.pixelAxis;
  const order = Array.from({ length: count }, (_, k) => k);
  if (stokes !== undefined && options.stokeslast !== false) {
    order.splice(order.indexOf(stokes), 1);
    order.push(stokes);
  }
  const lengthOf = (axis: number) => image.shape[count - 1 - axis];
  return order.filter((axis) => {
    if (axis < 2 || lengthOf(axis) > 1) return true;
    if (options.dropdeg) return false;
    return !(options.dropstokes && axis === stokes);
  });
}

function addBeams(header: FitsHeader, image: Image): void {
  const { beams } = image.info;
  if (beams.length === 1) {
    header
      .add('BMAJ', real(beams[0].major / ARCSEC_PER_DEGREE))
      .add('BMIN', real(beams[0].minor / ARCSEC_PER_DEGREE))
      .add('BPA', real(beams[0].positionAngle));
  }
}

/** Smallest and largest good value of an image, and whether it has blank pixels. */
function valueRange(context: Context, image: Image): { low: number; high: number; hasBlanks: boolean } {
  let [low, high, hasBlanks] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false];
  for (let plane = 0; plane < image.planeCount; plane++) {
    context.checkAbort();
    const [values, mask] = [image.readPlane(plane), image.readMask(plane)];
    values.forEach((value, k) => {
      if (Number.isNaN(value) || mask?.[k] === 0) {
        hasBlanks = true;
        return;
      }
      if (value < low) low = value;
      if (value > high) high = value;
    });
  }
  return low <= high ? { low, high, hasBlanks } : { low: 0, high: 0, hasBlanks };
}

/** How 16-bit integers stand for the pixels; the numbers of casacore, which uses the whole range. */
function scalingOf(context: Context, image: Image, options: ExportFitsOptions): PixelScaling | undefined {
  if ((options.bitpix ?? -32) !== 16) return undefined;
  const [minpix, maxpix] = [Math.fround(options.minpix ?? 0), Math.fround(options.maxpix ?? -1)];
  const range = minpix > maxpix ? valueRange(context, image) : { low: minpix, high: maxpix, hasBlanks: true };
  const { low, hasBlanks } = range;
  let { high } = range;
  if (Math.abs(high - low) <= 1e-5 * Math.max(Math.abs(low), Math.abs(high)))
    high = Math.fround(Math.abs(high) < 1e-5 ? 1 : 1.01 * high);
  const lowest = hasBlanks ? -32_767 : -32_768;
  const scale = Math.fround(high - low) / (32_767 - lowest);
  return { scale, zero: low - scale * lowest, low, high, blank: hasBlanks ? -32_768 : undefined };
}

function headerOf(
  image: Image,
  order: readonly number[],
  form: SpectralForm,
  options: ExportFitsOptions,
  scaling: PixelScaling | undefined,
): FitsHeader {
  const { coordinates, info } = image;
  const header = new FitsHeader();
  header.add('BSCALE', real(scaling?.scale ?? 1), 'PHYSICAL = PIXEL * BSCALE + BZERO');
  header.add('BZERO', real(scaling?.zero ?? 0));
  if (scaling?.blank !== undefined) header.add('BLANK', scaling.blank, 'Pixels with this value are blank');
  if (scaling) header.add('DATAMIN', real(scaling.low)).add('DATAMAX', real(scaling.high));
  addBeams(header, image);
  header.add('BTYPE', info.imageType || 'Intensity').add('OBJECT', info.objectName);
  header.add('BUNIT', image.unit, 'Brightness (pixel) unit');
  addWcs(header, coordinates, order, form, options.optical === true);
  if (coordinates.telescope && coordinates.telescope !== 'UNKNOWN') header.add('TELESCOP', coordinates.telescope);
  if (coordinates.observer && coordinates.observer !== 'UNKNOWN') header.add('OBSERVER', coordinates.observer);
  if (coordinates.observedMjdSec > 0) header.add('DATE-OBS', isoDate(coordinates.observedMjdSec)).add('TIMESYS', 'UTC');
  const centre = coordinates.pointingCentre;
  if (centre) header.add('OBSRA', real((centre.lon / DEGREE + 360) % 360)).add('OBSDEC', real(centre.lat / DEGREE));
  coordinates.telescopePosition?.forEach((value, axis) => {
    header.add(`OBSGEO-${'XYZ'[axis]}`, real(value));
  });
  for (const [key, value] of image.miscInfo) {
    const keyword = key
      .toUpperCase()
      .replace(/[^A-Z0-9_-]/g, '_')
      .slice(0, 8);
    const card = 'value' in value ? cardValue(value.value) : undefined;
    if (card !== undefined && !header.has(keyword) && !RESERVED.has(keyword)) header.add(keyword, card);
  }
  header.add('ORIGIN', 'alma-qa2');
  if (info.beams.length > 1) header.add('CASAMBM', true, 'Multiple beams: see the table BEAMS');
  if (options.history !== false) for (const line of image.history()) header.addText('HISTORY', line);
  return header;
}

function beamTable(image: Image): FitsTable {
  const { beams } = image.info;
  const column = (name: string, unit: string | undefined, format: string, values: number[]) => ({
    name,
    unit,
    format,
    values,
  });
  // As CASA: all channels of the first polarization, then of the next.
  const channels = beams.length / image.stokesCount;
  const places = beams.map((_, row) => ({ chan: row % channels, pol: Math.floor(row / channels) }));
  const rows = places.map(({ chan, pol }) => beams[chan * image.stokesCount + pol]);
  return {
    name: 'BEAMS',
    rowCount: beams.length,
    columns: [
      column(
        'BMAJ',
        'arcsec',
        '1E',
        rows.map((beam) => beam.major),
      ),
      column(
        'BMIN',
        'arcsec',
        '1E',
        rows.map((beam) => beam.minor),
      ),
      column(
        'BPA',
        'deg',
        '1E',
        rows.map((beam) => beam.positionAngle),
      ),
      column(
        'CHAN',
        undefined,
        '1J',
        places.map(({ chan }) => chan),
      ),
      column(
        'POL',
        undefined,
        '1J',
        places.map(({ pol }) => pol),
      ),
    ],
    cards: [
      { keyword: 'EXTVER', value: 1 },
      { keyword: 'NCHAN', value: image.chanCount },
      { keyword: 'NPOL', value: image.stokesCount },
    ],
  };
}

/** Plane numbers of the image in the order in which FITS stores them. */
function* planesInOrder(image: Image, order: readonly number[]): Iterable<number> {
  const axisCount = image.shape.length;
  const outer = order.filter((axis) => axis >= 2);
  const lengths = outer.map((axis) => image.shape[axisCount - 1 - axis]);
  const total = lengths.reduce((product, length) => product * length, 1);
  for (let k = 0; k < total; k++) {
    const position = new Map<number, number>();
    let rest = k;
    outer.forEach((axis, i) => {
      position.set(axis, rest % lengths[i]);
      rest = Math.floor(rest / lengths[i]);
    });
    let plane = 0;
    for (let axis = axisCount - 1; axis >= 2; axis--)
      plane = plane * image.shape[axisCount - 1 - axis] + (position.get(axis) ?? 0);
    yield plane;
  }
}

/**
 * Writes a CASA image as FITS, as CASA's exportfits does (6.7): masked pixels become NaN, several beams a table BEAMS.
 * The DATE keyword is left out so that equal images give equal files.
 *
 * @throws missing, exists, unsupported
 */
export function exportfits(context: Context, options: ExportFitsOptions): void {
  const target = joinPath(context.cwd, options.fitsimage);
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const order = axisOrder(image, options);
    if (order[0] !== 0 || order[1] !== 1)
      fail('unsupported', 'Images whose first two axes are reordered are not exported.', { file: image.path });
    const form: SpectralForm = options.velocity ? (options.optical ? 'optical' : 'radio') : 'frequency';
    const scaling = scalingOf(context, image, options);
    const axisCount = image.shape.length;
    const shape = order.map((axis) => image.shape[axisCount - 1 - axis]).toReversed();
    writeWhole(target, options.overwrite === true, (path) => {
      const writer = createFitsImage(path, shape, headerOf(image, order, form, options, scaling), scaling);
      for (const plane of planesInOrder(image, order)) {
        context.checkAbort();
        const values = image.readPlane(plane);
        const mask = image.readMask(plane);
        if (mask) for (let k = 0; k < values.length; k++) if (mask[k] === 0) values[k] = Number.NaN;
        writer.writePlane(values);
      }
      if (image.info.beams.length > 1) writer.writeTable(beamTable(image));
      writer.close();
    });
    context.log.post(`Wrote ${options.fitsimage}.`, 'INFO', 'exportfits');
  } finally {
    image.close();
  }
}
