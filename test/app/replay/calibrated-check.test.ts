import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lostToCalibration, meanAmplitude } from '../../../src/app/replay/calibrated-check.ts';
import { installEngine } from '../../../src/app/tasks/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { flagdata, flagmanager } from '../../../src/pipeline/flagging/index.ts';
import { type CalibratedSpec, writeCalibratedMs } from '../../../src/pipeline/simulation/index.ts';

installEngine(64 * 1024 * 1024);
const folder = mkdtempSync(join(tmpdir(), 'qa2-calibrated-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('writes calibrated data with the flux density of what the dishes see', () => {
  const place = { ra: 4.9, dec: -0.45 };
  const spec: CalibratedSpec = {
    ...{ day: '2014/07/01', dishDiameter: 12, antennaCount: 4, longestBaseline: 100, visitCount: 2 },
    windows: [{ centreHz: 100e9, stepHz: 1e6, channelCount: 4 }],
    fields: [
      { name: 'a', ...place, isObserved: true },
      { name: 'b', ...place, isObserved: false },
    ],
    sources: [{ ...place, continuumJy: 2, lines: [] }],
    ...{ noiseJy: 0, hasCorrected: false, seed: 1 },
  };
  const look = (name: string, change: Partial<CalibratedSpec>) => {
    writeCalibratedMs(silentContext(folder), name, { ...spec, ...change, noiseJy: 1e-6 });
    return meanAmplitude(join(folder, name));
  };
  const centre = look('centre.ms', {});
  expect(centre).toMatchObject({ rows: 12, flagged: 0 });
  expect(centre.jy).toBeCloseTo(2, 4);
  // Flags of before are not lost to what comes after.
  const context = silentContext(folder);
  expect(lostToCalibration(join(folder, 'centre.ms'))).toBeUndefined();
  flagdata(context, { vis: 'centre.ms', antenna: '0', flagbackup: false });
  flagmanager(context, { vis: 'centre.ms', mode: 'save', versionname: 'BeforeApplycal' });
  expect(lostToCalibration(join(folder, 'centre.ms'))).toBe(0);
  flagdata(context, { vis: 'centre.ms', antenna: '0,1', flagbackup: false });
  expect(lostToCalibration(join(folder, 'centre.ms'))).toBeCloseTo(2 / 6, 6);
  // Half the width of the beam of 1.13 wavelengths over 12 m away: about half is left.
  const dec = place.dec + (0.5 * 1.13 * 3e-3) / 12;
  const aside = look('aside.ms', { sources: [{ ...spec.sources[0], dec }] });
  expect(aside.jy).toBeGreaterThan(0.9);
  expect(aside.jy).toBeLessThan(1.1);
});
