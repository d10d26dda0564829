/** A rotation, [3, 3] row-major. */
export type Matrix3 = Float64Array;

/** a · b, both [3, 3] row-major. */
export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const product = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      product[3 * row + column] =
        a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column] + a[3 * row + 2] * b[6 + column];
    }
  }
  return product;
}

/** The inverse of a rotation. */
export function transpose(m: Matrix3): Matrix3 {
  return Float64Array.of(m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]);
}

/** m · v for a vector [3]. */
export function rotate(m: Matrix3, v: ArrayLike<number>): Float64Array {
  return Float64Array.of(
    m[0] * v[0] + m[1] * v[1] + m[2] * v[2],
    m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
    m[6] * v[0] + m[7] * v[1] + m[8] * v[2],
  );
}

/** Rotation of the axes by `angle` about axis 0 (x), 1 (y) or 2 (z): coordinates of a fixed vector in the turned frame. */
export function axisRotation(axis: number, angle: number): Matrix3 {
  const m = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const a = (axis + 1) % 3;
  const b = (axis + 2) % 3;
  m[3 * a + a] = m[3 * b + b] = Math.cos(angle);
  m[3 * a + b] = Math.sin(angle);
  m[3 * b + a] = -Math.sin(angle);
  return m;
}

/** The smallest rotation that turns unit vector `from` into unit vector `to` (Rodrigues). */
export function shortestRotation(from: ArrayLike<number>, to: ArrayLike<number>): Matrix3 {
  const x = from[1] * to[2] - from[2] * to[1];
  const y = from[2] * to[0] - from[0] * to[2];
  const z = from[0] * to[1] - from[1] * to[0];
  const cosine = from[0] * to[0] + from[1] * to[1] + from[2] * to[2];
  const f = 1 / (1 + cosine);
  return Float64Array.of(
    cosine + f * x * x,
    f * x * y - z,
    f * x * z + y,
    f * x * y + z,
    cosine + f * y * y,
    f * y * z - x,
    f * x * z - y,
    f * y * z + x,
    cosine + f * z * z,
  );
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** `v` made one long. */
export function unit(v: ArrayLike<number>): Float64Array {
  const length = Math.hypot(v[0], v[1], v[2]);
  return Float64Array.of(v[0] / length, v[1] / length, v[2] / length);
}

/** Unit vector of a longitude-like and a latitude-like angle, rad. */
export function vectorOf(longitude: number, latitude: number): Float64Array {
  const cosine = Math.cos(latitude);
  return Float64Array.of(Math.cos(longitude) * cosine, Math.sin(longitude) * cosine, Math.sin(latitude));
}
