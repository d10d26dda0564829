import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Panel } from '../../../src/foundation/plotting/index.ts';
import { cubePanels, imagePanel, productFigure, psfPanel } from '../../../src/pipeline/qa/image-panels.ts';
import { writeSmallImage } from './small-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-panels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const continuum = join(folder, 'continuum');
const cube = join(folder, 'cube');
const everywhere = join(folder, 'everywhere');
const empty = join(folder, 'empty');
writeSmallImage(continuum, 1, [0, 0]);
writeSmallImage(cube, 20, [8, 11]);
writeSmallImage(everywhere, 6, [0, 5]);
writeSmallImage(empty, 6, [99, 99], 0);

/** Axis position of the brightest pixel of a panel's raster. */
function brightest({ raster }: Panel): [number, number] {
  if (!raster) return [Number.NaN, Number.NaN];
  const at = raster.values.indexOf(Math.max(...raster.values));
  const along = (share: number, [from, to]: readonly [number, number]) => from + share * (to - from);
  return [
    along(((at % raster.width) + 0.5) / raster.width, raster.xEdges),
    along((Math.floor(at / raster.width) + 0.5) / raster.height, raster.yEdges),
  ];
}

describe('images', () => {
  it('show a continuum image in mJy/beam, zoomed on its source, east to the left', () => {
    const panel = imagePanel(continuum, '14  T');
    const { raster } = panel;
    expect(raster?.unit).toBe('mJy/beam');
    expect(raster?.range[1]).toBeCloseTo(100, -1);
    expect(raster && raster.xEdges[0] > raster.xEdges[1]).toBe(true);
    expect(raster?.width).toBeLessThan(96);
    const [x, y] = brightest(panel);
    expect(Math.hypot(x - 2, y)).toBeLessThan(0.13);
    expect(raster?.beam?.angle).toBeCloseTo(Math.PI / 6, 9);
  });

  it('draw contours about the source, the higher ones inside the lower', () => {
    const { series } = imagePanel(continuum, '14  T');
    const widths = series.slice(1).map(({ x, y }) => {
      let widest = 0;
      for (let at = 0; at < x.length; at++)
        if (!Number.isNaN(x[at])) widest = Math.max(widest, Math.hypot(x[at] - 2, y[at]));
      return widest;
    });
    expect(widths.length).toBeGreaterThan(3);
    for (let level = 1; level < widths.length; level++) expect(widths[level]).toBeLessThanOrEqual(widths[level - 1]);
  });

  it('integrate the line of a cube and mark its channels in the spectrum', () => {
    const [integrated, spectrum] = cubePanels(cube, 'T');
    expect(integrated.title).toContain('integrated line');
    expect(integrated.raster?.unit).toBe('mJy/beam km/s');
    // 4 channels of 1 MHz at 230.5 GHz are 5.2 km/s
    expect(Math.max(...(integrated.raster?.values ?? []))).toBeCloseTo(520, -2);
    expect(spectrum.x.label).toBe('radio velocity, LSRK (km/s)');
    const [band] = spectrum.bands ?? [];
    expect(Math.abs(band.to - band.from)).toBeCloseTo(5.2, 1);
    const [{ x, y }] = spectrum.series;
    expect(y[9]).toBeCloseTo(100, -1);
    expect(x[1] - x[0]).toBeCloseTo(1.3, 1);
  });

  it('show the brightest channel of a cube without a line, against frequency', () => {
    const [image, spectrum] = cubePanels(empty, 'T');
    expect(image.title).toContain('brightest channel');
    expect(spectrum.x.label).toBe('frequency, LSRK (GHz)');
    expect(spectrum.bands).toEqual([]);
  });

  it('show the beam to 1 with its half-power contour, and small pictures for the page', () => {
    const panel = psfPanel(continuum, '15  PSF');
    expect(panel.raster?.range[1]).toBe(1);
    expect(panel.series).toHaveLength(1);
    const small = productFigure(cube, 'cube');
    expect(small.title).toBe('');
    expect(small.sections[0].panels[0].title).toBe('integrated line');
    // Emission in every channel is no line.
    const [all] = productFigure(everywhere, 'cube').sections[0].panels;
    expect(all.title).toBe('sum of all channels');
  });
});
