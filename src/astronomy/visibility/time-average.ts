import { arena } from '../../foundation/numeric/index.ts';
import { weightsOfColumn } from './spectral-weights.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

export interface TimeAverageOptions {
  /** Length of a bin, s. */
  readonly seconds: number;
  /** What a bin may span, of 'scan', 'state' and 'field', separated by commas. */
  readonly combine?: string;
  /** How far the uvw of a baseline may move within a bin, m; 0: as far as they do. */
  readonly maxUvwDistanceM?: number;
}

/** True when a row this long after the first of its bin is beyond it: at 0.999 of its length, as in CASA (six integrations of 2.016 s fill 12.1 s). */
export function isBeyondBin(elapsedSec: number, binSec: number): boolean {
  return elapsedSec > 0.999 * binSec;
}

/** Visibilities that are passed on together: their sums take 48 bytes each. */
const VALUES_PER_CHUNK = 262_144;

/** Sums of weights of unflagged values and of all, [chan, corr]. */
interface WeightSums {
  readonly good: Float64Array;
  readonly all: Float64Array;
}

const noWeights = (size: number): WeightSums => ({ good: new Float64Array(size), all: new Float64Array(size) });

/** Sums of one baseline over one bin. */
interface Sums {
  /** TIME of the first row. */
  readonly firstSec: number;
  readonly antenna1: number;
  readonly antenna2: number;
  readonly feed1: number;
  readonly feed2: number;
  readonly processorId: number;
  /** Those of the first row. */
  readonly fieldId: number;
  readonly scanNumber: number;
  readonly stateId: number;
  readonly observationId: number;
  readonly arrayId: number;
  /** Unflagged and all values, each [chan, corr, re/im]. */
  readonly good: Record<string, Float64Array>;
  readonly all: Record<string, Float64Array>;
  readonly weights: WeightSums;
  /** Of DATA, where it has weights of its own. */
  readonly dataWeights?: WeightSums;
  readonly uvw: Float64Array;
  /** UVW of the first row, m. */
  readonly firstUvw: readonly number[];
  rows: number;
  /** Rows that have an unflagged value. */
  goodRows: number;
  /** INTERVAL of the first row. */
  readonly firstInterval: number;
  /** TIME and INTERVAL of the last row that counts. */
  lastSec: number;
  lastInterval: number;
  centroid: number;
  exposure: number;
  /** Weight of the rows that count in uvw and the time centroid. */
  rowWeight: number;
}

/** Rows between which nothing changes that ends all bins. */
interface Stretch {
  readonly key: string;
  /** The first chunk's scalars; its arrays are not used. */
  readonly like: VisibilityChunk;
  /** The bin of each baseline, in the order in which baselines came. */
  readonly open: Map<number, Sums>;
  /** Bins that are over, in the order in which they ended. */
  done: Sums[];
}

/**
 * Averages visibilities of a baseline over time bins: the weighted mean of unflagged values, or of all values where all are
 * flagged, which stay flagged (CASA 6.7's split and mstransform).
 *
 * A bin of a baseline begins with its first row, and ends where the next row is 0.999 of the length of the bin later or more, where its uvw are
 * further than `maxUvwDistanceM` from those of its first row, or where the scan, the state or the field changes. Chunks must come
 * ordered by observation, array, what is not combined of scan, state and field, data description and time. TIME and INTERVAL are the
 * middle and the span from the first row to the last unflagged one, TIME_CENTROID and UVW weighted means of the unflagged rows,
 * EXPOSURE their sum; WEIGHT is the mean over channels of the summed weights. The chunks passed on carry the summed weights as
 * `weightSpectrum`.
 */
export function timeAverage(options: TimeAverageOptions): ChunkOperator {
  const combined = (options.combine ?? '').split(',').map((part) => part.trim());
  let stretch: Stretch | undefined;
  const finish = (next: (chunk: VisibilityChunk) => void) => {
    if (!stretch) return;
    const rowLimit = rowLimitOf(stretch.like);
    const rest = [...stretch.done, ...stretch.open.values()];
    for (let at = 0; at < rest.length; at += rowLimit) next(finishBins(stretch.like, rest.slice(at, at + rowLimit)));
    stretch = undefined;
  };
  return {
    push(chunk, next) {
      for (let row = 0; row < chunk.rowCount; row++) {
        const key = keyOf(chunk, row, combined);
        if (stretch && stretch.key !== key) finish(next);
        stretch ??= { key, like: chunk, open: new Map(), done: [] };
        addRow(stretch, chunk, row, options);
        if (stretch.done.length < rowLimitOf(chunk)) continue;
        next(finishBins(stretch.like, stretch.done));
        stretch.done = [];
      }
      chunk.release();
    },
    flush: finish,
  };
}

const rowLimitOf = ({ chanCount, corrCount }: VisibilityChunk) =>
  Math.max(1, Math.floor(VALUES_PER_CHUNK / (chanCount * corrCount)));

function keyOf(chunk: VisibilityChunk, row: number, combined: readonly string[]): string {
  const scan = combined.includes('scan') ? '' : chunk.scanNumber[row];
  const state = combined.includes('state') ? '' : chunk.stateId[row];
  const field = combined.includes('field') ? '' : chunk.fieldId[row];
  return [chunk.dataDescId, chunk.observationId[row], chunk.arrayId[row], scan, state, field].join('/');
}

function beginSums(chunk: VisibilityChunk, row: number): Sums {
  const size = chunk.chanCount * chunk.corrCount;
  const columns = Object.keys(chunk.data);
  const zeros = () => Object.fromEntries(columns.map((name) => [name, new Float64Array(2 * size)]));
  return {
    firstSec: chunk.time[row],
    antenna1: chunk.antenna1[row],
    antenna2: chunk.antenna2[row],
    feed1: chunk.feed1[row],
    feed2: chunk.feed2[row],
    processorId: chunk.processorId[row],
    fieldId: chunk.fieldId[row],
    scanNumber: chunk.scanNumber[row],
    stateId: chunk.stateId[row],
    observationId: chunk.observationId[row],
    arrayId: chunk.arrayId[row],
    firstUvw: [0, 1, 2].map((axis) => chunk.uvw[3 * row + axis]),
    good: zeros(),
    all: zeros(),
    weights: noWeights(size),
    ...(chunk.dataWeights && { dataWeights: noWeights(size) }),
    uvw: new Float64Array(3),
    firstInterval: chunk.interval[row],
    ...{ rows: 0, goodRows: 0, lastSec: 0, lastInterval: 0, centroid: 0, exposure: 0, rowWeight: 0 },
  };
}

function addRow(stretch: Stretch, chunk: VisibilityChunk, row: number, options: TimeAverageOptions): void {
  const baseline = chunk.antenna1[row] * 65_536 + chunk.antenna2[row];
  let sums = stretch.open.get(baseline);
  if (sums && isBeyond(sums, chunk, row, options)) {
    stretch.done.push(sums);
    sums = undefined;
  }
  if (!sums) {
    sums = beginSums(chunk, row);
    stretch.open.set(baseline, sums);
  }
  addWeights(sums.weights, chunk.weightSpectrum, chunk, row);
  if (sums.dataWeights) addWeights(sums.dataWeights, chunk.dataWeights, chunk, row);
  for (const name of Object.keys(chunk.data) as DataColumn[]) addValues(sums, chunk, row, name);
  addMetadata(sums, chunk, row);
}

/** @param spectrum undefined: WEIGHT */
function addWeights(sums: WeightSums, spectrum: Float32Array | undefined, chunk: VisibilityChunk, row: number): void {
  const { flag, weight, corrCount } = chunk;
  const base = row * sums.all.length;
  for (let at = 0; at < sums.all.length; at++) {
    const own = spectrum ? spectrum[base + at] : weight[row * corrCount + (at % corrCount)];
    if (flag[base + at] === 0) sums.good[at] += own;
    sums.all[at] += own;
  }
}

function addValues(sums: Sums, chunk: VisibilityChunk, row: number, name: DataColumn): void {
  const { flag, weight, corrCount } = chunk;
  const values = chunk.data[name] as Float32Array;
  const spectrum = weightsOfColumn(chunk, name);
  const [good, all] = [sums.good[name], sums.all[name]];
  const size = chunk.chanCount * corrCount;
  const base = row * size;
  for (let at = 0; at < size; at++) {
    const own = spectrum ? spectrum[base + at] : weight[row * corrCount + (at % corrCount)];
    const re = own * values[2 * (base + at)];
    const im = own * values[2 * (base + at) + 1];
    all[2 * at] += re;
    all[2 * at + 1] += im;
    if (flag[base + at] !== 0) continue;
    good[2 * at] += re;
    good[2 * at + 1] += im;
  }
}

/** True when a row is no part of the bin of its baseline. */
function isBeyond(
  sums: Sums,
  chunk: VisibilityChunk,
  row: number,
  { seconds, maxUvwDistanceM = 0 }: TimeAverageOptions,
): boolean {
  if (isBeyondBin(chunk.time[row] - sums.firstSec, seconds)) return true;
  if (maxUvwDistanceM === 0) return false;
  return Math.hypot(...sums.firstUvw.map((value, axis) => chunk.uvw[3 * row + axis] - value)) > maxUvwDistanceM;
}

function hasGoodValue({ flag, chanCount, corrCount }: VisibilityChunk, row: number): boolean {
  const end = (row + 1) * chanCount * corrCount;
  for (let at = row * chanCount * corrCount; at < end; at++) if (flag[at] === 0) return true;
  return false;
}

/** Rows whose values are all flagged, of those selected, count only while there is no other; as in CASA whatever FLAG_ROW says. */
function addMetadata(sums: Sums, chunk: VisibilityChunk, row: number): void {
  const isGood = hasGoodValue(chunk, row);
  sums.rows++;
  if (!isGood && sums.goodRows > 0) return;
  if (isGood && sums.goodRows === 0) {
    sums.uvw.fill(0);
    Object.assign(sums, { lastSec: 0, centroid: 0, exposure: 0, rowWeight: 0 });
  }
  if (isGood) sums.goodRows++;
  // As CASA: rows flagged as a whole count alike.
  let rowWeight = isGood ? 0 : 1;
  for (let corr = 0; isGood && corr < chunk.corrCount; corr++) rowWeight += chunk.weight[row * chunk.corrCount + corr];
  for (let axis = 0; axis < 3; axis++) sums.uvw[axis] += rowWeight * chunk.uvw[3 * row + axis];
  if (chunk.time[row] > sums.lastSec)
    Object.assign(sums, { lastSec: chunk.time[row], lastInterval: chunk.interval[row] });
  sums.centroid += rowWeight * chunk.timeCentroid[row];
  sums.exposure += chunk.exposure[row];
  sums.rowWeight += rowWeight;
}

function finishBins(like: VisibilityChunk, bins: readonly Sums[]): VisibilityChunk {
  const { chanCount, corrCount } = like;
  const rowCount = bins.length;
  const size = chanCount * corrCount;
  const lease = arena().lease();
  const names = Object.keys(like.data) as DataColumn[];
  const data = Object.fromEntries(names.map((name) => [name, lease.float32(2 * rowCount * size)])) as Record<
    DataColumn,
    Float32Array
  >;
  const integers = () => lease.int32(rowCount);
  const doubles = () => lease.float64(rowCount);
  const chunk: VisibilityChunk = {
    ...{ dataDescId: like.dataDescId, spwId: like.spwId, rowCount, chanCount, corrCount, data },
    rows: integers().fill(-1),
    flag: lease.uint8(rowCount * size),
    flagRow: lease.uint8(rowCount),
    weight: lease.float32(rowCount * corrCount),
    sigma: lease.float32(rowCount * corrCount),
    weightSpectrum: lease.float32(rowCount * size),
    ...(like.dataWeights && { dataWeights: lease.float32(rowCount * size) }),
    ...{ time: doubles(), timeCentroid: doubles(), interval: doubles(), exposure: doubles() },
    uvw: lease.float64(3 * rowCount),
    ...{ antenna1: integers(), antenna2: integers(), feed1: integers(), feed2: integers(), processorId: integers() },
    fieldId: Int32Array.from(bins, ({ fieldId }) => fieldId),
    scanNumber: Int32Array.from(bins, ({ scanNumber }) => scanNumber),
    stateId: Int32Array.from(bins, ({ stateId }) => stateId),
    observationId: Int32Array.from(bins, ({ observationId }) => observationId),
    arrayId: Int32Array.from(bins, ({ arrayId }) => arrayId),
    release: () => lease.release(),
  };
  for (const [row, sums] of bins.entries()) writeRow(chunk, row, sums);
  return chunk;
}

function writeRow(chunk: VisibilityChunk, row: number, sums: Sums): void {
  const size = chunk.chanCount * chunk.corrCount;
  const base = row * size;
  for (let at = 0; at < size; at++) {
    const isGood = sums.weights.good[at] > 0;
    chunk.flag[base + at] = isGood ? 0 : 1;
    if (chunk.weightSpectrum) chunk.weightSpectrum[base + at] = sums.weights[isGood ? 'good' : 'all'][at];
    if (chunk.dataWeights && sums.dataWeights)
      chunk.dataWeights[base + at] = sums.dataWeights[isGood ? 'good' : 'all'][at];
  }
  for (const name of Object.keys(chunk.data) as DataColumn[]) {
    const values = chunk.data[name] as Float32Array;
    const own = weightsOfColumn(chunk, name) === chunk.dataWeights ? sums.dataWeights : undefined;
    const { good, all } = own ?? sums.weights;
    for (let at = 0; at < size; at++) {
      const source = good[at] > 0 ? sums.good[name] : sums.all[name];
      const total = good[at] > 0 ? good[at] : all[at];
      const scale = total > 0 ? 1 / total : 0;
      values[2 * (base + at)] = source[2 * at] * scale;
      values[2 * (base + at) + 1] = source[2 * at + 1] * scale;
    }
  }
  for (let corr = 0; corr < chunk.corrCount; corr++) {
    const at = row * chunk.corrCount + corr;
    chunk.weight[at] = meanWeight(sums.weights, corr, chunk.corrCount);
    const own = sums.dataWeights ? meanWeight(sums.dataWeights, corr, chunk.corrCount) : chunk.weight[at];
    chunk.sigma[at] = own > 0 ? 1 / Math.sqrt(own) : 0;
  }
  const scale = sums.rowWeight > 0 ? 1 / sums.rowWeight : 0;
  for (let axis = 0; axis < 3; axis++) chunk.uvw[3 * row + axis] = sums.uvw[axis] * scale;
  chunk.flagRow[row] = sums.goodRows > 0 ? 0 : 1;
  const span = sums.lastSec - sums.firstSec;
  chunk.time[row] = sums.firstSec + span / 2;
  chunk.timeCentroid[row] = scale > 0 ? sums.centroid * scale : chunk.time[row];
  chunk.interval[row] = span === 0 ? sums.firstInterval : span + sums.firstInterval / 2 + sums.lastInterval / 2;
  chunk.exposure[row] = sums.exposure;
  chunk.antenna1[row] = sums.antenna1;
  chunk.antenna2[row] = sums.antenna2;
  chunk.feed1[row] = sums.feed1;
  chunk.feed2[row] = sums.feed2;
  chunk.processorId[row] = sums.processorId;
}

/** Mean over the channels with unflagged values (or over all, when there are none) of their summed weights. */
function meanWeight({ good, all }: WeightSums, corr: number, corrCount: number): number {
  let [goodSum, goodChans, allSum, chans] = [0, 0, 0, 0];
  for (let at = corr; at < good.length; at += corrCount) {
    allSum += all[at];
    chans++;
    if (good[at] <= 0) continue;
    goodSum += good[at];
    goodChans++;
  }
  return goodChans > 0 ? goodSum / goodChans : allSum / chans;
}
