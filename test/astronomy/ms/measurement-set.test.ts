import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMs, openMs, readMetadata, SUBTABLE_COLUMNS } from '../../../src/astronomy/ms/index.ts';
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

  it('refuses what is no MeasurementSet', () => {
    const { cwd } = freshContext();
    expect(() => openMs(join(cwd, 'none.ms'))).toThrow(/no MeasurementSet/);
    const path = join(cwd, 'a.ms');
    writeSmallMs(path);
    expect(() => openMs(join(path, 'ANTENNA'))).toThrow(/not a MeasurementSet/);
  });
});
