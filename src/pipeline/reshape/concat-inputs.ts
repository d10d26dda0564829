import { type MeasurementSet, openMs, stepRows } from '../../astronomy/ms/index.ts';
import { recipeOf, requireFinished } from '../../astronomy/visibility/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { baseName, joinPath } from '../../foundation/bytes/index.ts';
import { DEFAULT_DIRECTION, type MergeMaps, type MergeTolerances } from './merge-maps.ts';
import { hasUnitWeights } from './unit-weights.ts';

/** Parameters that concat and virtualconcat have in common. */
export interface JoinOptions {
  readonly vis: string | readonly string[];
  readonly concatvis: string;
  /** Windows whose channels differ by no more are the same, e.g. '10MHz'; default 1 Hz. */
  readonly freqtol?: string | number;
  /** Fields nearer than this are the same, e.g. '1arcsec'; default 1 mas. */
  readonly dirtol?: string | number;
  /** Fields must also agree in name. */
  readonly respectname?: boolean;
  /** False leaves POINTING empty. */
  readonly copypointing?: boolean;
  /** One factor for each input. */
  readonly visweightscale?: readonly number[];
}

/** A MeasurementSet to join. */
export interface JoinInput {
  readonly ms: MeasurementSet;
  /** First and last TIME, s. */
  readonly span: readonly [number, number];
  readonly scale: number;
}

/** Opens the inputs in the order of their start times. @throws usage for factors that do not fit */
export function openInputs(context: Context, task: string, options: JoinOptions): JoinInput[] {
  const names = (typeof options.vis === 'string' ? options.vis.split(',') : options.vis).map((name) => name.trim());
  if (names.length === 0) fail('usage', `${task} needs at least one MeasurementSet in vis.`);
  const scales = options.visweightscale ?? [];
  if (scales.length > 0 && scales.length !== names.length) {
    fail('usage', `visweightscale has ${scales.length} values for ${names.length} MeasurementSets.`);
  }
  if (scales.some((scale) => !(scale >= 0))) fail('usage', 'visweightscale must hold numbers that are not negative.');
  const inputs = names.map((name, index) => openInput(joinPath(context.cwd, name), scales[index] ?? 1));
  return inputs.sort((one, other) => one.span[0] - other.span[0]);
}

export function openInput(path: string, scale: number): JoinInput {
  const ms = openMs(path);
  requireFinished(ms);
  if (recipeOf(ms) !== undefined) {
    fail('unsupported', 'CORRECTED_DATA of this MeasurementSet is not stored; split it before joining.', {
      file: path,
    });
  }
  return { ms, span: spanOf(ms), scale };
}

function spanOf(ms: MeasurementSet): [number, number] {
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of stepRows(ms.main, ['TIME'])) {
    for (const time of values.TIME as Float64Array) {
      if (time < start) start = time;
      if (time > end) end = time;
    }
  }
  return [start, end];
}

/** Weights of 1 and weights that follow the noise do not go together. */
export function warnUnitWeights(context: Context, task: string, inputs: readonly JoinInput[]): void {
  const unit = inputs.filter(({ ms }) => hasUnitWeights(ms)).map(({ ms }) => baseName(ms.path));
  if (unit.length === 0) return;
  const others = unit.length < inputs.length ? ' while the others follow the noise' : '';
  context.log.post(
    `All weights of ${unit.join(', ')} are 1${others}, as in deliveries of Cycle 0: they say nothing about noise. ` +
      "Before joining, run statwt(vis, datacolumn='data') to measure them or initweights(vis, wtmode='nyq') to set them by bandwidth and time.",
    'WARN',
    task,
  );
}

/** Columns of cells like DATA that the joined MS has; CORRECTED_DATA and MODEL_DATA where any input has them, as in CASA. */
export function cellColumns(inputs: readonly JoinInput[]): string[] {
  const has = (name: string) => inputs.map(({ ms }) => hasCells(ms, name));
  const data = ['DATA', 'FLOAT_DATA'].filter((name) => has(name).every(Boolean));
  const made = ['CORRECTED_DATA', 'MODEL_DATA'].filter(
    (name) => has(name).every(Boolean) || (data.includes('DATA') && has(name).some(Boolean)),
  );
  const visibilities = [...data, ...made];
  if (visibilities.length === 0) fail('bad-data', 'The MeasurementSets have no visibility column in common.');
  return [...visibilities, ...['WEIGHT_SPECTRUM', 'SIGMA_SPECTRUM'].filter((name) => has(name)[0])];
}

function hasCells(ms: MeasurementSet, name: string): boolean {
  return ms.main.hasColumn(name) && (ms.main.rowCount === 0 || ms.main.column(name).isDefined(0));
}

export function tolerancesOf(options: JoinOptions, input: JoinInput): MergeTolerances {
  return {
    frequencyHz: options.freqtol ? parseQuantity(options.freqtol, 'frequency') : 1,
    directionRad: options.dirtol ? parseQuantity(options.dirtol, 'angle') : DEFAULT_DIRECTION,
    respectName: options.respectname ?? false,
    span: input.span,
  };
}

/** Scan numbers of each observation of what is joined so far. */
export class ScanNumbers {
  private readonly ranges = new Map<number, [low: number, high: number]>();

  /** Takes note of rows; @param observationOf new number of an observation */
  note(ms: MeasurementSet, observationOf: (id: number) => number, offset: (id: number) => number): void {
    for (const { values } of stepRows(ms.main, ['SCAN_NUMBER', 'OBSERVATION_ID'])) {
      const [scans, ids] = [values.SCAN_NUMBER as Int32Array, values.OBSERVATION_ID as Int32Array];
      scans.forEach((scan, row) => {
        const [id, number] = [observationOf(ids[row]), scan + offset(ids[row])];
        const range = this.ranges.get(id);
        if (!range) this.ranges.set(id, [number, number]);
        else {
          range[0] = Math.min(range[0], number);
          range[1] = Math.max(range[1], number);
        }
      });
    }
  }

  /**
   * What is added to the scan numbers of an input, for each of its observations: nothing where the observation keeps its number,
   * otherwise so much that scans follow on the largest so far, or on the observation before it where it is joined to one that is
   * there already.
   */
  offsets(ms: MeasurementSet, maps: MergeMaps): (id: number) => number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const { values } of stepRows(ms.main, ['SCAN_NUMBER']))
      for (const scan of values.SCAN_NUMBER as Int32Array) lowest = Math.min(lowest, scan);
    const known = [...this.ranges.entries()];
    const largest = Math.max(0, ...known.map(([, range]) => range[1]));
    const after = (scan: number) => Math.max(0, scan + 1 - lowest);
    return (id) => {
      const number = maps.observation[id] ?? id;
      if (number === id) return 0;
      const place = known.findIndex(([other]) => other === number);
      if (place < 0) return after(largest);
      if (place > 0 && maps.shared.has(number)) return after(known[place - 1][1][1]);
      return Math.max(0, known[place][1][0] - 1);
    };
  }
}
