import type { EChartsOption, SeriesOption } from 'echarts';
import { pageGraphics, panelGraphics, sectionGraphics } from './annotations.ts';
import { cssColour } from './colours.ts';
import type { Axis, Figure, Series } from './figure.ts';
import { FONT } from './font.ts';
import {
  layoutFigure,
  NAME_FONT,
  type PageLayout,
  type PlacedAxis,
  type PlacedPanel,
  TICK_FONT,
  widestOf,
} from './layout.ts';
import { fittedBold } from './text-width.ts';
import { axisWords } from './ticks.ts';

type Option = Record<string, unknown>;

/** The ECharts option that draws a figure on a clear ground; rasters come separately, as pictures behind it. */
export function chartOption(figure: Figure, layout: PageLayout = layoutFigure(figure)): EChartsOption {
  const { panels, sections } = layout;
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT },
    title: panels.map(panelTitle),
    grid: panels.map(({ box }) => ({
      ...box,
      show: true,
      borderColor: '#555',
      borderWidth: 1,
      outerBoundsMode: 'none',
    })),
    xAxis: panels.map((placed, index) => axisOption(placed, 'x', index)),
    yAxis: panels.map((placed, index) => axisOption(placed, 'y', index)),
    series: panels.flatMap(({ panel }, index) =>
      panel.series.map((series, order) => seriesOption(series, order, index)),
    ),
    graphic: [
      ...pageGraphics(figure),
      ...sections.flatMap((section) => sectionGraphics(section, figure.width)),
      ...panels.flatMap(panelGraphics),
    ],
  } as EChartsOption;
}

/** Title of a panel, in smaller print where it would be wider than the panel. */
function panelTitle({ panel, title }: PlacedPanel): Option {
  const { text, size } = fittedBold(panel.title, [13, 11], title.width);
  return {
    text,
    left: title.left,
    top: title.top,
    padding: 0,
    textStyle: { fontFamily: FONT, fontSize: size, fontWeight: 'bold', color: '#222' },
  };
}

function axisOption(placed: PlacedPanel, name: 'x' | 'y', gridIndex: number): Option {
  const axis: Axis = placed.panel[name];
  const { range, ticks }: PlacedAxis = placed[name];
  const isInverse = range[0] > range[1];
  const [low, high] = isInverse ? [range[1], range[0]] : range;
  const texts = new Map(ticks.values.map((value, index) => [value, ticks.texts[index]]));
  const customValues = [...ticks.values];
  return {
    gridIndex,
    type: axis.kind === 'log' ? 'log' : 'value',
    min: low,
    max: high,
    inverse: isInverse,
    name: axisWords(axis, range),
    nameLocation: 'middle',
    nameGap: name === 'x' ? 24 : widestOf(ticks) + 14,
    nameTextStyle: { fontFamily: FONT, fontSize: NAME_FONT, color: '#222' },
    axisLine: { show: true, onZero: false, lineStyle: { color: '#555' } },
    axisTick: { show: true, customValues, length: 4 },
    splitLine: { show: placed.panel.raster === undefined, customValues, lineStyle: { color: '#e9e9e9' } },
    axisLabel: {
      fontFamily: FONT,
      fontSize: TICK_FONT,
      color: '#333',
      customValues,
      margin: 7,
      hideOverlap: name === 'x',
      formatter: (value: number) => texts.get(value) ?? nearestText(texts, value),
    },
  };
}

/** The library may hand a tick back with a rounding error. */
function nearestText(texts: ReadonlyMap<number, string>, value: number): string {
  let best = '';
  let distance = Number.POSITIVE_INFINITY;
  for (const [tick, text] of texts) {
    if (Math.abs(tick - value) < distance) {
      distance = Math.abs(tick - value);
      best = text;
    }
  }
  return best;
}

/** Series of more points are drawn in one go, from a typed array. */
const LARGE = 3000;

function seriesOption(series: Series, order: number, panelIndex: number): SeriesOption {
  const colour = cssColour(series.colour ?? order);
  const opacity = series.opacity ?? 1;
  const shared = { xAxisIndex: panelIndex, yAxisIndex: panelIndex, silent: true, animation: false, clip: true };
  const isLarge = series.kind === 'points' && series.x.length > LARGE;
  const data: [number, number][] = isLarge ? [] : Array.from(series.x, (x, index) => [x, series.y[index]]);
  const base = { ...shared, data };
  if (series.kind === 'line') {
    return {
      ...base,
      type: 'line',
      showSymbol: false,
      lineStyle: {
        color: colour,
        width: series.size ?? 1.2,
        opacity,
        type: series.isDashed ? [5, 3] : 'solid',
        cap: 'butt',
      },
    } as SeriesOption;
  }
  if (series.kind === 'bars')
    return { ...base, type: 'bar', barWidth: series.size ?? 8, itemStyle: { color: colour, opacity } } as SeriesOption;
  return {
    ...base,
    type: 'scatter',
    symbolSize: series.size ?? 3,
    itemStyle: series.isHollow
      ? { color: 'rgba(255,255,255,0)', borderColor: colour, borderWidth: 1.1, opacity }
      : { color: colour, opacity },
    progressive: 0,
    ...(isLarge && { large: true, largeThreshold: LARGE, dimensions: ['x', 'y'], data: pairs(series) }),
  } as SeriesOption;
}

/** [x, y, x, y, …] */
function pairs({ x, y }: Series): Float64Array {
  const both = new Float64Array(2 * x.length);
  for (let index = 0; index < x.length; index++) {
    both[2 * index] = x[index];
    both[2 * index + 1] = y[index];
  }
  return both;
}
