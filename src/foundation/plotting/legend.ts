import { seriesColour } from './colours.ts';
import type { LegendEntry, Panel } from './figure.ts';
import { textWidth } from './text-width.ts';

const LEGEND_FONT = 11;
const MARK_WIDTH = 20;
const ENTRY_GAP = 14;

/** An entry with the upper left corner of its line, px from that of the legend; rows count from 0. */
export interface PlacedEntry extends LegendEntry {
  readonly left: number;
  readonly row: number;
}

/** The labelled series of a panel as legend entries, each label once. */
export function panelLegend(panel: Panel): LegendEntry[] {
  const seen = new Set<string>();
  return panel.series.flatMap((series, order) => {
    if (series.label === undefined || seen.has(series.label)) return [];
    seen.add(series.label);
    const mark =
      series.kind === 'line' ? (series.isDashed ? 'dashes' : 'line') : series.isHollow ? ('ring' as const) : 'disc';
    return [{ label: series.label, colour: series.colour ?? order, mark } as LegendEntry];
  });
}

/** Names with the colours of {@link seriesColour}; of more than `most` some that are spread evenly, and how many there are. */
export function colourLegend(names: readonly string[], most: number): LegendEntry[] {
  const entry = (index: number): LegendEntry => ({ label: names[index], colour: seriesColour(index, names.length) });
  if (names.length <= most) return names.map((_, index) => entry(index));
  const spread = Array.from({ length: most }, (_, at) => entry(Math.round((at * (names.length - 1)) / (most - 1))));
  return [...spread, { label: `${names.length} in all`, colour: '#ffffff' }];
}

/** Sets entries side by side and breaks rows at a width. */
export function placeEntries(entries: readonly LegendEntry[], width: number): PlacedEntry[] {
  let [left, row] = [0, 0];
  return entries.map((entry) => {
    const own = MARK_WIDTH + textWidth(entry.label, LEGEND_FONT) + ENTRY_GAP;
    if (left > 0 && left + own - ENTRY_GAP > width) {
      left = 0;
      row++;
    }
    const placed = { ...entry, left, row };
    left += own;
    return placed;
  });
}

/** Rows that entries take at a width. */
export function legendRows(entries: readonly LegendEntry[], width: number): number {
  const placed = placeEntries(entries, width);
  return placed.length > 0 ? placed[placed.length - 1].row + 1 : 0;
}
