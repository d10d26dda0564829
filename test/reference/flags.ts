/** Positions at which two arrays of flags differ. */
export function differingFlags(one: Uint8Array, other: Uint8Array): number[] {
  return [...one.keys()].filter((at) => one[at] !== other[at]);
}

/** Flags set at each place of [.., corr]. */
export function flagsByCorr(flags: Uint8Array, corrCount: number): number[] {
  return Array.from(
    { length: corrCount },
    (_, corr) => flags.filter((flag, at) => flag && at % corrCount === corr).length,
  );
}
