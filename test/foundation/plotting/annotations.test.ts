import { describe, expect, it } from 'vitest';
import { pageGraphics, panelGraphics, sectionGraphics } from '../../../src/foundation/plotting/annotations.ts';
import type { Figure, Panel } from '../../../src/foundation/plotting/index.ts';
import { layoutFigure } from '../../../src/foundation/plotting/layout.ts';

const panel: Panel = {
  title: 'panel',
  x: { label: '', range: [0, 10] },
  y: { label: '', range: [0, 1] },
  hasLegend: true,
  bands: [
    { from: 2, to: 4, colour: 0 },
    { from: 20, to: 30, colour: 1 },
  ],
  series: [{ kind: 'points', x: [5], y: [0.5], label: 'DA41', texts: ['here'] }],
};
const figure: Figure = {
  title: 'page',
  subtitle: 'below',
  width: 600,
  sections: [
    {
      title: 'Section',
      note: 'note',
      legend: [{ label: 'X', colour: 0, mark: 'ring' }],
      columns: 1,
      rowHeight: 200,
      panels: [panel],
    },
  ],
};
const textsOf = (graphics: readonly Record<string, unknown>[]) =>
  graphics.flatMap(({ style }) => (style as { text?: string }).text ?? []);

describe('annotations', () => {
  const layout = layoutFigure(figure);

  it('write headings, notes and legends', () => {
    expect(textsOf(pageGraphics(figure))).toEqual(['page', 'below']);
    expect(pageGraphics({ ...figure, title: '' })).toEqual([]);
    expect(textsOf(sectionGraphics(layout.sections[0], 600))).toEqual(['Section', 'note', 'X']);
  });

  it('write a panel legend above its axes and a text beside its point', () => {
    const graphics = panelGraphics(layout.panels[0]);
    expect(textsOf(graphics)).toEqual(['DA41', 'here']);
    const legend = graphics.find(({ style }) => (style as { text?: string }).text === 'DA41');
    expect((legend as { style: { y: number } }).style.y).toBeLessThan(layout.panels[0].box.top);
  });

  it('tint the bands that lie on the axis, at their place', () => {
    const { box } = layout.panels[0];
    const bands = panelGraphics(layout.panels[0]).filter(({ type }) => type === 'rect');
    expect(bands).toHaveLength(1);
    const { shape } = bands[0] as { shape: { x: number; width: number } };
    expect(shape.x).toBeCloseTo(box.left + 0.2 * box.width, 6);
    expect(shape.width).toBeCloseTo(0.2 * box.width, 6);
  });

  it('write a scale on the right only where it has values, in the colour of its curves', () => {
    const right = { label: 'transmission (%)', range: [60, 104], within: [0, 100], colour: '#c4008f' } as const;
    const { panels } = layoutFigure({
      ...figure,
      sections: [{ columns: 1, rowHeight: 300, panels: [{ ...panel, series: [], hasLegend: false, right }] }],
    });
    const [{ box }] = panels;
    expect(box.left + box.width).toBeLessThan(600 - 24 - 30);
    const texts = panelGraphics(panels[0]).filter(({ type }) => type === 'text');
    const at = (label: string) =>
      texts.find(({ style }) => (style as { text: string }).text === label)?.style as { y: number; fill: string };
    expect(at('100').y).toBeCloseTo(box.top + box.height * (4 / 44), 6);
    expect(at('100').fill).toBe('#c4008f');
    expect(textsOf(texts)).not.toContain('104');
    expect(textsOf(texts)).toContain('transmission (%)');
  });

  it('draw the beam to scale and the ends of the colour scale', () => {
    const raster = {
      ...({ values: new Float32Array(16), width: 4, height: 4, xEdges: [2, -2], yEdges: [-2, 2] } as const),
      ...({ range: [0, 1], unit: 'Jy/beam', beam: { major: 1, minor: 0.5, angle: 0.3 } } as const),
    };
    const { panels } = layoutFigure({
      ...figure,
      sections: [
        { columns: 1, rowHeight: 300, panels: [{ ...panel, bands: [], series: [], hasLegend: false, raster }] },
      ],
    });
    const graphics = panelGraphics(panels[0]);
    const beam = graphics.find(({ type }) => type === 'ellipse') as unknown as { shape: { rx: number; ry: number } };
    expect(beam.shape.ry).toBeCloseTo(panels[0].box.height / 8, 6);
    expect(beam.shape.rx).toBeCloseTo(beam.shape.ry / 2, 6);
    expect(textsOf(graphics)).toEqual(expect.arrayContaining(['0.0', '1.0', 'Jy/beam']));
  });
});
