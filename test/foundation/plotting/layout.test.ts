import { describe, expect, it } from 'vitest';
import type { Figure, Panel, Section } from '../../../src/foundation/plotting/index.ts';
import { layoutFigure, panelRanges } from '../../../src/foundation/plotting/layout.ts';
import { textWidth } from '../../../src/foundation/plotting/text-width.ts';

const panel = (changes: Partial<Panel> = {}): Panel => ({
  title: 'panel',
  x: { label: 'x' },
  y: { label: 'y' },
  series: [{ kind: 'points', x: [0, 10], y: [1, 2], label: 'a' }],
  ...changes,
});
const section = (panels: readonly Panel[], columns: number): Section => ({ columns, rowHeight: 240, panels });
const figure = (...sections: Section[]): Figure => ({ title: 'page', width: 1200, sections });

describe('layoutFigure', () => {
  it('keeps panels apart, inside the page, with axes aligned by rows and columns', () => {
    const { panels, height } = layoutFigure(
      figure(
        section(
          Array.from({ length: 6 }, () => panel()),
          3,
        ),
      ),
    );
    expect(panels).toHaveLength(6);
    for (const { box } of panels) {
      expect(box.left).toBeGreaterThan(0);
      expect(box.left + box.width).toBeLessThan(1200);
      expect(box.top + box.height).toBeLessThan(height);
      expect(box.width).toBeGreaterThan(200);
    }
    expect(panels[0].box.left).toBe(panels[3].box.left);
    expect(panels[0].box.top).toBe(panels[1].box.top);
    expect(panels[0].box.left + panels[0].box.width).toBeLessThan(panels[1].box.left);
    expect(panels[3].box.top).toBe(panels[0].box.top + 240);
  });

  it('leaves room for long words on the left and for a legend above the axes', () => {
    const words = { label: '', categories: ['SIDEBAND_RATIO', 'WVR'] };
    const { panels } = layoutFigure(figure(section([panel({ y: words }), panel({ hasLegend: true })], 2)));
    expect(panels[0].box.left).toBeGreaterThan(24 + textWidth('SIDEBAND_RATIO', 11));
    expect(panels[0].box.top - panels[0].title.top).toBeGreaterThan(34);
  });

  it('takes several columns for a wide panel and starts a row where it does not fit', () => {
    const { panels } = layoutFigure(figure(section([panel({ span: 3 }), panel({ span: 2 }), panel()], 4)));
    expect(panels[0].box.width).toBeGreaterThan(2.5 * panels[2].box.width);
    expect(panels[1].box.top).toBeGreaterThan(panels[0].box.top);
    expect(panels[2].box.top).toBe(panels[1].box.top);
  });

  it('gives equal scales where asked for, also to rasters', () => {
    const raster = {
      values: new Float32Array(8),
      width: 4,
      height: 2,
      xEdges: [2, -2],
      yEdges: [-1, 1],
      range: [0, 1],
      unit: '',
    } as const;
    const { panels } = layoutFigure(figure(section([panel({ isEqualScale: true }), panel({ raster })], 2)));
    const [first, second] = panels;
    expect(first.box.width).toBeCloseTo(first.box.height, 6);
    expect(first.x.range[1] - first.x.range[0]).toBeCloseTo(first.y.range[1] - first.y.range[0], 9);
    expect(second.box.width).toBeCloseTo(2 * second.box.height, 6);
    expect(second.x.range).toEqual([2, -2]);
  });

  it('puts ticks farther apart on long axes and wastes no line on a title that is not there', () => {
    const tall = { ...section([panel({ title: '' })], 1), rowHeight: 800 };
    const [placed] = layoutFigure(figure(tall)).panels;
    expect(placed.y.ticks.values.length).toBeLessThan(16);
    const [titled] = layoutFigure(figure({ ...tall, panels: [panel()] })).panels;
    expect(placed.box.top).toBe(titled.box.top - 16);
  });

  it('adds section headings and is shorter without a page title', () => {
    const plain = layoutFigure(figure(section([panel()], 1))).height;
    expect(layoutFigure(figure({ ...section([panel()], 1), title: 'Gains' })).height).toBeGreaterThan(plain);
    expect(layoutFigure({ ...figure(section([panel()], 1)), title: '' }).height).toBeLessThan(plain);
  });
});

describe('panelRanges', () => {
  it('encloses finite data with a margin, right ascension backwards, gaps left out', () => {
    const { x, y } = panelRanges(
      panel({
        x: { label: '', kind: 'rightAscension' },
        series: [{ kind: 'line', x: [10, Number.NaN, 20], y: [5, 5, 5] }],
      }),
    );
    expect(x[0]).toBeGreaterThan(20);
    expect(x[1]).toBeLessThan(10);
    expect(y[0]).toBeLessThan(5);
    expect(y[1]).toBeGreaterThan(5);
  });

  it('are half a minute and one count around a single instant or number', () => {
    const only = (kind: 'time' | 'whole', value: number) =>
      panelRanges(panel({ x: { label: '', kind }, series: [{ kind: 'points', x: [value], y: [1] }] })).x;
    expect(only('time', 4.88e9)).toEqual([4.88e9 - 30, 4.88e9 + 30]);
    expect(only('whole', 5)).toEqual([4, 6]);
  });

  it('begins bars at zero and logarithmic axes above it', () => {
    expect(panelRanges(panel({ series: [{ kind: 'bars', x: [0], y: [3] }] })).y[0]).toBeLessThanOrEqual(0);
    const log = panel({ y: { label: '', kind: 'log' }, series: [{ kind: 'line', x: [1, 2, 3], y: [0, 1, 100] }] });
    expect(panelRanges(log).y[0]).toBeGreaterThan(0);
    expect(panelRanges(panel({ series: [] })).x).toEqual([0, 1]);
  });
});
