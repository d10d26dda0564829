import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';

/** Other names of the conventions, as casacore knows them. */
const SAME: Readonly<Record<string, string>> = { OPTICAL: 'Z', TRUE: 'BETA', RELATIVISTIC: 'BETA' };

/** Conventions of a Doppler shift, from and to the ratio of the frequency to that at rest. */
const CONVENTIONS: Readonly<Record<string, { ratio(value: number): number; value(ratio: number): number }>> = {
  RADIO: { ratio: (v) => 1 - v, value: (r) => 1 - r },
  Z: { ratio: (z) => 1 / (1 + z), value: (r) => 1 / r - 1 },
  RATIO: { ratio: (r) => r, value: (r) => r },
  BETA: { ratio: (b) => Math.sqrt((1 - b) / (1 + b)), value: (r) => (1 - r * r) / (1 + r * r) },
  GAMMA: { ratio: (g) => g - Math.sqrt(g * g - 1), value: (r) => (1 + r * r) / (2 * r) },
};

/** The first name of a convention, e.g. Z for OPTICAL. @throws usage for none */
export function dopplerConvention(name: string): string {
  const upper = SAME[name.toUpperCase()] ?? name.toUpperCase();
  if (!Object.hasOwn(CONVENTIONS, upper))
    fail('usage', `'${name}' is no Doppler convention; there are RADIO, OPTICAL (Z), RATIO, BETA (TRUE), GAMMA.`);
  return upper;
}

/** Frequency over rest frequency of a Doppler value in units of c. */
export function dopplerRatio(value: number, convention: string): number {
  return CONVENTIONS[dopplerConvention(convention)].ratio(value);
}

/** The Doppler value, in units of c, of a frequency over its rest frequency. */
export function dopplerValue(ratio: number, convention: string): number {
  return CONVENTIONS[dopplerConvention(convention)].value(ratio);
}

/** Radial velocity, m/s, in another convention. */
export function convertDoppler(velocity: number, from: string, to: string): number {
  return SPEED_OF_LIGHT * dopplerValue(dopplerRatio(velocity / SPEED_OF_LIGHT, from), to);
}
