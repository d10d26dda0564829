import type { Axis, Figure, Panel, RightScale, Section } from './figure.ts';
import { legendRows, panelLegend } from './legend.ts';
import { textWidth } from './text-width.ts';
import { axisTicks, type Ticks } from './ticks.ts';

/** A rectangle in px, from the upper left corner of the page. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A panel with its place on the page, its ranges and its ticks. */
export interface PlacedPanel {
  readonly panel: Panel;
  /** The plot area, inside the axes. */
  readonly box: Box;
  /** Where the title stands: left edge and baseline of its line. */
  readonly title: { readonly left: number; readonly top: number; readonly width: number };
  readonly x: PlacedAxis;
  readonly y: PlacedAxis;
  /** Ticks of the scale on the right. */
  readonly right?: Ticks;
}

export interface PlacedAxis {
  /** First and last value in the direction of drawing (rightwards, upwards). */
  readonly range: readonly [number, number];
  readonly ticks: Ticks;
}

export interface PlacedSection {
  readonly section: Section;
  readonly top: number;
}

export interface PageLayout {
  readonly height: number;
  readonly panels: readonly PlacedPanel[];
  readonly sections: readonly PlacedSection[];
}

export const TICK_FONT = 11;
export const NAME_FONT = 12;
export const LEGEND_LINE = 17;
export const PAGE_MARGIN = 24;
const PAGE_HEADER = 66;
const TITLE_LINE = 26;
/** Above a panel without a title. */
const NO_TITLE = 10;
/** Above the colour scale of a raster. */
const UNIT_LINE = 12;
const SECTION_HEADER = 40;
const SECTION_GAP = 10;
/** Room for the colour scale of a raster, px. */
const SCALE_ROOM = 76;

/** Around a single instant, s. */
const ONE_TIME = 30;

/** Places all panels of a figure: sections one below the other, panels row by row, axes of a column and of a row aligned. */
export function layoutFigure(figure: Figure): PageLayout {
  let top = figure.title === '' ? 8 : PAGE_HEADER;
  const panels: PlacedPanel[] = [];
  const sections: PlacedSection[] = [];
  for (const section of figure.sections) {
    sections.push({ section, top });
    top += headerHeight(section, figure.width);
    const cells = gridCells(section);
    panels.push(...placePanels(section, cells, figure.width, top));
    const rows = cells.length > 0 ? cells[cells.length - 1].row + 1 : 0;
    top += rows * section.rowHeight + SECTION_GAP;
  }
  return { height: Math.ceil(top), panels, sections };
}

/** Height of the heading and legend of a section on a page of a width, px. */
export function headerHeight(section: Section, pageWidth: number): number {
  const rows = legendRows(section.legend ?? [], pageWidth - 2 * PAGE_MARGIN);
  return (section.title ? SECTION_HEADER : 0) + (rows > 0 ? rows * LEGEND_LINE + 4 : 0);
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly span: number;
}

function gridCells(section: Section): Cell[] {
  let [row, column] = [0, 0];
  return section.panels.map((panel) => {
    const span = Math.min(section.columns, panel.span ?? 1);
    if (column + span > section.columns) {
      row++;
      column = 0;
    }
    const cell = { row, column, span };
    column += span;
    return cell;
  });
}

interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function placePanels(section: Section, cells: readonly Cell[], pageWidth: number, top: number): PlacedPanel[] {
  const unit = (pageWidth - 2 * PAGE_MARGIN + 12) / section.columns;
  const own = section.panels.map((panel, index) => marginsOf(panel, cells[index].span * unit, section.rowHeight));
  return section.panels.map((panel, index) => {
    const cell = cells[index];
    const among = (key: keyof Margins, isPeer: (other: Cell) => boolean) =>
      Math.max(...own.filter((_, other) => isPeer(cells[other])).map((margins) => margins[key]));
    const left = among('left', (other) => other.column === cell.column);
    const right = among('right', (other) => other.column + other.span === cell.column + cell.span);
    const above = among('top', (other) => other.row === cell.row);
    const below = among('bottom', () => true);
    const corner = { left: PAGE_MARGIN + cell.column * unit, top: top + cell.row * section.rowHeight };
    const room = {
      left: corner.left + left,
      top: corner.top + above,
      width: cell.span * unit - left - right,
      height: section.rowHeight - above - below,
    };
    const box = panel.isEqualScale || panel.raster ? shaped(room, aspectOf(panel)) : room;
    const ranges = panelRanges(panel);
    return {
      panel,
      box,
      title: { left: box.left, top: corner.top + 4, width: corner.left + cell.span * unit - box.left },
      x: { range: ranges.x, ticks: ticksOf(panel.x, ranges.x, tickCount(box.width, 60)) },
      y: { range: ranges.y, ticks: ticksOf(panel.y, ranges.y, tickCount(box.height, 30)) },
      ...(panel.right && { right: rightTicks(panel.right, box.height) }),
    };
  });
}

function marginsOf(panel: Panel, width: number, height: number): Margins {
  const { y } = panelRanges(panel);
  const ticks = ticksOf(panel.y, y, tickCount(height - 80, 30));
  const left = 12 + widestOf(ticks) + (panel.y.label === '' ? 0 : 20);
  const right = panel.raster ? SCALE_ROOM : panel.right ? 50 + widestOf(rightTicks(panel.right, height - 80)) : 16;
  return {
    left,
    right,
    top:
      (panel.title === '' ? NO_TITLE : TITLE_LINE) +
      (panel.raster ? UNIT_LINE : 0) +
      (panel.hasLegend ? legendRows(panelLegend(panel), width - left - right) * LEGEND_LINE : 0),
    bottom: 24 + (panel.x.label === '' ? 0 : 20),
  };
}

/** About how many ticks an axis of a length takes, where small ones are so many px apart: farther apart on long axes. */
const tickCount = (length: number, apart: number) => Math.min(length / apart, 4 + length / (2.5 * apart));

function rightTicks({ range: [low, high], within: [least, most] }: RightScale, height: number): Ticks {
  const from = Math.max(low, least);
  const to = Math.min(high, most);
  const share = (to - from) / (high - low);
  return axisTicks({ label: '' }, from, to, Math.max(2, share * tickCount(height, 30)));
}

/** Width of the longest text at the ticks, px. */
export function widestOf({ texts }: Ticks): number {
  return Math.max(0, ...texts.map((text) => textWidth(text, TICK_FONT)));
}

function ticksOf(axis: Axis, range: readonly [number, number], wanted: number): Ticks {
  const [low, high] = range[0] <= range[1] ? range : [range[1], range[0]];
  return axisTicks(axis, low, high, Math.max(2, wanted));
}

/** Axis ranges of a panel with a small margin around its data. */
export function panelRanges(panel: Panel): { x: [number, number]; y: [number, number] } {
  if (panel.raster) return { x: [...panel.raster.xEdges], y: [...panel.raster.yEdges] };
  const x = axisRange(panel, 'x');
  const y = axisRange(panel, 'y');
  if (!panel.isEqualScale) return { x, y };
  const half = Math.max(Math.abs(x[1] - x[0]), Math.abs(y[1] - y[0])) / 2;
  const around = ([first, last]: [number, number]): [number, number] => {
    const centre = (first + last) / 2;
    return first <= last ? [centre - half, centre + half] : [centre + half, centre - half];
  };
  return { x: around(x), y: around(y) };
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
  if (!(low <= high)) return axis.kind === 'log' ? [1, 10] : [0, 1];
  if (axis.kind === 'log') return [low / 1.3, high * 1.3];
  const margin = high > low ? 0.05 * (high - low) : marginOfOne(axis, high);
  const range: [number, number] = [low - margin, high + margin];
  return axis.kind === 'rightAscension' ? [range[1], range[0]] : range;
}

/** Half the width of an axis with one value. */
function marginOfOne({ kind }: Axis, value: number): number {
  if (kind === 'time') return ONE_TIME;
  return kind === 'whole' ? 1 : Math.max(Math.abs(value) * 0.05, 1e-9);
}

function aspectOf(panel: Panel): number {
  if (!panel.raster) return 1;
  const { xEdges, yEdges } = panel.raster;
  return Math.abs((xEdges[1] - xEdges[0]) / (yEdges[1] - yEdges[0]));
}

/** The largest box of an aspect in the upper left of a room. */
function shaped(room: Box, aspect: number): Box {
  const width = Math.min(room.width, room.height * aspect);
  return { left: room.left, top: room.top, width, height: width / aspect };
}
