import type { FitsHeader } from '../../formats/fits/index.ts';
import { DEGREE, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { defaultPoles, statedLatPole } from './celestial.ts';
import type { DirectionAxes, SpectralAxis } from './coordinates.ts';
import { casaFrame } from './fits-header.ts';
import { parseProjection } from './projection.ts';

/** WCS keywords of one axis of a header. */
export interface AxisCards {
  /** CTYPE, upper case */
  readonly type: string;
  readonly value: number;
  readonly step: number;
  /** counts from 0 */
  readonly pixel: number;
  readonly unit: string;
  readonly length: number;
}

/** One of a header's coordinate representations: '' for the first, 'A' … 'Z' for the others (WCS paper I, section 2.1.2). */
export interface HeaderWcs {
  readonly header: FitsHeader;
  readonly version: string;
  readonly axes: readonly AxisCards[];
  /** PCi_j with i and j from 0, fastest axis first. */
  readonly matrix: readonly (readonly number[])[];
}

/** Letters of the representations that a header has, the first first. */
export function wcsVersions(header: FitsHeader): string[] {
  const letters = header.cards.map(({ keyword }) => /^C(?:TYPE|RVAL|RPIX|DELT)\d+([A-Z]?)$/.exec(keyword)?.[1]);
  return [...new Set(letters.filter((letter) => letter !== undefined))].sort();
}

/** How many axes the representation describes: at least those of the pixels. */
function axisCount(header: FitsHeader, version: string): number {
  const indices = header.cards.map(({ keyword }) => {
    const match = /^C(?:TYPE|RVAL|RPIX|DELT)(\d+)([A-Z]?)$/.exec(keyword);
    return match && match[2] === version ? Number(match[1]) : 0;
  });
  return Math.max(header.number('NAXIS'), header.number(`WCSAXES${version}`, 0), ...indices);
}

/** CTYPE with the spellings that casacore mends: GLON-FLT and bare GLON are plate carrée. */
function axisType(text: string): string {
  const word = text.trim().toUpperCase();
  return word.replace(/-FLT$/, '-CAR').replace(/^([GE]L(?:ON|AT))$/, '$1-CAR');
}

/**
 * The matrix and the increments of each axis. A CD matrix has both in one (WCS paper I, section 2.1): as in casacore the
 * increment of an axis is the length of its row, with the sign of the diagonal.
 */
function matrixOf(header: FitsHeader, version: string, count: number): { matrix: number[][]; steps: number[] } {
  const hasCd = header.cards.some(({ keyword }) => new RegExp(`^CD\\d+_\\d+${version}$`).test(keyword));
  const element = (row: number, column: number) => {
    const plain = row === column ? 1 : 0;
    if (hasCd) return header.number(`CD${row}_${column}${version}`, header.number(`CDELT${row}${version}`, 1) * plain);
    const old = `PC${String(row).padStart(3, '0')}${String(column).padStart(3, '0')}`;
    const older = `PC${String(row).padStart(2, '0')}_${String(column).padStart(2, '0')}`;
    return header.number(`PC${row}_${column}${version}`, header.number(older, header.number(old, plain)));
  };
  const matrix = Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (_unused, column) => element(row + 1, column + 1)),
  );
  if (!hasCd) return { matrix, steps: matrix.map((_, k) => header.number(`CDELT${k + 1}${version}`, 1)) };
  const steps = matrix.map((row, k) => (row[k] < 0 ? -1 : 1) * (Math.hypot(...row) || 1));
  return { matrix: matrix.map((row, k) => row.map((value) => value / steps[k])), steps };
}

/** Reads the WCS keywords of one representation. */
export function readWcs(header: FitsHeader, version: string): HeaderWcs {
  const count = axisCount(header, version);
  const lengths = header.axisLengths();
  const { matrix, steps } = matrixOf(header, version, count);
  const axes = Array.from({ length: count }, (_, k) => {
    const cards: AxisCards = {
      type: axisType(header.text(`CTYPE${k + 1}${version}`)),
      value: header.number(`CRVAL${k + 1}${version}`, 0),
      step: steps[k],
      pixel: header.number(`CRPIX${k + 1}${version}`, 0) - 1,
      unit: header.text(`CUNIT${k + 1}${version}`).trim(),
      length: lengths[k] ?? 1,
    };
    return cards;
  });
  return { header, version, axes, matrix };
}

/** Refuses a matrix that mixes the axes of one coordinate with others. */
function assertSeparable({ header, matrix, axes }: HeaderWcs, own: readonly number[]): void {
  matrix.forEach((row, i) => {
    row.forEach((value, j) => {
      if (value !== 0 && own.includes(i) !== own.includes(j))
        fail(
          'unsupported',
          `The axes ${axes[i].type || i + 1} and ${axes[j].type || j + 1} of the image are mixed by a matrix; such coordinates are not read.`,
          {
            file: header.file,
          },
        );
    });
  });
}

const FIRST_FK5_YEAR = 1984;

/** Direction system as CASA names it; WCS paper II, section 3.1, as WCSLIB and casacore apply it. */
function systemOf({ header, version }: HeaderWcs, lonType: string): string {
  const named = { GLON: 'GALACTIC', ELON: 'ECLIPTIC', SLON: 'SUPERGAL' }[lonType.slice(0, 4)];
  if (named) return named;
  const year = header.get(`EQUINOX${version}`) ?? header.get('EPOCH');
  const equinox = typeof year === 'number' ? year : undefined;
  const word = (header.text(`RADESYS${version}`) || header.text('RADECSYS')).trim().toUpperCase();
  const radesys = word || (equinox === undefined ? 'ICRS' : equinox < FIRST_FK5_YEAR ? 'FK4' : 'FK5');
  const at = (expected: number) => equinox === undefined || Math.abs(equinox - expected) < 1e-5 * expected;
  if (radesys === 'ICRS' && at(2000)) return 'ICRS';
  if (radesys === 'FK5' && at(2000)) return 'J2000';
  if (radesys.startsWith('FK4') && at(1950)) return 'B1950';
  if (radesys.startsWith('FK4') && at(1979.9)) return 'B1950_VLA';
  return fail('unsupported', `Sky coordinates in ${radesys} of equinox ${equinox ?? 'unknown'} are not read.`, {
    file: header.file,
  });
}

const ANGLE_UNITS: Readonly<Record<string, number>> = {
  '': DEGREE,
  deg: DEGREE,
  rad: 1,
  arcmin: DEGREE / 60,
  arcsec: DEGREE / 3600,
};

/** The rotation of an old header: CROTAn of the latitude axis (WCS paper II, section 6.1). */
function oldRotation(header: FitsHeader, lat: number, steps: readonly [number, number]): number[] | undefined {
  const rotation = header.number(`CROTA${lat + 1}`, 0) * DEGREE;
  if (rotation === 0) return undefined;
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  return [cos, (-sin * steps[1]) / steps[0], (sin * steps[0]) / steps[1], cos];
}

function projectionParameters(wcs: HeaderWcs, code: string, lat: number, latDeg: number): number[] {
  const { header, version } = wcs;
  // The old NCP is a slant orthographic projection (WCS paper II, section 6.1.2).
  if (code === 'NCP') return [0, 1 / Math.tan(latDeg * DEGREE)];
  const values: number[] = [];
  for (let m = 1; header.has(`PV${lat + 1}_${m}${version}`); m++)
    values.push(header.number(`PV${lat + 1}_${m}${version}`));
  if (header.number(`PV${lat + 1}_0${version}`, 0) !== 0)
    fail('unsupported', `Sky coordinates with PV${lat + 1}_0 are not read.`, { file: header.file });
  return values;
}

/** The sky axes of a header, or undefined without any. */
export function directionOfWcs(wcs: HeaderWcs): DirectionAxes | undefined {
  const { header, version, axes, matrix } = wcs;
  const lon = axes.findIndex((axis) => /^(RA--|[A-Z]LON)-/.test(axis.type));
  const lat = axes.findIndex((axis) => /^(DEC-|[A-Z]LAT)-/.test(axis.type));
  if (lon < 0 || lat < 0) return undefined;
  assertSeparable(wcs, [lon, lat]);
  const code = axes[lon].type.slice(5, 8);
  const projection = parseProjection(code === 'NCP' ? 'SIN' : code, header.file);
  const factors = [axes[lon].unit, axes[lat].unit].map(
    (unit) =>
      ANGLE_UNITS[unit.toLowerCase()] ??
      fail('unsupported', `Sky axes in ${unit} are not read.`, { file: header.file }),
  );
  const steps: readonly [number, number] = [axes[lon].step * factors[0], axes[lat].step * factors[1]];
  const reference = { lon: axes[lon].value * factors[0], lat: axes[lat].value * factors[1] };
  const latDeg = reference.lat / DEGREE;
  const [longPole, latPole] = defaultPoles(projection, latDeg);
  for (const m of [0, 1, 2])
    if (header.number(`PV${lon + 1}_${m}${version}`, 0) !== 0)
      fail('unsupported', `Sky coordinates with PV${lon + 1}_${m} are not read.`, { file: header.file });
  const frame = {
    projection,
    parameters: projectionParameters(wcs, code, lat, latDeg),
    reference,
    longPole: header.number(`LONPOLE${version}`, header.number(`PV${lon + 1}_3${version}`, longPole)),
    latPole: header.number(`LATPOLE${version}`, header.number(`PV${lon + 1}_4${version}`, latPole)),
  };
  const pc = oldRotation(header, lat, steps) ?? [
    matrix[lon][lon],
    matrix[lon][lat],
    matrix[lat][lon],
    matrix[lat][lat],
  ];
  return {
    ...frame,
    latPole: statedLatPole(frame),
    system: systemOf(wcs, axes[lon].type),
    increment: steps,
    referencePixel: [axes[lon].pixel, axes[lat].pixel],
    pc: [pc[0], pc[1], pc[2], pc[3]],
    pixelAxes: [lon, lat],
  };
}

const VELREF_FRAMES = ['Undefined', 'LSRK', 'BARY', 'TOPO', 'LSRD', 'GEO', 'REST', 'GALACTO'];
/** Frames of AIPS' CTYPEs (AIPS memo 27), e.g. VELO-LSR. */
const AIPS_FRAMES: Readonly<Record<string, string>> = {
  LSR: 'LSRK',
  HEL: 'BARY',
  OBS: 'TOPO',
  LSD: 'LSRD',
  GEO: 'GEO',
  SOU: 'REST',
  GAL: 'GALACTO',
};

function frameOf({ header, version }: HeaderWcs, suffix: string): string {
  const specsys = header.text(`SPECSYS${version}`).trim();
  if (specsys) return casaFrame(specsys, header.file);
  const velref = header.number('VELREF', 0);
  return AIPS_FRAMES[suffix] ?? VELREF_FRAMES[velref > 256 ? velref - 256 : velref] ?? 'TOPO';
}

const FREQUENCY_UNITS: Readonly<Record<string, number>> = { '': 1, hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9 };
const VELOCITY_UNITS: Readonly<Record<string, number>> = { '': 1, 'm/s': 1, 'm s-1': 1, 'km/s': 1e3, 'km s-1': 1e3 };
const LENGTH_UNITS: Readonly<Record<string, number>> = { '': 1, m: 1, mm: 1e-3, um: 1e-6, nm: 1e-9, angstrom: 1e-10 };

function unitFactor(axis: AxisCards, units: Readonly<Record<string, number>>, file: string | undefined): number {
  return (
    units[axis.unit.toLowerCase()] ??
    fail('unsupported', `A spectral axis ${axis.type} in ${axis.unit} is not read.`, { file })
  );
}

/** Refractive index of air for a wavelength in m (WCS paper III, equation 65, with wavelengths in micrometres). */
function airIndex(wavelength: number): number {
  const square = (wavelength * 1e6) ** 2;
  return 1 + 1e-6 * (287.6155 + 1.62887 / square + 0.0136 / square ** 2);
}

/** A spectral axis of frequencies that are given one by one. */
function tabular(
  axis: AxisCards,
  toFrequency: (value: number) => number,
): Pick<SpectralAxis, 'reference' | 'increment' | 'referencePixel' | 'frequencies'> {
  const frequencies = Array.from({ length: axis.length }, (_, pixel) =>
    toFrequency(axis.value + (pixel - axis.pixel) * axis.step),
  );
  const increment = frequencies.length > 1 ? frequencies[1] - frequencies[0] : 0;
  return { reference: frequencies[0], increment, referencePixel: 0, frequencies };
}

/** An axis of apparent radial velocity (WCS paper III, table 3), as casacore takes it: linear about the reference pixel. */
function apparent(axis: AxisCards, factor: number, restFrequency: number) {
  const beta = (axis.value * factor) / SPEED_OF_LIGHT;
  const reference = restFrequency * Math.sqrt((1 - beta) / (1 + beta));
  const increment = (-reference / (1 - beta * beta)) * ((axis.step * factor) / SPEED_OF_LIGHT);
  return { reference, increment, referencePixel: axis.pixel, nativeType: 'radio velocity' as const };
}

/** The spectral axis of a header, or undefined without one; WCS paper III and AIPS' older types. */
export function spectralOfWcs(wcs: HeaderWcs): SpectralAxis | undefined {
  const { header, version, axes, matrix } = wcs;
  const pixelAxis = axes.findIndex((axis) => /^(FREQ|VRAD|VOPT|VELO|FELO|WAVE|AWAV)(-|$)/.test(axis.type));
  if (pixelAxis < 0) return undefined;
  assertSeparable(wcs, [pixelAxis]);
  const axis = { ...axes[pixelAxis], step: axes[pixelAxis].step * matrix[pixelAxis][pixelAxis] };
  const kind = axis.type.slice(0, 4);
  const wavelength = header.number(`RESTWAV${version}`, 0);
  const named = header.number(`RESTFRQ${version}`, header.number('RESTFREQ', 0));
  const restFrequency = named || (wavelength > 0 ? SPEED_OF_LIGHT / wavelength : 0);
  const common = { system: frameOf(wcs, axis.type.slice(5)), restFrequency, pixelAxis };
  if (kind === 'FREQ') {
    const factor = unitFactor(axis, FREQUENCY_UNITS, header.file);
    return { ...common, reference: axis.value * factor, increment: axis.step * factor, referencePixel: axis.pixel };
  }
  if (kind === 'WAVE' || kind === 'AWAV') {
    const factor = unitFactor(axis, LENGTH_UNITS, header.file);
    const index = kind === 'AWAV' ? airIndex : () => 1;
    const toFrequency = (value: number) => SPEED_OF_LIGHT / (value * factor * index(value * factor));
    return { ...common, ...tabular(axis, toFrequency), nativeType: kind === 'AWAV' ? 'air wavelength' : 'wavelength' };
  }
  if (restFrequency === 0)
    fail('unsupported', 'The spectral axis is a velocity but the FITS header has no rest frequency.', {
      file: header.file,
    });
  const factor = unitFactor(axis, VELOCITY_UNITS, header.file);
  const velref = header.number('VELREF', 0);
  if (axis.type === 'VELO' && velref === 0) return { ...common, ...apparent(axis, factor, restFrequency) };
  // AIPS' VELO is radio or optical as VELREF says.
  const isRadio = kind === 'VRAD' || (kind === 'VELO' && velref > 256);
  if (!isRadio) {
    const toFrequency = (value: number) => restFrequency / (1 + (value * factor) / SPEED_OF_LIGHT);
    return { ...common, ...tabular(axis, toFrequency), nativeType: 'optical velocity' };
  }
  return {
    ...common,
    reference: restFrequency * (1 - (axis.value * factor) / SPEED_OF_LIGHT),
    increment: (-restFrequency * axis.step * factor) / SPEED_OF_LIGHT,
    referencePixel: axis.pixel,
    nativeType: 'radio velocity',
  };
}
