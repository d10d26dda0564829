import { openMs } from '../../../astronomy/ms/index.ts';
import type { Table } from '../../../formats/tables/index.ts';
import { type Context, fail, type Issue } from '../../../foundation/base/index.ts';
import { baseName, disk, joinPath, latin1Text } from '../../../foundation/bytes/index.ts';
import { findMembers } from '../../../pipeline/delivery/index.ts';
import { calibratedIn } from './calibrated-name.ts';
import { compareWithTruth, type TruthRow } from './truth-table.ts';

/** What a Member is held against. */
export interface CompareOptions {
  readonly member: string;
  /** Another Member of the same raw data, with calibrated/. */
  readonly against?: string;
  /** truth.json of the simulation. */
  readonly truth?: string;
}

export interface Comparison {
  readonly issues: readonly Issue[];
  readonly rows: readonly TruthRow[];
}

/** Compares calibrated data and images of two Members, and a Member's report and images with the truth. */
export function compareMember(context: Context, options: CompareOptions): Comparison {
  const issues: Issue[] = [];
  const member = onlyMember(options.member);
  if (options.against !== undefined) {
    const [one, other] = [member, onlyMember(options.against)].map((path) => joinPath(path, 'calibrated'));
    issues.push(
      ...compareMeasurementSets(context, calibratedIn(one), calibratedIn(other)),
      ...compareImages(one, other),
    );
  }
  return { issues, rows: options.truth === undefined ? [] : compareWithTruth(context, member, options.truth) };
}

/** A directory with calibrated/, or the one Member below. @throws usage when there are several, missing when none */
function onlyMember(path: string): string {
  if (disk().exists(joinPath(path, 'calibrated'))) return path;
  const members = findMembers(path);
  if (members.length > 1) fail('usage', `There are ${members.length} Members here; name one of them.`, { file: path });
  return members[0] ?? fail('missing', 'No Member of a delivery is here.', { file: path });
}

/** Columns of MAIN that two calibrations of the same raw data must have in common, bit by bit. */
const COLUMNS = [
  'TIME',
  'ANTENNA1',
  'ANTENNA2',
  'DATA_DESC_ID',
  'FIELD_ID',
  'SCAN_NUMBER',
  'UVW',
  'WEIGHT',
  'SIGMA',
  'FLAG',
  'FLAG_ROW',
  'DATA',
] as const;
const ROWS = 2048;

/**
 * Compares two calibrated MeasurementSets bit by bit.
 *
 * @returns one issue per column that differs, with the first row; none when they are the same
 */
function compareMeasurementSets(context: Context, one: string, other: string): Issue[] {
  const [first, second] = [openMs(one), openMs(other)];
  try {
    if (first.main.rowCount !== second.main.rowCount) {
      return [difference('row-count', one, `${first.main.rowCount} rows, ${second.main.rowCount} in the other.`)];
    }
    return COLUMNS.flatMap((name, index) => {
      context.progress.update(index / COLUMNS.length, name);
      const row = firstDifference(first.main, second.main, name);
      return row === undefined
        ? []
        : [difference('column', `${baseName(one)} ${name}`, `${name} differs, first in row ${row}.`)];
    });
  } finally {
    first.close();
    second.close();
  }
}

function firstDifference(one: Table, other: Table, name: string): number | undefined {
  const columns = [one.column(name), other.column(name)];
  for (let start = 0; start < one.rowCount; ) {
    const count = uniformRun(one, name, start);
    const [left, right] = columns.map((column) => bytesOf(column.getRange(start, count)));
    if (left.length !== right.length) return start;
    const at = left.findIndex((byte, index) => byte !== right[index]);
    if (at >= 0) return start + Math.floor(at / (left.length / count));
    start += count;
  }
  return undefined;
}

/** Rows from `start` whose cells have one shape, at most {@link ROWS}. */
function uniformRun(table: Table, name: string, start: number): number {
  const column = table.column(name);
  if (column.description.kind === 'scalar') return Math.min(ROWS, table.rowCount - start);
  const shape = String(column.cellShape(start));
  let count = 1;
  while (count < ROWS && start + count < table.rowCount && String(column.cellShape(start + count)) === shape) count++;
  return count;
}

function bytesOf(values: ReturnType<ReturnType<Table['column']>['getRange']>): Uint8Array {
  if (Array.isArray(values)) return new TextEncoder().encode(values.join('\n'));
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Compares files of the same names in two directories byte by byte; FITS headers may differ in DATE and ORIGIN cards. */
function compareImages(one: string, other: string): Issue[] {
  const files = disk();
  const names = files.list(one).filter((name) => name.endsWith('.fits'));
  if (names.length === 0) fail('missing', 'There are no FITS images to compare.', { file: one });
  return names.flatMap((name) => {
    const path = joinPath(other, name);
    if (!files.exists(path)) return [difference('missing-image', name, `The image is missing in ${other}.`)];
    const [left, right] = [files.readFile(joinPath(one, name)), files.readFile(path)];
    if (left.length !== right.length) return [difference('image-size', name, 'The sizes differ.')];
    const start = dataStart(left);
    const at = left.findIndex((byte, index) => index >= start && byte !== right[index]);
    return at < 0 ? [] : [difference('image-data', name, `The images differ, first in byte ${at}.`)];
  });
}

/** Offset of the first data block of a FITS file. */
function dataStart(bytes: Uint8Array): number {
  for (let card = 0; card + 80 <= bytes.length; card += 80) {
    if (latin1Text(bytes.subarray(card, card + 8)) === 'END     ') return Math.ceil((card + 80) / 2880) * 2880;
  }
  return 0;
}

function difference(code: string, path: string, message: string): Issue {
  return { severity: 'error', code, path, message };
}
