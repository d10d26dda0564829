import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listobs, openMs, readNumbers } from '../../../src/astronomy/ms/index.ts';
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

  it('counts the width of names in bytes, as CASA', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    ms.subtable('FIELD').column('NAME').put(0, 'Señorita');
    ms.subtable('FIELD').column('NAME').put(1, 'é'.repeat(11));
    ms.close();
    const text = listobs(context, { vis: 'a.ms' });
    expect(text).toContain('  1      0 Señorita                   60  ');
    expect(text).toContain(`  2      1 ${'é'.repeat(9)}*         60  `);
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

  it('gives all fields of a scan the times of the scan, in the order of their numbers', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    const times = readNumbers(ms.main, 'TIME');
    const first = Math.min(...times);
    times.forEach((time, row) => {
      if (time === first) ms.main.column('FIELD_ID').put(row, 1);
      ms.main.column('STATE_ID').put(row, -1);
    });
    ms.close();
    const lines = listobs(context, { vis: 'a.ms' }).split('\n');
    expect(lines).toContain(
      '  15-Jun-2013/03:00:00.0 - 03:00:18.0     1      0 J1517-2422                  40  [0,1]  [6, 6] ',
    );
    expect(lines).toContain(
      '              03:00:00.0 - 03:00:18.0     1      1 Target one                  20  [0,1]  [6, 6] ',
    );
  });

  it('lists each polarization setup of a window, and tells of tables and columns that are not there', () => {
    const context = freshContext();
    const path = join(context.cwd, 'a.ms');
    writeSmallMs(path);
    const ms = openMs(path, 'update');
    const described = ms.subtable('DATA_DESCRIPTION');
    described.column('SPECTRAL_WINDOW_ID').put(0, 1);
    ms.subtable('SPECTRAL_WINDOW').removeColumns(['BBC_NO']);
    ms.subtable('SPECTRAL_WINDOW').column('TOTAL_BANDWIDTH').put(1, 0);
    for (const id of [0, 1]) ms.subtable('ANTENNA').column('STATION').put(id, 'A_LONG_STATION');
    ms.subtable('SOURCE').removeColumns(['SYSVEL']);
    ms.close();
    const lines = listobs(context, { vis: 'a.ms', listunfl: true }).split('\n');
    expect(lines).toContain('Spectral Windows:  (1 unique spectral windows and 1 unique polarization setups)');
    expect(
      lines.filter((line) => line.startsWith('  1      ALMA_RB_06') && line.endsWith('232001.5000   XX  YY')),
    ).toHaveLength(2);
    expect(lines.some((line) => line.includes('NaN'))).toBe(false);
    expect(lines.some((line) => line.startsWith('  0    DA41  A_LONG_STATION12.0 m   '))).toBe(true);
    expect(lines).toContain('  NB: No systemic velocity information found in SOURCE table.');
    const without = openMs(path, 'update');
    without.main.removeKeyword('SOURCE');
    without.close();
    const short = listobs(context, { vis: 'a.ms', verbose: false }).split('\n');
    expect(short).toContain('The SOURCE table is absent: see the FIELD table');
    expect(short).toContain('  ID   Code Name                RA               Decl           Epoch        nRows');
    expect(short.filter((line) => line.startsWith('   ID='))).toEqual([
      "   ID=   0-2: 'DA41'='A_LONG_STATION', 'DA42'='A_LONG_STATION', 'DV01'='A002', ",
      "   ID=   3-3: 'DV02'='A003'",
    ]);
  });
});
