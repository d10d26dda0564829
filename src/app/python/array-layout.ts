import { fail } from '../../foundation/base/index.ts';

/** Bytes of one value, by kind as kernels/arrays/layout.ts numbers them. */
export const SIZES: readonly number[] = [1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 8, 16];

/** Kinds that loops work on, by the ending of a loop's name. */
export const LOOP_KINDS: Readonly<Record<string, number>> = { bool: 0, i64: 7, f32: 9, f64: 10, c64: 11, c128: 12 };

/** Memory that Python lent for one request. */
export interface Lent {
  readonly pointer: number;
  readonly bytes: number;
}

/** An array on lent memory; `at` is the address of its first value, `steps` are in bytes. */
export interface Operand extends Lent {
  readonly kind: number;
  readonly at: number;
  readonly steps: readonly number[];
}

/** What Python asks for: 32-bit numbers `[operation, (answer), argument, operands, axes, …shape, then kind, offset and strides of each operand]`. */
export interface ArrayRequest {
  readonly operation: number;
  readonly argument: number;
  readonly shape: readonly number[];
  readonly operands: readonly Operand[];
}

/** A request with more values than any array has is refused: nothing stops a loop that runs. */
const MOST_VALUES = 2 ** 31 - 1;

/** How many operands follow a request. */
export function operandCount(words: Int32Array): number {
  return words.length > 4 ? (words[3] ?? 0) : 0;
}

/**
 * Reads a request and proves that no value of an operand lies outside its memory.
 * @throws usage when one would, or when the request is no request
 */
export function parseRequest(words: Int32Array, lent: readonly Lent[]): ArrayRequest {
  const [operation = -1, , argument = 0, count = 0, axes = 0] = words;
  if (count !== lent.length || axes < 0 || axes > 32 || words.length !== 5 + axes + count * (2 + axes))
    return fail('usage', 'Arrays: the request has a wrong length.');
  const shape = [...words.subarray(5, 5 + axes)];
  if (shape.some((size) => size < 1)) return fail('usage', 'Arrays: an axis without values.');
  const operands = lent.map((memory, index) => {
    const start = 5 + axes + index * (2 + axes);
    return operand(memory, words.subarray(start, start + 2 + axes), shape);
  });
  if (shape.reduce((product, size) => product * size, 1) > MOST_VALUES)
    return fail('usage', 'Arrays: too many values for one request.');
  return { operation, argument, shape, operands };
}

function operand(memory: Lent, words: Int32Array, shape: readonly number[]): Operand {
  const [kind = -1, offset = 0, ...strides] = words;
  const size = SIZES[kind] ?? fail('usage', 'Arrays: an unknown kind.');
  let first = offset;
  let last = offset;
  shape.forEach((length, axis) => {
    const reach = (length - 1) * (strides[axis] as number);
    if (reach < 0) first += reach;
    else last += reach;
  });
  if (first < 0 || (last + 1) * size > memory.bytes) fail('usage', 'Arrays: values outside of their memory.');
  return { ...memory, kind, at: memory.pointer + offset * size, steps: strides.map((stride) => stride * size) };
}

/** One axis of a walk over several operands. */
export interface Axis {
  readonly size: number;
  /** By operand, bytes. */
  readonly steps: readonly number[];
}

/** Axes with those joined that are one in memory for every operand; axes of one value are dropped. */
export function joinAxes(axes: readonly Axis[]): Axis[] {
  const found: Axis[] = [];
  for (const axis of axes) {
    const outer = found.at(-1);
    if (axis.size === 1) continue;
    if (outer?.steps.every((step, index) => step === axis.size * (axis.steps[index] as number)))
      found[found.length - 1] = { size: outer.size * axis.size, steps: axis.steps };
    else found.push(axis);
  }
  return found;
}

/** All axes of a request, with the steps of every operand. */
export function axesOf({ shape, operands }: ArrayRequest): Axis[] {
  return shape.map((size, axis) => ({ size, steps: operands.map(({ steps }) => steps[axis] as number) }));
}

/** Calls `visit` with the addresses of every operand for each place on the axes, the last axis fastest. */
export function walk(
  axes: readonly Axis[],
  starts: readonly number[],
  visit: (places: readonly number[]) => void,
): void {
  const places = [...starts];
  const counters = axes.map(() => 0);
  for (;;) {
    visit(places);
    let depth = axes.length - 1;
    for (; depth >= 0; depth--) {
      const { size, steps } = axes[depth] as Axis;
      const count = (counters[depth] as number) + 1;
      const isDone = count === size;
      for (let index = 0; index < places.length; index++)
        places[index] = (places[index] as number) + (steps[index] as number) * (isDone ? 1 - size : 1);
      counters[depth] = isDone ? 0 : count;
      if (!isDone) break;
    }
    if (depth < 0) return;
  }
}
