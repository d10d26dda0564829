/** Positions at which two arrays of flags differ. */
export function differingFlags(one: Uint8Array, other: Uint8Array): number[] {
  return [...one.keys()].filter((at) => one[at] !== other[at]);
}
