import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { createTable, openTable, type Table } from '../../../src/formats/tables/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { disk, installDisk } from '../../../src/foundation/bytes/index.ts';
import { AsdmIndex } from '../../../src/pipeline/ingest/asdm-index.ts';
import { importasdm } from '../../../src/pipeline/ingest/index.ts';
import { type SmallVariant, writeSmallAsdm } from './small-asdm.ts';

const folder = mkdtempSync(join(tmpdir(), 'lazy-'));
const context = silentContext(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every cell of MAIN, as text. */
function cells(vis: string): Record<string, string[]> {
  const ms = openMs(join(folder, vis));
  const found = Object.fromEntries(
    ms.main.columnNames.map((name) => [
      name,
      Array.from({ length: ms.main.rowCount }, (_, row) => text(ms.main, name, row)),
    ]),
  );
  ms.close();
  return found;
}

function text(table: Table, name: string, row: number): string {
  const column = table.column(name);
  if (!column.isDefined(row)) return 'undefined';
  const value = column.get(row);
  return typeof value === 'object' && 'shape' in value
    ? `${value.shape}: ${Array.from(value.values as ArrayLike<number>)}`
    : String(value);
}

const VARIANTS: Readonly<Record<string, SmallVariant>> = {
  'with weights': { hasWeights: true },
  'int16 numbers': {},
  'int32 numbers, big-endian': { crossType: 'int32', isLittleEndian: false },
  'float32 numbers in two bins': { crossType: 'float32', binCount: 2 },
};

describe.each(Object.entries(VARIANTS))('lazy=True, %s', (name, variant) => {
  const asdm = join(folder, `${name.split(' ')[0]}-asdm`);
  const vis = (kind: string) => `${name.split(' ')[0]}-${kind}.ms`;

  it('gives the same MAIN as copied data, for both phase corrections', () => {
    writeSmallAsdm(asdm, variant);
    const options = { asdm, bdfflags: true, wvr_corrected_data: 'both' } as const;
    importasdm(context, { ...options, vis: vis('copied') });
    importasdm(context, { ...options, vis: vis('lazy'), lazy: true });
    const lazy = openMs(join(folder, vis('lazy')));
    expect(lazy.main.storageOf('DATA')).toEqual({ type: 'AsdmStMan', group: 'AsdmStMan' });
    lazy.close();
    for (const kind of ['', '-wvr-corrected']) {
      const [copied, referring] = [
        cells(vis(`copied`).replace('.ms', `${kind}.ms`)),
        cells(vis('lazy').replace('.ms', `${kind}.ms`)),
      ];
      expect(copied.DATA.length).toBeGreaterThan(30);
      expect(referring).toEqual(copied);
    }
  });

  it('has no states of binary data that give it no rows', () => {
    const stateCount = (name: string, lazy: boolean) => {
      importasdm(context, { asdm, vis: vis(name), ocorr_mode: 'co', lazy });
      const ms = openMs(join(folder, vis(name)));
      const { rowCount } = ms.subtable('STATE');
      ms.close();
      return rowCount;
    };
    expect(stateCount('cross-lazy', true)).toBeLessThan(stateCount('cross-copied', false));
  });

  it('keeps real autocorrelations as FLOAT_DATA', () => {
    importasdm(context, { asdm, vis: vis('auto-copied'), ocorr_mode: 'ao', scans: '0:2' });
    importasdm(context, { asdm, vis: vis('auto-lazy'), ocorr_mode: 'ao', scans: '0:2', lazy: true });
    expect(cells(vis('auto-lazy'))).toEqual(cells(vis('auto-copied')));
  });
});

describe('a lazy MeasurementSet', () => {
  const make = (name: string) => {
    mkdirSync(join(folder, name));
    writeSmallAsdm(join(folder, name, 'uid___A1'));
    importasdm(context, { asdm: `${name}/uid___A1`, vis: `${name}/a.ms`, lazy: true });
    return join(folder, name);
  };

  it('finds its ASDM beside it after both were moved, and says what is missing', () => {
    const place = make('before');
    const first = cells('before/a.ms').DATA;
    renameSync(place, join(folder, 'after'));
    expect(cells('after/a.ms').DATA).toEqual(first);
    renameSync(join(folder, 'after', 'uid___A1'), join(folder, 'elsewhere'));
    expect(() => cells('after/a.ms')).toThrow(/ASDM uid___A1, which is neither where it was nor beside/);
  });

  it('is read by rows: a time or a window takes no more of the binary data than it has', () => {
    const place = make('part');
    const plain = disk();
    let bytesRead = 0;
    const counting = (path: string) => {
      const source = plain.open(path);
      if (!path.includes('ASDMBinary')) return source;
      const read = (offset: number, target: Uint8Array) => {
        bytesRead += target.length;
        source.read(offset, target);
      };
      return { name: source.name, length: source.length, read, close: () => source.close() };
    };
    installDisk({ ...plain, open: counting });
    try {
      const { main, close } = openMs(join(place, 'a.ms'));
      // The second integration of the second window: 3 baselines of 2 channels, 2 products, re and im, int16.
      const start = 12 + 6 + 3;
      const values = main.column('DATA').getRange(start, 3) as Float32Array;
      expect(values.length).toBe(3 * 2 * 2 * 2);
      // A stored number has 2 bytes, and what lies between the baselines may be read along.
      const integration = 2 * 3 * (4 + 2) * 2 * 2 * 2;
      expect(bytesRead).toBeGreaterThanOrEqual(2 * values.length);
      expect(bytesRead).toBeLessThanOrEqual(integration);
      close();
    } finally {
      installDisk(plain);
    }
  });

  it('cannot have its visibilities changed, but its flags', () => {
    make('fixed');
    const ms = openMs(join(folder, 'fixed', 'a.ms'), 'update');
    const data = ms.main.column('DATA');
    expect(() => data.put(0, data.get(0))).toThrow(/cannot be changed/);
    ms.main.column('FLAG_ROW').put(0, true);
    ms.close();
    expect(cells('fixed/a.ms').FLAG_ROW[0]).toBe('true');
  });

  it('refuses an index that contradicts itself or the binary data', () => {
    const place = make('damaged');
    const ms = openMs(join(place, 'a.ms'));
    ms.close();
    const file = join(place, 'a.ms', 'table.f16asdmindex');
    const whole = readFileSync(file);
    for (let cut = 0; cut < whole.length; cut += 97) {
      writeFileSync(file, whole.subarray(0, cut));
      expect(() => cells('damaged/a.ms'), `${cut} bytes`).toThrow(/announce|magic|claims|left|more than/);
    }
    writeFileSync(file, whole);
    for (const bdf of readdirSync(join(place, 'uid___A1', 'ASDMBinary'))) {
      const path = join(place, 'uid___A1', 'ASDMBinary', bdf);
      writeFileSync(path, readFileSync(path).subarray(0, 2000));
    }
    expect(() => cells('damaged/a.ms')).toThrow(/beyond the end of the file/);
  });

  it('of an early CASA has constant flags and weights', () => {
    const index = new AsdmIndex();
    index.fileNumber('/nowhere');
    const block = { file: 0, windowCount: 1, window: 0, byte: 0, first: 0, stride: 0, scaleFactors: [1] };
    index.add({ ...block, kind: 'int16', row: 0, pairCount: 3, chanCount: 2, productCount: 2 });
    index.add({ ...block, kind: 'auto', row: 3, pairCount: 2, chanCount: 1, productCount: 3 });
    const path = join(folder, 'early.tab');
    const columns = ['FLAG', 'WEIGHT'];
    const described = {
      columns: [
        { name: 'FLAG', type: 'Bool', kind: 'array', axisCount: 2 },
        { name: 'WEIGHT', type: 'Float', kind: 'array', axisCount: 1 },
      ] as const,
      storageManagers: [{ type: 'AsdmStMan', name: 'AsdmStMan', columns, content: index }],
    };
    createTable(path, described, 5).close();
    const table = openTable(path);
    const found = columns.map((name) => [0, 4].map((row) => text(table, name, row)));
    table.close();
    expect(found).toEqual([
      ['2,2: 0,0,0,0', '1,4: 0,0,0,0'],
      ['2: 1,1', '4: 1,1,1,1'],
    ]);
  });
});
