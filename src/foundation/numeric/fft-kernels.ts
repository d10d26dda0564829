import { fail } from '../base/index.ts';
import { arena, kernels, pointer } from './kernel-memory.ts';

/** What a transform of one length needs, in kernel memory. */
interface TransformPlan {
  readonly factors: Int32Array;
  readonly twiddles: Float32Array;
}

const plans = new Map<string, TransformPlan>();
const LINES_PER_CALL = 64;

/** Factors of a length into 4, 2, 3 and 5, or undefined when others remain. */
function factorsOf(length: number): number[] | undefined {
  const factors: number[] = [];
  let rest = length;
  for (const factor of [4, 2, 3, 5]) {
    while (rest % factor === 0) {
      factors.push(factor);
      rest /= factor;
    }
  }
  return rest === 1 ? factors : undefined;
}

/** Smallest multiple of `step` that is at least `length` and has no prime factor above 5: the sizes that transforms take. */
export function transformSize(length: number, step: 4 | 8 = 4): number {
  let size = Math.ceil(length / step) * step;
  while (!factorsOf(size)) size += step;
  return size;
}

export function transformPlan(length: number, sign: 1 | -1): TransformPlan {
  const key = `${length}:${sign}`;
  const known = plans.get(key);
  if (known) return known;
  const factors = factorsOf(length);
  if (!factors || length % 4 !== 0) {
    fail(
      'internal',
      `A transform of length ${length} was asked for; lengths are multiples of 4 with factors 2, 3 and 5.`,
    );
  }
  const lease = arena().lease();
  const plan = { factors: lease.int32(factors.length), twiddles: lease.float32(2 * length) };
  plan.factors.set(factors);
  for (let k = 0; k < length; k++) {
    const angle = (sign * 2 * Math.PI * k) / length;
    plan.twiddles[2 * k] = Math.cos(angle);
    plan.twiddles[2 * k + 1] = Math.sin(angle);
  }
  plans.set(key, plan);
  return plan;
}

/** Lines to transform: element e of line k lies at (offset + k * lineStride + e * elementStride) complex numbers. */
export interface Lines {
  readonly offset: number;
  readonly length: number;
  readonly elementStride: number;
  readonly lineCount: number;
  readonly lineStride: number;
}

/** Transforms lines in place, a multiple of 4 of them. */
export function transformLines(values: Float32Array, lines: Lines, sign: 1 | -1): void {
  const plan = transformPlan(lines.length, sign);
  arena().scope((lease) => {
    const work = pointer(lease.float32(16 * lines.length));
    const start = pointer(values) + lines.offset * 8;
    for (let line = 0; line < lines.lineCount; line += LINES_PER_CALL) {
      kernels().fourierLinesInPlace(
        start + line * lines.lineStride * 8,
        lines.length,
        lines.elementStride * 8,
        Math.min(LINES_PER_CALL, lines.lineCount - line),
        lines.lineStride * 8,
        pointer(plan.factors),
        plan.factors.length,
        pointer(plan.twiddles),
        sign,
        work,
      );
    }
  });
}

/**
 * Two-dimensional discrete Fourier transform in place, not normalised: sum over y, x of value * exp(sign 2 pi i (y Y / sizeY + x X / sizeX)).
 *
 * @param values kernel array [sizeY, sizeX, re/im], complex64
 * @param sign of the exponent
 * @throws internal for sizes that are no multiples of 4 with factors 2, 3, 5
 */
export function fourier2dInPlace(values: Float32Array, sizeX: number, sizeY: number, sign: 1 | -1): void {
  if (values.length < 2 * sizeX * sizeY) fail('internal', 'fourier2dInPlace: the array is shorter than the plane.');
  transformLines(values, { offset: 0, length: sizeX, elementStride: 1, lineCount: sizeY, lineStride: sizeX }, sign);
  transformLines(values, { offset: 0, length: sizeY, elementStride: sizeX, lineCount: sizeX, lineStride: 1 }, sign);
}
