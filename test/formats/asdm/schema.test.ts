import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type AsdmArrayValues,
  type AsdmValue,
  arrayCell,
  type ColumnSchema,
  createAsdm,
  openAsdm,
  tableSchemas,
} from '../../../src/formats/asdm/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'asdm-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Columns that version 4 added (those of CASA 4's data model and of version 3's XML schemas are the others). */
const VERSION_4: Readonly<Record<string, readonly string[]>> = {
  Feed: ['receiverGeneration', 'digitizerOffset'],
  ExecBlock: ['arrayName'],
  CorrelatorMode: ['correlatorSoftwareVersion'],
  DelayModel: ['centerOfArray', 'delayModelVersion', 'ionosphericDelay'],
};

const scalars: Readonly<Record<string, (seed: number, column: ColumnSchema) => AsdmValue>> = {
  int: (seed) => 7 * seed - 3,
  long: (seed) => 9_007_199_254_740_993n + BigInt(seed),
  float: (seed) => Math.fround(seed / 3),
  double: (seed) => seed / 7 - 1e-9,
  bool: (seed) => seed % 2 === 0,
  string: (seed) => `text & <${seed}>`,
  enum: (seed, { words }) => [...(words ?? ['?'])][seed % (words?.size ?? 1)],
  tag: (seed) => ({ table: 'Antenna', id: seed }),
  time: (seed) => 4_877_982_154_560_000_001n + BigInt(seed),
  interval: (seed) => 48_000_000n + BigInt(seed),
  timespan: (seed) => ({ midNs: 4_877_982_154_560_000_001n, durationNs: BigInt(seed) }),
  complex: (seed) => [seed / 3, -seed],
  entity: (seed) => `uid://A002/X1/X${seed}`,
};

/** A cell with 2 × 3 × 2 elements at most, all different. */
function cellOf(column: ColumnSchema, seed: number): AsdmValue {
  const scalar = (at: number) => scalars[column.type](seed + at, column);
  if (column.axisCount === 0) return scalar(0);
  const shape = [2, 3, 2].slice(0, column.axisCount);
  const count = shape.reduce((product, length) => product * length, 1);
  const flat = Array.from({ length: count }, (_, at) => scalar(at));
  if (column.type === 'tag') {
    return { shape, values: Int32Array.from(flat, (value) => (value as { id: number }).id), tagTable: 'Antenna' };
  }
  return arrayCell(shape, packed(column.type, flat));
}

function packed(type: string, flat: readonly AsdmValue[]): AsdmArrayValues {
  if (type === 'int') return Int32Array.from(flat as number[]);
  if (type === 'float') return Float32Array.from(flat as number[]);
  if (type === 'double') return Float64Array.from(flat as number[]);
  if (type === 'bool') return Uint8Array.from(flat as boolean[], Number);
  if (type === 'complex') return Float64Array.from((flat as [number, number][]).flat());
  if (type === 'timespan') {
    const spans = flat as { midNs: bigint; durationNs: bigint }[];
    return BigInt64Array.from(spans.flatMap(({ midNs, durationNs }) => [midNs, durationNs]));
  }
  return type === 'long' || type === 'time' || type === 'interval'
    ? BigInt64Array.from(flat as bigint[])
    : (flat as string[]);
}

/** Rows of a table: all columns, then only the required ones. */
function rowsOf(name: string, version: 3 | 4): Record<string, AsdmValue>[] {
  const columns = [...(tableSchemas.get(name)?.columns.values() ?? [])].filter(
    (column) => version === 4 || !(VERSION_4[name] ?? []).includes(column.name),
  );
  return [true, false].map((isFull, row) =>
    Object.fromEntries(
      columns
        .filter(({ isOptional }) => isFull || !isOptional)
        .map((column, at) => [column.name, cellOf(column, 10 * row + at)]),
    ),
  );
}

function write(path: string, version: 3 | 4, binaryTables: readonly string[]): void {
  const asdm = createAsdm(path, 'uid://A002/X7/X1', {
    schemaVersion: version,
    binaryTables,
    timeOfCreation: '2013-07-20T00:00:00.000000000',
  });
  for (const name of tableSchemas.keys()) for (const row of rowsOf(name, version)) asdm.append(name, row);
  asdm.close();
}

describe.each([3, 4] as const)('every table of the data model, version %i', (version) => {
  it.each([
    ['XML', false],
    ['binary', true],
  ] as const)('is read as it was written, %s', (form, isBinary) => {
    const path = join(folder, `v${version}-${form}`);
    write(path, version, isBinary ? [...tableSchemas.keys()] : []);
    const asdm = openAsdm(path);
    expect(asdm.schemaVersion).toBe(version);
    expect(asdm.tableNames).toEqual([...tableSchemas.keys()].sort());
    for (const name of tableSchemas.keys()) {
      const table = asdm.table(name);
      expect(
        [...table.rows()].map(({ values }) => values),
        name,
      ).toEqual(rowsOf(name, version));
      expect(table.columnNames, name).toEqual(Object.keys(rowsOf(name, version)[0]));
      expect(table.issues, name).toEqual([]);
    }
  });
});

describe('what the data model does not know', () => {
  const path = join(folder, 'unknown');
  write(path, 3, []);
  const edit = (name: string, change: (text: string) => string) =>
    writeFileSync(join(path, name), change(readFileSync(join(path, name), 'latin1')), 'latin1');

  it('is kept as text and told: columns, words, tables', () => {
    edit('State.xml', (text) =>
      text
        .replace('<calDeviceName>', '<colour>1 2 red green</colour><calDeviceName>')
        .replace(/<calDeviceName>\w+/, '<calDeviceName>CAMP_FIRE'),
    );
    writeFileSync(
      join(path, 'Astrology.xml'),
      readFileSync(join(path, 'State.xml'), 'latin1').replaceAll('StateTable', 'AstrologyTable'),
      'latin1',
    );
    const asdm = openAsdm(path);
    const [row] = asdm.table('State').rows();
    expect([row.text('colour'), row.text('calDeviceName')]).toEqual(['1 2 red green', 'CAMP_FIRE']);
    expect(asdm.table('State').issues.map(({ code }) => code)).toEqual(['unknown-column', 'unknown-word']);
    expect(asdm.tableNames).toContain('Astrology');
    expect(asdm.table('Astrology').column('colour').texts()[0]).toBe('1 2 red green');
    expect(asdm.table('Astrology').issues.map(({ code }) => code)).toEqual(['unknown-table']);
  });
});
