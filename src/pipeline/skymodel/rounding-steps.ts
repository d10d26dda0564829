import { fail } from '../../foundation/base/index.ts';

/** Steps of +1 and -1 among zeros, as `scripts/build-flux-models.py` writes them. */
export interface CodedSteps {
  readonly count: number;
  /** Bits: Rice codes of the gaps between steps, each followed by a bit for the sign, base64 */
  readonly data: string;
}

/**
 * Adds the steps of a table's rounding to `into`.
 *
 * A gap is a number of ones (its high part), a zero and its low bits, as many as the mean of the gaps so far asks for; or
 * fifteen ones and the gap itself in 24 bits.
 *
 * @param into [sample]; changed
 * @throws internal when the bits end too early
 */
export function addStepsInto(into: Int8Array, { count, data }: CodedSteps): void {
  const bytes = atob(data);
  let at = 0;
  const bits = (width: number) => {
    let value = 0;
    for (let left = width; left > 0; left--, at++) {
      if (at >= 8 * bytes.length) fail('internal', 'A table of flux models ends too early.');
      value = 2 * value + ((bytes.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1);
    }
    return value;
  };
  let [total, gaps, sample] = [4, 1, -1];
  for (let step = 0; step < count; step++) {
    let low = 0;
    while (gaps * 2 ** low < total) low++;
    let high = 0;
    while (high < 15 && bits(1) === 1) high++;
    const gap = high < 15 ? (high << low) + bits(low) : bits(24);
    sample += gap + 1;
    if (sample >= into.length) fail('internal', 'A table of flux models has more steps than samples.');
    into[sample] += bits(1) === 1 ? -1 : 1;
    [total, gaps] = gaps === 63 ? [(total + gap) >> 1, 32] : [total + gap, gaps + 1];
  }
}

const sums = new WeakMap<readonly CodedSteps[], Int8Array>();

/** Steps of all layers together, [sample]. */
export function sumOfSteps(layers: readonly CodedSteps[], length: number): Int8Array {
  const known = sums.get(layers);
  if (known) return known;
  const sum = new Int8Array(length);
  for (const layer of layers) addStepsInto(sum, layer);
  sums.set(layers, sum);
  return sum;
}
