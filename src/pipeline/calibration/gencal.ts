import { openMs, parseSpw, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type CalFrame, type CalRowKey, type CalRows, type CalTable, emptyRows } from './caltable.ts';
import { calFrameOf } from './caltable-frame.ts';
import { writeCalTable } from './caltable-io.ts';
import { flagOtherWindows, meanChannelWindows } from './caltable-windows.ts';
import { readTsysRows } from './tsys-spectra.ts';

/** Parameters of CASA's gencal that are served. */
export interface GencalOptions {
  readonly vis: string;
  readonly caltable: string;
  /** tsys, antpos, amp or ph */
  readonly caltype: string;
  readonly spw?: string;
  /** Names or numbers, separated by commas; '' for all. */
  readonly antenna?: string;
  /** X, Y or both */
  readonly pol?: string;
  /** antpos: three ITRF offsets (m) per antenna; amp, ph (degrees): one value, or one per window, antenna and polarization. */
  readonly parameter?: readonly number[];
  /** Accepted; the spectra of all antennas are always taken as they are. */
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

function makeTable(context: Context, vis: string, options: GencalOptions): CalTable {
  const frame = calFrameOf(vis);
  switch (options.caltype) {
    case 'tsys':
      return tsysTable(context, vis, frame);
    case 'antpos':
      return positionTable(context, frame, options);
    case 'amp':
    case 'ph':
      return gainTable(context, vis, frame, options);
    default:
      return fail('unsupported', `gencal caltype "${options.caltype}" is not available; known: tsys, antpos, amp, ph.`);
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

function tsysTable(context: Context, vis: string, frame: CalFrame): CalTable {
  context.log.post('Creating B TSYS table from MS SYSCAL subtable.', 'INFO', 'gencal');
  const rows = readTsysRows(context, vis, frame);
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
  const offsets = options.parameter ?? [];
  if (offsets.length === 0) fail('usage', 'gencal antpos needs the offsets (parameter) of the antennas.');
  if (offsets.length % 3 !== 0) fail('usage', 'gencal antpos needs three parameters for each antenna.');
  context.log.post('Creating KAntPos Jones table from specified parameters.', 'INFO', 'gencal');
  const rows = constantRows(frame, [0], 3, false);
  antennasOf(options.antenna ?? '', frame).forEach((antenna, index) => {
    for (let axis = 0; axis < 3; axis++) {
      rows.params[3 * antenna + axis] += offsets[(3 * index + axis) % offsets.length];
    }
  });
  const windows = flagOtherWindows(meanChannelWindows(frame.spectralWindows), new Set([0]));
  return assemble(frame, 'KAntPos Jones', 'Float', rows, windows);
}

function gainTable(context: Context, vis: string, frame: CalFrame, options: GencalOptions): CalTable {
  const values = options.parameter ?? [];
  if (values.length === 0) fail('usage', `gencal ${options.caltype} needs parameter values.`);
  context.log.post('Creating G Jones table from specified parameters.', 'INFO', 'gencal');
  const windows = chosenWindows(vis, options.spw ?? '');
  const antennas = antennasOf(options.antenna ?? '', frame);
  const pols =
    (options.pol ?? '').trim() === '' ? ['X', 'Y'] : (options.pol ?? '').split(',').map((word) => word.trim());
  const rows = constantRows(
    frame,
    frame.spectralWindows.map(({ id }) => id),
    2,
    true,
  );
  let next = 0;
  for (const spwId of windows) {
    for (const antenna of antennas) {
      for (const pol of pols) {
        const cell = 2 * (spwId * frame.antennas.length + antenna) + (/^[YL]/.test(pol) ? 1 : 0);
        multiplyGain(rows.params, cell, values[next % values.length], options.caltype);
        if (values.length > 1) next++;
      }
    }
  }
  return assemble(frame, 'G Jones', 'Complex', rows, meanChannelWindows(frame.spectralWindows));
}

function multiplyGain(params: Float32Array, cell: number, value: number, caltype: string): void {
  const phase = (value * Math.PI) / 180;
  params[2 * cell] = caltype === 'amp' ? value : Math.cos(phase);
  params[2 * cell + 1] = caltype === 'amp' ? 0 : Math.sin(phase);
}

function chosenWindows(vis: string, spw: string): number[] {
  const ms = openMs(vis, 'read');
  try {
    return [...parseSpw(spw, readMetadata(ms).spectralWindows).keys()].sort((a, b) => a - b);
  } finally {
    ms.close();
  }
}
