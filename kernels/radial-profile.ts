// Functions of the distance from a point, given as a table.

/**
 * target f32 [sizeY, sizeX] = table at scale * distance of the pixel from (x, y), between two entries as their line, 0 from entry
 * `last` on. table f32 [last + 1].
 */
export function radialProfileInto(target: usize, sizeX: i32, sizeY: i32, x: f64, y: f64, scale: f32, table: usize, last: i32): void {
  const factor = f32x4.splat(scale);
  const most = f32x4.splat(<f32>last);
  for (let row = 0; row < sizeY; row++) {
    const dy = <f32>(<f64>row - y);
    const square = f32x4.splat(dy * dy);
    let to = target + (<usize>(row * sizeX) << 2);
    for (let column = 0; column < sizeX; column += 4) {
      const first = <f32>(<f64>column - x);
      const dx = f32x4(first, first + 1, first + 2, first + 3);
      const place = f32x4.mul(factor, f32x4.sqrt(f32x4.add(square, f32x4.mul(dx, dx))));
      const isWithin = f32x4.lt(place, most);
      if (!v128.any_true(isWithin)) {
        storeFirst(to, f32x4.splat(0), sizeX - column);
        to += 16;
        continue;
      }
      const index = i32x4.trunc_sat_f32x4_s(v128.and(place, isWithin));
      const low = v128.shl<i32>(index, 2);
      const at0 = table + <usize>i32x4.extract_lane(low, 0);
      const at1 = table + <usize>i32x4.extract_lane(low, 1);
      const at2 = table + <usize>i32x4.extract_lane(low, 2);
      const at3 = table + <usize>i32x4.extract_lane(low, 3);
      const pair01 = v128.load64_lane(at1, v128.load64_zero(at0), 1);
      const pair23 = v128.load64_lane(at3, v128.load64_zero(at2), 1);
      const here = v128.shuffle<f32>(pair01, pair23, 0, 2, 4, 6);
      const next = v128.shuffle<f32>(pair01, pair23, 1, 3, 5, 7);
      const share = f32x4.sub(place, f32x4.convert_i32x4_s(index));
      const value = f32x4.add(here, f32x4.mul(share, f32x4.sub(next, here)));
      storeFirst(to, v128.and(value, isWithin), sizeX - column);
      to += 16;
    }
  }
}

/** Stores the first `count` of four values, all when there are more. */
@inline
function storeFirst(to: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, values);
    return;
  }
  v128.store32_lane(to, values, 0);
  if (count > 1) v128.store32_lane(to + 4, values, 1);
  if (count > 2) v128.store32_lane(to + 8, values, 2);
}
