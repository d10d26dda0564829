import { formatMjd } from '../../../astronomy/measures/index.ts';
import type { Table } from '../../../formats/tables/index.ts';
import { baseName } from '../../../foundation/bytes/index.ts';
import { type CalTable, readCalTable } from '../../../pipeline/calibration/index.ts';
import type { Listing } from './inspect.ts';
import { columnLines, subtableLines } from './table-listing.ts';
import { textTable } from './text-table.ts';

interface WindowCount {
  rows: number;
  flagged: number;
  values: number;
  readonly times: Set<number>;
  readonly antennas: Set<number>;
  readonly fields: Set<number>;
}

/** Solutions of each window: how many, of what, how many flagged. */
function countWindows({ rows }: CalTable): Map<number, WindowCount> {
  const counts = new Map<number, WindowCount>();
  for (let row = 0; row < rows.count; row++) {
    const spw = rows.spwId[row];
    const count = counts.get(spw) ?? {
      rows: 0,
      flagged: 0,
      values: 0,
      times: new Set(),
      antennas: new Set(),
      fields: new Set(),
    };
    counts.set(spw, count);
    count.rows++;
    count.times.add(rows.time[row]);
    count.antennas.add(rows.antenna1[row]);
    count.fields.add(rows.fieldId[row]);
    for (let at = rows.offsets[row]; at < rows.offsets[row + 1]; at++) {
      count.values++;
      count.flagged += rows.flag[at];
    }
  }
  return counts;
}

/** A calibration table of CASA. */
export function caltableListing(table: Table, isVerbose: boolean): Listing {
  const cal = readCalTable(table.path);
  const { rows } = cal;
  const counts = countWindows(cal);
  const times = rows.count > 0 ? [minimum(rows.time), maximum(rows.time)] : [];
  const nameOf = (list: readonly { id: number; name: string }[], id: number) =>
    list.find((one) => one.id === id)?.name ?? '?';
  const lines = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([spw, count]) => {
      const window = cal.spectralWindows.find(({ id }) => id === spw);
      const fields = [...count.fields].sort((a, b) => a - b).map((id) => `${id} ${nameOf(cal.fields, id)}`);
      return [
        spw,
        window ? window.chanFreqs.length : 0,
        window ? (window.chanFreqs[window.chanFreqs.length >> 1] / 1e9).toFixed(4) : '',
        count.rows,
        count.times.size,
        count.antennas.size,
        `${((100 * count.flagged) / Math.max(1, count.values)).toFixed(1)} %`,
        fields.join(', '),
      ];
    });
  const text = [
    `Calibration table ${baseName(table.path)}: ${cal.visCal}, ${cal.parType} parameters, ${rows.count} solutions`,
    `  made from ${cal.msName || '(not named)'}${cal.polBasis ? `, polarization basis ${cal.polBasis}` : ''}`,
    ...(times.length > 0 ? [`  ${formatMjd(times[0], 1)} - ${formatMjd(times[1], 1)} UTC`] : []),
    '',
    ...textTable(['spw', 'channels', 'GHz', 'rows', 'times', 'antennas', 'flagged', 'fields'], lines),
    '',
    `Antennas: ${cal.antennas.map(({ id, name, station }) => `${id} ${name.trim()}${station ? `@${station.trim()}` : ''}`).join(', ')}`,
    '',
    ...columnLines(table),
    '',
    ...subtableLines(table).lines,
    ...(isVerbose
      ? ['', 'History', ...cal.history.map(({ application, message }) => `  ${application}: ${message}`)]
      : []),
  ].join('\n');
  return {
    kind: 'caltable',
    path: table.path,
    text,
    facts: {
      visCal: cal.visCal,
      parType: cal.parType,
      rows: rows.count,
      msName: cal.msName,
      spectralWindows: [...counts.keys()].sort((a, b) => a - b),
      antennas: cal.antennas.map(({ name }) => name),
      fields: cal.fields.map(({ name }) => name),
    },
  };
}

function minimum(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function maximum(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
