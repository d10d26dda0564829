// Gridding and degridding with an 8 x 8 separable kernel whose taps are polynomials of degree 10 in the fractional
// offset. Images are real, so that half of the uv plane says all: grids are complex64 [gridY, width] with the uv origin at
// [gridY/2, 4]; samples with u < 0 are taken as their conjugates, and the four columns before u = 0 hold what those reach over.

const TAPS: i32 = 8;
const DEGREE: i32 = 10;
/** Columns before u = 0. */
const MARGIN: i32 = 4;

/** Evaluates the eight taps for s in [-1, 1) into scratch[8]. */
@inline
function taps(coefficients: usize, s: f32, scratch: usize): void {
  const x = f32x4.splat(s);
  let at = coefficients + <usize>DEGREE * TAPS * 4;
  let low = v128.load(at);
  let high = v128.load(at, 16);
  for (let power = DEGREE - 1; power >= 0; power--) {
    at -= TAPS * 4;
    low = f32x4.add(f32x4.mul(low, x), v128.load(at));
    high = f32x4.add(f32x4.mul(high, x), v128.load(at, 16));
  }
  v128.store(scratch, low);
  v128.store(scratch, high, 16);
}

/**
 * Adds weighted samples to a grid; a sample whose footprint leaves the grid is skipped.
 *
 * uvw f64 [row,3] in m; scales f64 [chan,2] grid cells per metre in u and v; vis f32 [row,chan,re/im] or 0 for ones;
 * weight f32 [row,chan]; strides in samples between rows; scratch 64 bytes. Returns the sum of the weights gridded.
 */
export function gridInto(
  grid: usize, width: i32, gridY: i32, uvw: usize, scales: usize, vis: usize, weight: usize, rowCount: i32, chanStart: i32,
  chanEnd: i32, rowStride: i32, coefficients: usize, scratch: usize,
): f64 {
  let total: f64 = 0;
  const centreY = <f64>(gridY >> 1);
  for (let row = 0; row < rowCount; row++) {
    const u = load<f64>(uvw + <usize>row * 24);
    const v = load<f64>(uvw + <usize>row * 24, 8);
    for (let chan = chanStart; chan < chanEnd; chan++) {
      const sample = <usize>(row * rowStride + chan);
      const w = load<f32>(weight + (sample << 2));
      if (!(w > 0)) continue;
      const signedX = u * load<f64>(scales + (<usize>chan << 4));
      const side: f64 = signedX < 0 ? -1 : 1;
      const x = side * signedX + MARGIN;
      const y = side * v * load<f64>(scales + (<usize>chan << 4), 8) + centreY;
      const firstX = <i32>Math.ceil(x - 4);
      const firstY = <i32>Math.ceil(y - 4);
      if (firstY < 0 || firstX + TAPS > width || firstY + TAPS > gridY) continue;
      taps(coefficients, <f32>(2 * (<f64>firstX - (x - 4)) - 1), scratch);
      taps(coefficients, <f32>(2 * (<f64>firstY - (y - 4)) - 1), scratch + 32);
      total += <f64>w;
      const value = vis == 0
        ? f32x4(w, 0, w, 0)
        : f32x4.mul(v128.load64_splat(vis + (sample << 3)), f32x4(w, <f32>side * w, w, <f32>side * w));
      const low = v128.load(scratch);
      const high = v128.load(scratch, 16);
      const k0 = f32x4.mul(v128.shuffle<f32>(low, low, 0, 0, 1, 1), value);
      const k1 = f32x4.mul(v128.shuffle<f32>(low, low, 2, 2, 3, 3), value);
      const k2 = f32x4.mul(v128.shuffle<f32>(high, high, 0, 0, 1, 1), value);
      const k3 = f32x4.mul(v128.shuffle<f32>(high, high, 2, 2, 3, 3), value);
      let at = grid + ((<usize>firstY * <usize>width + <usize>firstX) << 3);
      const stride = <usize>width << 3;
      for (let tap: usize = 0; tap < 8; tap++) {
        const ky = v128.load32_splat(scratch + 32 + (tap << 2));
        v128.store(at, f32x4.add(v128.load(at), f32x4.mul(k0, ky)));
        v128.store(at, f32x4.add(v128.load(at, 16), f32x4.mul(k1, ky)), 16);
        v128.store(at, f32x4.add(v128.load(at, 32), f32x4.mul(k2, ky)), 32);
        v128.store(at, f32x4.add(v128.load(at, 48), f32x4.mul(k3, ky)), 48);
        at += stride;
      }
    }
  }
  return total;
}

/** The adjoint of gridInto without weights: vis[row,chan] = interpolated grid; samples with weight 0 or outside become 0. */
export function degridInto(
  grid: usize, width: i32, gridY: i32, uvw: usize, scales: usize, vis: usize, weight: usize, rowCount: i32, chanStart: i32,
  chanEnd: i32, rowStride: i32, coefficients: usize, scratch: usize,
): f64 {
  let count: f64 = 0;
  const centreY = <f64>(gridY >> 1);
  for (let row = 0; row < rowCount; row++) {
    const u = load<f64>(uvw + <usize>row * 24);
    const v = load<f64>(uvw + <usize>row * 24, 8);
    for (let chan = chanStart; chan < chanEnd; chan++) {
      const sample = <usize>(row * rowStride + chan);
      const signedX = u * load<f64>(scales + (<usize>chan << 4));
      const side: f64 = signedX < 0 ? -1 : 1;
      const x = side * signedX + MARGIN;
      const y = side * v * load<f64>(scales + (<usize>chan << 4), 8) + centreY;
      const firstX = <i32>Math.ceil(x - 4);
      const firstY = <i32>Math.ceil(y - 4);
      const isOutside = firstY < 0 || firstX + TAPS > width || firstY + TAPS > gridY;
      if (isOutside || !(load<f32>(weight + (sample << 2)) > 0)) {
        store<u64>(vis + (sample << 3), 0);
        continue;
      }
      taps(coefficients, <f32>(2 * (<f64>firstX - (x - 4)) - 1), scratch);
      taps(coefficients, <f32>(2 * (<f64>firstY - (y - 4)) - 1), scratch + 32);
      count += 1;
      const low = v128.load(scratch);
      const high = v128.load(scratch, 16);
      const k0 = v128.shuffle<f32>(low, low, 0, 0, 1, 1);
      const k1 = v128.shuffle<f32>(low, low, 2, 2, 3, 3);
      const k2 = v128.shuffle<f32>(high, high, 0, 0, 1, 1);
      const k3 = v128.shuffle<f32>(high, high, 2, 2, 3, 3);
      let at = grid + ((<usize>firstY * <usize>width + <usize>firstX) << 3);
      const stride = <usize>width << 3;
      let sum = f32x4.splat(0);
      for (let tap: usize = 0; tap < 8; tap++) {
        const ky = v128.load32_splat(scratch + 32 + (tap << 2));
        const left = f32x4.add(f32x4.mul(k0, v128.load(at)), f32x4.mul(k1, v128.load(at, 16)));
        const right = f32x4.add(f32x4.mul(k2, v128.load(at, 32)), f32x4.mul(k3, v128.load(at, 48)));
        sum = f32x4.add(sum, f32x4.mul(ky, f32x4.add(left, right)));
        at += stride;
      }
      store<f32>(vis + (sample << 3), f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2));
      store<f32>(vis + (sample << 3), <f32>side * (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3)), 4);
    }
  }
  return count;
}

/**
 * Adds each weight to the uv cell of its sample and to that of its conjugate (a plane of ny x nx cells, origin at [ny/2, nx/2], of
 * which density f64 [height, width] is the part from (startX, startY) on); cells 0 of either axis are left out, as CASA does.
 * rounding: 0 truncates positions to cells, 0.5 takes the nearest. scales f64 [chan,2]: cells per metre. Returns the weight added.
 */
export function densityInto(
  density: usize, nx: i32, ny: i32, startX: i32, startY: i32, width: i32, height: i32, uvw: usize, scales: usize, weight: usize,
  rowCount: i32, chanStart: i32, chanEnd: i32, rowStride: i32, rounding: f64,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rowCount; row++) {
    const u = load<f64>(uvw + <usize>row * 24);
    const v = load<f64>(uvw + <usize>row * 24, 8);
    for (let chan = chanStart; chan < chanEnd; chan++) {
      const w = load<f32>(weight + (<usize>(row * rowStride + chan) << 2));
      if (!(w > 0)) continue;
      const x = u * load<f64>(scales + (<usize>chan << 4));
      const y = v * load<f64>(scales + (<usize>chan << 4), 8);
      for (let sign: f64 = 1; sign >= -1; sign -= 2) {
        const cellX = <i32>(sign * x + <f64>(nx >> 1) + rounding);
        const cellY = <i32>(sign * y + <f64>(ny >> 1) + rounding);
        if (cellX <= 0 || cellY <= 0 || cellX >= nx || cellY >= ny) continue;
        if (<u32>(cellX - startX) >= <u32>width || <u32>(cellY - startY) >= <u32>height) continue;
        const at = density + (<usize>((cellY - startY) * width + cellX - startX) << 3);
        store<f64>(at, load<f64>(at) + <f64>w);
        total += <f64>w;
      }
    }
  }
  return total;
}

/** weight /= density * slope + offset at the cell of each sample; 0 where the sample lies outside of the density's part. */
export function weightByDensityInPlace(
  density: usize, nx: i32, ny: i32, startX: i32, startY: i32, width: i32, height: i32, uvw: usize, scales: usize, weight: usize,
  rowCount: i32, chanStart: i32, chanEnd: i32, rowStride: i32, slope: f64, offset: f64, rounding: f64,
): void {
  for (let row = 0; row < rowCount; row++) {
    const u = load<f64>(uvw + <usize>row * 24);
    const v = load<f64>(uvw + <usize>row * 24, 8);
    for (let chan = chanStart; chan < chanEnd; chan++) {
      const at = weight + (<usize>(row * rowStride + chan) << 2);
      const w = load<f32>(at);
      if (!(w > 0)) continue;
      const cellX = <i32>(u * load<f64>(scales + (<usize>chan << 4)) + <f64>(nx >> 1) + rounding);
      const cellY = <i32>(v * load<f64>(scales + (<usize>chan << 4), 8) + <f64>(ny >> 1) + rounding);
      let result: f64 = 0;
      const isOnPlane = cellX > 0 && cellY > 0 && cellX < nx && cellY < ny;
      if (isOnPlane && <u32>(cellX - startX) < <u32>width && <u32>(cellY - startY) < <u32>height) {
        const sum = load<f64>(density + (<usize>((cellY - startY) * width + cellX - startX) << 3));
        if (sum > 0) result = <f64>w / (sum * slope + offset);
      }
      store<f32>(at, <f32>result);
    }
  }
}
