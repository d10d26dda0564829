import { type FieldInfo, matchNamed, splitFilled } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { CalTable } from './caltable.ts';

/**
 * Window of a table for each window of the data.
 *
 * @param spwmap as CASA's applycal takes it
 * @param windowCount windows of the data
 * @throws usage for numbers that the table does not have
 */
export function windowMap(spwmap: readonly number[], windowCount: number, table: CalTable, path: string): Int32Array {
  const map = Int32Array.from({ length: windowCount }, (_, spwId) => spwId);
  if (spwmap.length === 0 || (spwmap.length === 1 && spwmap[0] === -1)) return map;
  if (spwmap[0] === -999) {
    return map.fill(Math.min(...table.rows.spwId));
  }
  const limit = table.spectralWindows.length;
  const wrong = spwmap.find((spwId) => !(spwId >= 0 && spwId < limit));
  if (wrong !== undefined) {
    fail('usage', `spwmap names window ${wrong}; the calibration table has windows 0 to ${limit - 1}.`, { file: path });
  }
  if (spwmap.length === 1) return map.fill(spwmap[0]);
  for (let spwId = 0; spwId < Math.min(spwmap.length, windowCount); spwId++) map[spwId] = spwmap[spwId];
  return map;
}

/**
 * Fields of a table that a gainfield selection names: numbers, ranges "2~4", names with wildcards, joined by commas. As in any selection
 * of fields digits are a number, whatever the names are.
 *
 * @throws usage when it names no field of the table
 */
export function matchFields(selection: string, table: CalTable, path: string): Set<number> {
  const found = new Set<number>();
  const names = table.fields.map(({ name }) => [name]);
  for (const part of splitFilled(selection, ','))
    for (const index of matchNamed(part, names)) found.add(table.fields[index].id);
  const has = table.rows.fieldId.some((fieldId) => found.has(fieldId));
  if (!has)
    fail('usage', `gainfield "${selection}" names no field with solutions in the calibration table.`, { file: path });
  return found;
}

/**
 * The field with solutions that is nearest in the sky to each field of the data. Tables have offsets from a moving object in place of
 * directions: a field that the data know by the same number and name is where the data have it.
 */
export function nearestFields(fields: readonly FieldInfo[], table: CalTable): Int32Array {
  const available = [...new Set(table.rows.fieldId)].sort((a, b) => a - b);
  return Int32Array.from(fields, (field) => {
    let best = available[0];
    let least = Number.POSITIVE_INFINITY;
    for (const id of available) {
      const solved = table.fields[id];
      const direction = fields[id]?.name === solved?.name ? fields[id]?.phaseDir : solved?.phaseDir;
      const separation = direction ? separationOf(field.phaseDir, direction) : Number.POSITIVE_INFINITY;
      if (separation < least) {
        least = separation;
        best = id;
      }
    }
    return best;
  });
}

/** Angle between two directions (ra, dec), rad. */
function separationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const sinDec = Math.sin((b[1] - a[1]) / 2);
  const sinRa = Math.sin((b[0] - a[0]) / 2);
  return 2 * Math.asin(Math.min(1, Math.sqrt(sinDec ** 2 + Math.cos(a[1]) * Math.cos(b[1]) * sinRa ** 2)));
}
