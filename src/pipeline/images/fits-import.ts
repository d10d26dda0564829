import { type FitsHeader, type FitsImage, openFitsImage } from '../../formats/fits/index.ts';
import { type Context, DEGREE, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { Beam } from './beams.ts';
import type { CoordinateSystem, DirectionAxes, LinearAxis, SpectralAxis } from './coordinates.ts';
import { casaFrame, mjdSecOfDate, stokesOfCode } from './fits-header.ts';
import { createImage } from './image.ts';
import { parseProjection } from './projection.ts';

/** Parameters of CASA's importfits. */
export interface ImportFitsOptions {
  readonly fitsimage: string;
  readonly imagename: string;
  readonly overwrite?: boolean;
  /** Pixels that are exactly 0 are masked too. */
  readonly zeroblanks?: boolean;
}

interface AxisCards {
  readonly type: string;
  readonly value: number;
  readonly step: number;
  /** counts from 0 */
  readonly pixel: number;
  readonly unit: string;
  readonly length: number;
}

function axisCards(header: FitsHeader, index: number, length: number): AxisCards {
  return {
    type: header.text(`CTYPE${index}`).trim().toUpperCase(),
    value: header.number(`CRVAL${index}`, 0),
    step: header.number(`CDELT${index}`, header.number(`CD${index}_${index}`, 1)),
    pixel: header.number(`CRPIX${index}`, 1) - 1,
    unit: header.text(`CUNIT${index}`).trim(),
    length,
  };
}

function directionOf(header: FitsHeader, axes: readonly AxisCards[]): DirectionAxes | undefined {
  const lon = axes.findIndex((axis) => /^(RA--|GLON)-/.test(axis.type));
  const lat = axes.findIndex((axis) => /^(DEC-|GLAT)-/.test(axis.type));
  if (lon < 0 || lat < 0) return undefined;
  const pc = (row: number, column: number) =>
    header.number(`PC${row + 1}_${column + 1}`, header.number(`PC0${row + 1}_0${column + 1}`, row === column ? 1 : 0));
  const rotation = header.number(`CROTA${lat + 1}`, 0) * DEGREE;
  const matrix: readonly [number, number, number, number] =
    rotation === 0
      ? [pc(lon, lon), pc(lon, lat), pc(lat, lon), pc(lat, lat)]
      : [
          Math.cos(rotation),
          (-Math.sin(rotation) * axes[lat].step) / axes[lon].step,
          (Math.sin(rotation) * axes[lon].step) / axes[lat].step,
          Math.cos(rotation),
        ];
  const equinox = header.number('EQUINOX', header.number('EPOCH', 2000));
  const radesys = header.text('RADESYS').trim();
  const system = axes[lon].type.startsWith('GLON')
    ? 'GALACTIC'
    : radesys === 'ICRS'
      ? 'ICRS'
      : equinox === 1950
        ? 'B1950'
        : 'J2000';
  return {
    projection: parseProjection(axes[lon].type.slice(-3)),
    system,
    reference: { lon: axes[lon].value * DEGREE, lat: axes[lat].value * DEGREE },
    increment: [axes[lon].step * DEGREE, axes[lat].step * DEGREE],
    referencePixel: [axes[lon].pixel, axes[lat].pixel],
    pc: matrix,
    longPole: header.number('LONPOLE', 180),
    latPole: header.number('LATPOLE', axes[lat].value),
    pixelAxes: [lon, lat],
  };
}

function frameOf(header: FitsHeader, suffix: string): string {
  const specsys = header.text('SPECSYS');
  if (specsys) return casaFrame(specsys);
  const word = suffix || ['', 'LSR', 'HEL', 'OBS'][header.number('VELREF', 3) % 256] || 'OBS';
  return { LSR: 'LSRK', LSRK: 'LSRK', HEL: 'BARY', OBS: 'TOPO', BAR: 'BARY', LSD: 'LSRD' }[word] ?? 'TOPO';
}

const FREQUENCY_UNITS: Readonly<Record<string, number>> = { Hz: 1, HZ: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9, '': 1 };

function spectralOf(header: FitsHeader, axes: readonly AxisCards[]): SpectralAxis | undefined {
  const index = axes.findIndex((axis) => /^(FREQ|VRAD|VOPT|VELO|FELO)/.test(axis.type));
  if (index < 0) return undefined;
  const axis = axes[index];
  const restFrequency = header.number('RESTFRQ', header.number('RESTFREQ', 0));
  const common = {
    system: frameOf(header, axis.type.slice(5)),
    referencePixel: axis.pixel,
    restFrequency,
    pixelAxis: index,
  };
  if (axis.type.startsWith('FREQ')) {
    const factor = FREQUENCY_UNITS[axis.unit] ?? 1;
    return { ...common, reference: axis.value * factor, increment: axis.step * factor };
  }
  if (restFrequency === 0)
    fail('unsupported', 'The spectral axis is a velocity but the FITS header has no rest frequency.', {
      file: header.file,
    });
  const factor = axis.unit === 'km/s' ? 1e3 : 1;
  const [velocity, step] = [axis.value * factor, axis.step * factor];
  if (/^(VOPT|FELO)/.test(axis.type)) {
    const reference = restFrequency / (1 + velocity / SPEED_OF_LIGHT);
    return { ...common, reference, increment: (-reference * reference * step) / (SPEED_OF_LIGHT * restFrequency) };
  }
  return {
    ...common,
    reference: restFrequency * (1 - velocity / SPEED_OF_LIGHT),
    increment: (-restFrequency * step) / SPEED_OF_LIGHT,
  };
}

/** Coordinates from a FITS header (WCS papers I–III as far as ALMA images use them, and AIPS' older keywords). */
export function coordinatesOfHeader(header: FitsHeader): CoordinateSystem {
  const axes = header.axisLengths().map((length, k) => axisCards(header, k + 1, length));
  const direction = directionOf(header, axes);
  const spectral = spectralOf(header, axes);
  const stokesIndex = axes.findIndex((axis) => axis.type === 'STOKES');
  const stokes = stokesIndex < 0 ? undefined : axes[stokesIndex];
  const used = new Set([...(direction?.pixelAxes ?? []), spectral?.pixelAxis, stokesIndex]);
  const linear: LinearAxis[] = axes.flatMap((axis, pixelAxis) =>
    used.has(pixelAxis)
      ? []
      : [
          {
            name: axis.type || `AXIS${pixelAxis + 1}`,
            unit: axis.unit,
            reference: axis.value,
            increment: axis.step,
            referencePixel: axis.pixel,
            pixelAxis,
          },
        ],
  );
  const geo = ['X', 'Y', 'Z'].map((axis) => header.number(`OBSGEO-${axis}`, Number.NaN));
  const centre = [header.number('OBSRA', Number.NaN), header.number('OBSDEC', Number.NaN)];
  return {
    direction,
    spectral,
    stokes: stokes && {
      stokes: Array.from({ length: stokes.length }, (_, k) =>
        stokesOfCode(stokes.value + (k - stokes.pixel) * stokes.step),
      ),
      pixelAxis: stokesIndex,
    },
    linear,
    telescope: header.text('TELESCOP').trim(),
    observer: header.text('OBSERVER').trim(),
    observedMjdSec: mjdSecOfDate(header.text('DATE-OBS')),
    telescopePosition: geo.some(Number.isNaN) ? undefined : [geo[0], geo[1], geo[2]],
    pointingCentre: centre.some(Number.isNaN) ? undefined : { lon: centre[0] * DEGREE, lat: centre[1] * DEGREE },
  };
}

/** Beams from BMAJ, BMIN, BPA or from the table BEAMS. */
export function beamsOfFits(fits: FitsImage): Beam[] {
  const table = fits.table('BEAMS');
  if (table) {
    const column = (name: string) => table.columns.find((other) => other.name === name)?.values.map(Number);
    const unit = table.columns.find((other) => other.name === 'BMAJ')?.unit ?? 'arcsec';
    const factor = unit.startsWith('deg') ? 3600 : 1;
    const [major, minor, angle] = [column('BMAJ'), column('BMIN'), column('BPA')];
    const stokesCount = Number(table.cards?.find((card) => card.keyword === 'NPOL')?.value ?? 1);
    const [chan, pol] = [column('CHAN'), column('POL')];
    if (major && minor && angle) {
      const beams: Beam[] = [];
      major.forEach((value, k) => {
        const at = chan && pol ? chan[k] * stokesCount + pol[k] : k;
        beams[at] = { major: value * factor, minor: minor[k] * factor, positionAngle: angle[k] };
      });
      return beams;
    }
  }
  const major = fits.header.number('BMAJ', 0);
  if (major <= 0) return [];
  return [
    {
      major: major * 3600,
      minor: fits.header.number('BMIN', major) * 3600,
      positionAngle: fits.header.number('BPA', 0),
    },
  ];
}

/**
 * Makes a CASA image from a FITS image, as CASA's importfits does; blank pixels are masked and set to 0.
 *
 * @throws missing, bad-format, exists, unsupported
 */
export function importfits(context: Context, options: ImportFitsOptions): void {
  const fits = openFitsImage(joinPath(context.cwd, options.fitsimage));
  try {
    writeWhole(joinPath(context.cwd, options.imagename), options.overwrite === true, (path) => {
      const image = createImage(path, {
        shape: fits.shape,
        coordinates: coordinatesOfHeader(fits.header),
        unit: fits.header.text('BUNIT').trim(),
        info: {
          imageType: fits.header.text('BTYPE', 'Intensity'),
          objectName: fits.header.text('OBJECT'),
          beams: beamsOfFits(fits),
        },
      });
      for (let plane = 0; plane < image.planeCount; plane++) {
        context.checkAbort();
        const values = fits.readPlane(plane);
        const mask = new Uint8Array(values.length).fill(1);
        let isMasked = false;
        values.forEach((value, k) => {
          if (!Number.isNaN(value) && !(options.zeroblanks && value === 0)) return;
          values[k] = 0;
          mask[k] = 0;
          isMasked = true;
        });
        image.writePlane(plane, values);
        if (isMasked || image.hasMask) image.writeMask(plane, mask);
      }
      image.addHistory(fits.header.history(), 'importfits');
      image.close();
    });
  } finally {
    fits.close();
  }
}
