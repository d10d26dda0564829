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

/** Channel ranges by window of a selection such as `0:0~7;120~127,1:3~5`. */
export function readChannelRanges(selection: string): Map<number, [number, number][]> {
  const ranges = new Map<number, [number, number][]>();
  for (const part of selection.split(',')) {
    const [windows, channels] = part.split(':');
    if (channels === undefined) continue;
    const pairs = [...channels.matchAll(/(\d+)(?:~(\d+))?/g)].map(([, first, last]): [number, number] => [
      Number(first),
      Number(last ?? first),
    ]);
    for (const window of readNumbers(windows)) ranges.set(window, [...(ranges.get(window) ?? []), ...pairs]);
  }
  return ranges;
}
