import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { asdmsummary } from '../../../src/pipeline/ingest/index.ts';
import { writeSmallAsdm } from './small-asdm.ts';

const folder = mkdtempSync(join(tmpdir(), 'asdmsummary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lists execution blocks, antennas, scans, subscans and binary data as CASA does', () => {
  writeSmallAsdm(join(folder, 'uid___A1'));
  const lines = asdmsummary(silentContext(folder), { asdm: 'uid___A1/' }).split('\n');
  expect(lines.slice(0, 6)).toEqual([
    '='.repeat(88),
    'ASDM dataset :uid___A1',
    '='.repeat(88),
    '',
    'Exec Block : ExecBlock_0',
    'Telescope : ALMA',
  ]);
  expect(lines).toContain(
    '     Antenna_1  DV01    VERTEX_12  A001        12        2225182       -5440282       -2481089',
  );
  expect(lines).toContain('Number of scans in this exec Block : 2');
  expect(lines.find((line) => line.startsWith('scan #1 from 2013-06-15T03:00:'))).toMatch(
    /\.\d{9} to 2013-06-15T\S+\.\d{9}$/,
  );
  expect(lines).toContain(
    '\t\t SpectralWindow_1 : numChan = 2, frame = TOPO, firstChan = 2.3e+11, chandWidth = 1000000 x Polarization_0 : corr = XX,YY',
  );
  expect(lines).toContain('\t\t Atmospheric phase correction : AP_CORRECTED,AP_UNCORRECTED');
});

it('prints names, numbers of antennas and small numbers as a stream of C++ does', () => {
  writeSmallAsdm(join(folder, 'uid___A2'));
  const path = (table: string) => join(folder, 'uid___A2', `${table}.xml`);
  const edit = (table: string, from: RegExp, to: string) =>
    writeFileSync(path(table), readFileSync(path(table), 'utf8').replace(from, to));
  edit('Antenna', /Antenna_1\b/g, 'Antenna_11');
  edit('ExecBlock', /Antenna_1\b/g, 'Antenna_11');
  edit('Antenna', /(DV01[\s\S]*?<dishDiameter>)[^<]*/, '$10.0000125');
  const lines = asdmsummary(silentContext(folder), { asdm: 'uid___A2' }).split('\n');
  expect(lines).toContain(
    '     Antenna_11  DV01    VERTEX_12  A001  1.25e-05        2225182       -5440282       -2481089',
  );
});
