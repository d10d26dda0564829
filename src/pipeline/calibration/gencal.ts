import { matchNamed, openMs, parseSpw, readMetadata } from '../../astronomy/ms/index.ts';
import { isTable } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type CalFrame, type CalRowKey, type CalRows, type CalTable, emptyRows } from './caltable.ts';
import { calFrameOf } from './caltable-frame.ts';
import { readCalTable } from './caltable-read.ts';
import { chooseAntennas } from './caltable-selection.ts';
import { flagOtherWindows, meanChannelWindows } from './caltable-windows.ts';
import { writeCalTable } from './caltable-write.ts';
import { readTsysRows } from './tsys-spectra.ts';

/** Parameters of CASA's gencal that are served. */
export interface GencalOptions {
  readonly vis: string;
  readonly caltable: string;
  /** tsys, antpos, amp, ph, sbd, mbd, opac or jyperk */
  readonly caltype: string;
  readonly spw?: string;
  /** Names, patterns or numbers, separated by commas; '' for all. */
  readonly antenna?: string;
  /** X, Y or both */
  readonly pol?: string;
  /**
   * antpos: three ITRF offsets (m) for each antenna. amp, ph (degrees), sbd, mbd (ns), opac: one value, or one for each window,
   * antenna and polarization that are named, in that order; what is not named has the same values throughout.
   */
  readonly parameter?: readonly number[];
  /** antpos: JSON file of getantposalma with absolute positions; jyperk: lines `MS,antenna,spw,polarization,factor`. */
  readonly infile?: string;
  /**
   * tsys: a row for each antenna at each time, flagged where it has no spectrum; false: rows of spectra only, and an SNR of 0.1
   * instead of 1, as CASA 6.7 has them. Default true.
   */
  readonly uniform?: boolean;
}

/**
 * Writes a calibration table of known values, as CASA 6.7's gencal does. Values are put on top of those of a table that is there:
 * gains are multiplied, delays, offsets and opacities added; Tsys tables take the place of others.
 *
 * @throws usage, missing, exists
 */
export function gencal(context: Context, options: GencalOptions): CalTable {
  const vis = joinPath(context.cwd, options.vis);
  if (!options.caltable) fail('usage', 'A caltable name must be specified.');
  const path = joinPath(context.cwd, options.caltable);
  const stated = makeTable(context, vis, options);
  const isMore = options.caltype !== 'tsys' && isTable(path);
  const table = isMore ? accumulate(readCalTable(path), stated, path) : stated;
  if (isMore) context.log.post(`The values are put on top of those of ${options.caltable}.`, 'INFO', 'gencal');
  writeCalTable(path, table);
  context.log.post(`Writing solutions to table: ${options.caltable}`, 'INFO', 'gencal');
  return table;
}

const KNOWN = 'tsys, antpos, amp, ph, sbd, mbd, opac, jyperk';

function makeTable(context: Context, vis: string, options: GencalOptions): CalTable {
  const frame = calFrameOf(vis);
  switch (options.caltype) {
    case 'tsys':
      return tsysTable(context, vis, frame, options.uniform ?? true);
    case 'antpos':
      return positionTable(context, frame, options);
    case 'amp':
    case 'ph':
    case 'sbd':
    case 'mbd':
    case 'opac': {
      const { visCal } = STATED[options.caltype];
      context.log.post(`Creating ${visCal} table from specified parameters.`, 'INFO', 'gencal');
      return statedTable(frame, options, windowReader(vis));
    }
    case 'jyperk':
      return sensitivityTable(context, vis, frame, options);
    default:
      return fail('unsupported', `gencal caltype "${options.caltype}" is not available; known: ${KNOWN}.`);
  }
}

function assemble(
  frame: CalFrame,
  visCal: string,
  parType: 'Complex' | 'Float',
  rows: CalRows,
  spectralWindows: CalTable['spectralWindows'],
): CalTable {
  return { ...frame, spectralWindows, visCal, parType, polBasis: 'unknown', rows, history: [] };
}

function tsysTable(context: Context, vis: string, frame: CalFrame, isUniform: boolean): CalTable {
  context.log.post('Creating B TSYS table from MS SYSCAL subtable.', 'INFO', 'gencal');
  const rows = readTsysRows(context, vis, frame, isUniform);
  const windows = flagOtherWindows(frame.spectralWindows, new Set(rows.spwId));
  return assemble(frame, 'B TSYS', 'Float', rows, windows);
}

/** Antenna numbers for a list of names, patterns, numbers and ranges of numbers, in its order; for `!DV01` all others. @throws usage */
function antennasOf(text: string, frame: CalFrame): number[] {
  if (text.trim() === '') return frame.antennas.map(({ id }) => id);
  if (text.includes('!')) return [...chooseAntennas(text, frame.antennas)];
  const names = frame.antennas.map(({ name }) => [name]);
  const numbers = text.split(/[,;]/).flatMap((word) => {
    const part = word.trim().replace(/&.*$/, '');
    const found = matchNamed(part, names);
    return found.length > 0 ? found : fail('usage', `There is no antenna "${part}" in ${frame.msName}.`);
  });
  return [...new Set(numbers)];
}

/** Rows for times that do not matter: one per antenna in each window, all valid. */
function constantRows(frame: CalFrame, spwIds: readonly number[], parCount: number, isComplex: boolean): CalRows {
  const keys: CalRowKey[] = spwIds.flatMap((spwId) =>
    frame.antennas.map(({ id }) => ({
      time: 0,
      interval: 0,
      fieldId: -1,
      spwId,
      antenna1: id,
      antenna2: -1,
      scanNumber: -1,
      observationId: 0,
    })),
  );
  const rows = emptyRows(keys, new Int32Array(keys.length).fill(1), parCount, isComplex);
  rows.flag.fill(0);
  rows.snr.fill(1);
  return rows;
}

function positionTable(context: Context, frame: CalFrame, options: GencalOptions): CalTable {
  const { antenna = '', parameter: offsets = [] } = options.infile
    ? offsetsOf(context, frame, options.infile)
    : options;
  if (offsets.length === 0) fail('usage', 'gencal antpos needs the offsets (parameter) of the antennas.');
  const antennas = antennasOf(antenna, frame);
  if (offsets.length !== 3 && offsets.length !== 3 * antennas.length)
    fail('usage', `gencal antpos needs three parameters for each of ${antennas.length} antennas.`);
  context.log.post('Creating KAntPos Jones table from specified parameters.', 'INFO', 'gencal');
  const rows = constantRows(frame, [0], 3, false);
  antennas.forEach((ant, index) => {
    for (let axis = 0; axis < 3; axis++) {
      rows.params[3 * ant + axis] += offsets[(3 * index + axis) % offsets.length];
    }
  });
  const windows = flagOtherWindows(meanChannelWindows(frame.spectralWindows), new Set([0]));
  return assemble(frame, 'KAntPos Jones', 'Float', rows, windows);
}

/** Absolute positions of a getantposalma file as offsets from those of the MS. @throws bad-format, usage */
function offsetsOf(context: Context, frame: CalFrame, infile: string): { antenna: string; parameter: number[] } {
  const path = joinPath(context.cwd, infile);
  if (!disk().exists(path)) fail('missing', 'There is no file of antenna positions of this name.', { file: path });
  let data: Record<string, number[]>;
  try {
    const file = JSON.parse(disk().readText(path)) as { metadata: { product_code: string }; data: typeof data };
    if (file.metadata.product_code !== 'antposalma') throw new SyntaxError('another product');
    data = file.data;
  } catch {
    return fail('bad-format', 'The file is not one of antenna positions that getantposalma writes.', { file: path });
  }
  const parameter = Object.entries(data).flatMap(([name, position]) => {
    const antenna = frame.antennas.find((entry) => entry.name === name);
    if (!antenna) fail('usage', `The antenna "${name}" of the file is not in ${frame.msName}.`, { file: path });
    return [0, 1, 2].map((axis) => position[axis] - antenna.position[axis]);
  });
  return { antenna: Object.keys(data).join(','), parameter };
}

/** How stated values become the parameters of a table. */
interface StatedKind {
  readonly visCal: string;
  readonly isComplex: boolean;
  readonly parCount: 1 | 2;
  put(params: Float32Array, cell: number, value: number): void;
}

const asReal = (params: Float32Array, cell: number, value: number) => {
  params[cell] = value;
};
const DELAY: StatedKind = { visCal: 'K Jones', isComplex: false, parCount: 2, put: asReal };
const STATED: Readonly<Record<string, StatedKind>> = {
  amp: {
    ...{ visCal: 'G Jones', isComplex: true, parCount: 2 },
    put: (params, cell, value) => params.set([value, 0], 2 * cell),
  },
  ph: {
    ...{ visCal: 'G Jones', isComplex: true, parCount: 2 },
    put: (params, cell, value) =>
      params.set([Math.cos((value * Math.PI) / 180), Math.sin((value * Math.PI) / 180)], 2 * cell),
  },
  sbd: DELAY,
  mbd: DELAY,
  opac: { visCal: 'TOpac', isComplex: false, parCount: 1, put: asReal },
};

/** One value for all, or one for each window, antenna and polarization that are named (`SolvableVisCal::specify`). */
function statedTable(frame: CalFrame, options: GencalOptions, windowsOf: (spw: string) => number[]): CalTable {
  const values = options.parameter ?? [];
  const kind = STATED[options.caltype];
  const places = (text: string | undefined, all: readonly number[]) => (text?.trim() ? all.map((one) => [one]) : [all]);
  const windows = places(options.spw, windowsOf(options.spw ?? ''));
  const antennas = places(options.antenna, antennasOf(options.antenna ?? '', frame));
  const pars = kind.parCount === 1 ? [[0]] : places(options.pol, polarizationsOf(options.pol ?? ''));
  const count = windows.length * antennas.length * pars.length;
  if (values.length !== 1 && values.length !== count) {
    const named = `${windows.length} windows × ${antennas.length} antennas × ${pars.length} polarizations`;
    const asked = count === 1 ? '1 value' : `1 or ${count} values`;
    fail('usage', `gencal ${options.caltype} needs ${asked} (${named}), not ${values.length}.`);
  }
  const rows = allWindows(frame, kind);
  let next = 0;
  for (const spwIds of windows)
    for (const ants of antennas)
      for (const numbers of pars) {
        const value = values[next++ % values.length];
        for (const spwId of spwIds)
          for (const antenna of ants)
            for (const par of numbers)
              kind.put(rows.params, kind.parCount * (spwId * frame.antennas.length + antenna) + par, value);
      }
  const parType = kind.isComplex ? 'Complex' : 'Float';
  return assemble(frame, kind.visCal, parType, rows, meanChannelWindows(frame.spectralWindows));
}

/** The table with new values on top of its own; its observations are then unknown, as in CASA. @throws usage */
function accumulate(before: CalTable, added: CalTable, path: string): CalTable {
  const isAlike =
    before.visCal === added.visCal &&
    before.rows.count === added.rows.count &&
    added.rows.antenna1.every((antenna, row) => before.rows.antenna1[row] === antenna) &&
    added.rows.spwId.every((spwId, row) => before.rows.spwId[row] === spwId);
  if (!isAlike)
    fail(
      'exists',
      `gencal cannot add ${added.visCal} to a table of ${before.visCal}; remove it or choose another name.`,
      {
        file: path,
      },
    );
  const [one, other] = [before.rows.params, added.rows.params];
  const params = one.map((value, at) => {
    if (added.parType === 'Float') return value + other[at];
    return at % 2 === 0
      ? value * other[at] - one[at + 1] * other[at + 1]
      : one[at - 1] * other[at] + value * other[at - 1];
  });
  return { ...added, rows: { ...before.rows, params, observationId: before.rows.observationId.map(() => -1) } };
}

function allWindows(frame: CalFrame, { parCount, isComplex }: StatedKind): CalRows {
  const spwIds = frame.spectralWindows.map(({ id }) => id);
  return constantRows(frame, spwIds, parCount, isComplex);
}

function polarizationsOf(text: string): number[] {
  if (text.trim() === '') return [0, 1];
  return text.split(',').map((word) => {
    if (!/^[XYRL]$/.test(word.trim()))
      fail('usage', `gencal: there is no polarization "${word.trim()}"; take X, Y or X,Y.`);
    return /[YL]/.test(word) ? 1 : 0;
  });
}

/** Polarizations that a line of Jy/K factors is for, as gencal's `pol`. */
const FACTOR_POLARIZATIONS: Readonly<Record<string, string>> = {
  ...{ I: '', '': '', X: 'X', XX: 'X', Y: 'Y', YY: 'Y', R: 'R', RR: 'R', L: 'L', LL: 'L' },
};

/** Gains 1/sqrt(factor) of the lines of a file of Jy/K factors, one on top of the other; what no line names keeps 1. */
function sensitivityTable(context: Context, vis: string, frame: CalFrame, options: GencalOptions): CalTable {
  const path = joinPath(context.cwd, options.infile ?? '');
  if (!options.infile || !disk().exists(path)) {
    fail('missing', 'gencal jyperk needs a file of factors (infile); the web service is not asked.', { file: path });
  }
  context.log.post('Creating G Jones table from Jy/K factors.', 'INFO', 'gencal');
  const windowsOf = windowReader(vis);
  const chosen = new Set(windowsOf(options.spw ?? ''));
  let table: CalTable | undefined;
  const lines = disk().readText(path).split('\n');
  lines.forEach((line, row) => {
    const fields = csvFields(line);
    if (fields[0] !== frame.msName) return; // a heading, a remark, another MeasurementSet
    const [, antenna, spw, polarization, factor] = fields;
    const pol = FACTOR_POLARIZATIONS[polarization];
    if (fields.length !== 5 || pol === undefined || !(Number(factor) > 0))
      fail('bad-format', `"${line.trim()}" is no line of Jy/K factors.`, { file: path, row });
    const windows = windowsOf(spw).filter((id) => chosen.has(id));
    if (windows.length === 0) return;
    const parameter = [1 / Math.sqrt(Number(factor))];
    const stated = statedTable(frame, { ...options, caltype: 'amp', spw: '', antenna, pol, parameter }, () => windows);
    table = table ? accumulate(table, stated, path) : stated;
  });
  return table ?? fail('bad-data', `The file has no factors of ${frame.msName}.`, { file: path });
}

/** The fields of a line of comma-separated values, without blanks around them; quotation marks keep commas together. */
function csvFields(line: string): string[] {
  const fields = line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(fields, ([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain).trim());
}

/** Reads selections of windows of a MeasurementSet: their numbers in the order of the selection. */
function windowReader(vis: string): (spw: string) => number[] {
  const ms = openMs(vis, 'read');
  try {
    const { spectralWindows } = readMetadata(ms);
    return (spw) => [...parseSpw(spw, spectralWindows).keys()];
  } finally {
    ms.close();
  }
}
