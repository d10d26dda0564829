/** Component as the defining sum needs it. */
interface Component {
  readonly l: number;
  readonly m: number;
  readonly fwhm: number;
  readonly fluxJy: number;
}

/**
 * Visibility of components by the measurement equation, one term at a time:
 * V = Σ S exp(-π² fwhm² q² / (4 ln 2)) exp(2πi (u l + v m + w (n-1)) ν/c), q² = (u² + v²) ν²/c².
 */
export function sourceVisibility(
  components: readonly Component[],
  uvw: readonly number[],
  frequencyHz: number,
): [number, number] {
  const wavelength = 299_792_458 / frequencyHz;
  let re = 0;
  let im = 0;
  for (const { l, m, fwhm, fluxJy } of components) {
    const n = Math.sqrt(1 - l * l - m * m);
    const phase = (2 * Math.PI * (uvw[0] * l + uvw[1] * m + uvw[2] * (n - 1))) / wavelength;
    const squared = (uvw[0] ** 2 + uvw[1] ** 2) / wavelength ** 2;
    const amplitude = fluxJy * Math.exp((-(Math.PI ** 2) * fwhm ** 2 * squared) / (4 * Math.LN2));
    re += amplitude * Math.cos(phase);
    im += amplitude * Math.sin(phase);
  }
  return [re, im];
}
