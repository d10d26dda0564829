import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { writeCalTable } from './caltable-write.ts';
import { parseRefants, referToAntenna } from './refant.ts';
import { emptySolution, type Solution } from './solution.ts';
import { splitTexts, type TextList } from './solve-options.ts';

export interface RerefantOptions {
  readonly vis: string;
  readonly tablein: string;
  /** Table to write; '' replaces tablein. */
  readonly caltable?: string;
  readonly refantmode?: string;
  readonly refant: TextList;
}

/**
 * Refers the phases of a table of complex gains to another antenna, in every window as gaincal does it (CASA 6.7 rerefant).
 *
 * @throws usage for real tables or antennas that are not in it; missing
 */
export function rerefant(context: Context, options: RerefantOptions): CalTable {
  const source = joinPath(context.cwd, options.tablein);
  const table = readCalTable(source);
  if (table.parType !== 'Complex')
    fail('usage', 'Only tables of complex gains have phases to refer.', { table: source });
  const mode = options.refantmode ?? 'flex';
  if (mode !== 'flex' && mode !== 'strict') fail('usage', `refantmode "${mode}" is neither 'flex' nor 'strict'.`);
  const refants = parseRefants(splitTexts(options.refant), table.antennas);
  if (refants.length === 0) fail('usage', 'rerefant needs a reference antenna.');
  const rows = { ...table.rows, params: table.rows.params.slice(), flag: table.rows.flag.slice() };
  const antenna2 = rows.antenna2.slice();
  const groups = solutionsOf(table);
  const solutions = groups.map(({ solution }) => solution);
  referToAntenna(context, solutions, { refants, isStrict: mode === 'strict', antennas: table.antennas });
  for (const { solution, rowOf } of groups) {
    const size = solution.chanCount * solution.parCount;
    rowOf.forEach((row, ant) => {
      if (row < 0) return;
      rows.params.set(solution.params.subarray(2 * ant * size, 2 * (ant + 1) * size), 2 * rows.offsets[row]);
      rows.flag.set(solution.flag.subarray(ant * size, (ant + 1) * size), rows.offsets[row]);
      if (solution.refAnt >= 0) antenna2[row] = solution.refAnt;
    });
  }
  const made = { ...table, rows: { ...rows, antenna2 } };
  const target = options.caltable ? joinPath(context.cwd, options.caltable) : source;
  writeCalTable(target, made);
  context.log.post(`Storing result in ${target}`, 'INFO', 'rerefant');
  return made;
}

interface SolutionRows {
  readonly solution: Solution;
  /** Row of each antenna, -1 for none. */
  readonly rowOf: Int32Array;
}

/** The rows of a table as solutions of all antennas, by window, then time. */
function solutionsOf(table: CalTable): SolutionRows[] {
  const { rows, antennas } = table;
  const groups = new Map<string, SolutionRows>();
  for (let row = 0; row < rows.count; row++) {
    const [spwId, fieldId, time] = [rows.spwId[row], rows.fieldId[row], rows.time[row]];
    const key = `${spwId} ${time} ${fieldId} ${rows.scanNumber[row]} ${rows.observationId[row]}`;
    let group = groups.get(key);
    if (!group) {
      const id = { spwId, fieldId, scanNumber: rows.scanNumber[row], observationId: rows.observationId[row] };
      const solution = emptySolution(id, time, antennas.length, rows.chanCount[row], rows.parCount);
      group = { solution, rowOf: new Int32Array(antennas.length).fill(-1) };
      groups.set(key, group);
    }
    const size = group.solution.chanCount * rows.parCount;
    const ant = rows.antenna1[row];
    group.rowOf[ant] = row;
    group.solution.params.set(rows.params.subarray(2 * rows.offsets[row], 2 * rows.offsets[row + 1]), 2 * ant * size);
    group.solution.flag.set(rows.flag.subarray(rows.offsets[row], rows.offsets[row + 1]), ant * size);
  }
  return [...groups.values()].sort((a, b) => a.solution.spwId - b.solution.spwId || a.solution.time - b.solution.time);
}
