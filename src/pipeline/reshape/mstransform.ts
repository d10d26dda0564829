import {
  binChannels,
  binsOf,
  type ChannelBins,
  type ChunkOperator,
  flatSpectrum,
  type GridRequest,
  hanningSmooth,
  type InterpolationMethod,
  type RegridWindow,
  regridChannels,
  regridding,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { type Combination, channelsOf, planCombination, warnOfGaps } from './combined-windows.ts';
import { type OutputFrame, planFrame } from './output-frame.ts';
import { type SplitResult, type TransformSteps, transform } from './split.ts';
import type { OutputGrid, SplitOptions } from './split-plan.ts';
import { hasSpectrum } from './weight-spectrum.ts';

/** How channels are regridded: parameters of CASA's mstransform and cvel2. */
export interface RegridParameters {
  readonly mode?: 'channel' | 'frequency' | 'velocity' | string;
  /** -1: as many as fit. */
  readonly nchan?: number;
  /** Channel number, frequency or velocity of the first channel; 0 or '': the beginning of the window. */
  readonly start?: number | string;
  /** Width in channels, frequency or velocity; 1 or '': that of the input. */
  readonly width?: number | string;
  readonly interpolation?: InterpolationMethod | string;
  readonly phasecenter?: string | number;
  readonly restfreq?: string | number;
  /** '': as it is; LSRK, BARY, GEO, TOPO, LSRD, GALACTO, LGROUP, CMB, SOURCE. */
  readonly outframe?: string;
  readonly veltype?: 'radio' | 'optical' | string;
  /** Averages as many channels as a new one is wide, when it is at least twice as wide, and interpolates the averages. */
  readonly preaverage?: boolean;
}

/** Parameters of CASA's mstransform. */
export interface MstransformOptions extends Omit<SplitOptions, 'width' | 'combine' | 'timebin'>, RegridParameters {
  readonly chanaverage?: boolean;
  /** Channels to average: one number, or one for each selected window. */
  readonly chanbin?: number | readonly number[];
  readonly hanning?: boolean;
  readonly regridms?: boolean;
  readonly timeaverage?: boolean;
  readonly timebin?: string;
  /** What time averages may span: 'scan', 'state', 'field' (with commas). */
  readonly timespan?: string;
  readonly combinespws?: boolean;
}

/**
 * Selects, averages, smooths and regrids visibilities into a new MeasurementSet: CASA 6.7's mstransform.
 *
 * The steps are made in CASA's order: time average, channel selection, channel average (of several windows their combination, then the
 * average), `preaverage`, Hanning smoothing, regridding.
 *
 * @throws usage for parameters that contradict each other; unsupported for spectral windows that cannot be combined
 */
export function mstransform(context: Context, options: MstransformOptions): SplitResult {
  const { chanaverage, chanbin, hanning, regridms, timeaverage, timebin, timespan, combinespws, ...rest } = options;
  const {
    mode,
    nchan,
    start,
    width: _,
    interpolation,
    phasecenter,
    restfreq,
    outframe,
    veltype,
    preaverage,
    ...selection
  } = rest;
  if (chanaverage && typeof chanbin === 'number' && chanbin <= 1)
    fail('usage', 'chanbin must be larger than 1 to average channels.');
  if (chanaverage && combinespws && typeof chanbin === 'object')
    fail(
      'usage',
      'With combinespws chanbin is one number, not a list: the channels of the combined window are averaged.',
    );
  if (timeaverage && !(parseQuantity(timebin ?? '0s', 'time') > 0))
    fail('usage', "timebin must be longer than '0s' to average in time.");
  const grid = {
    mode,
    nchan,
    start,
    width: options.width,
    interpolation,
    phasecenter,
    restfreq,
    outframe,
    veltype,
    preaverage,
  };
  return transform(
    context,
    'mstransform',
    {
      ...selection,
      ...(chanaverage && { width: chanbin ?? 1 }),
      ...(timeaverage && { timebin: timebin ?? '0s', combine: timespan ?? '' }),
    },
    spectralSteps({
      hanning: hanning ?? false,
      combine: combinespws ?? false,
      chanbin: chanaverage ? Number(chanbin ?? 1) : 1,
      ...(regridms && { grid }),
    }),
  );
}

/** Of the ratio of channel widths. */
const ROUNDING = 1e-3;

/** What is done along the channels after selecting and averaging them. */
export interface SpectralWork {
  readonly hanning: boolean;
  /** Windows become one, which is always regridded to channels of one width. */
  readonly combine: boolean;
  /** Channels of the combined window that are averaged; default 1. */
  readonly chanbin?: number;
  /** Absent: the channels stay. */
  readonly grid?: RegridParameters;
}

/** Steps of a split that smooths, combines and regrids. */
export function spectralSteps({ hanning, combine, chanbin = 1, grid: given }: SpectralWork): TransformSteps {
  let frame: OutputFrame | undefined;
  let combination: Combination | undefined;
  const regrids = new Map<number, RegridWindow>();
  const averages = new Map<number, ChannelBins>();
  let width = 1;
  return {
    choose(plan) {
      if (!combine || plan.windows.length < 2) return plan;
      // CASA averages the channels of the combined window.
      width = chanbin;
      const windows = plan.windows.map((window) => ({ ...window, width: 1, bins: binsOf(window.ranges, 1) }));
      return { ...plan, windows };
    },
    replan(plan, metadata, source, warn) {
      if (combine && plan.windows.length > 1) combination = planCombination(source, metadata, plan);
      if (!given && !combination) return plan;
      const chosen = planFrame(source, metadata, plan, given?.outframe ?? '', given?.phasecenter ?? '');
      frame = chosen;
      const request = gridRequest(given ?? {});
      const wide = given?.preaverage ? 'preaveraged' : 'sampled';
      const written = combination?.plan ?? plan;
      // As CASA: weights that are not known by channel do not count, though combined windows differ in them.
      const isPlain = plan.timebinSec === 0 && !hasSpectrum(source, 'WEIGHT_SPECTRUM', plan.selection.rows[0]);
      const windows = written.windows.map((window) => {
        const channels = combination?.union ?? channelsOf(window, metadata);
        const { grid, regrid, average } =
          width > 1
            ? planAveragedGrid(channels, width, chosen, request)
            : planGrid(channels, chosen, request, window.width > 1 ? 'interpolated' : wide);
        if (average) averages.set(window.oldId, { ...average, isPlain });
        if (combination) warnOfGaps(combination.union, grid.freqs, chosen.referenceFactor, warn);
        regrids.set(window.oldId, regrid);
        return { ...window, grid };
      });
      return { ...written, windows };
    },
    after(): ChunkOperator[] {
      if (!hanning && !frame) return [];
      const operators = [flatSpectrum()];
      if (combination) operators.push(combination.operator);
      if (averages.size > 0) operators.push(channelAverages(averages));
      if (hanning) operators.push(hanningSmooth());
      const shift = frame;
      if (shift) {
        operators.push(
          regridding({
            windows: regrids,
            method: interpolationOf(given?.interpolation ?? 'linear'),
            shiftFactor: (timeSec, fieldId) => shift.factorAt(timeSec, fieldId),
          }),
        );
      }
      return operators;
    },
  };
}

interface Channels {
  readonly freqs: ArrayLike<number>;
  readonly widths: ArrayLike<number>;
}

function channelAverages(bins: ReadonlyMap<number, ChannelBins>): ChunkOperator {
  return {
    push(chunk, next) {
      const own = bins.get(chunk.spwId);
      next(own ? binChannels(chunk, own) : chunk);
    },
    flush() {},
  };
}

/** Bins of `width` channels, the last of those that are left over. */
function binsWithRest(count: number, width: number): [number, number][] {
  const starts = Array.from({ length: Math.ceil(count / width) }, (_, bin) => bin * width);
  return starts.map((first) => [first, Math.min(width, count - first)]);
}

/** The grid of a window whose channels are averaged before they are regridded. */
function planAveragedGrid(
  { freqs, widths }: Channels,
  width: number,
  frame: OutputFrame,
  request: GridRequest,
): { grid: OutputGrid; regrid: RegridWindow; average: ChannelBins } {
  const bins = binsWithRest(freqs.length, width);
  const means = bins.map(([first, count]) => meanOf(freqs, first, count));
  const sums = bins.map(([first, count]) => count * meanOf(widths, first, count));
  const { grid, regrid } = planGrid({ freqs: means, widths: sums }, frame, request, 'interpolated');
  return { grid, regrid, average: { bins } };
}

/**
 * How channels at least twice as wide are made: as means of samples, of averages of old channels, or, as CASA does it when the old ones
 * are averages already (`chanaverage`), as one sample.
 */
type WideChannels = 'sampled' | 'preaveraged' | 'interpolated';

function planGrid(
  { freqs: from, widths }: Channels,
  frame: OutputFrame,
  request: GridRequest,
  wide: WideChannels,
): { grid: OutputGrid; regrid: RegridWindow; average?: ChannelBins } {
  const shifted = (values: ArrayLike<number>) => Float64Array.from(values, (value) => value * frame.referenceFactor);
  const { freqs, widths: newWidths, weightScale, widthRatio } = regridChannels(shifted(from), shifted(widths), request);
  const grid = { freqs, widths: newWidths, frameCode: frame.code };
  const width = Math.floor(widthRatio + ROUNDING);
  const isWide = width >= 2 && 2 * width <= from.length;
  if (wide === 'preaveraged' && isWide) {
    const bins = binsWithRest(from.length, width);
    const means = bins.map(([first, count]) => meanOf(from, first, count));
    const scale = frame.isChanged ? weightScale / width : 1;
    return { grid, regrid: { from: means, to: freqs, weightScale: scale }, average: { bins } };
  }
  return {
    grid,
    regrid: {
      ...{ from, to: freqs, weightScale: frame.isChanged ? weightScale : 1 },
      ...(wide === 'sampled' && isWide && { widths: newWidths }),
    },
  };
}

function meanOf(values: ArrayLike<number>, first: number, count: number): number {
  let total = 0;
  for (let at = first; at < first + count; at++) total += values[at];
  return total / count;
}

/** The grid in the words of `regridChannels`. */
export function gridRequest(grid: RegridParameters): GridRequest {
  const mode = grid.mode ?? 'channel';
  if (mode !== 'channel' && mode !== 'frequency' && mode !== 'velocity') {
    fail('unsupported', `mode="${mode}" is not done; use channel, frequency or velocity.`);
  }
  const veltype = (grid.veltype ?? 'radio').toLowerCase() === 'optical' ? 'optical' : 'radio';
  const number = (value: number | string | undefined, native: number) => {
    if (value === undefined || value === '' || (mode !== 'channel' && Number(value) === native)) return undefined;
    return mode === 'channel' ? Math.trunc(Number(value)) : parseQuantity(value, mode);
  };
  const restFrequency = grid.restfreq ? parseQuantity(grid.restfreq, 'frequency') : undefined;
  return {
    mode,
    veltype,
    ...(grid.nchan !== undefined && grid.nchan > 0 && { nchan: grid.nchan }),
    ...optional('start', number(grid.start, 0)),
    ...optional('width', number(grid.width, 1)),
    ...optional('restFrequency', restFrequency),
  };
}

function optional<Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, number>>;
}

function interpolationOf(text: string): InterpolationMethod {
  const method = text.toLowerCase();
  if (method === 'nearest' || method === 'linear' || method === 'cubic' || method === 'spline') return method;
  return fail('unsupported', `interpolation="${text}" is not done; use nearest, linear, cubic or spline.`);
}
