/** data[k] = stored[k] * scale, for int16 numbers. */
export function int16ToFloat32(stored: usize, data: usize, count: i32, scale: f32): void {
  let k = 0;
  const factor = f32x4.splat(scale);
  for (; k + 8 <= count; k += 8) {
    const packed = v128.load(stored + (<usize>k << 1));
    const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(packed));
    const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(packed));
    v128.store(data + (<usize>k << 2), f32x4.mul(low, factor));
    v128.store(data + (<usize>k << 2) + 16, f32x4.mul(high, factor));
  }
  for (; k < count; k++) {
    store<f32>(data + (<usize>k << 2), <f32>load<i16>(stored + (<usize>k << 1)) * scale);
  }
}
