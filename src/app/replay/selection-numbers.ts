/** Numbers of channels that ALMA's correlators give. */
export const CHANNEL_COUNTS: readonly number[] = [
  62, 64, 120, 124, 128, 240, 248, 256, 480, 496, 510, 512, 960, 1020, 1024, 1920, 2040, 2048, 3840, 4080, 4096, 7680,
  8160, 8192,
];
/** Channels that are as many as these have the window of a correlator; fewer may be any. */
export const FULL_CHANNELS = 256;
/** Smallest number of channels that a correlator gives and that is not below `count` (but for one too many). */
export function nearestCount(count: number): number {
  return CHANNEL_COUNTS.find((one) => one + 1 >= count) ?? count;
}

/** Numbers of a CASA selection such as `0,2,4~7`; names and other words are left out. */
export function readNumbers(selection: string): number[] {
  return selection.split(',').flatMap((part) => {
    const found = /^\s*(\d+)\s*(?:~\s*(\d+))?\s*$/.exec(part);
    if (!found) return [];
    const first = Number(found[1]);
    const last = Number(found[2] ?? first);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}

/** Channel ranges by window of a selection such as `0:0~7;120~127,1:3~5`; ranges in GHz or km/s are left out. */
export function readChannelRanges(selection: string): Map<number, [number, number][]> {
  const ranges = new Map<number, [number, number][]>();
  for (const part of selection.split(',')) {
    const [windows, channels] = part.split(':');
    if (channels === undefined) continue;
    const pairs = channels.split(';').flatMap((range): [number, number][] => {
      const found = /^\s*(\d+)\s*(?:~\s*(\d+)\s*)?(?:\^\s*\d+\s*)?$/.exec(range);
      return found ? [[Number(found[1]), Number(found[2] ?? found[1])]] : [];
    });
    if (pairs.length === 0) continue;
    for (const window of readNumbers(windows)) ranges.set(window, [...(ranges.get(window) ?? []), ...pairs]);
  }
  return ranges;
}
