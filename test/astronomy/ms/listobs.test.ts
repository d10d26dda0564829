import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listobs } from '../../../src/astronomy/ms/index.ts';
import { freshContext, writeSmallMs } from './small-ms.ts';

describe('listobs', () => {
  it('prints scans, fields, windows and antennas in the layout of CASA', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    const lines = listobs(context, { vis: 'a.ms' }).split('\n');
    expect(lines).toContain('Data records: 120       Total elapsed time = 78 seconds');
    expect(lines).toContain(
      '  15-Jun-2013/03:00:00.0 - 03:00:18.0     1      0 J1517-2422                  60  [0,1]  [6, 6] ' +
        '[CALIBRATE_PHASE#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE]',
    );
    expect(lines).toContain(
      '              03:01:00.0 - 03:01:18.0     2      1 Target one                  60  [0,1]  [6, 6] ' +
        '[OBSERVE_TARGET#ON_SOURCE]',
    );
    expect(lines).toContain(
      '  1      ALMA_RB_06#BB_2#SW-01#FULL_RES      4   TOPO  232000.000      1000.000      4000.0 232001.5000        2  XX  YY',
    );
    expect(lines.filter((line) => line.includes('12.0 m'))).toHaveLength(4);
  });

  it('does not overwrite a list unasked', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    listobs(context, { vis: 'a.ms', listfile: 'a.txt' });
    expect(() => listobs(context, { vis: 'a.ms', listfile: 'a.txt' })).toThrow(/exists already/);
    expect(listobs(context, { vis: 'a.ms', listfile: 'a.txt', overwrite: true, verbose: false })).not.toContain(
      'ScanIntent',
    );
  });
});
