import { type MeasurementSet, type MsMetadata, readNumbers } from '../../astronomy/ms/index.ts';
import { type ChunkOperator, mergeWindows, uniteWindows, type WindowUnion } from '../../astronomy/visibility/index.ts';
import type { Table } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { SplitPlan, WindowPlan } from './split-plan.ts';

/** Several spectral windows as one. */
export interface Combination {
  /** Writes one window under the number of the first. */
  readonly plan: SplitPlan;
  /** Channels of that window before they get one width; parts name windows by their old numbers. */
  readonly union: WindowUnion;
  readonly operator: ChunkOperator;
}

/**
 * Plans the combination of all selected windows: CASA 6.7's mstransform with `combinespws`.
 *
 * @throws unsupported, usage for windows that cannot be combined
 */
export function planCombination(ms: MeasurementSet, metadata: MsMetadata, plan: SplitPlan): Combination {
  checkCombination(ms, metadata, plan);
  const [first] = plan.windows;
  const [dataDescId] = plan.dataDescMap.keys();
  const union = uniteWindows(plan.windows.map((window) => ({ id: window.oldId, ...channelsOf(window, metadata) })));
  return {
    union,
    operator: mergeWindows({ union, dataDescId, spwId: first.oldId }),
    plan: {
      ...plan,
      windows: [first],
      spwMap: new Map([...plan.spwMap.keys()].map((id) => [id, 0])),
      dataDescMap: new Map([[dataDescId, 0]]),
      isCombined: true,
    },
  };
}

function checkCombination(ms: MeasurementSet, metadata: MsMetadata, plan: SplitPlan): void {
  if (!plan.isReindexed) fail('unsupported', 'Combined spectral windows are renumbered; leave reindex=True.');
  const counts = plan.windows.map(({ bins }) => bins.length);
  const odd = counts.find((count) => count !== counts[0]);
  if (odd !== undefined) {
    fail(
      'usage',
      `Windows of ${counts[0]} and ${odd} channels cannot be combined; select as many channels of each in spw, or one window.`,
    );
  }
  const setups = [...plan.dataDescMap.keys()].map((id) => metadata.dataDescriptions[id].polId);
  const isOneSetup = setups.every((polId) => polId === setups[0]);
  if (!isOneSetup || setups.length !== plan.windows.length) {
    fail('unsupported', 'Windows of different correlations are not combined; select those of one setup in spw.');
  }
  const frames = plan.windows.map(({ oldId }) =>
    Number(ms.subtable('SPECTRAL_WINDOW').column('MEAS_FREQ_REF').get(oldId)),
  );
  if (frames.some((frame) => frame !== frames[0])) {
    fail('usage', 'Windows in different frequency frames cannot be combined; regrid them to one outframe first.');
  }
}

/** Centres and widths of the channels of a window that are selected, Hz. */
export function channelsOf({ oldId, bins }: WindowPlan, metadata: MsMetadata): { freqs: number[]; widths: number[] } {
  const { chanFreqs, chanWidths } = metadata.spectralWindows[oldId];
  return {
    freqs: bins.map(([first, count]) => sum(chanFreqs, first, count) / count),
    widths: bins.map(([first, count]) => sum(chanWidths, first, count)),
  };
}

function sum(values: readonly number[], first: number, count: number): number {
  let total = 0;
  for (let at = first; at < first + count; at++) total += values[at];
  return total;
}

/** Windows that are closer, in channels, are side by side. */
const SLIGHT = 1e-3;

/** Warns of new channels where no window has data: they hold interpolated values that nothing flags, in CASA too. */
export function warnOfGaps(
  union: WindowUnion,
  freqs: Float64Array,
  factor: number,
  warn: (sentence: string) => void,
): void {
  const gaps: [number, number][] = [];
  for (let chan = 1; chan < union.freqs.length; chan++) {
    const low = union.freqs[chan - 1] + union.widths[chan - 1] / 2;
    const high = union.freqs[chan] - union.widths[chan] / 2;
    if (high - low > SLIGHT * union.widths[chan]) gaps.push([low * factor, high * factor]);
  }
  const count = freqs.filter((freq) => gaps.some(([low, high]) => low < freq && freq < high)).length;
  if (count === 0) return;
  warn(
    `${count} of ${freqs.length} channels lie in gaps between the combined windows; their values are interpolated and not flagged.`,
  );
}

/** Columns by whose values CASA finds rows that combined windows have in common. */
const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
  SOURCE: ['SOURCE_ID'],
  FEED: ['ANTENNA_ID', 'FEED_ID'],
  SYSCAL: ['ANTENNA_ID', 'FEED_ID'],
  CALDEVICE: ['ANTENNA_ID', 'FEED_ID'],
  SYSPOWER: ['ANTENNA_ID', 'FEED_ID'],
};

/**
 * Gives all rows to the combined window and leaves one of those that windows have in common: in SOURCE one for each source, elsewhere
 * those whose TIME is not that of the row before of the same antenna and feed.
 */
export function dropDuplicates(name: string, table: Table): void {
  const columns = (IDENTITIES[name] ?? []).map((column) => readNumbers(table, column));
  if (columns.length === 0) return;
  const times = name === 'SOURCE' ? undefined : readNumbers(table, 'TIME');
  const seen = new Map<string, number>();
  const dropped: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    table.column('SPECTRAL_WINDOW_ID').put(row, 0);
    const identity = columns.map((values) => values[row]).join();
    const time = times?.[row] ?? 0;
    if (seen.get(identity) === time) dropped.push(row);
    else seen.set(identity, time);
  }
  if (dropped.length > 0) table.removeRows(dropped);
}
