import { type Context, fail, isQa2Error } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type Beam, beamOf, beamPixels } from './beams.ts';
import { channelFrequency, pixelToSky, requireDirection } from './coordinates.ts';
import { fitGaussian, formOfEllipse, type GaussianShape } from './gaussian-fit.ts';
import { type Image, openImage } from './image.ts';
import { type PixelSelection, type SelectedPlane, selectPixels } from './pixel-selection.ts';
import { deconvolvedBeam } from './smoothing.ts';

/** Parameters of CASA's imfit (one Gaussian a plane). */
export interface ImfitOptions extends PixelSelection {
  readonly imagename: string;
  /** Fit a constant level too. */
  readonly dooff?: boolean;
}

/** One fitted Gaussian on the sky, with errors after Condon 1997, PASP 109, 166, for noise correlated over the beam. */
export interface FittedComponent {
  /** Jy */
  readonly flux: { readonly value: number; readonly error: number };
  /** in the image's unit */
  readonly peak: { readonly value: number; readonly error: number };
  /** rad */
  readonly ra: number;
  readonly dec: number;
  readonly positionErrorArcsec: { readonly ra: number; readonly dec: number };
  /** arcsec, arcsec, deg; not deconvolved */
  readonly shape: Beam;
  /** arcsec, arcsec, deg */
  readonly shapeError: Beam;
  /** The image's beam at this plane. */
  readonly beam?: Beam;
  /** The shape without the beam, and its error; undefined for a point. */
  readonly deconvolved?: { readonly shape: Beam; readonly error: Beam };
  readonly chan: number;
  /** Stokes parameter or correlation of the plane. */
  readonly stokes: string;
  /** Sum of the pixels within the half maximum, in the image's unit. */
  readonly sum: number;
  /** pixels */
  readonly pixel: readonly [number, number];
  readonly frequencyHz: number;
  readonly offset: number;
  /** Its formal error. */
  readonly offsetError: number;
  readonly rms: number;
}

const ARCSEC_PER_RAD = 648_000 / Math.PI;

function firstGuess(image: Image, selected: SelectedPlane, beam: Beam | undefined, cell: number): GaussianShape {
  let best = 0;
  for (let k = 1; k < selected.values.length; k++)
    if (Math.abs(selected.values[k]) > Math.abs(selected.values[best])) best = k;
  const position = selected.positions[best];
  const width = beam ? beam.major / ARCSEC_PER_RAD / cell : 4;
  return {
    amplitude: selected.values[best],
    x: position % image.sizeX,
    y: Math.floor(position / image.sizeX),
    major: width * 1.1,
    minor: (beam ? beam.minor / ARCSEC_PER_RAD / cell : 4) * 1.05,
    angle: beam ? (beam.positionAngle * Math.PI) / 180 : 0,
  };
}

/** Signal-to-noise of a Gaussian fit for a given exponent pair of Condon 1997, eq. 41. */
function condonRatio(
  fit: { amplitude: number; major: number; minor: number },
  rms: number,
  beamAxes: readonly [number, number],
  powers: readonly [number, number],
): number {
  const [major, minor] = [fit.major, fit.minor];
  const noise = beamAxes[0] * beamAxes[1];
  const first = (1 + noise / (major * major)) ** powers[0];
  const second = (1 + noise / (minor * minor)) ** powers[1];
  return Math.sqrt(((major * minor) / (4 * noise)) * first * second) * Math.abs(fit.amplitude / rms);
}

/** The shape without the beam; its error is the largest change when axes and angle move by theirs (as CASA's imfit has it). */
function withoutBeam(shape: Beam, error: Beam, beam: Beam | undefined): FittedComponent['deconvolved'] {
  if (!beam) return { shape, error };
  const source = deconvolvedBeam(shape, beam);
  if (!source) return undefined;
  const largest = { major: 0, minor: 0, positionAngle: 0 };
  for (let corner = 0; corner < 8; corner++) {
    const moved = (name: keyof Beam, bit: number) => shape[name] + (corner & bit ? error[name] : -error[name]);
    const [one, other] = [moved('major', 1), moved('minor', 2)];
    const positionAngle = moved('positionAngle', 4);
    const near = deconvolvedBeam({ major: Math.max(one, other), minor: Math.min(one, other), positionAngle }, beam);
    if (!near) continue;
    const turn = Math.abs(near.positionAngle - source.positionAngle) % 180;
    largest.major = Math.max(largest.major, Math.abs(near.major - source.major));
    largest.minor = Math.max(largest.minor, Math.abs(near.minor - source.minor));
    largest.positionAngle = Math.max(largest.positionAngle, Math.min(turn, 180 - turn));
  }
  return { shape: source, error: largest };
}

/** Sum of the pixels within the half maximum of a Gaussian. */
function sumWithin({ positions, values }: SelectedPlane, fit: GaussianShape, sizeX: number): number {
  const { a, b, c } = formOfEllipse(fit.major, fit.minor, fit.angle);
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    const [dx, dy] = [(positions[k] % sizeX) - fit.x, Math.floor(positions[k] / sizeX) - fit.y];
    if (a * dx * dx + b * dx * dy + c * dy * dy <= Math.LN2) sum += values[k];
  }
  return sum;
}

/** The fit, or undefined where the pixels hold no Gaussian. */
function convergedFit<Fit>(attempt: () => Fit): Fit | undefined {
  try {
    return attempt();
  } catch (error) {
    if (isQa2Error(error, 'bad-data')) return undefined;
    throw error;
  }
}

function fitPlane(image: Image, selected: SelectedPlane, withOffset: boolean | undefined): FittedComponent | undefined {
  const axes = requireDirection(image.coordinates, image.path);
  const cell = Math.abs(axes.increment[1]);
  const beam = beamOf(image.info, selected.chan, selected.stokes, image.stokesCount);
  const x = Float64Array.from(selected.positions, (position) => position % image.sizeX);
  const y = Float64Array.from(selected.positions, (position) => Math.floor(position / image.sizeX));
  const guess = firstGuess(image, selected, beam, cell);
  const fit = convergedFit(() => fitGaussian({ x, y, value: selected.values }, guess, { withOffset }));
  if (!fit) return undefined;
  const sky =
    pixelToSky(axes, fit.x, fit.y) ?? fail('bad-data', 'The fitted position is off the sky.', { file: image.path });
  const toArcsec = cell * ARCSEC_PER_RAD;
  const shape = {
    major: fit.major * toArcsec,
    minor: fit.minor * toArcsec,
    positionAngle: (fit.angle * 180) / Math.PI,
  };
  const area = beam ? beamPixels(shape, cell, cell) / beamPixels(beam, cell, cell) : beamPixels(shape, cell, cell);
  const noiseAxes: [number, number] = beam ? [beam.major / toArcsec, beam.minor / toArcsec] : [1, 1];
  // CASA's rms is that of the residuals themselves.
  const freedom = selected.values.length - (withOffset ? 7 : 6);
  const rms = fit.rms * Math.sqrt(freedom / selected.values.length);
  const ratio = (powers: [number, number]) => condonRatio(fit, rms, noiseAxes, powers);
  const peakError = (Math.abs(fit.amplitude) * Math.SQRT2) / ratio([1.5, 1.5]);
  const majorError = (fit.major * Math.SQRT2) / ratio([2.5, 0.5]);
  const minorError = (fit.minor * Math.SQRT2) / ratio([0.5, 2.5]);
  const flux = fit.amplitude * area;
  const beamShare = (noiseAxes[0] * noiseAxes[1]) / (fit.major * fit.minor);
  const fluxError =
    Math.abs(flux) *
    Math.sqrt(
      (peakError / fit.amplitude) ** 2 + beamShare * ((majorError / fit.major) ** 2 + (minorError / fit.minor) ** 2),
    );
  const [along, across] = [majorError / Math.sqrt(8 * Math.LN2), minorError / Math.sqrt(8 * Math.LN2)];
  const [sin, cos] = [Math.sin(fit.angle), Math.cos(fit.angle)];
  // Condon 1997, eq. 21 and 41.
  const angleError = ((2 / ratio([0.5, 2.5])) * fit.major * fit.minor) / (fit.major ** 2 - fit.minor ** 2);
  const shapeError = {
    major: majorError * toArcsec,
    minor: minorError * toArcsec,
    positionAngle: Math.min(180, (angleError * 180) / Math.PI),
  };
  return {
    flux: { value: flux, error: fluxError },
    peak: { value: fit.amplitude, error: peakError },
    ra: sky.lon,
    dec: sky.lat,
    positionErrorArcsec: {
      ra: Math.hypot(along * sin, across * cos) * toArcsec,
      dec: Math.hypot(along * cos, across * sin) * toArcsec,
    },
    shape,
    shapeError,
    beam,
    deconvolved: withoutBeam(shape, shapeError, beam),
    chan: selected.chan,
    stokes: image.coordinates.stokes?.stokes[selected.stokes] ?? 'I',
    sum: sumWithin(selected, fit, image.sizeX),
    pixel: [fit.x, fit.y],
    frequencyHz: image.coordinates.spectral ? channelFrequency(image.coordinates.spectral, selected.chan) : 0,
    offset: fit.offset,
    offsetError: fit.offsetError,
    rms,
  };
}

/**
 * Fits one elliptical Gaussian to the selected pixels of each selected plane, as CASA's imfit without estimates.
 *
 * @param cwd directory that names of files in a selection are taken from
 * @returns one component for each plane, undefined where the fit did not converge
 * @throws bad-data when there is nothing to fit
 */
export function fitComponents(
  image: Image,
  options: Omit<ImfitOptions, 'imagename'>,
  cwd: string,
): (FittedComponent | undefined)[] {
  const planes = [...selectPixels(image, options, cwd)];
  if (planes.length === 0 || planes.some(({ values }) => values.length < 7))
    fail('bad-data', 'Too few good pixels are selected for a fit.', { file: image.path });
  return planes.map((selected) => fitPlane(image, selected, options.dooff));
}

/** {@link fitComponents} of an image by name. */
export function imfit(context: Context, options: ImfitOptions): (FittedComponent | undefined)[] {
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    return fitComponents(image, options, context.cwd);
  } finally {
    image.close();
  }
}
