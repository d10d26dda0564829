const LENGTH = 624;
const MIDDLE = 397;

/** Gives numbers of at least 0 and below 1. */
export interface Uniforms {
  uniform(): number;
}

/** Random numbers of the Mersenne twister MT19937 (Matsumoto & Nishimura 1998). */
export class MersenneTwister implements Uniforms {
  private readonly state = new Uint32Array(LENGTH);
  private next = LENGTH;

  /** @param seed without it the one that C++ has for its generator */
  constructor(seed = 5489) {
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

/** Uniform and normal deviates, drawn in turn from one sequence. */
export class Deviates {
  private readonly source: Uniforms;
  private spare: number | undefined;

  constructor(source: Uniforms) {
    this.source = source;
  }

  uniform(): number {
    return this.source.uniform();
  }

  /** Normal deviates of mean 0 and width 1 by the polar method (Marsaglia & Bray 1964), as std::normal_distribution of GCC. */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * this.source.uniform() - 1;
      const y = 2 * this.source.uniform() - 1;
      const square = x * x + y * y;
      if (square > 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = x * scale;
      return y * scale;
    }
  }
}

const record = { values: new Float64Array(2 ** 16), count: 0, source: new MersenneTwister() };

/** The numbers of a new MersenneTwister() from its first on. They are kept: whoever draws them again need not wait for them. */
export function firstUniforms(): Uniforms {
  let next = 0;
  return {
    uniform() {
      if (next === record.count) keepAnother();
      return record.values[next++];
    },
  };
}

function keepAnother(): void {
  if (record.count === record.values.length) {
    const longer = new Float64Array(2 * record.count);
    longer.set(record.values);
    record.values = longer;
  }
  record.values[record.count++] = record.source.uniform();
}
