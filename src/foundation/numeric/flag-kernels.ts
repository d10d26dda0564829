import { fail } from '../base/index.ts';
import { kernels, pointer } from './kernel-memory.ts';

/**
 * How many flags are set.
 *
 * @param flags kernel array, a byte each, 0 = not set
 */
export function countFlags(flags: Uint8Array): number {
  return kernels().countNonzero(pointer(flags), flags.length);
}

/**
 * How many flags differ.
 *
 * @param flags kernel array
 * @param others kernel array of the same length
 * @throws internal when the lengths differ
 */
export function countFlagDifferences(flags: Uint8Array, others: Uint8Array): number {
  if (flags.length !== others.length) fail('internal', 'Flags of different lengths cannot be compared.');
  return kernels().countDifferences(pointer(flags), pointer(others), flags.length);
}

/**
 * Adds how many flags of each correlation are set.
 *
 * @param flags kernel array, [.., corr]
 * @param counts kernel array, [corr], added to; 1, 2 or 4 correlations
 * @throws internal for other numbers of correlations
 */
export function addFlagsByCorr(flags: Uint8Array, counts: Int32Array): void {
  if (![1, 2, 4].includes(counts.length)) fail('internal', `${counts.length} correlations cannot be counted.`);
  kernels().countByCorrInto(pointer(flags), flags.length, counts.length, pointer(counts));
}
