import type { ColumnDescription, StorageManagerDescription } from '../../../formats/tables/index.ts';
import type { TaskValue } from '../types.ts';
import { numberList, textList } from './reply-values.ts';

type Dictionary = Readonly<Record<string, TaskValue>>;

interface Told {
  readonly type: string;
  readonly name: string;
  readonly spec: Dictionary;
}

const isDictionary = (value: TaskValue): value is Record<string, TaskValue> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What dminfo says of each of its columns. */
function toldOf(dminfo: TaskValue): Map<string, Told> {
  const found = new Map<string, Told>();
  if (!isDictionary(dminfo)) return found;
  // One data manager, or several of them by number.
  const entries = 'TYPE' in dminfo ? [dminfo] : Object.values(dminfo).filter(isDictionary);
  for (const entry of entries) {
    const spec = isDictionary(entry.SPEC) ? entry.SPEC : {};
    const told = { type: String(entry.TYPE ?? 'StandardStMan'), name: String(entry.NAME ?? ''), spec };
    for (const name of textList(entry.COLUMNS ?? [])) found.set(name, told);
  }
  return found;
}

/** The columns that dminfo speaks of. */
export function toldColumns(dminfo: TaskValue): Iterable<string> {
  return toldOf(dminfo).keys();
}

/**
 * Storage managers for new columns: those that dminfo gives them, else those that their descriptions name; without either they lie
 * together in a StandardStMan.
 *
 * @param used names of managers that the table has already
 */
export function storageFor(
  columns: readonly ColumnDescription[],
  description: Dictionary,
  dminfo: TaskValue,
  used: ReadonlySet<string> = new Set(),
): StorageManagerDescription[] {
  const told = toldOf(dminfo);
  const groups = new Map<string, { told: Told; columns: ColumnDescription[] }>();
  for (const column of columns) {
    const own = description[column.name] as Dictionary;
    const type = String(own.dataManagerType ?? '') || 'StandardStMan';
    const found = told.get(column.name) ?? { type, name: String(own.dataManagerGroup ?? '') || type, spec: {} };
    const name = found.name || found.type;
    const group = groups.get(name) ?? { told: found, columns: [] };
    groups.set(name, group);
    group.columns.push(column);
  }
  return [...groups].map(([wanted, group]) => {
    const { type, spec } = group.told;
    let name = wanted;
    for (let number = 1; used.has(name); number++) name = `${wanted}_${number}`;
    const tile =
      spec.DEFAULTTILESHAPE === undefined ? undefined : numberList(spec.DEFAULTTILESHAPE, 'DEFAULTTILESHAPE');
    const bucketBytes = Number(spec.BUCKETSIZE ?? 0);
    return {
      ...{ type, name, columns: group.columns.map((column) => column.name) },
      ...(tile?.length && { tileShape: tile.reverse() }),
      ...(bucketBytes > 0 && { bucketBytes }),
    };
  });
}
