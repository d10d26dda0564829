import { formatMjd } from '../../astronomy/measures/index.ts';
import { parseSpw } from '../../astronomy/ms/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { calValue, selectCalRows, windowInfos } from './caltable-selection.ts';

export interface ListcalOptions {
  readonly vis: string;
  readonly caltable: string;
  readonly field?: string;
  readonly antenna?: string;
  readonly spw?: string;
  /** File to write; '' sends the list to the log. */
  readonly listfile?: string;
  /** After so many lines the heading of the columns is repeated; 0: never. Default 50. */
  readonly pagerows?: number;
}

/** Most parameters side by side in one block of the list. */
const COLUMNS_PER_BLOCK = 8;

/** Headings of the parameters of real tables, by type; others have amplitudes and phases. */
const TITLES: Readonly<Record<string, readonly string[]>> = {
  'K Jones': ['    Delay    F'],
  TOpac: ['     Opac    F'],
  'KAntPos Jones': ['      dX m   F', '      dY m   F', '      dZ m   F'],
};

/** How the parameters of a table stand side by side. */
interface Layout {
  readonly fieldWidth: number;
  readonly chanWidth: number;
  /** Heading of each parameter of an antenna */
  readonly titles: readonly string[];
  readonly isReal: boolean;
  readonly antennasPerBlock: number;
}

/** @param rows those of one window */
function layoutOf(table: CalTable, rows: readonly number[]): Layout {
  const given = TITLES[table.visCal];
  const shown = given && given.length > 2 ? table.rows.parCount : Math.min(2, table.rows.parCount);
  const titles = Array.from({ length: shown }, (_, par) => given?.[par % given.length] ?? ' Amp    Phs  F');
  const fields = [...new Set(rows.map((row) => table.rows.fieldId[row]))];
  // As CASA, which looks at as many fields as there are, but at the first ones; here no name is wider than its column.
  const named = [...fields.map((id) => table.fields[id]), ...table.fields.slice(0, fields.length)];
  const fieldWidth = Math.max(...named.map((field) => field?.name.length ?? 0));
  const chanWidth = Math.max(3, Math.round(Math.log10(table.rows.chanCount[rows[0]]) + 0.5));
  return {
    fieldWidth,
    chanWidth,
    titles,
    isReal: given !== undefined,
    antennasPerBlock: Math.floor(COLUMNS_PER_BLOCK / shown),
  };
}

/** Columns of a full block. */
const columnCount = ({ titles, antennasPerBlock }: Layout) => titles.length * antennasPerBlock;

/**
 * Lists the solutions of a calibration table, times down and antennas across, in the columns of CASA 6.7's listcal.
 *
 * @returns the text
 * @throws missing, usage
 */
export function listcal(context: Context, options: ListcalOptions): string {
  const table = readCalTable(joinPath(context.cwd, options.caltable));
  const { field, antenna, spw } = options;
  const rows = selectCalRows(table, { field, antenna, spw });
  const channels = parseSpw(spw ?? '', windowInfos(table));
  const pages = new Pages(options.pagerows ?? 50);
  let solutionCount = 0;
  // As in CASA, a window has its heading though other selections leave no row of it.
  const inWindows = selectCalRows(table, { spw });
  for (const spwId of [...new Set(inWindows.map((row) => table.rows.spwId[row]))].sort((a, b) => a - b)) {
    const all = inWindows.filter((row) => table.rows.spwId[row] === spwId);
    const own = rows.filter((row) => table.rows.spwId[row] === spwId);
    const layout = layoutOf(table, all);
    const day = formatMjd(table.rows.time[all[0]], 0).slice(0, 10);
    let title = [
      `SpwID = ${spwId}, Date = ${day},  CalTable = ${options.caltable} (${table.visCal}), MS name = ${joinPath(context.cwd, options.vis)}`,
      '-'.repeat(13 + layout.fieldWidth + layout.chanWidth + 15 * columnCount(layout)),
    ];
    if (own.length === 0) pages.head(title);
    const antennas = [...new Set(own.map((row) => table.rows.antenna1[row]))].sort((a, b) => a - b);
    for (let first = 0; first < antennas.length; first += layout.antennasPerBlock) {
      const block = antennas.slice(first, first + layout.antennasPerBlock);
      const head = blockHead(table, block, layout);
      pages.head([...title, ...head]);
      title = [];
      for (const line of blockLines(table, layout, own, block, channels.get(spwId) ?? [])) {
        pages.line(line, head);
        solutionCount += block.length;
      }
    }
  }
  const lines = [...pages.lines, '', `Listed ${solutionCount} antenna solutions.`, '', ''];
  const text = lines.join('\n');
  if (options.listfile) disk().writeFile(joinPath(context.cwd, options.listfile), text);
  else for (const line of lines) context.log.post(line, 'INFO', 'listcal');
  return text;
}

/** Repeats a heading where CASA does: it counts a line more for the first heading of a page, and looks after each line. */
class Pages {
  readonly lines: string[] = [];
  private readonly rows: number;
  private count = 0;
  private isFull = true;

  constructor(rows: number) {
    this.rows = rows;
  }

  head(lines: readonly string[]): void {
    this.lines.push(...lines);
    this.count = this.isFull ? lines.length + 1 : this.count + lines.length;
    this.isFull = false;
  }

  line(line: string, head: readonly string[]): void {
    if (this.isFull) this.head(head);
    this.lines.push(line);
    this.count++;
    if (this.rows > 0 && this.count >= this.rows) this.isFull = true;
  }
}

function blockHead(table: CalTable, antennas: readonly number[], layout: Layout): string[] {
  const { fieldWidth, chanWidth } = layout;
  const title = layout.titles.join(' ');
  const names = antennas.map((ant) => ` Ant = ${table.antennas[ant].name}`.padEnd(title.length));
  return [
    `${' '.repeat(12 + fieldWidth + chanWidth)}|${names.join('|')}|`,
    `Time       ${'Field'.padEnd(fieldWidth)} ${'Chn'.padEnd(chanWidth)}|${antennas.map(() => title).join('|')}|`,
    `----------|${'-'.repeat(fieldWidth)}|${'-'.repeat(chanWidth)}|${'--------------|'.repeat(columnCount(layout))}`,
  ];
}

function blockLines(
  table: CalTable,
  layout: Layout,
  rows: readonly number[],
  antennas: readonly number[],
  ranges: readonly (readonly [first: number, last: number])[],
): string[] {
  const { time, antenna1, fieldId, chanCount } = table.rows;
  const lines: string[] = [];
  const byTime = new Map<number, Map<number, number>>();
  for (const row of rows) {
    if (!antennas.includes(antenna1[row])) continue;
    const found = byTime.get(time[row]) ?? new Map<number, number>();
    byTime.set(time[row], found.set(antenna1[row], row));
  }
  for (const [at, byAntenna] of [...byTime].sort(([a], [b]) => a - b)) {
    const any = byAntenna.values().next().value as number;
    const field = table.fields[fieldId[any]]?.name ?? '';
    const head = `${formatMjd(at, 1).slice(11)} ${field.padEnd(layout.fieldWidth)}`;
    for (let chan = 0; chan < chanCount[any]; chan++) {
      if (chanCount[any] > 1 && !ranges.some(([first, last]) => chan >= first && chan <= last)) continue;
      const cells = antennas.map((ant) => cellText(table, layout, byAntenna.get(ant), chan));
      lines.push(`${head} ${String(chan).padStart(layout.chanWidth)}|${cells.join(' ')} `);
    }
  }
  return lines;
}

function cellText(table: CalTable, { titles, isReal }: Layout, row: number | undefined, chan: number): string {
  const { offsets, parCount, flag } = table.rows;
  const parts = titles.map((_, par) => {
    if (row === undefined) return ' '.repeat(14);
    const cell = offsets[row] + chan * parCount + par;
    if (isReal) return `${table.rows.params[cell].toFixed(5).padStart(10)}   ${flag[cell] ? 'F' : ' '}`;
    const phase = table.parType === 'Complex' ? calValue(table, cell, 'phase') : 0;
    const amp = calValue(table, cell, 'value').toFixed(3);
    return `${amp} ${phase.toFixed(1).padStart(6)} ${flag[cell] ? 'F' : ' '}`;
  });
  return parts.join(' ');
}
