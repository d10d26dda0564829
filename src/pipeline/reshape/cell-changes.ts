import type { PolarizationInfo } from '../../astronomy/ms/index.ts';

type Values = Float32Array | Uint8Array;

/** For each correlation the one that measures the same with the antennas exchanged: XY for YX. */
export function otherProducts({ corrProducts, corrTypes }: PolarizationInfo): number[] {
  const product = (corr: number) => [corrProducts[2 * corr], corrProducts[2 * corr + 1]];
  return corrTypes.map((_, corr) => {
    const [one, other] = product(corr);
    const found = corrTypes.findIndex((__, k) => product(k)[0] === other && product(k)[1] === one);
    return found < 0 ? corr : found;
  });
}

/** Turns the order of channels round, in place. @param values [row, chan, width] */
export function reverseChannels(values: Values, rowCount: number, chanCount: number, width: number): void {
  const kept = values.slice(0, width);
  for (let row = 0; row < rowCount; row++) {
    const start = row * chanCount * width;
    for (let low = 0, high = chanCount - 1; low < high; low++, high--) {
      const [a, b] = [start + low * width, start + high * width];
      kept.set(values.subarray(a, a + width));
      values.copyWithin(a, b, b + width);
      values.set(kept, b);
    }
  }
}

interface Permutation {
  readonly products: readonly number[];
  /** Rows that change. */
  readonly isTurned: Uint8Array;
  /** 0: the cells have no axis of channels. */
  readonly chanCount: number;
  /** Complex values are conjugated as well. */
  readonly isComplex: boolean;
}

/** Exchanges correlations in the rows marked, in place. @param values [row, chan, corr, (re, im)] */
export function permuteCorrelations(values: Values, change: Permutation): void {
  const { products, isTurned, isComplex } = change;
  const [corrCount, size] = [products.length, isComplex ? 2 : 1];
  const width = corrCount * size;
  const chanCount = Math.max(1, change.chanCount);
  const kept = values.slice(0, width);
  for (let row = 0; row < isTurned.length; row++) {
    if (isTurned[row] === 0) continue;
    for (let chan = 0; chan < chanCount; chan++) {
      const at = (row * chanCount + chan) * width;
      kept.set(values.subarray(at, at + width));
      for (let corr = 0; corr < corrCount; corr++) {
        const from = products[corr] * size;
        values[at + corr * size] = kept[from];
        if (isComplex) values[at + corr * size + 1] = -kept[from + 1];
      }
    }
  }
}

/** A point source of 1 Jy in the phase centre. @returns [row, chan, corr, re/im] */
export function unitModel(rowCount: number, chanCount: number, corrTypes: readonly string[]): Float32Array {
  const unit = corrTypes.map((type) => (type[0] === type[1] || type === 'I' ? 1 : 0));
  const values = new Float32Array(2 * rowCount * chanCount * unit.length);
  for (let index = 0; index < values.length / 2; index++) values[2 * index] = unit[index % unit.length];
  return values;
}

/** The same value in all channels. @param values [row, corr] @returns [row, chan, corr] */
export function spread(values: Float32Array, [chanCount, corrCount]: readonly [number, number]): Float32Array {
  const rowCount = values.length / corrCount;
  const all = new Float32Array(rowCount * chanCount * corrCount);
  for (let row = 0; row < rowCount; row++) {
    const cell = values.subarray(row * corrCount, (row + 1) * corrCount);
    for (let chan = 0; chan < chanCount; chan++) all.set(cell, (row * chanCount + chan) * corrCount);
  }
  return all;
}
