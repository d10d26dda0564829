import { median } from '../../foundation/numeric/index.ts';

/** Direction (rad) nearest to the most of some angles: the median about their vector mean. */
export function medianAngle(angles: readonly number[]): number {
  const sin = angles.reduce((sum, angle) => sum + Math.sin(angle), 0);
  const cos = angles.reduce((sum, angle) => sum + Math.cos(angle), 0);
  const mean = Math.atan2(sin, cos);
  return wrap(mean + median(angles.map((angle) => wrap(angle - mean))));
}

/** An angle between -π and π. */
export function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
