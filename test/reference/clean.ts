/** Högbom CLEAN as published, in double precision on plain arrays; psf peak at [ny/2, nx/2]. */
export function referenceHogbom(
  residual: Float64Array,
  psf: ArrayLike<number>,
  mask: ArrayLike<number>,
  nx: number,
  ny: number,
  gain: number,
  iterations: number,
): { model: Float64Array; peaks: number[] } {
  const model = new Float64Array(nx * ny);
  const peaks: number[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    let peak = 0;
    for (let k = 0; k < nx * ny; k++)
      if (Math.abs(residual[k] * mask[k]) > Math.abs(residual[peak] * mask[peak])) peak = k;
    peaks.push(peak);
    const amount = gain * residual[peak];
    model[peak] += amount;
    const dx = (peak % nx) - nx / 2;
    const dy = Math.floor(peak / nx) - ny / 2;
    for (let y = Math.max(0, dy); y < Math.min(ny, ny + dy); y++) {
      for (let x = Math.max(0, dx); x < Math.min(nx, nx + dx); x++)
        residual[y * nx + x] -= amount * psf[(y - dy) * nx + x - dx];
    }
  }
  return { model, peaks };
}
