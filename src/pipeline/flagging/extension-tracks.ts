import { extensionSeconds, type FlagCommand } from './flag-command.ts';

/** What tells the rows of one baseline apart from those of others, [row] each. */
export interface TrackColumns {
  /** Window, observation, field, antennas … */
  readonly keys: readonly ArrayLike<number>[];
  readonly scan: ArrayLike<number>;
  /** s */
  readonly time: ArrayLike<number>;
}

/** A chunk of CASA 6.7 begins so much before its first time (casacore's MSInterval). */
const MARGIN_SEC = 0.01;

/** How the times of a baseline are cut into tracks. */
interface Chunking {
  /** s, from the first time of a scan (or of all); Infinity: not cut further. */
  readonly widthSec: number;
  readonly combinesScans: boolean;
}

/** @throws usage */
function chunkingOf({ ntime = 'scan', combinescans = false }: FlagCommand): Chunking {
  const seconds = extensionSeconds(ntime);
  return { widthSec: seconds > 0 ? seconds : Number.POSITIVE_INFINITY, combinesScans: combinescans };
}

/**
 * The tracks in which flags spread (flagdata's mode extend): rows of one baseline in one scan or piece of time, in order of time.
 *
 * @returns positions in the columns, [track][time]
 * @throws usage for an `ntime` that is no time
 */
export function extensionTracks({ keys, scan, time }: TrackColumns, command: FlagCommand): number[][] {
  const { widthSec, combinesScans } = chunkingOf(command);
  const columns = combinesScans ? keys : [...keys, scan];
  const groups = new Map<string, number[]>();
  for (let at = 0; at < time.length; at++) {
    const key = columns.map((column) => column[at]).join(' ');
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  }
  const tracks: number[][] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => time[a] - time[b] || a - b);
    let begin = 0;
    for (let end = 1; end <= group.length; end++) {
      if (end < group.length && time[group[end]] - time[group[begin]] + MARGIN_SEC < widthSec) continue;
      tracks.push(group.slice(begin, end));
      begin = end;
    }
  }
  return tracks;
}
