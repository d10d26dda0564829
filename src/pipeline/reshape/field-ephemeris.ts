import { type MeasurementSet, type MsMetadata, readNumbers } from '../../astronomy/ms/index.ts';
import { openTable, type Table } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

const SECONDS_PER_DAY = 86_400;
const DIRECTIONS = ['PHASE_DIR', 'DELAY_DIR', 'REFERENCE_DIR'];

/**
 * Lets fields move with an ephemeris: each gets a copy of the table as FIELD/EPHEMn_NAME.tab and offsets of zero, as CASA 6.7's
 * ms.addephemeris.
 *
 * @param path table of the ephemeris
 * @returns the fields
 * @throws missing, bad-format when it is none; bad-data when it does not cover the time of a field
 */
export function attachEphemeris(
  ms: MeasurementSet,
  metadata: MsMetadata,
  fields: readonly number[],
  path: string,
): readonly number[] {
  if (!disk().exists(path))
    fail(
      'missing',
      'direction is neither a direction with its frame, such as "J2000 19h30m00 -40d00m00", nor a table.',
      {
        file: path,
      },
    );
  const [first, last] = spanOf(path);
  for (const id of fields) {
    const { name, timeSec } = metadata.fields[id];
    const time = timeSec / SECONDS_PER_DAY;
    if (time < first || time > last)
      fail('bad-data', `The ephemeris covers MJD ${first} to ${last}; field ${name} is of MJD ${time.toFixed(3)}.`, {
        file: path,
      });
  }
  const table = ms.subtable('FIELD');
  ensureEphemerisIds(table);
  for (const id of fields) {
    const number = freeEphemerisId(ms);
    const name = metadata.fields[id].name.replace(/[^\w.+-]/g, '_');
    disk().copy(path, joinPath(ms.path, 'FIELD', `EPHEM${number}_${name}.tab`));
    table.column('EPHEMERIS_ID').put(id, number);
    for (const column of DIRECTIONS) {
      const { shape } = table.column(column).get(id) as { shape: readonly number[] };
      table.column(column).put(id, { shape, values: new Float64Array(shape.reduce((size, axis) => size * axis, 1)) });
    }
  }
  return fields;
}

/** Gives FIELD the column EPHEMERIS_ID where it has none. */
export function ensureEphemerisIds(table: Table): void {
  if (table.hasColumn('EPHEMERIS_ID')) return;
  table.addColumns([{ name: 'EPHEMERIS_ID', type: 'Int', kind: 'scalar' }], {
    type: 'StandardStMan',
    name: 'EPHEMERIS_ID',
    columns: ['EPHEMERIS_ID'],
  });
  for (let row = 0; row < table.rowCount; row++) table.column('EPHEMERIS_ID').put(row, -1);
}

/** A number that no ephemeris of the MS has; tables may lie there that no field follows any more. */
export function freeEphemerisId(ms: MeasurementSet): number {
  const lying = disk()
    .list(joinPath(ms.path, 'FIELD'))
    .map((name) => Number(/^EPHEM(\d+)_/.exec(name)?.[1] ?? -1));
  return Math.max(-1, ...readNumbers(ms.subtable('FIELD'), 'EPHEMERIS_ID', -1), ...lying) + 1;
}

/** First and last MJD of an ephemeris. */
function spanOf(path: string): readonly [number, number] {
  const table = openTable(path);
  try {
    const absent = ['MJD', 'RA', 'DEC'].filter((name) => !table.hasColumn(name));
    if (absent.length > 0 || table.rowCount === 0)
      fail('bad-format', `This is no ephemeris: it has no ${absent.join(', no ') || 'rows'}.`, { table: path });
    const mjd = readNumbers(table, 'MJD');
    return [mjd[0], mjd[mjd.length - 1]];
  } finally {
    table.close();
  }
}
