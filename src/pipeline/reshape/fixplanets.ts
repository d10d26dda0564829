import { azEl } from '../../astronomy/measures/index.ts';
import {
  appendHistory,
  fieldDirection,
  type MeasurementSet,
  type MsMetadata,
  openMs,
  parseAntennaList,
  parseDateTime,
  parseField,
  readMetadata,
  readNumbers,
  selectionTexts,
  stepRows,
} from '../../astronomy/ms/index.ts';
import type { SkyDirection } from '../../astronomy/visibility/index.ts';
import type { ArrayValue, Table } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { attachEphemeris } from './field-ephemeris.ts';
import { directionOf, setDirections } from './phaseshift.ts';
import { recomputeUvw } from './uvw-recomputation.ts';

/** Parameters of CASA's fixplanets. */
export interface FixplanetsOptions {
  readonly vis: string;
  readonly field: string;
  /** Compute UVW anew. */
  readonly fixuvw?: boolean;
  /** The direction, or the table of an ephemeris; '': where the reference antenna pointed. */
  readonly direction?: string;
  readonly refant?: number | string;
  /** 'first', 'median', or a time. */
  readonly reftime?: string;
}

/**
 * Corrects the directions of fields in FIELD and SOURCE, and UVW with them: CASA 6.7's fixplanets.
 *
 * Without `direction` it is where POINTING has the reference antenna at the reference time; with the table of an ephemeris the
 * fields move with it from then on. Visibilities are not changed.
 *
 * @throws missing when POINTING has no row near the time; bad-data for an ephemeris that does not cover the field's time
 */
export function fixplanets(context: Context, given: FixplanetsOptions): void {
  const options = selectionTexts(given);
  if (options.field === '') {
    context.log.post('No field is given in field; nothing is changed.', 'WARN', 'fixplanets');
    return;
  }
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    const old = readMetadata(ms);
    const fields = parseField(options.field, old.fields);
    const direction = options.direction?.trim() ?? '';
    const isEphemeris = direction !== '' && !/\s/.test(direction);
    const changed = isEphemeris
      ? attachEphemeris(ms, old, fields, joinPath(context.cwd, direction))
      : standStill(context, ms, old, fields, options);
    const metadata = readMetadata(ms);
    const centres = new Map(changed.map((id) => [id, metadata.fields[id].phaseDir]));
    if (ms.hasSubtable('SOURCE')) setSourceDirections(ms.subtable('SOURCE'), metadata, centres);
    if (options.fixuvw)
      recomputeUvw(context, ms, metadata, (id, timeSec) =>
        centres.has(id) ? fieldDirection(metadata.fields[id], timeSec) : undefined,
      );
    appendHistory(ms, 'fixplanets', options);
  } finally {
    ms.close();
  }
}

/** Puts fields where the direction says, or where the antenna pointed; those without rows stay as they are. */
function standStill(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  fields: readonly number[],
  options: FixplanetsOptions,
): number[] {
  const centres = new Map<number, SkyDirection>();
  for (const id of fields) {
    const centre = options.direction
      ? directionOf(options.direction, metadata.fields[id].frame)
      : pointedAt(ms, metadata, id, options);
    if (centre) centres.set(id, centre);
    else context.log.post(`Field ${id} has no rows; it stays as it is.`, 'WARN', 'fixplanets');
  }
  setDirections(ms, centres, ['PHASE_DIR', 'DELAY_DIR', 'REFERENCE_DIR']);
  return [...centres.keys()];
}

function setSourceDirections(table: Table, metadata: MsMetadata, centres: ReadonlyMap<number, SkyDirection>): void {
  const sources = readNumbers(table, 'SOURCE_ID');
  for (const [id, centre] of centres) {
    const wanted = metadata.fields[id].sourceId;
    sources.forEach((sourceId, row) => {
      if (sourceId === wanted) table.column('DIRECTION').put(row, { shape: [2], values: Float64Array.from(centre) });
    });
  }
}

/** Where the reference antenna pointed; undefined for a field without rows. */
function pointedAt(
  ms: MeasurementSet,
  metadata: MsMetadata,
  fieldId: number,
  { refant, reftime }: FixplanetsOptions,
): SkyDirection | undefined {
  const time = referenceTime(ms, fieldId, reftime ?? 'first');
  if (time === undefined) return undefined;
  const [antenna] = parseAntennaList(String(refant ?? 0), metadata.antennas);
  if (metadata.antennas[antenna].isFlagged) fail('usage', `Antenna ${antenna} is flagged; choose another refant.`);
  const table = ms.subtable('POINTING');
  const row = pointingRow(table, antenna, time);
  if (row === undefined) {
    fail('missing', `There is no pointing of antenna ${antenna} within 3 s of the time.`, { table: 'POINTING' });
  }
  const { values } = table.column('DIRECTION').get(row) as ArrayValue;
  const [azimuth, elevation] = values as Float64Array;
  const position = Float64Array.from(metadata.antennas[antenna].position);
  return celestialOf(azimuth, elevation, time, position, metadata.fields[fieldId].phaseDir);
}

function referenceTime(ms: MeasurementSet, fieldId: number, reftime: string): number | undefined {
  const isMedian = reftime.toLowerCase() === 'median';
  const times: number[] = [];
  for (const { count, values } of stepRows(ms.main, ['FIELD_ID', 'TIME', 'FLAG_ROW'])) {
    const { FIELD_ID: field, TIME: time, FLAG_ROW: flag } = values as Record<string, Float64Array>;
    for (let row = 0; row < count; row++) {
      if (field[row] === fieldId && !(isMedian && flag[row])) times.push(time[row]);
    }
  }
  if (times.length === 0) return undefined;
  if (isMedian) return times[Math.floor(times.length / 2)];
  if (reftime.toLowerCase() === 'first') return times[0];
  const given = parseDateTime(reftime, times[0]);
  if (given < times[0] || given > times[times.length - 1]) {
    fail('usage', `The time ${reftime} is not within the observation of field ${fieldId}.`);
  }
  return given;
}

/** The first row that tracks and covers the time, or lies within 3 s of it; then the same without tracking. */
function pointingRow(table: Table, antenna: number, time: number): number | undefined {
  const found: (number | undefined)[] = [undefined, undefined, undefined, undefined];
  for (const { start, count, values } of stepRows(table, ['ANTENNA_ID', 'TIME', 'INTERVAL', 'TRACKING'])) {
    const {
      ANTENNA_ID: ids,
      TIME: times,
      INTERVAL: intervals,
      TRACKING: tracking,
    } = values as Record<string, Float64Array>;
    for (let row = 0; row < count; row++) {
      const distance = Math.abs(times[row] - time);
      if (ids[row] !== antenna || distance > Math.max(3, intervals[row] / 2)) continue;
      const isCovering = distance <= intervals[row] / 2;
      if (tracking[row] && isCovering) found[0] ??= start + row;
      if (tracking[row] && distance <= 3) found[1] ??= start + row;
      if (isCovering) found[2] ??= start + row;
      if (distance <= 3) found[3] ??= start + row;
    }
  }
  return found.find((row) => row !== undefined);
}

/** Inverts `azEl` from a first guess, by the steps that its differences ask for. */
function celestialOf(
  azimuth: number,
  elevation: number,
  time: number,
  position: Float64Array,
  guess: SkyDirection,
): SkyDirection {
  let [ra, dec] = guess;
  const step = 1e-6;
  const miss = (a: number, d: number): [number, number] => {
    const { az, el } = azEl(time, a, d, position);
    const turn = az - azimuth;
    return [Math.atan2(Math.sin(turn), Math.cos(turn)) * Math.cos(elevation), el - elevation];
  };
  for (let round = 0; round < 30; round++) {
    const [x, y] = miss(ra, dec);
    if (Math.hypot(x, y) < 1e-13) break;
    const [xa, ya] = miss(ra + step, dec);
    const [xd, yd] = miss(ra, dec + step);
    const [a, b, c, d] = [(xa - x) / step, (xd - x) / step, (ya - y) / step, (yd - y) / step];
    const determinant = a * d - b * c;
    const limit = (value: number) => Math.max(-0.5, Math.min(0.5, value));
    ra -= limit((d * x - b * y) / determinant);
    dec -= limit((a * y - c * x) / determinant);
  }
  return [Math.atan2(Math.sin(ra), Math.cos(ra)), dec];
}
