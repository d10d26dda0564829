import { fail } from '../base/index.ts';
import { arena, kernels, pointer } from './kernel-memory.ts';

/** A function of a distance: values at 0, step, 2 step …, 0 beyond the last. */
export interface RadialProfile {
  readonly values: Float32Array;
  readonly step: number;
}

/**
 * A plane [sizeY, sizeX] of a function of the distance from a point, straight between the profile's values.
 *
 * @param place of the point, x and y in pixels from the first one
 * @param cell distance between pixels, in the unit of the profile's step
 */
export function radialProfileInto(
  target: Float32Array,
  [sizeX, sizeY]: readonly [number, number],
  [x, y]: readonly [number, number],
  cell: number,
  profile: RadialProfile,
): void {
  if (target.length < sizeX * sizeY) fail('internal', 'radialProfileInto: the plane is shorter than its shape.');
  arena().scope((lease) => {
    const plane = lease.float32(sizeX * sizeY);
    const table = lease.float32(profile.values.length);
    table.set(profile.values);
    const scale = cell / profile.step;
    kernels().radialProfileInto(pointer(plane), sizeX, sizeY, x, y, scale, pointer(table), table.length - 1);
    target.set(plane);
  });
}
