import {
  type ColumnDescription,
  createTable,
  isTable,
  openTable,
  type Table,
  type TableMode,
} from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { baseName, directoryName, disk, joinPath } from '../../foundation/bytes/index.ts';

/** A saved state of the flags. */
export interface FlagVersion {
  readonly name: string;
  readonly comment: string;
}

/** What has flags: an open MeasurementSet or calibration table. */
export interface Flagged {
  readonly path: string;
  readonly main: Table;
}

/** Opens what has flags. @throws missing, bad-format */
export function openFlagged(path: string, mode: TableMode): Flagged & { close(): void } {
  if (!disk().exists(path)) fail('missing', 'There is no MeasurementSet of this name.', { file: path });
  if (!isTable(path)) fail('bad-format', 'This is not a casacore table.', { file: path });
  const main = openTable(path, mode);
  const close = () => main.close();
  if (main.hasColumn('FLAG')) return { path, main, close };
  close();
  fail('bad-format', 'This table has no flags: it is neither a MeasurementSet nor a calibration table.', {
    file: path,
  });
}

/** Rows whose flags are copied at a time. */
const ROWS_PER_COPY = 16_384;
/** The same for FLAG_ROW alone. */
const FLAG_ROWS_PER_COPY = 262_144;
const COLUMNS: readonly ColumnDescription[] = [
  { name: 'FLAG', type: 'Bool', kind: 'array', axisCount: 2 },
  { name: 'FLAG_ROW', type: 'Bool', kind: 'scalar' },
];

function versionsPath(vis: string): string {
  return joinPath(directoryName(vis), `${baseName(vis)}.flagversions`);
}

function tablePath(vis: string, name: string): string {
  return joinPath(versionsPath(vis), `flags.${name}`);
}

/** Saved versions of the flags of an MS, in the order of the list that CASA keeps beside it. */
export function listFlagVersions(vis: string): FlagVersion[] {
  const path = joinPath(versionsPath(vis), 'FLAG_VERSION_LIST');
  if (!disk().exists(path)) return [];
  return disk()
    .readText(path)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cut = line.indexOf(' : ');
      return cut < 0 ? { name: line.trim(), comment: '' } : { name: line.slice(0, cut), comment: line.slice(cut + 3) };
    });
}

function writeList(vis: string, versions: readonly FlagVersion[]): void {
  const text = versions.map(({ name, comment }) => `${name} : ${comment}\n`).join('');
  disk().makeDirectory(versionsPath(vis));
  disk().writeFile(joinPath(versionsPath(vis), 'FLAG_VERSION_LIST'), text);
}

/** The prefix with the first number, 1, 2 …, that makes a name that no version has yet. */
export function unusedVersionName(vis: string, prefix: string): string {
  const names = new Set(listFlagVersions(vis).map(({ name }) => name));
  let number = 1;
  while (names.has(`${prefix}${number}`)) number++;
  return `${prefix}${number}`;
}

/**
 * Saves FLAG and FLAG_ROW as a version in `<vis>.flagversions`, as CASA's flagmanager does; a version of the same name is replaced.
 */
export function saveFlagVersion(ms: Flagged, name: string, comment: string): void {
  const others = listFlagVersions(ms.path).filter((version) => version.name !== name);
  disk().makeDirectory(versionsPath(ms.path));
  const path = tablePath(ms.path, name);
  const hasRowFlags = ms.main.hasColumn('FLAG_ROW');
  disk().remove(path);
  const copy = createTable(
    path,
    {
      columns: hasRowFlags ? COLUMNS : COLUMNS.slice(0, 1),
      storageManagers: [
        { type: 'TiledShapeStMan', name: 'TiledFlag', columns: ['FLAG'], tileShape: [8192, 64, 2] },
        ...(hasRowFlags
          ? [{ type: 'StandardStMan' as const, name: 'StandardStMan', columns: ['FLAG_ROW'], bucketBytes: 8192 }]
          : []),
      ],
    },
    ms.main.rowCount,
  );
  copyFlags(ms.main, copy);
  copy.close();
  writeList(ms.path, [...others, { name, comment }]);
}

/** Saves the flags before a task changes them, as version `task_1`, `task_2` … */
export function autosaveFlags(ms: Flagged, task: string): void {
  saveFlagVersion(ms, unusedVersionName(ms.path, `${task}_`), `Flags autosave by ${task}`);
}

/** How flags of a version meet those of the MS. */
export type MergeRule = 'replace' | 'or' | 'and';

/**
 * Brings a saved version back into the MS.
 *
 * @throws missing when there is no such version; bad-data when it has another number of rows
 */
export function restoreFlagVersion(ms: Flagged, name: string, rule: MergeRule = 'replace'): void {
  requireVersion(ms.path, name);
  const version = openTable(tablePath(ms.path, name));
  try {
    if (version.rowCount !== ms.main.rowCount) {
      fail(
        'bad-data',
        `The flag version "${name}" has ${version.rowCount} rows, the MeasurementSet ${ms.main.rowCount}.`,
        {
          file: version.path,
        },
      );
    }
    copyFlags(version, ms.main, rule);
  } finally {
    version.close();
  }
}

/** Removes a version; @throws missing */
export function deleteFlagVersion(vis: string, name: string): void {
  requireVersion(vis, name);
  disk().remove(tablePath(vis, name));
  writeList(
    vis,
    listFlagVersions(vis).filter((version) => version.name !== name),
  );
}

/** Renames a version; @throws missing, exists */
export function renameFlagVersion(vis: string, oldName: string, name: string, comment?: string): void {
  requireVersion(vis, oldName);
  const versions = listFlagVersions(vis);
  if (versions.some((version) => version.name === name)) {
    fail('exists', `There is a flag version "${name}" already.`, { file: versionsPath(vis) });
  }
  disk().rename(tablePath(vis, oldName), tablePath(vis, name));
  writeList(
    vis,
    versions.map((version) => (version.name === oldName ? { name, comment: comment || version.comment } : version)),
  );
}

function requireVersion(vis: string, name: string): void {
  if (!listFlagVersions(vis).some((version) => version.name === name)) {
    fail('missing', `There is no flag version "${name}".`, { file: versionsPath(vis) });
  }
}

function copyFlags(from: Table, to: Table, rule: MergeRule = 'replace'): void {
  if (from.hasColumn('FLAG_ROW') && to.hasColumn('FLAG_ROW')) copyRowFlags(from, to, rule);
  if (rule === 'replace' && to.adoptColumn('FLAG', from)) return;
  const [source, target] = [from.column('FLAG'), to.column('FLAG')];
  forEachShape(from, (start, count, shape) => {
    const flags = source.getRange(start, count) as Uint8Array;
    if (rule !== 'replace') merge(flags, target.getRange(start, count) as Uint8Array, rule);
    target.putRange(start, count, flags, shape);
  });
}

function copyRowFlags(from: Table, to: Table, rule: MergeRule): void {
  const [source, target] = [from.column('FLAG_ROW'), to.column('FLAG_ROW')];
  const room = new Uint8Array(Math.min(FLAG_ROWS_PER_COPY, from.rowCount));
  for (let start = 0; start < from.rowCount; start += room.length) {
    const flags = room.subarray(0, Math.min(room.length, from.rowCount - start));
    const count = flags.length;
    source.getRange(start, count, flags);
    if (rule !== 'replace') merge(flags, target.getRange(start, count) as Uint8Array, rule);
    target.putRange(start, count, flags);
  }
}

function merge(flags: Uint8Array, present: Uint8Array, rule: 'or' | 'and'): void {
  for (let at = 0; at < flags.length; at++) {
    flags[at] = rule === 'or' ? flags[at] | present[at] : flags[at] & present[at];
  }
}

/** Visits runs of rows whose FLAG cells have one shape, at most `ROWS_PER_COPY` at a time. */
function forEachShape(table: Table, visit: (start: number, count: number, shape: readonly number[]) => void): void {
  const column = table.column('FLAG');
  for (let start = 0; start < table.rowCount; ) {
    const { shape, count } = column.shapeRun(start, Math.min(ROWS_PER_COPY, table.rowCount - start));
    if (shape) visit(start, count, shape);
    start += count;
  }
}
