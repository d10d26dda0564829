import type { ChannelRange } from '../ms/index.ts';
import type { VisibilityChunk } from './types.ts';

/** Whether the ranges leave channels of the chunk's window out. */
export function leavesChannels(chunk: VisibilityChunk, ranges: readonly ChannelRange[]): boolean {
  return !ranges.some(([first, last]) => first === 0 && last === chunk.chanCount - 1);
}

/**
 * Gives the channels outside of the ranges the values that they had; changes `values`.
 *
 * @param values complex numbers of the chunk's rows, as `before`
 */
export function putBackOthers(
  chunk: VisibilityChunk,
  ranges: readonly ChannelRange[],
  values: Float32Array,
  before: Float32Array,
): void {
  const isChosen = new Uint8Array(chunk.chanCount);
  for (const [first, last] of ranges) isChosen.fill(1, first, last + 1);
  const step = 2 * chunk.corrCount;
  for (let row = 0, at = 0; row < chunk.rowCount; row++) {
    for (let chan = 0; chan < chunk.chanCount; chan++, at += step) {
      if (!isChosen[chan]) values.set(before.subarray(at, at + step), at);
    }
  }
}
