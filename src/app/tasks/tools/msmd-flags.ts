import { stepRows } from '../../../astronomy/ms/index.ts';
import { real } from '../values.ts';
import { windowOf } from './ms-state.ts';
import { ask, type MsmdState, opened, openedMs, rowGroups } from './msmd-rows.ts';
import { quantityReply } from './reply-values.ts';

/** Calls `act` with each row's share of unflagged bandwidth, and what else the counts need. */
function forRows(
  state: MsmdState,
  act: (row: { share: number; isAuto: boolean; exposure: number; time: number; width: number }) => void,
): void {
  const metadata = opened(state);
  const { main } = openedMs(state);
  const names = ['ANTENNA1', 'ANTENNA2', 'DATA_DESC_ID', 'EXPOSURE', 'TIME'] as const;
  const flagColumn = main.column('FLAG');
  for (const { start, count, values } of stepRows(main, names)) {
    const columns = names.map((name) => values[name] as unknown as ArrayLike<number>);
    for (let row = 0; row < count; row++) {
      const [first, second, description, exposure, time] = columns.map((column) => column[row]);
      const widths = windowOf(metadata, description).chanWidths.map(Math.abs);
      const flags = flagColumn.getRange(start + row, 1) as ArrayLike<number>;
      const corrCount = flags.length / widths.length;
      const total = widths.reduce((sum, width) => sum + width, 0);
      let good = 0;
      for (let item = 0; item < flags.length; item++)
        if (flags[item] === 0) good += widths[Math.floor(item / corrCount)];
      act({ share: good / (corrCount * total), isAuto: first === second, exposure, time, width: total });
    }
  }
}

/** Rows, each counted by the part of its bandwidth that is not flagged. */
function unflaggedRows(state: MsmdState, hasAuto: boolean): number {
  let sum = 0;
  forRows(state, ({ share, isAuto }) => {
    if (hasAuto || !isAuto) sum += share;
  });
  return sum;
}

/** Time, bandwidth and baselines that are not flagged, over all baselines and the bandwidth of each time. */
function effectiveExposure(state: MsmdState): number {
  const antennaCount = opened(state).antennas.length;
  const baselineCount = (antennaCount * (antennaCount - 1)) / 2;
  const metadata = opened(state);
  const described = new Map<number, Set<number>>();
  for (const { times, dataDescription } of rowGroups(state))
    for (const time of times.keys()) {
      const known = described.get(time) ?? new Set();
      described.set(time, known.add(dataDescription));
    }
  const widthOf = (description: number) =>
    windowOf(metadata, description).chanWidths.reduce((sum, width) => sum + Math.abs(width), 0);
  const widths = new Map(
    [...described].map(([time, ids]) => [time, [...ids].reduce((sum, id) => sum + widthOf(id), 0)] as const),
  );
  let sum = 0;
  forRows(state, ({ share, isAuto, exposure, time, width }) => {
    if (!isAuto) sum += (exposure * share * width) / ((widths.get(time) ?? width) * baselineCount);
  });
  return sum;
}

/** Counts that look at the flags. */
export const flagMethods = {
  nrows: ask('autoc=True, flagged=True', (state, args) => {
    const hasAuto = args.autoc !== false;
    if (args.flagged === false) return real(unflaggedRows(state, hasAuto));
    const groups = rowGroups(state);
    return real(groups.reduce((sum, one) => sum + one.rowCount - (hasAuto ? 0 : one.autoCount), 0));
  }),
  effexposuretime: ask('', (state) => quantityReply(effectiveExposure(state), 's')),
};
