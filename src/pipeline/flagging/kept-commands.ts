import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

/** A command to keep. */
export interface KeptCommand {
  /** The line; in a file with its reason, in FLAG_CMD without it. */
  readonly text: (withReason: boolean) => string;
  readonly reason: string;
  readonly mode: string;
}

/** Where commands are kept. */
export interface KeepOptions {
  /** File to write; empty: FLAG_CMD. */
  readonly outfile?: string;
  readonly overwrite?: boolean;
}

/** @throws exists when the file for the commands may not be replaced; asked before flags change */
export function checkOutfile(context: Context, { outfile, overwrite }: KeepOptions): void {
  if (!outfile || overwrite !== false) return;
  const path = joinPath(context.cwd, outfile);
  if (disk().exists(path))
    fail('exists', 'The file for the flag commands exists already; set overwrite or choose another name.', {
      file: path,
    });
}

/** Writes commands as lines that list mode reads. */
export function keepInFile(context: Context, outfile: string, commands: readonly KeptCommand[]): void {
  const lines = commands.map(({ text }) => `${text(true)}\n`);
  disk().writeFile(joinPath(context.cwd, outfile), lines.join(''));
}

/** Adds commands to FLAG_CMD, but for summaries. */
export function keepInTable(
  context: Context,
  ms: MeasurementSet,
  commands: readonly KeptCommand[],
  { isApplied, task }: { readonly isApplied: boolean; readonly task: string },
): void {
  const kept = commands.filter(({ mode }) => mode !== 'summary');
  const table = ms.subtable('FLAG_CMD');
  const start = table.rowCount;
  table.addRows(kept.length);
  for (const [index, { text, reason }] of kept.entries()) {
    const cells = { APPLIED: isApplied, COMMAND: text(false), REASON: reason, TYPE: '' };
    for (const [name, value] of Object.entries(cells)) table.column(name).put(start + index, value);
    for (const name of ['INTERVAL', 'LEVEL', 'SEVERITY', 'TIME']) table.column(name).put(start + index, 0);
  }
  context.log.post(`${kept.length} commands kept in FLAG_CMD.`, 'INFO', task);
}

/** The commands of a list: lines, or names of files of lines; comments and empty lines are left out. */
export function commandLines(context: Context, entries: string | readonly string[] = []): string[] {
  return [entries]
    .flat()
    .flatMap((entry) => {
      if (entry.includes('=') || entry.startsWith('#') || entry.trim() === '') return [entry];
      const path = joinPath(context.cwd, entry);
      if (!disk().exists(path)) fail('missing', 'There is no file of flag commands of this name.', { file: path });
      return disk().readText(path).split('\n');
    })
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
