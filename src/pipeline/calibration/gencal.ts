import { openMs, parseSpw, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type CalFrame, type CalRowKey, type CalRows, type CalTable, emptyRows } from './caltable.ts';
import { calFrameOf } from './caltable-frame.ts';
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
  /** Names or numbers, separated by commas; '' for all. */
  readonly antenna?: string;
  /** X, Y or both */
  readonly pol?: string;
  /** antpos: three ITRF offsets (m) per antenna; amp, ph (degrees): one value, or one per window, antenna and polarization. */
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
 * Writes a calibration table of known values, as CASA 6.7's gencal does.
 *
 * @throws usage, missing, exists
 */
export function gencal(context: Context, options: GencalOptions): CalTable {
  const vis = joinPath(context.cwd, options.vis);
  if (!options.caltable) fail('usage', 'A caltable name must be specified.');
  const table = makeTable(context, vis, options);
  writeCalTable(joinPath(context.cwd, options.caltable), table);
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
    case 'opac':
      return statedTable(context, vis, frame, options);
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

/** Antenna numbers for a list of names or numbers. @throws usage */
function antennasOf(text: string, frame: CalFrame): number[] {
  if (text.trim() === '') return frame.antennas.map(({ id }) => id);
  return text.split(',').map((word) => {
    const name = word.trim().replace(/&.*$/, '');
    const found = frame.antennas.find((antenna) => antenna.name === name) ?? frame.antennas[Number(name)];
    return found?.id ?? fail('usage', `There is no antenna "${name}" in ${frame.msName}.`);
  });
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
  if (offsets.length % 3 !== 0) fail('usage', 'gencal antpos needs three parameters for each antenna.');
  context.log.post('Creating KAntPos Jones table from specified parameters.', 'INFO', 'gencal');
  const rows = constantRows(frame, [0], 3, false);
  antennasOf(antenna, frame).forEach((ant, index) => {
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

/** One value for all, or one for each window, antenna and polarization in that order (mbd: in every window the same). */
function statedTable(context: Context, vis: string, frame: CalFrame, options: GencalOptions): CalTable {
  const values = options.parameter ?? [];
  if (values.length === 0) fail('usage', `gencal ${options.caltype} needs parameter values.`);
  const kind = STATED[options.caltype];
  context.log.post(`Creating ${kind.visCal} table from specified parameters.`, 'INFO', 'gencal');
  const antennas = antennasOf(options.antenna ?? '', frame);
  const rows = allWindows(frame, kind);
  const isTotal = options.caltype === 'opac';
  let next = 0;
  for (const spwId of chosenWindows(vis, options.spw ?? '')) {
    if (options.caltype === 'mbd') next = 0;
    for (const antenna of antennas) {
      for (const par of kind.parCount === 1 ? [0] : polarizationsOf(options.pol ?? '')) {
        const cell = kind.parCount * (spwId * frame.antennas.length + antenna) + par;
        kind.put(rows.params, cell, values[next % values.length]);
        if (values.length > 1 && !isTotal) next++;
      }
    }
    if (isTotal) next++;
  }
  const parType = kind.isComplex ? 'Complex' : 'Float';
  return assemble(frame, kind.visCal, parType, rows, meanChannelWindows(frame.spectralWindows));
}

function allWindows(frame: CalFrame, { parCount, isComplex }: StatedKind): CalRows {
  const spwIds = frame.spectralWindows.map(({ id }) => id);
  return constantRows(frame, spwIds, parCount, isComplex);
}

function polarizationsOf(text: string): number[] {
  if (text.trim() === '') return [0, 1];
  return text.split(',').map((word) => (/^[YL]/.test(word.trim()) ? 1 : 0));
}

/** Gains 1/sqrt(factor) from a file of Jy/K factors; windows and antennas that are not in it keep 1. */
function sensitivityTable(context: Context, vis: string, frame: CalFrame, options: GencalOptions): CalTable {
  const path = joinPath(context.cwd, options.infile ?? '');
  if (!options.infile || !disk().exists(path)) {
    fail('missing', 'gencal jyperk needs a file of factors (infile); the web service is not asked.', { file: path });
  }
  context.log.post('Creating G Jones table from Jy/K factors.', 'INFO', 'gencal');
  const rows = allWindows(frame, STATED.amp);
  const windows = new Set(chosenWindows(vis, options.spw ?? ''));
  const lines = disk().readText(path).split('\n');
  lines.forEach((line, row) => {
    const [msName, name, spw, pol, factor] = line.split(',').map((word) => word.trim());
    if (line.trim() === '' || line.startsWith('#') || msName === 'MS' || msName !== frame.msName) return;
    const antenna = frame.antennas.find((entry) => entry.name === name);
    const value = Number(factor);
    if (!antenna || !(value > 0)) fail('bad-format', `"${line}" is no line of Jy/K factors.`, { file: path, row });
    if (!windows.has(Number(spw))) return;
    for (const par of pol === 'I' || pol === '' ? [0, 1] : polarizationsOf(pol)) {
      const cell = 2 * (Number(spw) * frame.antennas.length + antenna.id) + par;
      rows.params[2 * cell] = 1 / Math.sqrt(value);
      rows.params[2 * cell + 1] = 0;
    }
  });
  return assemble(frame, 'G Jones', 'Complex', rows, meanChannelWindows(frame.spectralWindows));
}

function chosenWindows(vis: string, spw: string): number[] {
  const ms = openMs(vis, 'read');
  try {
    return [...parseSpw(spw, readMetadata(ms).spectralWindows).keys()].sort((a, b) => a - b);
  } finally {
    ms.close();
  }
}
