import { arena } from '../../foundation/numeric/index.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

export interface TimeAverageOptions {
  /** Length of a bin, s. */
  readonly seconds: number;
  /** What a bin may span, of 'scan', 'state' and 'field', separated by commas. */
  readonly combine?: string;
}

/** Sums of one baseline over one bin. */
interface Sums {
  readonly antenna1: number;
  readonly antenna2: number;
  readonly feed1: number;
  readonly feed2: number;
  readonly processorId: number;
  /** Unflagged and all values, each [chan, corr, re/im]. */
  readonly good: Record<string, Float64Array>;
  readonly all: Record<string, Float64Array>;
  /** [chan, corr] */
  readonly goodWeight: Float64Array;
  /** Weights of all values, [chan, corr]. */
  readonly allWeight: Float64Array;
  readonly uvw: Float64Array;
  rows: number;
  /** Rows that are not flagged as a whole. */
  goodRows: number;
  start: number;
  end: number;
  centroid: number;
  exposure: number;
  /** Weight of the rows that count in uvw and the time centroid. */
  rowWeight: number;
}

interface Bin {
  readonly key: string;
  readonly endSec: number;
  /** The first chunk's scalars; its arrays are not used. */
  readonly like: VisibilityChunk;
  readonly ids: { fieldId: number; scanNumber: number; stateId: number; observationId: number; arrayId: number };
  readonly sums: Map<number, Sums>;
}

/**
 * Averages visibilities of a baseline over time bins: the weighted mean of unflagged values, or of all values where all are
 * flagged, which stay flagged (CASA 6.7's split and mstransform).
 *
 * Chunks must come ordered by observation, scan, field, data description and time. TIME and INTERVAL are the middle and the span
 * from the first row to the last unflagged one, TIME_CENTROID and UVW weighted means of the unflagged rows, EXPOSURE their sum; WEIGHT is the mean over channels of the
 * summed weights. The chunks passed on carry the summed weights as `weightSpectrum`.
 */
export function timeAverage(options: TimeAverageOptions): ChunkOperator {
  const combined = (options.combine ?? '').split(',').map((part) => part.trim());
  let bin: Bin | undefined;
  const emit = (next: (chunk: VisibilityChunk) => void) => {
    if (bin && bin.sums.size > 0) next(finishBin(bin));
    bin = undefined;
  };
  return {
    push(chunk, next) {
      for (let row = 0; row < chunk.rowCount; row++) {
        const key = keyOf(chunk, row, combined);
        if (bin && (bin.key !== key || chunk.time[row] > bin.endSec)) emit(next);
        bin ??= beginBin(chunk, row, key, options.seconds);
        addRow(bin, chunk, row);
      }
      chunk.release();
    },
    flush: emit,
  };
}

function keyOf(chunk: VisibilityChunk, row: number, combined: readonly string[]): string {
  const scan = combined.includes('scan') ? '' : chunk.scanNumber[row];
  const state = combined.includes('state') ? '' : chunk.stateId[row];
  const field = combined.includes('field') ? '' : chunk.fieldId[row];
  return [chunk.dataDescId, chunk.observationId[row], chunk.arrayId[row], scan, state, field].join('/');
}

function beginBin(chunk: VisibilityChunk, row: number, key: string, seconds: number): Bin {
  return {
    key,
    endSec: chunk.time[row] - chunk.interval[row] / 2 + seconds,
    like: chunk,
    ids: {
      fieldId: chunk.fieldId[row],
      scanNumber: chunk.scanNumber[row],
      stateId: chunk.stateId[row],
      observationId: chunk.observationId[row],
      arrayId: chunk.arrayId[row],
    },
    sums: new Map(),
  };
}

function beginSums(chunk: VisibilityChunk, row: number): Sums {
  const size = chunk.chanCount * chunk.corrCount;
  const columns = Object.keys(chunk.data);
  const zeros = () => Object.fromEntries(columns.map((name) => [name, new Float64Array(2 * size)]));
  return {
    antenna1: chunk.antenna1[row],
    antenna2: chunk.antenna2[row],
    feed1: chunk.feed1[row],
    feed2: chunk.feed2[row],
    processorId: chunk.processorId[row],
    good: zeros(),
    all: zeros(),
    goodWeight: new Float64Array(size),
    allWeight: new Float64Array(size),
    uvw: new Float64Array(3),
    ...{ rows: 0, goodRows: 0, start: 0, end: 0, centroid: 0, exposure: 0, rowWeight: 0 },
  };
}

function addRow(bin: Bin, chunk: VisibilityChunk, row: number): void {
  const baseline = chunk.antenna1[row] * 65_536 + chunk.antenna2[row];
  let sums = bin.sums.get(baseline);
  if (!sums) {
    sums = beginSums(chunk, row);
    bin.sums.set(baseline, sums);
  }
  const { chanCount, corrCount } = chunk;
  const size = chanCount * corrCount;
  const base = row * size;
  for (let at = 0; at < size; at++) {
    const weight = chunk.weightSpectrum
      ? chunk.weightSpectrum[base + at]
      : chunk.weight[row * corrCount + (at % corrCount)];
    const isGood = chunk.flag[base + at] === 0;
    if (isGood) sums.goodWeight[at] += weight;
    sums.allWeight[at] += weight;
    for (const [name, values] of Object.entries(chunk.data) as [DataColumn, Float32Array][]) {
      const re = values[2 * (base + at)];
      const im = values[2 * (base + at) + 1];
      sums.all[name][2 * at] += re;
      sums.all[name][2 * at + 1] += im;
      if (!isGood) continue;
      sums.good[name][2 * at] += weight * re;
      sums.good[name][2 * at + 1] += weight * im;
    }
  }
  addMetadata(sums, chunk, row);
}

/** Rows flagged as a whole count only while there is no other. */
function addMetadata(sums: Sums, chunk: VisibilityChunk, row: number): void {
  const isGood = chunk.flagRow[row] === 0;
  const half = chunk.interval[row] / 2;
  if (sums.rows++ === 0) sums.start = chunk.time[row] - half;
  if (!isGood && sums.goodRows > 0) return;
  if (isGood && sums.goodRows === 0) {
    sums.uvw.fill(0);
    Object.assign(sums, { end: 0, centroid: 0, exposure: 0, rowWeight: 0 });
  }
  if (isGood) sums.goodRows++;
  let rowWeight = 0;
  for (let corr = 0; corr < chunk.corrCount; corr++) rowWeight += chunk.weight[row * chunk.corrCount + corr];
  for (let axis = 0; axis < 3; axis++) sums.uvw[axis] += rowWeight * chunk.uvw[3 * row + axis];
  if (chunk.time[row] + half > sums.end) sums.end = chunk.time[row] + half;
  sums.centroid += rowWeight * chunk.timeCentroid[row];
  sums.exposure += chunk.exposure[row];
  sums.rowWeight += rowWeight;
}

function finishBin(bin: Bin): VisibilityChunk {
  const { like } = bin;
  const { chanCount, corrCount } = like;
  const rowCount = bin.sums.size;
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
    ...{ time: doubles(), timeCentroid: doubles(), interval: doubles(), exposure: doubles() },
    uvw: lease.float64(3 * rowCount),
    ...{ antenna1: integers(), antenna2: integers(), feed1: integers(), feed2: integers(), processorId: integers() },
    fieldId: integers().fill(bin.ids.fieldId),
    scanNumber: integers().fill(bin.ids.scanNumber),
    stateId: integers().fill(bin.ids.stateId),
    observationId: integers().fill(bin.ids.observationId),
    arrayId: integers().fill(bin.ids.arrayId),
    release: () => lease.release(),
  };
  let row = 0;
  for (const sums of bin.sums.values()) writeRow(chunk, row++, sums);
  return chunk;
}

function writeRow(chunk: VisibilityChunk, row: number, sums: Sums): void {
  const size = chunk.chanCount * chunk.corrCount;
  const base = row * size;
  for (let at = 0; at < size; at++) {
    const isGood = sums.goodWeight[at] > 0;
    chunk.flag[base + at] = isGood ? 0 : 1;
    if (chunk.weightSpectrum) chunk.weightSpectrum[base + at] = isGood ? sums.goodWeight[at] : sums.allWeight[at];
    for (const [name, values] of Object.entries(chunk.data) as [DataColumn, Float32Array][]) {
      const source = isGood ? sums.good[name] : sums.all[name];
      const scale = 1 / (isGood ? sums.goodWeight[at] : sums.rows);
      values[2 * (base + at)] = source[2 * at] * scale;
      values[2 * (base + at) + 1] = source[2 * at + 1] * scale;
    }
  }
  for (let corr = 0; corr < chunk.corrCount; corr++) {
    const weight = meanWeight(sums, corr, chunk.corrCount);
    chunk.weight[row * chunk.corrCount + corr] = weight;
    chunk.sigma[row * chunk.corrCount + corr] = weight > 0 ? 1 / Math.sqrt(weight) : 0;
  }
  const scale = sums.rowWeight > 0 ? 1 / sums.rowWeight : 0;
  for (let axis = 0; axis < 3; axis++) chunk.uvw[3 * row + axis] = sums.uvw[axis] * scale;
  chunk.flagRow[row] = sums.goodRows > 0 ? 0 : 1;
  chunk.time[row] = (sums.start + sums.end) / 2;
  chunk.timeCentroid[row] = scale > 0 ? sums.centroid * scale : chunk.time[row];
  chunk.interval[row] = sums.end - sums.start;
  chunk.exposure[row] = sums.exposure;
  chunk.antenna1[row] = sums.antenna1;
  chunk.antenna2[row] = sums.antenna2;
  chunk.feed1[row] = sums.feed1;
  chunk.feed2[row] = sums.feed2;
  chunk.processorId[row] = sums.processorId;
}

/** Mean over the channels with unflagged values (or over all, when there are none) of their summed weights. */
function meanWeight(sums: Sums, corr: number, corrCount: number): number {
  let [goodSum, goodChans, allSum, chans] = [0, 0, 0, 0];
  for (let at = corr; at < sums.goodWeight.length; at += corrCount) {
    allSum += sums.allWeight[at];
    chans++;
    if (sums.goodWeight[at] <= 0) continue;
    goodSum += sums.goodWeight[at];
    goodChans++;
  }
  return goodChans > 0 ? goodSum / goodChans : allSum / chans;
}
