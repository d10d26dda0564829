import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayCell, createAsdm, numberList, openAsdm, tagList, textList } from '../../../src/formats/asdm/index.ts';

let folder = '';
let path = '';
const UID = 'uid://A002/X7/X1';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asdm-'));
  path = join(folder, 'uid___A002_X7_X1');
  const asdm = createAsdm(path, UID, { binaryTables: ['Pointing'], timeOfCreation: '2013-07-20T00:00:00.000000000' });
  for (let ant = 0; ant < 3; ant++) {
    asdm.append('Antenna', {
      antennaId: { table: 'Antenna', id: ant },
      name: `DA4${ant}`,
      antennaMake: 'AEM_12',
      antennaType: 'GROUND_BASED',
      dishDiameter: 12,
      position: numberList([0, 0.1 + ant, -1e-7]),
      offset: numberList([0, 0, 0]),
      time: 4877982154560000001n,
      stationId: { table: 'Station', id: 2 - ant },
    });
    asdm.append('Pointing', pointingRow(ant));
  }
  asdm.append('Flag', {
    flagId: { table: 'Flag', id: 0 },
    startTime: 5n,
    endTime: 9n,
    reason: 'Señor É. <said> "no" & left',
    numAntenna: 2,
    antennaId: tagList('Antenna', [0, 2]),
    polarizationType: undefined,
  });
  asdm.append('SBSummary', {
    sBSummaryId: { table: 'SBSummary', id: 0 },
    obsUnitSetUID: 'uid://A002/X1/X4',
    scienceGoal: textList(['a = 1 GHz', '']),
  });
  asdm.append('Feed', { polResponse: arrayCell([1, 2], Float64Array.of(1, 0, 0, -2)), feedId: 0 });
  asdm.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pointingRow(ant: number) {
  const samples = arrayCell([2, 2], Float64Array.of(ant, 0.5, 1 / 3, -1e-300));
  return {
    antennaId: { table: 'Antenna', id: ant },
    timeInterval: { midNs: 4877982154560000000n + BigInt(ant), durationNs: 96000000n },
    numSample: 2,
    encoder: samples,
    pointingTracking: true,
    usePolynomials: false,
    timeOrigin: 3n,
    numTerm: 2,
    pointingDirection: samples,
    target: samples,
    offset: samples,
    pointingModelId: 0,
    sourceOffsetReferenceCode: ant === 1 ? 'J2000' : undefined,
    sampledTimeInterval: ant === 2 ? arrayCell([1], BigInt64Array.of(8n, 4n)) : undefined,
  };
}

describe('ASDM tables', () => {
  it('gives back what was written to XML', () => {
    const asdm = openAsdm(path);
    expect([asdm.uid, asdm.schemaVersion]).toEqual([UID, 3]);
    expect(asdm.tableNames).toEqual(['Antenna', 'Feed', 'Flag', 'Pointing', 'SBSummary']);
    const rows = [...asdm.table('Antenna').rows()];
    expect(rows.map((row) => row.text('name'))).toEqual(['DA40', 'DA41', 'DA42']);
    expect(rows[1].values.stationId).toEqual({ table: 'Station', id: 1 });
    expect(rows[1].ns('time')).toBe(4877982154560000001n);
    expect([...rows[2].numbers('position')]).toEqual([0, 2.1, -1e-7]);
    const flag = [...asdm.table('Flag').rows()][0];
    expect(flag.text('reason')).toBe('Señor É. <said> "no" & left');
    expect([...flag.integers('antennaId')]).toEqual([0, 2]);
    expect(flag.has('polarizationType')).toBe(false);
    const summary = [...asdm.table('SBSummary').rows()][0];
    expect(summary.text('obsUnitSetUID')).toBe('uid://A002/X1/X4');
    expect(summary.texts('scienceGoal')).toEqual(['a = 1 GHz', '']);
    expect([...asdm.table('Feed').rows()][0].array('polResponse')).toEqual({
      shape: [1, 2],
      values: Float64Array.of(1, 0, 0, -2),
    });
  });

  it('gives back what was written to a binary table', () => {
    const rows = [...openAsdm(path).table('Pointing').rows()];
    expect(rows.map((row) => row.values)).toEqual(
      [0, 1, 2].map((ant) =>
        Object.fromEntries(Object.entries(pointingRow(ant)).filter(([, value]) => value !== undefined)),
      ),
    );
  });

  it('shows columns as typed arrays', () => {
    const table = openAsdm(path).table('Pointing');
    expect(table.rowCount).toBe(3);
    expect(table.column('antennaId').values).toEqual(Int32Array.of(0, 1, 2));
    expect(table.column('antennaId').tagTable(1)).toBe('Antenna');
    expect(table.column('sourceOffsetReferenceCode').texts()).toEqual(['', 'J2000', '']);
    expect(table.column('timeInterval').cell(2)).toEqual({ midNs: 4877982154560000002n, durationNs: 96000000n });
    expect(table.column('timeInterval').mjdSeconds()[0]).toBe(4877982154.56);
    expect(table.column('target').array(1)?.shape).toEqual([2, 2]);
    expect([...table.column('sampledTimeInterval').present]).toEqual([0, 0, 1]);
    expect([...table.column('atmosphericCorrection').present]).toEqual([0, 0, 0]);
  });

  it('has no rows for tables that are absent, and tells unknown ones', () => {
    const asdm = openAsdm(path);
    expect(asdm.hasTable('CalWVR')).toBe(false);
    expect(asdm.table('CalWVR').rowCount).toBe(0);
    expect(() => asdm.table('Nonsense')).toThrow(/no table Nonsense/);
    expect(() => asdm.table('Antenna').column('nonsense')).toThrow(/no column nonsense/);
  });

  it('keeps unknown columns as text and says so', () => {
    const other = join(folder, 'other');
    const asdm = createAsdm(other, UID, { timeOfCreation: '' });
    asdm.append('Station', {
      stationId: { table: 'Station', id: 0 },
      name: 'A001',
      position: numberList([1, 2, 3]),
      type: 'ANTENNA_PAD',
    });
    asdm.close();
    const file = join(other, 'Station.xml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('</row>', '<novelty> x 7 </novelty></row>'));
    const table = openAsdm(other).table('Station');
    expect(table.column('novelty').texts()).toEqual([' x 7 ']);
    expect(table.issues.map((issue) => issue.code)).toEqual(['unknown-column']);
  });
});

describe('bad ASDMs', () => {
  const broken = (name: string, change: (text: string) => string) => {
    const other = join(folder, `broken${name}${Math.abs(change.toString().length)}`);
    const asdm = createAsdm(other, UID, { timeOfCreation: '' });
    asdm.append('Station', {
      stationId: { table: 'Station', id: 0 },
      name: 'A',
      position: numberList([1, 2, 3]),
      type: 'ANTENNA_PAD',
    });
    asdm.append('Pointing', pointingRow(0));
    asdm.close();
    const file = join(other, name);
    writeFileSync(file, change(readFileSync(file, 'latin1')), 'latin1');
    return () => openAsdm(other).table('Station').rowCount;
  };

  it('reads names in UTF-8 and in Latin-1, whatever the file declares', () => {
    for (const [number, encoding] of (['latin1', 'utf8'] as const).entries()) {
      const place = join(folder, `names${number}`);
      const asdm = createAsdm(place, UID, { timeOfCreation: '' });
      const type = 'ANTENNA_PAD';
      asdm.append('Station', {
        stationId: { table: 'Station', id: 0 },
        name: 'A',
        position: numberList([1, 2, 3]),
        type,
      });
      asdm.close();
      const file = join(place, 'Station.xml');
      writeFileSync(file, readFileSync(file, 'latin1').replace('<name>A<', '<name>Señor Å<'), encoding);
      expect([...openAsdm(place).table('Station').rows()].map((row) => row.text('name'))).toEqual(['Señor Å']);
    }
  });

  it('names file and byte', () => {
    expect(() => openAsdm(join(folder, 'nowhere'))).toThrow(/no such ASDM directory/);
    expect(() => openAsdm(folder)).toThrow(/no ASDM.xml/);
    expect(broken('Station.xml', (text) => text.slice(0, -30))).toThrow(/Station\.xml.*byte \d+/);
    expect(broken('Station.xml', (text) => text.replace('1 3 1 2', '1 9999999 1 2'))).toThrow(
      /9999999.*Station\.xml.*byte \d+/,
    );
    expect(broken('Station.xml', (text) => text.replace('1 3 1 2 3', '1 3 1 2 x'))).toThrow(
      /"x" is no number.*column position.*byte/,
    );
    expect(broken('Station.xml', (text) => text.replaceAll('StationTable', 'AntennaTable'))).toThrow(
      /should hold a StationTable/,
    );
    expect(broken('ASDM.xml', (text) => text.replace('</ASDM>', ''))).toThrow(/ASDM\.xml/);
  });

  it('notes another row count than the container announces', () => {
    const other = join(folder, 'count');
    const asdm = createAsdm(other, UID, { timeOfCreation: '' });
    asdm.append('Station', {
      stationId: { table: 'Station', id: 0 },
      name: 'A',
      position: numberList([1, 2, 3]),
      type: 'ANTENNA_PAD',
    });
    asdm.close();
    const file = join(other, 'ASDM.xml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('<NumberRows> 1 <', '<NumberRows> 2 <'));
    const table = openAsdm(other).table('Station');
    expect(table.rowCount).toBe(1);
    expect(table.issues).toMatchObject([{ code: 'row-count', found: '1', expected: '2' }]);
  });

  it('refuses a truncated binary table', () => {
    const bytes = readFileSync(join(path, 'Pointing.bin'));
    for (let cut = 40; cut < bytes.length - 22; cut += 61) {
      writeFileSync(join(path, 'Pointing.bin'), bytes.subarray(0, cut));
      expect(() => [...openAsdm(path).table('Pointing').rows()]).toThrow(/Pointing\.bin/);
    }
    writeFileSync(join(path, 'Pointing.bin'), bytes);
  });
});
