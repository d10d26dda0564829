import { cssColour, mapColour, stretch } from './colours.ts';
import type { Colour, Figure, LegendEntry, Raster } from './figure.ts';
import { FONT } from './font.ts';
import { placeLabels } from './labels.ts';
import {
  type Box,
  LEGEND_LINE,
  NAME_FONT,
  PAGE_MARGIN,
  type PlacedPanel,
  type PlacedSection,
  TICK_FONT,
  widestOf,
} from './layout.ts';
import { panelLegend, placeEntries } from './legend.ts';
import { cutTo, fittedBold, textWidth } from './text-width.ts';
import { linearTicks } from './ticks.ts';

/** An ECharts graphic element. */
type Graphic = Record<string, unknown>;

const LABEL_FONT = 10.5;

/** Title and subtitle of a page. */
export function pageGraphics(figure: Figure): Graphic[] {
  if (figure.title === '') return [];
  const room = figure.width - 2 * PAGE_MARGIN;
  const title = fittedBold(figure.title, [20, 17, 14], room);
  return [
    text(title.text, PAGE_MARGIN, 24, { font: `bold ${title.size}px "${FONT}"`, fill: '#111' }),
    text(cutTo(figure.subtitle ?? '', room, 13), PAGE_MARGIN, 47, { font: `13px "${FONT}"`, fill: '#555' }),
  ];
}

/** Heading, rule, note and legend of a section. */
export function sectionGraphics({ section, top }: PlacedSection, pageWidth: number): Graphic[] {
  const graphics: Graphic[] = [];
  if (section.title) {
    graphics.push(line(PAGE_MARGIN, top + 4, pageWidth - PAGE_MARGIN, top + 4, '#bbb'));
    graphics.push(text(section.title, PAGE_MARGIN, top + 20, { font: `bold 15px "${FONT}"`, fill: '#111' }));
    if (section.note) {
      const left = PAGE_MARGIN + 1.14 * textWidth(section.title, 15) + 18;
      graphics.push(text(section.note, left, top + 21, { fill: '#555', font: `12px "${FONT}"` }));
    }
  }
  const legendTop = top + (section.title ? 36 : 2);
  return [...graphics, ...entriesGraphics(section.legend ?? [], PAGE_MARGIN, legendTop, pageWidth - 2 * PAGE_MARGIN)];
}

/** What belongs to a panel besides axes and series: bands, legend, labels of points, beam and colour scale. */
export function panelGraphics(placed: PlacedPanel): Graphic[] {
  const { panel, box } = placed;
  return [
    ...bandGraphics(placed),
    ...(panel.hasLegend
      ? entriesGraphics(panelLegend(panel), box.left, placed.title.top + (panel.title === '' ? 4 : 20), box.width)
      : []),
    ...labelGraphics(placed),
    ...(panel.raster?.beam ? [beamGraphic(panel.raster.beam, panel.raster, box)] : []),
    ...(panel.raster ? colourScale(panel.raster, box) : []),
    ...rightScale(placed),
  ];
}

/** Ticks and words at the right edge, in the colour of their curves. */
function rightScale({ panel, box, right: ticks }: PlacedPanel): Graphic[] {
  if (!panel.right || !ticks) return [];
  const { range, colour, label } = panel.right;
  const fill = cssColour(colour);
  const edge = box.left + box.width;
  const marks = ticks.values.flatMap((value, index) => {
    const y = box.top + box.height * (1 - (value - range[0]) / (range[1] - range[0]));
    return [
      line(edge, y, edge + 4, y, fill),
      text(ticks.texts[index], edge + 7, y, { fill, font: `${TICK_FONT}px "${FONT}"` }),
    ];
  });
  const words = {
    ...text(label, 0, 0, { fill, font: `${NAME_FONT}px "${FONT}"`, textAlign: 'center' }),
    ...{ x: edge + widestOf(ticks) + 20, y: box.top + box.height / 2, rotation: Math.PI / 2 },
  };
  return [...marks, words];
}

function entriesGraphics(entries: readonly LegendEntry[], left: number, top: number, width: number): Graphic[] {
  return placeEntries(entries, width).flatMap((entry) => {
    const [x, y] = [left + entry.left, top + entry.row * LEGEND_LINE + 8];
    return [markGraphic(entry, x, y), text(entry.label, x + 20, y, { fill: '#333', font: `${TICK_FONT}px "${FONT}"` })];
  });
}

function markGraphic(entry: LegendEntry, x: number, y: number): Graphic {
  const colour = cssColour(entry.colour);
  switch (entry.mark ?? 'disc') {
    case 'line':
      return line(x, y, x + 16, y, colour, 2);
    case 'dashes':
      return line(x, y, x + 16, y, colour, 2, [5, 3]);
    case 'band':
      return rectangle({ left: x, top: y - 6, width: 16, height: 12 }, tint(entry.colour));
    case 'ring':
      return circle(x + 8, y, 3.4, { fill: 'none', stroke: colour, lineWidth: 1.3 });
    default:
      return circle(x + 8, y, 4, { fill: colour });
  }
}

function bandGraphics({ panel, box, x }: PlacedPanel): Graphic[] {
  const [first, last] = x.range;
  const at = (value: number) => box.left + (box.width * (value - first)) / (last - first);
  return (panel.bands ?? []).flatMap((band) => {
    const from = Math.max(box.left, Math.min(at(band.from), at(band.to)));
    const to = Math.min(box.left + box.width, Math.max(at(band.from), at(band.to)));
    if (!(to > from)) return [];
    return [
      {
        ...rectangle({ left: from, top: box.top, width: to - from, height: box.height }, tint(band.colour)),
        z: -2,
        zlevel: 0,
      },
    ];
  });
}

/** Texts beside the points of all series, placed together so that none covers another. */
function labelGraphics({ panel, box, x, y }: PlacedPanel): Graphic[] {
  const points: [number, number][] = [];
  const texts: string[] = [];
  const share = (value: number, [first, last]: readonly [number, number]) => (value - first) / (last - first);
  for (const series of panel.series) {
    series.texts?.forEach((label, index) => {
      points.push([
        box.left + box.width * share(series.x[index], x.range),
        box.top + box.height * (1 - share(series.y[index], y.range)),
      ]);
      texts.push(label);
    });
  }
  return placeLabels(points, texts, box, LABEL_FONT).flatMap((label) => [
    ...(label.leader ? [line(...label.leader, '#999', 0.8)] : []),
    text(label.text, label.left, label.top + 6, { fill: '#222', font: `${LABEL_FONT}px "${FONT}"` }),
  ]);
}

function beamGraphic(
  beam: { major: number; minor: number; angle: number },
  raster: { yEdges: readonly [number, number] },
  box: Box,
): Graphic {
  const scale = box.height / Math.abs(raster.yEdges[1] - raster.yEdges[0]);
  const [major, minor] = [(beam.major * scale) / 2, (beam.minor * scale) / 2];
  return {
    type: 'ellipse',
    z: 10,
    x: box.left + major + 10,
    y: box.top + box.height - major - 10,
    rotation: beam.angle,
    shape: { cx: 0, cy: 0, rx: minor, ry: major },
    style: { fill: 'rgba(255,255,255,0.85)', stroke: '#000', lineWidth: 1 },
  };
}

const SCALE_STEPS = 64;

function colourScale(raster: Raster, box: Box): Graphic[] {
  const left = box.left + box.width + 8;
  const [low, high] = raster.range;
  const ticks = linearTicks(low, high, Math.max(2, box.height / 50));
  const stripe = box.height / SCALE_STEPS;
  const stripes = Array.from({ length: SCALE_STEPS }, (_, step) =>
    rectangle(
      { left, top: box.top + stripe * (SCALE_STEPS - 1 - step), width: 12, height: stripe + (step > 0 ? 0.6 : 0) },
      `rgb(${mapColour(stretch((step + 0.5) / SCALE_STEPS, raster.powerCycles)).join(',')})`,
    ),
  );
  const marks = ticks.values.flatMap((value, index) => {
    const y = box.top + box.height * (1 - (value - low) / (high - low));
    return [
      line(left + 12, y, left + 16, y, '#555'),
      text(ticks.texts[index], left + 19, y, { fill: '#333', font: `${TICK_FONT}px "${FONT}"` }),
    ];
  });
  const unit = text(raster.unit, left + 12, box.top - 10, {
    fill: '#333',
    font: `${TICK_FONT}px "${FONT}"`,
    textAlign: 'center',
  });
  return [...stripes, ...marks, unit];
}

/** Pale version of a colour, for grounds. */
function tint(colour: Colour): string {
  const css = cssColour(colour);
  if (!/^#[0-9a-f]{6}$/i.test(css)) return css;
  const parts = [1, 3, 5].map((at) => Number.parseInt(css.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(255 - 0.16 * (255 - part))).join(',')})`;
}

function text(content: string, x: number, y: number, style: Readonly<Record<string, unknown>>): Graphic {
  return { type: 'text', z: 10, silent: true, style: { text: content, x, y, textVerticalAlign: 'middle', ...style } };
}

function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stroke: string,
  lineWidth = 1,
  lineDash?: readonly number[],
): Graphic {
  return { type: 'line', z: 9, silent: true, shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth, lineDash } };
}

function circle(cx: number, cy: number, r: number, style: Readonly<Record<string, unknown>>): Graphic {
  return { type: 'circle', z: 10, silent: true, shape: { cx, cy, r }, style };
}

function rectangle({ left, top, width, height }: Box, fill: string): Graphic {
  return { type: 'rect', z: 1, silent: true, shape: { x: left, y: top, width, height }, style: { fill } };
}
