import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';

/** Weights from sigmas: 1/sigma², and 0 where sigma is not positive. */
export function resetWeights(chunk: VisibilityChunk): void {
  const { weight, sigma, weightSpectrum, chanCount, corrCount } = chunk;
  for (let cell = 0; cell < weight.length; cell++) {
    const value = sigma[cell];
    weight[cell] = value > 0 ? 1 / (value * value) : 0;
  }
  if (!weightSpectrum) return;
  for (let row = 0; row < chunk.rowCount; row++) {
    for (let chan = 0; chan < chanCount; chan++) {
      for (let corr = 0; corr < corrCount; corr++) {
        weightSpectrum[(row * chanCount + chan) * corrCount + corr] = weight[row * corrCount + corr];
      }
    }
  }
}

/**
 * Multiplies the weights of rows first … end by the factors of their two antennas.
 *
 * @param factors [ant, pol]
 */
export function scaleWeights(chunk: VisibilityChunk, first: number, end: number, factors: Float32Array): void {
  const { weight, weightSpectrum, chanCount, corrCount } = chunk;
  for (let row = first; row < end; row++) {
    for (let corr = 0; corr < corrCount; corr++) {
      const [pol1, pol2] = polarizationsOf(corr, corrCount);
      const factor = factors[2 * chunk.antenna1[row] + pol1] * factors[2 * chunk.antenna2[row] + pol2];
      weight[row * corrCount + corr] *= factor;
      if (!weightSpectrum) continue;
      for (let chan = 0; chan < chanCount; chan++)
        weightSpectrum[(row * chanCount + chan) * corrCount + corr] *= factor;
    }
  }
}

/** Polarizations of the two antennas in a correlation of (XX), (XX, YY) or (XX, XY, YX, YY). */
export function polarizationsOf(corr: number, corrCount: number): readonly [pol1: number, pol2: number] {
  if (corrCount === 4) return [corr >> 1, corr & 1];
  return [corr, corr];
}
