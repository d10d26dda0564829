import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { readChunks } from '../../../src/astronomy/visibility/index.ts';
import { clearcal, concat, hanningsmooth, uvsub, virtualconcat } from '../../../src/pipeline/reshape/index.ts';
import { openModel } from '../../../src/pipeline/skymodel/index.ts';
import { freshContext, writeSmallMs } from '../ms/small-ms.ts';

describe('a change of columns that is interrupted', () => {
  it('is told to whoever reads them, until they are made anew', () => {
    const context = freshContext();
    const vis = join(context.cwd, 'a.ms');
    writeSmallMs(vis);
    clearcal(context, { vis, addmodel: true });
    const stop = new Error('stopped');
    const stopping = {
      ...context,
      checkAbort() {
        throw stop;
      },
    };
    const read = (column: 'DATA' | 'CORRECTED_DATA') => {
      const ms = openMs(vis);
      try {
        for (const chunk of readChunks(ms, { columns: [column] })) chunk.release();
      } finally {
        ms.close();
      }
    };
    uvsub(context, { vis }, { openModel });
    read('CORRECTED_DATA');
    expect(() => uvsub(stopping, { vis }, { openModel })).toThrow(stop);
    read('DATA');
    expect(() => read('CORRECTED_DATA')).toThrow(/uvsub was interrupted while it changed CORRECTED_DATA.*clearcal/);
    expect(() => uvsub(context, { vis, reverse: true }, { openModel })).toThrow(/interrupted/);
    for (const join of [concat, virtualconcat])
      expect(() => join(context, { vis: [vis], concatvis: 'joined.ms' })).toThrow(
        /interrupted while it changed CORRECT/,
      );
    clearcal(context, { vis, spw: '0' });
    expect(() => read('CORRECTED_DATA')).toThrow(/interrupted/);
    clearcal(context, { vis });
    uvsub(context, { vis }, { openModel });
    read('CORRECTED_DATA');
  });

  it('is told of flags and weights, too, which clearcal does not make anew', () => {
    const context = freshContext();
    const vis = join(context.cwd, 'a.ms');
    writeSmallMs(vis);
    clearcal(context, { vis });
    let chunks = 0;
    const stopping = {
      ...context,
      checkAbort() {
        if (chunks++ > 0) throw new Error('stopped');
      },
    };
    expect(() => hanningsmooth(stopping, { vis, datacolumn: 'corrected' })).toThrow('stopped');
    const sentence = /hanningsmooth was interrupted while it changed .*WEIGHT.*; make the MeasurementSet anew/;
    const calls = [
      () => clearcal(context, { vis }),
      () => uvsub(context, { vis }, { openModel }),
      () => hanningsmooth(context, { vis, datacolumn: 'data' }),
      () => concat(context, { vis: [vis], concatvis: 'joined.ms' }),
    ];
    for (const call of calls) expect(call).toThrow(sentence);
    const ms = openMs(vis);
    expect(() => [...readChunks(ms, { columns: ['DATA'] })]).toThrow(sentence);
    ms.close();
  });
});
