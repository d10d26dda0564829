import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Figure, layoutFigure } from '../../../src/foundation/plotting/index.ts';
import { renderPng } from '../../../src/foundation/plotting/node-canvas.ts';

const x = Float64Array.from({ length: 200 }, (_, index) => index);

const figure: Figure = {
  title: 'Test page',
  subtitle: 'four kinds of panel',
  width: 1200,
  sections: [
    {
      title: 'All',
      note: 'small print',
      columns: 2,
      rowHeight: 400,
      legend: [{ label: 'one', colour: 0 }],
      panels: [
        {
          title: 'Lines',
          x: { label: 'channel' },
          y: { label: 'amplitude (Jy)' },
          hasLegend: true,
          series: [
            { kind: 'line', x, y: x.map((v) => Math.sin(v / 20)), label: 'XX' },
            { kind: 'points', x, y: x.map((v) => Math.cos(v / 20)), label: 'YY' },
          ],
        },
        {
          title: 'Time',
          x: { label: 'UTC', kind: 'time' },
          y: { label: 'intent', categories: ['PHASE', 'TARGET'] },
          series: [{ kind: 'points', x: x.map((v) => 4878000000 + 30 * v), y: x.map((v) => v % 2), size: 6 }],
        },
        {
          title: 'Raster',
          x: { label: 'RA offset (arcsec)' },
          y: { label: 'Dec offset (arcsec)' },
          series: [],
          raster: {
            values: Float32Array.from({ length: 64 * 64 }, (_, i) =>
              Math.exp(-(((i % 64) - 40) ** 2 + (Math.floor(i / 64) - 20) ** 2) / 60),
            ),
            width: 64,
            height: 64,
            xEdges: [10, -10],
            yEdges: [-10, 10],
            range: [0, 1],
            unit: 'Jy/beam',
            beam: { major: 3, minor: 1.5, angle: 0.5 },
          },
        },
        {
          title: 'Bars',
          x: { label: 'antenna', categories: ['DA41', 'DV02'] },
          y: { label: 'rms (deg)' },
          series: [{ kind: 'bars', x: [0, 1], y: [12, 3] }],
        },
      ],
    },
  ],
};

describe('renderPng', () => {
  it('draws a page of the announced size, the same bytes each time, with ink in every panel', () => {
    const png = renderPng(figure);
    if (process.env.QA2_KEEP_FIGURES) writeFileSync(`${process.env.QA2_KEEP_FIGURES}/page.png`, png);
    const view = new DataView(png.buffer, png.byteOffset);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([1200, layoutFigure(figure).height]);
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(renderPng(figure))).toBe(digest(png));
    const sections = figure.sections.map((section) => ({
      ...section,
      panels: section.panels.map((panel) => ({ ...panel, series: [], raster: undefined })),
    }));
    const empty = renderPng({ ...figure, sections });
    expect(png.length).toBeGreaterThan(empty.length * 1.2);
  });
});
