import { parseSpw } from '../../astronomy/ms/index.ts';
import { type Context, errorSentence, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import {
  autosaveFlags,
  type FlagCommand,
  type FlagdataOptions,
  type FlagdataResult,
  type FlagRowNames,
  type FlagSummary,
  FlagTally,
  formatFlagCommand,
  keepInFile,
  openFlagged,
  requestedCommands,
} from '../flagging/index.ts';
import type { CalTable } from './caltable.ts';
import { clipTest } from './caltable-clip.ts';
import { type CellChoice, extendSolutions, forEachCell, quackedRows } from './caltable-flag-spread.ts';
import { readCalTable } from './caltable-read.ts';
import { selectCalRows, windowInfos } from './caltable-selection.ts';
import { writeCalFlags } from './caltable-write.ts';

const MODES: readonly string[] = ['manual', 'unflag', 'clip', 'quack', 'extend', 'summary'];
/** Selections of MeasurementSets that name nothing in a calibration table. */
const FOREIGN = ['uvrange', 'intent', 'array'] as const;

/**
 * Flags solutions of a calibration table: flagdata with modes manual, unflag, clip, quack, extend, summary and list on a table instead of a
 * MeasurementSet. Channels of the selection's windows are channels of the solutions; the parameters of a channel are
 * called Sol1, Sol2 … where data have correlations.
 *
 * @throws usage for a selection that names nothing in the table; unsupported for other modes
 */
export function flagCalTable(context: Context, options: FlagdataOptions): FlagdataResult {
  const path = joinPath(context.cwd, options.vis);
  const { commands, kept } = requestedCommands(context, options, () =>
    readCalTable(path).rows.time.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY),
  );
  const { action = 'apply' } = options;
  if (options.outfile && kept.length > 0) keepInFile(context, options.outfile, kept);
  else if (kept.length > 0)
    context.log.post('A calibration table keeps no commands: name an outfile.', 'WARN', 'flagdata');
  if (action === '' || action === 'none') return { changed: 0 };
  const table = readCalTable(path);
  const isList = options.mode === 'list';
  const plans = commands.flatMap((command) => {
    try {
      return [{ command, cells: chooseCells(context, table, command) }];
    } catch (error) {
      if (!isList) throw error;
      context.log.post(`Left out: ${formatFlagCommand(command)}: ${errorSentence(error)}`, 'WARN', 'flagdata');
      return [];
    }
  });
  const flaggers = plans.filter(({ command }) => command.mode !== 'summary');
  let changed = 0;
  for (const { command, cells } of flaggers) {
    if (command.mode === 'extend') changed += extendSolutions(table, cells, command);
    else changed += setFlags(table, cells, command, commands.length === 1 ? cells.rows : undefined);
  }
  if (flaggers.length > 0) context.log.post(`${changed} flags of solutions changed.`, 'INFO', 'flagdata');
  if (action === 'apply' && flaggers.length > 0) writeFlags(path, table, options.flagbackup ?? true);
  const summaries = plans
    .filter(({ command }) => command.mode === 'summary')
    .map(({ command, cells }) => summarize(table, cells, command));
  if (summaries.length < 2) return { changed, summary: summaries[0] };
  return { changed, summaries: Object.fromEntries(summaries.map((summary, index) => [`report${index}`, summary])) };
}

function writeFlags(path: string, table: CalTable, isBackedUp: boolean): void {
  const opened = openFlagged(path, 'update');
  try {
    if (isBackedUp) autosaveFlags(opened, 'flagdata');
    writeCalFlags(opened.main, table.rows);
  } finally {
    opened.close();
  }
}

function chooseCells(context: Context, table: CalTable, command: FlagCommand): CellChoice {
  if (!MODES.includes(command.mode)) {
    const known = MODES.join(', ');
    fail('unsupported', `Calibration tables are flagged with modes ${known} and list, not with ${command.mode}.`);
  }
  const foreign = FOREIGN.find((name) => command[name]);
  if (foreign) fail('usage', `Calibration tables are not selected by ${foreign}; leave it empty.`);
  const { antenna, spw, field, scan, timerange } = command;
  const observation = String(command.observation ?? '');
  // CASA 4 went on with the windows that are there, and scripts of 2014 rest on that.
  const manner = { warn: warningsOf(context, 'flagdata'), forgives: ['spw'] as const };
  // Rows are chosen by the same text, which warns once.
  const channels = spw ? parseSpw(spw, windowInfos(table), { forgives: manner.forgives }) : undefined;
  const { rows } = table;
  return {
    rows: selectCalRows(table, { antenna, spw, field, scan, timerange, observation }, manner),
    rangesOf: (row) => channels?.get(rows.spwId[row]) ?? [[0, rows.chanCount[row] - 1]],
    params: chooseParams(context, command.correlation ?? '', rows.parCount),
  };
}

/** Parameters that `Sol1,Sol2` or, for a clip, `ABS_Sol1` names; a correlation of data names none, and CASA flags nothing then. */
function chooseParams(context: Context, text: string, parCount: number): number[] {
  const all = Array.from({ length: parCount }, (_, param) => param);
  const names = text.replace(/^(?:ABS|ARG|REAL|IMAG|NORM)[_ ]/i, '').toUpperCase();
  if (names === '' || names === 'ALL') return all;
  const wanted = names.split(',').map((name) => name.trim());
  const chosen = all.filter((param) => wanted.includes(`SOL${param + 1}`));
  if (chosen.length === 0)
    context.log.post(
      `No parameter of the table is called ${text}: they are ${all.map((param) => `Sol${param + 1}`).join(', ')}.`,
      'WARN',
      'flagdata',
    );
  return chosen;
}

/** @param scanRows those among which scans begin and end, for quack; undefined: all */
function setFlags(
  table: CalTable,
  choice: CellChoice,
  command: FlagCommand,
  scanRows: readonly number[] | undefined,
): number {
  const { flag } = table.rows;
  const value = command.mode === 'unflag' ? 0 : 1;
  const isMeant = command.mode === 'clip' ? clipTest(table, command) : () => true;
  let changed = 0;
  const isAtEdge = command.mode === 'quack' ? quackedRows(table, scanRows, command) : () => true;
  for (const row of choice.rows) {
    if (!isAtEdge(row)) continue;
    forEachCell(table, choice, row, (cell) => {
      if (flag[cell] === value || !isMeant(cell)) return;
      flag[cell] = value;
      changed++;
    });
  }
  return changed;
}

function summarize(table: CalTable, choice: CellChoice, command: FlagCommand): FlagSummary {
  const tally = new FlagTally(command);
  const { flag, parCount } = table.rows;
  for (const row of choice.rows) {
    const names = namesOfRow(table, row);
    let [flagged, total] = [0, 0];
    forEachCell(table, choice, row, (cell, chan) => {
      flagged += flag[cell];
      total++;
      tally.addCorrelation(names, `Sol${1 + (cell % parCount)}`, flag[cell], 1);
      tally.addChannel(names, chan, flag[cell], 1);
    });
    tally.addRow(names, flagged, total);
  }
  return tally.summary();
}

/** The reference antenna, where there is one, counts as the second antenna of a solution, as in CASA. */
function namesOfRow({ rows, antennas, fields }: CalTable, row: number): FlagRowNames {
  const antenna1 = antennas[rows.antenna1[row]]?.name ?? String(rows.antenna1[row]);
  return {
    antenna1,
    antenna2: antennas[rows.antenna2[row]]?.name ?? antenna1,
    array: -1,
    field: fields[rows.fieldId[row]]?.name ?? String(rows.fieldId[row]),
    observation: rows.observationId[row],
    scan: rows.scanNumber[row],
    spw: rows.spwId[row],
  };
}
