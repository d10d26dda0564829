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

/**
 * Multi-term CLEAN for points as published (Rau & Cornwell 2011), in double precision: at each pixel the coefficients c of
 * all terms solve sum over q of psf[t + q](0) c[q] = residual[t]; the pixel with the largest sum of c[t] residual[t] is taken.
 */
export function referenceTaylorClean(
  residuals: Float64Array[],
  psfs: readonly ArrayLike<number>[],
  nx: number,
  ny: number,
  gain: number,
  iterations: number,
): Float64Array[] {
  const models = residuals.map(() => new Float64Array(nx * ny));
  const centre = (ny / 2) * nx + nx / 2;
  const [a, b, d] = [psfs[0][centre], psfs[1][centre], psfs[2][centre]];
  const solve = (k: number) => {
    const [r0, r1] = [residuals[0][k], residuals[1][k]];
    return [(d * r0 - b * r1) / (a * d - b * b), (a * r1 - b * r0) / (a * d - b * b)];
  };
  for (let iteration = 0; iteration < iterations; iteration++) {
    let [best, most] = [0, -1];
    for (let k = 0; k < nx * ny; k++) {
      const [c0, c1] = solve(k);
      const fall = c0 * residuals[0][k] + c1 * residuals[1][k];
      if (fall > most) [best, most] = [k, fall];
    }
    const amounts = solve(best).map((value) => gain * value);
    const [px, py] = [best % nx, Math.floor(best / nx)];
    amounts.forEach((amount, term) => {
      models[term][best] += amount;
    });
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const [sx, sy] = [x - px + nx / 2, y - py + ny / 2];
        if (sx < 0 || sy < 0 || sx >= nx || sy >= ny) continue;
        residuals.forEach((plane, term) => {
          plane[y * nx + x] -= amounts[0] * psfs[term][sy * nx + sx] + amounts[1] * psfs[term + 1][sy * nx + sx];
        });
      }
    }
  }
  return models;
}
