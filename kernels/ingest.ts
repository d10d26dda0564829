/*
 * Numbers of a Binary Data Format part to rows of complex float32.
 * offsets[r] is the index of the first stored number of row r, counted in numbers from `stored`.
 */

/** data[r, k] = stored[offsets[r] + k] / divisor for int16 numbers; the division is that of float32. */
export function scaleInt16Rows(stored: usize, offsets: usize, data: usize, rowCount: i32, width: i32, divisor: f32): void {
  const divisors = f32x4.splat(divisor);
  for (let row = 0; row < rowCount; row++) {
    const from = stored + (<usize>load<u32>(offsets + (<usize>row << 2)) << 1);
    const to = data + ((<usize>row * <usize>width) << 2);
    let k = 0;
    for (; k + 8 <= width; k += 8) {
      const packed = v128.load(from + (<usize>k << 1));
      v128.store(to + (<usize>k << 2), f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(packed)), divisors));
      v128.store(to + (<usize>k << 2) + 16, f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(packed)), divisors));
    }
    for (; k < width; k++) store<f32>(to + (<usize>k << 2), <f32>load<i16>(from + (<usize>k << 1)) / divisor);
  }
}

/** The same for int32 numbers, each rounded to float32 before the division. */
export function scaleInt32Rows(stored: usize, offsets: usize, data: usize, rowCount: i32, width: i32, divisor: f32): void {
  const divisors = f32x4.splat(divisor);
  for (let row = 0; row < rowCount; row++) {
    const from = stored + (<usize>load<u32>(offsets + (<usize>row << 2)) << 2);
    const to = data + ((<usize>row * <usize>width) << 2);
    let k = 0;
    for (; k + 4 <= width; k += 4) {
      v128.store(to + (<usize>k << 2), f32x4.div(f32x4.convert_i32x4_s(v128.load(from + (<usize>k << 2))), divisors));
    }
    for (; k < width; k++) store<f32>(to + (<usize>k << 2), <f32>load<i32>(from + (<usize>k << 2)) / divisor);
  }
}

/** The same for float32 numbers. */
export function scaleFloat32Rows(stored: usize, offsets: usize, data: usize, rowCount: i32, width: i32, divisor: f32): void {
  const divisors = f32x4.splat(divisor);
  for (let row = 0; row < rowCount; row++) {
    const from = stored + (<usize>load<u32>(offsets + (<usize>row << 2)) << 2);
    const to = data + ((<usize>row * <usize>width) << 2);
    let k = 0;
    for (; k + 4 <= width; k += 4) {
      v128.store(to + (<usize>k << 2), f32x4.div(v128.load(from + (<usize>k << 2)), divisors));
    }
    for (; k < width; k++) store<f32>(to + (<usize>k << 2), load<f32>(from + (<usize>k << 2)) / divisor);
  }
}

/** Real autocorrelations of parallel hands to complex: data[r, k] = (stored[offsets[r] + k], 0). */
export function realToComplexRows(stored: usize, offsets: usize, data: usize, rowCount: i32, width: i32): void {
  for (let row = 0; row < rowCount; row++) {
    const from = stored + (<usize>load<u32>(offsets + (<usize>row << 2)) << 2);
    const to = data + ((<usize>row * <usize>width) << 3);
    for (let k = 0; k < width; k++) {
      store<f32>(to + (<usize>k << 3), load<f32>(from + (<usize>k << 2)));
      store<f32>(to + (<usize>k << 3) + 4, 0);
    }
  }
}

/** Autocorrelations stored as XX, Re XY, Im XY, YY to complex XX, XY, YX = conj(XY), YY, for each of `chanCount` channels. */
export function fullAutoRows(stored: usize, offsets: usize, data: usize, rowCount: i32, chanCount: i32): void {
  for (let row = 0; row < rowCount; row++) {
    let from = stored + (<usize>load<u32>(offsets + (<usize>row << 2)) << 2);
    let to = data + ((<usize>row * <usize>chanCount) << 5);
    for (let chan = 0; chan < chanCount; chan++) {
      const re = load<f32>(from + 4);
      const im = load<f32>(from + 8);
      store<f32>(to, load<f32>(from));
      store<f32>(to + 4, 0);
      store<f32>(to + 8, re);
      store<f32>(to + 12, im);
      store<f32>(to + 16, re);
      store<f32>(to + 20, -im);
      store<f32>(to + 24, load<f32>(from + 12));
      store<f32>(to + 28, 0);
      from += 16;
      to += 32;
    }
  }
}
