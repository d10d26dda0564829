import { type MeasurementSet, openMs, readMetadata, readNumbers, readTexts } from '../../astronomy/ms/index.ts';
import { removeRows } from '../../formats/tables/index.ts';
import { type Context, errorSentence, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { FlagAgent, OpenModel } from './agent-types.ts';
import { compileAgent } from './agents.ts';
import { type FlagCommand, parseFlagCommand } from './flag-command.ts';
import { saveFlagVersion, unusedVersionName } from './flag-version.ts';
import { applyAgents } from './flagdata.ts';

/** Parameters of CASA's flagcmd, as far as they are done. */
export interface FlagcmdOptions {
  readonly vis: string;
  /** Where clips of the model take it from; see flagdata. */
  readonly modelOf?: OpenModel;
  readonly inpmode?: 'table' | 'list' | string;
  /** Table mode: another MS whose FLAG_CMD is read; list mode: lines or files of lines. */
  readonly inpfile?: string | readonly string[];
  readonly tablerows?: readonly number[];
  readonly reason?: string | readonly string[];
  /** Also commands marked as applied. */
  readonly useapplied?: boolean;
  readonly action?: 'apply' | 'unapply' | 'list' | 'plot' | 'clear' | string;
  readonly flagbackup?: boolean;
  /** clear: rows of FLAG_CMD to remove; all of them with `clearall`. */
  readonly rowlist?: readonly number[];
  readonly clearall?: boolean;
  /** list: write the commands to `outfile`. */
  readonly savepars?: boolean;
  readonly outfile?: string;
  readonly overwrite?: boolean;
}

/** A command with what FLAG_CMD keeps about it. */
export interface StoredCommand {
  /** Row of FLAG_CMD, or line of a list. */
  readonly row: number;
  readonly text: string;
  readonly reason: string;
  readonly isApplied: boolean;
  readonly command: FlagCommand;
}

export interface FlagcmdResult {
  /** The commands chosen. */
  readonly commands: readonly StoredCommand[];
  readonly changed: number;
}

/**
 * Lists, applies, takes back or removes the flag commands kept in FLAG_CMD or in a list: CASA's flagcmd; {@link flagFigure} plots them.
 *
 * A command that cannot be understood, or selects nothing in this MS, is reported and left out.
 */
export function flagcmd(context: Context, options: FlagcmdOptions): FlagcmdResult {
  const action = options.action ?? 'apply';
  const isWriting = action === 'apply' || action === 'unapply' || action === 'clear';
  const ms = openMs(joinPath(context.cwd, options.vis), isWriting ? 'update' : 'read');
  try {
    const stored = chooseCommands(readStored(context, ms, options), options, action === 'unapply');
    switch (action) {
      case 'list':
      case 'extract':
        for (const { row, text, reason } of stored) context.log.post(`${row} ${text} ${reason}`, 'INFO', 'flagcmd');
        if (options.savepars && options.outfile) saveStored(context, stored, options);
        return { commands: stored, changed: 0 };
      case 'plot':
        return { commands: stored, changed: 0 };
      case 'clear':
        return { commands: stored, changed: clearStored(context, ms, options) };
      case 'apply':
      case 'unapply':
        return { commands: stored, changed: applyStored(context, ms, stored, options, action === 'apply') };
      default:
        return fail(
          'usage',
          `"${action}" is not an action of flagcmd; use apply, unapply, list, extract, plot or clear.`,
        );
    }
  } finally {
    ms.close();
  }
}

function applyStored(
  context: Context,
  ms: MeasurementSet,
  stored: readonly StoredCommand[],
  options: FlagcmdOptions,
  isApplying: boolean,
): number {
  const metadata = readMetadata(ms);
  const agents: FlagAgent[] = [];
  const done: StoredCommand[] = [];
  for (const entry of stored) {
    try {
      const command = isApplying ? entry.command : ({ ...entry.command, mode: 'unflag' } as const);
      agents.push(compileAgent(ms, metadata, command, options.modelOf));
      done.push(entry);
    } catch (error) {
      context.log.post(`Left out: ${entry.text}: ${errorSentence(error)}`, 'WARN', 'flagcmd');
    }
  }
  if (agents.length === 0) return 0;
  if (options.flagbackup ?? true)
    saveFlagVersion(ms, unusedVersionName(ms.path, 'flagcmd'), 'Flags autosave by flagcmd');
  const { changed } = applyAgents(context, ms, metadata, agents, true);
  if ((options.inpmode ?? 'table') === 'table' && !options.inpfile) {
    const column = ms.subtable('FLAG_CMD').column('APPLIED');
    for (const { row } of done) column.put(row, isApplying);
  }
  return changed;
}

/** Removes rows of FLAG_CMD; flags of data stay as they are. Returns the number of rows removed. */
function clearStored(context: Context, ms: MeasurementSet, options: FlagcmdOptions): number {
  if (!ms.hasSubtable('FLAG_CMD')) return 0;
  const table = ms.subtable('FLAG_CMD');
  const chosen = options.clearall ? Array.from({ length: table.rowCount }, (_, row) => row) : (options.rowlist ?? []);
  const rows = [...new Set(chosen)].sort((a, b) => a - b);
  const wrong = rows.find((row) => row < 0 || row >= table.rowCount);
  if (wrong !== undefined) fail('usage', `FLAG_CMD has no row ${wrong}.`, { file: ms.path });
  if (rows.length === 0) fail('usage', 'flagcmd(action="clear") needs rowlist, or clearall=True.');
  removeRows(table, Int32Array.from(rows));
  context.log.post(`${rows.length} rows of FLAG_CMD removed.`, 'INFO', 'flagcmd');
  return rows.length;
}

/** Writes commands as lines that list mode reads. */
function saveStored(context: Context, stored: readonly StoredCommand[], options: FlagcmdOptions): void {
  const path = joinPath(context.cwd, options.outfile ?? '');
  if (disk().exists(path) && options.overwrite === false) {
    fail('exists', 'The file for the flag commands exists already; set overwrite or choose another name.', {
      file: path,
    });
  }
  const lines = stored.map(({ text, reason, command }) =>
    reason === '' || command.reason ? text : `${text} reason='${reason}'`,
  );
  disk().writeFile(path, `${lines.join('\n')}\n`);
}

function chooseCommands(
  stored: readonly StoredCommand[],
  options: FlagcmdOptions,
  isUnapplying: boolean,
): StoredCommand[] {
  const reasons = typeof options.reason === 'string' ? [options.reason] : (options.reason ?? ['any']);
  const rows = new Set(options.tablerows ?? []);
  return stored.filter(({ row, reason, isApplied }) => {
    if (rows.size > 0 && !rows.has(row)) return false;
    if (!reasons.includes('any') && !reasons.includes(reason)) return false;
    return isUnapplying ? isApplied : (options.useapplied ?? false) || !isApplied;
  });
}

function readStored(context: Context, ms: MeasurementSet, options: FlagcmdOptions): StoredCommand[] {
  const inpmode = options.inpmode ?? 'table';
  if (inpmode === 'table') {
    if (typeof options.inpfile === 'string' && options.inpfile !== '') {
      const other = openMs(joinPath(context.cwd, options.inpfile));
      try {
        return readTable(context, other);
      } finally {
        other.close();
      }
    }
    return readTable(context, ms);
  }
  if (inpmode !== 'list') fail('unsupported', `flagcmd(inpmode="${inpmode}") is not done; use table or list.`);
  const entries = typeof options.inpfile === 'string' ? [options.inpfile] : (options.inpfile ?? []);
  const lines = entries.flatMap((entry) =>
    entry.includes('=') ? [entry] : disk().readText(joinPath(context.cwd, entry)).split('\n'),
  );
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((text, row) => understand(context, { row, text, reason: '', isApplied: false }));
}

function readTable(context: Context, ms: MeasurementSet): StoredCommand[] {
  if (!ms.hasSubtable('FLAG_CMD')) return [];
  const table = ms.subtable('FLAG_CMD');
  const reasons = readTexts(table, 'REASON');
  const applied = readNumbers(table, 'APPLIED', 0);
  return readTexts(table, 'COMMAND').flatMap((text, row) =>
    understand(context, { row, text, reason: reasons[row], isApplied: applied[row] !== 0 }),
  );
}

function understand(context: Context, entry: Omit<StoredCommand, 'command'>): StoredCommand[] {
  if (entry.text.trim() === '') return [];
  try {
    const command = parseFlagCommand(entry.text);
    return [{ ...entry, reason: entry.reason || (command.reason ?? ''), command }];
  } catch (error) {
    context.log.post(`Left out: ${errorSentence(error)}`, 'WARN', 'flagcmd');
    return [];
  }
}
