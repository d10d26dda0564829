/** One sample of a radiometer's filter, see src/foundation/numeric/water-layer-kernels.ts. */
export interface LayerSample {
  readonly channel: number;
  readonly frequency: number;
  readonly background: number;
  /** a b c d of the emission a T + b + c / T + d / T³ */
  readonly emission: readonly number[];
}

/** Brightness of four channels behind a layer, from the definition. */
export function layerBrightness(
  samples: readonly LayerSample[],
  base: number,
  layer: { column: number; temperature: number; centre: number; line: number; width: number; continuum: number },
): number[] {
  const kelvin = [base, base, base, base];
  for (const { channel, frequency, background, emission } of samples) {
    const square = frequency ** 2;
    const profile = layer.line / ((square - layer.centre) ** 2 + layer.width * square);
    const through = Math.exp(-layer.column * square * (profile + layer.continuum));
    const [a, b, c, d] = emission;
    const own = a * layer.temperature + b + c / layer.temperature + d / layer.temperature ** 3;
    kelvin[channel] += background * through + own * (1 - through);
  }
  return kelvin;
}
