import type { MsMetadata, SpectralWindowInfo, SpwSelection } from '../../astronomy/ms/index.ts';
import { stokesCode } from '../../formats/fits/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** Keys of the chosen rows, [row]. */
export interface RowKeys {
  readonly rows: Int32Array;
  readonly time: Float64Array;
  /** Within a fifth of this, s, times of one baseline are one. */
  readonly timeWidth: Float64Array;
  readonly antenna1: Int32Array;
  readonly antenna2: Int32Array;
  readonly fieldId: Int32Array;
  readonly dataDescId: Int32Array;
}

/** Windows of a UVFITS file: what all of them share, and how they become IFs or frequency setups. */
export interface WindowsPlan {
  /** Data descriptions in order, one for each window of the file. */
  readonly dataDescIds: readonly number[];
  readonly windows: readonly SpectralWindowInfo[];
  /** Channels of every window. */
  readonly firstChannel: number;
  readonly channelCount: number;
  /** Places of the correlations in the order of FITS, and FITS's codes in that order. */
  readonly corrOrder: readonly number[];
  readonly corrCodes: readonly number[];
  /** Frequency of the reference channel of the first window, Hz, and the number of that channel from 1. */
  readonly refFrequency: number;
  readonly refChannel: number;
  /** Hz, of the first window */
  readonly channelWidth: number;
}

const isNear = (one: number, other: number) => Math.abs(one - other) <= 1e-5 * Math.max(Math.abs(one), Math.abs(other));

function channelsOf(windows: readonly SpectralWindowInfo[], selection: SpwSelection): [first: number, count: number] {
  const ranges = windows.map(({ id, chanFreqs }) => {
    const chosen = selection.get(id) ?? [];
    if (chosen.length > 1)
      fail('unsupported', 'UVFITS holds one range of channels a window; split the others out first.');
    const [first, last] = chosen[0] ?? [0, chanFreqs.length - 1];
    return [first, last - first + 1] as const;
  });
  const [first, count] = ranges[0];
  if (ranges.some((range) => range[0] !== first || range[1] !== count))
    fail('usage', 'The windows differ in their channels; split those of one shape out and export them by themselves.');
  return [first, count];
}

/**
 * What the windows of a UVFITS file have in common.
 *
 * @param dataDescIds of the chosen rows, ascending
 * @throws usage when windows differ in channels, correlations, widths or frames; unsupported for several ranges of channels
 */
export function planWindows(
  metadata: MsMetadata,
  dataDescIds: readonly number[],
  selection: SpwSelection,
): WindowsPlan {
  const windows = dataDescIds.map((id) => metadata.spectralWindows[metadata.dataDescriptions[id].spwId]);
  const products = dataDescIds.map((id) => metadata.polarizations[metadata.dataDescriptions[id].polId].corrTypes);
  const [firstChannel, channelCount] = channelsOf(windows, selection);
  const [window] = windows;
  const stepOf = ({ chanFreqs, totalBandwidth }: SpectralWindowInfo) =>
    chanFreqs.length > 1 ? chanFreqs[1] - chanFreqs[0] : totalBandwidth;
  const channelWidth = stepOf(window);
  for (const other of windows) {
    const freqs = other.chanFreqs.slice(firstChannel, firstChannel + channelCount);
    if (!isNear(Math.abs(stepOf(other)), Math.abs(channelWidth)) || other.measFreqRef !== window.measFreqRef)
      fail('usage', `Windows ${window.id} and ${other.id} differ in the width or the frame of their channels.`);
    if (freqs.some((freq, k) => k > 1 && !isNear(freq - freqs[k - 1], freqs[1] - freqs[0])))
      fail('usage', `The channels of window ${other.id} are not evenly spaced, as UVFITS needs them.`);
  }
  if (products.some((types) => types.join() !== products[0].join()))
    fail(
      'usage',
      'The windows differ in their correlations; split those of one kind out and export them by themselves.',
    );
  const codes = products[0].map(stokesCode);
  const corrOrder = codes.map((_, at) => at).sort((one, other) => Math.abs(codes[one]) - Math.abs(codes[other]));
  const corrCodes = corrOrder.map((at) => codes[at]);
  if (corrCodes.some((code, k) => k > 1 && code - corrCodes[k - 1] !== corrCodes[1] - corrCodes[0]))
    fail('usage', `UVFITS cannot hold the correlations ${products[0].join(', ')}: their codes are not evenly spaced.`);
  const refChannel = 1 + Math.floor(channelCount / 2);
  const refFrequency = window.chanFreqs[firstChannel] + (refChannel - 1) * channelWidth;
  return {
    dataDescIds,
    windows,
    firstChannel,
    channelCount,
    corrOrder,
    corrCodes,
    refFrequency,
    refChannel,
    channelWidth,
  };
}

/** Order of time, antennas, field and data description. */
export function orderRows(keys: RowKeys): Int32Array {
  const { time, antenna1, antenna2, fieldId, dataDescId } = keys;
  return Int32Array.from(keys.rows, (_, index) => index).sort(
    (one, other) =>
      time[one] - time[other] ||
      antenna1[one] - antenna1[other] ||
      antenna2[one] - antenna2[other] ||
      fieldId[one] - fieldId[other] ||
      dataDescId[one] - dataDescId[other],
  );
}

/**
 * Cuts ordered rows into groups, each of the windows of one baseline, time and field.
 *
 * @param windowCount most rows of a group; 1: every row is a group
 * @returns first positions in `order` of the groups, and the end
 */
export function cutGroups(keys: RowKeys, order: Int32Array, windowCount: number): Int32Array {
  const starts: number[] = [];
  for (let at = 0; at < order.length; ) {
    starts.push(at);
    const first = order[at];
    const latest = keys.time[first] + 0.2 * keys.timeWidth[first];
    let end = at + 1;
    for (; end < order.length && end - at < windowCount; end++) {
      const row = order[end];
      const isSame =
        keys.time[row] <= latest &&
        keys.antenna1[row] === keys.antenna1[first] &&
        keys.antenna2[row] === keys.antenna2[first] &&
        keys.fieldId[row] === keys.fieldId[first];
      if (!isSame) break;
    }
    at = end;
  }
  return Int32Array.from([...starts, order.length]);
}
