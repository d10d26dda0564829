/**
 * Reproducible random numbers: xoshiro128** (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"),
 * seeded through splitmix32; normal numbers by the polar method (Marsaglia and Bray 1964).
 * The same seed and name give the same numbers on every machine.
 */
export class RandomStream {
  private readonly state = new Uint32Array(4);
  private spare = Number.NaN;

  /**
   * @param seed of the whole simulation
   * @param name what the numbers are for; streams of different names are independent
   */
  constructor(seed: number, name: string) {
    let hash = (seed >>> 0) ^ 0x9e3779b9;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
    for (let at = 0; at < 4; at++) {
      hash = (hash + 0x9e3779b9) >>> 0;
      this.state[at] = scramble(hash);
    }
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.next() / 4_294_967_296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Normal with mean 0 and standard deviation 1. */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const value = this.spare;
      this.spare = Number.NaN;
      return value;
    }
    for (;;) {
      const x = this.next() / 2_147_483_648 - 1;
      const y = this.next() / 2_147_483_648 - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = y * factor;
      return x * factor;
    }
  }

  /** `count` normal numbers of standard deviation `sigma`. */
  normals(count: number, sigma: number): Float64Array {
    return Float64Array.from({ length: count }, () => sigma * this.normal());
  }

  private next(): number {
    const { state } = this;
    const product = Math.imul(state[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = (state[3] << 11) | (state[3] >>> 21);
    return result;
  }
}

/** Finaliser of splitmix32. */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
