import { formatMjd } from '../../../astronomy/measures/index.ts';
import { type MsMetadata, openMs, readMetadata } from '../../../astronomy/ms/index.ts';
import type { Table } from '../../../formats/tables/index.ts';
import type { Context } from '../../../foundation/base/index.ts';
import type { Listing } from './inspect.ts';
import { columnLines, keywordLines, subtableColumnLines, subtableLines } from './table-listing.ts';
import { textTable } from './text-table.ts';

/** A MeasurementSet: CASA's listobs text, then columns and subtables. */
export function msListing(_context: Context, table: Table, isVerbose: boolean): Listing {
  const ms = openMs(table.path, 'read');
  try {
    const metadata = readMetadata(ms);
    const { lines, counts } = subtableLines(table);
    const text = [
      ...observationLines(metadata),
      `Columns of MAIN (${table.rowCount} rows, ${table.isLittleEndian ? 'little' : 'big'}-endian)`,
      ...columnLines(table),
      '',
      ...lines,
      ...(isVerbose ? ['', 'Keywords', ...keywordLines(table.keywords), ...subtableColumnLines(table)] : []),
    ].join('\n');
    const facts = {
      rows: metadata.rowCount,
      telescope: metadata.observation?.telescope,
      antennas: metadata.antennas.map(({ name }) => name),
      fields: metadata.fields.map(({ name }) => name),
      scans: metadata.scans.map(({ number, intents }) => ({ number, intents })),
      spectralWindows: metadata.spectralWindows.map(({ id, name, chanFreqs }) => ({
        id,
        name,
        channels: chanFreqs.length,
      })),
      columns: [...table.columnNames],
      subtables: counts,
    };
    return { kind: 'ms', path: table.path, text, facts };
  } finally {
    ms.close();
  }
}

function observationLines(metadata: MsMetadata): string[] {
  const { observation } = metadata;
  return [
    `MeasurementSet of ${observation.telescope}, project ${observation.project}, observer ${observation.observer}`,
    '',
    ...textTable(
      ['scan', 'start', 'end', 'fields', 'spws', 'rows', 'intents'],
      metadata.scans.map((scan) => [
        scan.number,
        formatMjd(scan.startSec, 1),
        formatMjd(scan.endSec, 1),
        scan.fieldIds.map((id) => `${id} ${metadata.fields[id]?.name ?? ''}`).join(', '),
        scan.spwIds.join(','),
        scan.rowCount,
        scan.intents.join(', '),
      ]),
    ),
    '',
    ...textTable(
      ['spw', 'name', 'channels', 'reference GHz', 'width MHz', 'frame'],
      metadata.spectralWindows.map((spw) => [
        spw.id,
        spw.name,
        spw.chanFreqs.length,
        (spw.refFrequency / 1e9).toFixed(6),
        (spw.totalBandwidth / 1e6).toFixed(3),
        spw.measFreqRef,
      ]),
    ),
    '',
    ...textTable(
      ['field', 'name', 'source'],
      metadata.fields.map(({ id, name, sourceId }) => [id, name, sourceId]),
    ),
    '',
    ...textTable(
      ['antenna', 'name', 'station', 'diameter m'],
      metadata.antennas.map(({ id, name, station, diameter }) => [id, name, station, diameter]),
    ),
    '',
  ];
}
