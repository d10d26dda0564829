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
 * Clark's inner iterations on a list of active pixels: values f32 [count] residuals, xs and ys i32 [count] positions.
 * amounts f32 [count] gains what is cleaned. Returns the number of iterations done.
 */
export function clarkInPlace(
  values: usize, xs: usize, ys: usize, amounts: usize, count: i32, psf: usize, nx: i32, ny: i32, gain: f32, threshold: f32,
  iterations: i32,
): i32 {
  for (let iteration = 0; iteration < iterations; iteration++) {
    let best: f32 = 0;
    let peak = -1;
    for (let k = 0; k < count; k++) {
      const value = abs(load<f32>(values + (<usize>k << 2)));
      if (value > best) {
        best = value;
        peak = k;
      }
    }
    if (peak < 0 || !(best > threshold)) return iteration;
    const amount = gain * load<f32>(values + (<usize>peak << 2));
    store<f32>(amounts + (<usize>peak << 2), load<f32>(amounts + (<usize>peak << 2)) + amount);
    const offsetX = (nx >> 1) - load<i32>(xs + (<usize>peak << 2));
    const offsetY = (ny >> 1) - load<i32>(ys + (<usize>peak << 2));
    for (let k = 0; k < count; k++) {
      const x = load<i32>(xs + (<usize>k << 2)) + offsetX;
      const y = load<i32>(ys + (<usize>k << 2)) + offsetY;
      if (x < 0 || y < 0 || x >= nx || y >= ny) continue;
      const at = values + (<usize>k << 2);
      store<f32>(at, load<f32>(at) - amount * load<f32>(psf + (<usize>(y * nx + x) << 2)));
    }
  }
  return iterations;
}
