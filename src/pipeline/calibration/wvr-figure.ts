import { fail } from '../../foundation/base/index.ts';
import type { Figure } from '../../foundation/plotting/index.ts';
import { subplotOf } from './bandpass-figure.ts';
import type { CalTable } from './caltable.ts';
import { calTableFigures } from './caltable-figure.ts';

export interface WvrPlot {
  /** Antenna that the others are compared with; default the first. */
  readonly antenna?: string;
  readonly spw?: string;
  readonly subplot?: number | string;
  /** Degrees. */
  readonly yrange?: readonly [number, number];
}

/**
 * Phase corrections of a radiometer table against time, each antenna's less those of one antenna: what an interferometer sees.
 *
 * @throws usage when the antenna is not in the table
 */
export function wvrFigures(table: CalTable, plot: WvrPlot): Figure[] {
  const wanted = plot.antenna || table.antennas[0].name;
  const reference = table.antennas.find(({ name, id }) => name === wanted || String(id) === wanted);
  if (!reference) fail('usage', `The antenna "${wanted}" is not in the table.`);
  const others = table.antennas.filter(({ id }) => id !== reference.id).map(({ name }) => name);
  return calTableFigures(referTo(table, reference.id), {
    xaxis: 'time',
    yaxis: 'phase',
    iteration: ['antenna'],
    colour: 'spw',
    antenna: others.join(','),
    spw: plot.spw || String(Math.min(...table.rows.spwId)),
    subplot: subplotOf(plot.subplot),
    ...(plot.yrange && { yrange: plot.yrange }),
    label: `phase less ${reference.name}'s (deg)`,
    title: `${table.msName}: water-vapour phase corrections relative to ${reference.name}`,
  });
}

/** The table with the reference antenna's phase at the same time and window taken off. */
function referTo(table: CalTable, reference: number): CalTable {
  const { rows } = table;
  const rowOf = new Map<string, number>();
  const key = (row: number) => `${rows.spwId[row]} ${rows.time[row]}`;
  for (let row = 0; row < rows.count; row++) if (rows.antenna1[row] === reference) rowOf.set(key(row), row);
  const params = rows.params.slice();
  const flag = rows.flag.slice();
  for (let row = 0; row < rows.count; row++) {
    const other = rowOf.get(key(row));
    for (let cell = rows.offsets[row]; cell < rows.offsets[row + 1]; cell++) {
      const at = other === undefined ? -1 : rows.offsets[other] + cell - rows.offsets[row];
      if (at < 0 || rows.flag[at]) {
        flag[cell] = 1;
        continue;
      }
      const [re, im] = [rows.params[2 * at], rows.params[2 * at + 1]];
      const [x, y] = [rows.params[2 * cell], rows.params[2 * cell + 1]];
      params[2 * cell] = x * re + y * im;
      params[2 * cell + 1] = y * re - x * im;
    }
  }
  return { ...table, rows: { ...rows, params, flag } };
}
