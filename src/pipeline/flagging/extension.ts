/** How flags spread to their neighbours; the words are those of CASA's flagdata(mode='extend'). */
export interface Extension {
  /** A flag of one correlation counts for all; default true. */
  readonly extendpols?: boolean;
  /** Per cent of the times of a channel that must be flagged to flag all of them; default 50, 0 switches it off. */
  readonly growtime?: number;
  /** Per cent of the channels of a time that must be flagged to flag all of them; default 50, 0 switches it off. */
  readonly growfreq?: number;
  /** Flag points with more than four flagged neighbours. */
  readonly growaround?: boolean;
  /** Flag the times before and after a flag. */
  readonly flagneartime?: boolean;
  /** Flag the channels beside a flag. */
  readonly flagnearfreq?: boolean;
}

/**
 * Spreads the flags of one baseline in time, frequency and correlation, in this order: neighbours, then whole channels
 * and times, then correlations (CASA 6.7, FlagAgentExtension).
 *
 * @param flags 1 = flagged, [time, chan, corr]
 */
export function extendFlagsInPlace(
  flags: Uint8Array,
  shape: readonly [timeCount: number, chanCount: number, corrCount: number],
  extension: Extension,
): void {
  const { growaround = false, flagneartime = false, flagnearfreq = false } = extension;
  if (growaround || flagneartime || flagnearfreq) spreadToNeighbours(flags, shape, extension);
  fillLines(flags, shape, extension.growtime ?? 50, extension.growfreq ?? 50);
  if (extension.extendpols ?? true) joinCorrelations(flags, shape[2]);
}

function spreadToNeighbours(
  flags: Uint8Array,
  [timeCount, chanCount, corrCount]: readonly [number, number, number],
  { growaround, flagneartime, flagnearfreq }: Extension,
): void {
  const before = flags.slice();
  const at = (time: number, chan: number, corr: number) => {
    const isInside = time >= 0 && time < timeCount && chan >= 0 && chan < chanCount;
    return isInside ? before[(time * chanCount + chan) * corrCount + corr] : 0;
  };
  for (let time = 0; time < timeCount; time++) {
    for (let chan = 0; chan < chanCount; chan++) {
      for (let corr = 0; corr < corrCount; corr++) {
        const cell = (time * chanCount + chan) * corrCount + corr;
        if (before[cell]) continue;
        const inTime = flagneartime ? at(time - 1, chan, corr) | at(time + 1, chan, corr) : 0;
        const inFrequency = flagnearfreq ? at(time, chan - 1, corr) | at(time, chan + 1, corr) : 0;
        let isFlagged = (inTime | inFrequency) !== 0;
        if (growaround && !isFlagged) {
          let count = 0;
          for (let step = 0; step < 9; step++)
            count += at(time + Math.floor(step / 3) - 1, chan + (step % 3) - 1, corr);
          isFlagged = count > 4;
        }
        if (isFlagged) flags[cell] = 1;
      }
    }
  }
}

/** Flags whole channels and whole times of which enough is flagged; both shares are taken before either is filled. */
function fillLines(
  flags: Uint8Array,
  [timeCount, chanCount, corrCount]: readonly [number, number, number],
  growtime: number,
  growfreq: number,
): void {
  const ofTime = new Int32Array(timeCount * corrCount);
  const ofChan = new Int32Array(chanCount * corrCount);
  const each = (visit: (cell: number, time: number, chan: number) => void) => {
    for (let cell = 0; cell < flags.length; cell++) {
      const corr = cell % corrCount;
      const line = (cell - corr) / corrCount;
      const chan = line % chanCount;
      visit(cell, ((line - chan) / chanCount) * corrCount + corr, chan * corrCount + corr);
    }
  };
  each((cell, time, chan) => {
    ofTime[time] += flags[cell];
    ofChan[chan] += flags[cell];
  });
  each((cell, time, chan) => {
    const isTimeFull = growfreq > 0 && (100 * ofTime[time]) / chanCount >= growfreq;
    const isChanFull = growtime > 0 && (100 * ofChan[chan]) / timeCount >= growtime;
    if (isTimeFull || isChanFull) flags[cell] = 1;
  });
}

function joinCorrelations(flags: Uint8Array, corrCount: number): void {
  for (let first = 0; first < flags.length; first += corrCount) {
    if (flags.subarray(first, first + corrCount).includes(1)) flags.fill(1, first, first + corrCount);
  }
}
