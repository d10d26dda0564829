import type { BdfPart, BdfPartName, BdfReader } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { Lease, StoredNumbers } from '../../foundation/numeric/index.ts';

/** One integration: when, how long, and where its numbers lie. */
export interface Integration {
  readonly timeNs: bigint;
  readonly intervalNs: bigint;
  /** Index of its subset. */
  readonly subset: number;
  /** Which of the packed samples of the subset; 0 when it is not packed. */
  readonly sample: number;
}

/** Integrations of a BDF in file order, kept as numbers: a subscan of radiometers has some 10⁴. */
export class Integrations implements Iterable<Integration> {
  readonly length: number;
  private readonly times: BigInt64Array;
  private readonly intervals: BigInt64Array;
  private readonly packed: number;
  private readonly first: number;

  private constructor(times: BigInt64Array, intervals: BigInt64Array, packed: number, first: number) {
    this.length = times.length;
    this.times = times;
    this.intervals = intervals;
    this.packed = packed;
    this.first = first;
  }

  /**
   * Reads where they are. Packed samples get their own times as importasdm computes them: whole nanoseconds from the middle of
   * the subset.
   */
  static of(bdf: BdfReader): Integrations {
    const packed = Math.max(1, bdf.header.numTime);
    let times: BigInt64Array = new BigInt64Array(Math.max(packed, 64));
    let intervals: BigInt64Array = new BigInt64Array(times.length);
    let count = 0;
    for (let subset = 0; subset < bdf.countSubsets(); subset++) {
      const [subsetNs, lengthNs] = bdf.subsetTimes(subset);
      if (count + packed > times.length) [times, intervals] = [doubled(times), doubled(intervals)];
      if (bdf.header.numTime === 0) {
        times[count] = subsetNs;
        intervals[count++] = lengthNs;
        continue;
      }
      const intervalNs = lengthNs / BigInt(packed);
      let timeNs = subsetNs - lengthNs / 2n - intervalNs / 2n;
      for (let sample = 0; sample < packed; sample++) {
        timeNs += intervalNs;
        times[count] = timeNs;
        intervals[count++] = intervalNs;
      }
    }
    return new Integrations(times.subarray(0, count), intervals.subarray(0, count), packed, 0);
  }

  at(index: number): Integration {
    const number = this.first + index;
    const subset = Math.floor(number / this.packed);
    return {
      timeNs: this.times[index],
      intervalNs: this.intervals[index],
      subset,
      sample: number - subset * this.packed,
    };
  }

  /** Those from `start` to before `end`, without a copy. */
  slice(start: number, end: number): Integrations {
    const { times, intervals, packed, first } = this;
    return new Integrations(times.subarray(start, end), intervals.subarray(start, end), packed, first + start);
  }

  *[Symbol.iterator](): Generator<Integration> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}

function doubled(values: BigInt64Array): BigInt64Array {
  const larger = new BigInt64Array(2 * values.length);
  larger.set(values);
  return larger;
}

const SLICE_BYTES = 500 * 1024 * 1024;

/**
 * Runs of integrations that importasdm reads at a time: the order of MS rows is window by window within each run. BDFs below
 * 500 MiB are one run.
 *
 * @returns counts of integrations, in order
 */
export function sliceCounts(bdfBytes: number, integrationCount: number): number[] {
  const whole = Math.floor(bdfBytes / SLICE_BYTES);
  const sizes: number[] = [];
  if (whole === 0) sizes.push(bdfBytes);
  else {
    for (let index = 0; index < whole; index++) sizes.push(SLICE_BYTES);
    const rest = bdfBytes % SLICE_BYTES;
    if (rest > (whole * SLICE_BYTES) / 5) sizes.push(rest);
    else {
      for (let index = 0; index < whole; index++)
        sizes[index] += Math.floor(rest / whole) + (index < rest % whole ? 1 : 0);
    }
  }
  const perIntegration = Math.max(1, Math.floor(bdfBytes / Math.max(1, integrationCount)));
  const counts: number[] = [];
  let done = 0;
  for (const size of sizes) {
    const count = Math.min(Math.floor(size / perIntegration), integrationCount - done);
    if (count > 0) counts.push(count);
    done += Math.max(0, count);
  }
  if (done < integrationCount) counts.push(integrationCount - done);
  return counts;
}

/** Numbers of one part of several integrations, one after another in kernel memory. */
export interface LoadedPart {
  readonly numbers: StoredNumbers;
  /** Numbers from one integration to the next. */
  readonly stride: number;
}

/** Numbers of one integration in a part (packed parts hold several). */
export const numbersOf = (part: BdfPart, sampleCount: number) => part.valueCount / Math.max(1, sampleCount);

/**
 * Reads the same part of a run of integrations into kernel memory.
 *
 * @throws bad-format when an integration lacks the part or has another number type
 */
export function loadPart(
  bdf: BdfReader,
  integrations: Integrations,
  name: 'crossData' | 'autoData',
  lease: Lease,
): LoadedPart {
  const first = requirePart(bdf, integrations.at(0), name);
  const stride = numbersOf(first, bdf.header.numTime);
  const count = stride * integrations.length;
  const numbers =
    first.type === 'int16' ? lease.int16(count) : first.type === 'int32' ? lease.int32(count) : lease.float32(count);
  let at = 0;
  for (const integration of integrations) {
    const part = requirePart(bdf, integration, name);
    if (part.type !== first.type)
      fail('unsupported', 'The cross data change their number type within a BDF.', {
        file: bdf.name,
        byte: part.offset,
      });
    bdf.readInto(part, numbers.subarray(at, at + stride), integration.sample * stride);
    at += stride;
  }
  return { numbers, stride };
}

export function requirePart(bdf: BdfReader, { subset }: Integration, name: BdfPartName): BdfPart {
  const part = bdf.part(subset, name);
  if (part) return part;
  const { projectPath, byte } = bdf.subset(subset);
  return fail('bad-format', `The data subset ${projectPath} has no ${name}.`, { file: bdf.name, byte });
}
