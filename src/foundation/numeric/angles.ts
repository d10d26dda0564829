/** Phases (rad) without jumps of a turn between neighbours. */
export function unwrapped(phases: readonly number[]): number[] {
  const result = [...phases];
  for (let at = 1; at < result.length; at++) {
    result[at] -= 2 * Math.PI * Math.round((result[at] - result[at - 1]) / (2 * Math.PI));
  }
  return result;
}
