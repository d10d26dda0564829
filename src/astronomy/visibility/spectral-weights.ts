import { arena, type Lease } from '../../foundation/numeric/index.ts';
import type { ChunkOperator, VisibilityChunk } from './types.ts';

/** Gives chunks without WEIGHT_SPECTRUM one that repeats WEIGHT in all channels, for operators that change it by channel. */
export function flatSpectrum(): ChunkOperator {
  return {
    push(chunk, next) {
      if (chunk.weightSpectrum) return next(chunk);
      const lease = arena().lease();
      const { chanCount, corrCount } = chunk;
      const spectrum = lease.float32(chunk.rowCount * chanCount * corrCount);
      for (let at = 0; at < spectrum.length; at++) {
        const row = Math.floor(at / (chanCount * corrCount));
        spectrum[at] = chunk.weight[row * corrCount + (at % corrCount)];
      }
      next({ ...chunk, weightSpectrum: spectrum, release: releaseBoth(lease, chunk) });
    },
    flush() {},
  };
}

/** Releases the lease of derived arrays and the chunk that the others belong to. */
export function releaseBoth(lease: Lease, chunk: VisibilityChunk): () => void {
  return () => {
    lease.release();
    chunk.release();
  };
}

/**
 * WEIGHT and SIGMA of spectra of weights: means over unflagged channels (over all where all are flagged) of the weights and of
 * their inverse square roots, -1 for a weight of 0 (CASA 6.7's mstransform).
 *
 * @param spectrum, flag [row, chan, corr]
 * @param weight, sigma filled, [row, corr]
 */
export function weightsOfSpectrum(
  shape: { readonly rowCount: number; readonly chanCount: number; readonly corrCount: number },
  spectrum: Float32Array,
  flag: Uint8Array,
  weight: Float32Array,
  sigma: Float32Array,
): void {
  const { rowCount, chanCount, corrCount } = shape;
  for (let row = 0; row < rowCount; row++) {
    for (let corr = 0; corr < corrCount; corr++) {
      const base = row * chanCount * corrCount + corr;
      let [sum, roots, count] = [0, 0, 0];
      for (let pass = 0; pass < 2 && count === 0; pass++) {
        for (let at = base; at < base + chanCount * corrCount; at += corrCount) {
          if (pass === 0 && flag[at] !== 0) continue;
          sum += spectrum[at];
          roots += spectrum[at] > 0 ? 1 / Math.sqrt(spectrum[at]) : -1;
          count++;
        }
      }
      weight[row * corrCount + corr] = sum / count;
      sigma[row * corrCount + corr] = roots / count;
    }
  }
}
