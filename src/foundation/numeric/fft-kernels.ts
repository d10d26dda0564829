import { fail } from '../base/index.ts';
import { arena, kernels, pointer } from './kernel-memory.ts';

interface Plan {
  readonly factors: Int32Array;
  readonly twiddles: Float32Array;
}

const plans = new Map<string, Plan>();
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

/** Smallest multiple of 4 that is at least `length` and has no prime factor above 5: the sizes that transforms take. */
export function transformSize(length: number): number {
  let size = Math.ceil(length / 4) * 4;
  while (!factorsOf(size)) size += 4;
  return size;
}

function planFor(length: number, sign: 1 | -1): Plan {
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
interface Lines {
  readonly offset: number;
  readonly length: number;
  readonly elementStride: number;
  readonly lineCount: number;
  readonly lineStride: number;
}

function transformLines(values: Float32Array, lines: Lines, sign: 1 | -1): void {
  const plan = planFor(lines.length, sign);
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
 * @param kept when given, only columns X within `kept` of 0 (cyclically) are transformed along y; others hold no result
 * @throws internal for sizes that are no multiples of 4 with factors 2, 3, 5
 */
export function fourier2dInPlace(values: Float32Array, sizeX: number, sizeY: number, sign: 1 | -1, kept = sizeX): void {
  if (values.length < 2 * sizeX * sizeY) fail('internal', 'fourier2dInPlace: the array is shorter than the plane.');
  transformLines(values, { offset: 0, length: sizeX, elementStride: 1, lineCount: sizeY, lineStride: sizeX }, sign);
  const reach = Math.ceil(kept / 4) * 4;
  const columns = { length: sizeY, elementStride: sizeX, lineStride: 1 };
  if (2 * reach >= sizeX) {
    transformLines(values, { ...columns, offset: 0, lineCount: sizeX }, sign);
  } else {
    transformLines(values, { ...columns, offset: 0, lineCount: reach }, sign);
    transformLines(values, { ...columns, offset: sizeX - reach, lineCount: reach }, sign);
  }
}
