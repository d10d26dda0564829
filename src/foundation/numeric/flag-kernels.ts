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
