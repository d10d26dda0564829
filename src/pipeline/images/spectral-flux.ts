import { dopplerValue } from '../../astronomy/measures/index.ts';
import { ARCSEC, type Context, fail, parseQuantity, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type Beam, beamPixels } from './beams.ts';
import { channelFrequency, type SpectralAxis } from './coordinates.ts';
import { type Image, openImage } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';
import { griddedStatistics } from './statistics.ts';

/** Parameters of CASA's specflux. */
export interface SpecfluxOptions extends PixelSelection {
  readonly imagename: string;
  /** What is told of each channel: flux density, mean, median or sum; the first letters are enough. */
  readonly function?: string;
  /** Of frequency or velocity; empty: Hz. */
  readonly unit?: string;
  /** Axes of the beam that is taken instead of the image's own. */
  readonly major?: string;
  readonly minor?: string;
  /** Text file of the profile. */
  readonly logfile?: string;
  readonly overwrite?: boolean;
}

const COLUMNS = [
  { start: 'f', statistic: 'flux', title: 'Flux_density' },
  { start: 'mea', statistic: 'mean', title: 'Mean' },
  { start: 'med', statistic: 'median', title: 'Median' },
  { start: 's', statistic: 'sum', title: 'Sum' },
] as const;

function columnOf(named: string): (typeof COLUMNS)[number] {
  return (
    COLUMNS.find(({ start }) => named.toLowerCase().startsWith(start)) ??
    fail('usage', `specflux: function="${named}" is unknown; there are flux density, mean, median, sum.`)
  );
}

/** The beam that is given instead of the image's own. */
function givenBeam({ major = '', minor = '' }: SpecfluxOptions): Beam | undefined {
  if ((major === '') !== (minor === '')) fail('usage', 'specflux: major and minor are given together, or neither.');
  if (major === '') return undefined;
  const [long, short] = [major, minor].map((text) => parseQuantity(text, 'angle') / ARCSEC);
  return { major: long, minor: short, positionAngle: 0 };
}

/** Hz as the unit has it, and m/s, which are relativistic as in CASA. */
function axesIn(unit: string, axis: SpectralAxis) {
  const isVelocity = /m\/s$/.test(unit);
  if (!isVelocity && !/Hz$/.test(unit))
    fail('unsupported', `specflux: unit="${unit}" is neither a frequency nor a velocity.`);
  if (isVelocity && !(axis.restFrequency > 0))
    fail('usage', 'specflux: the image has no rest frequency, so that there are no velocities.');
  const [frequencyUnit, velocityUnit] = isVelocity ? ['MHz', unit] : [unit, 'km/s'];
  const frequency = (hz: number) => hz / parseQuantity(`1${frequencyUnit}`, 'frequency');
  const velocity = (hz: number) =>
    (SPEED_OF_LIGHT * dopplerValue(hz / axis.restFrequency, 'BETA')) / parseQuantity(`1${velocityUnit}`, 'velocity');
  return { frequencyUnit, velocityUnit, frequency, velocity, integrated: isVelocity ? velocity : frequency };
}

/** Widths of the channels: the way to the next one, of the last one the one before it. */
function widthsOf(places: readonly number[]): number[] {
  const steps = places.slice(1).map((place, k) => Math.abs(place - places[k]));
  return [...steps, steps.at(-1) ?? 0];
}

/** %.12g of C. */
function significant(value: number): string {
  const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(12)))));
  if (power >= -5 && power < 12) return String(Number(value.toPrecision(12)));
  const [mantissa, exponent] = value.toExponential(11).split('e');
  return `${Number(mantissa)}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** %.6e of C. */
function exponential(value: number): string {
  const [mantissa, exponent] = value.toExponential(6).split('e');
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

function titleOf(image: Image, options: SpecfluxOptions, beam: Beam | undefined): string[] {
  const { imagename, region = '', box = '', chans = '', stokes = '' } = options;
  const chosen = box || chans || stokes ? `box=${box}, chans=${chans}, stokes=${stokes}` : `region=${region}`;
  const beams = beam ? [beam] : image.info.beams;
  const step = image.coordinates.direction?.increment ?? [1, 1];
  const arcsec2 = beams.length > 0 ? (Math.PI / (4 * Math.LN2)) * beams[0].major * beams[0].minor : 0;
  const size = `# beam size: ${arcsec2} arcsec2, ${beams[0] && beamPixels(beams[0], step[0], step[1])} pixels`;
  return [`# ${imagename}, ${chosen}`, beams.length > 1 ? '# multiple beams' : size];
}

/**
 * The spectrum of a region as a table: CASA's specflux, which writes it to its log and to a file.
 *
 * @returns the table
 * @throws usage when the image has no beam, no unit of brightness, or one channel only; exists
 */
export function specflux(context: Context, options: SpecfluxOptions): string {
  const { imagename, logfile = '', overwrite = false } = options;
  const column = columnOf(options.function ?? 'flux density');
  const path = joinPath(context.cwd, logfile);
  if (logfile !== '' && !overwrite && disk().exists(path))
    fail('exists', 'The log file exists already; give overwrite=True.', { file: path });
  const image = openImage(joinPath(context.cwd, imagename));
  try {
    const text = tableOf(context, image, options, column);
    context.log.post(text, 'INFO', 'specflux');
    if (logfile !== '')
      writeWhole(path, overwrite, (staged) => disk().writeFile(staged, new TextEncoder().encode(text)));
    return text;
  } finally {
    image.close();
  }
}

function tableOf(
  context: Context,
  image: Image,
  options: SpecfluxOptions,
  { statistic, title }: (typeof COLUMNS)[number],
): string {
  const { coordinates, unit, shape } = image;
  const axis =
    coordinates.spectral ?? fail('usage', 'specflux: the image has no axis of frequency.', { file: image.path });
  const beam = givenBeam(options);
  const step = coordinates.direction?.increment ?? [1, 1];
  if (!/\/beam/i.test(unit) || (!beam && image.info.beams.length === 0))
    fail('usage', 'specflux: a flux density needs an image in Jy/beam with a beam.', { file: image.path });
  const { pixelAxis } = axis;
  if (shape[shape.length - 1 - pixelAxis] === 1)
    fail('usage', 'specflux: the image has one channel only.', { file: image.path });
  const others = shape.map((_, k) => k).filter((k) => k !== pixelAxis);
  const { region, box, chans, stokes, mask } = options;
  const found = griddedStatistics(context, {
    imagename: options.imagename,
    region,
    box,
    chans,
    stokes,
    mask,
    axes: others,
  });
  const own = found.flux ?? [];
  const flux = beam ? found.sum.map((sum) => sum / beamPixels(beam, step[0], step[1])) : own;
  const { frequencyUnit, velocityUnit, frequency, velocity, integrated } = axesIn(options.unit || 'Hz', axis);
  const first = found.blc[pixelAxis];
  const hz = flux.map((_, k) => channelFrequency(axis, first + k));
  const widths = widthsOf(hz.map(integrated));
  const total = flux.reduce((sum, value, k) => sum + value * widths[k], 0);
  const jansky = unit.replace(/\/beam/i, '');
  const heads = [
    `frequency_(${frequencyUnit})`,
    `Velocity_(${velocityUnit})`,
    `${title}_(${statistic === 'flux' ? jansky : unit})`,
  ];
  const values = statistic === 'flux' ? flux : found[statistic];
  const rows = values.map((value, k) =>
    [
      String(first + k).padStart(9),
      String(found.npts[k]).padStart(25),
      frequency(hz[k]).toFixed(6).padStart(heads[0].length),
      velocity(hz[k]).toFixed(6).padStart(heads[1].length),
      exponential(value).padStart(Math.max(12, heads[2].length)),
    ].join(' '),
  );
  const summed = `# Total flux: ${significant(total)} ${jansky}.${options.unit || 'Hz'}`;
  const head = `# Channel number_of_unmasked_pixels ${heads.join(' ')}`;
  return [...titleOf(image, options, beam), summed, head, ...rows].map((line) => `${line}\n`).join('');
}
