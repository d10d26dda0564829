import { type MeasurementSet, type MsMetadata, readMetadata, stepRows } from '../../astronomy/ms/index.ts';
import { shapeOf } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import type { MergeMaps } from './merge-maps.ts';

/** What changes in the rows of one input. */
export interface RowChanges {
  readonly maps: MergeMaps;
  /** Added to SCAN_NUMBER. */
  readonly scanOffset: number;
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

/**
 * Appends all rows of an input's MAIN to the merged MS in their order, with new numbers.
 *
 * @param dataColumns visibility columns, present in both
 */
export function appendRows(
  context: Context,
  target: MeasurementSet,
  input: MeasurementSet,
  dataColumns: readonly string[],
  changes: RowChanges,
): void {
  const metadata = readMetadata(input);
  const renumber = renumberings(changes);
  for (const { start, count, values } of stepRows(input.main, [...DOUBLES, ...INTEGERS, 'FLAG_ROW'], ROWS_PER_STEP)) {
    context.checkAbort();
    const at = target.main.rowCount;
    target.main.addRows(count);
    const dataDescs = (values.DATA_DESC_ID as Int32Array).slice();
    for (const name of DOUBLES) target.main.column(name).putRange(at, count, values[name]);
    target.main.column('FLAG_ROW').putRange(at, count, values.FLAG_ROW);
    for (const name of INTEGERS) {
      const numbers = values[name] as Int32Array;
      const change = renumber[name];
      if (change) for (let row = 0; row < count; row++) numbers[row] = change(numbers[row]);
      target.main.column(name).putRange(at, count, numbers);
    }
    copyCells(target, input, metadata, dataColumns, { start, at, dataDescs, weightScale: changes.weightScale });
    context.progress.update((start + count) / input.main.rowCount);
  }
}

function renumberings({ maps, scanOffset }: RowChanges): Readonly<Record<string, (old: number) => number>> {
  const through = (map: readonly number[]) => (old: number) => map[old] ?? old;
  return {
    ANTENNA1: through(maps.antenna),
    ANTENNA2: through(maps.antenna),
    DATA_DESC_ID: through(maps.dataDesc),
    FIELD_ID: through(maps.field),
    STATE_ID: through(maps.state),
    OBSERVATION_ID: through(maps.observation),
    PROCESSOR_ID: through(maps.processor),
    SCAN_NUMBER: (old) => old + scanOffset,
  };
}

interface Step {
  readonly start: number;
  readonly at: number;
  readonly dataDescs: Int32Array;
  readonly weightScale: number;
}

/** Copies the array cells of a step by runs of rows of one shape. */
function copyCells(
  target: MeasurementSet,
  input: MeasurementSet,
  metadata: MsMetadata,
  dataColumns: readonly string[],
  step: Step,
): void {
  const { dataDescs } = step;
  let first = 0;
  while (first < dataDescs.length) {
    const { chanCount, corrCount } = shapeOf(metadata, dataDescs[first]);
    const limit = Math.max(1, Math.floor(BYTES_PER_PIECE / (8 * chanCount * corrCount)));
    let end = first + 1;
    for (; end < dataDescs.length && end - first < limit; end++) {
      if (dataDescs[end] === dataDescs[end - 1]) continue;
      const next = shapeOf(metadata, dataDescs[end]);
      if (next.chanCount !== chanCount || next.corrCount !== corrCount) break;
    }
    const count = end - first;
    const copy = (name: string, shape: readonly number[], scale = 1) => {
      const values = input.main.column(name).getRange(step.start + first, count);
      if (scale !== 1) scaleInPlace(values as Float32Array, scale);
      target.main.column(name).putRange(step.at + first, count, values, shape);
    };
    for (const name of [...dataColumns, 'FLAG']) copy(name, [chanCount, corrCount]);
    copy('WEIGHT', [corrCount], step.weightScale);
    copy('SIGMA', [corrCount], 1 / Math.sqrt(step.weightScale));
    first = end;
  }
}

function scaleInPlace(values: Float32Array, scale: number): void {
  for (let index = 0; index < values.length; index++) values[index] *= scale;
}
