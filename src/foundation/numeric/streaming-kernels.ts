import { fail } from '../base/index.ts';
import { kernels, pointer } from './kernel-memory.ts';

/**
 * Converts stored int16 numbers to float32 times a scale.
 *
 * @param stored kernel array, [n]
 * @param data kernel array, [n], overwritten
 */
export function int16ToFloat32Into(stored: Int16Array, data: Float32Array, scale: number): void {
  if (data.length < stored.length) fail('internal', 'int16ToFloat32Into: the target is too short.');
  kernels().int16ToFloat32(pointer(stored), pointer(data), stored.length, scale);
}
