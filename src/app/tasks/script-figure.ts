import type { Context } from '../../foundation/base/index.ts';
import type { Axis, Figure, Panel, Series } from '../../foundation/plotting/index.ts';
import { writeFigures } from './figure-file.ts';

/** A curve or points that a script plotted; gaps are null. */
interface ScriptSeries {
  readonly kind: 'line' | 'points' | 'bars';
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  readonly colour: number | string;
  /** px */
  readonly size: number;
  readonly dashes: boolean;
  readonly label: string;
  readonly alpha: number;
  /** Written beside the points. */
  readonly texts?: readonly string[];
}

/** A line over the whole panel. */
interface ScriptSpan {
  readonly kind: 'h' | 'v';
  readonly at: number;
  readonly colour: string;
  readonly size: number;
  readonly dashes: boolean;
  readonly label: string;
}

interface ScriptPanel {
  readonly title: string;
  readonly xlabel: string;
  readonly ylabel: string;
  readonly xscale: 'linear' | 'log';
  readonly yscale: 'linear' | 'log';
  readonly xlim?: readonly [number | null, number | null];
  readonly ylim?: readonly [number | null, number | null];
  readonly series: readonly ScriptSeries[];
  readonly spans: readonly ScriptSpan[];
  readonly legend: boolean;
}

/** What a script drew with pylab, as data. */
export interface ScriptFigure {
  readonly title: string;
  readonly columns: number;
  /** px */
  readonly width: number;
  readonly height: number;
  /** Row by row; null where nothing was drawn. */
  readonly panels: readonly (ScriptPanel | null)[];
}

const MARGIN = 0.05;
const EMPTY: Panel = { title: '', x: { label: '' }, y: { label: '' }, series: [] };

/** Writes a script's figure as a PNG file. */
export function writeScriptFigure(context: Context, file: string, figure: ScriptFigure): void {
  const rows = Math.max(1, Math.ceil(figure.panels.length / figure.columns));
  const page: Figure = {
    title: figure.title,
    width: figure.width,
    sections: [
      {
        columns: figure.columns,
        rowHeight: Math.max(120, Math.round(figure.height / rows)),
        panels: figure.panels.length > 0 ? figure.panels.map((panel) => (panel ? panelOf(panel) : EMPTY)) : [EMPTY],
      },
    ],
  };
  writeFigures(context, file, [page]);
}

function panelOf(panel: ScriptPanel): Panel {
  const x = axisOf(panel.xlabel, panel.xscale, panel.xlim, valuesOf(panel, 'x'));
  const y = axisOf(panel.ylabel, panel.yscale, panel.ylim, valuesOf(panel, 'y'));
  const series = [...panel.series.map(seriesOf), ...panel.spans.map((span) => spanOf(span, x, y))];
  return { title: panel.title, x, y, series, hasLegend: panel.legend && series.some(({ label }) => label) };
}

function valuesOf(panel: ScriptPanel, axis: 'x' | 'y'): number[] {
  const spans = panel.spans.filter(({ kind }) => kind === (axis === 'x' ? 'v' : 'h')).map(({ at }) => at);
  return [...panel.series.flatMap((one) => one[axis]), ...spans].filter((value) => value !== null);
}

/** Limits are those given, else those of the data with a margin. */
function axisOf(label: string, scale: 'linear' | 'log', limits: ScriptPanel['xlim'], values: readonly number[]): Axis {
  const used = scale === 'log' ? values.filter((value) => value > 0) : values;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of used) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = scale === 'log' ? [1, 10] : [0, 1];
  const width = high - low || Math.abs(high) || 1;
  const own = scale === 'log' ? [low / 1.2, high * 1.2] : [low - MARGIN * width, high + MARGIN * width];
  return { label, kind: scale, range: [limits?.[0] ?? own[0], limits?.[1] ?? own[1]] };
}

const withGaps = (values: readonly (number | null)[]) => Float64Array.from(values, (value) => value ?? Number.NaN);

function seriesOf({ kind, x, y, colour, size, dashes, label, alpha, texts }: ScriptSeries): Series {
  const common = {
    kind,
    x: withGaps(x),
    y: withGaps(y),
    colour,
    isDashed: dashes,
    opacity: alpha,
    ...(texts && { texts }),
  };
  return { ...common, ...(size > 0 && { size }), ...(label !== '' && { label }) };
}

function spanOf({ kind, at, colour, size, dashes, label }: ScriptSpan, x: Axis, y: Axis): Series {
  const [across, along] = kind === 'h' ? [x.range ?? [0, 1], [at, at]] : [[at, at], y.range ?? [0, 1]];
  return { kind: 'line', x: across, y: along, colour, size, isDashed: dashes, ...(label !== '' && { label }) };
}
