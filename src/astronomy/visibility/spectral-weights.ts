import { arena, type Lease } from '../../foundation/numeric/index.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

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
 * Gives chunks with several data columns weights of DATA of their own, SIGMA^-2: what averages DATA and becomes SIGMA, while WEIGHT
 * does so for CORRECTED_DATA (CASA 6.7's mstransform with all data columns).
 */
export function separateWeights(): ChunkOperator {
  return {
    push(chunk, next) {
      const lease = arena().lease();
      const dataWeights = lease.float32(chunk.flag.length);
      fillDataWeights(chunk, dataWeights);
      next({ ...chunk, dataWeights, release: releaseBoth(lease, chunk) });
    },
    flush() {},
  };
}

/** Gives chunks with weights by channel the WEIGHT and SIGMA that follow from them. */
export function meanWeights(): ChunkOperator {
  return {
    push(chunk, next) {
      const { weightSpectrum, dataWeights, flag, weight, sigma } = chunk;
      if (weightSpectrum) weightsOfSpectrum(chunk, { weightSpectrum, dataWeights }, flag, weight, sigma);
      next(chunk);
    },
    flush() {},
  };
}

/** Fills weights by channel with those of DATA: SIGMA_SPECTRUM^-2 where the chunk has it, else SIGMA^-2; 0 for a SIGMA that is none. */
export function fillDataWeights(chunk: VisibilityChunk, target: Float32Array): void {
  const { chanCount, corrCount, sigma, sigmaSpectrum } = chunk;
  const size = chanCount * corrCount;
  for (let at = 0; at < target.length; at++) {
    const noise = sigmaSpectrum ? sigmaSpectrum[at] : sigma[Math.floor(at / size) * corrCount + (at % corrCount)];
    target[at] = noise > 0 ? 1 / (noise * noise) : 0;
  }
}

/** The weights by channel that a column is averaged with; undefined where WEIGHT holds for all channels. */
export function weightsOfColumn(chunk: VisibilityChunk, name: DataColumn): Float32Array | undefined {
  const isCorrected = name === 'CORRECTED_DATA' || (name === 'MODEL_DATA' && chunk.data.CORRECTED_DATA !== undefined);
  return isCorrected ? chunk.weightSpectrum : (chunk.dataWeights ?? chunk.weightSpectrum);
}

/** Weights by channel, [row, chan, corr]. */
export interface WeightSpectra {
  readonly weightSpectrum: Float32Array;
  readonly dataWeights?: Float32Array;
}

/**
 * WEIGHT and SIGMA of spectra of weights: means over unflagged channels (over all where all are flagged) of the weights and of
 * their inverse square roots (those of DATA where it has its own), -1 for a weight of 0 (CASA 6.7's mstransform).
 *
 * @param flag [row, chan, corr]
 * @param weight, sigma filled, [row, corr]
 */
export function weightsOfSpectrum(
  shape: { readonly rowCount: number; readonly chanCount: number; readonly corrCount: number },
  { weightSpectrum, dataWeights = weightSpectrum }: WeightSpectra,
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
          sum += weightSpectrum[at];
          roots += dataWeights[at] > 0 ? 1 / Math.sqrt(dataWeights[at]) : -1;
          count++;
        }
      }
      weight[row * corrCount + corr] = sum / count;
      sigma[row * corrCount + corr] = roots / count;
    }
  }
}
