import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { readChunks } from '../../../src/astronomy/visibility/index.ts';
import { clearcal, uvsub } from '../../../src/pipeline/reshape/index.ts';
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
    clearcal(context, { vis, spw: '0' });
    expect(() => read('CORRECTED_DATA')).toThrow(/interrupted/);
    clearcal(context, { vis });
    uvsub(context, { vis }, { openModel });
    read('CORRECTED_DATA');
  });
});
