import { describe, expect, it } from 'vitest';
import { cssColour, mapColour, PALETTE, rasterPixels, stretch } from '../../../src/foundation/plotting/colours.ts';

const light = ([red, green, blue]: readonly number[]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

describe('colours', () => {
  it('grow steadily lighter along the colour map, so that it reads in grey too', () => {
    const steps = Array.from({ length: 65 }, (_, step) => light(mapColour(step / 64)));
    for (let step = 1; step < steps.length; step++) expect(steps[step]).toBeGreaterThan(steps[step - 1]);
    expect(mapColour(-3)).toEqual(mapColour(0));
    expect(mapColour(7)).toEqual(mapColour(1));
  });

  it('are counted round the palette, and CSS colours pass', () => {
    expect(new Set(PALETTE).size).toBe(PALETTE.length);
    expect(cssColour(PALETTE.length + 1)).toBe(PALETTE[1]);
    expect(cssColour('#123456')).toBe('#123456');
  });

  it('spread over faint or bright values by power cycles, the ends where they are', () => {
    for (const cycles of [-2, -0.5, 0, 0.5, 2]) expect([stretch(-1, cycles), stretch(1, cycles)]).toEqual([0, 1]);
    expect(stretch(1 / 11, -2)).toBeCloseTo(0.5, 12); // log10(1 + 99 / 11) / 2
    expect(stretch(0.5, 2)).toBeCloseTo(9 / 99, 12);
    expect(stretch(0.3)).toBe(0.3);
  });

  it('draw a raster with its first row at the bottom and gaps in grey', () => {
    const pixels = rasterPixels({ values: Float32Array.of(0, 1, Number.NaN, 1), width: 2, height: 2, range: [0, 1] });
    expect([...pixels.slice(0, 4)]).toEqual([150, 150, 150, 255]);
    expect([...pixels.slice(8, 12)]).toEqual([...mapColour(0), 255]);
  });
});
