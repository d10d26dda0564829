// The row transforms between half a uv plane and a real image. Two image rows are the real and the imaginary part of one
// complex line, four lines are the lanes of a vector: eight rows go through one transform.
// A half grid is complex64 [gridY, width]; column u + 4 holds u >= -4, the columns of u < 0 are what samples reach over.
import { transform } from './fourier';

const MARGIN: usize = 4;
const ROWS: i32 = 8;

/** Rows that are missing in a group repeat the last one. */
@inline
function rowAt(base: usize, row: i32, count: i32, stride: usize): usize {
  return base + <usize>min(row, count - 1) * stride;
}

/** Adds what lies on u < 0 to u > 0 as its conjugate; doubles the real part of u = 0 and drops the imaginary one. */
function foldInPlace(row: usize): void {
  const centre = row + (MARGIN << 3);
  for (let u: usize = 1; u <= MARGIN; u++) {
    const at = centre + (u << 3);
    const from = centre - (u << 3);
    store<f32>(at, load<f32>(at) + load<f32>(from));
    store<f32>(at, load<f32>(at, 4) - load<f32>(from, 4), 4);
  }
  store<f32>(centre, 2 * load<f32>(centre));
  store<f32>(centre, 0, 4);
}

/**
 * Up to eight rows of a half grid whose columns are transformed, [row, width], to image rows [row, sizeX] in pixels:
 * image = scale[row] * factors[x] * Re sum over u of grid * exp(-2 pi i u X / length), X = x - sizeX / 2; the grid's rows are
 * changed. columns: those from u = 0 on that hold anything, even. twiddles of sign -1; work: 64 * length bytes.
 */
export function imageRowsInto(
  grid: usize, gridStride: usize, columns: i32, image: usize, sizeX: i32, rowCount: i32, scales: usize, factors: usize, length: i32,
  radices: usize, radixCount: i32, twiddles: usize, work: usize,
): void {
  const other = work + (<usize>length << 5);
  for (let row = 0; row < rowCount; row++) foldInPlace(grid + <usize>row * gridStride);
  const start = grid + (MARGIN << 3);
  const p0 = rowAt(start, 0, rowCount, gridStride);
  const p1 = rowAt(start, 1, rowCount, gridStride);
  const p2 = rowAt(start, 2, rowCount, gridStride);
  const p3 = rowAt(start, 3, rowCount, gridStride);
  const p4 = rowAt(start, 4, rowCount, gridStride);
  const p5 = rowAt(start, 5, rowCount, gridStride);
  const p6 = rowAt(start, 6, rowCount, gridStride);
  const p7 = rowAt(start, 7, rowCount, gridStride);
  memory.fill(work, 0, <usize>length << 5);
  for (let u = 0; u < columns; u += 2) {
    const at = <usize>u << 3;
    const low0 = v128.load(p0 + at);
    const low1 = v128.load(p1 + at);
    const low2 = v128.load(p2 + at);
    const low3 = v128.load(p3 + at);
    const high0 = v128.load(p4 + at);
    const high1 = v128.load(p5 + at);
    const high2 = v128.load(p6 + at);
    const high3 = v128.load(p7 + at);
    packInto(work, u, length, low0, low1, low2, low3, high0, high1, high2, high3);
  }
  const result = transform(work, other, length, radices, radixCount, twiddles, -1);
  unloadRows(result, length, image, sizeX, rowCount, scales, factors);
}

/** Puts the columns u and u + 1 of eight rows, each [re, im, re, im], to their places in the line and to those of -u and -u - 1. */
@inline
function packInto(
  work: usize, u: i32, length: i32, low0: v128, low1: v128, low2: v128, low3: v128, high0: v128, high1: v128, high2: v128, high3: v128,
): void {
  const low01 = v128.shuffle<f32>(low0, low1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(low2, low3, 0, 4, 1, 5);
  const next01 = v128.shuffle<f32>(low0, low1, 2, 6, 3, 7);
  const next23 = v128.shuffle<f32>(low2, low3, 2, 6, 3, 7);
  const high01 = v128.shuffle<f32>(high0, high1, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(high2, high3, 0, 4, 1, 5);
  const after01 = v128.shuffle<f32>(high0, high1, 2, 6, 3, 7);
  const after23 = v128.shuffle<f32>(high2, high3, 2, 6, 3, 7);
  pairInto(
    work, u, length,
    v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), v128.shuffle<f32>(low01, low23, 2, 3, 6, 7),
    v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), v128.shuffle<f32>(high01, high23, 2, 3, 6, 7),
  );
  pairInto(
    work, u + 1, length,
    v128.shuffle<f32>(next01, next23, 0, 1, 4, 5), v128.shuffle<f32>(next01, next23, 2, 3, 6, 7),
    v128.shuffle<f32>(after01, after23, 0, 1, 4, 5), v128.shuffle<f32>(after01, after23, 2, 3, 6, 7),
  );
}

/** Spectra a + ib and c + id of two real lines at u as one of a complex line, at u and -u. */
@inline
function pairInto(work: usize, u: i32, length: i32, a: v128, b: v128, c: v128, d: v128): void {
  const back = work + (<usize>(u == 0 ? 0 : length - u) << 5);
  v128.store(back, f32x4.add(a, d));
  v128.store(back, f32x4.sub(c, b), 16);
  const at = work + (<usize>u << 5);
  v128.store(at, f32x4.sub(a, d));
  v128.store(at, f32x4.add(b, c), 16);
}

/** Writes the pixels of eight rows from a transformed line. */
function unloadRows(result: usize, length: i32, image: usize, sizeX: i32, rowCount: i32, scales: usize, factors: usize): void {
  const half = sizeX >> 1;
  const stride = <usize>sizeX << 2;
  const low = f32x4.mul(v128.load(scales), f32x4.splat(0.5));
  const high = f32x4.mul(v128.load(scales, 16), f32x4.splat(0.5));
  for (let x = 0; x < sizeX; x++) {
    const from = result + (<usize>(x < half ? length + x - half : x - half) << 5);
    const factor = v128.load32_splat(factors + (<usize>x << 2));
    const re = f32x4.mul(v128.load(from), f32x4.mul(factor, low));
    const im = f32x4.mul(v128.load(from, 16), f32x4.mul(factor, high));
    let to = image + (<usize>x << 2);
    if (rowCount == ROWS) {
      v128.store32_lane(to, re, 0);
      v128.store32_lane(to + stride, re, 1);
      v128.store32_lane(to + 2 * stride, re, 2);
      v128.store32_lane(to + 3 * stride, re, 3);
      to += 4 * stride;
      v128.store32_lane(to, im, 0);
      v128.store32_lane(to + stride, im, 1);
      v128.store32_lane(to + 2 * stride, im, 2);
      v128.store32_lane(to + 3 * stride, im, 3);
      continue;
    }
    v128.store32_lane(to, re, 0);
    if (rowCount > 1) v128.store32_lane(to + stride, re, 1);
    if (rowCount > 2) v128.store32_lane(to + 2 * stride, re, 2);
    if (rowCount > 3) v128.store32_lane(to + 3 * stride, re, 3);
    to += 4 * stride;
    if (rowCount > 4) v128.store32_lane(to, im, 0);
    if (rowCount > 5) v128.store32_lane(to + stride, im, 1);
    if (rowCount > 6) v128.store32_lane(to + 2 * stride, im, 2);
  }
}

function isEmpty(image: usize, count: usize): bool {
  let at: usize = 0;
  for (; at + 16 <= count << 2; at += 16) if (v128.any_true(v128.load(image + at))) return false;
  for (; at < count << 2; at += 4) if (load<u32>(image + at) != 0) return false;
  return true;
}

/**
 * The reverse: up to eight image rows to rows of a half grid, grid = scale[row] * sum over x of factors[x] * image *
 * exp(2 pi i u X / length) for u from -4 on, `width` columns in all (even). Rows of zeros leave the grid as it is. twiddles of sign 1.
 */
export function gridRowsInto(
  image: usize, sizeX: i32, rowCount: i32, grid: usize, gridStride: usize, width: i32, scales: usize, factors: usize, length: i32,
  radices: usize, radixCount: i32, twiddles: usize, work: usize,
): void {
  if (isEmpty(image, <usize>(sizeX * rowCount))) return;
  const other = work + (<usize>length << 5);
  const half = sizeX >> 1;
  const stride = <usize>sizeX << 2;
  memory.fill(work, 0, <usize>length << 5);
  const low = f32x4.mul(v128.load(scales), f32x4.splat(0.5));
  const high = f32x4.mul(v128.load(scales, 16), f32x4.splat(0.5));
  for (let x = 0; x < sizeX; x++) {
    const to = work + (<usize>(x < half ? length + x - half : x - half) << 5);
    const factor = v128.load32_splat(factors + (<usize>x << 2));
    const from = image + (<usize>x << 2);
    let re = v128.load32_zero(rowAt(from, 0, rowCount, stride));
    re = v128.load32_lane(rowAt(from, 1, rowCount, stride), re, 1);
    re = v128.load32_lane(rowAt(from, 2, rowCount, stride), re, 2);
    re = v128.load32_lane(rowAt(from, 3, rowCount, stride), re, 3);
    let im = v128.load32_zero(rowAt(from, 4, rowCount, stride));
    im = v128.load32_lane(rowAt(from, 5, rowCount, stride), im, 1);
    im = v128.load32_lane(rowAt(from, 6, rowCount, stride), im, 2);
    im = v128.load32_lane(rowAt(from, 7, rowCount, stride), im, 3);
    v128.store(to, f32x4.mul(re, f32x4.mul(factor, low)));
    v128.store(to, f32x4.mul(im, f32x4.mul(factor, high)), 16);
  }
  const result = transform(work, other, length, radices, radixCount, twiddles, 1);
  for (let column = 0; column < width; column++) {
    const u = column - <i32>MARGIN;
    const at = result + (<usize>(u < 0 ? length + u : u) << 5);
    const back = result + (<usize>(u <= 0 ? -u : length - u) << 5);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(back);
    const d = v128.load(back, 16);
    const to = grid + (<usize>column << 3);
    storeRows(to, gridStride, f32x4.add(a, c), f32x4.sub(b, d), rowCount);
    if (rowCount > 4) storeRows(to + 4 * gridStride, gridStride, f32x4.add(b, d), f32x4.sub(c, a), rowCount - 4);
  }
}

/** Writes re + i im of four rows (of fewer where there are no more). */
@inline
function storeRows(to: usize, stride: usize, re: v128, im: v128, rowCount: i32): void {
  const first = v128.shuffle<f32>(re, im, 0, 4, 1, 5);
  const second = v128.shuffle<f32>(re, im, 2, 6, 3, 7);
  v128.store64_lane(to, first, 0);
  if (rowCount > 1) v128.store64_lane(to + stride, first, 1);
  if (rowCount > 2) v128.store64_lane(to + 2 * stride, second, 0);
  if (rowCount > 3) v128.store64_lane(to + 3 * stride, second, 1);
}

/** target += scale * a * b on `rowCount` rows of `count` values; strides in bytes, a and b have the same. */
export function addProductInto(
  target: usize, targetStride: usize, a: usize, b: usize, stride: usize, rowCount: i32, count: i32, scale: f32,
): void {
  const factor = f32x4.splat(scale);
  for (let row: usize = 0; row < <usize>rowCount; row++) {
    let to = target + row * targetStride;
    let from = a + row * stride;
    let other = b + row * stride;
    let x = 0;
    for (; x + 4 <= count; x += 4) {
      const product = f32x4.mul(v128.load(from), f32x4.mul(factor, v128.load(other)));
      v128.store(to, f32x4.add(v128.load(to), product));
      to += 16;
      from += 16;
      other += 16;
    }
    for (; x < count; x++) {
      store<f32>(to, load<f32>(to) + load<f32>(from) * (scale * load<f32>(other)));
      to += 4;
      from += 4;
      other += 4;
    }
  }
}
