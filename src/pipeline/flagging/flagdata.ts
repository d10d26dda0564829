import { type MeasurementSet, type MsMetadata, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { type Context, errorSentence, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { FlagAgent, OpenModel } from './agent-types.ts';
import { compileAgent, flaggingManner } from './agents.ts';
import { runExtension } from './extension-run.ts';
import {
  type AddedAntenna,
  type FlagCommand,
  formatFlagCommand,
  parseFlagCommand,
  parseMode,
  restateFlagCommand,
  widenTimerange,
} from './flag-command.ts';
import { findRows, runAgents } from './flag-run.ts';
import { type FlagSummary, FlagTally, tallyChunk } from './flag-summary.ts';
import { autosaveFlags } from './flag-version.ts';
import { checkOutfile, commandLines, type KeptCommand, keepInFile, keepInTable } from './kept-commands.ts';

/** Parameters of CASA's flagdata, as far as they are done; `mode` also 'list'. */
export interface FlagdataOptions extends Partial<Omit<FlagCommand, 'mode' | 'addantenna'>> {
  /** shadow: a record of {name, diameter, position}, or a file of such lines. */
  readonly addantenna?: string | Readonly<Record<string, AddedAntenna>>;
  /** Reason stored with a saved command. */
  readonly cmdreason?: string;
  readonly vis: string;
  /** Where clips of the model take it from, virtual models too; without it only a MODEL_DATA column serves. */
  readonly modelOf?: OpenModel;
  readonly mode?: FlagCommand['mode'] | 'list' | string;
  /** Commands of mode 'list': lines, or names of files that hold lines. */
  readonly inpfile?: string | readonly string[];
  /** List mode: keep only commands with one of these reasons; 'any' keeps all. */
  readonly listReason?: string | readonly string[];
  /** List mode: seconds by which ranges of times begin earlier and end later; one number, or two. */
  readonly tbuff?: number | readonly number[];
  /** 'apply' writes flags, 'calculate' only counts, '' does nothing but save parameters. */
  readonly action?: 'apply' | 'calculate' | '' | string;
  readonly flagbackup?: boolean;
  /** Write the commands to `outfile`. */
  readonly savepars?: boolean;
  readonly outfile?: string;
  readonly overwrite?: boolean;
}

export interface FlagdataResult {
  /** Visibilities whose flags changed. */
  readonly changed: number;
  /** The dictionary of a summary; several summaries are keyed by name. */
  readonly summary?: FlagSummary;
  readonly summaries?: Readonly<Record<string, FlagSummary>>;
}

/**
 * Flags data: CASA's flagdata with modes manual, unflag, clip, quack, shadow, elevation, extend, summary and list.
 *
 * @throws usage for a selection that matches nothing (in a list such commands are reported and left out);
 *   unsupported for modes that are not done
 */
export function flagdata(context: Context, options: FlagdataOptions): FlagdataResult {
  const vis = joinPath(context.cwd, options.vis);
  const { commands, kept } = requestedCommands(context, options, () => firstTimeOf(vis));
  const action = options.action ?? 'apply';
  const isApplied = action === 'apply' && commands.some(({ mode }) => mode !== 'summary');
  const isKeptInTable = kept.length > 0 && !options.outfile;
  if (options.outfile && (action === '' || action === 'none')) keepInFile(context, options.outfile, kept);
  if ((action === '' || action === 'none') && !isKeptInTable) return { changed: 0 };
  const ms = openMs(vis, isApplied || isKeptInTable ? 'update' : 'read');
  try {
    if (action === '' || action === 'none') {
      keepInTable(context, ms, kept, { isApplied: false, task: 'flagdata' });
      return { changed: 0 };
    }
    const metadata = readMetadata(ms);
    const agents = compileCommands(context, ms, metadata, commands, options);
    if (isApplied && (options.flagbackup ?? true)) {
      autosaveFlags(ms, 'flagdata');
    }
    const result = applyAgents(context, ms, metadata, agents, isApplied);
    if (isKeptInTable) keepInTable(context, ms, kept, { isApplied: action === 'apply', task: 'flagdata' });
    else if (kept.length > 0) keepInFile(context, String(options.outfile), kept);
    return result;
  } finally {
    ms.close();
  }
}

/**
 * Lets compiled commands work on an open MS; summaries count what the commands before them left, or would leave.
 */
export function applyAgents(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  agents: readonly FlagAgent[],
  apply: boolean,
): FlagdataResult {
  const isCounter = ({ command }: FlagAgent) => command.mode === 'summary';
  const flaggers = agents.filter((agent) => !isCounter(agent));
  if (!apply && agents.length > 1 && flaggers.some(isExtension)) {
    fail(
      'unsupported',
      'The mode extend among other commands needs action="apply": it starts from the flags they write.',
    );
  }
  const summaries: FlagSummary[] = [];
  let changed = 0;
  for (let first = 0; first < agents.length; ) {
    if (isCounter(agents[first])) {
      const before = apply ? [] : agents.slice(0, first).filter((agent) => !isCounter(agent));
      summaries.push(summarize(context, ms, metadata, agents[first++], before));
      continue;
    }
    const next = agents.findIndex((agent, index) => index > first && isCounter(agent));
    const end = next < 0 ? agents.length : next;
    changed += runInOrder(context, ms, metadata, agents.slice(first, end), apply);
    first = end;
  }
  if (flaggers.length > 0) {
    context.log.post(`${changed} flags changed${apply ? '' : ' (not written)'}.`, 'INFO', 'flagdata');
    if (changed === 0 && flaggers.length === 1 && selectsNothing(ms, metadata, flaggers[0].command))
      context.log.post('No rows are selected: there was nothing to flag.', 'WARN', 'flagdata');
  }
  if (summaries.length === 0) return { changed };
  if (summaries.length === 1) return { changed, summary: summaries[0] };
  return { changed, summaries: Object.fromEntries(summaries.map((summary, index) => [`report${index}`, summary])) };
}

function selectsNothing(ms: MeasurementSet, metadata: MsMetadata, command: FlagCommand): boolean {
  const selection = command.mode === 'clip' ? { ...command, correlation: '' } : command;
  return (
    selectRows(ms, selection, { metadata, forgives: ['spw', 'correlation', 'intent', 'antenna'] }).rows.length === 0
  );
}

const isExtension = ({ command }: FlagAgent) => command.mode === 'extend';

/** Commands in one pass, but for extensions, which need what the commands before them flagged. */
function runInOrder(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  agents: readonly FlagAgent[],
  apply: boolean,
): number {
  let changed = 0;
  for (let first = 0; first < agents.length; ) {
    if (isExtension(agents[first])) {
      changed += runExtension(context, ms, metadata, agents[first++], apply);
      continue;
    }
    const next = agents.findIndex((agent, index) => index > first && isExtension(agent));
    const end = next < 0 ? agents.length : next;
    changed += runAgents(context, ms, metadata, agents.slice(first, end), { apply }).changed;
    first = end;
  }
  return changed;
}

/** Counts the flags as `before`, commands whose flags are not written, would leave them. */
function summarize(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  agent: FlagAgent,
  before: readonly FlagAgent[],
): FlagSummary {
  const tally = new FlagTally(agent.command);
  runAgents(context, ms, metadata, [...before, agent], {
    apply: false,
    rows: findRows(ms, [agent]),
    look(chunk) {
      const isChosen = agent.bindRows(agent.rowValues(chunk));
      tallyChunk(tally, metadata, chunk, agent.cover(chunk), isChosen);
    },
  });
  return tally.summary();
}

function compileCommands(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  commands: readonly FlagCommand[],
  { mode, modelOf }: FlagdataOptions,
): FlagAgent[] {
  const isAlone = commands.length === 1;
  const manner = flaggingManner(context, 'flagdata', { isList: mode === 'list', isAlone });
  return commands.flatMap((command) => {
    try {
      return [compileAgent(ms, metadata, command, { modelOf, isAlone, manner })];
    } catch (error) {
      if (mode !== 'list') throw error;
      context.log.post(`Left out: ${formatFlagCommand(command)}: ${errorSentence(error)}`, 'WARN', 'flagdata');
      return [];
    }
  });
}

/** What a call of flagdata asks for. */
export interface RequestedCommands {
  readonly commands: readonly FlagCommand[];
  /** With `savepars`: the commands as they are to be kept. */
  readonly kept: readonly KeptCommand[];
}

/**
 * The commands that a call of flagdata consists of: one, or those of mode list.
 *
 * @param firstTimeSec TIME of the first row of what is to be flagged
 * @throws usage for a command that cannot be read; missing, exists for the files that are named
 */
export function requestedCommands(
  context: Context,
  options: FlagdataOptions,
  firstTimeSec: () => number,
): RequestedCommands {
  const found = listCommands(context, options, firstTimeSec);
  const commands = found.map(({ command }) => command);
  if (!options.savepars || options.mode === 'summary') return { commands, kept: [] };
  checkOutfile(context, options);
  const kept = found.map(({ command, line }) => {
    const reason = options.cmdreason || command.reason || '';
    const text = (withReason: boolean) => {
      const stated = withReason ? reason : '';
      return line === undefined ? formatFlagCommand({ ...command, reason: stated }) : restateFlagCommand(line, stated);
    };
    return { text, reason, mode: command.mode };
  });
  return { commands, kept };
}

function firstTimeOf(vis: string): number {
  const ms = openMs(vis);
  try {
    return ms.main.rowCount === 0 ? 0 : Number(ms.main.column('TIME').get(0));
  } finally {
    ms.close();
  }
}

interface ListedCommand {
  readonly command: FlagCommand;
  /** The line of a list. */
  readonly line?: string;
}

function listCommands(context: Context, options: FlagdataOptions, firstTimeSec: () => number): ListedCommand[] {
  const { vis, mode, modelOf, inpfile, listReason, action, flagbackup, savepars, outfile, overwrite, ...others } =
    options;
  // The reason chooses from lists.
  const { addantenna, cmdreason, tbuff, reason, ...rest } = others;
  if (mode !== 'list') {
    const added = addedAntennas(context, addantenna);
    return [
      { command: { ...rest, ...(added.length > 0 && { addantenna: added }), mode: parseMode(mode ?? 'manual') } },
    ];
  }
  const [before = 0, after = before] = [tbuff ?? 0].flat();
  const firstSec = before === 0 && after === 0 ? 0 : firstTimeSec();
  const commands = commandLines(context, inpfile).map((line) => {
    const command = parseFlagCommand(line);
    const wide = widenTimerange(command, [before, after], firstSec);
    return { command: wide, line: command.timerange ? line.replace(command.timerange, wide.timerange ?? '') : line };
  });
  if (commands.length === 0) {
    const example = "mode='manual' antenna='DA41'";
    fail('usage', `inpfile holds no flag command; give a list of lines such as "${example}", or a file of them.`);
  }
  const wanted = listReason ?? (reason || 'any');
  const reasons = typeof wanted === 'string' ? [wanted] : wanted;
  if (reasons.includes('any')) return commands;
  const chosen = commands.filter(({ command }) => reasons.includes(command.reason ?? ''));
  if (chosen.length === 0) fail('usage', `No command of inpfile has the reason ${reasons.join(', ')}.`);
  return chosen;
}

/** Antennas of a record, or of a file with lines `name=…`, `diameter=…`, `position=[…]`, as CASA's flagdata takes them. */
function addedAntennas(context: Context, given: FlagdataOptions['addantenna']): AddedAntenna[] {
  if (!given) return [];
  if (typeof given !== 'string') return Object.values(given);
  const path = joinPath(context.cwd, given);
  if (!disk().exists(path)) fail('missing', 'There is no file of antennas of this name.', { file: path });
  const found: AddedAntenna[] = [];
  let entry: { name?: string; diameter?: number; position?: number[] } = {};
  for (const line of disk().readText(path).split('\n')) {
    const [, key, value] = /^\s*(name|diameter|position)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === 'name') entry.name = value.replace(/['"]/g, '');
    else if (key === 'diameter') entry.diameter = Number(value);
    else if (key === 'position') entry.position = value.replace(/[[\]]/g, '').split(',').map(Number);
    const { name, diameter, position } = entry;
    if (name === undefined || diameter === undefined || position === undefined) continue;
    if (!(diameter > 0) || position.length !== 3 || position.some(Number.isNaN))
      fail('usage', `The antenna "${name}" needs a diameter and three coordinates.`, { file: path });
    found.push({ name, diameter, position });
    entry = {};
  }
  return found;
}
