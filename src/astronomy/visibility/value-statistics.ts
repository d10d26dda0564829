import { fail } from '../../foundation/base/index.ts';
import { quartilesOf } from '../../foundation/numeric/index.ts';
import { type MeasurementSet, type MsMetadata, readMetadata, type Selection, selectRows } from '../ms/index.ts';
import { openChunkReader, planMs, shapeOf } from './chunk-source.ts';
import type { DataColumn, VisibilityChunk } from './types.ts';

/** What complex numbers are judged by, under CASA's names. */
export const COMPLEX_PARTS: Readonly<Record<string, (re: number, im: number) => number>> = {
  amp: Math.hypot,
  amplitude: Math.hypot,
  phase: (re, im) => Math.atan2(im, re),
  real: (re) => re,
  imag: (_re, im) => im,
  imaginary: (_re, im) => im,
};

/** One value a row. */
const ROW_VALUES: Readonly<Record<string, (chunk: VisibilityChunk, row: number) => number>> = {
  ANTENNA1: ({ antenna1 }, row) => antenna1[row],
  ANTENNA2: ({ antenna2 }, row) => antenna2[row],
  ARRAY_ID: ({ arrayId }, row) => arrayId[row],
  DATA_DESC_ID: ({ dataDescId }) => dataDescId,
  EXPOSURE: ({ exposure }, row) => exposure[row],
  FEED1: ({ feed1 }, row) => feed1[row],
  FEED2: ({ feed2 }, row) => feed2[row],
  FIELD_ID: ({ fieldId }, row) => fieldId[row],
  FLAG_ROW: ({ flagRow }, row) => flagRow[row],
  INTERVAL: ({ interval }, row) => interval[row],
  OBSERVATION_ID: ({ observationId }, row) => observationId[row],
  SCAN: ({ scanNumber }, row) => scanNumber[row],
  SCAN_NUMBER: ({ scanNumber }, row) => scanNumber[row],
  STATE_ID: ({ stateId }, row) => stateId[row],
  TIME: ({ time }, row) => time[row],
  UVRANGE: ({ uvw }, row) => Math.hypot(uvw[3 * row], uvw[3 * row + 1]),
};

const DATA_COLUMNS: readonly DataColumn[] = ['DATA', 'CORRECTED_DATA', 'MODEL_DATA', 'FLOAT_DATA'];

export interface StatisticsRequest {
  /** A data column, FLAG, WEIGHT_SPECTRUM, UVRANGE, or a column of one value a row. */
  readonly column: string;
  /** Of complex numbers: amp, phase, real or imag. */
  readonly part?: string;
  readonly selection: Selection;
  /** Leave flagged values out. */
  readonly usesFlags: boolean;
  /** What each result is of; default all together. */
  readonly groups?: 'ddid' | 'field' | 'integration';
  /** Median and quartiles too; they need all values in memory. */
  readonly withQuantiles: boolean;
  /** The model where the MS has no MODEL_DATA, [row, chan, corr, re/im] */
  readonly fillModel?: (chunk: VisibilityChunk, into: Float32Array) => void;
}

export interface Quantiles {
  readonly firstquartile: number;
  readonly median: number;
  readonly medabsdevmed: number;
  readonly thirdquartile: number;
}

/** Statistics of a group; a dataset is an integration of one data description, in order of time and description. */
export interface ValueStatistics {
  /** DATA_DESC_ID=0, FIELD_ID=0, TIME=… (the beginning of the integration, MJD s), or nothing. */
  readonly name: string;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly mean: number;
  /** Divided by one less than the count. */
  readonly variance: number;
  readonly max: number;
  readonly maxDataset: number;
  /** Within the dataset, [row, chan, corr] of the chosen channels and correlations. */
  readonly maxIndex: number;
  readonly min: number;
  readonly minDataset: number;
  readonly minIndex: number;
  readonly quantiles?: Quantiles;
}

const MOST_VALUES = 3e8;

/** Numbers that grow. */
class Values {
  private list: Float32Array | Float64Array;
  count = 0;
  constructor(isDouble: boolean) {
    this.list = isDouble ? new Float64Array(4096) : new Float32Array(4096);
  }
  push(value: number): void {
    if (this.count === this.list.length) {
      if (this.count > MOST_VALUES)
        fail('usage', 'So many values are too many for a median; select fewer data, or ask without quantiles.');
      const larger =
        this.list instanceof Float64Array ? new Float64Array(2 * this.count) : new Float32Array(2 * this.count);
      larger.set(this.list);
      this.list = larger;
    }
    this.list[this.count++] = value;
  }
  all(): Float32Array | Float64Array {
    return this.list.subarray(0, this.count);
  }
}

function quantilesOf(values: Float32Array | Float64Array): Quantiles {
  const { first, median, third } = quartilesOf(values.sort());
  const deviations = Float64Array.from(values, (value) => Math.abs(value - median)).sort();
  return { firstquartile: first, median, medabsdevmed: quartilesOf(deviations).median, thirdquartile: third };
}

/** Extremes of one integration of one data description. */
interface Dataset {
  readonly time: number;
  readonly dataDescId: number;
  cells: number;
  max: number;
  maxIndex: number;
  min: number;
  minIndex: number;
}

/** The values of one result, as they come. */
class Group {
  readonly name: string;
  /** Field, data description or time: groups are told in this order. */
  readonly order: number;
  private readonly datasets = new Map<string, Dataset>();
  private readonly values: Values | undefined;
  private count = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private mean = 0;
  private squares = 0;

  constructor(name: string, order: number, values: Values | undefined) {
    this.name = name;
    this.order = order;
    this.values = values;
  }

  /** The dataset that a row is part of; rows of one come in the order of the MS. */
  datasetOf(chunk: VisibilityChunk, row: number): Dataset {
    const { dataDescId } = chunk;
    const time = chunk.time[row];
    const key = `${time} ${dataDescId} ${chunk.fieldId[row]} ${chunk.arrayId[row]}`;
    let found = this.datasets.get(key);
    if (!found) {
      const [max, min] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      found = { time, dataDescId, cells: 0, max, maxIndex: 0, min, minIndex: 0 };
      this.datasets.set(key, found);
    }
    return found;
  }

  add(dataset: Dataset, value: number): void {
    const at = dataset.cells++;
    if (value > dataset.max) [dataset.max, dataset.maxIndex] = [value, at];
    if (value < dataset.min) [dataset.min, dataset.minIndex] = [value, at];
    this.count++;
    this.sum += value;
    this.sumOfSquares += value * value;
    const before = this.mean;
    this.mean += (value - before) / this.count;
    this.squares += (value - before) * (value - this.mean);
    this.values?.push(value);
  }

  statistics(): ValueStatistics {
    const { name, count, sum, sumOfSquares, mean, squares } = this;
    const datasets = [...this.datasets.values()].sort((a, b) => a.time - b.time || a.dataDescId - b.dataDescId);
    const most = datasets.reduce((best, { max }, at) => (max > datasets[best].max ? at : best), 0);
    const least = datasets.reduce((best, { min }, at) => (min < datasets[best].min ? at : best), 0);
    return {
      ...{ name, count, sum, sumOfSquares, mean, variance: count > 1 ? squares / (count - 1) : 0 },
      ...{ max: datasets[most]?.max ?? 0, maxDataset: most, maxIndex: datasets[most]?.maxIndex ?? 0 },
      ...{ min: datasets[least]?.min ?? 0, minDataset: least, minIndex: datasets[least]?.minIndex ?? 0 },
      ...(this.values && count > 0 && { quantiles: quantilesOf(this.values.all()) }),
    };
  }
}

const GROUPS: Readonly<Record<string, (chunk: VisibilityChunk, row: number) => [name: string, order: number]>> = {
  '': () => ['', 0],
  ddid: ({ dataDescId }) => [`DATA_DESC_ID=${dataDescId}`, dataDescId],
  field: ({ fieldId }, row) => [`FIELD_ID=${fieldId[row]}`, fieldId[row]],
  integration: ({ time, interval }, row) => [`TIME=${(time[row] - interval[row] / 2).toFixed(6)}`, time[row]],
};

/** The value of cell [row, chan, corr] of what is asked for; undefined for values of whole rows. */
function cellReader(
  request: StatisticsRequest,
  ms: MeasurementSet,
): ((chunk: VisibilityChunk) => (cell: number) => number) | undefined {
  const { column, part = '', fillModel } = request;
  const name = DATA_COLUMNS.find((one) => one === column);
  if (name) {
    const of =
      COMPLEX_PARTS[part] ??
      fail('usage', `Complex numbers are judged by one of ${Object.keys(COMPLEX_PARTS).join(', ')}.`);
    const isMade = name === 'MODEL_DATA' && !ms.main.hasColumn(name) && fillModel !== undefined;
    return (chunk) => {
      const values = chunk.data[name] ?? new Float32Array(2 * chunk.flag.length);
      if (isMade) fillModel(chunk, values);
      return (cell) => Math.fround(of(values[2 * cell], values[2 * cell + 1]));
    };
  }
  if (column === 'FLAG')
    return ({ flag }) =>
      (cell) =>
        flag[cell];
  if (column === 'WEIGHT_SPECTRUM')
    return ({ weightSpectrum }) =>
      (cell) =>
        weightSpectrum![cell];
  return undefined;
}

/**
 * Statistics of visibilities or of columns of a MeasurementSet, group by group (CASA 6.7, ms.statistics).
 *
 * @returns groups in order of field, data description or time; those without unflagged values have count 0
 * @throws usage for a column or part that has no statistics; missing for a column that the MS lacks; bad-data when no row is selected
 */
export function valueStatistics(ms: MeasurementSet, request: StatisticsRequest): ValueStatistics[] {
  const { column, selection, groups = '', usesFlags, withQuantiles } = request;
  const metadata = readMetadata(ms);
  const ofCell = cellReader(request, ms);
  const ofRow = ROW_VALUES[column];
  if (!ofCell && !ofRow)
    fail('usage', `${column} has no statistics; take a data column or one of ${Object.keys(ROW_VALUES).join(', ')}.`);
  const data = DATA_COLUMNS.filter((name) => name === column && ms.main.hasColumn(name));
  const isMissing = ofCell && column !== 'MODEL_DATA' && !ms.main.hasColumn(column);
  if (isMissing) fail('missing', `There is no column ${column}.`, { file: ms.path });
  const chosen = selectRows(ms, selection, { metadata });
  if (chosen.rows.length === 0) fail('bad-data', 'The selection has no rows.', { file: ms.path });
  const options = { columns: data, withWeightSpectrum: column === 'WEIGHT_SPECTRUM', metadata };
  const found = new Map<string, Group>();
  const groupOf = (chunk: VisibilityChunk, row: number) => {
    const [name, order] = GROUPS[groups](chunk, row);
    const group = found.get(name) ?? new Group(name, order, withQuantiles ? new Values(!ofCell) : undefined);
    found.set(name, group);
    return group;
  };
  const reader = openChunkReader(ms, metadata, options);
  try {
    for (const planned of planMs(ms, metadata, options, chosen.rows)) {
      const cells = ofCell && chosenCells(metadata, planned.dataDescId, chosen);
      const chunk = reader.read(planned);
      const value = ofCell?.(chunk);
      const rowCells = chunk.chanCount * chunk.corrCount;
      for (let row = 0; row < chunk.rowCount; row++) {
        const group = groupOf(chunk, row);
        const dataset = group.datasetOf(chunk, row);
        const isFlagged = usesFlags && chunk.flagRow[row] !== 0;
        if (!value || !cells) {
          if (isFlagged) dataset.cells++;
          else group.add(dataset, ofRow(chunk, row));
          continue;
        }
        for (const cell of cells) {
          const at = row * rowCells + cell;
          if (isFlagged || (usesFlags && chunk.flag[at] !== 0)) dataset.cells++;
          else group.add(dataset, value(at));
        }
      }
      chunk.release();
    }
  } finally {
    reader.close();
  }
  return [...found.values()].sort((a, b) => a.order - b.order).map((group) => group.statistics());
}

/** Cells [chan, corr] of a row that the selection takes. */
function chosenCells(
  metadata: MsMetadata,
  dataDescId: number,
  { channels, corrs }: ReturnType<typeof selectRows>,
): Int32Array {
  const { chanCount, corrCount } = shapeOf(metadata, dataDescId);
  const { spwId, polId } = metadata.dataDescriptions[dataDescId];
  const ranges = channels.get(spwId);
  const hands = corrs?.get(polId);
  const cells: number[] = [];
  for (let chan = 0; chan < chanCount; chan++) {
    if (ranges && !ranges.some(([from, to]) => chan >= from && chan <= to)) continue;
    for (let corr = 0; corr < corrCount; corr++)
      if (!hands || hands.includes(corr)) cells.push(chan * corrCount + corr);
  }
  return Int32Array.from(cells);
}
