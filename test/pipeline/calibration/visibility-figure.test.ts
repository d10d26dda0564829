import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { antennaFigure } from '../../../src/pipeline/calibration/antenna-figure.ts';
import { visibilityFigures } from '../../../src/pipeline/calibration/visibility-figure.ts';
import { PointStore } from '../../../src/pipeline/calibration/visibility-points.ts';
import { timeOf, writeSyntheticMs } from './synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'visibility-figure-'));
const context = silentContext(folder);

/** V = (1 + channel) exp(i 0.1 integration); antenna 2 flagged in scan 2. */
beforeAll(() => {
  writeSyntheticMs(join(folder, 'a.ms'), {
    ...{ antCount: 3, chanCount: 4, spwCount: 2, scanFields: [0, 1], integrations: 3 },
    visibility: ({ chan, integration }) => [
      (1 + chan) * Math.cos(0.1 * integration),
      (1 + chan) * Math.sin(0.1 * integration),
    ],
    isFlagged: ({ scan, ant1, ant2 }) => scan === 1 && (ant1 === 2 || ant2 === 2),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plot = { vis: 'a.ms', column: 'DATA', antenna: '*&*' } as const;

describe('figures of visibilities', () => {
  it('averages channels and colours by field', () => {
    const [page] = visibilityFigures(context, {
      ...{ ...plot, xaxis: 'time', yaxis: 'amp', avgchannel: 4, colour: 'field', spw: '0' },
    });
    const [section] = page.sections;
    expect(section.legend?.map(({ label }) => label)).toEqual(['J0000', 'J0001']);
    const [first, second] = section.panels[0].series;
    expect([first.x.length, second.x.length]).toEqual([3 * 3 * 2, 3 * 2]); // baselines, integrations, correlations
    expect(first.x[0]).toBe(timeOf(0, 0));
    expect(Array.from(first.y).every((amp) => Math.abs(amp - 2.5) < 1e-6)).toBe(true);
  });

  it('averages in time within scans, by frequency, a panel for each baseline', () => {
    const pages = visibilityFigures(context, {
      ...{ ...plot, xaxis: 'freq', yaxis: 'phase', avgtime: 1e9, iteration: 'baseline', subplot: [1, 2] },
    });
    expect(pages).toHaveLength(2);
    const [panel] = pages[0].sections[0].panels;
    expect(panel.title).toBe('DA41 & DA42');
    expect(panel.series[0].x.length).toBe(2 * 2 * 4 * 2); // windows, scans, channels, correlations
    expect(panel.series[0].y[0]).toBeCloseTo((0.1 * 180) / Math.PI, 4);
    expect(panel.series[0].x[0]).toBeCloseTo(230, 9);
  });

  it('says when nothing is left', () => {
    const nothing = { ...plot, scan: '2', antenna: 'DA43&*', xaxis: 'time', yaxis: 'amp' } as const;
    expect(() => visibilityFigures(context, nothing)).toThrow(/no unflagged visibilities/);
  });

  it('places antennas from the middle of the array', () => {
    const [series] = antennaFigure(context, { vis: 'a.ms' }).sections[0].panels[0].series;
    expect(series.texts).toEqual(['DA41', 'DA42', 'DA43']);
    expect(series.x[1]).toBeCloseTo(0, 9);
    expect(series.x[2] - series.x[0]).toBeCloseTo(60 * Math.sin(Math.atan2(5.4, 2.2)), 1);
  });
});

describe('a store of many points', () => {
  it('keeps the look and thins what falls on the same spot', () => {
    const store = new PointStore(2048);
    for (let index = 0; index < 100_000; index++) store.add('', 'a', index % 10, (index * 7) % 5);
    const [{ x, y }] = store;
    expect(x.length).toBeLessThan(4096);
    const seen = new Set(Array.from(x, (value, index) => `${value} ${y[index]}`));
    expect(seen.size).toBe(10);
  });
});
