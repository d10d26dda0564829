import { describe, expect, it } from 'vitest';
import type { MsMetadata } from '../../../src/astronomy/ms/index.ts';
import {
  arrayPanel,
  fieldLegend,
  fieldPanel,
  pointingPanel,
  schedulePanel,
} from '../../../src/pipeline/qa/schedule-panels.ts';

const scan = (startSec: number, fieldId: number, ...intents: string[]) => ({
  ...{ startSec, endSec: startSec + 60, fieldIds: [fieldId], intents },
});
const field = (id: number, name: string, ra: number, dec: number) => ({ id, name, phaseDir: [ra, dec] });
const LATITUDE = -0.4;
const EARTH = 6.37e6;
/** East and north of a place on a sphere, m. */
const antenna = (name: string, east: number, north: number) => {
  const [lon, lat] = [east / EARTH / Math.cos(LATITUDE), LATITUDE + north / EARTH];
  return {
    ...{ name, station: `A${name.slice(2)}`, diameter: 12 },
    position: [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)].map((part) => EARTH * part),
  };
};
const metadata = {
  scans: [
    scan(0, 1, 'CALIBRATE_BANDPASS#ON_SOURCE', 'CALIBRATE_WVR#ON_SOURCE'),
    scan(100, 0, 'CALIBRATE_PHASE#ON_SOURCE'),
    scan(200, 2, 'OBSERVE_TARGET#ON_SOURCE'),
  ],
  fields: [field(0, 'phase', 6.28, -0.35), field(1, 'bandpass', 0.05, -0.5), field(2, 'target', 0.002, -0.36)],
  antennas: [antenna('DA41', 0, 0), antenna('DA42', 200, 0), antenna('DV01', -200, -300), antenna('DV02', 0, 300)],
} as unknown as MsMetadata;

describe('figures of the observation', () => {
  it('draw each scan at its intents in the colour of its field, in order of observation', () => {
    const panel = schedulePanel(metadata);
    expect(panel.y.categories).toEqual(['WVR', 'TARGET', 'PHASE', 'BANDPASS']);
    expect([...(panel.series[0].x as number[]).slice(0, 2)]).toEqual([0, 60]);
    expect([...(panel.series[0].y as number[])].filter(Number.isFinite)).toEqual([3, 3, 0, 0]);
    expect(fieldLegend(metadata).map(({ label, colour }) => [label, colour])).toEqual([
      ['bandpass', 0],
      ['phase', 1],
      ['target', 2],
    ]);
  });

  it('keep fields on both sides of 0 h together, right ascension to the left', () => {
    const panel = fieldPanel(metadata);
    const [left, right] = panel.x.range ?? [0, 0];
    expect(left - right).toBeGreaterThan(0);
    expect(left - right).toBeLessThan(20);
    for (const { x } of panel.series) expect(x[0] < left && x[0] > right).toBe(true);
  });

  it('show the target alone with its primary beam', () => {
    const panel = pointingPanel(metadata, 230e9);
    expect(panel.series).toHaveLength(2);
    // 1.13 λ/D = 25.3 arcsec at 230 GHz for 12 m
    expect(Math.max(...Array.from(panel.series[0].x))).toBeCloseTo(25.3 / 2, 1);
    expect(panel.series[1].texts).toEqual(['target']);
    expect((panel.x.range ?? [0, 1])[0]).toBeGreaterThan(12.7);
  });

  it('put antennas east and north of their centre', () => {
    const [{ x, y, texts }] = arrayPanel(metadata).series;
    expect([x[1] - x[0], y[3] - y[0]]).toEqual([expect.closeTo(200, 0), expect.closeTo(300, 0)]);
    expect(texts?.[0]).toBe('DA41 A41');
  });
});
