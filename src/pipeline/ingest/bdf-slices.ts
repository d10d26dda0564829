import type { BdfPart, BdfReader, BdfSubset } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { Lease, StoredNumbers } from '../../foundation/numeric/index.ts';

/** One integration: when, how long, and where its numbers lie. */
export interface Integration {
  readonly timeNs: bigint;
  readonly intervalNs: bigint;
  readonly subset: BdfSubset;
  /** Which of the packed samples of the subset; 0 when it is not packed. */
  readonly sample: number;
}

/**
 * Integrations of a BDF in file order. Packed samples get their own times as importasdm computes them: whole nanoseconds from
 * the middle of the subset.
 */
export function readIntegrations(bdf: BdfReader): Integration[] {
  const { numTime } = bdf.header;
  const integrations: Integration[] = [];
  for (const subset of bdf.subsets()) {
    if (numTime === 0) {
      integrations.push({ timeNs: subset.timeNs, intervalNs: subset.intervalNs, subset, sample: 0 });
      continue;
    }
    const intervalNs = subset.intervalNs / BigInt(numTime);
    let timeNs = subset.timeNs - subset.intervalNs / 2n - intervalNs / 2n;
    for (let sample = 0; sample < numTime; sample++) {
      timeNs += intervalNs;
      integrations.push({ timeNs, intervalNs, subset, sample });
    }
  }
  return integrations;
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
  integrations: readonly Integration[],
  name: 'crossData' | 'autoData',
  lease: Lease,
): LoadedPart {
  const first = requirePart(bdf, integrations[0], name);
  const stride = numbersOf(first, bdf.header.numTime);
  const count = stride * integrations.length;
  const numbers =
    first.type === 'int16' ? lease.int16(count) : first.type === 'int32' ? lease.int32(count) : lease.float32(count);
  integrations.forEach((integration, index) => {
    const part = requirePart(bdf, integration, name);
    if (part.type !== first.type)
      fail('unsupported', 'The cross data change their number type within a BDF.', {
        file: bdf.name,
        byte: part.offset,
      });
    bdf.readInto(part, numbers.subarray(index * stride, (index + 1) * stride), integration.sample * stride);
  });
  return { numbers, stride };
}

export function requirePart(bdf: BdfReader, { subset }: Integration, name: 'crossData' | 'autoData'): BdfPart {
  return (
    subset.parts[name] ??
    fail('bad-format', `The data subset ${subset.projectPath} has no ${name}.`, { file: bdf.name, byte: subset.byte })
  );
}
