import {
  azEl,
  convertDirection,
  frequencyShiftFactor,
  parallacticAngle,
  type VelocityFrame,
} from '../../astronomy/measures/index.ts';
import { fieldDirection, type MsMetadata } from '../../astronomy/ms/index.ts';
import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { Axis } from '../../foundation/plotting/index.ts';

/** CASA's words for what plotms can put on an axis. */
export type PlotAxis =
  | 'time'
  | 'scan'
  | 'field'
  | 'spw'
  | 'chan'
  | 'freq'
  | 'velocity'
  | 'uvdist'
  | 'uvwave'
  | 'u'
  | 'v'
  | 'w'
  | 'uwave'
  | 'vwave'
  | 'wwave'
  | 'baseline'
  | 'antenna1'
  | 'antenna2'
  | 'azimuth'
  | 'elevation'
  | 'hourang'
  | 'parang'
  | 'amp'
  | 'phase'
  | 'real'
  | 'imag'
  | 'wt'
  | 'wtamp'
  | 'wtsp'
  | 'sigma'
  | 'corr';

/** Frame of the frequencies, and how velocities are made of them. */
export interface SpectralView {
  /** Undefined: that of each window. */
  readonly frame?: VelocityFrame;
  /** Hz; undefined: the middle of each window. */
  readonly restHz?: number;
  readonly isOptical: boolean;
}

/** Of weighted visibilities, or of weighted amplitudes and phases (rad): [chan bin, corr]. */
export interface DataSums {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly weight: Float64Array;
}

/** Sums of one baseline, one antenna or all baselines within one interval. */
export interface Sums extends DataSums {
  readonly row: RowFacts;
  /** Of flagged values, where they are asked for. */
  readonly flagged?: DataSums;
  /** Of WEIGHT_SPECTRUM, or of weights where there is none, and how many values they are of, where it is asked for: [chan bin, corr]. */
  readonly spectrum?: { readonly sum: Float64Array; readonly count: Float64Array };
  count: number;
  timeSum: number;
  wtSum: number;
  sigmaSum: number;
}

/** What a point says about the rows behind it. */
export interface RowFacts {
  readonly fieldId: number;
  readonly scan: number;
  readonly observationId: number;
  readonly stateId: number;
  readonly spwId: number;
  readonly antenna1: number;
  readonly antenna2: number;
  readonly uvw: readonly [number, number, number];
}

/** Where in its sums a value lies. */
export interface Cell {
  readonly at: number;
  readonly chan: number;
  /** Hz, in the frame of its window. */
  readonly frequency: number;
  readonly corr: string;
}

const DEGREES = 180 / Math.PI;
const LABELS: Readonly<Partial<Record<PlotAxis, string>>> = {
  time: 'UTC',
  freq: 'frequency (GHz)',
  velocity: 'velocity (km/s)',
  chan: 'channel',
  amp: 'amplitude',
  phase: 'phase (deg)',
  real: 'real part',
  imag: 'imaginary part',
  uvdist: 'uv distance (m)',
  uvwave: 'uv distance (wavelengths)',
  wt: 'weight',
  wtamp: 'weight x amplitude',
  wtsp: 'weight of the channel',
  u: 'u (m)',
  v: 'v (m)',
  w: 'w (m)',
  uwave: 'u (wavelengths)',
  vwave: 'v (wavelengths)',
  wwave: 'w (wavelengths)',
  azimuth: 'azimuth (deg)',
  elevation: 'elevation (deg)',
  corr: 'correlation',
  hourang: 'hour angle (h)',
  parang: 'parallactic angle (deg)',
};

/** Axes of numbers that count. */
const WHOLE: readonly PlotAxis[] = ['chan', 'scan', 'spw'];

/** Values of averages on any axis; what depends on the sky is computed once an instant and field, at the first antenna. */
export class AxisValues {
  private readonly metadata: MsMetadata;
  private readonly isScalar: boolean;
  private readonly view: SpectralView | undefined;
  private readonly middles: readonly number[];
  private readonly correlations: readonly string[];
  private known = {
    timeSec: Number.NaN,
    fieldId: -1,
    spwId: -1,
    azimuth: 0,
    elevation: 0,
    hourang: 0,
    parang: 0,
    factor: 1,
  };

  constructor(metadata: MsMetadata, isScalar: boolean, view: SpectralView | undefined) {
    this.metadata = metadata;
    this.isScalar = isScalar;
    this.view = view;
    this.correlations = correlationsOf(metadata);
    this.middles = metadata.spectralWindows.map(
      ({ chanFreqs }) => chanFreqs.reduce((sum, frequency) => sum + frequency, 0) / chanFreqs.length,
    );
  }

  value(axis: PlotAxis, sums: Sums, cell: Cell): number {
    const { row, count } = sums;
    const [u, v, w] = row.uvw;
    const waves = (metres: number) => (metres * cell.frequency) / SPEED_OF_LIGHT;
    switch (axis) {
      case 'amp':
      case 'phase':
      case 'real':
      case 'imag':
        return this.dataValue(axis, sums, cell.at);
      case 'time':
        return sums.timeSum / count;
      case 'freq':
        return (cell.frequency * this.skyAt(sums).factor) / 1e9;
      case 'velocity':
        return this.velocity(sums, cell);
      case 'azimuth':
      case 'elevation':
      case 'hourang':
      case 'parang':
        return this.skyAt(sums)[axis];
      case 'chan':
        return cell.chan;
      case 'corr':
        return this.correlations.indexOf(cell.corr);
      case 'uvdist':
        return Math.hypot(u, v);
      case 'uvwave':
        return waves(Math.hypot(u, v));
      case 'u':
      case 'v':
      case 'w':
        return { u, v, w }[axis];
      case 'uwave':
      case 'vwave':
      case 'wwave':
        return waves({ uwave: u, vwave: v, wwave: w }[axis]);
      case 'wt':
        return sums.wtSum / count;
      case 'wtamp':
        return (sums.wtSum / count) * this.dataValue('amp', sums, cell.at);
      case 'wtsp':
        return sums.spectrum ? sums.spectrum.sum[cell.at] / sums.spectrum.count[cell.at] : Number.NaN;
      case 'sigma':
        return sums.sigmaSum / count;
      case 'scan':
        return row.scan;
      case 'field':
        return row.fieldId;
      case 'spw':
        return row.spwId;
      case 'antenna1':
      case 'antenna2':
        return row[axis];
      case 'baseline':
        return this.baselineAt(row);
    }
  }

  /** Place among all pairs of antennas. */
  private baselineAt({ antenna1, antenna2 }: RowFacts): number {
    const [one, other] = antenna1 < antenna2 ? [antenna1, antenna2] : [antenna2, antenna1];
    return one * this.metadata.antennas.length - (one * (one - 1)) / 2 + other - one;
  }

  private dataValue(axis: 'amp' | 'phase' | 'real' | 'imag', { re, im, weight }: Sums, at: number): number {
    const [first, second] = [re[at] / weight[at], im[at] / weight[at]];
    const [amp, phase] = this.isScalar ? [first, second] : [Math.hypot(first, second), Math.atan2(second, first)];
    if (axis === 'amp') return amp;
    if (axis === 'phase') return phase * DEGREES;
    return axis === 'real' ? amp * Math.cos(phase) : amp * Math.sin(phase);
  }

  private velocity(sums: Sums, { frequency }: Cell): number {
    const rest = this.view?.restHz ?? this.middles[sums.row.spwId];
    const seen = frequency * this.skyAt(sums).factor;
    const ratio = this.view?.isOptical ? rest / seen - 1 : 1 - seen / rest;
    return (ratio * SPEED_OF_LIGHT) / 1000;
  }

  private skyAt({ row: { fieldId, spwId }, timeSum, count }: Sums): typeof this.known {
    const timeSec = timeSum / count;
    const { known } = this;
    if (timeSec === known.timeSec && fieldId === known.fieldId && spwId === known.spwId) return known;
    const itrf = Float64Array.from(this.metadata.antennas[0].position);
    const [ra, dec] = fieldDirection(this.metadata.fields[fieldId], timeSec);
    const { az, el } = azEl(timeSec, ra, dec, itrf);
    const [hourAngle] = convertDirection(ra, dec, 'J2000', 'HADEC', { mjdSec: timeSec, itrf });
    const { measFreqRef } = this.metadata.spectralWindows[spwId];
    const own = isVelocityFrame(measFreqRef) ? measFreqRef : 'TOPO';
    this.known = {
      ...{
        timeSec,
        fieldId,
        spwId,
        azimuth: az * DEGREES,
        elevation: el * DEGREES,
        hourang: (hourAngle * DEGREES) / 15,
      },
      parang: parallacticAngle(timeSec, ra, dec, itrf) * DEGREES,
      factor: frequencyShiftFactor(timeSec, ra, dec, itrf, own, this.view?.frame ?? own),
    };
    return this.known;
  }
}

function isVelocityFrame(name: string): name is VelocityFrame {
  return ['TOPO', 'GEO', 'BARY', 'LSRK'].includes(name);
}

/** What an axis shows, in words without a unit. */
export function axisName(axis: PlotAxis): string {
  return axis === 'time' ? 'time' : (LABELS[axis] ?? axis).replace(/ \(.*\)$/, '');
}

/** All correlations that a MeasurementSet has. */
function correlationsOf({ polarizations }: MsMetadata): string[] {
  return [...new Set(polarizations.flatMap(({ corrTypes }) => corrTypes))];
}

/** All pairs of antennas, those of an antenna with itself among them, in the order of their numbers. */
function baselinesOf({ antennas }: MsMetadata): string[] {
  return antennas.flatMap(({ name }, one) => antennas.slice(one).map((other) => `${name} & ${other.name}`));
}

/** An axis with CASA's name in words. */
export function axisOf(
  metadata: MsMetadata,
  axis: PlotAxis,
  label = LABELS[axis] ?? axis,
  range?: readonly [number, number],
): Axis {
  if (axis === 'time') return { label, kind: 'time', range };
  if (axis === 'phase') return { label, kind: 'phase', range: range ?? [-190, 190] };
  if (axis === 'field') return { label, categories: metadata.fields.map(({ name }) => name) };
  if (axis === 'antenna1' || axis === 'antenna2')
    return { label, categories: metadata.antennas.map(({ name }) => name) };
  if (axis === 'corr') return { label, categories: correlationsOf(metadata) };
  if (axis === 'baseline') return { label, categories: baselinesOf(metadata) };
  if (WHOLE.includes(axis)) return { label, kind: 'whole', range };
  return { label, range };
}
