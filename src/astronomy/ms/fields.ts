import { openTable } from '../../formats/tables/index.ts';
import { DEGREE } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import {
  ASTRONOMICAL_UNIT,
  convertDirection,
  type DirectionTable,
  rowAtTime,
  rowsAround,
  shiftedDirection,
  tabulatedDirection,
} from '../measures/index.ts';
import { readArray, readNumbers, readTexts } from './columns.ts';
import type { MeasurementSet } from './measurement-set.ts';

/** m/s; casacore takes RadVel in it whatever unit the column names. */
const AU_PER_DAY = ASTRONOMICAL_UNIT / 86_400;

type Pair = readonly [ra: number, dec: number];

/** The directions of a field. */
export interface FieldDirections {
  readonly phaseDir: Pair;
  readonly delayDir: Pair;
  readonly refDir: Pair;
}

/** What moves a field: an ephemeris, FIELD/EPHEMn_NAME.tab. */
export interface FieldMotion {
  /** EPHEMERIS_ID */
  readonly id: number;
  readonly path: string;
  readonly table: DirectionTable;
  /** Frame of the table. */
  readonly frame: string;
  /** Of the object away from the centre of the Earth, m/s, [row]; undefined where the table has none, or that of another observer. */
  readonly recession?: readonly number[];
  /** What FIELD has: offsets from the object, along the parallel and in declination, rad. */
  readonly offsets: FieldDirections;
}

export interface FieldInfo extends FieldDirections {
  readonly id: number;
  readonly name: string;
  readonly code: string;
  readonly sourceId: number;
  /** Right ascension and declination of the constant term, rad; of a moving object where it is at `timeSec`. */
  readonly phaseDir: Pair;
  /** Frame of the directions, 'J2000' or 'ICRS'. */
  readonly frame: string;
  /** When the directions hold, MJD seconds. */
  readonly timeSec: number;
  /** Undefined for what stands still. */
  readonly motion?: FieldMotion;
}

/** Direction of a field at a time (MJD seconds), rad; what an ephemeris does not cover stands at its nearer end. */
export function fieldDirection(field: FieldInfo, mjdSec: number, name: keyof FieldDirections = 'phaseDir'): Pair {
  return field.motion ? moved(field.motion, field.frame, mjdSec, name) : field[name];
}

/**
 * Where the phase centre of `followed` is at a time (MJD seconds) by the ephemeris of another field of the same object, rad: ephemerides
 * that came with data hold for their day only.
 */
export function followedDirection(followed: FieldInfo, field: FieldInfo, mjdSec: number): Pair {
  if (!followed.motion || !field.motion) return fieldDirection(followed, mjdSec);
  return fieldDirection({ ...field, motion: { ...field.motion, offsets: followed.motion.offsets } }, mjdSec);
}

/** Whether an ephemeris knows where a field is at a time (MJD seconds); of what stands still it is always known. */
export function isPlaced({ motion }: FieldInfo, mjdSec: number): boolean {
  return !motion || rowAtTime(motion.table, mjdSec) >= 0;
}

/**
 * Speed of a field's object away from the centre of the Earth at a time (MJD seconds), m/s, on the line between two rows of its
 * ephemeris, as casacore's MeasComet; undefined where no ephemeris tells it.
 */
export function fieldRecession({ motion }: FieldInfo, mjdSec: number): number | undefined {
  if (!motion?.recession) return undefined;
  const { low, high, share } = rowsAround(motion.table, mjdSec);
  const { recession } = motion;
  return low < 0 ? undefined : recession[low] + share * (recession[high] - recession[low]);
}

function moved(
  { table, frame, offsets }: FieldMotion,
  target: string,
  mjdSec: number,
  name: keyof FieldDirections,
): Pair {
  const [first, last] = [table.mjd[0] * 86_400, table.mjd[table.mjd.length - 1] * 86_400];
  const place = tabulatedDirection(table, Math.min(last, Math.max(first, mjdSec))) ?? [0, 0];
  return shiftedDirection(convertDirection(...place, frame, target), offsets[name]);
}

/** The fields of an MS, in the order of their rows. */
export function readFields(ms: MeasurementSet): FieldInfo[] {
  const table = ms.subtable('FIELD');
  const codes = readTexts(table, 'CODE');
  const sources = readNumbers(table, 'SOURCE_ID', -1);
  const frames = readNumbers(table, 'PhaseDir_Ref', -1);
  const times = readNumbers(table, 'TIME', 0);
  const ephemerides = readEphemerides(ms);
  const measure = table.column('PHASE_DIR').keywords.get('MEASINFO');
  const fixed = measure?.type === 'Record' ? measure.record.get('Ref') : undefined;
  const fixedFrame = fixed && 'value' in fixed ? String(fixed.value) : 'J2000';
  const direction = (name: string, id: number): Pair => {
    const values = readArray(table, name, id) ?? [0, 0];
    return [values[0], values[1]];
  };
  return readTexts(table, 'NAME').map((name, id): FieldInfo => {
    const offsets = {
      phaseDir: direction('PHASE_DIR', id),
      delayDir: direction('DELAY_DIR', id),
      refDir: direction('REFERENCE_DIR', id),
    };
    const frame = frames[id] === 21 ? 'ICRS' : frames[id] === 0 ? 'J2000' : fixedFrame;
    const ephemeris = ephemerides[id];
    const motion = ephemeris && { ...ephemeris, offsets };
    const still = { id, name, code: codes[id], sourceId: sources[id], frame, timeSec: times[id] };
    if (!motion) return { ...still, ...offsets };
    const at = (which: keyof FieldDirections) => moved(motion, frame, times[id], which);
    return { ...still, motion, phaseDir: at('phaseDir'), delayDir: at('delayDir'), refDir: at('refDir') };
  });
}

/** The ephemeris of each row of FIELD that has one. */
function readEphemerides(ms: MeasurementSet): (Omit<FieldMotion, 'offsets'> | undefined)[] {
  const ids = readNumbers(ms.subtable('FIELD'), 'EPHEMERIS_ID', -1);
  if (ids.every((id) => id < 0)) return [];
  const directory = ms.subtable('FIELD').path;
  const names = disk().list(directory);
  const read = new Map<number, Omit<FieldMotion, 'offsets'> | undefined>();
  return ids.map((id) => {
    if (id < 0) return undefined;
    if (!read.has(id)) {
      const name = names.find((entry) => entry.startsWith(`EPHEM${id}_`));
      read.set(id, name === undefined ? undefined : readEphemeris(id, joinPath(directory, name)));
    }
    return read.get(id);
  });
}

/** An ephemeris; undefined for one without rows. */
function readEphemeris(id: number, path: string): Omit<FieldMotion, 'offsets'> | undefined {
  const table = openTable(path);
  const mjd = readNumbers(table, 'MJD');
  const [ra, dec] = ['RA', 'DEC'].map((name) => readNumbers(table, name).map((value) => value * DEGREE));
  const distance = table.hasColumn('Rho') ? readNumbers(table, 'Rho') : mjd.map(() => 1);
  const keyword = (name: string) => {
    const found = table.keywords.get(name);
    return found && 'value' in found ? String(found.value) : '';
  };
  const words = keyword('posrefsys');
  // casacore tells an observer elsewhere by the distance from the centre of the Earth alone.
  const isGeocentric = Number(keyword('GeoDist')) === 0 && !/TOPO/i.test(words);
  const recession =
    isGeocentric && table.hasColumn('RadVel') && readNumbers(table, 'RadVel').map((speed) => speed * AU_PER_DAY);
  table.close();
  const frame = /ICRS/i.test(words) ? 'ICRS' : 'J2000';
  if (mjd.length === 0) return undefined;
  return { id, path, table: { mjd, ra, dec, distance }, frame, ...(recession && { recession }) };
}
