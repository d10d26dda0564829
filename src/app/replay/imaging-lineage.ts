import { madeBy, type RehearsedCall, trimmed, visesOf } from './imaging-rehearsal.ts';
import { readChannelRanges, readNumbers } from './selection-numbers.ts';

/** Where data of a MeasurementSet come from: one that a script finds, or a task that made it from others. */
export type Lineage =
  | { readonly kind: 'input'; readonly name: string }
  | {
      readonly kind: 'cut';
      readonly of: Lineage;
      readonly windows: readonly number[];
      readonly fields: readonly number[];
      readonly width: number;
      /** Whether its windows became one. */
      readonly isCombined?: boolean;
      /** The channels that it was brought to, where they are told: parts of one grid have the same windows. */
      readonly grid?: string;
    }
  | { readonly kind: 'joined'; readonly of: readonly Lineage[] };

/** Windows of one part of joined data: their numbers in the whole, in order. */
export interface PartWindows {
  readonly ids: readonly number[];
  /** Whether the other parts have the same windows. */
  readonly isShared: boolean;
}

/** What a task reads of one input. */
export interface InputUse {
  readonly input: string;
  /** Ids of windows there; none for all. */
  readonly windows: readonly number[];
  /** Ids of fields there; none for all or for names. */
  readonly fields: readonly number[];
  /** Highest channel that is named, by window. */
  readonly channels: ReadonlyMap<number, number>;
  /** Windows that it must have, so that those of others that are joined behind it have their numbers. */
  readonly leastWindows: number;
  /** Whether others that are joined with it have the same windows. */
  readonly isShared?: boolean;
}

/** A selection of windows, channels and fields in a MeasurementSet's own numbers. */
interface Selection {
  readonly windows: readonly number[];
  readonly fields: readonly number[];
  readonly channels: ReadonlyMap<number, number>;
}

export const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'number'
      ? String(value)
      : Array.isArray(value)
        ? value.map(textOf).join(',')
        : '';

/** Windows and highest channels of a selection such as `0:5~9,2~3`. */
export function readWindows(selection: string): { windows: number[]; channels: Map<number, number> } {
  const windows = readNumbers(
    selection
      .split(',')
      .map((part) => part.split(':')[0].replaceAll(';', ','))
      .join(','),
  );
  const channels = new Map(
    [...readChannelRanges(selection)].map(([id, ranges]) => [id, Math.max(...ranges.map(([, last]) => last))]),
  );
  return { windows: [...new Set(windows)], channels };
}

/** Lineages of all MeasurementSets of a script at each of its calls, in order. */
export function traceLineages(calls: readonly RehearsedCall[]): ReadonlyMap<RehearsedCall, readonly Lineage[]> {
  const known = new Map<string, Lineage>();
  const made: (Lineage | undefined)[] = [];
  const traced = new Map<RehearsedCall, Lineage[]>();
  for (const call of calls) {
    const find = (name: string): Lineage => {
      // What was moved is known by the call that made it.
      const maker = call.makers?.[name];
      return (maker === undefined ? undefined : made[maker]) ?? known.get(name) ?? { kind: 'input', name };
    };
    const parents = visesOf(call).map(find);
    traced.set(call, parents);
    const child = parents.length > 0 ? lineageOf(call, parents) : undefined;
    made.push(child);
    if (child) for (const name of madeBy(call)) known.set(trimmed(name), child);
  }
  return traced;
}

/** Tasks whose output has the selected windows alone, numbered anew. */
const isCut = ({ task, named }: RehearsedCall): boolean =>
  named.reindex !== false && !(task === 'uvcontsub' && named.outputvis);

function lineageOf(call: RehearsedCall, parents: readonly Lineage[]): Lineage {
  const { task, named } = call;
  if (parents.length > 1) return { kind: 'joined', of: parents };
  const { windows } = readWindows(textOf(named.spw));
  const fields = readNumbers(textOf(named.field));
  return {
    kind: 'cut',
    of: parents[0],
    windows: isCut(call) ? windows : [],
    fields: isCut(call) ? fields : [],
    width: task === 'split' ? averagedChannels(named.width, 0) : 1,
    isCombined: task.startsWith('cvel') || named.combinespws === true,
    grid: gridOf(call),
  };
}

/** How many channels a task averages to one in the window at `index` of its selection. */
export function averagedChannels(width: unknown, index: number): number {
  const own = Array.isArray(width) ? (width[index] ?? width[0]) : width;
  return Math.max(1, Number(own ?? 1) || 1);
}

/** Tasks that bring channels to others: the new ones, as text. */
export function gridOf({ task, named }: RehearsedCall): string | undefined {
  if (!task.startsWith('cvel') && named.regridms !== true) return undefined;
  const told = [named.outframe, named.start, named.width, named.nchan, named.restfreq].map(textOf);
  return told[1] === '' ? undefined : told.join(' ');
}

/**
 * How many windows each part of joined data has, so that all that is selected from them by number is in the right part: every
 * selection takes windows of each part.
 */
export function windowCounts(partCount: number, selections: readonly (readonly number[])[]): number[] {
  const highest = Math.max(0, ...selections.flat());
  const equal = Math.ceil((highest + 1) / partCount);
  const reachesAll = selections
    .filter((ids) => ids.length >= partCount)
    .every((ids) => new Set(ids.map((id) => Math.floor(id / equal))).size === partCount);
  const one = selections.find((ids) => ids.length === partCount);
  if (reachesAll || !one) return new Array<number>(partCount).fill(equal);
  const ends = [...one.slice(1), highest + 1];
  return ends.map((end, index) => end - (index === 0 ? 0 : one[index]));
}

/**
 * Windows of the parts of joined data.
 *
 * @param selections windows that tasks select from the whole
 * @param imaged those of them that are imaged, or cut out to be: each needs data of every part, or all parts have the same windows
 */
export function partWindows(
  parts: readonly Lineage[],
  selections: readonly (readonly number[])[],
  imaged: readonly (readonly number[])[],
): PartWindows[] {
  const grids = parts.map((part) => (part.kind === 'cut' ? part.grid : undefined));
  if (grids.every((grid) => grid !== undefined)) {
    const known = [...new Set(grids)];
    return grids.map((grid) => ({ ids: [known.indexOf(grid)], isShared: false }));
  }
  const counts = windowCounts(parts.length, selections);
  let first = 0;
  const own = counts.map((count): PartWindows => {
    const ids = Array.from({ length: count }, (_, index) => first + index);
    first += count;
    return { ids, isShared: false };
  });
  const reachesAll = imaged.every((ids) => own.every((part) => part.ids.some((id) => ids.includes(id))));
  if (reachesAll) return own;
  const all = Array.from({ length: 1 + Math.max(0, ...selections.flat()) }, (_, id) => id);
  return parts.map(() => ({ ids: all, isShared: true }));
}

/** Follows a selection to the inputs. `partsOf` says what windows the parts of joined data have. */
export function usesOf(
  lineage: Lineage,
  selection: Selection,
  partsOf: (joined: Lineage) => readonly PartWindows[],
): InputUse[] {
  if (lineage.kind === 'input') return [{ input: lineage.name, leastWindows: 0, ...selection }];
  if (lineage.kind === 'cut') return usesOf(lineage.of, beforeCut(lineage, selection), partsOf);
  const windowsOf = partsOf(lineage);
  return lineage.of.flatMap((part, index) => {
    const { ids, isShared } = windowsOf[index];
    const windows = selection.windows.filter((id) => ids.includes(id)).map((id) => ids.indexOf(id));
    if (selection.windows.length > 0 && windows.length === 0) return [];
    const channels = new Map(
      [...selection.channels].filter(([id]) => ids.includes(id)).map(([id, last]) => [ids.indexOf(id), last]),
    );
    const uses = usesOf(part, { ...selection, windows, channels }, partsOf);
    const shared = isShared ? { isShared } : {};
    return uses.map((use) =>
      part.kind === 'input' ? { ...use, leastWindows: ids.length, ...shared } : { ...use, ...shared },
    );
  });
}

function beforeCut(cut: Extract<Lineage, { kind: 'cut' }>, selection: Selection): Selection {
  if (cut.isCombined) return { ...selection, windows: cut.windows, channels: new Map() };
  const window = (id: number) => cut.windows[id] ?? id;
  const field = (id: number) => cut.fields[id] ?? id;
  const ids = selection.windows.length > 0 ? selection.windows.map(window) : cut.windows;
  const fields = selection.fields.length > 0 ? selection.fields.map(field) : cut.fields;
  const channels = [...selection.channels].map(([id, last]): [number, number] => [
    window(id),
    (last + 1) * cut.width - 1,
  ]);
  return { windows: ids, fields, channels: new Map(channels) };
}
