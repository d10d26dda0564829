import { type MeasurementSet, type MsMetadata, readMetadata, stepRows } from '../../astronomy/ms/index.ts';
import { shapeOf } from '../../astronomy/visibility/index.ts';
import type { ColumnValues } from '../../formats/tables/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { otherProducts, permuteCorrelations, reverseChannels, spread, unitModel } from './cell-changes.ts';
import type { MergeMaps } from './merge-maps.ts';

/** What changes in the rows of one input. */
export interface RowChanges {
  readonly maps: MergeMaps;
  /** Added to SCAN_NUMBER of rows of an observation of the input. */
  readonly scanOffset: (observationId: number) => number;
  /** WEIGHT is multiplied by it. */
  readonly weightScale: number;
}

const ROWS_PER_STEP = 65_536;
const BYTES_PER_PIECE = 16 * 1024 * 1024;
const DOUBLES = ['TIME', 'TIME_CENTROID', 'INTERVAL', 'EXPOSURE', 'UVW'] as const;
const INTEGERS = [
  'ANTENNA1',
  'ANTENNA2',
  'FEED1',
  'FEED2',
  'DATA_DESC_ID',
  'FIELD_ID',
  'STATE_ID',
  'OBSERVATION_ID',
  'PROCESSOR_ID',
  'SCAN_NUMBER',
  'ARRAY_ID',
] as const;
type Integer = (typeof INTEGERS)[number];
const VISIBILITIES = ['DATA', 'CORRECTED_DATA', 'MODEL_DATA', 'FLOAT_DATA'];

/**
 * Appends all rows of an input's MAIN to the merged MS in their order, with new numbers. Where the new numbers turn a baseline
 * round, UVW changes its sign, visibilities are conjugated and correlations change places.
 *
 * @param columns columns of cells like DATA that the merged MS has; what the input lacks is made: CORRECTED_DATA from DATA,
 * MODEL_DATA as a unit source, spectra of weights from WEIGHT and SIGMA
 */
export function appendRows(
  context: Context,
  target: MeasurementSet,
  input: MeasurementSet,
  columns: readonly string[],
  changes: RowChanges,
): void {
  moveRows(context, { target, input, columns, changes, isInPlace: false });
}

/** Gives the rows of an MS its new numbers where they are. */
export function renumberRows(
  context: Context,
  ms: MeasurementSet,
  columns: readonly string[],
  changes: RowChanges,
): void {
  moveRows(context, { target: ms, input: ms, columns, changes, isInPlace: true });
}

interface Move {
  readonly target: MeasurementSet;
  readonly input: MeasurementSet;
  readonly columns: readonly string[];
  readonly changes: RowChanges;
  readonly isInPlace: boolean;
}

function moveRows(context: Context, move: Move): void {
  const { target, input, isInPlace } = move;
  const metadata = readMetadata(input);
  const rowCount = input.main.rowCount;
  for (const { start, count, values } of stepRows(input.main, [...DOUBLES, ...INTEGERS, 'FLAG_ROW'], ROWS_PER_STEP)) {
    context.checkAbort();
    const at = isInPlace ? start : target.main.rowCount;
    if (!isInPlace) target.main.addRows(count);
    const dataDescs = (values.DATA_DESC_ID as Int32Array).slice();
    const integers = values as Record<Integer, Int32Array>;
    renumber(integers, move.changes, count);
    const isTurned = turnBaselines(integers, values.UVW as Float64Array, count);
    for (const name of [...DOUBLES, 'FLAG_ROW'] as const)
      if (!isInPlace || name === 'UVW') target.main.column(name).putRange(at, count, values[name]);
    for (const name of INTEGERS) target.main.column(name).putRange(at, count, integers[name]);
    moveCells(move, metadata, { start, at, dataDescs, isTurned });
    context.progress.update((start + count) / rowCount);
  }
}

function renumber(integers: Record<Integer, Int32Array>, { maps, scanOffset }: RowChanges, count: number): void {
  const through = (map: readonly number[]) => (old: number) => map[old] ?? old;
  const observations = integers.OBSERVATION_ID.slice();
  const change = (name: Integer, work: (old: number) => number) => {
    const numbers = integers[name];
    for (let row = 0; row < count; row++) numbers[row] = work(numbers[row]);
  };
  change('ANTENNA1', through(maps.antenna));
  change('ANTENNA2', through(maps.antenna));
  change('DATA_DESC_ID', through(maps.dataDesc));
  change('FIELD_ID', through(maps.field));
  change('STATE_ID', maps.state ? through(maps.state) : () => -1);
  change('OBSERVATION_ID', through(maps.observation));
  change('PROCESSOR_ID', through(maps.processor));
  const offsets = new Map<number, number>();
  for (let row = 0; row < count; row++) {
    const observation = observations[row];
    let offset = offsets.get(observation);
    if (offset === undefined) {
      offset = scanOffset(observation);
      offsets.set(observation, offset);
    }
    integers.SCAN_NUMBER[row] += offset;
  }
}

/** Turns baselines whose first antenna has the larger number; 1 for each row turned. */
function turnBaselines(integers: Record<Integer, Int32Array>, uvw: Float64Array, count: number): Uint8Array {
  const isTurned = new Uint8Array(count);
  const { ANTENNA1: one, ANTENNA2: other, FEED1: feedOne, FEED2: feedOther } = integers;
  for (let row = 0; row < count; row++) {
    if (one[row] <= other[row]) continue;
    isTurned[row] = 1;
    [one[row], other[row]] = [other[row], one[row]];
    [feedOne[row], feedOther[row]] = [feedOther[row], feedOne[row]];
    for (let axis = 0; axis < 3; axis++) uvw[3 * row + axis] *= -1;
  }
  return isTurned;
}

interface Step {
  readonly start: number;
  readonly at: number;
  readonly dataDescs: Int32Array;
  readonly isTurned: Uint8Array;
}

/** A run of rows of one data description. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly dataDesc: number;
  readonly shape: readonly [chanCount: number, corrCount: number];
  /** For each row, whether its baseline is turned. */
  readonly isTurned: Uint8Array;
}

function moveCells(move: Move, metadata: MsMetadata, step: Step): void {
  const { dataDescs, isTurned } = step;
  for (let first = 0; first < dataDescs.length; ) {
    const dataDesc = dataDescs[first];
    const { chanCount, corrCount } = shapeOf(metadata, dataDesc);
    const limit = Math.max(1, Math.floor(BYTES_PER_PIECE / (8 * chanCount * corrCount)));
    let end = first + 1;
    while (end < dataDescs.length && end - first < limit && dataDescs[end] === dataDesc) end++;
    moveRun(move, metadata, {
      ...{ from: step.start + first, to: step.at + first, count: end - first, dataDesc },
      shape: [chanCount, corrCount],
      isTurned: isTurned.subarray(first, end),
    });
    first = end;
  }
}

function moveRun({ target, input, columns, changes, isInPlace }: Move, metadata: MsMetadata, run: Run): void {
  const polarization = metadata.polarizations[metadata.dataDescriptions[run.dataDesc].polId];
  const isReversed = changes.maps.isReversed[run.dataDesc] ?? false;
  const isAnyTurned = run.isTurned.includes(1);
  const products = isAnyTurned ? otherProducts(polarization) : undefined;
  const scale = changes.weightScale;
  const { weightFactor, sigmaFactor } = { weightFactor: scale, sigmaFactor: scale > 0 ? 1 / Math.sqrt(scale) : 1 };
  const [chanCount, corrCount] = run.shape;
  const put = (name: string, values: ColumnValues, width: number, valuesEach: number, isComplex = false) => {
    const array = values as Float32Array | Uint8Array;
    if (isReversed && width > 1) reverseChannels(array, run.count, width, corrCount * valuesEach);
    if (products) permuteCorrelations(array, { products, isTurned: run.isTurned, chanCount: width, isComplex });
    target.main.column(name).putRange(run.to, run.count, array, width === 0 ? [corrCount] : run.shape);
  };
  const isSame = isInPlace && !isReversed && !isAnyTurned;
  for (const name of columns) {
    const factor = name === 'WEIGHT_SPECTRUM' ? weightFactor : name === 'SIGMA_SPECTRUM' ? sigmaFactor : 1;
    if (isSame && factor === 1) continue;
    const values = readOrMake(input, name, run, polarization.corrTypes);
    if (factor !== 1) scaleInPlace(values as Float32Array, factor);
    put(name, values, chanCount, name === 'FLOAT_DATA' || !VISIBILITIES.includes(name) ? 1 : 2, isComplexColumn(name));
  }
  if (!isSame) put('FLAG', input.main.column('FLAG').getRange(run.from, run.count), chanCount, 1);
  for (const [name, factor] of [
    ['WEIGHT', weightFactor],
    ['SIGMA', sigmaFactor],
  ] as const) {
    if (isSame && factor === 1) continue;
    const values = input.main.column(name).getRange(run.from, run.count) as Float32Array;
    if (factor !== 1) scaleInPlace(values, factor);
    put(name, values, 0, 1);
  }
}

const isComplexColumn = (name: string) => VISIBILITIES.includes(name) && name !== 'FLOAT_DATA';

/** The cells of a run, made where the input has no such column. */
function readOrMake(input: MeasurementSet, name: string, run: Run, corrTypes: readonly string[]): ColumnValues {
  const read = (column: string) => input.main.column(column).getRange(run.from, run.count);
  if (input.main.hasColumn(name) && input.main.column(name).isDefined(run.from)) return read(name);
  if (name === 'CORRECTED_DATA') return read('DATA');
  if (name === 'MODEL_DATA') return unitModel(run.count, run.shape[0], corrTypes);
  return spread(read(name === 'SIGMA_SPECTRUM' ? 'SIGMA' : 'WEIGHT') as Float32Array, run.shape);
}

function scaleInPlace(values: Float32Array, scale: number): void {
  for (let index = 0; index < values.length; index++) values[index] *= scale;
}
