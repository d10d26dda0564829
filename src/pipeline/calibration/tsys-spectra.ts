import { type MeasurementSet, openMs, stepRows, stepRuns } from '../../astronomy/ms/index.ts';
import type { ArrayValue } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { type CalFrame, type CalRowKey, type CalRows, emptyRows } from './caltable.ts';

/** Spectra of one time and window. */
interface Group {
  readonly time: number;
  readonly spwId: number;
  /** SYSCAL row of each antenna that has one. */
  readonly rows: Map<number, number>;
}

/** Temperatures below this are no measurement, K (the smallest normal 32-bit number, as CASA has it). */
const SMALLEST = 1.1754943508222875e-38;

/**
 * System temperatures of the SYSCAL table as rows of a calibration table: one for each antenna at each time and window,
 * at the beginning of SYSCAL's interval; spectra that are missing or not positive are flagged.
 *
 * @param isUniform false: antennas without a spectrum have no row, and SNR is 0.1 instead of 1
 * @throws missing when the MS has no system temperatures; bad-data when spectra do not fit their windows
 */
export function readTsysRows(context: Context, vis: string, frame: CalFrame, isUniform: boolean): CalRows {
  const ms = openMs(vis, 'read');
  try {
    if (!ms.hasSubtable('SYSCAL') || !ms.subtable('SYSCAL').hasColumn('TSYS_SPECTRUM')) {
      fail('missing', 'The MS has no system temperatures (SYSCAL with TSYS_SPECTRUM).', { file: vis });
    }
    const groups = groupRows(ms);
    if (groups.length === 0) fail('missing', 'The SYSCAL table of the MS is empty.', { file: vis });
    const scans = scanTimes(ms);
    const cells = groups.flatMap((group) =>
      frame.antennas
        .filter(({ id }) => isUniform || group.rows.has(id))
        .map(({ id }) => ({ group, id, source: group.rows.get(id) })),
    );
    const keys: CalRowKey[] = cells.map(({ group, id }) => ({
      time: group.time,
      interval: 0,
      ...scanAt(scans, group.time),
      spwId: group.spwId,
      antenna1: id,
      antenna2: -1,
    }));
    const chanCount = Int32Array.from(keys, ({ spwId }) => frame.spectralWindows[spwId]?.chanFreqs.length ?? 0);
    const rows = emptyRows(keys, chanCount, 2, false);
    rows.paramErr.fill(Math.fround(0.1));
    rows.snr.fill(isUniform ? 1 : Math.fround(0.1));
    cells.forEach(({ source }, target) => {
      if (source !== undefined) fillRow(ms, source, rows, target);
    });
    reportCounts(context, groups, frame);
    return rows;
  } finally {
    ms.close();
  }
}

function groupRows(ms: MeasurementSet): Group[] {
  const groups = new Map<string, Group>();
  const names = ['TIME', 'INTERVAL', 'SPECTRAL_WINDOW_ID', 'ANTENNA_ID'] as const;
  const table = ms.subtable('SYSCAL');
  const spectra = table.column('TSYS_SPECTRUM');
  for (const { start, count, values } of stepRows(table, names)) {
    for (let row = 0; row < count; row++) {
      if (!spectra.isDefined(start + row)) continue;
      const midpoint = values.TIME[row] as number;
      const spwId = values.SPECTRAL_WINDOW_ID[row] as number;
      const key = `${midpoint}/${spwId}`;
      const time = midpoint - (values.INTERVAL[row] as number) / 2;
      const group = groups.get(key) ?? { time, spwId, rows: new Map() };
      group.rows.set(values.ANTENNA_ID[row] as number, start + row);
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort((a, b) => a.time - b.time || a.spwId - b.spwId);
}

function fillRow(ms: MeasurementSet, row: number, rows: CalRows, target: number): void {
  const { shape, values } = ms.subtable('SYSCAL').column('TSYS_SPECTRUM').get(row) as ArrayValue;
  const [chans, pols] = shape;
  if (chans !== rows.chanCount[target] || pols > 2) {
    fail('bad-data', `A spectrum of ${chans} channels does not fit window ${rows.spwId[target]}.`, {
      table: 'SYSCAL',
      row,
    });
  }
  for (let chan = 0; chan < chans; chan++) {
    for (let pol = 0; pol < pols; pol++) {
      const cell = rows.offsets[target] + 2 * chan + pol;
      const tsys = (values as Float32Array)[chan * pols + pol];
      rows.params[cell] = tsys;
      rows.flag[cell] = tsys < SMALLEST ? 1 : 0;
    }
  }
}

interface ScanTime {
  readonly scanNumber: number;
  readonly fieldId: number;
  readonly observationId: number;
  first: number;
  last: number;
}

/** Scans by their last time, with the field of their first row. */
function scanTimes(ms: MeasurementSet): ScanTime[] {
  const scans = new Map<number, ScanTime>();
  for (const { values } of stepRuns(ms.main, ['SCAN_NUMBER', 'FIELD_ID', 'OBSERVATION_ID', 'TIME'])) {
    const { SCAN_NUMBER: scanNumber, FIELD_ID: fieldId, OBSERVATION_ID: observationId, TIME: time } = values;
    const scan = scans.get(scanNumber);
    if (scan) {
      scan.first = Math.min(scan.first, time);
      scan.last = Math.max(scan.last, time);
    } else scans.set(scanNumber, { scanNumber, fieldId, observationId, first: time, last: time });
  }
  return [...scans.values()].sort((a, b) => a.last - b.last);
}

/** The first scan that ends at or after a time, else the last one. */
function scanAt(scans: readonly ScanTime[], time: number): Pick<CalRowKey, 'scanNumber' | 'fieldId' | 'observationId'> {
  const found = scans.find(({ last }) => time <= last + 1e-5) ?? scans[scans.length - 1];
  return { scanNumber: found.scanNumber, fieldId: found.fieldId, observationId: found.observationId };
}

function reportCounts(context: Context, groups: readonly Group[], frame: CalFrame): void {
  const post = (text: string) => context.log.post(text, 'INFO', 'gencal');
  post(`Tsys spectra counts per spw for antenna Ids 0-${frame.antennas.length - 1} (per pol):`);
  for (const { id, chanFreqs } of frame.spectralWindows) {
    const counts = frame.antennas.map(
      (antenna) => groups.filter((group) => group.spwId === id && group.rows.has(antenna.id)).length,
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    post(`Spw ${id}: [${counts.join(', ')}] (=${total} spectra; ${chanFreqs.length} chans per spectra, per pol)`);
  }
}
