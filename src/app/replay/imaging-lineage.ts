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
    }
  | { readonly kind: 'joined'; readonly of: readonly Lineage[] };

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
  const find = (name: string): Lineage => known.get(name) ?? { kind: 'input', name };
  const traced = new Map<RehearsedCall, Lineage[]>();
  for (const call of calls) {
    const parents = visesOf(call).map(find);
    traced.set(call, parents);
    if (parents.length === 0) continue;
    for (const made of madeBy(call)) known.set(trimmed(made), lineageOf(call, parents));
  }
  return traced;
}

function lineageOf({ task, named }: RehearsedCall, parents: readonly Lineage[]): Lineage {
  if (parents.length > 1) return { kind: 'joined', of: parents };
  const { windows } = readWindows(textOf(named.spw));
  const fields = readNumbers(textOf(named.field));
  const width = task === 'split' ? Number(Array.isArray(named.width) ? named.width[0] : (named.width ?? 1)) || 1 : 1;
  const keepsNumbers = task === 'mstransform' && named.reindex === false;
  // uvcontsub keeps the numbers of its windows.
  const renumbered = task === 'uvcontsub' || keepsNumbers ? [] : windows;
  return { kind: 'cut', of: parents[0], windows: renumbered, fields: keepsNumbers ? [] : fields, width };
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

/** Follows a selection to the inputs. `countsOf` says how many windows the parts of joined data have. */
export function usesOf(
  lineage: Lineage,
  selection: Selection,
  countsOf: (joined: Lineage) => readonly number[],
): InputUse[] {
  if (lineage.kind === 'input') return [{ input: lineage.name, leastWindows: 0, ...selection }];
  if (lineage.kind === 'cut') return usesOf(lineage.of, beforeCut(lineage, selection), countsOf);
  const counts = countsOf(lineage);
  let first = 0;
  return lineage.of.flatMap((part, index) => {
    const start = first;
    first += counts[index];
    const isHere = (id: number) => id >= start && id < start + counts[index];
    const windows = selection.windows.filter(isHere).map((id) => id - start);
    if (selection.windows.length > 0 && windows.length === 0) return [];
    const channels = new Map(
      [...selection.channels].filter(([id]) => isHere(id)).map(([id, last]) => [id - start, last]),
    );
    const uses = usesOf(part, { ...selection, windows, channels }, countsOf);
    return part.kind === 'input' ? uses.map((use) => ({ ...use, leastWindows: counts[index] })) : uses;
  });
}

function beforeCut(cut: Extract<Lineage, { kind: 'cut' }>, selection: Selection): Selection {
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
