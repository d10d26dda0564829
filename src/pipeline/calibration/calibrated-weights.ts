import { fillDataWeights, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { selectRank } from '../../foundation/numeric/index.ts';
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
  const factorsOf = channelFactors(channelTerms, chanCount);
  const chosen = new Float32Array(chanCount - (unchosen?.size ?? 0));
  for (let row = first; row < end; row++) {
    const [ant1, ant2] = [chunk.antenna1[row], chunk.antenna2[row]];
    const [factors1, factors2] = [factorsOf(ant1), factorsOf(ant2)];
    for (let corr = 0; corr < corrCount; corr++) {
      const [pol1, pol2] = polarizationsOf(corr, corrCount);
      const even = evenWeight[2 * ant1 + pol1] * evenWeight[2 * ant2 + pol2];
      let at = row * chanCount * corrCount + corr;
      let count = 0;
      let isFlat = true;
      for (let chan = 0; chan < chanCount; chan++, at += corrCount) {
        weightSpectrum[at] *= even * (factors1 && factors2 ? factors1[2 * chan + pol1] * factors2[2 * chan + pol2] : 1);
        if (unchosen?.has(chan)) continue;
        chosen[count++] = weightSpectrum[at];
        if (chosen[count - 1] !== chosen[0]) isFlat = false;
      }
      if (count > 0) weight[row * corrCount + corr] = isFlat ? chosen[0] : selectRank(chosen, (count - 1) >> 1);
    }
  }
}

/** Product of |gain|² of some terms, [chan, pol], 0 where one has none, by antenna; undefined when there are no terms. */
function channelFactors(terms: readonly TermGains[], chanCount: number): (ant: number) => Float64Array | undefined {
  const known = new Map<number, Float64Array>();
  return (ant) => {
    if (terms.length === 0) return undefined;
    let factors = known.get(ant);
    if (!factors) {
      factors = new Float64Array(2 * chanCount).fill(1);
      for (const { bad, inverse } of terms) {
        for (let at = 0, cell = ant * factors.length; at < factors.length; at++, cell++)
          factors[at] *= bad[cell] ? 0 : 1 / (inverse[2 * cell] ** 2 + inverse[2 * cell + 1] ** 2);
      }
      known.set(ant, factors);
    }
    return factors;
  };
}

/** Polarizations of the two antennas in a correlation of (XX), (XX, YY) or (XX, XY, YX, YY). */
export function polarizationsOf(corr: number, corrCount: number): readonly [pol1: number, pol2: number] {
  if (corrCount === 4) return [corr >> 1, corr & 1];
  return [corr, corr];
}
