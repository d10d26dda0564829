import { type Context, fail } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import {
  type CalFrame,
  type CalRowKey,
  type CalRows,
  type CalSpectralWindow,
  type CalTable,
  emptyRows,
} from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { writeCalTable } from './caltable-write.ts';
import { type Solution, sortSolutions } from './solution.ts';
import type { SolvePlan } from './solve-plan.ts';

export interface TableRequest {
  readonly path: string;
  readonly visCal: string;
  readonly parType: 'Complex' | 'Float';
  readonly frame: CalFrame;
  readonly plan: SolvePlan;
  /** Solutions have a value per channel. */
  readonly isChannelled: boolean;
  readonly append: boolean;
  /** CASA's task::method for the log. */
  readonly origin: string;
}

/** Makes the table of some solutions and writes it, or adds it to the one that is there. */
export function storeSolutions(context: Context, solutions: readonly Solution[], request: TableRequest): CalTable {
  const { path, origin } = request;
  const made = tableOf(solutions, request);
  if (!request.append || !disk().exists(path)) {
    context.log.post(`Writing solutions to table: ${path}`, 'INFO', origin);
    writeCalTable(path, made);
    return made;
  }
  context.log.post(`Appending solutions to table: ${path}`, 'INFO', origin);
  const merged = appendTable(readCalTable(path), made, path);
  writeCalTable(path, merged);
  return merged;
}

function tableOf(solutions: readonly Solution[], request: TableRequest): CalTable {
  const { frame } = request;
  return {
    ...frame,
    visCal: request.visCal,
    parType: request.parType,
    polBasis: 'unknown',
    rows: rowsOf(sortSolutions(solutions), request.parType === 'Complex'),
    spectralWindows: frame.spectralWindows.map((window) => solvedWindow(window, solutions, request)),
    history: [],
  };
}

function rowsOf(solutions: readonly Solution[], isComplex: boolean): CalRows {
  const keys: CalRowKey[] = [];
  const chanCount: number[] = [];
  for (const solution of solutions) {
    const { time, fieldId, spwId, scanNumber, observationId, refAnt } = solution;
    for (let antenna1 = 0; antenna1 < solution.antCount; antenna1++) {
      keys.push({ time, interval: 0, fieldId, spwId, antenna1, antenna2: refAnt, scanNumber, observationId });
      chanCount.push(solution.chanCount);
    }
  }
  const rows = emptyRows(keys, Int32Array.from(chanCount), solutions[0]?.parCount ?? 2, isComplex);
  let cell = 0;
  for (const { params, flag, paramErr, snr } of solutions) {
    rows.params.set(params, (isComplex ? 2 : 1) * cell);
    rows.flag.set(flag, cell);
    rows.paramErr.set(paramErr, cell);
    rows.snr.set(snr, cell);
    cell += flag.length;
  }
  return rows;
}

/** A window as the table has it: the channels of the solutions, or one of their total width; unsolved ones are flagged. */
function solvedWindow(window: CalSpectralWindow, solutions: readonly Solution[], request: TableRequest) {
  const planned = request.plan.solutions.find(({ spwId }) => spwId === window.id);
  const isSolved = solutions.some(({ spwId }) => spwId === window.id);
  const map = isSolved ? request.plan.channelMaps.get(window.id) : undefined;
  const own = binnedChannels(window, map ?? Int32Array.from(window.chanFreqs.keys()));
  const total = own.widths.reduce((sum, width) => sum + width, 0);
  if (request.isChannelled) {
    const joined = isSolved && planned ? joinedChannels([...planned.spwIds], own, request) : own;
    return {
      ...window,
      chanFreqs: joined.chanFreqs,
      chanWidths: isSolved ? joined.widths : Float64Array.from(window.chanWidths),
      effectiveBandwidths: joined.bandwidths.slice(),
      resolutions: joined.bandwidths.slice(),
      totalBandwidth: joined.bandwidths.reduce((sum, width) => sum + width, 0),
      isFlagged: !isSolved,
    };
  }
  if (!isSolved || !planned) {
    const [mean, width] = [meanFrequency(window.id, request), total * Math.sign(window.chanWidths[0])];
    return { ...window, ...oneChannel(mean, width, total), isFlagged: !isSolved };
  }
  const joined = joinedChannel([...planned.spwIds], request);
  return { ...window, ...oneChannel(joined.frequency, joined.width, joined.bandwidth), isFlagged: false };
}

const oneChannel = (frequency: number, width: number, bandwidth: number) => ({
  chanFreqs: Float64Array.of(frequency),
  chanWidths: Float64Array.of(width),
  effectiveBandwidths: Float64Array.of(bandwidth),
  resolutions: Float64Array.of(bandwidth),
  totalBandwidth: bandwidth,
});

/** Windows that are solved as one: mean frequency and width, each weighted by the bandwidth, and all bandwidths; Hz. */
function joinedChannel(spwIds: readonly number[], request: TableRequest) {
  let [frequency, width, bandwidth] = [0, 0, 0];
  for (const spwId of spwIds) {
    const own = chosenBandwidth(spwId, request);
    frequency += own * meanFrequency(spwId, request);
    width += own * own;
    bandwidth += own;
  }
  return { frequency: frequency / bandwidth, width: width / bandwidth, bandwidth };
}

interface Channels {
  readonly chanFreqs: Float64Array;
  readonly widths: Float64Array;
  /** Sums of the widths of all windows that took part. */
  readonly bandwidths: Float64Array;
}

/** Mean frequency and total width, Hz, of each channel that a map makes of a window's. */
function binnedChannels(window: CalSpectralWindow, map: Int32Array): Channels {
  const count = Math.max(...map) + 1;
  const [chanFreqs, widths, members] = [0, 1, 2].map(() => new Float64Array(count));
  map.forEach((bin, chan) => {
    if (bin < 0) return;
    chanFreqs[bin] += window.chanFreqs[chan];
    widths[bin] += Math.abs(window.chanWidths[chan]);
    members[bin]++;
  });
  return { chanFreqs: chanFreqs.map((sum, bin) => sum / members[bin]), widths, bandwidths: widths };
}

/** The channels of windows that are solved as one: means weighted by the widths, as {@link joinedChannel} has them. */
function joinedChannels(spwIds: readonly number[], own: Channels, { frame, plan }: TableRequest): Channels {
  const parts = spwIds
    .map((spwId) => binnedChannels(frame.spectralWindows[spwId], plan.channelMaps.get(spwId) ?? new Int32Array(0)))
    .filter(({ widths }) => widths.length === own.widths.length);
  if (parts.length < 2) return own;
  const sum = (value: (part: Channels, chan: number) => number) =>
    own.widths.map((_, chan) => parts.reduce((total, part) => total + value(part, chan), 0));
  const bandwidths = sum(({ widths }, chan) => widths[chan]);
  return {
    chanFreqs: sum(({ chanFreqs, widths }, chan) => chanFreqs[chan] * widths[chan]).map(
      (v, chan) => v / bandwidths[chan],
    ),
    widths: sum(({ widths }, chan) => widths[chan] ** 2).map((v, chan) => v / bandwidths[chan]),
    bandwidths,
  };
}

/** Mean of the chosen channels' frequencies, Hz. */
function meanFrequency(spwId: number, { frame, plan }: TableRequest): number {
  const { chanFreqs } = frame.spectralWindows[spwId];
  const map = plan.channelMaps.get(spwId);
  const chosen = map ? chanFreqs.filter((_, chan) => map[chan] >= 0) : chanFreqs;
  return chosen.reduce((sum, freq) => sum + freq, 0) / chosen.length;
}

/** Width of the chosen channels, Hz. */
function chosenBandwidth(spwId: number, { frame, plan }: TableRequest): number {
  const map = plan.channelMaps.get(spwId);
  return frame.spectralWindows[spwId].chanWidths.reduce(
    (sum, width, chan) => sum + (!map || map[chan] >= 0 ? Math.abs(width) : 0),
    0,
  );
}

/** Rows of both tables; windows come from the one that has solutions in them. */
function appendTable(old: CalTable, more: CalTable, path: string): CalTable {
  const place = { table: path };
  if (old.visCal !== more.visCal || old.parType !== more.parType) {
    fail('usage', `A ${more.visCal} table cannot be added to a ${old.visCal} table.`, place);
  }
  if (old.msName !== more.msName) fail('usage', 'Solutions of another MeasurementSet cannot be appended.', place);
  const spectralWindows = old.spectralWindows.map((window, id) => {
    const other = more.spectralWindows[id];
    if (window.isFlagged) return other;
    const isSame = other.isFlagged || window.chanFreqs.every((freq, chan) => freq === other.chanFreqs[chan]);
    if (!isSame) fail('usage', `Window ${id} has other frequencies than the solutions already there.`, place);
    return window;
  });
  return { ...old, spectralWindows, rows: joinRows(old.rows, more.rows) };
}

/** Rows of two tables of one kind, the first one's first. */
export function joinRows(first: CalRows, second: CalRows): CalRows {
  const offsets = new Int32Array(first.count + second.count + 1);
  offsets.set(first.offsets);
  const shift = first.offsets[first.count];
  for (let row = 0; row <= second.count; row++) offsets[first.count + row] = shift + second.offsets[row];
  return {
    count: first.count + second.count,
    time: joinDoubles(first.time, second.time),
    interval: joinDoubles(first.interval, second.interval),
    fieldId: joinInts(first.fieldId, second.fieldId),
    spwId: joinInts(first.spwId, second.spwId),
    antenna1: joinInts(first.antenna1, second.antenna1),
    antenna2: joinInts(first.antenna2, second.antenna2),
    scanNumber: joinInts(first.scanNumber, second.scanNumber),
    observationId: joinInts(first.observationId, second.observationId),
    parCount: first.parCount,
    chanCount: joinInts(first.chanCount, second.chanCount),
    offsets,
    params: joinFloats(first.params, second.params),
    paramErr: joinFloats(first.paramErr, second.paramErr),
    flag: Uint8Array.from([...first.flag, ...second.flag]),
    snr: joinFloats(first.snr, second.snr),
  };
}

function joinDoubles(first: Float64Array, second: Float64Array): Float64Array {
  const joined = new Float64Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function joinFloats(first: Float32Array, second: Float32Array): Float32Array {
  const joined = new Float32Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function joinInts(first: Int32Array, second: Int32Array): Int32Array {
  const joined = new Int32Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
