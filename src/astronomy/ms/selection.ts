import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { parseAntenna } from './antenna-selection.ts';
import { readNumbers, stepRows } from './columns.ts';
import { parseCorrelation } from './correlation-selection.ts';
import { parseFeed } from './feed-selection.ts';
import type { FieldInfo } from './fields.ts';
import { parseIntent } from './intent-selection.ts';
import type { MeasurementSet } from './measurement-set.ts';
import { type MsMetadata, readMetadata } from './metadata.ts';
import { parseIndexTest, parseNamedList, type SelectionManner } from './selection-text.ts';
import { parseSpw, type SpwSelection } from './spw-selection.ts';
import { parseTimerange, parseUvrange, type TimeRange } from './time-selection.ts';

/** A data selection in CASA's words; an empty or absent text selects everything. */
export interface Selection {
  readonly spw?: string;
  readonly field?: string;
  readonly antenna?: string;
  readonly scan?: string;
  readonly intent?: string;
  readonly timerange?: string;
  readonly uvrange?: string;
  readonly correlation?: string;
  readonly array?: string;
  readonly observation?: string;
  readonly feed?: string;
}

export const SELECTION_KEYS = [
  'spw',
  'field',
  'antenna',
  'scan',
  'intent',
  'timerange',
  'uvrange',
  'correlation',
  'array',
  'observation',
  'feed',
];

/** Task arguments with every part of the selection as text: scripts also give numbers and lists, which mean the same. */
export function selectionTexts<Options extends object>(options: Options): Options {
  const entries = Object.entries(options).map(([name, value]) => {
    if (!SELECTION_KEYS.includes(name) || typeof value === 'string' || value === undefined || value === null) {
      return [name, value];
    }
    return [name, Array.isArray(value) ? value.join(',') : String(value)];
  });
  return Object.fromEntries(entries) as Options;
}

/** Rows and channels that a selection chose. */
export interface RowSelection {
  /** Row numbers in MAIN, ascending. */
  readonly rows: Int32Array;
  /** Chosen windows with their channel ranges. */
  readonly channels: SpwSelection;
  /** Chosen correlations by POLARIZATION row; absent when all are. */
  readonly corrs?: ReadonlyMap<number, readonly number[]>;
}

export interface SelectOptions extends SelectionManner {
  /** Metadata already read; saves reading it again. */
  readonly metadata?: MsMetadata;
}

/** Says for a row, given by its position in the bound columns, whether it stays. */
export type RowTest = (row: number) => boolean;
/** Values of MAIN columns by name, for rows in some order; UVW is flat [row, 3]. */
export type NumericColumns = Readonly<Record<string, ArrayLike<number>>>;
/** A condition: the MAIN columns that it looks at and how it tests rows. */
export interface RowCondition {
  readonly columns: readonly string[];
  bind(values: NumericColumns): RowTest;
}

/** A selection looked up in the metadata of an MS, before any row is read. */
export interface CompiledSelection {
  readonly channels: SpwSelection;
  /** Chosen correlations by POLARIZATION row; absent when all are. */
  readonly corrs?: ReadonlyMap<number, readonly number[]>;
  /** Chosen times; absent when all are. Also among the conditions. */
  readonly timeRanges?: readonly TimeRange[];
  /** All must hold. */
  readonly conditions: readonly RowCondition[];
}

/**
 * Numbers of the fields that a list of numbers, ranges, names and wildcards selects; all for an empty text.
 *
 * @throws usage when a name, or everything together, matches no field; numbers beyond the last are warned of
 */
export function parseField(text: string, fields: readonly FieldInfo[], { warn }: SelectionManner = {}): number[] {
  if (text === '') return fields.map((field) => field.id);
  return parseNamedList(
    text,
    fields.map((field) => [field.name, field.code]),
    'field',
    warn,
  );
}

/** A test for scan numbers: `1,3~5,>10`. */
export function parseScan(text: string): (scan: number) => boolean {
  return parseIndexTest(text, 'scan');
}

/**
 * Rows of MAIN that satisfy every part of a selection.
 *
 * @throws usage when a part of the selection matches nothing in the MS's tables; the result may still have no rows
 */
export function selectRows(ms: MeasurementSet, selection: Selection, options: SelectOptions = {}): RowSelection {
  const { channels, corrs, conditions } = compileSelection(ms, selection, options);
  return { rows: testRows(ms, conditions), channels, ...(corrs && { corrs }) };
}

/**
 * Looks a selection up in the metadata, for testing many rows.
 *
 * @throws usage when a part of the selection matches nothing in the MS's tables
 */
export function compileSelection(
  ms: MeasurementSet,
  chosen: Selection,
  options: SelectOptions = {},
): CompiledSelection {
  const selection = selectionTexts(chosen);
  const metadata = options.metadata ?? readMetadata(ms);
  const channels = parseSpw(selection.spw ?? '', metadata.spectralWindows, options);
  const correlations = selection.correlation ? parseCorrelation(selection.correlation, metadata, options) : undefined;
  const conditions = listConditions(selection, metadata, channels, options);
  if (correlations) conditions.push(memberCondition('DATA_DESC_ID', correlations.dataDescIds));
  if (selection.feed) conditions.push(feedCondition(selection.feed, ms));
  const timeRanges = selection.timerange ? readTimerange(ms, selection.timerange, conditions) : undefined;
  if (timeRanges) conditions.push(timeCondition(timeRanges));
  return {
    channels,
    conditions,
    ...(correlations && { corrs: correlations.corrs }),
    ...(timeRanges && { timeRanges }),
  };
}

/**
 * Time ranges of a `timerange` expression. As in CASA a date that is missing is that of the first row of MAIN, and a single time
 * means half the exposure, before and after, of the first row that the other parts of a selection leave.
 */
export function readTimerange(ms: MeasurementSet, text: string, others: readonly RowCondition[] = []): TimeRange[] {
  if (ms.main.rowCount === 0) return parseTimerange(text, 0);
  let exposure: number | undefined;
  const exposureOf = () => {
    const [first = 0] = exposure === undefined && others.length > 0 ? testRows(ms, others) : [];
    exposure ??= Number(ms.main.column('EXPOSURE').get(first));
    return exposure;
  };
  return parseTimerange(text, Number(ms.main.column('TIME').get(0)), exposureOf);
}

function testRows(ms: MeasurementSet, conditions: readonly RowCondition[]): Int32Array {
  const total = ms.main.rowCount;
  if (conditions.length === 0) return Int32Array.from({ length: total }, (_, row) => row);
  const names = [...new Set(conditions.flatMap((condition) => condition.columns))];
  const rows = new Int32Array(total);
  let found = 0;
  for (const { start, count, values } of stepRows(ms.main, names)) {
    const tests = conditions.map((condition) => condition.bind(values as unknown as NumericColumns));
    for (let row = 0; row < count; row++) {
      let isChosen = true;
      for (let index = 0; index < tests.length && isChosen; index++) isChosen = tests[index](row);
      if (isChosen) rows[found++] = start + row;
    }
  }
  return rows.slice(0, found);
}

function listConditions(
  selection: Selection,
  metadata: MsMetadata,
  channels: SpwSelection,
  manner: SelectionManner,
): RowCondition[] {
  const conditions: RowCondition[] = [];
  if (selection.spw && channels.size < metadata.spectralWindows.length) {
    const chosen = metadata.dataDescriptions.filter(({ spwId }) => channels.has(spwId)).map(({ id }) => id);
    conditions.push(memberCondition('DATA_DESC_ID', chosen));
  }
  if (selection.field)
    conditions.push(memberCondition('FIELD_ID', parseField(selection.field, metadata.fields, manner)));
  if (selection.intent)
    conditions.push(memberCondition('STATE_ID', parseIntent(selection.intent, metadata.states, manner)));
  if (selection.scan) conditions.push(testCondition('SCAN_NUMBER', parseScan(selection.scan)));
  if (selection.array) conditions.push(testCondition('ARRAY_ID', parseIndexTest(selection.array, 'array')));
  if (selection.observation) {
    conditions.push(testCondition('OBSERVATION_ID', parseIndexTest(selection.observation, 'observation')));
  }
  if (selection.antenna) conditions.push(antennaCondition(selection.antenna, metadata, manner));
  if (selection.uvrange) conditions.push(uvCondition(selection.uvrange, metadata));
  return conditions;
}

function memberCondition(column: string, ids: readonly number[]): RowCondition {
  const members = new Uint8Array(Math.max(-1, ...ids) + 1);
  for (const id of ids) members[id] = 1;
  return { columns: [column], bind: (values) => (row) => members[values[column][row]] === 1 };
}

function testCondition(column: string, test: (value: number) => boolean): RowCondition {
  const known = new Map<number, boolean>();
  return {
    columns: [column],
    bind: (values) => (row) => {
      const value = values[column][row];
      let isChosen = known.get(value);
      if (isChosen === undefined) {
        isChosen = test(value);
        known.set(value, isChosen);
      }
      return isChosen;
    },
  };
}

function antennaCondition(text: string, metadata: MsMetadata, manner: SelectionManner): RowCondition {
  const { isSelected, antennaCount } = parseAntenna(text, metadata.antennas, manner);
  return {
    columns: ['ANTENNA1', 'ANTENNA2'],
    bind: (values) => (row) => isSelected[values.ANTENNA1[row] * antennaCount + values.ANTENNA2[row]] === 1,
  };
}

function feedCondition(text: string, ms: MeasurementSet): RowCondition {
  const test = parseFeed(text, new Set(readNumbers(ms.subtable('FEED'), 'FEED_ID')));
  return {
    columns: ['FEED1', 'FEED2'],
    bind: (values) => (row) => test(values.FEED1[row], values.FEED2[row]),
  };
}

function timeCondition(ranges: readonly TimeRange[]): RowCondition {
  return {
    columns: ['TIME'],
    bind: (values) => (row) => {
      const time = values.TIME[row];
      return ranges.some(([start, end]) => time >= start && time <= end);
    },
  };
}

function uvCondition(text: string, metadata: MsMetadata): RowCondition {
  const ranges = parseUvrange(text);
  const perMetre = metadata.dataDescriptions.map(
    ({ spwId }) => (metadata.spectralWindows[spwId]?.refFrequency ?? 0) / SPEED_OF_LIGHT,
  );
  return {
    columns: ['UVW', 'DATA_DESC_ID'],
    bind: (values) => (row) => {
      const length = Math.hypot(values.UVW[3 * row], values.UVW[3 * row + 1]);
      return ranges.some(({ low, high, isWavelengths }) => {
        const scaled = isWavelengths ? length * perMetre[values.DATA_DESC_ID[row]] : length;
        return scaled >= low && scaled <= high;
      });
    },
  };
}
