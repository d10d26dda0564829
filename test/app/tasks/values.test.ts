import { describe, expect, it } from 'vitest';
import { complex, packReply, real, toComplex, unpackRequest } from '../../../src/app/tasks/index.ts';
import { flattenNested } from '../../../src/app/tasks/table-values.ts';
import { typedReply } from '../../../src/app/tasks/typed-reply.ts';

describe('values between Python and the engine', () => {
  it('keeps whole floats, complex numbers and what JSON lacks', () => {
    const { text } = packReply([real(2), complex(1, -1), Number.NaN, 'a', null, true]);
    expect(JSON.parse(text)).toEqual([{ $float: 2 }, { $complex: [1, -1] }, { $float: 'NaN' }, 'a', null, true]);
    expect(unpackRequest('[{"$float":"Infinity"},2]')).toEqual([Number.POSITIVE_INFINITY, 2]);
    expect(toComplex({ $complex: [3, 4] })).toEqual([3, 4]);
  });

  it('gives results of tasks floats and arrays, also where the numbers are whole', () => {
    const reply = typedReply({ integers: ['spwID'] });
    const result = {
      flagged: 3,
      spwID: [0, 1],
      '1': { fluxd: [2, 0], names: ['a'] },
      matrix: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    };
    expect(reply(result)).toEqual({
      flagged: real(3),
      spwID: { kind: 'array', type: 'int', shape: [2], values: Int32Array.of(0, 1) },
      '1': {
        fluxd: { kind: 'array', type: 'float', shape: [2], values: Float64Array.of(2, 0) },
        names: { kind: 'array', type: 'string', shape: [1], values: ['a'] },
      },
      matrix: { kind: 'array', type: 'float', shape: [2, 3], values: Float64Array.of(1, 4, 2, 5, 3, 6) },
    });
    expect(typedReply({ keepsLists: true })({ RMS: [1, 2] })).toEqual({ RMS: [real(1), real(2)] });
  });

  it('sends arrays as bytes beside the text', () => {
    const reply = packReply({ kind: 'array', type: 'float', shape: [2], values: Float32Array.of(1, 2) });
    expect(JSON.parse(reply.text)).toEqual({ $array: { type: 'float', shape: [2], code: 'f', buffer: 0 } });
    expect(reply.buffers[0].length).toBe(8);
  });
});

describe('flattenNested', () => {
  it('turns the first index into the fastest', () => {
    const { shape, values } = flattenNested(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'Double',
    );
    expect(shape).toEqual([3, 2]);
    expect(values).toEqual(Float64Array.of(1, 4, 2, 5, 3, 6));
  });

  it('refuses ragged lists', () => {
    expect(() => flattenNested([[1, 2], [3]], 'Int')).toThrow('differ in length');
  });

  it('unpacks arrays of many numbers as nested lists, the last axis fastest', () => {
    const packed = (kind: string, shape: number[], values: ArrayBufferView) =>
      JSON.stringify({
        $packed: {
          kind,
          shape,
          bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
        },
      });
    expect(unpackRequest(packed('float', [2, 3], new Float64Array([1, 2, 3, 4, 5, Number.NaN])))).toEqual([
      [1, 2, 3],
      [4, 5, Number.NaN],
    ]);
    expect(unpackRequest(packed('int', [2], new BigInt64Array([-1n, 2n])))).toEqual([-1, 2]);
    expect(unpackRequest(packed('bool', [1, 2], new Uint8Array([1, 0])))).toEqual([[true, false]]);
    expect(unpackRequest(packed('complex', [2], new Float64Array([1, 2, 3, 4])))).toEqual([
      complex(1, 2),
      complex(3, 4),
    ]);
  });
});
