import type { EChartsOption, SeriesOption } from 'echarts';
import { mapColour, PALETTE } from './colours.ts';
import type { Axis, Figure, Panel, Series } from './figure.ts';
import { type Box, layoutPanels, panelRanges } from './layout.ts';

/** Font of all figures; the drawing door registers it. */
export const FONT = 'DejaVu Sans';

type Graphic = Record<string, unknown>;

/** The ECharts option that draws a figure on a clear ground; rasters come separately, as pictures behind it. */
export function chartOption(figure: Figure): EChartsOption {
  const boxes = layoutPanels(figure);
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT },
    title: [pageTitle(figure), ...figure.panels.map((panel, index) => panelTitle(panel, boxes[index]))],
    grid: boxes.map((box) => ({ ...box, show: true, borderColor: '#333', borderWidth: 1 })),
    xAxis: figure.panels.map((panel, index) =>
      axisOption(panel.x, panelRanges(panel).x, index, boxes[index].width, 'x', panel.raster !== undefined),
    ),
    yAxis: figure.panels.map((panel, index) =>
      axisOption(panel.y, panelRanges(panel).y, index, boxes[index].height, 'y', panel.raster !== undefined),
    ),
    series: figure.panels.flatMap((panel, index) =>
      panel.series.map((series, order) => seriesOption(series, order, index)),
    ),
    graphic: figure.panels.flatMap((panel, index) => [
      ...rasterGraphics(panel, boxes[index]),
      ...legendGraphics(panel, boxes[index]),
    ]),
  } as EChartsOption;
}

function pageTitle(figure: Figure): Graphic {
  return {
    text: figure.title,
    subtext: figure.subtitle ?? '',
    left: 24,
    top: 12,
    textStyle: { fontFamily: FONT, fontSize: 20, color: '#111' },
    subtextStyle: { fontFamily: FONT, fontSize: 13, color: '#555' },
  };
}

function panelTitle(panel: Panel, box: Box): Graphic {
  return {
    text: panel.title,
    left: box.left,
    top: box.top - 28,
    padding: 0,
    textStyle: { fontFamily: FONT, fontSize: 14, fontWeight: 'bold', color: '#222' },
  };
}

function axisOption(
  axis: Axis,
  range: readonly [number, number],
  gridIndex: number,
  length: number,
  name: 'x' | 'y',
  isBare: boolean,
): Graphic {
  const isInverse = range[0] > range[1];
  const [low, high] = isInverse ? [range[1], range[0]] : range;
  const ticks = ownTicks(axis, low, high, length);
  return {
    gridIndex,
    type: axis.kind === 'log' ? 'log' : 'value',
    min: low,
    max: high,
    inverse: isInverse,
    name: axis.label,
    nameLocation: 'middle',
    nameGap: name === 'x' ? 30 : axis.categories ? 62 : 52,
    nameTextStyle: { fontFamily: FONT, fontSize: 12, color: '#222' },
    axisLine: { show: true, onZero: false, lineStyle: { color: '#333' } },
    axisTick: { show: true, ...(ticks ? { customValues: ticks } : {}) },
    splitLine: { show: ticks === undefined && !isBare, lineStyle: { color: '#ececec' } },
    ...(ticks ? {} : { splitNumber: Math.max(2, Math.floor(length / 90)) }),
    axisLabel: {
      fontFamily: FONT,
      fontSize: 11,
      color: '#333',
      ...(ticks ? { customValues: ticks } : { showMinLabel: false, showMaxLabel: false }),
      formatter: (value: number) => tickText(axis, value, high - low),
    },
  };
}

function tickText(axis: Axis, value: number, span: number): string {
  if (axis.categories) return Number.isInteger(value) ? (axis.categories[value] ?? '') : '';
  if (axis.kind === 'time') return clockText(value);
  const decimals = Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(span))));
  return span < 1e-3 || Math.abs(value) >= 1e6 ? value.toExponential(1) : String(Number(value.toFixed(decimals)));
}

/** UTC hh:mm of MJD seconds. */
function clockText(mjdSec: number): string {
  const minutes = Math.round((mjdSec % 86_400) / 60) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Where to put ticks when the library's choice would not do: at every word, at full minutes. */
function ownTicks(axis: Axis, low: number, high: number, length: number): number[] | undefined {
  if (axis.categories) return axis.categories.map((_, index) => index);
  if (axis.kind !== 'time') return undefined;
  const wanted = (high - low) / Math.max(2, length / 80);
  const step = TIME_STEPS.find((candidate) => candidate >= wanted) ?? 21_600;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  return ticks;
}

const TIME_STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

function seriesOption(series: Series, order: number, panelIndex: number): SeriesOption {
  const colour = PALETTE[(series.colour ?? order) % PALETTE.length];
  const data: [number, number][] = [];
  for (let index = 0; index < series.x.length; index++) data.push([series.x[index], series.y[index]]);
  const base = { xAxisIndex: panelIndex, yAxisIndex: panelIndex, data, silent: true, animation: false, clip: true };
  const label = series.texts
    ? {
        show: true,
        position: 'right',
        fontFamily: FONT,
        fontSize: 10,
        formatter: (entry: { dataIndex: number }) => series.texts?.[entry.dataIndex] ?? '',
      }
    : undefined;
  if (series.kind === 'line') {
    return {
      ...base,
      type: 'line',
      showSymbol: false,
      lineStyle: { color: colour, width: series.size ?? 1.2, type: series.isDashed ? 'dashed' : 'solid' },
      sampling: undefined,
    } as SeriesOption;
  }
  if (series.kind === 'bars')
    return { ...base, type: 'bar', barWidth: series.size ?? 8, itemStyle: { color: colour } } as SeriesOption;
  return {
    ...base,
    type: 'scatter',
    symbolSize: series.size ?? 3,
    itemStyle: { color: colour },
    large: data.length > 3000 && !series.texts,
    progressive: 0,
    label,
  } as SeriesOption;
}

/** What belongs to a raster besides its picture: beam and colour scale. */
function rasterGraphics(panel: Panel, box: Box): Graphic[] {
  const { raster } = panel;
  if (!raster) return [];
  const beam = raster.beam ? [beamGraphic(raster.beam, raster, box)] : [];
  return [...beam, ...colourScale(raster, box)];
}

function beamGraphic(
  beam: { major: number; minor: number; angle: number },
  raster: { yEdges: readonly [number, number] },
  box: Box,
): Graphic {
  const scale = box.height / Math.abs(raster.yEdges[1] - raster.yEdges[0]);
  const [major, minor] = [(beam.major * scale) / 2, (beam.minor * scale) / 2];
  const centre = { x: box.left + major + 10, y: box.top + box.height - major - 10 };
  return {
    type: 'ellipse',
    x: centre.x,
    y: centre.y,
    rotation: beam.angle,
    shape: { cx: 0, cy: 0, rx: minor, ry: major },
    style: { fill: 'rgba(255,255,255,0.85)', stroke: '#000', lineWidth: 1 },
  };
}

function colourScale(raster: { range: readonly [number, number]; unit: string }, box: Box): Graphic[] {
  const left = box.left + box.width + 8;
  const steps = Array.from({ length: 32 }, (_, index) => index);
  const text = (value: number, y: number, align: string) => ({
    type: 'text',
    style: {
      text: align === 'unit' ? raster.unit : shortNumber(value),
      x: left + 16,
      y,
      fill: '#333',
      font: `11px ${FONT}`,
      textVerticalAlign: 'middle',
    },
  });
  return [
    ...steps.map((step) => ({
      type: 'rect',
      shape: { x: left, y: box.top + (box.height * (31 - step)) / 32, width: 12, height: box.height / 32 + 1 },
      style: { fill: scaleColour(step / 31) },
    })),
    text(raster.range[1], box.top + 6, 'end'),
    text((raster.range[0] + raster.range[1]) / 2, box.top + box.height / 2, 'middle'),
    text(raster.range[0], box.top + box.height - 6, 'start'),
    text(0, box.top - 12, 'unit'),
  ];
}

function scaleColour(share: number): string {
  return `rgb(${mapColour(share).join(',')})`;
}

function shortNumber(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(3)));
}

function legendGraphics(panel: Panel, box: Box): Graphic[] {
  if (!panel.hasLegend) return [];
  const labelled = panel.series
    .map((series, order) => ({ label: series.label, colour: PALETTE[(series.colour ?? order) % PALETTE.length] }))
    .filter((entry) => entry.label !== undefined);
  const perRow = Math.max(1, Math.floor(box.width / 92));
  return labelled.slice(0, perRow * 3).map((entry, index) => ({
    type: 'text',
    z: 10,
    style: {
      text: `\u25CF ${entry.label}`,
      x: box.left + 8 + (index % perRow) * 92,
      y: box.top + 8 + Math.floor(index / perRow) * 16,
      fill: entry.colour,
      font: `11px ${FONT}`,
    },
  }));
}
