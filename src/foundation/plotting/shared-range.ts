import type { Panel } from './figure.ts';

/** Part of the range that is left free at each end. */
const MARGIN = 0.05;

/** Values that differ by less, as a part of their size, count as one. */
const FLAT = 1e-6;

type Range = readonly [number, number];

/** The range of one axis that holds the points of all panels; undefined when there are none, or for words instead of numbers. */
export function sharedRange(panels: readonly Panel[], axis: 'x' | 'y'): Range | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const panel of panels) {
    if (panel[axis].categories) return undefined;
    for (const series of panel.series) {
      const values = series[axis];
      for (let k = 0; k < values.length; k++) {
        if (values[k] < low) low = values[k];
        if (values[k] > high) high = values[k];
      }
    }
  }
  if (!(low <= high)) return undefined;
  const size = Math.max(Math.abs(low), Math.abs(high));
  const isFlat = panels[0][axis].kind === 'time' ? high === low : high - low < FLAT * size;
  const margin = isFlat ? 0.5 : MARGIN * (high - low);
  return [low - margin, high + margin];
}

/** A panel with these ranges where it has none of its own. */
export function withRanges(panel: Panel, x: Range | undefined, y: Range | undefined): Panel {
  return { ...panel, x: { ...panel.x, range: panel.x.range ?? x }, y: { ...panel.y, range: panel.y.range ?? y } };
}
