import { type MeasurementSet, openMs, readMetadata, readNumbers, readTexts } from '../../astronomy/ms/index.ts';
import { removeRows } from '../../formats/tables/index.ts';
import { type Context, errorSentence, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { FlagAgent, OpenModel } from './agent-types.ts';
import { compileAgent, flaggingManner } from './agents.ts';
import { type FlagCommand, parseFlagCommand, restateFlagCommand } from './flag-command.ts';
import { autosaveFlags } from './flag-version.ts';
import { applyAgents } from './flagdata.ts';
import { checkOutfile, commandLines, keepInFile, keepInTable } from './kept-commands.ts';

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
  /** Table mode: also commands marked as applied; to take those back it is needed. */
  readonly useapplied?: boolean;
  readonly action?: 'apply' | 'unapply' | 'list' | 'plot' | 'clear' | string;
  readonly flagbackup?: boolean;
  /** clear: rows of FLAG_CMD to remove; empty: all of them. */
  readonly rowlist?: readonly number[];
  /** clear: without it nothing is removed. */
  readonly clearall?: boolean;
  /** list, apply, unapply: keep the commands in `outfile`, or in FLAG_CMD (those that do not come from there) when it is empty. */
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
 * To take a command back is to unflag what it finds, whether or not it is marked as applied. A command that cannot be understood, or
 * selects nothing in this MS, is reported and left out; so is that there is no command at all, where CASA stops.
 */
export function flagcmd(context: Context, options: FlagcmdOptions): FlagcmdResult {
  const action = options.action ?? 'apply';
  if (!['apply', 'unapply', 'list', 'extract', 'plot', 'clear'].includes(action))
    fail('usage', `"${action}" is not an action of flagcmd; use apply, unapply, list, extract, plot or clear.`);
  if (action === 'unapply' && (options.inpmode ?? 'table') !== 'table')
    fail('usage', 'Only commands of FLAG_CMD can be taken back; keep those of a list there first, with savepars=True.');
  const isWriting = action === 'apply' || action === 'unapply' || action === 'clear' || isKeptInTable(options);
  const ms = openMs(joinPath(context.cwd, options.vis), isWriting ? 'update' : 'read');
  try {
    if (action === 'clear') return { commands: [], changed: clearStored(context, ms, options) };
    const stored = chooseCommands(readStored(context, ms, options), options);
    if (stored.length === 0) {
      context.log.post(
        'There are no flag commands to use; commands applied before need useapplied=True.',
        'WARN',
        'flagcmd',
      );
      return { commands: stored, changed: 0 };
    }
    const isFlagging = action === 'apply' || action === 'unapply';
    if (options.savepars && (isFlagging || action === 'list')) checkOutfile(context, options);
    const changed = isFlagging ? applyStored(context, ms, stored, options, action === 'apply') : 0;
    if (action === 'list' || action === 'extract')
      for (const { row, text, reason } of stored) context.log.post(`${row} ${text} ${reason}`, 'INFO', 'flagcmd');
    if (options.savepars && (isFlagging || action === 'list'))
      keepCommands(context, ms, stored, options, action === 'apply');
    return { commands: stored, changed };
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
  const isAlone = stored.length === 1;
  const manner = flaggingManner(context, 'flagcmd', { isList: true, isAlone });
  for (const entry of stored) {
    try {
      const how = { modelOf: options.modelOf, isUndoing: !isApplying, isAlone, manner };
      agents.push(compileAgent(ms, metadata, entry.command, how));
      done.push(entry);
    } catch (error) {
      context.log.post(`Left out: ${entry.text}: ${errorSentence(error)}`, 'WARN', 'flagcmd');
    }
  }
  if (agents.length === 0) return 0;
  if (options.flagbackup ?? true) autosaveFlags(ms, 'flagcmd');
  const { changed } = applyAgents(context, ms, metadata, agents, true);
  if (isOwnTable(options)) {
    const column = ms.subtable('FLAG_CMD').column('APPLIED');
    for (const { row } of done) column.put(row, isApplying);
  }
  return changed;
}

/** The commands come from FLAG_CMD of the MS itself. */
const isOwnTable = ({ inpmode = 'table', inpfile }: FlagcmdOptions): boolean =>
  inpmode === 'table' && (inpfile ?? '').length === 0;

/** The commands are to be kept in FLAG_CMD and are not there yet. */
const isKeptInTable = (options: FlagcmdOptions): boolean =>
  Boolean(options.savepars) && !options.outfile && !isOwnTable(options);

/** Removes rows of FLAG_CMD; flags of data stay as they are. Returns the number of rows removed. */
function clearStored(context: Context, ms: MeasurementSet, options: FlagcmdOptions): number {
  if (!options.clearall) {
    context.log.post('Nothing is removed from FLAG_CMD without clearall=True.', 'WARN', 'flagcmd');
    return 0;
  }
  if (!ms.hasSubtable('FLAG_CMD')) return 0;
  const table = ms.subtable('FLAG_CMD');
  const chosen = options.rowlist ?? [];
  const rows =
    chosen.length > 0
      ? [...new Set(chosen)].sort((a, b) => a - b)
      : Array.from({ length: table.rowCount }, (_, row) => row);
  const wrong = rows.find((row) => row < 0 || row >= table.rowCount);
  if (wrong !== undefined) fail('usage', `FLAG_CMD has no row ${wrong}.`, { file: ms.path });
  removeRows(table, Int32Array.from(rows));
  context.log.post(`${rows.length} rows of FLAG_CMD removed.`, 'INFO', 'flagcmd');
  return rows.length;
}

/** Writes commands as lines that list mode reads, or as new rows of FLAG_CMD. */
function keepCommands(
  context: Context,
  ms: MeasurementSet,
  stored: readonly StoredCommand[],
  options: FlagcmdOptions,
  isApplied: boolean,
): void {
  const kept = stored.map(({ text, reason, command: { mode } }) => ({
    text: (withReason: boolean) => restateFlagCommand(text, withReason ? reason : ''),
    reason,
    mode,
  }));
  if (options.outfile) keepInFile(context, options.outfile, kept);
  else if (!isOwnTable(options)) keepInTable(context, ms, kept, { isApplied, task: 'flagcmd' });
}

function chooseCommands(stored: readonly StoredCommand[], options: FlagcmdOptions): StoredCommand[] {
  const reasons = typeof options.reason === 'string' ? [options.reason] : (options.reason ?? ['any']);
  const rows = new Set(options.tablerows ?? []);
  return stored.filter(
    ({ row, reason, isApplied }) =>
      (rows.size === 0 || rows.has(row)) &&
      (reasons.includes('any') || reasons.includes(reason)) &&
      (options.useapplied || !isApplied),
  );
}

function readStored(context: Context, ms: MeasurementSet, options: FlagcmdOptions): StoredCommand[] {
  const inpmode = options.inpmode ?? 'table';
  if (inpmode === 'table') {
    const [name = ''] = [options.inpfile ?? ''].flat();
    if (name !== '') {
      const other = openMs(joinPath(context.cwd, name));
      try {
        return readTable(context, other);
      } finally {
        other.close();
      }
    }
    return readTable(context, ms);
  }
  if (inpmode !== 'list') fail('unsupported', `flagcmd(inpmode="${inpmode}") is not done; use table or list.`);
  return commandLines(context, options.inpfile).flatMap((text, row) =>
    understand(context, { row, text, reason: '', isApplied: false }),
  );
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
