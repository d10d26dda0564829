/** A direction on the sky, rad. */
export type SkyDirection = readonly [ra: number, dec: number];

/** Unit vectors of u, v, w of a phase centre in celestial axes, [3, 3] row-major. */
function axesOf([ra, dec]: SkyDirection): Float64Array {
  const [sinRa, cosRa, sinDec, cosDec] = [Math.sin(ra), Math.cos(ra), Math.sin(dec), Math.cos(dec)];
  return Float64Array.of(
    ...[-sinRa, cosRa, 0],
    ...[-sinDec * cosRa, -sinDec * sinRa, cosDec],
    ...[cosDec * cosRa, cosDec * sinRa, sinDec],
  );
}

/**
 * Turns (u, v, w) from one phase centre to another.
 *
 * @returns [3, 3] row-major
 */
export function phaseCentreTurn(from: SkyDirection, to: SkyDirection): Float64Array {
  const [one, other] = [axesOf(from), axesOf(to)];
  const turn = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      for (let axis = 0; axis < 3; axis++) turn[3 * row + column] += other[3 * row + axis] * one[3 * column + axis];
    }
  }
  return turn;
}

/** What a turn makes of one (u, v, w) at an offset, in place. @returns the change of w */
export function turnUvwInPlace(uvw: Float64Array, at: number, turn: Float64Array): number {
  const [u, v, w] = [uvw[at], uvw[at + 1], uvw[at + 2]];
  for (let axis = 0; axis < 3; axis++) {
    uvw[at + axis] = turn[3 * axis] * u + turn[3 * axis + 1] * v + turn[3 * axis + 2] * w;
  }
  return uvw[at + 2] - w;
}
