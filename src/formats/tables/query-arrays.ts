import { fail } from '../../foundation/base/index.ts';
import { fractile, WHOLE_FUNCTIONS } from './query-functions.ts';
import type { QueryStyle } from './query-language.ts';
import { type ArrayCell, asInteger, EMPTY, isArray, itemsOf, type Value } from './query-values.ts';

/** What a function makes of an array (shape from slow to fast) and its other operands. */
export type ArrayFunction = (array: ArrayCell, others: readonly Value[], style: QueryStyle) => ArrayCell;

/** The function of arrays of this name: `sums` and the like along axes, `transpose`, `resize` …; undefined when there is none. */
export function arrayFunction(name: string): ArrayFunction | undefined {
  if (Object.hasOwn(SHAPERS, name)) return SHAPERS[name];
  if (name === 'fractiles')
    return (array, [part, ...axes], style) =>
      alongAxes(array, axesOf(axes, array, style), (items) => fractile(items, Number(part)));
  const act = name === 'medians' ? (items: readonly Value[]) => fractile(items, 0.5) : actAlongAxes(name);
  if (!act) return undefined;
  return (array, axes, style) => {
    if (axes.length === 0) fail('usage', `The function ${name} needs the axes along which it goes.`);
    return alongAxes(array, axesOf(axes, array, style), act);
  };
}

/** Whether its values have the type of the array's, as the type of the result tells: not for counts, means and the like. */
export function arrayResultType(name: string): 'int' | 'float' | 'bool' | 'text' | 'same' | undefined {
  if (Object.hasOwn(SHAPERS, name) || name === 'array') return 'same';
  if (name === 'fractiles' || name === 'medians') return 'same';
  return actAlongAxes(name) && WHOLE_FUNCTIONS[name.slice(0, -1)].type;
}

function actAlongAxes(name: string): ((items: readonly Value[]) => Value) | undefined {
  const single = name.slice(0, -1);
  const isOffered = name.endsWith('s') && !['nelement', 'count'].includes(single);
  return isOffered && Object.hasOwn(WHOLE_FUNCTIONS, single) ? WHOLE_FUNCTIONS[single].act : undefined;
}

/** array(value, shape): the elements in their order, from the first again where they do not suffice. */
export function filledArray(value: Value, sizes: readonly Value[], { isSlowestFirst }: QueryStyle): Value {
  const lengths = sizes.flatMap(itemsOf).map(wholeNumber);
  if (lengths.length === 0 || lengths.some((length) => length < 0))
    fail('usage', 'ARRAY takes a value and the lengths of the axes.');
  const shape = isSlowestFirst ? lengths : lengths.toReversed();
  const items = itemsOf(value);
  if (items.length === 0) return EMPTY;
  return { shape, items: Array.from({ length: count(shape) }, (_, k) => items[k % items.length]) };
}

const SHAPERS: Readonly<Record<string, ArrayFunction>> = {
  flatten: flattened,
  arrayflatten: flattened,
  transpose,
  reversearray: reversed,
  areverse: reversed,
  resize,
};

function flattened({ items }: ArrayCell): ArrayCell {
  return { shape: [items.length], items };
}

/** The axes in the order given, the others behind; without any, in the opposite order. */
function transpose(array: ArrayCell, others: readonly Value[], style: QueryStyle): ArrayCell {
  const { shape } = array;
  const own = shape.map((_, axis) => axis);
  const wanted = axesOf(others, array, style);
  if (new Set(wanted).size < wanted.length) fail('usage', 'TRANSPOSE names an axis twice.');
  const rest = own.filter((axis) => !wanted.includes(axis));
  // Listed as the style counts, the rest fastest first as well in CASA's style.
  const listed = style.isSlowestFirst ? [...wanted, ...rest] : [...wanted, ...rest.toReversed()].toReversed();
  const order = others.length === 0 ? own.toReversed() : listed;
  const steps = stepsOf(shape);
  return gather(
    array,
    order.map((axis) => shape[axis]),
    (place) => place.reduce((at, index, axis) => at + index * steps[order[axis]], 0),
  );
}

/** Turned round along the axes given, or along all. */
function reversed(array: ArrayCell, others: readonly Value[], style: QueryStyle): ArrayCell {
  const { shape } = array;
  const axes = others.length === 0 ? shape.map((_, axis) => axis) : axesOf(others, array, style);
  const steps = stepsOf(shape);
  return gather(array, shape, (place) =>
    place.reduce((at, index, axis) => at + (axes.includes(axis) ? shape[axis] - 1 - index : index) * steps[axis], 0),
  );
}

/** In another shape; what is new is 0, an empty text or false. */
function resize(array: ArrayCell, [size, ...more]: readonly Value[], { isSlowestFirst }: QueryStyle): ArrayCell {
  if (!isArray(size) || more.length > 0)
    fail('usage', 'RESIZE takes an array and its new shape as [length, …]; repeating by a third value is not offered.');
  const lengths = size.items.map(wholeNumber);
  const shape = isSlowestFirst ? lengths : lengths.toReversed();
  const axisCount = Math.max(shape.length, array.shape.length);
  const padded = [...Array(axisCount - array.shape.length).fill(1), ...array.shape] as number[];
  const steps = stepsOf(padded);
  const [sample] = array.items;
  const empty = typeof sample === 'string' ? '' : typeof sample === 'boolean' ? false : 0;
  const old: ArrayCell = { shape: padded, items: [...array.items, empty] };
  return gather(old, shape, (place) => {
    const whole = [...Array(axisCount - place.length).fill(0), ...place] as number[];
    const isOld = whole.every((index, axis) => index < padded[axis]);
    return isOld ? whole.reduce((at, index, axis) => at + index * steps[axis], 0) : array.items.length;
  });
}

/** One value for the elements along the axes; the other axes stay. */
function alongAxes(array: ArrayCell, axes: readonly number[], act: (items: readonly Value[]) => Value): ArrayCell {
  const kept = array.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shape = kept.length === 0 ? [1] : kept.map((axis) => array.shape[axis]);
  const groups: Value[][] = Array.from({ length: count(shape) }, () => []);
  const steps = stepsOf(shape);
  const place = new Array<number>(array.shape.length).fill(0);
  for (const item of array.items) {
    groups[kept.reduce((at, axis, k) => at + place[axis] * steps[k], 0)].push(item);
    for (let axis = place.length - 1; axis >= 0 && ++place[axis] === array.shape[axis]; axis--) place[axis] = 0;
  }
  return { shape, items: groups.map((items) => act(items)) };
}

/** Positions of axes in the shape, which runs from slow to fast; those that the array has not are left out, as in casacore. */
function axesOf(others: readonly Value[], { shape }: ArrayCell, { isSlowestFirst, origin }: QueryStyle): number[] {
  return others
    .flatMap(itemsOf)
    .map((value) => {
      const axis = wholeNumber(value) - origin;
      if (axis < 0) fail('usage', `Axes count from ${origin}.`);
      return isSlowestFirst ? axis : shape.length - 1 - axis;
    })
    .filter((axis) => axis >= 0 && axis < shape.length);
}

function gather(array: ArrayCell, shape: readonly number[], source: (place: readonly number[]) => number): ArrayCell {
  const place = shape.map(() => 0);
  const items = Array.from({ length: count(shape) }, () => {
    const item = array.items[source(place)];
    for (let axis = place.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) place[axis] = 0;
    return item;
  });
  return { shape, items };
}

function stepsOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => count(shape.slice(axis + 1)));
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function wholeNumber(value: Value): number {
  const whole = asInteger(value);
  return whole === value ? whole : fail('usage', 'Axes and lengths of axes are whole numbers.');
}
