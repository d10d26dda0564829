import { existsSync } from 'node:fs';
import { openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';

/** How a restored MeasurementSet differs from what it was made from. */
export interface RestoredDifference {
  readonly rows: number;
  /** Largest difference of a visibility that is not flagged, over the rms of all. */
  readonly data: number;
  /** Largest relative difference of a weight of a row that is not flagged. */
  readonly weight: number;
  /** Visibilities whose flags differ. */
  readonly flags: number;
}

interface Part {
  readonly path: string;
  readonly column: 'DATA' | 'CORRECTED_DATA';
  readonly spws: readonly number[];
}

/**
 * Compares the cross-correlations of two MeasurementSets, window by window in the order given, row by row.
 *
 * @param spws of each; windows at the same place belong together
 * @returns undefined when one is missing or has other rows
 */
export function compareRestored(restored: Part, truth: Part): RestoredDifference | undefined {
  if (!existsSync(restored.path)) return undefined;
  const total = { rows: 0, data: 0, weight: 0, flags: 0, square: 0, count: 0 };
  for (let index = 0; index < truth.spws.length; index++) {
    const [one, other] = [restored, truth].map(({ path, column, spws }) => readWindow(path, column, spws[index]));
    if (one.data.length !== other.data.length || one.weight.length !== other.weight.length) return undefined;
    total.rows += one.rows;
    for (let at = 0; at < one.flag.length; at++) {
      total.flags += one.flag[at] === other.flag[at] ? 0 : 1;
      if (one.flag[at] !== 0 || other.flag[at] !== 0) continue;
      const [re, im] = [other.data[2 * at], other.data[2 * at + 1]];
      total.data = Math.max(total.data, Math.hypot(one.data[2 * at] - re, one.data[2 * at + 1] - im));
      total.square += re * re + im * im;
      total.count++;
    }
    for (let at = 0; at < one.weight.length; at++)
      if (one.used[at] === 1) total.weight = Math.max(total.weight, Math.abs(one.weight[at] / other.weight[at] - 1));
  }
  const { rows, weight, flags } = total;
  return { rows, weight, flags, data: total.data / Math.sqrt(total.square / Math.max(1, total.count)) };
}

interface WindowValues {
  readonly rows: number;
  readonly data: Float32Array;
  readonly flag: Uint8Array;
  readonly weight: Float32Array;
  /** 1 where some channel of that row and correlation is not flagged. */
  readonly used: Uint8Array;
}

function readWindow(path: string, column: Part['column'], spw: number): WindowValues {
  const ms = openMs(path);
  const parts: WindowValues[] = [];
  try {
    const metadata = readMetadata(ms);
    const { rows } = selectRows(ms, { spw: String(spw), antenna: '*&*' }, { metadata });
    for (const chunk of readChunks(ms, { rows, columns: [column], metadata })) {
      parts.push(copyChunk(chunk, column));
      chunk.release();
    }
  } finally {
    ms.close();
  }
  const bytes = (pick: (part: WindowValues) => Uint8Array) => Uint8Array.from(parts.flatMap((part) => [...pick(part)]));
  const floats = (pick: (part: WindowValues) => Float32Array) =>
    Float32Array.from(parts.flatMap((part) => [...pick(part)]));
  return {
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    data: floats((part) => part.data),
    weight: floats((part) => part.weight),
    flag: bytes((part) => part.flag),
    used: bytes((part) => part.used),
  };
}

function copyChunk(chunk: VisibilityChunk, column: Part['column']): WindowValues {
  const used = new Uint8Array(chunk.rowCount * chunk.corrCount);
  const flag = chunk.flag.slice();
  flag.forEach((value, at) => {
    const row = Math.floor(at / (chunk.chanCount * chunk.corrCount));
    if (value === 0) used[row * chunk.corrCount + (at % chunk.corrCount)] = 1;
  });
  return {
    rows: chunk.rowCount,
    data: (chunk.data[column] as Float32Array).slice(),
    weight: chunk.weight.slice(),
    flag,
    used,
  };
}
