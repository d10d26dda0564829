import { listobs, openMs, readMetadata } from '../../../astronomy/ms/index.ts';
import type { Table } from '../../../formats/tables/index.ts';
import type { Context } from '../../../foundation/base/index.ts';
import { hasUnitWeights } from '../../../pipeline/reshape/index.ts';
import type { Listing } from './inspect.ts';
import { columnLines, keywordLines, subtableColumnLines, subtableLines } from './table-listing.ts';

/** A MeasurementSet: CASA's listobs text, then columns and subtables. */
export function msListing(context: Context, table: Table, isVerbose: boolean): Listing {
  const ms = openMs(table.path, 'read');
  try {
    const metadata = readMetadata(ms);
    const { lines, counts } = subtableLines(table);
    const isUnit = hasUnitWeights(ms);
    const text = [
      listobs({ ...context, log: { post() {} } }, { vis: table.path, verbose: true }),
      `Columns of MAIN (${table.rowCount} rows, ${table.isLittleEndian ? 'little' : 'big'}-endian)`,
      ...columnLines(table),
      ...(isUnit
        ? ['All weights are 1, as in deliveries of Cycle 0; statwt or initweights make them follow the noise.']
        : []),
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
      hasUnitWeights: isUnit,
      columns: [...table.columnNames],
      subtables: counts,
    };
    return { kind: 'ms', path: table.path, text, facts };
  } finally {
    ms.close();
  }
}
