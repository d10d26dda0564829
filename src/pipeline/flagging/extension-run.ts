import type { MeasurementSet, MsMetadata } from '../../astronomy/ms/index.ts';
import {
  openChunkReader,
  planMs,
  readScalars,
  type VisibilityChunk,
  writeChunk,
} from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import type { Coverage, FlagAgent } from './agent-types.ts';
import { extendFlagsInPlace } from './extension.ts';
import { extensionTracks } from './extension-tracks.ts';
import type { FlagCommand } from './flag-command.ts';
import { findRows } from './flag-run.ts';

/** Flags that are held at a time, bytes; a scan of one baseline is never split. */
const BATCH_BYTES = 64 * 2 ** 20;

/** Rows of one baseline in one scan of one window and field, in order of time. */
type Track = number[];

/**
 * Extends the flags of all baselines, scan by scan or in chunks of time: CASA's flagdata(mode='extend').
 *
 * FLAG_ROW stays. Baselines are worked on in batches, so that memory does not grow with the MS.
 *
 * @returns the number of flags that changed
 */
export function runExtension(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  agent: FlagAgent,
  apply: boolean,
): number {
  const rows = findRows(ms, [agent]);
  const tracks = tracksOf(ms, rows, agent.command);
  let changed = 0;
  let done = 0;
  for (const { dataDescId, batch } of batchesOf(tracks, metadata)) {
    context.checkAbort();
    changed += extendBatch(ms, metadata, agent, batch, apply);
    done += batch.reduce((sum, track) => sum + track.length, 0);
    context.progress.update(done / rows.length, `data description ${dataDescId}`);
  }
  return changed;
}

/** The rows of each baseline and chunk of time, by data description. @throws usage */
function tracksOf(ms: MeasurementSet, rows: Int32Array, command: FlagCommand): Map<number, Track[]> {
  const ints = (name: string) => readScalars(ms.main.column(name), rows, new Int32Array(rows.length));
  const keys = ['DATA_DESC_ID', 'OBSERVATION_ID', 'ARRAY_ID', 'FIELD_ID', 'ANTENNA1', 'ANTENNA2'].map(ints);
  const time = readScalars(ms.main.column('TIME'), rows, new Float64Array(rows.length));
  const tracks = new Map<number, Track[]>();
  for (const track of extensionTracks({ keys, scan: ints('SCAN_NUMBER'), time }, command)) {
    const dataDescId = keys[0][track[0]];
    const list = tracks.get(dataDescId) ?? [];
    list.push(track.map((at) => rows[at]));
    tracks.set(dataDescId, list);
  }
  return tracks;
}

function* batchesOf(tracks: ReadonlyMap<number, readonly Track[]>, metadata: MsMetadata) {
  for (const [dataDescId, list] of tracks) {
    const { spwId, polId } = metadata.dataDescriptions[dataDescId];
    const perRow = metadata.spectralWindows[spwId].chanFreqs.length * metadata.polarizations[polId].corrTypes.length;
    let batch: Track[] = [];
    let bytes = 0;
    for (const track of list) {
      if (batch.length > 0 && bytes + track.length * perRow > BATCH_BYTES) {
        yield { dataDescId, batch };
        [batch, bytes] = [[], 0];
      }
      batch.push(track);
      bytes += track.length * perRow;
    }
    yield { dataDescId, batch };
  }
}

/** Reads the flags of some tracks, extends them, and goes over the same rows again to write what changed. */
function extendBatch(
  ms: MeasurementSet,
  metadata: MsMetadata,
  agent: FlagAgent,
  batch: readonly Track[],
  apply: boolean,
): number {
  const rows = Int32Array.from(batch.flat()).sort();
  const indexOf = new Map(Array.from(rows, (row, index) => [row, index]));
  let coverage: Coverage | undefined;
  let chosen = new Uint8Array(0);
  let perRow = 0;
  let chanCount = 0;
  visitChunks(ms, metadata, rows, (chunk) => {
    if (!coverage) {
      coverage = agent.cover(chunk);
      chanCount = coverage.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
      perRow = chanCount * coverage.corrs.length;
      chosen = new Uint8Array(rows.length * perRow);
    }
    eachCovered(
      chunk,
      coverage,
      perRow,
      (row) => indexOf.get(chunk.rows[row])!,
      (from, to) => {
        chosen[to] = chunk.flag[from];
      },
    );
  });
  if (!coverage || perRow === 0) return 0;
  const cover = coverage;
  for (const track of batch) {
    const flags = new Uint8Array(track.length * perRow);
    const starts = track.map((row) => indexOf.get(row)! * perRow);
    for (const [time, start] of starts.entries()) flags.set(chosen.subarray(start, start + perRow), time * perRow);
    extendFlagsInPlace(flags, [track.length, chanCount, cover.corrs.length], agent.command);
    for (const [time, start] of starts.entries()) chosen.set(flags.subarray(time * perRow, (time + 1) * perRow), start);
  }
  let changed = 0;
  visitChunks(ms, metadata, rows, (chunk) => {
    let count = 0;
    eachCovered(
      chunk,
      cover,
      perRow,
      (row) => indexOf.get(chunk.rows[row])!,
      (from, to) => {
        if (chunk.flag[from] === chosen[to]) return;
        chunk.flag[from] = chosen[to];
        count++;
      },
    );
    changed += count;
    if (apply && count > 0) writeChunk(ms, chunk, { flag: true });
  });
  return changed;
}

function visitChunks(
  ms: MeasurementSet,
  metadata: MsMetadata,
  rows: Int32Array,
  visit: (chunk: VisibilityChunk) => void,
): void {
  const options = { columns: [] };
  const reader = openChunkReader(ms, metadata, options);
  for (const planned of planMs(ms, metadata, options, rows)) {
    const chunk = reader.read(planned);
    try {
      visit(chunk);
    } finally {
      chunk.release();
    }
  }
}

/** Position in the chunk and in the batch of every flag that is covered. */
function eachCovered(
  chunk: VisibilityChunk,
  { ranges, corrs }: Coverage,
  perRow: number,
  indexOf: (row: number) => number,
  visit: (from: number, to: number) => void,
): void {
  for (let row = 0; row < chunk.rowCount; row++) {
    let to = indexOf(row) * perRow;
    for (const [first, last] of ranges) {
      for (let chan = first; chan <= last; chan++) {
        const from = (row * chunk.chanCount + chan) * chunk.corrCount;
        for (const corr of corrs) visit(from + corr, to++);
      }
    }
  }
}
