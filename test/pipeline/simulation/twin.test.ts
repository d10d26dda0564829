import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { openAsdm } from '../../../src/formats/asdm/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { importasdm } from '../../../src/pipeline/ingest/index.ts';
import { simulateTwin, type TwinSpec, type TwinWindow } from '../../../src/pipeline/simulation/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'twin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pair(channelCount: number): TwinWindow[] {
  const common = { baseband: 0, centreHz: 100e9, widthHz: 2e9 };
  return [
    { ...common, kind: 'FULL_RES', channelCount },
    { ...common, kind: 'CH_AVG', channelCount: 1 },
  ];
}

const SPEC: TwinSpec = {
  uid: 'uid://A002/X7/X8',
  day: '2014/06/02',
  antennas: ['CM03', 'CM01', 'CM05', 'CM12', 'CM02'],
  silentAntennas: ['CM07'],
  windows: [...pair(16), ...pair(16), ...pair(64)],
  uses: { pointing: [0], atmosphere: [2], science: [4] },
  fields: [
    { name: 'J1700-2610', role: 'bandpass', fluxes: [{ hz: 100e9, jy: 2 }] },
    { name: 'J1744-3116', role: 'phase', fluxes: [{ hz: 100e9, jy: 1 }] },
    { name: 'Cloud', role: 'target', fluxes: [{ hz: 100e9, jy: 0.5 }], isUncatalogued: true },
    { name: 'Cloud', role: 'target', fluxes: [{ hz: 100e9, jy: 0.5 }] },
  ],
  scans: [
    { field: 0, use: 'pointing', intent: 'CALIBRATE_POINTING', integrations: 1 },
    { field: 0, use: 'atmosphere', intent: 'CALIBRATE_ATMOSPHERE', integrations: 1 },
    { field: 0, use: 'science', intent: 'CALIBRATE_BANDPASS', alsoFor: ['CALIBRATE_FLUX'], integrations: 1 },
    { field: 1, use: 'science', intent: 'CALIBRATE_PHASE', integrations: 1 },
    { field: 2, use: 'science', intent: 'OBSERVE_TARGET', integrations: 1 },
  ],
  hasBlanks: false,
  seed: 3,
};

describe('simulateTwin', () => {
  it('writes the observation that is described, without radiometers', () => {
    const { asdm, truth } = simulateTwin(silentContext(folder), { out: 'twin', spec: SPEC });
    expect(asdm).toBe(join(folder, 'twin', 'uid___A002_X7_X8'));
    const data = openAsdm(asdm);
    expect(data.uid).toBe('uid://A002/X7/X8');
    expect([...data.table('Processor').rows()].map((row) => row.text('processorType'))).not.toContain('RADIOMETER');
    const told = JSON.parse(readFileSync(truth, 'utf8'));
    expect(told.fields.map(({ fluxPerSpw }: { fluxPerSpw: Record<string, number> }) => fluxPerSpw[4])).toEqual([
      2, 1, 0.5, 0.5,
    ]);
    expect(told.executions[0].scans.every(({ elDeg }: { elDeg: number }) => elDeg > 40)).toBe(true);
  });

  it('can be imported: antennas without data are listed, moving sources have no direction', () => {
    importasdm(silentContext(folder), { asdm: 'twin/uid___A002_X7_X8', vis: 'twin.ms' });
    const ms = openMs(join(folder, 'twin.ms'));
    try {
      const metadata = readMetadata(ms);
      expect(metadata.antennas.map(({ name }) => name)).toEqual(['CM03', 'CM01', 'CM05', 'CM12', 'CM02', 'CM07']);
      expect(metadata.antennas[5].diameter).toBe(7);
      expect(metadata.fields.map(({ name }) => name)).toEqual(['J1700-2610', 'J1744-3116', 'Cloud', 'Cloud']);
      expect(metadata.fields[2].phaseDir).toEqual([0, 0]);
      expect((metadata.fields[0].phaseDir[0] * 12) / Math.PI).toBeCloseTo(17 - 24, 6);
      expect(metadata.spectralWindows.map(({ chanFreqs }) => chanFreqs.length)).toEqual([16, 1, 16, 1, 64, 1]);
      expect(metadata.scans.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
      expect(metadata.scans[2].intents.some((intent) => intent.startsWith('CALIBRATE_FLUX'))).toBe(true);
    } finally {
      ms.close();
    }
  });
});
