/** The two-dimensional transform as it is defined: F[Y, X] = sum of f[y, x] exp(sign 2 pi i (x X / nx + y Y / ny)). */
export function directTransform(values: ArrayLike<number>, nx: number, ny: number, sign: 1 | -1): Float64Array {
  const result = new Float64Array(2 * nx * ny);
  for (let outY = 0; outY < ny; outY++) {
    for (let outX = 0; outX < nx; outX++) {
      let re = 0;
      let im = 0;
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++) {
          const angle = sign * 2 * Math.PI * ((x * outX) / nx + (y * outY) / ny);
          const at = 2 * (y * nx + x);
          re += values[at] * Math.cos(angle) - values[at + 1] * Math.sin(angle);
          im += values[at] * Math.sin(angle) + values[at + 1] * Math.cos(angle);
        }
      }
      result[2 * (outY * nx + outX)] = re;
      result[2 * (outY * nx + outX) + 1] = im;
    }
  }
  return result;
}

export interface DirectSamples {
  /** wavelengths */
  readonly u: ArrayLike<number>;
  readonly v: ArrayLike<number>;
  readonly re: ArrayLike<number>;
  readonly im: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

/** Dirty image by its definition: sum of w Re(V exp(-2 pi i (u l + v m))) / sum of w at l = dl (x - nx/2), m = dm (y - ny/2). */
export function directImage(samples: DirectSamples, nx: number, ny: number, dl: number, dm: number): Float64Array {
  const image = new Float64Array(nx * ny);
  let total = 0;
  for (let k = 0; k < samples.u.length; k++) total += samples.weight[k];
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      let sum = 0;
      for (let k = 0; k < samples.u.length; k++) {
        const phase = 2 * Math.PI * (samples.u[k] * dl * (x - nx / 2) + samples.v[k] * dm * (y - ny / 2));
        sum += samples.weight[k] * (samples.re[k] * Math.cos(phase) + samples.im[k] * Math.sin(phase));
      }
      image[y * nx + x] = sum / total;
    }
  }
  return image;
}
