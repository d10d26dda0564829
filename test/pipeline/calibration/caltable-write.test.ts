import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openTable } from '../../../src/formats/tables/index.ts';
import {
  type CalTable,
  emptyRows,
  isCalTable,
  readCalTable,
  writeCalTable,
} from '../../../src/pipeline/calibration/index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'caltable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('tables that CASA wrote', () => {
  it('are read with their keywords, rows and windows', () => {
    const table = readCalTable(join(fixtures, 'gain.g'));
    expect(table.visCal).toBe('G Jones');
    expect(table.parType).toBe('Complex');
    expect(table.casaVersion).toBe('6.7.0-31');
    expect(table.rows.count).toBe(160);
    expect(table.rows.parCount).toBe(2);
    expect(table.rows.params.length).toBe(160 * 2 * 2);
    expect(table.antennas.map(({ name }) => name).slice(0, 2)).toEqual(['DA41', 'DA42']);
    expect(table.fields[1].name).toBe('J1733-1304');
    expect(table.spectralWindows[0].chanFreqs.length).toBe(1);
    expect(table.rows.weight).toBeUndefined();
  });

  it('with channels keep theirs', () => {
    const table = readCalTable(join(fixtures, 'bandpass.b'));
    expect(Array.from(table.rows.chanCount)).toEqual(new Array(8).fill(21));
    expect(table.spectralWindows[0].chanFreqs.length).toBe(21);
    expect(table.spectralWindows.map(({ isFlagged }) => isFlagged)).toEqual([false, true, true, true]);
  });

  it.each(['gain.g', 'bandpass.b'])('%s survives being written and read again', (name) => {
    const table = readCalTable(join(fixtures, name));
    writeCalTable(join(folder, name), table);
    expect(readCalTable(join(folder, name))).toEqual(table);
  });

  it.each(['gain.g', 'bandpass.b'])('our %s has the columns, storage and keywords of the original', (name) => {
    writeCalTable(join(folder, name), readCalTable(join(fixtures, name)));
    for (const part of ['.', 'ANTENNA', 'FIELD', 'OBSERVATION', 'SPECTRAL_WINDOW', 'HISTORY']) {
      const [ours, theirs] = [join(folder, name, part), join(fixtures, name, part)].map((path) => openTable(path));
      expect(ours.columnNames).toEqual(theirs.columnNames);
      expect([...ours.keywords.keys()]).toEqual([...theirs.keywords.keys()]);
      expect(ours.info).toEqual(theirs.info);
      for (const column of ours.columnNames) {
        expect(ours.storageOf(column).type).toBe(theirs.storageOf(column).type);
        const { type, kind, keywords } = ours.column(column).description;
        const original = theirs.column(column).description;
        expect([column, type, kind]).toEqual([column, original.type, original.kind]);
        expect([...(keywords ?? new Map()).keys()]).toEqual([...(original.keywords ?? new Map()).keys()]);
      }
      ours.close();
      theirs.close();
    }
  });
});

describe('tables of ours', () => {
  it('are sorted by window, time and antenna when written', () => {
    const base = readCalTable(join(fixtures, 'gain.g'));
    const key = (spwId: number, time: number, antenna1: number) => ({
      ...{ time, interval: 0, fieldId: 0, spwId, antenna1, antenna2: -1, scanNumber: 1, observationId: 0 },
    });
    const keys = [key(1, 5, 0), key(0, 9, 1), key(0, 9, 0), key(0, 2, 1)];
    const rows = emptyRows(keys, Int32Array.of(1, 1, 2, 1), 3, false);
    rows.params.set([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]);
    rows.flag.fill(0);
    const table: CalTable = { ...base, visCal: 'KAntPos Jones', parType: 'Float', rows };
    writeCalTable(join(folder, 'sorted'), table);
    const read = readCalTable(join(folder, 'sorted'));
    expect(Array.from(read.rows.spwId)).toEqual([0, 0, 0, 1]);
    expect(Array.from(read.rows.antenna1)).toEqual([1, 0, 1, 0]);
    expect(Array.from(read.rows.params)).toEqual([5, 5, 5, 3, 3, 3, 4, 4, 4, 2, 2, 2, 1, 1, 1]);
    expect(read.parType).toBe('Float');
  });

  it('are told from other tables', () => {
    expect(isCalTable(join(fixtures, 'gain.g'))).toBe(true);
    expect(isCalTable(join(fixtures, 'gain.g', 'ANTENNA'))).toBe(false);
    expect(isCalTable(join(folder, 'nothing'))).toBe(false);
    expect(() => readCalTable(join(fixtures, 'gain.g', 'ANTENNA'))).toThrow('not a calibration table');
  });
});
