import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { antennaUvw } from '../../../src/astronomy/measures/index.ts';
import { type MeasurementSet, openMs } from '../../../src/astronomy/ms/index.ts';
import type { ArrayValue, Table } from '../../../src/formats/tables/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { applyBdfFlags, importasdm } from '../../../src/pipeline/ingest/index.ts';
import { ANTENNAS, CHANNELS, SCALE, stored, storedAuto, writeSmallAsdm } from './small-asdm.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingest-'));
const asdm = join(folder, 'uid___A002_X1_X1');
const context = silentContext(folder);
const T0 = 4_877_982_000;
let ms: MeasurementSet;

const numbers = (table: Table, name: string) =>
  Array.from(table.column(name).getRange(0, table.rowCount) as ArrayLike<number>);
const cell = (table: Table, name: string, row: number) => table.column(name).get(row) as ArrayValue;

beforeAll(() => {
  writeSmallAsdm(asdm);
  importasdm(context, {
    asdm,
    vis: 'all.ms',
    bdfflags: true,
    wvr_corrected_data: 'both',
    asis: 'Antenna Scan SysCal',
    savecmds: true,
    outfile: '',
  });
  ms = openMs(join(folder, 'all.ms'));
});
afterAll(() => {
  ms.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('files of online flags', () => {
  it('have the names given, or temporary ones where there are too few', () => {
    const some = { asdm, wvr_corrected_data: 'both', savecmds: true, flagbackup: false } as const;
    importasdm(context, { ...some, vis: 'named.ms', outfile: ['a.txt', 'b.txt'] });
    importasdm(context, { ...some, vis: 'few.ms', outfile: 'c.txt' });
    importasdm(context, { ...some, vis: 'none.ms', process_flags: false });
    const files = [
      'none_cmd.txt',
      'a.txt',
      'b.txt',
      'c.txt',
      'few_TEMP_cmd.txt',
      'few-wvr-corrected_TEMP_cmd.txt',
      'named_cmd.txt',
    ];
    expect(files.map((name) => existsSync(join(folder, name)))).toEqual([false, true, true, false, true, true, false]);
  });
});

describe('MAIN', () => {
  it('has window by window the autocorrelations of all integrations, then the cross-correlations', () => {
    const { main } = ms;
    expect(main.rowCount).toBe(2 * (2 * ANTENNAS + 2 * 3) + 3 * ANTENNAS);
    expect(numbers(main, 'DATA_DESC_ID')).toEqual([...Array(12).fill(0), ...Array(12).fill(1), ...Array(9).fill(2)]);
    expect(numbers(main, 'ANTENNA1').slice(0, 12)).toEqual([0, 1, 2, 0, 1, 2, 0, 0, 1, 0, 0, 1]);
    expect(numbers(main, 'ANTENNA2').slice(0, 12)).toEqual([0, 1, 2, 0, 1, 2, 1, 2, 2, 1, 2, 2]);
    const times = numbers(main, 'TIME').map((time) => Math.round(1e3 * (time - T0)) / 1e3);
    expect(times.slice(0, 12)).toEqual([3, 3, 3, 9, 9, 9, 3, 3, 3, 9, 9, 9]);
    expect(times.slice(24)).toEqual([19, 19, 19, 20, 20, 20, 21, 21, 21]);
    expect(numbers(main, 'SCAN_NUMBER').slice(22, 26)).toEqual([1, 1, 2, 2]);
    expect(numbers(main, 'EXPOSURE')[24]).toBe(1);
  });

  it('has no (u, v, w) for autocorrelations, also after rows that have one', () => {
    const { main } = ms;
    const isAuto = numbers(main, 'ANTENNA1').map((antenna, row) => antenna === numbers(main, 'ANTENNA2')[row]);
    const lengths = isAuto.map((_, row) => Math.hypot(...(cell(main, 'UVW', row).values as Float64Array)));
    expect(lengths.map((length) => length === 0)).toEqual(isAuto);
  });

  it('divides stored numbers by the scale factor in float32 and takes the uncorrected data by name', () => {
    const baselines = [0, 1, 2];
    CHANNELS.forEach((count, window) => {
      for (const integration of [0, 1]) {
        for (const baseline of baselines) {
          const row = window * 12 + 6 + integration * 3 + baseline;
          const expected = Array.from({ length: count * 4 }, (_, k) =>
            Math.fround(stored(integration, baseline, window, 1, k) / Math.fround(SCALE)),
          );
          expect(Array.from(cell(ms.main, 'DATA', row).values as Float32Array)).toEqual(expected);
        }
      }
    });
    expect(cell(ms.main, 'DATA', 6).shape).toEqual([4, 2]);
    const auto = cell(ms.main, 'DATA', 4).values as Float32Array;
    expect(Array.from(auto.subarray(0, 4))).toEqual([storedAuto(1, 1, 0, 0), 0, storedAuto(1, 1, 0, 1), 0]);
    expect(Array.from(cell(ms.main, 'DATA', 28).values as Float32Array)).toEqual([116, 0, 117, 0, 118, 0, 119, 0]);
  });

  it('writes the corrected data, with the autocorrelations, into a second MS', () => {
    const corrected = openMs(join(folder, 'all-wvr-corrected.ms'));
    const first = (cell(corrected.main, 'DATA', 6).values as Float32Array)[0];
    expect(first).toBe(Math.fround(stored(0, 0, 0, 0, 0) / Math.fround(SCALE)));
    expect(corrected.main.rowCount).toBe(ms.main.rowCount);
    corrected.close();
  });

  it('leaves corrected data out of the uncorrected MS where there are no others, with a warning', () => {
    const cut = join(folder, 'uid___A002_X1_X9');
    writeSmallAsdm(cut);
    const file = join(cut, 'ConfigDescription.xml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('1 2 AP_CORRECTED AP_UNCORRECTED', '1 1 AP_CORRECTED'));
    const warnings: string[] = [];
    const log = { post: (text: string, level: string) => level === 'WARN' && warnings.push(text) };
    importasdm({ ...context, log } as typeof context, { asdm: cut, vis: 'cut.ms', wvr_corrected_data: 'both' });
    const [uncorrected, corrected] = ['cut.ms', 'cut-wvr-corrected.ms'].map((name) => openMs(join(folder, name)));
    const windows = (one: MeasurementSet | undefined) => [...new Set(one ? numbers(one.main, 'DATA_DESC_ID') : [])];
    expect([windows(uncorrected), windows(corrected)]).toEqual([[2], [0, 1, 2]]);
    expect(warnings).toEqual([expect.stringContaining('AP_CORRECTED only')]);
    for (const one of [uncorrected, corrected]) one?.close();
  });

  it('takes UVW as r(ANTENNA1) - r(ANTENNA2), zero for autocorrelations', () => {
    const positions = ms.subtable('ANTENNA').column('POSITION').getRange(0, ANTENNAS) as Float64Array;
    const uvw = antennaUvw(positions, T0 + 9, 4.6, -0.2);
    const row = cell(ms.main, 'UVW', 10).values as Float64Array;
    for (let axis = 0; axis < 3; axis++) expect(row[axis]).toBeCloseTo(uvw[axis] - uvw[6 + axis], 6);
    expect(Array.from(cell(ms.main, 'UVW', 0).values as Float64Array)).toEqual([0, 0, 0]);
  });

  it('weighs by bandwidth and time, twice for cross-correlations', () => {
    expect((cell(ms.main, 'WEIGHT', 0).values as Float32Array)[0]).toBe(6e6);
    expect((cell(ms.main, 'WEIGHT', 6).values as Float32Array)[1]).toBe(12e6);
    expect((cell(ms.main, 'SIGMA', 6).values as Float32Array)[1]).toBe(Math.fround(1 / Math.sqrt(12e6)));
  });

  it('takes the flags of the correlator', () => {
    const flagged = numbers(ms.main, 'FLAG_ROW');
    const flags = Array.from({ length: ms.main.rowCount }, (_, row) =>
      Array.from(cell(ms.main, 'FLAG', row).values as Uint8Array),
    );
    const some = flags.flatMap((values, row) => (values.includes(1) ? [row] : []));
    // Antenna 2 of window 0 in integration 1 is row 5; baseline (0,2) of window 1 in integration 1 is row 22.
    expect(some).toEqual([5, 22]);
    expect(flags[5].every((flag) => flag === 1)).toBe(true);
    expect(flags[22]).toEqual([0, 1, 0, 1]);
    expect(flagged[5]).toBe(1);
    expect(flagged[22]).toBe(0);
  });
});

describe('subtables', () => {
  it('describes windows as CASA does', () => {
    const table = ms.subtable('SPECTRAL_WINDOW');
    expect(numbers(table, 'NET_SIDEBAND')).toEqual([2, 1, 3]);
    expect(numbers(table, 'BBC_NO')).toEqual([1, 2, 0]);
    expect(Array.from(cell(table, 'CHAN_WIDTH', 1).values as Float64Array)).toEqual([-1e6, -1e6]);
    expect(numbers(table, 'MEAS_FREQ_REF')).toEqual([5, 5, 5]);
    expect(numbers(ms.subtable('DATA_DESCRIPTION'), 'POLARIZATION_ID')).toEqual([0, 0, 1]);
  });

  it('makes a STATE for every ASDM State and points at the last', () => {
    const table = ms.subtable('STATE');
    expect(table.column('OBS_MODE').getRange(0, 4)).toEqual([
      'CALIBRATE_PHASE#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE',
      'CALIBRATE_PHASE#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE',
      'OBSERVE_TARGET#ON_SOURCE',
      'OBSERVE_TARGET#ON_SOURCE',
    ]);
    expect(numbers(ms.main, 'STATE_ID')[0]).toBe(1);
    expect(numbers(ms.main, 'STATE_ID')[24]).toBe(3);
  });

  it('ends open intervals of SYSCAL at the next row and turns the spectra', () => {
    const table = ms.subtable('SYSCAL');
    expect(numbers(table, 'INTERVAL')[0]).toBe(18);
    expect(numbers(table, 'TIME')[0]).toBeCloseTo(T0 + 11, 5);
    expect(cell(table, 'TSYS_SPECTRUM', 0)).toEqual({ shape: [4, 2], values: Float32Array.of(1, 5, 2, 6, 3, 7, 4, 8) });
    expect(table.column('TRX_SPECTRUM').isDefined(0)).toBe(false);
  });

  it('leaves out weather outside the scans, and flags what is missing', () => {
    const table = ms.subtable('WEATHER');
    expect(table.rowCount).toBe(1);
    expect(numbers(table, 'PRESSURE')).toEqual([556]);
    expect(numbers(table, 'DEW_POINT_FLAG')).toEqual([1]);
    expect(numbers(table, 'TEMPERATURE_FLAG')).toEqual([0]);
  });

  it('spreads pointing samples over rows', () => {
    const table = ms.subtable('POINTING');
    expect(numbers(table, 'TIME').map((time) => time - T0)).toEqual([2.5, 3.5]);
    const direction = cell(table, 'DIRECTION', 1);
    expect(direction.shape).toEqual([1, 2]);
    expect((direction.values as Float64Array)[0]).toBeCloseTo(0.6, 12);
    expect((direction.values as Float64Array)[1]).toBeCloseTo(0.9, 12);
  });

  it('writes online flags as commands and as a file', () => {
    const commands = ms.subtable('FLAG_CMD').column('COMMAND').getRange(0, 2) as string[];
    expect(commands[0]).toBe(
      `antenna='DV01&&*' timerange='2013/06/15/03:00:00.000~2013/06/15/03:00:01.000' spw='"ALMA_RB_06#BB_1#SW-01#FULL_RES"' correlation='XX,XY,YX'`,
    );
    expect(commands[1]).toContain("antenna='DV00,DV02'");
    expect(readFileSync(join(folder, 'all_cmd.txt'), 'utf8').split('\n')[1]).toBe(`${commands[1]} reason='Both'`);
  });

  it('copies tables verbatim', () => {
    const table = ms.subtable('ASDM_ANTENNA');
    expect(table.column('stationId').getRange(0, 3)).toEqual(['Station_0', 'Station_1', 'Station_2']);
    expect(cell(ms.subtable('ASDM_SYSCAL'), 'tsysSpectrum', 0).shape).toEqual([4, 2]);
    expect(ms.subtable('ASDM_SCAN').column('endTime').get(0)).toBe(T0 + 12.035);
  });
});

describe('choices', () => {
  it('takes scans, and real autocorrelations alone', () => {
    const result = importasdm(context, { asdm, vis: 'wvr.ms', scans: '0:2', ocorr_mode: 'ao' });
    expect(result.rows).toEqual([9]);
    const wvr = openMs(join(folder, 'wvr.ms'));
    expect(Array.from(cell(wvr.main, 'FLOAT_DATA', 0).values as Float32Array)).toEqual([100, 101, 102, 103]);
    expect(wvr.main.hasColumn('DATA')).toBe(false);
    wvr.close();
    expect(importasdm(context, { asdm, vis: 'cross.ms', ocorr_mode: 'co' }).rows).toEqual([12]);
  });

  it('refuses selections of scans that CASA refuses, instead of taking a part of them', () => {
    for (const scans of ['1 2', '0:1,0:2', '0:1:2', '-1:2', '1,,2', '1,', ',1', ':1', '2~', '9'])
      expect(() => importasdm(context, { asdm, vis: 'refused.ms', scans })).toThrow(/scans=/);
    expect(importasdm(context, { asdm, vis: 'spaces.ms', scans: ' 0: 2 , 9;', ocorr_mode: 'ao' }).rows).toEqual([9]);
  });

  it('names each piece of binary data when verbose', () => {
    const told: string[] = [];
    const log = { post: (message: string) => void told.push(message) };
    importasdm({ ...context, log }, { asdm, vis: 'told.ms', verbose: true });
    expect(told.filter((line) => /^Scan \d, subscan 1: [23] integrations in uid:/.test(line))).toHaveLength(2);
  });

  it('gives the same bits every time', () => {
    importasdm(context, { asdm, vis: 'again.ms' });
    const once = readdirSync(join(folder, 'again.ms')).filter((name) => name.startsWith('table.f'));
    const bytes = once.map((name) => readFileSync(join(folder, 'again.ms', name)));
    importasdm(context, { asdm, vis: 'again.ms', overwrite: true });
    for (const [index, name] of once.entries()) {
      expect(readFileSync(join(folder, 'again.ms', name)).equals(bytes[index])).toBe(true);
    }
  });
});

describe('bad input', () => {
  const nothingLeft = (name: string) => expect(readdirSync(folder).filter((entry) => entry.includes(name))).toEqual([]);

  it('refuses to overwrite and unknown choices', () => {
    expect(() => importasdm(context, { asdm, vis: 'all.ms' })).toThrow(/exists already/);
    expect(() => importasdm(context, { asdm, vis: 'x.ms', scans: '9' })).toThrow(/chooses none/);
    expect(() => importasdm(context, { asdm, vis: 'x.ms', asis: 'Antena' })).toThrow(/does not have/);
    expect(() => importasdm(context, { asdm: 'nowhere', vis: 'x.ms' })).toThrow(/no such ASDM/);
    nothingLeft('x.ms');
  });

  it('keeps the flag versions of another MeasurementSet of this name', () => {
    mkdirSync(join(folder, 'kept.ms.flagversions'));
    expect(() => importasdm(context, { asdm, vis: 'kept.ms' })).toThrow(/in the way/);
    expect(existsSync(join(folder, 'kept.ms'))).toBe(false);
    importasdm(context, { asdm, vis: 'kept.ms', flagbackup: false });
  });

  it('leaves nothing behind when a BDF is cut off', () => {
    const cut = join(folder, 'cut');
    writeSmallAsdm(cut);
    const bdf = join(cut, 'ASDMBinary', readdirSync(join(cut, 'ASDMBinary'))[0]);
    truncateSync(bdf, 2500);
    expect(() => importasdm(context, { asdm: cut, vis: 'broken.ms' })).toThrow(/ASDMBinary/);
    nothingLeft('broken');
    rmSync(bdf);
    expect(importasdm(context, { asdm: cut, vis: 'part.ms' }).rows[0]).toBeGreaterThan(0);
    rmSync(join(cut, 'Subscan.xml'));
    expect(() => importasdm(context, { asdm: cut, vis: 'broken.ms' })).toThrow(/no table Subscan/);
    expect(existsSync(join(folder, 'broken.ms'))).toBe(false);
  });
});

describe('applyBdfFlags', () => {
  const flagsOf = (name: string) => {
    const opened = openMs(join(folder, name));
    const rows = Array.from({ length: opened.main.rowCount }, (_, row) => [
      ...(cell(opened.main, 'FLAG', row).values as Uint8Array),
    ]);
    const flagRow = numbers(opened.main, 'FLAG_ROW');
    opened.close();
    return { rows, flagRow };
  };

  it('gives an MS that was imported without them the flags that importasdm gives', () => {
    importasdm(context, { asdm, vis: 'late.ms', bdfflags: false });
    const before = flagsOf('late.ms');
    expect(before.rows.flat()).not.toContain(1);
    const { rows, flaggedRows } = applyBdfFlags(context, { asdm, vis: 'late.ms', conditions: 'ALL' });
    expect(rows).toBe(ms.main.rowCount);
    expect(flaggedRows).toBeGreaterThan(0);
    expect(flagsOf('late.ms')).toEqual(flagsOf('all.ms'));
  });

  it('sets only the flags of the conditions that are named', () => {
    importasdm(context, { asdm, vis: 'other.ms', bdfflags: false });
    const others = 'COR DELA MIS SIG SYN TFB WVR ZER';
    expect(applyBdfFlags(context, { asdm, vis: 'other.ms', conditions: others }).flaggedRows).toBe(0);
    expect(applyBdfFlags(context, { asdm, vis: 'other.ms', conditions: `${others} INT` }).flaggedRows).toBeGreaterThan(
      0,
    );
  });

  it('refuses conditions that it does not know and an MS of another import', () => {
    expect(() => applyBdfFlags(context, { asdm, vis: 'all.ms', conditions: 'NONSENSE' })).toThrow('no flag condition');
    importasdm(context, { asdm, vis: 'auto.ms', ocorr_mode: 'ao' });
    expect(() => applyBdfFlags(context, { asdm, vis: 'auto.ms', conditions: 'ALL' })).toThrow('rows');
  });
});
