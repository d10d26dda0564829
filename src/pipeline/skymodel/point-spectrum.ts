import { fail } from '../../foundation/base/index.ts';

/** Flux densities of a point source against frequency. */
export type PointSpectrum = PowerLaw | SampledSpectrum;

/** S(f) = S0 (f/f0)^(a0 + a1 log10(f/f0) + a2 log10²(f/f0) + …), the same shape for all Stokes parameters. */
export interface PowerLaw {
  readonly kind: 'power-law';
  /** I, Q, U, V at the reference frequency, Jy */
  readonly stokes: readonly number[];
  readonly referenceHz: number;
  /** a0, a1, … */
  readonly spectralIndex: readonly number[];
}

/** Values at frequencies, linear in between. */
export interface SampledSpectrum {
  readonly kind: 'sampled';
  /** Hz, [point], ascending or descending */
  readonly frequencies: Float64Array;
  /** Jy, I, Q, U, V of [point] */
  readonly stokes: readonly Float64Array[];
}

/** (f/f0)^(a0 + a1 log10(f/f0) + …), as CASA's setjy has it. */
export function powerLawFactor(frequency: number, referenceHz: number, spectralIndex: readonly number[]): number {
  const logarithm = Math.log10(frequency / referenceHz);
  let exponent = 0;
  for (let order = spectralIndex.length - 1; order >= 0; order--)
    exponent = exponent * logarithm + spectralIndex[order];
  return 10 ** (exponent * logarithm);
}

/**
 * Flux densities at a frequency.
 *
 * @param frequency Hz
 * @param into I, Q, U, V in Jy, overwritten
 */
export function evaluateSpectrum(spectrum: PointSpectrum, frequency: number, into: Float64Array): void {
  if (spectrum.kind === 'power-law') {
    const factor = powerLawFactor(frequency, spectrum.referenceHz, spectrum.spectralIndex);
    for (let stokes = 0; stokes < 4; stokes++) into[stokes] = (spectrum.stokes[stokes] ?? 0) * factor;
    return;
  }
  const { frequencies } = spectrum;
  const last = frequencies.length - 1;
  if (last < 0) fail('bad-data', 'A model spectrum has no points.');
  const sign = frequencies[last] >= frequencies[0] ? 1 : -1;
  let left = 0;
  while (left < last - 1 && sign * (frequencies[left + 1] - frequency) <= 0) left++;
  const span = last > 0 ? frequencies[left + 1] - frequencies[left] : 1;
  const fraction = last > 0 ? Math.min(1, Math.max(0, (frequency - frequencies[left]) / span)) : 0;
  for (let stokes = 0; stokes < 4; stokes++) {
    const values = spectrum.stokes[stokes];
    into[stokes] = values ? values[left] + ((values[left + 1] ?? values[left]) - values[left]) * fraction : 0;
  }
}
