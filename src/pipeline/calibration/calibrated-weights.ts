import { fillDataWeights, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { TermGains } from './jones-terms.ts';

/** Factors of the weights of one moment. */
export interface WeightFactors {
  /** Product of all terms, [ant, pol] */
  readonly weight: Float32Array;
  /** Product of the terms whose factor is one for all channels, [ant, pol] */
  readonly evenWeight: Float32Array;
  /** Gains of the terms whose factor differs from channel to channel where there is WEIGHT_SPECTRUM. */
  readonly channelTerms: readonly TermGains[];
}

/** Weights from sigmas: 1/sigma², and 0 where sigma is not positive; those by channel from SIGMA_SPECTRUM where the chunk has it. */
export function resetWeights(chunk: VisibilityChunk): void {
  const { weight, sigma, weightSpectrum } = chunk;
  for (let cell = 0; cell < weight.length; cell++) {
    const value = sigma[cell];
    weight[cell] = value > 0 ? 1 / (value * value) : 0;
  }
  if (weightSpectrum) fillDataWeights(chunk, weightSpectrum);
}

/** Multiplies the weights of rows first … end by the factors of their two antennas; WEIGHT alone. */
export function scaleWeights(
  chunk: VisibilityChunk,
  first: number,
  end: number,
  { weight: factors }: WeightFactors,
): void {
  const { weight, corrCount } = chunk;
  for (let row = first; row < end; row++) {
    for (let corr = 0; corr < corrCount; corr++) {
      const [pol1, pol2] = polarizationsOf(corr, corrCount);
      weight[row * corrCount + corr] *=
        factors[2 * chunk.antenna1[row] + pol1] * factors[2 * chunk.antenna2[row] + pol2];
    }
  }
}

/**
 * The same for WEIGHT_SPECTRUM; WEIGHT becomes its median over the chosen channels, the lower of two in the middle, as in CASA 6.7.
 *
 * @param unchosen channels that are left out
 */
export function scaleSpectrum(
  chunk: VisibilityChunk,
  first: number,
  end: number,
  { evenWeight, channelTerms }: WeightFactors,
  unchosen: ReadonlySet<number> | undefined,
): void {
  const { weight, weightSpectrum, chanCount, corrCount } = chunk;
  if (!weightSpectrum) return;
  const chosen: number[] = [];
  for (let row = first; row < end; row++) {
    const [ant1, ant2] = [chunk.antenna1[row], chunk.antenna2[row]];
    for (let corr = 0; corr < corrCount; corr++) {
      const [pol1, pol2] = polarizationsOf(corr, corrCount);
      const even = evenWeight[2 * ant1 + pol1] * evenWeight[2 * ant2 + pol2];
      chosen.length = 0;
      for (let chan = 0; chan < chanCount; chan++) {
        const at = (row * chanCount + chan) * corrCount + corr;
        weightSpectrum[at] *= even;
        for (const term of channelTerms)
          weightSpectrum[at] *= power(term, ant1, chan, pol1) * power(term, ant2, chan, pol2);
        if (!unchosen?.has(chan)) chosen.push(weightSpectrum[at]);
      }
      chosen.sort((a, b) => a - b);
      if (chosen.length > 0) weight[row * corrCount + corr] = chosen[(chosen.length - 1) >> 1];
    }
  }
}

/** |gain|² of a cell, 0 where there is none. */
function power({ bad, inverse, chanCount }: TermGains, ant: number, chan: number, pol: number): number {
  const cell = (ant * chanCount + chan) * 2 + pol;
  return bad[cell] ? 0 : 1 / (inverse[2 * cell] ** 2 + inverse[2 * cell + 1] ** 2);
}

/** Polarizations of the two antennas in a correlation of (XX), (XX, YY) or (XX, XY, YX, YY). */
export function polarizationsOf(corr: number, corrCount: number): readonly [pol1: number, pol2: number] {
  if (corrCount === 4) return [corr >> 1, corr & 1];
  return [corr, corr];
}
