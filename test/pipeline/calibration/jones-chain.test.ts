import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MsMetadata } from '../../../src/astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../../src/astronomy/visibility/index.ts';
import { type CalTable, emptyRows } from '../../../src/pipeline/calibration/caltable.ts';
import type { GainTable } from '../../../src/pipeline/calibration/chain-term.ts';
import { createJonesChain, unchosenChannels } from '../../../src/pipeline/calibration/jones-chain.ts';

interface Packed {
  readonly type: string;
  readonly shape: number[];
  readonly data: string;
}
interface StoredTable {
  readonly visCal: string;
  readonly parType: 'Complex' | 'Float';
  readonly TIME: number[];
  readonly FIELD_ID: number[];
  readonly SPECTRAL_WINDOW_ID: number[];
  readonly ANTENNA1: number[];
  readonly SCAN_NUMBER: number[];
  readonly params: Packed;
  readonly flags: Packed;
  readonly chanFreqs: Record<string, number[]>;
}
interface Stored {
  readonly spw: number;
  readonly tsysSpw: number;
  readonly chanFreqs: number[];
  readonly phaseDir: [number, number];
  readonly positions: number[][];
  readonly input: Record<'DATA' | 'SIGMA' | 'TIME' | 'ANTENNA1' | 'ANTENNA2', Packed>;
  readonly tables: Record<string, StoredTable>;
  readonly cases: {
    options: { gaintable: string[]; interp: string[]; spwmap: number[][]; calwt: boolean[] };
    result: Record<'CORRECTED_DATA' | 'WEIGHT' | 'FLAG', Packed>;
  }[];
}

const stored = JSON.parse(
  readFileSync(new URL('../../fixtures/jones-chain/chain.json', import.meta.url), 'utf8'),
) as Stored;

function unpack(packed: Packed): ArrayBuffer {
  const bytes = Buffer.from(packed.data, 'base64');
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
const floats = (packed: Packed) => new Float32Array(unpack(packed));

function calTable(name: string): CalTable {
  const from = stored.tables[name];
  const [count, chans, parCount] = from.params.shape;
  const keys = from.TIME.map((time, row) => ({
    ...{ time, interval: 0, antenna2: -1, observationId: 0, fieldId: from.FIELD_ID[row] },
    ...{ spwId: from.SPECTRAL_WINDOW_ID[row], antenna1: from.ANTENNA1[row], scanNumber: from.SCAN_NUMBER[row] },
  }));
  const rows = emptyRows(keys, new Int32Array(count).fill(chans), parCount, from.parType === 'Complex');
  rows.params.set(floats(from.params));
  rows.flag.set(new Uint8Array(unpack(from.flags)));
  const windows = Array.from({ length: Math.max(...Object.keys(from.chanFreqs).map(Number)) + 1 }, (_, id) => ({
    id,
    chanFreqs: Float64Array.from(from.chanFreqs[id] ?? []),
  }));
  return {
    ...{ visCal: from.visCal, parType: from.parType, polBasis: 'unknown', msName: name, rows },
    ...{ antennas: [], fields: [{ id: 0, name: 'calibrator' }], observations: [], history: [] },
    spectralWindows: windows,
  } as unknown as CalTable;
}

const metadata = {
  antennas: stored.positions.map((position, id) => ({ id, position })),
  fields: [{ id: 0, name: 'calibrator', phaseDir: stored.phaseDir }],
  spectralWindows: Array.from({ length: stored.spw + 1 }, (_, id) => ({
    id,
    chanFreqs: id === stored.spw ? stored.chanFreqs : [],
  })),
} as unknown as MsMetadata;

function makeChunk(): VisibilityChunk {
  const [rowCount, chanCount, corrCount] = stored.input.DATA.shape;
  const time = new Float64Array(unpack(stored.input.TIME));
  return {
    ...{ dataDescId: stored.spw, spwId: stored.spw, rowCount, chanCount, corrCount, time, release() {} },
    data: { DATA: floats(stored.input.DATA) },
    flag: new Uint8Array(rowCount * chanCount * corrCount),
    weight: new Float32Array(rowCount * corrCount),
    sigma: floats(stored.input.SIGMA),
    antenna1: new Int32Array(unpack(stored.input.ANTENNA1)),
    antenna2: new Int32Array(unpack(stored.input.ANTENNA2)),
    fieldId: new Int32Array(rowCount),
    observationId: new Int32Array(rowCount),
  } as unknown as VisibilityChunk;
}

function gainTables({ gaintable, interp, spwmap, calwt }: Stored['cases'][number]['options']): GainTable[] {
  return gaintable.map((name, index) => ({
    table: calTable(name),
    interp: interp[index],
    spwmap: spwmap[index] ?? [],
    calwt: calwt[0],
  }));
}

describe('a chain of calibration tables', () => {
  it.each(
    stored.cases.map((entry, index) => [index, entry.options.gaintable.join(' + '), entry.options.interp.join(' | ')]),
  )('corrects as CASA does: case %i, %s with %s', (index) => {
    const { options, result } = stored.cases[index as number];
    const chain = createJonesChain(metadata, gainTables(options));
    const chunk = makeChunk();
    chain.correct(chunk, 'DATA');
    const expected = floats(result.CORRECTED_DATA);
    const corrected = chunk.data.DATA ?? new Float32Array(0);
    const largest = Math.max(...expected.map(Math.abs));
    expect(Math.max(...corrected.map((value, at) => Math.abs(value - expected[at]))) / largest).toBeLessThan(2e-6);
    expect(chunk.flag).toEqual(new Uint8Array(unpack(result.FLAG)));
    if (options.calwt[0]) {
      const weights = floats(result.WEIGHT);
      for (let at = 0; at < weights.length; at++) expect(chunk.weight[at] / weights[at]).toBeCloseTo(1, 5);
    }
    chain.release();
  });

  it('weights each channel by its own Tsys where there are weights by channel; WEIGHT is their lower median', () => {
    const entry = stored.cases.find(({ options }) => options.gaintable[0] === 'tsys' && options.calwt[0])!;
    const chain = createJonesChain(metadata, gainTables(entry.options).slice(0, 1));
    const made = makeChunk();
    const given = made.data.DATA!.slice();
    const chunk = { ...made, weightSpectrum: new Float32Array(made.flag.length) };
    chain.correct(chunk, 'DATA');
    const { chanCount, corrCount, sigma, flag, weightSpectrum } = chunk;
    for (let cell = 0; cell < corrCount; cell++) {
      const weights = Array.from({ length: chanCount }, (_, chan) => weightSpectrum[chan * corrCount + cell]);
      weights.forEach((weight, chan) => {
        const at = chan * corrCount + cell;
        const tsys =
          Math.hypot(...chunk.data.DATA!.subarray(2 * at, 2 * at + 2)) / Math.hypot(given[2 * at], given[2 * at + 1]);
        const wanted = flag[at] ? 0 : 1 / (sigma[cell] * tsys) ** 2;
        expect(Math.abs(weight - wanted)).toBeLessThanOrEqual(1e-5 * wanted);
      });
      expect(chunk.weight[cell]).toBe(weights.sort((a, b) => a - b)[(chanCount - 1) >> 1]);
    }
    chain.release();
  });

  it('counts flags table by table in the order of CASA: positions, bandpasses and Tsys, delays, gains, T and opacities', () => {
    const table = (visCal: string): GainTable => ({ table: { ...calTable('G'), visCal } as CalTable, name: visCal });
    const given = ['T Jones', 'TOpac', 'G Jones', 'K Jones', 'B TSYS', 'B Jones', 'KAntPos Jones'];
    const chain = createJonesChain(metadata, given.map(table));
    const wanted = ['KAntPos Jones', 'B TSYS', 'B Jones', 'K Jones', 'G Jones', 'T Jones', 'TOpac'];
    expect(chain.statistics.map(({ visCal }) => visCal)).toEqual(wanted);
  });

  it('has no entry of unchosen channels for windows that are chosen whole', () => {
    const windows = [2, 3].map((count) => ({ chanFreqs: new Array(count).fill(1e9) }));
    const choices = new Map([
      [0, [0, 1]],
      [1, [1]],
    ]);
    const found = unchosenChannels({ spectralWindows: windows } as unknown as MsMetadata, choices, (own, chan) =>
      own.includes(chan),
    );
    expect(found).toEqual(new Map([[1, new Set([0, 2])]]));
  });

  it('undoes itself: corrupting corrected data gives the data back', () => {
    const chain = createJonesChain(metadata, gainTables(stored.cases[0].options));
    const chunk = makeChunk();
    const before = chunk.data.DATA?.slice() ?? new Float32Array(0);
    chain.correct(chunk, 'DATA');
    chain.corrupt(chunk, 'DATA');
    const after = chunk.data.DATA ?? new Float32Array(0);
    const largest = Math.max(...before.map(Math.abs));
    expect(Math.max(...after.map((value, at) => Math.abs(value - before[at]))) / largest).toBeLessThan(1e-6);
    chain.release();
  });

  it('flags windows that a table has no solutions for, and says so beforehand', () => {
    const chain = createJonesChain(metadata, [{ table: calTable('tsys') }]);
    expect(chain.isCalibratable(stored.spw)).toBe(false);
    const chunk = makeChunk();
    chain.correct(chunk, 'DATA');
    expect(chunk.flag.every((value) => value === 1)).toBe(true);
    expect(chunk.weight.every((value) => value === 0)).toBe(true);
  });

  it('refuses table types that it does not know and maps that point outside', () => {
    const unknown = { ...calTable('G'), visCal: 'D Jones' };
    expect(() => createJonesChain(metadata, [{ table: unknown }])).toThrow(/D Jones/);
    expect(() => createJonesChain(metadata, [{ table: calTable('G'), spwmap: [0, 99] }])).toThrow(/window 99/);
    expect(() => createJonesChain(metadata, [{ table: calTable('G'), gainfield: 'nobody' }])).toThrow(/nobody/);
    expect(() => createJonesChain(metadata, [{ table: calTable('G'), interp: 'quickly' }])).toThrow(/quickly/);
  });
});
