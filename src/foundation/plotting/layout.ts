import type { Figure, Panel } from './figure.ts';

/** A rectangle in px, from the upper left corner of the page. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Room for the page title, and around the axes of each panel, px. */
const HEADER = 74;
const MARGIN = { left: 78, right: 22, top: 40, bottom: 56 };

/** Plot areas (inside the axes) of all panels, row by row. */
export function layoutPanels(figure: Figure): Box[] {
  const rows = Math.ceil(figure.panels.length / figure.columns);
  const width = figure.width / figure.columns;
  const height = (figure.height - HEADER) / rows;
  return figure.panels.map((panel, index) => {
    const box = {
      left: (index % figure.columns) * width + MARGIN.left,
      top: HEADER + Math.floor(index / figure.columns) * height + MARGIN.top,
      width: width - MARGIN.left - MARGIN.right - (panel.raster ? 70 : 0),
      height: height - MARGIN.top - MARGIN.bottom,
    };
    return panel.isEqualScale || panel.raster ? squared(box, aspectOf(panel)) : box;
  });
}

/** Axis ranges of a panel with a small margin around its data. */
export function panelRanges(panel: Panel): { x: [number, number]; y: [number, number] } {
  if (panel.raster) return { x: [...panel.raster.xEdges], y: [...panel.raster.yEdges] };
  const x = axisRange(panel, 'x');
  const y = axisRange(panel, 'y');
  if (!panel.isEqualScale) return { x, y };
  const half = Math.max(x[1] - x[0], y[1] - y[0]) / 2;
  const centre = [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
  return { x: [centre[0] - half, centre[0] + half], y: [centre[1] - half, centre[1] + half] };
}

function axisRange(panel: Panel, name: 'x' | 'y'): [number, number] {
  const axis = panel[name];
  if (axis.range) return [axis.range[0], axis.range[1]];
  if (axis.categories) return [-0.6, axis.categories.length - 0.4];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const series of panel.series) {
    for (let index = 0; index < series[name].length; index++) {
      const value = series[name][index];
      if (!Number.isFinite(value) || (axis.kind === 'log' && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (series.kind === 'bars' && name === 'y') low = Math.min(low, 0);
  }
  if (!(low <= high)) return [0, 1];
  if (axis.kind === 'log') return [low / 1.3, high * 1.3];
  const margin = high > low ? 0.04 * (high - low) : Math.max(Math.abs(high) * 0.05, 1e-9);
  return [low - margin, high + margin];
}

function aspectOf(panel: Panel): number {
  if (!panel.raster) return 1;
  const { xEdges, yEdges } = panel.raster;
  return Math.abs((xEdges[1] - xEdges[0]) / (yEdges[1] - yEdges[0]));
}

function squared(box: Box, aspect: number): Box {
  const width = Math.min(box.width, box.height * aspect);
  const height = width / aspect;
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}
