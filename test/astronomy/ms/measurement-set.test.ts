import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createMs,
  openMs,
  readMetadata,
  SUBTABLE_COLUMNS,
  selectRows,
  stepRuns,
} from '../../../src/astronomy/ms/index.ts';
import { openTable } from '../../../src/formats/tables/index.ts';
import { FIELDS, freshContext, ROW_COUNT, START, writeSmallMs } from './small-ms.ts';

describe('createMs and openMs', () => {
  it('makes all subtables with their keywords', () => {
    const path = join(freshContext().cwd, 'empty.ms');
    createMs(path).close();
    const ms = openMs(path);
    expect(ms.subtableNames).toEqual(Object.keys(SUBTABLE_COLUMNS));
    expect(ms.main.column('TIME').keywords.get('QuantumUnits')).toMatchObject({ array: { values: ['s'] } });
    expect(ms.subtable('FIELD').column('PHASE_DIR').keywords.has('MEASINFO')).toBe(true);
    expect(ms.main.storageOf('DATA').type).toBe('TiledShapeStMan');
    expect(() => createMs(path)).toThrow(/exists already/);
    ms.close();
  });

  it('reads metadata back', () => {
    const path = join(freshContext().cwd, 'a.ms');
    writeSmallMs(path);
    const ms = openMs(path);
    const metadata = readMetadata(ms);
    expect(metadata.rowCount).toBe(ROW_COUNT);
    expect(metadata.fields.map(({ name }) => name)).toEqual(FIELDS);
    expect(metadata.polarizations[0].corrTypes).toEqual(['XX', 'YY']);
    expect(metadata.scans).toHaveLength(2);
    expect(metadata.scans[1]).toMatchObject({
      number: 2,
      fieldIds: [1],
      spwIds: [0, 1],
      intents: ['OBSERVE_TARGET#ON_SOURCE'],
      startSec: START + 60,
      endSec: START + 78,
      integrationSec: [6, 6],
    });
    ms.close();
  });

  it('reads data descriptions without a window, as CASA leaves them of a frequency range', () => {
    const path = join(freshContext().cwd, 'a.ms');
    writeSmallMs(path);
    const table = openTable(join(path, 'DATA_DESCRIPTION'), 'update');
    table.addRows(1);
    table.column('SPECTRAL_WINDOW_ID').put(2, -1);
    table.close();
    const ms = openMs(path);
    const metadata = readMetadata(ms);
    expect(metadata.dataDescriptions.map(({ spwId }) => spwId)).toEqual([0, 1, -1]);
    expect(selectRows(ms, { spw: '*', uvrange: '>0m' }, { metadata }).rows.length).toBeGreaterThan(0);
    ms.close();
  });

  it('goes over rows in runs of equal values', () => {
    const path = join(freshContext().cwd, 'a.ms');
    writeSmallMs(path);
    const ms = openMs(path);
    const names = ['TIME', 'DATA_DESC_ID', 'FIELD_ID'] as const;
    const isChosen = Uint8Array.from({ length: ROW_COUNT }, (_, row) => (row % 3 === 0 || row < 12 ? 1 : 0));
    const [times, descriptions, fields] = names.map((name) => ms.main.column(name).getRange(0, ROW_COUNT));
    const expected: [string, number][] = [];
    for (let row = 0; row < ROW_COUNT; row++) {
      if (isChosen[row] === 0) continue;
      const key = [times[row], descriptions[row], fields[row]].join();
      const last = expected.at(-1);
      if (last?.[0] === key) last[1]++;
      else expected.push([key, 1]);
    }
    const found = Array.from(stepRuns(ms.main, names, isChosen), ({ count, values }) => [
      names.map((name) => values[name]).join(),
      count,
    ]);
    expect(found).toEqual(expected);
    expect(found.length).toBeLessThan(ROW_COUNT / 2);
    expect(names.map((name) => ms.main.column(name).getRuns?.(5, 20)?.starts[0])).toContain(5); // stored as runs
    ms.close();
  });

  it('refuses what is no MeasurementSet', () => {
    const { cwd } = freshContext();
    expect(() => openMs(join(cwd, 'none.ms'))).toThrow(/no MeasurementSet/);
    const path = join(cwd, 'a.ms');
    writeSmallMs(path);
    expect(() => openMs(join(path, 'ANTENNA'))).toThrow(/not a MeasurementSet/);
  });
});
