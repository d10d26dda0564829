/** Series colours, told apart also without full colour vision (Wong 2011, Nature Methods 8, 441), then lighter ones. */
export const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#7a5195',
  '#8c564b',
  '#4d4d4d',
  '#a50f15',
  '#a6761d',
  '#666699',
] as const;

/** CSS colour of a palette position (counted round) or of a colour given as such. */
export function cssColour(colour: number | string): string {
  return typeof colour === 'string' ? colour : PALETTE[colour % PALETTE.length];
}

/** Five stops of a perceptually even dark-to-light map, in the manner of cividis/viridis (own values). */
const STOPS: readonly (readonly [number, number, number])[] = [
  [18, 10, 42],
  [66, 48, 128],
  [38, 118, 142],
  [84, 190, 112],
  [252, 242, 180],
];

/** Colour of a value 0…1 as [r, g, b], 0…255. */
export function mapColour(share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(at));
  const rest = at - index;
  return [0, 1, 2].map((channel) =>
    Math.round(STOPS[index][channel] * (1 - rest) + STOPS[index + 1][channel] * rest),
  ) as [number, number, number];
}

/** Ends of the colour map that stand out from white. */
const FROM = 0.1;
const TO = 0.86;

/** The colour of one of so many series: of the palette while that lasts, else of the colour map in their order, so that none is there twice. */
export function seriesColour(index: number, count: number): number | string {
  if (count <= PALETTE.length) return index;
  const parts = mapColour(FROM + ((TO - FROM) * index) / (count - 1));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * Place 0…1 in the colour map of a place 0…1 in the range of the values. With cycles c below zero log10(1 + s (10^-c - 1)) / -c,
 * above zero (10^(c s) - 1) / (10^c - 1), as the scaling power cycles of CASA's viewer (4.7, WCPowerScaleHandler).
 */
export function stretch(share: number, cycles = 0): number {
  const inside = Math.min(1, Math.max(0, share));
  if (Math.abs(cycles) < 1e-3) return inside;
  if (cycles < 0) return Math.log10(1 + inside * (10 ** -cycles - 1)) / -cycles;
  return (10 ** (cycles * inside) - 1) / (10 ** cycles - 1);
}

/** RGBA bytes of a raster, first row at the top of the picture. */
export function rasterPixels(raster: {
  values: Float32Array;
  width: number;
  height: number;
  range: readonly [number, number];
  powerCycles?: number;
}): Uint8ClampedArray<ArrayBuffer> {
  const { values, width, height, range, powerCycles } = raster;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[(height - 1 - y) * width + x];
      const at = (y * width + x) * 4;
      const [red, green, blue] = Number.isNaN(value)
        ? [150, 150, 150]
        : mapColour(stretch((value - range[0]) / (range[1] - range[0]), powerCycles));
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}
