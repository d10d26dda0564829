import { formatMjd } from '../../astronomy/measures/index.ts';
import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import { appendRows } from './table-rows.ts';

/** One online flag as a flag command. */
export interface FlagCommand {
  /** e.g. `antenna='DV02&&*' timerange='…~…'` */
  readonly command: string;
  readonly reason: string;
}

/**
 * The online flags of Flag.xml as the commands that CASA makes of them: one antenna flags its autocorrelations too, several are
 * listed, none means all; windows by name, polarizations as the correlations that they spoil.
 *
 * @param padding seconds put before and after each flag (importasdm's tbuff)
 */
export function onlineFlags(asdm: Asdm, padding = 0): FlagCommand[] {
  if (!asdm.hasTable('Flag')) return [];
  const antennas = new Map(
    [...asdm.table('Antenna').rows()].map((row) => [row.id('antennaId'), row.text('name').trim()]),
  );
  const windows = new Map(
    [...asdm.table('SpectralWindow').rows()].map((row) => [
      row.id('spectralWindowId'),
      row.has('name') ? row.text('name').trim() : undefined,
    ]),
  );
  const hasNominal = [...windows.values()].includes('WVR#NOMINAL');
  return [...asdm.table('Flag').rows()].map((row) => {
    const parts = [`antenna='${antennaPart(row, antennas)}'`, `timerange='${timePart(row, padding)}'`];
    const spw = windowPart(row, windows, hasNominal);
    if (spw !== '') parts.push(`spw='${spw}'`);
    const correlation = correlationPart(row);
    if (correlation !== '') parts.push(`correlation='${correlation}'`);
    return { command: parts.join(' '), reason: row.text('reason').replace(/ /g, '_') };
  });
}

function antennaPart(row: AsdmRow, antennas: ReadonlyMap<number, string>): string {
  const count = row.number('numAntenna');
  if (count === 0) return '';
  const names = Array.from(row.integers('antennaId').subarray(0, count), (id) => antennas.get(id) ?? `${id}`);
  return count === 1 ? `${names[0]}&&*` : names.join(',');
}

function timePart(row: AsdmRow, padding: number): string {
  const start = Number(row.ns('startTime')) * 1e-9 - padding;
  const end = Number(row.ns('endTime')) * 1e-9 + padding;
  return `${formatMjd(start, 3)}~${formatMjd(end, 3)}`;
}

function windowPart(row: AsdmRow, windows: ReadonlyMap<number, string | undefined>, hasNominal: boolean): string {
  if (!row.has('numSpectralWindow') || row.number('numSpectralWindow') === 0) return '';
  const isNamed = [...windows.values()].every((name) => name !== undefined);
  const order = [...windows.keys()];
  return Array.from(row.integers('spectralWindowId'), (id) => {
    if (!isNamed) return String(order.indexOf(id));
    const name = windows.get(id) ?? '';
    return hasNominal && name.includes('WVR#Antenna') ? '' : `"${name}"`;
  })
    .filter((word) => word !== '')
    .join(',');
}

function correlationPart(row: AsdmRow): string {
  if (!row.has('numPolarizationType') || row.number('numPolarizationType') === 0) return '';
  const types = row.texts('polarizationType').map((word) => word.trim());
  if (types.includes('R')) return types.includes('L') ? 'RR,RL,LR,LL' : 'RR,RL,LR';
  if (types.includes('L')) return 'LL,LR,RL';
  if (types.includes('X')) return types.includes('Y') ? 'XX,XY,YX,YY' : 'XX,XY,YX';
  return types.includes('Y') ? 'YY,YX,XY' : '';
}

export function fillFlagCommands(ms: MeasurementSet, commands: readonly FlagCommand[], isApplied: boolean): void {
  appendRows(
    ms.subtable('FLAG_CMD'),
    commands.map(({ command, reason }) => ({
      APPLIED: isApplied,
      COMMAND: command,
      INTERVAL: 0,
      LEVEL: 0,
      REASON: reason,
      SEVERITY: 0,
      TIME: 0,
      TYPE: '',
    })),
  );
}

/** The commands as lines of a flag file, with their reasons. */
export function flagFileText(commands: readonly FlagCommand[]): string {
  return commands.map(({ command, reason }) => `${command}${reason === '' ? '' : ` reason='${reason}'`}\n`).join('');
}
