import { describe, expect, it } from 'vitest';
import type { MsMetadata } from '../../../src/astronomy/ms/index.ts';
import { describeObservation, tsysFieldOf } from '../../../src/pipeline/reduction/observation.ts';

const window = (id: number, bbcNo: number, hz: number) => ({
  id,
  name: `BB_${bbcNo}#FULL_RES`,
  bbcNo,
  totalBandwidth: 2e9,
  chanFreqs: Float64Array.of(hz - 1e9, hz + 1e9),
});
const fields = ['bright', 'faint', 'target'].map((name, id) => ({ id, name, phaseDir: [0.1 * id, 0] }));
const scan = (number: number, field: number, intent: string, spwIds: number[]) => ({
  ...{ number, fieldIds: [field], spwIds, intents: [`${intent}#ON_SOURCE`] },
  ...{ startSec: 100 * number, endSec: 100 * number + 50, observationId: 0 },
});

/** Two tunings in turn: Tsys in windows 0 and 1, science in 2 and 3. */
const metadata = {
  antennas: [],
  spectralWindows: [window(0, 1, 230e9), window(1, 1, 234e9), window(2, 1, 230e9), window(3, 1, 234e9)],
  fields,
  scans: [
    scan(1, 0, 'CALIBRATE_ATMOSPHERE', [0]),
    scan(2, 0, 'CALIBRATE_ATMOSPHERE', [1]),
    scan(3, 0, 'CALIBRATE_BANDPASS', [2, 3]),
    scan(4, 2, 'CALIBRATE_ATMOSPHERE', [0]),
    scan(5, 2, 'CALIBRATE_ATMOSPHERE', [1]),
    scan(6, 1, 'CALIBRATE_PHASE', [2, 3]),
    scan(7, 2, 'OBSERVE_TARGET', [2, 3]),
  ],
} as unknown as MsMetadata;
const described = (measured: [spwId: number, startSec: number][]) =>
  describeObservation(
    metadata,
    'a.ms',
    measured.map(([spwId, startSec]) => ({ spwId, startSec })),
  );

describe('describeObservation', () => {
  it('takes windows without system temperatures to have none, though atmosphere scans were made in them', () => {
    const observation = described([
      [0, 102],
      [0, 402],
    ]);
    expect(observation.tsysSpwIds).toEqual([0]);
    expect(observation.unmeasuredSpwIds).toEqual([1]);
    expect(observation.science.map(({ tsysSpwId }) => tsysSpwId)).toEqual([0, 0]);
    expect(observation.atmosphereScans.map(({ number }) => number)).toEqual([1, 4]);
    expect(described([]).science.map(({ tsysSpwId }) => tsysSpwId)).toEqual([undefined, undefined]);
  });

  it('gives rows that begin after their scan to it', () => {
    const observation = described([
      [0, 170],
      [0, 480],
      [1, 270],
    ]);
    expect(observation.atmosphereScans.map(({ number, spwIds }) => [number, spwIds])).toEqual([
      [1, [0]],
      [2, [1]],
      [4, [0]],
    ]);
  });
});

describe('tsysFieldOf', () => {
  it('goes by the scans of the window', () => {
    const observation = described([
      [0, 102],
      [0, 402],
      [1, 202],
    ]);
    const target = { id: 2, name: 'target', ra: 0.2, dec: 0 };
    expect([0, 1].map((spwId) => tsysFieldOf(observation, target, spwId)?.fieldId)).toEqual([2, 0]);
  });
});
