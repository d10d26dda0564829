import { fail } from '../../foundation/base/index.ts';
import { type Series, seriesColour } from '../../foundation/plotting/index.ts';
import type { CalTable } from './caltable.ts';
import { colourName, isQuantity, POLS } from './caltable-names.ts';
import type { CalPlot } from './caltable-plot.ts';
import { type CalQuantity, calQuotient, calValue } from './caltable-selection.ts';

/** What is drawn of a row: a polarization, or the quotient of two. */
interface Curve {
  /** Tells its colour and mark. */
  readonly par: number;
  /** NaN where it is not among the solutions that are drawn. */
  readonly value: (row: number, chan: number, what: CalQuantity) => number;
}

type Kept = 'good' | 'flagged';

function curvesOf(table: CalTable, { polarization }: CalPlot, most: number, kept: Kept): Curve[] {
  const { offsets, parCount, flag } = table.rows;
  const cellOf = (row: number, chan: number, par: number) => offsets[row] + chan * parCount + par;
  const isKept = (cell: number) => (flag[cell] === 0) === (kept === 'good');
  if (polarization === '/') {
    if (parCount < 2) fail('usage', 'The table has one polarization: it has no quotient of two.');
    const value: Curve['value'] = (row, chan, what) => {
      const [first, second] = [cellOf(row, chan, 0), cellOf(row, chan, 1)];
      return isKept(first) && isKept(second) ? calQuotient(table, first, second, what) : Number.NaN;
    };
    return [{ par: 0, value }];
  }
  const chosen = polarization === undefined ? undefined : Math.min(parCount - 1, POLS.indexOf(polarization));
  return Array.from({ length: Math.min(most, parCount) }, (_, par) => par)
    .filter((par) => chosen === undefined || par === chosen)
    .map((par) => ({
      par,
      value: (row, chan, what) => {
        const cell = cellOf(row, chan, par);
        return isKept(cell) ? calValue(table, cell, what) : Number.NaN;
      },
    }));
}

/** A line for each row and polarization. */
export function spectra(
  table: CalTable,
  plot: CalPlot,
  rows: readonly number[],
  colours: readonly string[],
  kept: Kept = 'good',
): Series[] {
  const { chanCount, spwId } = table.rows;
  const curves = curvesOf(table, plot, 2, kept);
  return rows.flatMap((row) => {
    const frequencies = table.spectralWindows[spwId[row]].chanFreqs;
    const channels = Array.from({ length: chanCount[row] }, (_, chan) => chan);
    return curves
      .map(({ par, value }): Series => {
        const x = Float64Array.from(channels, (chan) => (plot.xaxis === 'freq' ? frequencies[chan] / 1e9 : chan));
        const y = Float64Array.from(channels, (chan) => value(row, chan, plot.yaxis));
        const isDashed = plot.colour !== 'pol' && plot.colour !== undefined && par === 1;
        const colour = seriesColour(colourOf(table, plot, row, par, colours), colours.length);
        return { kind: 'line', x, y, colour, size: 1, isDashed };
      })
      .filter(({ y }) => Array.from(y).some(Number.isFinite));
  });
}

/** Points for each colour and polarization: the middle channel of each row stands for it, unless both axes are values. */
export function tracks(
  table: CalTable,
  plot: CalPlot,
  rows: readonly number[],
  colours: readonly string[],
  kept: Kept = 'good',
): Series[] {
  const { chanCount, parCount, time, scanNumber, antenna1 } = table.rows;
  const { xaxis } = plot;
  const found = new Map<string, { x: number[]; y: number[]; colour: number; par: number }>();
  const curves = curvesOf(table, plot, parCount, kept);
  for (const row of rows) {
    const channels = isQuantity(xaxis)
      ? Array.from({ length: chanCount[row] }, (_, chan) => chan)
      : [chanCount[row] >> 1];
    for (const { par, value } of curves) {
      const colour = colourOf(table, plot, row, par, colours);
      const key = `${colour} ${par}`;
      const track = found.get(key) ?? { x: [], y: [], colour, par };
      for (const chan of channels) {
        const y = value(row, chan, plot.yaxis);
        if (Number.isNaN(y)) continue;
        found.set(key, track);
        const place = xaxis === 'time' ? time[row] : xaxis === 'scan' ? scanNumber[row] : antenna1[row];
        track.x.push(isQuantity(xaxis) ? value(row, chan, xaxis) : place);
        track.y.push(y);
      }
    }
  }
  return [...found.values()].map(({ x, y, colour, par }) => ({
    kind: 'points',
    x,
    y,
    colour: seriesColour(colour, colours.length),
    size: 4,
    isHollow: par === 1,
  }));
}

function colourOf(table: CalTable, plot: CalPlot, row: number, par: number, colours: readonly string[]): number {
  const { colour = 'pol' } = plot;
  return colour === 'pol' ? par : colours.indexOf(colourName(table, row, colour));
}
