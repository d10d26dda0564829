import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatMjd } from '../../../src/astronomy/measures/index.ts';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import type { RightScale } from '../../../src/foundation/plotting/index.ts';
import { antennaFigure } from '../../../src/pipeline/calibration/antenna-figure.ts';
import type { SkyCurve } from '../../../src/pipeline/calibration/sky-curves.ts';
import type { PlotAxis } from '../../../src/pipeline/calibration/visibility-axes.ts';
import { type VisibilityPlot, visibilityFigures } from '../../../src/pipeline/calibration/visibility-figure.ts';
import { PointStore } from '../../../src/pipeline/calibration/visibility-points.ts';
import { initweights } from '../../../src/pipeline/reshape/index.ts';
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
    expect([page.subtitle, section.panels[0].title]).toEqual([
      'amplitude against time, DATA; spw 0; antenna *&*; average over all channels',
      '',
    ]);
    expect(section.legend?.map(({ label }) => label)).toEqual(['J0000', 'J0001']);
    const [first, second] = section.panels[0].series;
    expect([first.x.length, second.x.length]).toEqual([3 * 3 * 2, 3 * 2]); // baselines, integrations, correlations
    expect(first.x[0]).toBe(timeOf(0, 0));
    expect(Array.from(first.y).every((amp) => Math.abs(amp - 2.5) < 1e-6)).toBe(true);
  });

  it.each([
    ['chan', ['channel 0', 'channel 1', 'channel 2', 'channel 3']],
    ['observation', ['observation 0']],
    ['intent', ['CALIBRATE_PHASE#ON_SOURCE']],
  ] as const)('colours by %s', (colour, labels) => {
    const [page] = visibilityFigures(context, { ...plot, xaxis: 'time', yaxis: 'amp', spw: '0', colour });
    expect(page.sections[0].legend?.map(({ label }) => label)).toEqual(labels);
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

  it('draws weights of channels, which are those of rows where there is no WEIGHT_SPECTRUM', () => {
    const draw = (yaxis: PlotAxis, vis: string) => {
      const [page] = visibilityFigures(context, { ...plot, vis, xaxis: 'freq', yaxis, spw: '0' });
      return Array.from(page.sections[0].panels[0].series[0].y);
    };
    expect(draw('wtsp', 'a.ms')).toEqual(draw('wt', 'a.ms'));
    initweights(context, { vis: 'a.ms', wtmode: 'weight', dowtsp: true });
    const ms = openMs(join(folder, 'a.ms'), 'update');
    for (const row of [0, 1, 2, 3])
      ms.main
        .column('WEIGHT_SPECTRUM')
        .put(row, { shape: [2, 4], values: Float32Array.from({ length: 8 }, (_, at) => at + 1) });
    ms.close();
    expect(draw('wtsp', 'a.ms').slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(draw('wtamp', 'a.ms')[0]).toBeCloseTo(draw('wt', 'a.ms')[0] * draw('amp', 'a.ms')[0], 6);
  });

  it('averages amplitudes by themselves, and the baselines of each antenna', () => {
    const draw = (more: Partial<VisibilityPlot>) =>
      visibilityFigures(context, {
        ...{
          ...plot,
          xaxis: 'antenna1',
          yaxis: 'amp',
          spw: '0:3',
          scan: '1',
          avgtime: 1e9,
          correlation: 'XX',
          ...more,
        },
      })[0].sections[0].panels[0].series[0];
    const vector = (4 * Math.hypot(1 + Math.cos(0.1) + Math.cos(0.2), Math.sin(0.1) + Math.sin(0.2))) / 3;
    expect(draw({ avgbaseline: true }).y[0]).toBeCloseTo(vector, 5);
    expect(draw({ avgbaseline: true, isScalar: true }).y[0]).toBeCloseTo(4, 5);
    expect(draw({ avgbaseline: true, isScalar: true, yaxis: 'phase' }).y[0]).toBeCloseTo((0.1 * 180) / Math.PI, 5);
    expect(Array.from(draw({ avgantenna: true }).x)).toEqual([0, 1, 2]);
  });

  it('draws velocities in a frame, what is seen of the sky, and baselines in wavelengths', () => {
    const value = (yaxis: PlotAxis, more: Partial<VisibilityPlot> = {}) =>
      visibilityFigures(context, { ...plot, xaxis: 'chan', yaxis, spw: '0:1', scan: '1', ...more })[0].sections[0]
        .panels[0].series[0].y[0];
    const hz = value('freq') * 1e9;
    const restHz = 1.001 * hz;
    const radio = value('velocity', { spectral: { frame: 'TOPO', restHz, isOptical: false } });
    expect(radio).toBeCloseTo((299_792.458 * 0.001) / 1.001, 4);
    expect(value('velocity', { spectral: { frame: 'TOPO', restHz, isOptical: true } })).toBeCloseTo(299.792458, 4);
    const shifted = value('velocity', { spectral: { frame: 'LSRK', restHz, isOptical: false } });
    expect(Math.abs(shifted - radio)).toBeGreaterThan(0.05);
    expect(Math.abs(shifted - radio)).toBeLessThan(60);
    expect(value('uwave')).toBeCloseTo((value('u') * hz) / 299_792_458, 6);
    const [elevation, hourAngle] = [value('elevation'), value('hourang')];
    expect(Math.abs(elevation)).toBeLessThanOrEqual(90);
    expect(Math.abs(hourAngle)).toBeLessThanOrEqual(12);
  });

  it('gives all panels one range', () => {
    const draw = (shares: boolean) =>
      visibilityFigures(context, {
        ...{
          ...plot,
          xaxis: 'time',
          yaxis: 'amp',
          avgchannel: 4,
          iteration: 'field',
          sharesX: shares,
          sharesY: shares,
        },
      })[0].sections[0].panels[0];
    expect(draw(false).x.range).toBeUndefined();
    const { x, y } = draw(true);
    expect(x.range?.[0]).toBeLessThan(timeOf(0, 0));
    expect(x.range?.[1]).toBeGreaterThan(timeOf(1, 2));
    expect(y.range).toEqual([expect.closeTo(2, 5), expect.closeTo(3, 5)]);
  });

  it('draws flagged values in a colour of their own', () => {
    const some = { ...plot, xaxis: 'time', yaxis: 'amp', spw: '0:0', correlation: 'XX', scan: '2' } as const;
    const [{ series }] = visibilityFigures(context, { ...some, flaggedColour: '#ff0000' })[0].sections[0].panels;
    const [good, flagged] = [series.filter(({ colour }) => colour === 0), series.filter(({ colour }) => colour !== 0)];
    expect(good.map(({ x }) => x.length)).toEqual([3]);
    expect(flagged.map(({ x, colour }) => [x.length, colour])).toEqual([[2 * 3, '#ff0000']]);
    expect(flagged[0].y[0]).toBeCloseTo(1, 6);
  });

  it('averages windows channel by channel, and chooses rows by TaQL', () => {
    const some = { ...plot, xaxis: 'chan', yaxis: 'amp', correlation: 'XX', avgtime: 1e9, avgbaseline: true } as const;
    const draw = (more: Partial<VisibilityPlot>) =>
      visibilityFigures(context, { ...some, ...more })[0].sections[0].panels[0].series[0];
    const [apart, joined] = [draw({ scan: '1' }), draw({ scan: '1', avgspw: true })];
    expect([apart.x.length, joined.x.length]).toEqual([8, 4]);
    expect(Array.from(joined.y)).toEqual(
      Array.from(apart.y)
        .slice(0, 4)
        .map((amp) => expect.closeTo(amp, 6)),
    );
    const frequency = draw({ scan: '1', avgspw: true, xaxis: 'freq' }).x[0];
    const [one, other] = [0, 1].map((spw) => draw({ scan: '1', spw: String(spw), xaxis: 'freq' }).x[0]);
    expect(frequency).toBeCloseTo((one + other) / 2, 6);
    const where = 'SCAN_NUMBER == 1 && ANTENNA1 == 0 && ANTENNA2 == 1';
    expect(draw({ where, avgbaseline: false, spw: '0' }).x.length).toBe(4);
    expect(draw({ avgspw: true, spw: '0,1:0', scan: '1' }).x.length).toBe(4 + 1);
  });

  it('draws what the sky does above spectra, with a scale of its own and a gap between windows', () => {
    const at = (frequencies: Float64Array, elevation: number) => frequencies.map((_, k) => 80 + k + 0 * elevation);
    const sky: SkyCurve = { label: 'sky (%)', colour: '#123456', within: [0, 100], leastSpan: 5, at };
    const draw = (xaxis: PlotAxis, more: Partial<VisibilityPlot> = {}) =>
      visibilityFigures(context, { ...plot, xaxis, yaxis: 'amp', sky, ...more })[0].sections[0].panels[0];
    const panel = draw('freq', { yrange: [0, 10] });
    const curves = panel.series.filter(({ colour }) => colour === '#123456');
    expect(curves.map(({ x }) => x.length)).toEqual([4, 4]);
    const { range } = panel.right as RightScale;
    expect(range[0] + (curves[0].y[0] / 10) * (range[1] - range[0])).toBeCloseTo(80, 6);
    expect(range[0] + (curves[0].y[3] / 10) * (range[1] - range[0])).toBeCloseTo(83, 6);
    const free = draw('freq');
    const data = Math.max(...Array.from(free.series[0].y));
    const lowest = Math.min(...free.series.slice(1).flatMap(({ y }) => Array.from(y)));
    expect(lowest).toBeGreaterThan(data);
    expect(free.y.range?.[1]).toBeGreaterThan(lowest);
    expect(draw('time').right).toBeUndefined();
  });

  it('shows a baseline in the panels of both of its antennas', () => {
    const draw = (iteration: 'antenna' | 'antenna1') =>
      visibilityFigures(context, {
        ...plot,
        xaxis: 'time',
        yaxis: 'amp',
        spw: '0:0',
        scan: '1',
        iteration,
        subplot: [1, 3],
      })[0].sections[0].panels;
    expect(draw('antenna').map(({ title, series }) => [title, series[0].x.length])).toEqual([
      ['DA41', 2 * 2 * 3],
      ['DA42', 2 * 2 * 3],
      ['DA43', 2 * 2 * 3],
    ]);
    expect(draw('antenna1').map(({ title }) => title)).toEqual(['DA41', 'DA42']);
  });

  it('names baselines and correlations at an axis, and times by their UTC', () => {
    const draw = (more: Partial<VisibilityPlot>) =>
      visibilityFigures(context, { ...plot, xaxis: 'time', yaxis: 'amp', spw: '0:0', scan: '1', ...more })[0]
        .sections[0];
    const [baselines] = draw({ xaxis: 'baseline' }).panels;
    const places = [...new Set(Array.from(baselines.series[0].x))];
    expect(places.map((at) => baselines.x.categories?.[at])).toEqual(['DA41 & DA42', 'DA41 & DA43', 'DA42 & DA43']);
    const [corrs] = draw({ xaxis: 'corr' }).panels;
    expect(
      Array.from(corrs.series[0].x)
        .map((at) => corrs.x.categories?.[at])
        .slice(0, 2),
    ).toEqual(['XX', 'YY']);
    const time = formatMjd(timeOf(0, 0), 1).slice(11);
    expect(draw({ colour: 'time' }).legend?.[0].label).toBe(time);
    expect(draw({ xaxis: 'chan', iteration: 'time' }).panels[0].title).toBe(time);
    expect(draw({ xaxis: 'u', yaxis: 'v' }).panels[0].isEqualScale).toBe(true);
  });

  it('says in its subtitle what is averaged', () => {
    const draw = (more: Partial<VisibilityPlot>) =>
      visibilityFigures(context, { ...plot, xaxis: 'time', yaxis: 'amp', spw: '0', ...more })[0].subtitle;
    expect(draw({ avgchannel: 2, avgtime: 60, isScalar: true })).toMatch(/; scalar average over 2 channels, 60 s$/);
    expect(draw({ avgtime: 1e9, avgscan: true, scan: '1' })).toMatch(/; scan 1; .* average over all times, scans$/);
  });

  it('averages all baselines or those of each antenna, not both', () => {
    const both = { ...plot, xaxis: 'time', yaxis: 'amp', avgbaseline: true, avgantenna: true } as const;
    expect(() => visibilityFigures(context, both)).toThrow(/not both/);
  });

  it('says when nothing is left', () => {
    const nothing = { ...plot, scan: '2', antenna: 'DA43&*', xaxis: 'time', yaxis: 'amp' } as const;
    expect(() => visibilityFigures(context, nothing)).toThrow(/no unflagged visibilities with finite values/);
    expect(() => visibilityFigures(context, { ...nothing, scan: '9' })).toThrow(/No rows of the MeasurementSet/);
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
    for (let index = 0; index < 100_000; index++) store.add(store.group('', 'a'), index % 10, (index * 7) % 5);
    const [{ x, y }] = store;
    expect(x.length).toBeLessThan(4096);
    const seen = new Set(Array.from(x, (value, index) => `${value} ${y[index]}`));
    expect(seen.size).toBe(10);
  });

  it('leaves out what is not finite, which would take the range of all others', () => {
    const store = new PointStore(100);
    for (let index = 0; index < 500; index++) {
      store.add(store.group('', 'a'), index % 50, 1);
      store.add(store.group('', 'b'), index, Number.NaN);
      store.add(store.group('', 'a'), index, Number.POSITIVE_INFINITY);
    }
    const groups = [...store];
    expect(groups.map(({ colour }) => colour)).toEqual(['a']);
    expect(new Set(groups[0].x).size).toBe(50);
  });

  it('is bounded for many colours together, of which the last one lies on top', () => {
    const store = new PointStore(20_000);
    for (let index = 0; index < 400_000; index++) {
      const colour = String(index % 200);
      store.add(store.group('', colour), (index * 31) % 997, (index * 17) % 991);
    }
    for (let index = 0; index < 30_000; index++) store.add(store.group('', 'last'), 500, 500);
    const groups = [...store];
    expect(groups.reduce((sum, { x }) => sum + x.length, 0)).toBeLessThan(45_000);
    expect(groups.at(-1)).toMatchObject({ colour: 'last' });
    expect(groups.at(-1)?.x[0]).toBe(500);
  });
});
