import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { casacoreMedian } from '../../foundation/numeric/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';

/** Numbers of solutions of one antenna or window. */
export interface SolutionCount {
  flagged: number;
  total: number;
}

/** How good a calibration table looks. */
export interface CalTableCheck {
  readonly caltable: string;
  /** CASA's word for its kind, such as 'G Jones'. */
  readonly type: string;
  readonly flagged: number;
  readonly total: number;
  readonly antennas: Readonly<Record<string, SolutionCount>>;
  readonly spws: Readonly<Record<string, SolutionCount>>;
  /** Median signal-to-noise of the good solutions, where the table states them. */
  readonly medianSnr: number;
  /** Antennas with more than half of their solutions flagged. */
  readonly mostlyFlagged: readonly string[];
}

/** Share of flagged solutions above which an antenna is named. */
const NAMED_SHARE = 0.5;

/**
 * Counts flagged solutions by antenna and window and names antennas that are mostly lost (the numbers behind
 * `es.checkCalTable`; the table's plots come from {@link calTableFigures}).
 *
 * @throws missing when there is no such table
 */
export function checkCalTable(context: Context, options: { readonly caltable: string }): CalTableCheck {
  const path = joinPath(context.cwd, options.caltable);
  const table = readCalTable(path);
  if (table.rows.count === 0) fail('bad-data', 'The calibration table has no solutions.', { table: path });
  const check = countSolutions(table, options.caltable);
  const say = (text: string, priority: 'INFO' | 'WARN' = 'INFO') => context.log.post(text, priority, 'checkCalTable');
  const percent = ({ flagged, total }: SolutionCount) => `${((100 * flagged) / total).toFixed(1)}%`;
  say(`${options.caltable} (${check.type}): ${check.flagged} of ${check.total} solutions flagged (${percent(check)})`);
  for (const [spw, count] of Object.entries(check.spws)) say(`  spw ${spw}: ${percent(count)} flagged`);
  for (const [name, count] of Object.entries(check.antennas)) say(`  ${name}: ${percent(count)} flagged`);
  if (check.mostlyFlagged.length > 0)
    say(`Most solutions of ${check.mostlyFlagged.join(', ')} are flagged; look at their data.`, 'WARN');
  return check;
}

/** The counts of one table; `name` is only handed on. */
export function countSolutions(table: CalTable, name: string): CalTableCheck {
  const { rows } = table;
  const antennas: Record<string, SolutionCount> = {};
  const spws: Record<string, SolutionCount> = {};
  const ratios: number[] = [];
  let [flagged, total] = [0, 0];
  for (let row = 0; row < rows.count; row++) {
    const antennaName = table.antennas[rows.antenna1[row]]?.name ?? String(rows.antenna1[row]);
    antennas[antennaName] ??= { flagged: 0, total: 0 };
    spws[rows.spwId[row]] ??= { flagged: 0, total: 0 };
    let bad = 0;
    const [first, end] = [rows.offsets[row], rows.offsets[row + 1]];
    for (let cell = first; cell < end; cell++) {
      if (rows.flag[cell]) bad++;
      else if (rows.snr[cell] > 0) ratios.push(rows.snr[cell]);
    }
    for (const count of [antennas[antennaName], spws[rows.spwId[row]]]) {
      count.flagged += bad;
      count.total += end - first;
    }
    flagged += bad;
    total += end - first;
  }
  const mostlyFlagged = Object.entries(antennas)
    .filter(([, count]) => count.flagged > NAMED_SHARE * count.total)
    .map(([antenna]) => antenna);
  const medianSnr = ratios.length > 0 ? casacoreMedian(ratios) : 0;
  return { caltable: name, type: table.visCal, flagged, total, antennas, spws, medianSnr, mostlyFlagged };
}
