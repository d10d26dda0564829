const LENGTH = 624;
const MIDDLE = 397;

/** Random numbers of the Mersenne twister MT19937 (Matsumoto & Nishimura 1998). */
export class MersenneTwister {
  private readonly state = new Uint32Array(LENGTH);
  private next = LENGTH;

  constructor(seed: number) {
    const { state } = this;
    state[0] = seed;
    for (let at = 1; at < LENGTH; at++) {
      const before = state[at - 1] ^ (state[at - 1] >>> 30);
      state[at] = Math.imul(1_812_433_253, before) + at;
    }
  }

  /** At least 0, below 1: made of two words, as std::generate_canonical of C++ makes it. */
  uniform(): number {
    const low = this.word();
    return (low + this.word() * 2 ** 32) / 2 ** 64;
  }

  private word(): number {
    if (this.next === LENGTH) this.twist();
    let word = this.state[this.next++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }

  private twist(): void {
    const { state } = this;
    for (let at = 0; at < LENGTH; at++) {
      const joined = (state[at] & 0x80000000) | (state[(at + 1) % LENGTH] & 0x7fffffff);
      state[at] = state[(at + MIDDLE) % LENGTH] ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }
}
