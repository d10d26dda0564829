import { convertDirection, separationOf } from '../../astronomy/measures/index.ts';
import { type FieldInfo, type MeasurementSet, readMetadata, readNumbers } from '../../astronomy/ms/index.ts';
import { openTable } from '../../formats/tables/index.ts';
import { DEGREE } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath } from '../../foundation/bytes/index.ts';
import { appendRow } from './merged-rows.ts';

/** How fields are matched. */
export interface FieldTolerances {
  /** rad */
  readonly directionRad: number;
  /** Fields must also have the same name. */
  readonly respectName: boolean;
}

interface Field extends FieldInfo {
  /** TIME, s: when the directions hold. */
  readonly time: number;
  readonly isFlagged: boolean;
  readonly isMoving: boolean;
  readonly ephemerisId: number;
  readonly ephemeris?: Ephemeris;
}

/** Positions of a moving object: FIELD/EPHEMn_NAME.tab. */
interface Ephemeris {
  readonly path: string;
  /** MJD, days; deg */
  readonly mjd: readonly number[];
  readonly ra: readonly number[];
  readonly dec: readonly number[];
}

type Pair = readonly [number, number];
const DAY = 86_400;

/** Fields of an MS that follow an ephemeris. */
export function movingSources(ms: MeasurementSet): Set<number> {
  return new Set(readFields(ms).flatMap(({ ephemeris, sourceId }) => (ephemeris ? [sourceId] : [])));
}

/**
 * Merges fields by CASA 6.7's rules: fields are one when their phase, delay and reference directions are within the tolerance at
 * the time of the input's field; one of the same name is tried first, then the last of the merged MS to the first. A field with an
 * ephemeris matches only one whose ephemeris covers the input's data.
 *
 * @param span first and last TIME of the input's data, s
 * @param sourceOf new number of a source of the input
 * @returns new number of each field, and whether it was appended
 */
export function mergeFields(
  target: MeasurementSet,
  input: MeasurementSet,
  tolerances: FieldTolerances,
  span: Pair,
  sourceOf: (id: number) => number,
): { readonly numbers: number[]; readonly isAdded: readonly boolean[] } {
  const known = readFields(target);
  const from = input.subtable('FIELD');
  const to = target.subtable('FIELD');
  const isAdded: boolean[] = [];
  const numbers = readFields(input).map((field) => {
    const seen = inFrameOf(field, known[0]);
    const found = findField(known, seen, tolerances.directionRad);
    const isUsable =
      found !== undefined && coversAll(found, seen, span) && (!tolerances.respectName || found.name === seen.name);
    isAdded.push(!isUsable);
    if (found && isUsable) return found.id;
    const id = appendRow(from, to, field.id, { SOURCE_ID: sourceOf });
    if (seen !== field) putDirections(target, id, seen);
    known.push({ ...seen, id, ...attachEphemeris(target, id, field, known) });
    return id;
  });
  return { numbers, isAdded };
}

function readFields(ms: MeasurementSet): Field[] {
  const table = ms.subtable('FIELD');
  const times = readNumbers(table, 'TIME', 0);
  const flags = readNumbers(table, 'FLAG_ROW', 0);
  const terms = readNumbers(table, 'NUM_POLY', 0);
  const ids = readNumbers(table, 'EPHEMERIS_ID', -1);
  const directory = joinPath(ms.path, 'FIELD');
  const tables = ids.some((id) => id >= 0) ? disk().list(directory) : [];
  const read = new Map<number, Ephemeris | undefined>();
  return readMetadata(ms).fields.map((field, row) => {
    const ephemerisId = ids[row];
    if (ephemerisId >= 0 && !read.has(ephemerisId)) {
      const name = tables.find((entry) => entry.startsWith(`EPHEM${ephemerisId}_`));
      read.set(ephemerisId, name === undefined ? undefined : readEphemeris(joinPath(directory, name)));
    }
    return {
      ...field,
      ...{ time: times[row], isFlagged: flags[row] !== 0, isMoving: terms[row] !== 0, ephemerisId },
      ephemeris: read.get(ephemerisId),
    };
  });
}

function readEphemeris(path: string): Ephemeris {
  const table = openTable(path);
  const [mjd, ra, dec] = ['MJD', 'RA', 'DEC'].map((name) => readNumbers(table, name));
  table.close();
  return { path, mjd, ra, dec };
}

function findField(known: readonly Field[], field: Field, toleranceRad: number): Field | undefined {
  const named = known.findLast(({ name }) => name === field.name);
  const tried = [...(named ? [named] : []), ...[...known].reverse()];
  return tried.find((other) => {
    if (other.isFlagged || other.isMoving || other.frame !== field.frame) return false;
    return (['refDir', 'delayDir', 'phaseDir'] as const).every(
      (name) =>
        separationOf(directionAt(other, name, field.time), directionAt(field, name, field.time)) <= toleranceRad,
    );
  });
}

/** A direction of a field at a time; outside of an ephemeris NaN, which is near nothing. */
function directionAt(field: Field, name: 'refDir' | 'delayDir' | 'phaseDir', seconds: number): Pair {
  const { ephemeris } = field;
  if (!ephemeris) return field[name];
  const { mjd, ra, dec } = ephemeris;
  const at = intervalOf(mjd, seconds);
  if (at < 0) return [Number.NaN, Number.NaN];
  const fraction = at + 1 < mjd.length ? (seconds / DAY - mjd[at]) / (mjd[at + 1] - mjd[at]) : 0;
  const [one, other] = [at, Math.min(at + 1, mjd.length - 1)].map((row) => vectorOf(ra[row], dec[row]));
  const [x, y, z] = one.map((value, axis) => value + fraction * (other[axis] - value));
  const [right, up] = field[name];
  const latitude = Math.atan2(z, Math.hypot(x, y)) + up;
  return [Math.atan2(y, x) + right / Math.cos(latitude), latitude];
}

const vectorOf = (ra: number, dec: number) => [
  Math.cos(dec * DEGREE) * Math.cos(ra * DEGREE),
  Math.cos(dec * DEGREE) * Math.sin(ra * DEGREE),
  Math.sin(dec * DEGREE),
];

/** The row before a time; -1 where the ephemeris does not reach. */
function intervalOf(mjd: readonly number[], seconds: number): number {
  const time = seconds / DAY;
  if (mjd.length === 0 || time < mjd[0] || time > mjd[mjd.length - 1]) return -1;
  const next = mjd.findIndex((entry) => entry > time);
  return next < 0 ? mjd.length - 1 : next - 1;
}

/** Both follow ephemerides or neither does, and the known one reaches over the data of the other. */
function coversAll(known: Field, field: Field, span: Pair): boolean {
  if (!known.ephemeris || !field.ephemeris) return known.ephemeris === field.ephemeris;
  const { mjd } = known.ephemeris;
  return span.every((seconds) => intervalOf(mjd, seconds) >= 0);
}

/** The field with its directions in the frame of the merged MS, where both frames stand still. */
function inFrameOf(field: Field, first: Field | undefined): Field {
  const still = ['J2000', 'ICRS'];
  if (!first || field.frame === first.frame || field.ephemeris) return field;
  if (!still.includes(field.frame) || !still.includes(first.frame)) return field;
  const turn = (direction: Pair): [number, number] => {
    return convertDirection(...direction, field.frame, first.frame);
  };
  return {
    ...field,
    ...{ phaseDir: turn(field.phaseDir), delayDir: turn(field.delayDir), refDir: turn(field.refDir) },
    frame: first.frame,
  };
}

function putDirections(target: MeasurementSet, row: number, field: Field): void {
  const table = target.subtable('FIELD');
  const columns = [
    ['PHASE_DIR', 'PhaseDir_Ref', field.phaseDir],
    ['DELAY_DIR', 'DelayDir_Ref', field.delayDir],
    ['REFERENCE_DIR', 'RefDir_Ref', field.refDir],
  ] as const;
  for (const [name, frame, direction] of columns) {
    table.column(name).put(row, { shape: [1, 2], values: Float64Array.from(direction) });
    if (table.hasColumn(frame)) table.column(frame).put(row, table.column(frame).get(0));
  }
}

/** Copies the ephemeris of an appended field under a number of its own. */
function attachEphemeris(
  target: MeasurementSet,
  row: number,
  field: Field,
  known: readonly Field[],
): Pick<Field, 'ephemerisId' | 'ephemeris'> {
  const table = target.subtable('FIELD');
  if (!table.hasColumn('EPHEMERIS_ID')) return { ephemerisId: -1 };
  if (!field.ephemeris) {
    table.column('EPHEMERIS_ID').put(row, -1);
    return { ephemerisId: -1 };
  }
  const ephemerisId = Math.max(-1, ...known.map((other) => other.ephemerisId)) + 1;
  const name = baseName(field.ephemeris.path).replace(/^EPHEM\d+/, `EPHEM${ephemerisId}`);
  const path = joinPath(target.path, 'FIELD', name);
  disk().copy(field.ephemeris.path, path);
  table.column('EPHEMERIS_ID').put(row, ephemerisId);
  return { ephemerisId, ephemeris: { ...field.ephemeris, path } };
}
