import {
  type ChannelRange,
  type MeasurementSet,
  type MsMetadata,
  parseAntenna,
  parseField,
  parseIndexTest,
  parseIntent,
  type RowSelection,
  readTimerange,
  type Selection,
  selectRows,
  stepRows,
  type TimeRange,
} from '../../astronomy/ms/index.ts';
import { binsOf } from '../../astronomy/visibility/index.ts';
import { queryRows } from '../../formats/tables/index.ts';
import { fail, parseQuantity } from '../../foundation/base/index.ts';

/** Channels averaged into one: of all windows, or of each selected one. */
export type ChannelWidth = number | string | readonly (number | string)[];

/** Parameters of CASA's split. */
export interface SplitOptions extends Selection {
  readonly vis: string;
  readonly outputvis: string;
  readonly datacolumn?: 'data' | 'corrected' | 'model' | 'data,model,corrected' | 'float_data' | 'all' | string;
  /** Keep rows that are flagged altogether; default true. */
  readonly keepflags?: boolean;
  /** Channels to average: one number, or one for each selected window in order. */
  readonly width?: ChannelWidth;
  /** Time averaging, e.g. '30s'; '0s' for none. */
  readonly timebin?: string;
  /** What time averages may span: 'scan', 'state', 'field' (with commas). */
  readonly combine?: string;
  readonly overwrite?: boolean;
  /** How far the uvw of a baseline may move within a time bin, m (mstransform); 0: as far as they do. */
  readonly maxuvwdistance?: number;
  /** WEIGHT_SPECTRUM also where the input has none (mstransform). */
  readonly usewtspectrum?: boolean;
  /** A condition in the table query language that rows must fulfil beside the selection (mstransform). */
  readonly taql?: string;
  /** False keeps all subtables and numbers as they are (mstransform's reindex). Default true. */
  readonly reindex?: boolean;
}

/** Channels of a window in another frame or on another grid. */
export interface OutputGrid {
  /** Hz */
  readonly freqs: Float64Array;
  /** Hz */
  readonly widths: Float64Array;
  /** MEAS_FREQ_REF */
  readonly frameCode: number;
}

/** One output spectral window. */
export interface WindowPlan {
  readonly oldId: number;
  readonly ranges: readonly ChannelRange[];
  readonly width: number;
  readonly bins: readonly (readonly [first: number, count: number])[];
  /** All channels, unaveraged. */
  readonly isWhole: boolean;
  /** The channels that are written, when they are interpolated from `bins`. */
  readonly grid?: OutputGrid;
}

/** Old number → new number; things that are dropped are absent. */
export type NumberMap = ReadonlyMap<number, number>;

/** What a split will do, before any visibility is read. */
export interface SplitPlan {
  readonly selection: RowSelection;
  /** Output windows, in order. */
  readonly windows: readonly WindowPlan[];
  readonly spwMap: NumberMap;
  readonly dataDescMap: NumberMap;
  /** Absent when the table stays as it is. */
  readonly fieldMap?: NumberMap;
  readonly stateMap?: NumberMap;
  readonly antennaMap?: NumberMap;
  readonly observationMap?: NumberMap;
  readonly arrayMap?: NumberMap;
  readonly timeRanges?: readonly TimeRange[];
  readonly timebinSec: number;
  /** What time bins span, of 'scan', 'state' and 'field'. */
  readonly combined: readonly string[];
  readonly maxUvwDistanceM: number;
  readonly isReindexed: boolean;
  /** All selected windows become the one in `windows`. */
  readonly isCombined?: boolean;
}

/**
 * Works out windows, channels and new numbers of a split.
 *
 * Numbers as CASA 6.7's split gives them: windows in the order of the `spw` expression; fields, states, antennas, observations and
 * arrays are renumbered only when `field`, `intent`, `antenna`, `observation` or `array` selects among them; POLARIZATION keeps its rows.
 *
 * @throws usage when the selection matches nothing
 */
export function planSplit(
  ms: MeasurementSet,
  metadata: MsMetadata,
  options: SplitOptions,
  warn?: (sentence: string) => void,
): SplitPlan {
  const selected = selectRows(ms, options, { metadata, warn });
  const selection = options.taql
    ? { ...selected, rows: queryRows(ms.main, options.taql, { among: selected.rows }) }
    : selected;
  const windows = planWindows(metadata, selection, widthsOf(options.width ?? 1));
  const averaging = planAveraging(metadata, options, warn);
  if (options.reindex === false) {
    const spwMap = numberMap(metadata.spectralWindows.map(({ id }) => id));
    const dataDescMap = numberMap(metadata.dataDescriptions.map(({ id }) => id));
    return { selection, windows, spwMap, dataDescMap, ...averaging, isReindexed: false };
  }
  const spwMap = numberMap(windows.map(({ oldId }) => oldId));
  const dataDescs = metadata.dataDescriptions
    .filter(({ spwId, polId }) => spwMap.has(spwId) && (selection.corrs?.get(polId)?.length ?? 1) > 0)
    .sort((one, other) => (spwMap.get(one.spwId) ?? 0) - (spwMap.get(other.spwId) ?? 0) || one.id - other.id);
  return {
    selection,
    windows,
    spwMap,
    dataDescMap: numberMap(dataDescs.map(({ id }) => id)),
    ...(options.field && { fieldMap: numberMap(parseField(options.field, metadata.fields)) }),
    ...(options.intent && { stateMap: numberMap(parseIntent(options.intent, metadata.states)) }),
    ...(options.antenna && { antennaMap: numberMap(antennasOf(options.antenna, metadata)) }),
    ...(options.observation && {
      observationMap: numberMap(
        Array.from({ length: ms.subtable('OBSERVATION').rowCount }, (_, id) => id).filter(
          parseIndexTest(options.observation, 'observation'),
        ),
      ),
    }),
    ...(options.array && { arrayMap: numberMap(arraysOf(ms).filter(parseIndexTest(options.array, 'array'))) }),
    ...(options.timerange && { timeRanges: readTimerange(ms, options.timerange) }),
    ...averaging,
    isReindexed: true,
  };
}

/** Half a minute is as long as subscans of ALMA are; longer bins span their states whatever is asked for, as in CASA. */
const LONGEST_SUBSCAN_SEC = 30;

function planAveraging(
  metadata: MsMetadata,
  options: SplitOptions,
  warn?: (sentence: string) => void,
): Pick<SplitPlan, 'timebinSec' | 'combined' | 'maxUvwDistanceM'> {
  const timebinSec = parseQuantity(options.timebin ?? '0s', 'time');
  const known = ['scan', 'state', 'field'];
  const combined = timebinSec > 0 ? known.filter((name) => options.combine?.includes(name)) : [];
  const isAlma = metadata.observation.telescope.includes('ALMA');
  if (timebinSec > LONGEST_SUBSCAN_SEC && isAlma && !combined.includes('state')) {
    warn?.('Time bins of more than 30 s span the states of ALMA data, whose subscans are not longer.');
    combined.push('state');
  }
  return { timebinSec, combined, maxUvwDistanceM: options.maxuvwdistance ?? 0 };
}

/** Numbers that also stand as texts, as scripts give them: '10', ['10', '20'], '[10, 20]'. */
function widthsOf(width: ChannelWidth): number | readonly number[] {
  if (typeof width === 'number') return width;
  const words = typeof width === 'string' ? width.replace(/^\s*\[|\]\s*$/g, '').split(',') : width;
  const numbers = words.map((word) => (String(word).trim() === '' ? 1 : Number(word)));
  const wrong = words.find((_, index) => !(Number.isInteger(numbers[index]) && numbers[index] >= 0));
  if (wrong !== undefined) fail('usage', `width must be numbers of channels to average, not "${wrong}".`);
  return numbers.length === 1 ? numbers[0] : numbers;
}

function planWindows(metadata: MsMetadata, selection: RowSelection, width: number | readonly number[]): WindowPlan[] {
  const isDescribed = new Set(metadata.dataDescriptions.map(({ spwId }) => spwId));
  const chosen = [...selection.channels].filter(([oldId]) => isDescribed.has(oldId));
  if (typeof width !== 'number' && width.length > 1 && width.length !== chosen.length) {
    fail('usage', `width has ${width.length} values but ${chosen.length} spectral windows are selected.`);
  }
  return chosen.map(([oldId, ranges], index) => {
    const count = metadata.spectralWindows[oldId].chanFreqs.length;
    const wanted = Math.min(count, typeof width === 'number' ? width : (width[width.length === 1 ? 0 : index] ?? 1));
    const isWhole = wanted <= 1 && ranges.length === 1 && ranges[0][0] === 0 && ranges[0][1] === count - 1;
    return { oldId, ranges, width: Math.max(1, wanted), bins: binsOf(ranges, wanted), isWhole };
  });
}

/** Numbers of arrays that have rows, ascending. */
function arraysOf(ms: MeasurementSet): number[] {
  const ids = new Set<number>();
  for (const { values } of stepRows(ms.main, ['ARRAY_ID']))
    for (const id of values.ARRAY_ID as unknown as Iterable<number>) ids.add(id);
  return [...ids].sort((one, other) => one - other);
}

function antennasOf(text: string, metadata: MsMetadata): number[] {
  const { isSelected, antennaCount } = parseAntenna(text, metadata.antennas);
  return metadata.antennas
    .map(({ id }) => id)
    .filter((id) => isSelected.subarray(id * antennaCount, (id + 1) * antennaCount).includes(1));
}

function numberMap(kept: readonly number[]): Map<number, number> {
  return new Map(kept.map((old, index) => [old, index]));
}
