import table from '../../../data/dispersion.json' with { type: 'json' };
import { fail } from '../../foundation/base/index.ts';

/**
 * Factor by which the path through water vapour is longer at a frequency than at low ones: what CASA's wvrgcal multiplies
 * phases with when `disperse` is set. Linear between steps of 0.5 GHz.
 *
 * @param frequencyHz 30.5 to 900 GHz
 * @throws usage beyond the table
 */
export function dispersionFactor(frequencyHz: number): number {
  const { firstHz, stepHz, extra } = table;
  const place = (frequencyHz - firstHz) / stepHz;
  const below = Math.floor(place);
  if (!(below >= 0 && place <= extra.length - 1)) {
    const text = `The dispersion of water vapour is not known at ${(frequencyHz / 1e9).toFixed(1)} GHz; choose windows with spw.`;
    fail('usage', text);
  }
  const above = extra[Math.min(below + 1, extra.length - 1)];
  return 1 + extra[below] + (place - below) * (above - extra[below]);
}
