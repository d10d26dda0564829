import { openMs } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { TwinSpec } from '../../pipeline/simulation/index.ts';

/** One source in one window: what came out over what was put in. */
export interface SourceResult {
  readonly field: number;
  readonly name: string;
  readonly window: number;
  /** Amplitude of the mean calibrated visibility over the true flux. */
  readonly ratio: number;
  /** Share of the cross-correlations that is flagged. */
  readonly flagged: number;
}

interface Sum {
  re: number;
  im: number;
  count: number;
  flagged: number;
  total: number;
}

/**
 * Compares the calibrated visibilities of a twin with its truth: the point at the centre of each observed field.
 *
 * @param path MeasurementSet whose DATA column is calibrated; its windows are the science windows in order
 * @param fluxes Jy, [field][window]
 */
export function checkCalibrated(path: string, spec: TwinSpec, fluxes: readonly (readonly number[])[]): SourceResult[] {
  const sums = new Map<string, Sum>();
  const ms = openMs(path);
  try {
    for (const chunk of readChunks(ms, { columns: ['DATA'] })) {
      addChunk(chunk, sums);
      chunk.release();
    }
  } finally {
    ms.close();
  }
  return [...sums].map(([key, { re, im, count, flagged, total }]) => {
    const [field, window] = key.split(' ').map(Number);
    const flux = fluxes[field]?.[window] ?? Number.NaN;
    const ratio = count > 0 ? Math.hypot(re, im) / count / flux : Number.NaN;
    return { field, name: spec.fields[field].name, window, ratio, flagged: flagged / total };
  });
}

function addChunk(chunk: VisibilityChunk, sums: Map<string, Sum>): void {
  const data = chunk.data.DATA as Float32Array;
  const stride = chunk.chanCount * chunk.corrCount;
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.antenna1[row] === chunk.antenna2[row]) continue;
    const key = `${chunk.fieldId[row]} ${chunk.spwId}`;
    const sum = sums.get(key) ?? { re: 0, im: 0, count: 0, flagged: 0, total: 0 };
    sums.set(key, sum);
    sum.total += stride;
    for (let at = row * stride; at < (row + 1) * stride; at++) {
      if (chunk.flag[at] !== 0 || chunk.flagRow[row] !== 0) sum.flagged++;
      else {
        sum.re += data[2 * at];
        sum.im += data[2 * at + 1];
        sum.count++;
      }
    }
  }
}
