import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { ChannelSamples } from './channel-map.ts';

/** What an image may show: Stokes I, or one hand alone. */
export const IMAGED_STOKES = ['I', 'XX', 'YY', 'RR', 'LL'] as const;
export type ImagedStokes = (typeof IMAGED_STOKES)[number];

/** Positions of the correlations that an image is made of. */
export function handsOf(corrTypes: readonly string[], stokes: ImagedStokes): number[] {
  const wanted = stokes === 'I' ? IMAGED_STOKES : [stokes];
  return corrTypes.flatMap((name, corr) => ((wanted as readonly string[]).includes(name) ? [corr] : []));
}

/**
 * Stokes I of a chunk: the mean of the two parallel hands, weight their mean weight, as CASA images I; a sample counts only
 * when both hands are unflagged. With one parallel hand, or when one is asked for, that one is taken.
 *
 * @param channels data channels to take, in this order
 * @returns vis [row, channel, re/im], weight [row, channel]
 * @throws bad-data when the chunk has no parallel hand
 */
export function stokesISamples(
  chunk: VisibilityChunk,
  column: DataColumn,
  corrTypes: readonly string[],
  channels: ArrayLike<number>,
  stokes: ImagedStokes = 'I',
): ChannelSamples {
  const data = chunk.data[column] ?? fail('internal', `The chunk lacks ${column}.`);
  const hands = handsOf(corrTypes, stokes);
  if (hands.length === 0) fail('bad-data', `Stokes ${stokes} cannot be made of ${corrTypes.join(', ')}.`);
  const [first, last] = [hands[0], hands[hands.length - 1]];
  const { rowCount, chanCount, corrCount } = chunk;
  const count = channels.length;
  const vis = new Float32Array(2 * rowCount * count);
  const weight = new Float32Array(rowCount * count);
  const spectrum = chunk.weightSpectrum;
  for (let row = 0; row < rowCount; row++) {
    if (chunk.flagRow[row] || chunk.antenna1[row] === chunk.antenna2[row]) continue;
    const rowWeight = (chunk.weight[row * corrCount + first] + chunk.weight[row * corrCount + last]) / 2;
    for (let k = 0; k < count; k++) {
      const at = (row * chanCount + channels[k]) * corrCount;
      if (chunk.flag[at + first] || chunk.flag[at + last]) continue;
      const sampleWeight = spectrum ? (spectrum[at + first] + spectrum[at + last]) / 2 : rowWeight;
      const re = (data[2 * (at + first)] + data[2 * (at + last)]) / 2;
      const im = (data[2 * (at + first) + 1] + data[2 * (at + last) + 1]) / 2;
      if (!(sampleWeight > 0) || !Number.isFinite(re + im)) continue;
      const to = row * count + k;
      vis[2 * to] = re;
      vis[2 * to + 1] = im;
      weight[to] = sampleWeight;
    }
  }
  return { vis, weight, chanCount: count };
}
