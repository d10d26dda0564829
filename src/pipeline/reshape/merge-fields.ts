import { convertDirection, separationOf } from '../../astronomy/measures/index.ts';
import {
  type FieldInfo,
  fieldDirection,
  isPlaced,
  type MeasurementSet,
  readMetadata,
  readNumbers,
} from '../../astronomy/ms/index.ts';
import { baseName, disk, joinPath } from '../../foundation/bytes/index.ts';
import { ensureEphemerisIds, freeEphemerisId } from './field-ephemeris.ts';
import { appendRow } from './merged-rows.ts';

/** How fields are matched. */
export interface FieldTolerances {
  /** rad */
  readonly directionRad: number;
  /** Fields must also have the same name. */
  readonly respectName: boolean;
}

interface Field extends FieldInfo {
  readonly isFlagged: boolean;
  /** Its direction is a polynomial. */
  readonly isDrifting: boolean;
}

type Pair = readonly [number, number];

/** Fields of an MS that follow an ephemeris. */
export function movingSources(ms: MeasurementSet): Set<number> {
  return new Set(readMetadata(ms).fields.flatMap(({ motion, sourceId }) => (motion ? [sourceId] : [])));
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
    known.push({ ...seen, id, ...attachEphemeris(target, id, field) });
    return id;
  });
  return { numbers, isAdded };
}

function readFields(ms: MeasurementSet): Field[] {
  const table = ms.subtable('FIELD');
  const flags = readNumbers(table, 'FLAG_ROW', 0);
  const terms = readNumbers(table, 'NUM_POLY', 0);
  return readMetadata(ms).fields.map((field, row) => ({
    ...field,
    ...{ isFlagged: flags[row] !== 0, isDrifting: terms[row] !== 0 },
  }));
}

function findField(known: readonly Field[], field: Field, toleranceRad: number): Field | undefined {
  const named = known.findLast(({ name }) => name === field.name);
  const tried = [...(named ? [named] : []), ...[...known].reverse()];
  return tried.find((other) => {
    if (other.isFlagged || other.isDrifting || other.frame !== field.frame) return false;
    const { timeSec } = field;
    if (!isPlaced(other, timeSec) || !isPlaced(field, timeSec)) return false;
    return (['refDir', 'delayDir', 'phaseDir'] as const).every(
      (name) =>
        separationOf(fieldDirection(other, timeSec, name), fieldDirection(field, timeSec, name)) <= toleranceRad,
    );
  });
}

/** Both follow ephemerides or neither does, and the known one reaches over the data of the other. */
function coversAll(known: Field, field: Field, span: Pair): boolean {
  if (!known.motion || !field.motion) return known.motion === field.motion;
  return span.every((seconds) => isPlaced(known, seconds));
}

/** The field with its directions in the frame of the merged MS, where both frames stand still. */
function inFrameOf(field: Field, first: Field | undefined): Field {
  const still = ['J2000', 'ICRS'];
  if (!first || field.frame === first.frame || field.motion) return field;
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
function attachEphemeris(target: MeasurementSet, row: number, { motion }: Field): Pick<Field, 'motion'> {
  const table = target.subtable('FIELD');
  if (motion) ensureEphemerisIds(table);
  if (table.hasColumn('EPHEMERIS_ID')) table.column('EPHEMERIS_ID').put(row, -1);
  if (!motion) return {};
  const id = freeEphemerisId(target);
  const path = joinPath(target.path, 'FIELD', baseName(motion.path).replace(/^EPHEM\d+/, `EPHEM${id}`));
  disk().copy(motion.path, path);
  table.column('EPHEMERIS_ID').put(row, id);
  return { motion: { ...motion, id, path } };
}
