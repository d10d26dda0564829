// Subtraction and peak search of CLEAN minor cycles. Images are f32 [ny, nx]; masks are f32, 0 where nothing may be found.

/** Index of the largest |image * mask|, lowest index first; -1 when all are 0. */
export function peakIndex(image: usize, mask: usize, nx: i32, ny: i32): i32 {
  let best: f32 = 0;
  let bestRow = -1;
  for (let y = 0; y < ny; y++) {
    const offset = (<usize>y * <usize>nx) << 2;
    const value = rowPeak(image + offset, mask + offset, nx);
    if (value > best) {
      best = value;
      bestRow = y;
    }
  }
  if (bestRow < 0) return -1;
  return indexInRow(image, mask, nx, bestRow, best);
}

function rowPeak(image: usize, mask: usize, nx: i32): f32 {
  let most = f32x4.splat(0);
  let x = 0;
  for (; x + 4 <= nx; x += 4) {
    const at = <usize>x << 2;
    most = f32x4.pmax(most, f32x4.abs(f32x4.mul(v128.load(image + at), v128.load(mask + at))));
  }
  let best = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; x < nx; x++) {
    const at = <usize>x << 2;
    best = max(best, abs(load<f32>(image + at) * load<f32>(mask + at)));
  }
  return best;
}

function indexInRow(image: usize, mask: usize, nx: i32, row: i32, value: f32): i32 {
  const start = row * nx;
  for (let x = 0; x < nx; x++) {
    const at = <usize>(start + x) << 2;
    if (abs(load<f32>(image + at) * load<f32>(mask + at)) == value) return start + x;
  }
  return -1;
}

/** image[y,x] -= scale * psf[y - dy, x - dx] where both exist; both [ny, nx]. */
export function subtractShiftedInPlace(image: usize, psf: usize, nx: i32, ny: i32, dx: i32, dy: i32, scale: f32): void {
  const startX = max(0, dx);
  const endX = min(nx, nx + dx);
  const startY = max(0, dy);
  const endY = min(ny, ny + dy);
  for (let y = startY; y < endY; y++) {
    subtractRow(image + (<usize>(y * nx + startX) << 2), psf + (<usize>((y - dy) * nx + startX - dx) << 2), endX - startX, scale);
  }
}

@inline
function subtractRow(image: usize, psf: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  let x = 0;
  for (; x + 4 <= count; x += 4) {
    const at = <usize>x << 2;
    v128.store(image + at, f32x4.sub(v128.load(image + at), f32x4.mul(factor, v128.load(psf + at))));
  }
  for (; x < count; x++) {
    const at = <usize>x << 2;
    store<f32>(image + at, load<f32>(image + at) - scale * load<f32>(psf + at));
  }
}

/**
 * Högbom iterations in place: model gains gain * peak, residual loses gain * peak * psf (psf peak 1 at [ny/2, nx/2]).
 * Stops before an iteration whose peak is not above `threshold`. Returns the number of iterations done.
 */
export function hogbomInPlace(
  residual: usize, model: usize, mask: usize, psf: usize, nx: i32, ny: i32, gain: f32, threshold: f32, iterations: i32,
): i32 {
  let peak = peakIndex(residual, mask, nx, ny);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (peak < 0) return iteration;
    const at = <usize>peak << 2;
    const value = load<f32>(residual + at);
    if (!(abs(value) > threshold)) return iteration;
    const amount = gain * value;
    store<f32>(model + at, load<f32>(model + at) + amount);
    peak = subtractAndFind(residual, mask, psf, nx, ny, (peak % nx) - (nx >> 1), peak / nx - (ny >> 1), amount);
  }
  return iterations;
}

/** subtractShiftedInPlace and peakIndex in one pass over the image. */
function subtractAndFind(residual: usize, mask: usize, psf: usize, nx: i32, ny: i32, dx: i32, dy: i32, scale: f32): i32 {
  const startX = max(0, dx);
  const endX = min(nx, nx + dx);
  let best: f32 = 0;
  let bestRow = -1;
  for (let y = 0; y < ny; y++) {
    const row = <usize>(y * nx) << 2;
    if (y - dy >= 0 && y - dy < ny) {
      subtractRow(residual + row + (<usize>startX << 2), psf + (<usize>((y - dy) * nx + startX - dx) << 2), endX - startX, scale);
    }
    const value = rowPeak(residual + row, mask + row, nx);
    if (value > best) {
      best = value;
      bestRow = y;
    }
  }
  return bestRow < 0 ? -1 : indexInRow(residual, mask, nx, bestRow, best);
}

/**
 * Pixels of the mask whose |image| is above `limit`, row by row: their values f32, xs and ys i32; with values 0 they are only
 * counted. Returns how many there are.
 */
export function listAboveInto(
  image: usize, mask: usize, nx: i32, ny: i32, limit: f32, values: usize, xs: usize, ys: usize,
): i32 {
  let count = 0;
  const least = f32x4.splat(limit);
  for (let y = 0; y < ny; y++) {
    const row = <usize>(y * nx) << 2;
    let x = 0;
    while (x < nx) {
      if (x + 4 <= nx) {
        const at = row + (<usize>x << 2);
        if (!v128.any_true(f32x4.gt(f32x4.abs(v128.load(image + at)), least))) {
          x += 4;
          continue;
        }
      }
      const end = min(nx, x + 4);
      for (; x < end; x++) {
        const at = row + (<usize>x << 2);
        const value = load<f32>(image + at);
        if (!(abs(value) > limit) || load<f32>(mask + at) == 0) continue;
        if (values != 0) {
          store<f32>(values + (<usize>count << 2), value);
          store<i32>(xs + (<usize>count << 2), x);
          store<i32>(ys + (<usize>count << 2), y);
        }
        count++;
      }
    }
  }
  return count;
}

/** values -= amount * psf about (x, y) on a list of pixels; returns the index of the largest |value|, lowest first, -1 when all are 0. */
export function subtractListedInPlace(
  values: usize, xs: usize, ys: usize, count: i32, psf: usize, nx: i32, ny: i32, x: i32, y: i32, amount: f32,
): i32 {
  const offsetX = (nx >> 1) - x;
  const offsetY = (ny >> 1) - y;
  let best: f32 = 0;
  let peak = -1;
  for (let k = 0; k < count; k++) {
    const at = <usize>k << 2;
    const fromX = load<i32>(xs + at) + offsetX;
    const fromY = load<i32>(ys + at) + offsetY;
    let value = load<f32>(values + at);
    if (<u32>fromX < <u32>nx && <u32>fromY < <u32>ny) {
      value -= amount * load<f32>(psf + (<usize>(fromY * nx + fromX) << 2));
      store<f32>(values + at, value);
    }
    if (abs(value) > best) {
      best = abs(value);
      peak = k;
    }
  }
  return peak;
}

/**
 * Clark's inner iterations on a list of active pixels: values f32 [count] residuals, xs and ys i32 [count] positions.
 * amounts f32 [count] gains what is cleaned. Returns the number of iterations done.
 */
export function clarkInPlace(
  values: usize, xs: usize, ys: usize, amounts: usize, count: i32, psf: usize, nx: i32, ny: i32, gain: f32, threshold: f32,
  iterations: i32,
): i32 {
  let peak = subtractListedInPlace(values, xs, ys, count, psf, nx, ny, 0, 0, 0);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (peak < 0) return iteration;
    const at = <usize>peak << 2;
    const value = load<f32>(values + at);
    if (!(abs(value) > threshold)) return iteration;
    const amount = gain * value;
    store<f32>(amounts + at, load<f32>(amounts + at) + amount);
    peak = subtractListedInPlace(values, xs, ys, count, psf, nx, ny, load<i32>(xs + at), load<i32>(ys + at), amount);
  }
  return iterations;
}
