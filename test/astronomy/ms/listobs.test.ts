import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listobs, openMs } from '../../../src/astronomy/ms/index.ts';
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

  it('lists what a selection chooses, and counts rows that are not flagged', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    const flags = new Uint8Array(16);
    flags.fill(1, 0, 4); // channels 0 and 1 of 8
    ms.main.column('FLAG').put(12, { shape: [8, 2], values: flags }); // the first baseline of the first window
    ms.close();
    const options = { vis: 'a.ms', antenna: 'DA41&DA42', spw: '0', field: '0', listunfl: true };
    const lines = listobs(context, options).split('\n');
    expect(lines).toContain('Data records: 3       Total elapsed time = 18 seconds');
    expect(lines).toContain('Antennas: 2:');
    expect(lines.find((line) => line.includes(' - 03:00:18.0'))).toContain('         3         2.75  [0]  [6]');
    expect(lines.find((line) => line.startsWith('  0    none J1517'))).toMatch(/ {9}3 {9}2.75$/);
    expect(listobs(context, { ...options, selectdata: false })).toContain('Data records: 120');
    expect(() => listobs(context, { vis: 'a.ms', scan: '9' })).toThrow();
  });
});
