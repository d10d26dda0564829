import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

export interface PhaseRotationOptions {
  /** Channel centres of each window, Hz. */
  readonly chanFreqs: ReadonlyMap<number, readonly number[]>;
  /** Change of the path difference of a row, m; positive turns the phase by +2 pi * path * frequency / c. */
  pathOf(row: number, uvw: Float64Array, chunk: VisibilityChunk): number;
  readonly columns: readonly DataColumn[];
}

/** Multiplies visibilities by exp(+2 pi i path nu / c), the turn of phase that a shift of the phase centre asks for. */
export function phaseRotation(options: PhaseRotationOptions): ChunkOperator {
  return {
    push(chunk, next) {
      const freqs = options.chanFreqs.get(chunk.spwId) ?? [];
      const { chanCount, corrCount } = chunk;
      for (let row = 0; row < chunk.rowCount; row++) {
        const path = options.pathOf(row, chunk.uvw, chunk);
        if (path === 0) continue;
        for (let chan = 0; chan < chanCount; chan++) {
          const angle = (2 * Math.PI * path * freqs[chan]) / SPEED_OF_LIGHT;
          const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
          for (const name of options.columns) {
            const values = chunk.data[name] as Float32Array;
            const start = (row * chanCount + chan) * corrCount;
            for (let at = start; at < start + corrCount; at++) {
              const [re, im] = [values[2 * at], values[2 * at + 1]];
              values[2 * at] = re * cos - im * sin;
              values[2 * at + 1] = re * sin + im * cos;
            }
          }
        }
      }
      next(chunk);
    },
    flush() {},
  };
}
