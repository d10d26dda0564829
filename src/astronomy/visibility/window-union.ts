/** Channels of a spectral window, ascending or descending; Hz. */
export interface WindowChannels {
  /** Number by which the parts of a union name the window. */
  readonly id: number;
  readonly freqs: ArrayLike<number>;
  readonly widths: ArrayLike<number>;
}

/** A channel of a window that contributes to a channel of a union. */
export interface UnionPart {
  readonly id: number;
  readonly chan: number;
  /** Part of the contributing channel that lies in the channel of the union. */
  readonly fraction: number;
}

/** Channels of several windows as those of one: ascending, with gaps where no window has channels. */
export interface WindowUnion {
  /** Hz */
  readonly freqs: Float64Array;
  /** Hz */
  readonly widths: Float64Array;
  /** What contributes, [channel]. */
  readonly parts: readonly (readonly UnionPart[])[];
}

interface Channel {
  readonly freq: number;
  readonly width: number;
  readonly parts: readonly UnionPart[];
}

/** A channel that reaches by less than this part into the union is cut, not joined. */
const SLIGHT = 0.01;

/**
 * The union of the channels of several windows, by the rules of CASA 6.7's mstransform with `combinespws`.
 *
 * The window with the lowest channel gives the first channels; each further window, in order of its lowest channel, contributes to
 * those that it overlaps and appends those beyond. Where it reaches beyond the end, the last channel is widened up to its edge.
 */
export function uniteWindows(windows: readonly WindowChannels[]): WindowUnion {
  const sorted = windows.map(ascending).sort((one, other) => one[0].freq - other[0].freq);
  const [first, ...others] = sorted;
  const united = others.reduce(unite, first);
  return {
    freqs: Float64Array.from(united, ({ freq }) => freq),
    widths: Float64Array.from(united, ({ width }) => width),
    parts: united.map(({ parts }) => parts),
  };
}

function ascending({ id, freqs, widths }: WindowChannels): Channel[] {
  const channels = Array.from(freqs, (freq, chan) => ({
    freq,
    width: Math.abs(widths[chan]),
    parts: [{ id, chan, fraction: 1 }],
  }));
  return freqs[0] <= freqs[freqs.length - 1] ? channels : channels.reverse();
}

function lowOf({ freq, width }: Channel): number {
  return freq - width / 2;
}

function highOf({ freq, width }: Channel): number {
  return freq + width / 2;
}

/** @param next a window whose lowest channel is not below that of the union */
function unite(union: readonly Channel[], next: readonly Channel[]): Channel[] {
  const last = union[union.length - 1];
  if (highOf(last) < lowOf(next[0])) return [...union, ...next];
  const isEarlier = lowOf(next[0]) < lowOf(union[0]) && lowOf(next[0]) < lowOf(last);
  const united = union.map((channel, index) =>
    index === 0 && isEarlier ? widenedDown(channel, next[0]) : withOverlaps(channel, next),
  );
  return highOf(last) < highOf(next[next.length - 1]) ? appendBeyond(united, last, next) : united;
}

/** The first channel of the union, down to the edge of a wider one. */
function widenedDown(channel: Channel, wide: Channel): Channel {
  const width = highOf(channel) - lowOf(wide);
  return { freq: lowOf(wide) + width / 2, width, parts: [...wide.parts, ...channel.parts] };
}

function withOverlaps(channel: Channel, next: readonly Channel[]): Channel {
  const parts = [...channel.parts];
  for (const other of next) {
    const fraction = overlap(channel, other);
    if (fraction > 0) parts.push({ ...other.parts[0], fraction });
  }
  return { ...channel, parts };
}

/** Part of `other` that lies in `channel`. */
function overlap(channel: Channel, other: Channel): number {
  const [low, high, otherLow, otherHigh] = [lowOf(channel), highOf(channel), lowOf(other), highOf(other)];
  if (low <= otherLow && otherHigh <= high) return 1;
  if (otherLow <= low && high <= otherHigh) return channel.width / other.width;
  return (Math.min(high, otherHigh) - Math.max(low, otherLow)) / other.width;
}

/** @param last the last channel of the union before `next` contributed to it */
function appendBeyond(united: readonly Channel[], last: Channel, next: readonly Channel[]): Channel[] {
  const edge = highOf(last);
  let at = next.length - 1;
  while (lowOf(next[at]) > edge) at--;
  const across = next[at];
  if (lowOf(across) === edge) return [...united, ...next.slice(at)];
  const rest = next.slice(at + 1);
  if (highOf(across) <= edge) return [...united, ...rest];
  const top = highOf(across);
  if ((edge - lowOf(across)) / across.width <= SLIGHT) {
    return [...united, { freq: (edge + top) / 2, width: top - edge, parts: across.parts }, ...rest];
  }
  const { parts } = united[united.length - 1];
  const widened: Channel = {
    freq: (lowOf(last) + top) / 2,
    width: top - lowOf(last),
    parts: [...parts.slice(0, -1), { ...parts[parts.length - 1], fraction: 1 }],
  };
  return [...united.slice(0, -1), widened, ...rest];
}
