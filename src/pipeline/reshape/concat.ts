import {
  appendHistory,
  createMs,
  type MeasurementSet,
  openMs,
  readMetadata,
  stepRows,
} from '../../astronomy/ms/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { appendRows } from './concat-rows.ts';
import { appendSubtable, DEFAULT_DIRECTION, type MergeMaps, mergeSubtables } from './merge-maps.ts';
import { hasUnitWeights } from './unit-weights.ts';

/** Parameters of CASA's concat. */
export interface ConcatOptions {
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
  readonly overwrite?: boolean;
}

export interface ConcatResult {
  readonly concatvis: string;
  readonly rowCount: number;
  /** Inputs in the order in which they were joined. */
  readonly order: readonly string[];
}

const DATA_COLUMNS = ['DATA', 'CORRECTED_DATA', 'MODEL_DATA', 'FLOAT_DATA', 'WEIGHT_SPECTRUM'];
/** Subtables whose rows are appended as they are, with new numbers. */
const APPENDED = ['POINTING', 'SYSCAL', 'WEATHER', 'CALDEVICE', 'SYSPOWER'];

/**
 * Joins MeasurementSets into one: CASA 6.7's concat.
 *
 * Inputs are taken in the order of their start times. Subtables are merged (see `mergeSubtables`); scans of an input with a new
 * observation are numbered on from the largest scan so far; FLAG_CMD and ASDM_* tables are those of the first input. Visibility
 * columns are those that all inputs have.
 *
 * @throws usage with no input; exists when the output is there
 */
export function concat(context: Context, options: ConcatOptions): ConcatResult {
  const names = typeof options.vis === 'string' ? options.vis.split(',') : options.vis;
  if (names.length === 0) fail('usage', 'concat needs at least one MeasurementSet in vis.');
  const concatvis = joinPath(context.cwd, options.concatvis);
  const scales = options.visweightscale ?? [];
  if (scales.length > 0 && scales.length !== names.length) {
    fail('usage', `visweightscale has ${scales.length} values for ${names.length} MeasurementSets.`);
  }
  const inputs = names.map((name, index) => {
    const ms = openMs(joinPath(context.cwd, name.trim()));
    return { ms, start: ms.main.rowCount > 0 ? startOf(ms) : Number.POSITIVE_INFINITY, scale: scales[index] ?? 1 };
  });
  inputs.sort((one, other) => one.start - other.start);
  try {
    warnUnitWeights(context, inputs);
    const rowCount = writeWhole(concatvis, options.overwrite ?? false, (path) => join(context, path, inputs, options));
    context.log.post(`${rowCount} rows written to ${concatvis}`, 'INFO', 'concat');
    return { concatvis, rowCount, order: inputs.map(({ ms }) => ms.path) };
  } finally {
    for (const { ms } of inputs) ms.close();
  }
}

/** Weights of 1 and weights that follow the noise do not go together. */
function warnUnitWeights(context: Context, inputs: readonly Input[]): void {
  const unit = inputs.filter(({ ms }) => hasUnitWeights(ms)).map(({ ms }) => baseName(ms.path));
  if (unit.length === 0) return;
  const others = unit.length < inputs.length ? ' while the others follow the noise' : '';
  context.log.post(
    `All weights of ${unit.join(', ')} are 1${others}, as in deliveries of Cycle 0: they say nothing about noise. ` +
      "Before joining, run statwt(vis, datacolumn='data') to measure them or initweights(vis, wtmode='nyq') to set them by bandwidth and time.",
    'WARN',
    'concat',
  );
}

interface Input {
  readonly ms: MeasurementSet;
  readonly start: number;
  readonly scale: number;
}

function startOf(ms: MeasurementSet): number {
  let start = Number.POSITIVE_INFINITY;
  for (const { values } of stepRows(ms.main, ['TIME'])) {
    for (const time of values.TIME as Float64Array) if (time < start) start = time;
  }
  return start;
}

function join(context: Context, path: string, inputs: readonly Input[], options: ConcatOptions): number {
  const first = inputs[0].ms;
  const dataColumns = DATA_COLUMNS.filter((name) => inputs.every(({ ms }) => hasCells(ms, name)));
  const visibilities = dataColumns.filter((name) => name !== 'WEIGHT_SPECTRUM');
  if (visibilities.length === 0) fail('bad-data', 'The MeasurementSets have no visibility column in common.');
  const target = createMs(path, {
    dataColumns: visibilities,
    withWeightSpectrum: dataColumns.includes('WEIGHT_SPECTRUM'),
    subtables: [],
    widest: widestOf(inputs),
  });
  try {
    for (const name of first.subtableNames) copySubtable(first, target, name, options.copypointing ?? true);
    let largestScan = 0;
    inputs.forEach(({ ms, scale }, index) => {
      const maps = index === 0 ? identityMaps(ms) : mergeAll(target, ms, options);
      const [low, high] = scanRange(ms);
      const scanOffset = index > 0 && !maps.sharesObservation ? Math.max(0, largestScan + 1 - low) : 0;
      largestScan = Math.max(largestScan, high + scanOffset);
      appendRows(context, target, ms, dataColumns, { maps, scanOffset, weightScale: scale });
    });
    const order = inputs.map(({ ms }) => baseName(ms.path));
    appendHistory(target, 'concat', { order, freqtol: options.freqtol ?? '', dirtol: options.dirtol ?? '' });
    return target.main.rowCount;
  } finally {
    target.close();
  }
}

function mergeAll(target: MeasurementSet, input: MeasurementSet, options: ConcatOptions): MergeMaps {
  const maps = mergeSubtables(target, input, {
    frequencyHz: options.freqtol ? parseQuantity(options.freqtol, 'frequency') : 1,
    directionRad: options.dirtol ? parseQuantity(options.dirtol, 'angle') : DEFAULT_DIRECTION,
    respectName: options.respectname ?? false,
  });
  for (const name of APPENDED) {
    if (name !== 'POINTING' || (options.copypointing ?? true)) appendSubtable(target, input, name, maps);
  }
  appendSubtable(target, input, 'HISTORY', maps);
  return maps;
}

function copySubtable(first: MeasurementSet, target: MeasurementSet, name: string, withPointing: boolean): void {
  if (name === 'POINTING' && !withPointing) {
    target.addSubtable(name);
    return;
  }
  disk().copy(joinPath(first.path, name), joinPath(target.path, name));
  target.linkSubtable(name);
}

function hasCells(ms: MeasurementSet, name: string): boolean {
  return ms.main.hasColumn(name) && (ms.main.rowCount === 0 || ms.main.column(name).isDefined(0));
}

function scanRange(ms: MeasurementSet): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { values } of stepRows(ms.main, ['SCAN_NUMBER'])) {
    for (const scan of values.SCAN_NUMBER as Int32Array) {
      if (scan < low) low = scan;
      if (scan > high) high = scan;
    }
  }
  return [Math.min(low, high), high];
}

function identityMaps(ms: MeasurementSet): MergeMaps {
  const none: readonly number[] = [];
  return {
    ...{ antenna: none, spw: none, dataDesc: none, field: none, state: none, processor: none, observation: none },
    sharesObservation: ms.main.rowCount === 0,
  };
}

function widestOf(inputs: readonly Input[]): { chanCount: number; corrCount: number } | undefined {
  const metadata = inputs.map(({ ms }) => readMetadata(ms));
  const counts = metadata.flatMap(({ spectralWindows }) => spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  const widest = Math.max(...counts);
  if (Math.min(...counts) < widest / 8) return undefined;
  const corrs = metadata.flatMap(({ polarizations }) => polarizations.map(({ corrTypes }) => corrTypes.length));
  return { chanCount: widest, corrCount: Math.max(...corrs) };
}
