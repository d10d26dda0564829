import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ArrayCall } from '../../../src/app/python/array-device.ts';
import { type ArrayHost, ArrayKernels } from '../../../src/app/python/array-kernels.ts';

const wasm = new Uint8Array(readFileSync(new URL('../../../dist/array-kernels.wasm', import.meta.url)));
const KIND = { bool: 0, int16: 3, int64: 7, float32: 9, float64: 10, complex128: 12 };

let kernels: ArrayKernels;
let host: ArrayHost;
let memory: WebAssembly.Memory;
let next = 65_536;
let isFull = false;

function allocate(bytes: number): number {
  if (isFull) return 0;
  const at = next;
  next += Math.ceil(bytes / 16) * 16;
  return at;
}

beforeAll(() => {
  memory = new WebAssembly.Memory({ initial: 64 });
  const { sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh } = Math;
  const { exp, log, log10, log2, log1p, expm1, pow, atan2, hypot } = Math;
  const circle = { sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh };
  const mathematics = {
    ...circle,
    exp,
    log,
    log10,
    log2,
    log1p,
    expm1,
    pow,
    atan2,
    hypot,
    fmod: (a: number, b: number) => a % b,
  };
  host = { memory, mathematics, allocate, free() {} };
  kernels = new ArrayKernels(wasm, host);
});

/** Floats in the kernels' memory, as what Python lends. */
function lend(values: readonly number[] | Float64Array) {
  const pointer = allocate(8 * values.length);
  new Float64Array(memory.buffer, pointer, values.length).set(values);
  return { pointer, bytes: 8 * values.length };
}

type Given = readonly [kind: number, offset: number, ...strides: number[]];

function words(name: string, shape: readonly number[], operands: readonly Given[], argument = 0): Int32Array {
  const head = [kernels.operations.indexOf(name), 0, argument, operands.length, shape.length, ...shape];
  return Int32Array.from([...head, ...operands.flat()]);
}

const floats = ({ pointer, bytes }: { pointer: number; bytes: number }) => [
  ...new Float64Array(memory.buffer, pointer, bytes / 8),
];

/** Numbers that are the same in each run. */
function numbers(count: number): Float64Array {
  let state = 7;
  return Float64Array.from({ length: count }, () => {
    state = (1_103_515_245 * state + 12_345) % 2 ** 31;
    return state / 2 ** 31 - 0.5;
  });
}

describe('array kernels', () => {
  it('add arrays of any steps as the sum of each pair', () => {
    const rows = 30;
    const columns = 2100;
    const left = numbers(rows * columns);
    const right = numbers(columns);
    const lent = [lend(new Float64Array(rows * columns)), lend(left), lend(right)];
    const float = KIND.float64;
    // The left one lies with its first axis fastest, the right one is a row from its end to its beginning.
    kernels.run(
      words(
        'add_f64',
        [rows, columns],
        [
          [float, 0, columns, 1],
          [float, 0, 1, rows],
          [float, columns - 1, 0, -1],
        ],
      ),
      lent,
    );
    const wanted = Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      return (left[row + rows * column] as number) + (right[columns - 1 - column] as number);
    });
    expect(floats(lent[0] as never)).toEqual(wanted);
  });

  it('sum lanes to the last digits, and rows upon rows', () => {
    const values = numbers(5000);
    const exact = values.reduce((sum, value) => sum + value, 0);
    const sum = [lend([0]), lend(values)];
    kernels.run(
      words(
        'fold_sum_f64',
        [5000],
        [
          [KIND.float64, 0, 0],
          [KIND.float64, 0, 1],
        ],
      ),
      sum,
    );
    expect(floats(sum[0] as never)[0]).toBeCloseTo(exact, 10);
    const columns = [lend([0, 0]), lend(values)];
    kernels.run(
      words(
        'fold_sum_f64',
        [2500, 2],
        [
          [KIND.float64, 0, 0, 1],
          [KIND.float64, 0, 2, 1],
        ],
      ),
      columns,
    );
    const [even = 0, odd = 0] = floats(columns[0] as never);
    expect(even).toBeCloseTo(
      values.filter((_, at) => at % 2 === 0).reduce((total, value) => total + value, 0),
      10,
    );
    expect(even + odd).toBeCloseTo(exact, 10);
  });

  it('order values, equal ones as they stand, NaN behind all', () => {
    const values = numbers(3000).map((value, at) => (at % 100 === 3 ? Number.NaN : Math.round(50 * value)));
    const lent = [lend(values.map(() => 0)), lend(values)];
    kernels.run(
      words(
        'argsort',
        [3000],
        [
          [KIND.int64, 0, 1],
          [KIND.float64, 0, 1],
        ],
      ),
      lent,
    );
    const order = [...new BigInt64Array(memory.buffer, lent[0]?.pointer, 3000)].map(Number);
    const rank = (value: number) => (Number.isNaN(value) ? 1e9 : value);
    const wanted = [...values.keys()].sort(
      (one, other) => rank(values[one] as number) - rank(values[other] as number) || one - other,
    );
    expect(order).toEqual(wanted);
  });

  it('find the value that sorting would put at a place', () => {
    const values = numbers(1001);
    const lent = [lend(values)];
    kernels.run(words('select', [1001], [[KIND.float64, 0, 1]], 500), lent);
    expect(floats(lent[0] as never)[500]).toBe([...values].sort((one, other) => one - other)[500]);
  });

  it('refuse what would lie outside of the memory that was lent, whatever the request says', () => {
    const float = KIND.float64;
    const lent = [lend([0, 0, 0, 0]), lend([1, 2, 3, 4])];
    const asks = (name: string, shape: readonly number[], operands: readonly Given[]) => () =>
      kernels.run(words(name, shape, operands), lent);
    expect(
      asks(
        'copy',
        [4],
        [
          [float, 0, 1],
          [float, 0, 1],
        ],
      ),
    ).not.toThrow();
    expect(
      asks(
        'copy',
        [5],
        [
          [float, 0, 1],
          [float, 0, 0],
        ],
      ),
    ).toThrow('outside');
    expect(
      asks(
        'copy',
        [4],
        [
          [float, 0, 1],
          [float, 0, -1],
        ],
      ),
    ).toThrow('outside');
    expect(
      asks(
        'copy',
        [4],
        [
          [KIND.complex128, 0, 1],
          [float, 0, 1],
        ],
      ),
    ).toThrow('outside');
    expect(
      asks(
        'copy',
        [2, -1],
        [
          [float, 0, 1, 1],
          [float, 0, 1, 1],
        ],
      ),
    ).toThrow('without values');
    expect(
      asks(
        'copy',
        [2 ** 30, 2 ** 30],
        [
          [float, 0, 2 ** 30, 1],
          [float, 0, 0, 0],
        ],
      ),
    ).toThrow('outside');
    expect(
      asks(
        'add_f64',
        [4],
        [
          [float, 0, 1],
          [float, 0, 1],
        ],
      ),
    ).toThrow('number of operands');
    expect(
      asks(
        'sort',
        [2],
        [
          [float, 0, 1],
          [float, 0, 1],
        ],
      ),
    ).toThrow('not dense');
    expect(
      asks(
        'nothing',
        [4],
        [
          [float, 0, 1],
          [float, 0, 1],
        ],
      ),
    ).toThrow('unknown operation');
    const places = [lend([0]), lend([0]), lend([1, 2, 3])];
    new BigInt64Array(memory.buffer, places[1]?.pointer, 1)[0] = 3n;
    const gather = words(
      'gather',
      [1],
      [
        [float, 0, 1],
        [KIND.int64, 0, 1],
        [float, 0, 0],
      ],
    );
    expect(kernels.run(gather, places)).toBe(0);
    expect(floats(places[0] as never)).toEqual([0]);
  });

  it('forget what one system call lent when the next begins', () => {
    const call = new ArrayCall(memory);
    const target = lend([0]);
    const source = lend([5]);
    const request = lend(numbers(20));
    const asked = words(
      'copy',
      [1],
      [
        [KIND.float64, 0, 1],
        [KIND.float64, 0, 1],
      ],
    );
    new Int32Array(memory.buffer, request.pointer, asked.length).set(asked);
    call.begin();
    call.take(kernels, request.pointer, 4 * asked.length);
    call.take(kernels, target.pointer, target.bytes);
    call.begin();
    expect(() => call.take(kernels, source.pointer, source.bytes)).toThrow('length');
    expect(floats(target)).toEqual([0]);
    call.begin();
    call.take(kernels, request.pointer, 4 * asked.length);
    call.take(kernels, target.pointer, target.bytes);
    call.take(kernels, source.pointer, source.bytes);
    expect(floats(target)).toEqual([5]);
    // A file that has the device's descriptor leaves the operation as it was.
    expect(new Int32Array(memory.buffer, request.pointer, 1)[0]).toBe(~(asked[0] as number));
  });

  it('find where values belong among sorted ones', () => {
    const lent = [lend([0, 0, 0, 0]), lend([0, 2, 2.5, Number.NaN]), lend([1, 2, 2, 3])];
    const operands = [KIND.int64, 0, 1, KIND.float64, 0, 1, KIND.float64, 0, 0];
    const places = (argument: number) => {
      kernels.run(Int32Array.from([kernels.operations.indexOf('search'), 0, argument, 3, 1, 4, ...operands]), lent);
      return [...new BigInt64Array(memory.buffer, lent[0]?.pointer, 4)].map(Number);
    };
    expect(places(0)).toEqual([0, 1, 3, 4]);
    expect(places(1)).toEqual([0, 3, 3, 4]);
  });

  it('touch nothing where there is no memory for what they need', () => {
    const lent = [lend(new Float64Array(60)), lend(numbers(60))];
    const order: Given[] = [
      [KIND.int64, 0, 1],
      [KIND.float64, 0, 1],
    ];
    const start = [...new Uint8Array(memory.buffer, 0, 4096)];
    isFull = true;
    try {
      expect(() => kernels.run(words('argsort', [60], order), lent)).toThrow('no memory');
      expect(() => new ArrayKernels(wasm, host)).toThrow('no memory');
    } finally {
      isFull = false;
    }
    expect([...new Uint8Array(memory.buffer, 0, 4096)]).toEqual(start);
    // 24 bytes for each of these are 8 in 32 bits; the array is not there.
    const many = Math.ceil(2 ** 32 / 24);
    const whole = { pointer: 0, bytes: 8 * many };
    expect(() => kernels.run(words('argsort', [many], order), [whole, whole])).toThrow('no memory');
  });

  it('refuse work without an end on few values', () => {
    const lent = [lend([0]), lend([0])];
    const given: Given = [KIND.float64, 0, 0, 0, 0];
    const size = 2 ** 31 - 1;
    expect(() => kernels.run(words('fold_sum_f64', [size, size, size], [given, given]), lent)).toThrow('too many');
    expect(() => kernels.run(words('fold_sum_f64', [2 ** 16, 2 ** 15, 1], [given, given]), lent)).toThrow('too many');
  });

  it('bring no data of their own, which would overwrite what lies in the memory', () => {
    const sections: number[] = [];
    for (let at = 8; at < wasm.length; ) {
      sections.push(wasm[at] as number);
      at += 1;
      let size = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = wasm[at++] as number;
        size |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      at += size;
    }
    expect(sections).toContain(10);
    expect(sections).not.toContain(11);
  });
});
