import { fail } from '../../foundation/base/index.ts';
import {
  type ArrayRequest,
  type Axis,
  axesOf,
  joinAxes,
  type Lent,
  LOOP_KINDS,
  type Operand,
  parseRequest,
  SIZES,
  walk,
} from './array-layout.ts';

/** Functions of `dist/array-kernels.wasm`; arguments that name arrays are addresses. */
type Loops = Readonly<Record<string, (...args: number[]) => number>>;

/** What the kernels need of the program whose arrays they work on. */
export interface ArrayHost {
  readonly memory: WebAssembly.Memory;
  /** The C library's functions: `sin(value)`. */
  readonly mathematics: Readonly<Record<string, unknown>>;
  allocate(bytes: number): number;
  free(pointer: number): void;
}

/** Values that loops take at a time: what lies in them stays in the processor's cache. */
const CHUNK = 1024;
/** numpy sums values that it must convert by so many. */
const FOLD_CHUNK = 8192;

/** Endings of the loops that cast, by the kind that loops work on; all other kinds are complex. */
const CAST_ENDINGS: Readonly<Record<number, string>> = { 0: 'bool', 7: 'i64', 10: 'f64' };

type Run = (request: ArrayRequest) => number;

/** Operations that take arrays as they lie, by name. */
const WHOLE: Readonly<Record<string, (kernels: ArrayKernels, request: ArrayRequest) => number>> = {
  copy: (kernels, request) => kernels.copy(request),
  sort: (kernels, request) => kernels.sort(request),
  argsort: (kernels, request) => kernels.argsort(request),
  select: (kernels, request) => kernels.select(request),
  search: (kernels, request) => kernels.search(request),
  places: (kernels, request) => kernels.places(request),
  gather: (kernels, request) => kernels.gather(request),
  scatter: (kernels, request) => kernels.scatter(request),
  tally: (kernels, request) => kernels.tally(request),
  product: (kernels, request) => kernels.product(request),
};

/**
 * Loops over arrays of numbers that lie in another program's memory: numpy's operations on the memory of the embedded Python.
 * Every request is checked before a byte is touched.
 */
export class ArrayKernels {
  /** Names of the operations, by number. */
  readonly operations: readonly string[];
  private readonly runs: readonly Run[];
  private readonly loops: Loops;
  private readonly host: ArrayHost;
  /** Room for a chunk of each of four operands, and one to convert for sums. */
  private readonly scratch: number;

  /** @param wasm bytes of `dist/array-kernels.wasm` */
  constructor(wasm: Uint8Array, host: ArrayHost) {
    const module = new WebAssembly.Module(wasm as unknown as BufferSource);
    const imports = { env: { memory: host.memory }, libm: host.mathematics } as WebAssembly.Imports;
    this.loops = new WebAssembly.Instance(module, imports).exports as unknown as Loops;
    this.host = host;
    this.scratch = this.room((4 * CHUNK + FOLD_CHUNK) * 16);
    const named = Object.keys(this.loops).filter(
      (name) => /^[a-z_0-9]+$/.test(name) && !/^(load|store|keys)_|^memory$/.test(name),
    );
    this.operations = [...Object.keys(WHOLE), ...named];
    this.runs = this.operations.map((name) => this.runOf(name));
  }

  private runOf(name: string): Run {
    const whole = WHOLE[name];
    if (whole) return (request) => whole(this, request);
    const kinds = name.split('_').flatMap((word) => LOOP_KINDS[word] ?? []);
    const loop = this.loops[name] as Loops[string];
    const [given = 0, made = given] = kinds;
    if (name.startsWith('fold_')) return (request) => this.fold(loop, given, given, request);
    if (name.startsWith('place_')) return (request) => this.fold(loop, given, LOOP_KINDS.i64 as number, request, true);
    if (name.startsWith('scan_')) return (request) => this.scan(loop, given, request);
    const isChoice = name.startsWith('where_');
    const takes = (index: number) => (isChoice && index === 1 ? 0 : given);
    return (request) => this.map(loop, loop.length - 2, takes, made, request);
  }

  /** Does what a request asks for and returns its answer. */
  run(words: Int32Array, lent: readonly Lent[]): number {
    const request = parseRequest(words, lent);
    const run = this.runs[request.operation] ?? fail('usage', 'Arrays: an unknown operation.');
    return run(request);
  }

  /** New memory; addresses have 32 bits. */
  private room(bytes: number): number {
    const at = bytes < 2 ** 32 ? this.host.allocate(bytes) : 0;
    return at || fail('no-space', 'Arrays: there is no memory for so many values.');
  }

  /** The loop that makes values of a kind that loops work on of those of any kind, or the reverse. */
  private cast(direction: 'load' | 'store', kind: number): Loops[string] {
    return this.loops[`${direction}_${CAST_ENDINGS[kind] ?? 'c128'}`] as Loops[string];
  }

  /** The axes for values that are made one by one, by the steps of the result, the smallest last. */
  private mapAxes(request: ArrayRequest): { outer: Axis[]; lane: Axis } {
    const rank = ({ size, steps }: Axis) =>
      size > 1 && steps[0] === 0 ? Number.POSITIVE_INFINITY : Math.abs(steps[0] as number);
    const axes = joinAxes(axesOf(request).sort((one, other) => rank(other) - rank(one)));
    if (axes.length > 1) {
      // Short lanes cost more than wide steps.
      const long = axes.reduce(
        (best, { size }, index) => (size > 8 * (axes[best] as Axis).size ? index : best),
        axes.length - 1,
      );
      if ((axes.at(-1) as Axis).size < 16 && (axes[long] as Axis).steps[0] !== 0) axes.push(...axes.splice(long, 1));
    }
    const lane = axes.pop() ?? { size: 1, steps: request.operands.map(({ kind }) => SIZES[kind] as number) };
    return { outer: axes, lane };
  }

  private map(
    loop: Loops[string],
    inputs: number,
    takes: (index: number) => number,
    made: number,
    request: ArrayRequest,
  ): number {
    const { operands } = request;
    if (operands.length !== inputs + 1) fail('usage', 'Arrays: a wrong number of operands.');
    const { outer, lane } = this.mapAxes(request);
    const isDense = operands.map(
      ({ kind }, index) => kind === (index ? takes(index) : made) && lane.steps[index] === SIZES[kind],
    );
    const target = operands[0] as Operand;
    if (made > 10 && target.kind <= 10) fail('usage', 'Arrays: complex numbers do not fit.');
    if (lane.steps[0] === 0 && lane.size > 1) fail('usage', 'Arrays: a result that is written twice.');
    const room = (index: number) => this.scratch + index * CHUNK * 16;
    /** Addresses whose one value fills the room of an operand, and how often. */
    const filled = operands.map(() => [-1, 0] as [number, number]);
    const at: number[] = [0, 0, 0, 0];
    walk(
      outer,
      operands.map((one) => one.at),
      (places) => {
        for (let start = 0; start < lane.size; start += CHUNK) {
          const count = Math.min(CHUNK, lane.size - start);
          for (let index = 0; index <= inputs; index++) {
            const step = lane.steps[index] as number;
            const place = (places[index] as number) + start * step;
            at[index] = isDense[index] ? place : room(index);
            if (isDense[index] || index === 0) continue;
            const known = filled[index] as [number, number];
            if (step === 0 && known[0] === place && known[1] >= count) continue;
            filled[index] = step === 0 ? [place, count] : [-1, 0];
            this.cast('load', takes(index))((operands[index] as Operand).kind, place, step, room(index), count);
          }
          if (inputs === 1) loop(at[1] as number, at[0] as number, count);
          else if (inputs === 2) loop(at[1] as number, at[2] as number, at[0] as number, count);
          else loop(at[1] as number, at[2] as number, at[3] as number, at[0] as number, count);
          const step = lane.steps[0] as number;
          const place = (places[0] as number) + start * step;
          if (!isDense[0]) this.cast('store', made)(target.kind, room(0), place, step, count);
        }
      },
    );
    return 0;
  }

  /** `[result, values]`: values of one kind as those of another. */
  copy(request: ArrayRequest): number {
    const [target, source] = request.operands as readonly [Operand, Operand];
    const { outer, lane } = this.mapAxes(request);
    const [toStep = 0, fromStep = 0] = lane.steps;
    const size = SIZES[source.kind] as number;
    const kind = target.kind === 0 ? 0 : target.kind > 10 && source.kind > 10 ? 12 : source.kind < 9 ? 7 : 10;
    const room = this.scratch;
    const move = this.loops.moveInto as Loops[string];
    walk(outer, [target.at, source.at], ([to = 0, from = 0]) => {
      if (source.kind === target.kind) return void move(size, from, fromStep, to, toStep, lane.size);
      for (let start = 0; start < lane.size; start += CHUNK) {
        const count = Math.min(CHUNK, lane.size - start);
        this.cast('load', kind)(source.kind, from + start * fromStep, fromStep, room, count);
        this.cast('store', kind)(target.kind, room, to + start * toStep, toStep, count);
      }
    });
    return 0;
  }

  /** `[result, values]`: the result has steps of 0 along the axes that are folded; its values are what is folded upon. */
  private fold(loop: Loops[string], takes: number, made: number, request: ArrayRequest, isPlace = false): number {
    const [target, source] = request.operands as readonly [Operand, Operand];
    const rank = ({ steps }: Axis) => Math.abs(steps[1] as number);
    const axes = axesOf(request).sort((one, other) => rank(other) - rank(one));
    const folded = joinAxes(axes.filter(({ steps }) => steps[0] === 0));
    const lane = folded.pop() ?? { size: 1, steps: [0, SIZES[source.kind] as number] };
    const [, step = 0] = lane.steps;
    const isSame = source.kind === takes;
    if (target.kind !== made || (!isSame && (isPlace || takes === 9 || takes === 11)) || (isPlace && folded.length))
      fail('usage', 'Arrays: values of another kind.');
    const room = this.scratch + 4 * CHUNK * 16;
    const outer = joinAxes(axes.filter(({ size, steps }) => size > 1 && steps[0] !== 0));
    walk([...outer, ...folded], [target.at, source.at], ([to = 0, from = 0]) => {
      if (isSame) return void loop(from, step, lane.size, to);
      for (let start = 0; start < lane.size; start += FOLD_CHUNK) {
        const count = Math.min(FOLD_CHUNK, lane.size - start);
        this.cast('load', takes)(source.kind, from + start * step, step, room, count);
        loop(room, SIZES[takes] as number, count, to);
      }
    });
    return 0;
  }

  /** `[result, values]`, both of the loop's kind; runs along the last axis. */
  private scan(loop: Loops[string], kind: number, request: ArrayRequest): number {
    const [target, source] = request.operands as readonly [Operand, Operand];
    if (target.kind !== kind || source.kind !== kind) fail('usage', 'Arrays: values of another kind.');
    const axes = axesOf(request);
    const lane = axes.pop() ?? fail('usage', 'Arrays: no axis.');
    walk(joinAxes(axes), [target.at, source.at], ([to = 0, from = 0]) => {
      loop(from, lane.steps[1] as number, lane.size, to, lane.steps[0] as number);
    });
    return 0;
  }

  /** Count of lanes and their length, where all operands are dense along all axes. */
  private dense({ shape, operands }: ArrayRequest, kinds: readonly (number | undefined)[]): [number, number] {
    const total = shape.reduce((product, size) => product * size, 1);
    const isDense = (one: Operand, index: number) => {
      let step = SIZES[one.kind] as number;
      const fits = [...shape.keys()].reverse().every((axis) => {
        const isRight = shape[axis] === 1 || one.steps[axis] === step;
        step *= shape[axis] as number;
        return isRight;
      });
      return fits && (kinds[index] === undefined || one.kind === kinds[index]);
    };
    if (operands.length !== kinds.length || !operands.every(isDense))
      fail('usage', 'Arrays: values are not dense, or of another kind.');
    const length = shape.at(-1) ?? 1;
    return [total / length, length];
  }

  /** `[values]`: floats or whole numbers, each lane in place. */
  sort(request: ArrayRequest): number {
    const [target] = request.operands as readonly [Operand];
    const [lanes, length] = this.dense(request, [target.kind === 7 ? 7 : 10]);
    const { buffer } = this.host.memory;
    for (let lane = 0; lane < lanes; lane++) {
      const at = target.at + lane * length * 8;
      if (target.kind === 10) new Float64Array(buffer, at, length).sort();
      else new BigInt64Array(buffer, at, length).sort();
    }
    return 0;
  }

  /** `[indices, values]`: the order of each lane, equal values as they stand. */
  argsort(request: ArrayRequest): number {
    const [target, source] = request.operands as readonly [Operand, Operand];
    const [lanes, length] = this.dense(request, [7, source.kind === 7 ? 7 : 10]);
    const { keys_f64, keys_i64, sortKeysInPlace, load_i64 } = this.loops as Record<string, Loops[string]>;
    const work = this.room(24 * length + 4 * 2048 + 64);
    try {
      const indices = work + 8 * length;
      const room = indices + 4 * length + (length % 2) * 4;
      for (let lane = 0; lane < lanes; lane++) {
        (source.kind === 7 ? keys_i64 : keys_f64)?.(source.at + lane * length * 8, work, length);
        const order = new Uint32Array(this.host.memory.buffer, indices, length);
        for (let index = 0; index < length; index++) order[index] = index;
        sortKeysInPlace?.(work, indices, length, room);
        load_i64?.(6, indices, 4, target.at + lane * length * 8, length);
      }
    } finally {
      this.host.free(work);
    }
    return 0;
  }

  /** `[values]`: floats without NaN, moved until the one at the argument's place is where sorting would put it. */
  select(request: ArrayRequest): number {
    const [target] = request.operands as readonly [Operand];
    const [lanes, length] = this.dense(request, [10]);
    if (request.argument < 0 || request.argument >= length) fail('usage', 'Arrays: no such place.');
    for (let lane = 0; lane < lanes; lane++)
      (this.loops.selectInPlace as Loops[string])(target.at + lane * length * 8, length, request.argument);
    return 0;
  }

  /** `[places, values, sorted]`: where values belong among sorted ones, which are all of their memory. */
  search({ shape, operands, argument }: ArrayRequest): number {
    const [target, values, sorted] = operands as readonly [Operand, Operand, Operand];
    const isDense = [target, values].every(({ kind, steps }, index) => kind === (index ? 10 : 7) && steps[0] === 8);
    if (!isDense || sorted.kind !== 10 || shape.length !== 1)
      fail('usage', 'Arrays: values are not dense, or of another kind.');
    const size = Math.floor(sorted.bytes / 8);
    const [count = 0] = shape;
    (this.loops.searchInto as Loops[string])(sorted.pointer, size, values.at, count, target.at, argument);
    return 0;
  }

  /** `[indices, truth]`: where truth is; answers how many. */
  places(request: ArrayRequest): number {
    const [target, source] = request.operands as readonly [Operand, Operand];
    const [lanes, length] = this.dense(request, [7, 0]);
    return (this.loops.placesInto as Loops[string])(source.at, lanes * length, target.at);
  }

  /** `[result, places, values]`: the last counts as memory from its beginning; answers -1 or the first place that is not there. */
  gather({ shape, operands }: ArrayRequest): number {
    const [target, places, values] = operands as readonly [Operand, Operand, Operand];
    const size = SIZES[values.kind] as number;
    if (
      shape.length !== 1 ||
      places.kind !== 7 ||
      places.steps[0] !== 8 ||
      target.kind !== values.kind ||
      target.steps[0] !== size
    )
      fail('usage', 'Arrays: values are not dense, or of another kind.');
    const limit = Math.floor(values.bytes / size);
    return (this.loops.gatherInto as Loops[string])(
      size,
      values.pointer,
      limit,
      places.at,
      shape[0] as number,
      target.at,
    );
  }

  /** `[values, places, given]`: given ones to their places; answers as `gather`. */
  scatter({ shape, operands }: ArrayRequest): number {
    const [values, places, given] = operands as readonly [Operand, Operand, Operand];
    const size = SIZES[values.kind] as number;
    if (shape.length !== 1 || places.kind !== 7 || places.steps[0] !== 8 || given.kind !== values.kind)
      fail('usage', 'Arrays: values are not dense, or of another kind.');
    const limit = Math.floor(values.bytes / size);
    const [step = 0] = given.steps;
    return (this.loops.scatterInto as Loops[string])(
      size,
      given.at,
      step,
      places.at,
      shape[0] as number,
      values.pointer,
      limit,
    );
  }

  /** `[counts, places]`: one more for every place; counts are memory from its beginning. */
  tally({ shape, operands }: ArrayRequest): number {
    const [counts, places] = operands as readonly [Operand, Operand];
    if (shape.length !== 1 || counts.kind !== 7 || places.kind !== 7 || places.steps[0] !== 8)
      fail('usage', 'Arrays: values are not dense, or of another kind.');
    const limit = Math.floor(counts.bytes / 8);
    return (this.loops.tallyInto as Loops[string])(places.at, shape[0] as number, counts.pointer, limit);
  }

  /** Axes [rows, inner, columns]; `[product, left, right]`, dense floats. */
  product({ shape, operands }: ArrayRequest): number {
    const [rows = 1, inner = 1, columns = 1] = shape;
    const wanted = [
      [8 * columns, 0, 8],
      [8 * inner, 8, 0],
      [0, 8 * columns, 8],
    ];
    const isDense = operands.every(
      ({ kind, steps }, index) =>
        kind === 10 && steps.every((step, axis) => shape[axis] === 1 || step === wanted[index]?.[axis]),
    );
    if (operands.length !== 3 || shape.length !== 3 || !isDense)
      fail('usage', 'Arrays: values are not dense, or of another kind.');
    const [target, left, right] = operands as readonly [Operand, Operand, Operand];
    (this.loops.productInto as Loops[string])(left.at, right.at, target.at, rows, inner, columns);
    return 0;
  }
}
