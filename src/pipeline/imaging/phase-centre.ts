import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { SkyPosition } from '../images/index.ts';

/** Unit vectors east, north and towards a direction, rows of a 3 x 3 matrix. */
function basis({ lon, lat }: SkyPosition): readonly number[] {
  const [sa, ca, sd, cd] = [Math.sin(lon), Math.cos(lon), Math.sin(lat), Math.cos(lat)];
  return [-sa, ca, 0, -sd * ca, -sd * sa, cd, cd * ca, cd * sa, sd];
}

/**
 * Rotation that turns (u, v, w) for one phase centre into (u, v, w) for another, [3, 3] row by row; undefined when they coincide.
 * (Thompson, Moran & Swenson 2017, eq. 4.1, applied twice.)
 */
export function uvwTurn(from: SkyPosition, to: SkyPosition): readonly number[] | undefined {
  const [a, b] = [basis(from), basis(to)];
  if (a.every((value, k) => Math.abs(value - b[k]) < 1e-12)) return undefined;
  const turn: number[] = [];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      turn.push(b[3 * row] * a[3 * column] + b[3 * row + 1] * a[3 * column + 1] + b[3 * row + 2] * a[3 * column + 2]);
    }
  }
  return turn;
}

/** Where a row goes: a turn of its uvw, and from there a centre at direction cosines (l, m, n - 1), which leaves uvw alone. */
export interface PhaseMove {
  readonly turn?: readonly number[];
  readonly centre?: readonly [l: number, m: number, n1: number];
}

/**
 * Moves one row to another phase centre in place: V exp(2 pi i (w - w') nu / c) for the turn, times
 * exp(-2 pi i (u l + v m + w (n - 1)) nu / c) for a centre off the image's, for V = sum of S exp(+2 pi i (u l + v m + w (n - 1)) nu / c).
 *
 * @param vis [chan, re/im] from `offset` on, changed
 * @param uvw [row, 3], changed at `row`
 * @param frequencies Hz, [chan]
 * @returns path in m: the visibilities are multiplied by exp(2 pi i path nu / c)
 */
export function turnRowInPlace(
  { turn, centre }: PhaseMove,
  uvw: Float64Array,
  row: number,
  vis: Float32Array,
  offset: number,
  frequencies: ArrayLike<number>,
): number {
  const [u, v, w] = [uvw[3 * row], uvw[3 * row + 1], uvw[3 * row + 2]];
  let path = 0;
  if (turn) {
    for (let axis = 0; axis < 3; axis++)
      uvw[3 * row + axis] = turn[3 * axis] * u + turn[3 * axis + 1] * v + turn[3 * axis + 2] * w;
    path = w - uvw[3 * row + 2];
  }
  if (centre) path -= uvw[3 * row] * centre[0] + uvw[3 * row + 1] * centre[1] + uvw[3 * row + 2] * centre[2];
  for (let chan = 0; chan < frequencies.length; chan++) {
    const at = offset + 2 * chan;
    [vis[at], vis[at + 1]] = rotatePhase(vis[at], vis[at + 1], (path * frequencies[chan]) / SPEED_OF_LIGHT);
  }
  return path;
}

/** A complex number turned by a phase in turns. */
export function rotatePhase(re: number, im: number, turns: number): readonly [number, number] {
  const angle = 2 * Math.PI * (turns - Math.round(turns));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [re * cos - im * sin, re * sin + im * cos];
}
