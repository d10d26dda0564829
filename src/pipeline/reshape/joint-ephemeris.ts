import { type MeasurementSet, readNumbers, readTexts } from '../../astronomy/ms/index.ts';
import { openTable, type Table } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

/** Steps that differ by less are the same: part of the step, and days. */
const STEP_TOLERANCE = 1e-6;
const STEP_TOLERANCE_DAYS = 0.1 / 86_400;
/** Ephemerides fit when one's times are this near the other's, in steps. */
const GRID_TOLERANCE = 1e-4;
const FILLED_WITH_ZERO = ['RA', 'DEC', 'Rho', 'RadVel', 'diskLong', 'diskLat'];

/**
 * Joins the ephemerides that a field has in each MS into the one of the merged MS, so that the field stays one: rows of a later
 * ephemeris follow on the earlier one, gaps are filled with zeros, as CASA 6.7's concat does with forcesingleephemfield.
 *
 * @throws missing where an MS has no ephemeris for the field; bad-data where their time steps do not fit
 */
export function joinEphemerides(
  context: Context,
  target: MeasurementSet,
  inputs: readonly MeasurementSet[],
  fields: readonly (string | number)[],
): void {
  for (const field of fields) {
    const paths = inputs.map((ms) => ephemerisOf(ms, field, inputs[0]));
    const joined = openTable(ephemerisOf(target, field, target), 'update');
    for (const path of paths.slice(1)) {
      const table = openTable(path);
      append(joined, table);
      table.close();
    }
    joined.close();
    context.log.post(`One ephemeris for field ${field}`, 'INFO', 'concat');
  }
}

function ephemerisOf(ms: MeasurementSet, field: string | number, first: MeasurementSet): string {
  const name = typeof field === 'number' ? readTexts(first.subtable('FIELD'), 'NAME')[field] : field;
  const table = ms.subtable('FIELD');
  const id = readNumbers(table, 'EPHEMERIS_ID', -1)[readTexts(table, 'NAME').indexOf(name ?? '')] ?? -1;
  const directory = table.path;
  const found =
    id < 0
      ? undefined
      : disk()
          .list(directory)
          .find((entry) => entry.startsWith(`EPHEM${id}_`));
  if (!found) {
    fail('missing', `Field ${field} has no ephemeris here; forcesingleephemfield needs one in every MeasurementSet.`, {
      file: ms.path,
    });
  }
  return joinPath(directory, found);
}

function append(joined: Table, added: Table): void {
  const [known, times] = [readNumbers(joined, 'MJD'), readNumbers(added, 'MJD')];
  const [step, newStep] = [known[1] - known[0], times[1] - times[0]];
  const difference = Math.abs(step - newStep);
  if (!(difference / newStep < STEP_TOLERANCE && difference < STEP_TOLERANCE_DAYS) || times[0] < known[0]) {
    fail('bad-data', 'The ephemerides have other steps, or are not in the order of time; they cannot be joined.', {
      table: added.path,
    });
  }
  const last = known[known.length - 1];
  if (last >= times[times.length - 1]) return;
  const steps = (times[0] - last) / newStep - 1;
  const gap = Math.round(steps);
  if (Math.abs(gap - steps) >= GRID_TOLERANCE) return;
  const fillers = Math.max(0, gap);
  for (let k = 0; k < fillers; k++) {
    joined.addRows(1);
    joined.column('MJD').put(joined.rowCount - 1, last + newStep * (k + 1));
    for (const name of FILLED_WITH_ZERO) joined.column(name).put(joined.rowCount - 1, 0);
  }
  for (let row = Math.max(0, -gap); row < times.length; row++) {
    joined.addRows(1);
    for (const name of ['MJD', ...FILLED_WITH_ZERO])
      joined.column(name).put(joined.rowCount - 1, added.column(name).get(row));
  }
}
