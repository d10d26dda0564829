import { type FitsHeader, type FitsImage, openFitsImage, stokesOfCode } from '../../formats/fits/index.ts';
import { type Context, DEGREE, fail, parseQuantity } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { Beam } from './beams.ts';
import { type CoordinateSystem, type LinearAxis, telescopePlace } from './coordinates.ts';
import { addDefaultAxes, type DefaultAxes } from './default-axes.ts';
import { mjdSecOfDate } from './fits-header.ts';
import { casaUnit, imageTypeOf, remainingCards } from './fits-remainder.ts';
import { directionOfWcs, readWcs, spectralOfWcs, wcsVersions } from './fits-wcs.ts';
import { createImage } from './image.ts';

/** Parameters of CASA's importfits. */
export interface ImportFitsOptions {
  readonly fitsimage: string;
  readonly imagename: string;
  readonly overwrite?: boolean;
  /** Which of several coordinate systems of the header, from 0. */
  readonly whichrep?: number;
  /** Which unit of the file, from 0; -1: the first that holds an image. */
  readonly whichhdu?: number;
  /** Blank pixels become 0 (the default), or stay NaN; they are masked either way. */
  readonly zeroblanks?: boolean;
  /** Give the image the axes right ascension, declination, Stokes, frequency, in this order. */
  readonly defaultaxes?: boolean;
  /** Right ascension, declination, frequency and Stokes of axes that are added. */
  readonly defaultaxesvalues?: readonly (string | number)[];
  /** Beam that replaces the file's: major axis, minor axis, position angle. */
  readonly beam?: readonly string[];
}

function telescopeOf(header: FitsHeader): string {
  return header.text('TELESCOP').trim().split(' ')[0] || header.text('INSTRUME').trim() || 'UNKNOWN';
}

function sitePosition(header: FitsHeader, telescope: string): readonly [number, number, number] | undefined {
  const geo = ['X', 'Y', 'Z'].map((axis) => header.number(`OBSGEO-${axis}`, Number.NaN));
  return geo.some(Number.isNaN) ? telescopePlace(telescope) : [geo[0], geo[1], geo[2]];
}

/** MJD seconds of the observation; MJD-OBS goes before DATE-OBS, as in WCSLIB. */
function observedAt(header: FitsHeader): number {
  const mjd = header.number('MJD-OBS', Number.NaN);
  if (!Number.isNaN(mjd)) return mjd * 86_400;
  return mjdSecOfDate(header.text('DATE-OBS'));
}

/**
 * Coordinates from a FITS header: WCS papers I to III, and AIPS' older keywords.
 *
 * @param representation which of the header's coordinate systems, from 0; beyond the last it is the last
 */
function coordinatesOfHeader(header: FitsHeader, representation: number): CoordinateSystem {
  const versions = wcsVersions(header);
  const wcs = readWcs(header, versions[Math.min(representation, versions.length - 1)] ?? '');
  const { axes } = wcs;
  const direction = directionOfWcs(wcs);
  const spectral = spectralOfWcs(wcs);
  const stokesIndex = axes.findIndex((axis) => axis.type === 'STOKES');
  const stokes = stokesIndex < 0 ? undefined : axes[stokesIndex];
  const used = new Set([...(direction?.pixelAxes ?? []), spectral?.pixelAxis, stokesIndex]);
  const linear: LinearAxis[] = axes.flatMap((axis, pixelAxis) =>
    used.has(pixelAxis)
      ? []
      : [
          {
            // A name of blanks alone is one blank.
            name: axis.type || (header.has(`CTYPE${pixelAxis + 1}`) ? ' ' : ''),
            unit: axis.unit,
            reference: axis.value,
            increment: axis.step * wcs.matrix[pixelAxis][pixelAxis],
            referencePixel: axis.pixel,
            pixelAxis,
          },
        ],
  );
  const centre = [header.number('OBSRA', Number.NaN), header.number('OBSDEC', Number.NaN)];
  const telescope = telescopeOf(header);
  return {
    direction,
    spectral,
    stokes: stokes && {
      stokes: Array.from({ length: stokes.length }, (_, k) =>
        stokesOfCode(stokes.value + (k - stokes.pixel) * stokes.step, header.file),
      ),
      pixelAxis: stokesIndex,
    },
    linear,
    telescope,
    observer: header.text('OBSERVER').trim() || 'UNKNOWN',
    observedMjdSec: observedAt(header),
    telescopePosition: sitePosition(header, telescope),
    pointingCentre: centre.some(Number.isNaN) ? undefined : { lon: centre[0] * DEGREE, lat: centre[1] * DEGREE },
  };
}

/** Beams of the table BEAMS, which the card CASAMBM announces. */
function tableBeams(fits: FitsImage): Beam[] {
  const table = fits.header.get('CASAMBM') === true ? fits.table('BEAMS') : undefined;
  if (!table) return [];
  const column = (name: string) => table.columns.find((other) => other.name === name)?.values.map(Number);
  const unit = table.columns.find((other) => other.name === 'BMAJ')?.unit ?? 'arcsec';
  const factor = unit.startsWith('deg') ? 3600 : 1;
  const [major, minor, angle] = [column('BMAJ'), column('BMIN'), column('BPA')];
  if (!major || !minor || !angle)
    fail('bad-format', 'The table BEAMS lacks the column BMAJ, BMIN or BPA.', { file: fits.path });
  const stokesCount = Number(table.cards?.find((card) => card.keyword === 'NPOL')?.value ?? 1);
  const [chan, pol] = [column('CHAN'), column('POL')];
  const beams: Beam[] = [];
  major.forEach((value, k) => {
    const at = chan && pol ? chan[k] * stokesCount + pol[k] : k;
    beams[at] = { major: value * factor, minor: minor[k] * factor, positionAngle: angle[k] };
  });
  return beams;
}

/** AIPS tells its beam in a line of the history. */
function historyBeam(lines: readonly string[]): Beam[] {
  for (const line of lines) {
    const [major, minor, angle] = ['BMAJ', 'BMIN', 'BPA'].map((key) =>
      Number(new RegExp(`${key}\\s*=\\s*([-+\\d.Ee]+)`).exec(line)?.[1] ?? Number.NaN),
    );
    if (major >= minor && minor > 0 && !Number.isNaN(angle))
      return [{ major: major * 3600, minor: minor * 3600, positionAngle: angle }];
  }
  return [];
}

/** Beams from BMAJ, BMIN, BPA, from the history, or from the table BEAMS. */
function beamsOfFits(fits: FitsImage): Beam[] {
  const { header } = fits;
  const [major, minor] = [header.number('BMAJ', 0), header.number('BMIN', 0)];
  if (major > 0 && minor > 0 && header.has('BPA')) {
    const sizes = [major, minor].sort((a, b) => b - a);
    return [{ major: sizes[0] * 3600, minor: sizes[1] * 3600, positionAngle: header.number('BPA', 0) }];
  }
  const beams = historyBeam(header.history());
  return beams.length > 0 ? beams : tableBeams(fits);
}

/** The beam that the user gives. */
function givenBeam(beam: readonly string[]): Beam[] {
  if (beam.length === 0) return [];
  if (beam.length !== 3) fail('usage', `beam is [major axis, minor axis, position angle], not ${beam.length} values.`);
  const [major, minor, angle] = beam.map((text) => parseQuantity(text, 'angle', 'deg') / DEGREE);
  if (major < minor) fail('usage', 'The major axis of beam is smaller than its minor axis.');
  const [bmaj, bmin] = [major, minor].map((deg) => Number((deg * 3600).toPrecision(15)));
  return [{ major: bmaj, minor: bmin, positionAngle: angle }];
}

/** The beam given, for each plane where the file has one for each, as CASA. */
function chosenBeams(given: readonly Beam[], found: readonly Beam[]): readonly Beam[] {
  if (given.length === 0) return found;
  return found.length > 1 ? found.map(() => given[0]) : given;
}

function defaultsOf(options: ImportFitsOptions): DefaultAxes | undefined {
  if (!options.defaultaxes) return undefined;
  const values = options.defaultaxesvalues ?? [];
  if (values.length !== 4)
    fail('usage', 'defaultaxesvalues is a list of four values: right ascension, declination, frequency, Stokes.');
  const [ra, dec, frequency, stokes] = values;
  return { ra, dec, frequency, stokes: String(stokes) };
}

/**
 * Makes a CASA image from a FITS image, as CASA's importfits does (6.7); blank pixels are masked and set to 0.
 *
 * @throws missing, bad-format, exists, unsupported
 */
export function importfits(context: Context, options: ImportFitsOptions): void {
  const fits = openFitsImage(joinPath(context.cwd, options.fitsimage), options.whichhdu);
  const beam = givenBeam(options.beam ?? []);
  const defaults = defaultsOf(options);
  try {
    const coordinates = coordinatesOfHeader(fits.header, options.whichrep ?? 0);
    const trailing = Math.max(0, ...allAxes(coordinates).map((axis) => axis + 1 - fits.shape.length));
    const shape = [...new Array<number>(trailing).fill(1), ...fits.shape];
    const made = defaults ? addDefaultAxes(coordinates, shape, defaults) : { coordinates, shape };
    writeWhole(joinPath(context.cwd, options.imagename), options.overwrite === true, (path) => {
      const image = createImage(path, {
        ...made,
        unit: casaUnit(fits.header.text('BUNIT')),
        info: {
          imageType: imageTypeOf(fits.header.text('BTYPE')),
          objectName: fits.header.text('OBJECT'),
          beams: chosenBeams(beam, beamsOfFits(fits)),
        },
        miscInfo: remainingCards(fits.header),
      });
      copyPixels(context, fits, image, options.zeroblanks !== false);
      image.addHistory(fits.header.history(), 'importfits');
      image.close();
    });
  } finally {
    fits.close();
  }
}

/** Pixel axes that coordinates speak of. */
function allAxes({ direction, spectral, stokes, linear }: CoordinateSystem): number[] {
  const single = [spectral, stokes, ...linear].flatMap((axis) => (axis ? [axis.pixelAxis] : []));
  return [...(direction?.pixelAxes ?? []), ...single];
}

/** Copies the planes in the order of the file; added axes have one pixel, so the order is the image's too. */
function copyPixels(
  context: Context,
  fits: FitsImage,
  image: ReturnType<typeof createImage>,
  zeroBlanks: boolean,
): void {
  for (let plane = 0; plane < image.planeCount; plane++) {
    context.checkAbort();
    const values = fits.readPlane(plane);
    const mask = new Uint8Array(values.length).fill(1);
    let isMasked = false;
    values.forEach((value, k) => {
      if (!Number.isNaN(value)) return;
      if (zeroBlanks) values[k] = 0;
      mask[k] = 0;
      isMasked = true;
    });
    image.writePlane(plane, values);
    if (isMasked || image.hasMask) image.writeMask(plane, mask);
  }
}
