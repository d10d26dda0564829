import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { doFreePieces, doTogether, installCrew, type NumberWork } from '../../../src/foundation/base/index.ts';
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

  it('waits for what another thread ends in time', () => {
    installCrew((work) => {
      work.states[6] = 1;
      const spare = new Int32Array(new SharedArrayBuffer(4));
      const text = `const { states, outputs, spare } = require('node:worker_threads').workerData;
        Atomics.store(spare, 0, 1);
        Atomics.notify(spare, 0);
        setTimeout(() => { outputs[6] = -1; Atomics.store(states, 6, 2); Atomics.notify(states, 6); }, 100);`;
      new Worker(text, { eval: true, workerData: { ...work, spare } }).unref();
      Atomics.wait(spare, 0, 0);
    });
    const found = results(doTogether('square', square, numbers, 1, () => {}));
    expect(found).toEqual([...squares.slice(0, 6), [-1]]);
  });

  it('leaves a piece that fails in one thread to the others', () => {
    const states = new Int32Array(new SharedArrayBuffer(4));
    const [inputs, outputs] = [new Float64Array(1), new Float64Array(1)];
    const failing = () => {
      throw new Error('no');
    };
    expect(() => doFreePieces({ kind: '', inputs, outputs, states }, failing)).toThrow('no');
    expect([...states]).toEqual([0]);
  });

  it('gives the same bits with real threads, which take their share', () => {
    const inputs = Array.from({ length: 4 }, (_, k) => [176 - k, 88.9 - k / 2, 39.7, 24.5, 1.38, 43, 0]);
    const alone = results(doTogether(RETRIEVAL_WORK, retrievePiece, inputs, 17, () => {}));
    const start = nodeCrew(join(import.meta.dirname, '../../../dist/js/crew-worker.js'));
    const hasOthers = availableParallelism() > 1;
    let states: Int32Array = new Int32Array(0);
    installCrew((work, count) => {
      states = work.states;
      start(work, count);
    });
    let own = 0;
    const counted: NumberWork = (input, output) => {
      own++;
      const nap = new Int32Array(new SharedArrayBuffer(4));
      // The first piece takes until another thread has begun one.
      while (hasOthers && states.filter((state) => state > 0).length < 2) Atomics.wait(nap, 0, 0, 20);
      retrievePiece(input, output);
    };
    expect(results(doTogether(RETRIEVAL_WORK, counted, inputs, 17, () => {}))).toEqual(alone);
    expect(own).toBeLessThanOrEqual(hasOthers ? inputs.length - 1 : inputs.length);
  });
});
