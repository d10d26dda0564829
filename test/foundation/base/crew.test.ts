import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { doTogether, installCrew, type NumberWork } from '../../../src/foundation/base/index.ts';
import { nodeCrew } from '../../../src/foundation/base/workers-node.ts';
import { RETRIEVAL_WORK, retrievePiece } from '../../../src/pipeline/calibration/index.ts';

afterEach(() => installCrew(() => {}));

const square: NumberWork = (input, output) => {
  output[0] = input[0] ** 2;
};
const numbers = Array.from({ length: 7 }, (_, k) => [k]);
const squares = numbers.map(([k]) => [k * k]);
const results = (found: Float64Array[]) => found.map((values) => [...values]);

describe('work done together', () => {
  it('is done by one thread where there is no crew', () => {
    expect(results(doTogether('square', square, numbers, 1, () => {}))).toEqual(squares);
  });

  it('is done again here where another thread began and ended early', () => {
    installCrew(({ states }) => states.fill(1, 2, 5));
    expect(results(doTogether('square', square, numbers, 1, () => {}))).toEqual(squares);
  });

  it('leaves the pieces of others alone, and leaves nothing to begin when it is stopped', () => {
    let left: Int32Array = new Int32Array(0);
    installCrew(({ states, outputs }) => {
      states[3] = 2;
      outputs[3] = -1;
      left = states;
    });
    const found = results(doTogether('square', square, numbers, 1, () => {}));
    expect(found).toEqual(squares.map((value, k) => (k === 3 ? [-1] : value)));
    const stop = () => {
      if (left[1] === 2) throw new Error('stopped');
    };
    expect(() => doTogether('square', square, numbers, 1, stop)).toThrow('stopped');
    expect([...left]).toEqual([2, 2, 1, 2, 1, 1, 1]);
  });

  it('gives the same bits with real threads, which take their share', () => {
    const inputs = Array.from({ length: 4 }, (_, k) => [176 - k, 88.9 - k / 2, 39.7, 24.5, 1.38, 43, 0]);
    const alone = results(doTogether(RETRIEVAL_WORK, retrievePiece, inputs, 17, () => {}));
    installCrew(nodeCrew(join(import.meta.dirname, '../../../dist/js/crew-worker.js')));
    let own = 0;
    const counted: NumberWork = (input, output) => {
      own++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      retrievePiece(input, output);
    };
    expect(results(doTogether(RETRIEVAL_WORK, counted, inputs, 17, () => {}))).toEqual(alone);
    if (availableParallelism() > 1) expect(own).toBeLessThan(inputs.length);
    else expect(own).toBe(inputs.length);
  });
});
