/** Reproducible numbers in [0, 1) from a seed (a 32-bit linear congruential sequence with a mixed output). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let mixed = state ^ (state >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d) >>> 0;
    mixed ^= mixed >>> 12;
    return (mixed >>> 0) / 4294967296;
  };
}

/** The same in [-1, 1). */
export function symmetricNumbers(seed: number): () => number {
  const next = randomNumbers(seed);
  return () => 2 * next() - 1;
}
