import { formatMjd } from '../../../astronomy/measures/index.ts';
import type { Asdm, AsdmRow } from '../../../formats/asdm/index.ts';
import { baseName, disk } from '../../../foundation/bytes/index.ts';
import type { Listing } from './inspect.ts';
import { sizeText, textTable } from './text-table.ts';

/** An Execution Block: what was observed, with which windows, and whether its binary data are there. */
export function asdmListing(asdm: Asdm, isVerbose: boolean): Listing {
  const binaries = binaryFiles(asdm);
  const missing = binaries.filter(({ bytes }) => bytes === undefined).length;
  const counts = Object.fromEntries(asdm.tableNames.map((name) => [name, asdm.table(name).rowCount]));
  const text = [
    `ASDM ${baseName(asdm.path)} (${asdm.uid}, schema version ${asdm.schemaVersion})`,
    ...executionLines(asdm),
    '',
    `Binary data: ${binaries.length} files, ${sizeText(binaries.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0))}${missing > 0 ? `, ${missing} of them missing` : ''}`,
    '',
    'Scans',
    ...scanLines(asdm),
    '',
    'Spectral windows',
    ...windowLines(asdm),
    '',
    'Fields',
    ...textTable(
      ['id', 'name'],
      rowsOf(asdm, 'Field', (row, index) => [index, row.text('fieldName')]),
    ),
    '',
    'Antennas',
    ...textTable(
      ['id', 'name', 'type'],
      rowsOf(asdm, 'Antenna', (row, index) => [index, row.text('name'), optional(row, 'dishDiameter')]),
    ).map((line) => line.replace('type', 'dish diameter, m')),
    '',
    'Tables',
    ...textTable(['table', 'rows'], Object.entries(counts)),
    ...(isVerbose ? columnLines(asdm) : []),
  ].join('\n');
  const facts = {
    uid: asdm.uid,
    schemaVersion: asdm.schemaVersion,
    tables: counts,
    binaries: binaries.length,
    missingBinaries: missing,
  };
  return { kind: 'asdm', path: asdm.path, text, facts };
}

function rowsOf<T>(asdm: Asdm, table: string, make: (row: AsdmRow, index: number) => T): T[] {
  if (!asdm.hasTable(table)) return [];
  return [...asdm.table(table).rows()].map(make);
}

function optional(row: AsdmRow, name: string): string {
  return row.has(name) ? String(row.values[name]) : '';
}

function executionLines(asdm: Asdm): string[] {
  return rowsOf(asdm, 'ExecBlock', (row) => {
    const times = `${formatMjd(row.mjdSeconds('startTime'), 1)} - ${formatMjd(row.mjdSeconds('endTime'), 1)} UTC`;
    return `  ${optional(row, 'telescopeName')} ${optional(row, 'configName')}, ${times}, ${optional(row, 'numAntenna')} antennas, project ${optional(row, 'projectUID')}, observer ${optional(row, 'observerName')}`;
  });
}

function scanLines(asdm: Asdm): string[] {
  const rows = rowsOf(asdm, 'Scan', (row) => [
    row.number('scanNumber'),
    row.has('sourceName') ? row.text('sourceName') : '',
    formatMjd(row.mjdSeconds('startTime'), 1),
    formatMjd(row.mjdSeconds('endTime'), 1),
    row.has('numSubscan') ? row.number('numSubscan') : 0,
    row.has('scanIntent') ? row.texts('scanIntent').join(', ') : '',
  ]);
  return textTable(['scan', 'source', 'start', 'end', 'subscans', 'intents'], rows);
}

function windowLines(asdm: Asdm): string[] {
  const rows = rowsOf(asdm, 'SpectralWindow', (row, index) => [
    index,
    row.has('name') ? row.text('name') : '',
    row.number('numChan'),
    (row.number('refFreq') / 1e9).toFixed(6),
    row.has('totBandwidth') ? (row.number('totBandwidth') / 1e6).toFixed(3) : '',
    row.has('netSideband') ? row.text('netSideband') : '',
  ]);
  return textTable(['id', 'name', 'channels', 'reference GHz', 'width MHz', 'sideband'], rows);
}

/** Distinct binary files of the Main table. */
function binaryFiles(asdm: Asdm): { uid: string; bytes: number | undefined }[] {
  const uids = new Set(rowsOf(asdm, 'Main', (row) => row.text('dataUID')));
  return [...uids].map((uid) => ({ uid, bytes: disk().info(asdm.bdfPath(uid))?.size }));
}

function columnLines(asdm: Asdm): string[] {
  return asdm.tableNames.flatMap((name) => {
    const table = asdm.table(name);
    return ['', `${name} (${table.rowCount} rows): ${table.columnNames.join(', ')}`];
  });
}
