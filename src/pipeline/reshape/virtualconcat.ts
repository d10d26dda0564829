import { appendHistory, type MeasurementSet, openMs } from '../../astronomy/ms/index.ts';
import { ensureDataColumn } from '../../astronomy/visibility/index.ts';
import { openTable, removeRows, type Table, writeConcatenation } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import {
  cellColumns,
  type JoinInput,
  type JoinOptions,
  openInputs,
  ScanNumbers,
  tolerancesOf,
  warnUnitWeights,
} from './concat-inputs.ts';
import { renumberRows } from './concat-rows.ts';
import {
  appendPointing,
  appendSubtables,
  clearStates,
  identityMaps,
  type MergeMaps,
  mergeSubtables,
} from './merge-maps.ts';
import { noteModelChannels } from './model-channels.ts';

/** Parameters of CASA's virtualconcat. */
export interface VirtualconcatOptions extends JoinOptions {
  /** Leaves the inputs where they are; otherwise they are removed when the multi-MS is whole. */
  readonly keepcopy?: boolean;
}

/** Subtables that every part of a multi-MS has for itself; all others are links to those of the first. */
const OWN_SUBTABLES = ['SOURCE', 'HISTORY'];

/**
 * Makes a multi-MS of MeasurementSets: CASA 6.7's virtualconcat. The parts lie in SUBMSS with the numbers that concat would give
 * them; MAIN is the concatenation of theirs, subtables are those of the earliest part.
 *
 * The parts are copies until the multi-MS is whole; only then the inputs go, unless `keepcopy`.
 *
 * @throws usage for inputs of one name; bad-data where their columns differ; exists when the output is there
 */
export function virtualconcat(context: Context, options: VirtualconcatOptions): void {
  const concatvis = joinPath(context.cwd, options.concatvis);
  const inputs = openInputs(context, 'virtualconcat', options);
  try {
    checkInputs(inputs);
    warnUnitWeights(context, 'virtualconcat', inputs);
    writeWhole(concatvis, false, (path) => assemble(context, path, inputs, options));
  } finally {
    for (const { ms } of inputs) ms.close();
  }
  if (!options.keepcopy) for (const { ms } of inputs) disk().remove(ms.path);
}

function checkInputs(inputs: readonly JoinInput[]): void {
  const names = new Set<string>();
  for (const { ms } of inputs) {
    const name = baseName(ms.path);
    if (names.has(name))
      fail('usage', `Two MeasurementSets are called ${name}; parts of a multi-MS need names of their own.`);
    names.add(name);
    if (disk().exists(joinPath(ms.path, 'SUBMSS')))
      fail('unsupported', 'This is a multi-MS already; name its parts in SUBMSS, or join with concat.', {
        file: ms.path,
      });
  }
}

function assemble(context: Context, path: string, inputs: readonly JoinInput[], options: VirtualconcatOptions): void {
  const columns = cellColumns(inputs);
  const paths = inputs.map(({ ms }) => joinPath(path, 'SUBMSS', baseName(ms.path)));
  inputs.forEach(({ ms }, index) => {
    context.checkAbort();
    disk().copy(ms.path, paths[index]);
  });
  const parts = paths.map((part) => openMs(part, 'update'));
  try {
    completeColumns(parts, columns);
    mergeParts(context, parts, inputs, columns, options);
    const order = inputs.map(({ ms }) => baseName(ms.path));
    appendHistory(parts[0], 'virtualconcat', { order, freqtol: options.freqtol ?? '', dirtol: options.dirtol ?? '' });
  } finally {
    for (const part of parts) part.close();
  }
  if (options.copypointing ?? true) joinPointing(context, paths);
  linkSubtables(path, paths);
  writeMain(path, paths);
}

/** CORRECTED_DATA and MODEL_DATA in all parts; @throws bad-data where the parts have different columns then */
function completeColumns(parts: readonly MeasurementSet[], columns: readonly string[]): void {
  for (const part of parts) {
    for (const name of ['CORRECTED_DATA', 'MODEL_DATA'] as const)
      if (columns.includes(name)) ensureDataColumn(part, name);
  }
  const expected = [...parts[0].main.columnNames].sort().join(', ');
  for (const { main, path } of parts) {
    const found = [...main.columnNames].sort().join(', ');
    if (found !== expected) {
      const sentence = `Parts of a multi-MS need the same columns: the first has ${expected}; this one has ${found}. Use concat.`;
      fail('bad-data', sentence, { file: baseName(path) });
    }
  }
}

function mergeParts(
  context: Context,
  parts: readonly MeasurementSet[],
  inputs: readonly JoinInput[],
  columns: readonly string[],
  options: VirtualconcatOptions,
): void {
  const [first] = parts;
  const scans = new ScanNumbers();
  parts.forEach((part, index) => {
    context.checkAbort();
    const { scale } = inputs[index];
    const isFirst = index === 0;
    const maps = isFirst ? identityMaps() : mergeSubtables(context, first, part, tolerancesOf(options, inputs[index]));
    const scanOffset = isFirst ? () => 0 : scans.offsets(part, maps);
    scans.note(part, (id) => maps.observation[id] ?? id, scanOffset);
    if (!isFirst) {
      appendSubtables(context, first, part, maps);
      renumberPointing(part, maps);
      if (!maps.state) for (const earlier of parts.slice(0, index)) clearStates(earlier);
    }
    if (!isFirst || scale !== 1) renumberRows(context, part, columns, { maps, scanOffset, weightScale: scale });
  });
  if (!(options.copypointing ?? true)) empty(first.subtable('POINTING'));
  if (columns.includes('MODEL_DATA')) for (const part of parts.slice(1)) noteModelChannels(part, first);
}

function renumberPointing(part: MeasurementSet, maps: MergeMaps): void {
  if (!part.hasSubtable('POINTING')) return;
  const table = part.subtable('POINTING');
  if (table.rowCount === 0) return;
  const ids = table.column('ANTENNA_ID').getRange(0, table.rowCount) as Int32Array;
  for (let row = 0; row < ids.length; row++) ids[row] = maps.antenna[ids[row]] ?? ids[row];
  table.column('ANTENNA_ID').putRange(0, ids.length, ids);
}

function empty(table: Table): void {
  if (table.rowCount > 0)
    removeRows(
      table,
      Array.from({ length: table.rowCount }, (_, row) => row),
    );
}

/** POINTING of the first part becomes the concatenation of all, as CASA lays it out. */
function joinPointing(context: Context, paths: readonly string[]): void {
  const name = (path: string) => joinPath(path, 'POINTING');
  const present = paths.filter((path) => disk().exists(joinPath(name(path), 'table.dat')));
  if (present[0] !== paths[0] || present.length < 2) return;
  const columnsOf = (path: string) => {
    const table = openTable(name(path));
    const names = [...table.columnNames].sort().join();
    table.close();
    return names;
  };
  if (new Set(present.map(columnsOf)).size > 1) {
    appendAll(context, present);
    return;
  }
  const home = name(paths[0]);
  disk().rename(home, `${home}0`);
  disk().makeDirectory(joinPath(home, 'SUBTBS'));
  const moved = present.map((path, index) => {
    const to = joinPath(home, 'SUBTBS', `POINTING${index}`);
    disk().rename(index === 0 ? `${home}0` : name(path), to);
    return to;
  });
  const tables = moved.map((path) => openTable(path));
  writeConcatenation(home, tables);
  for (const table of tables) table.close();
}

/** Tables of different columns cannot be concatenated: the rows are copied. */
function appendAll(context: Context, paths: readonly string[]): void {
  const first = openMs(paths[0], 'update');
  for (const path of paths.slice(1)) {
    const part = openMs(path);
    appendPointing(context, first, part, identityMaps());
    part.close();
  }
  first.close();
}

/** Links the subtables of the first part from the multi-MS and from the other parts. */
function linkSubtables(path: string, paths: readonly string[]): void {
  const files = disk();
  const [first, ...others] = paths;
  const names = files.list(first).filter((name) => files.exists(joinPath(first, name, 'table.dat')));
  for (const name of names) files.link(joinPath('SUBMSS', baseName(first), name), joinPath(path, name));
  for (const other of others) {
    for (const name of names) {
      const at = joinPath(other, name);
      files.remove(at);
      if (OWN_SUBTABLES.includes(name)) files.copy(joinPath(first, name), at);
      else files.link(joinPath('..', baseName(first), name), at);
    }
  }
}

function writeMain(path: string, paths: readonly string[]): void {
  const tables = paths.map((part) => openTable(part));
  writeConcatenation(path, tables);
  for (const table of tables) table.close();
  const list = paths.map((part) => `  SUBMSS/${baseName(part)}\n`).join('');
  const info = disk().readText(joinPath(paths[0], 'table.info'));
  const text = info.replace(/^SubType = .*$/m, 'SubType = CONCATENATED');
  disk().writeFile(joinPath(path, 'table.info'), `${text}Virtual concatenation of the following tables:\n${list}`);
}
