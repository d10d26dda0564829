import { describe, expect, it } from 'vitest';
import { azEl } from '../../../src/astronomy/measures/index.ts';
import { bandpassFigures, subplotOf } from '../../../src/pipeline/calibration/bandpass-figure.ts';
import { type CalTable, emptyRows } from '../../../src/pipeline/calibration/caltable.ts';
import { calTableFigures } from '../../../src/pipeline/calibration/caltable-figure.ts';
import type { CalPlot } from '../../../src/pipeline/calibration/caltable-plot.ts';
import { ozoneDepth, skyTemperatureOf, transmissionOf } from '../../../src/pipeline/calibration/transmission.ts';
import { wvrFigures } from '../../../src/pipeline/calibration/wvr-figure.ts';

/** Two antennas, two windows of `chans` channels, two times; antenna 1 has phase 0.5 rad. */
function tableOf(chans: number): CalTable {
  const keys = [0, 1].flatMap((spwId) =>
    [100, 200].flatMap((time) =>
      [0, 1].map((antenna1) => ({
        ...{ time, interval: 0, fieldId: 0, spwId, antenna1, antenna2: 0, scanNumber: 1, observationId: 0 },
      })),
    ),
  );
  const rows = emptyRows(keys, new Int32Array(keys.length).fill(chans), 2, true);
  rows.flag.fill(0);
  for (let row = 0; row < rows.count; row++) {
    for (let cell = rows.offsets[row]; cell < rows.offsets[row + 1]; cell++) {
      const phase = rows.antenna1[row] * 0.5;
      rows.params.set([2 * Math.cos(phase), 2 * Math.sin(phase)], 2 * cell);
    }
  }
  rows.flag[0] = 1;
  const empty = new Float64Array(chans).fill(1e6);
  const chanFreqs = Float64Array.from({ length: chans }, (_, chan) => 230e9 + 1e7 * chan);
  const window = (id: number) => ({
    ...{
      id,
      name: '',
      chanFreqs,
      chanWidths: empty,
      effectiveBandwidths: empty,
      resolutions: empty,
      refFrequency: 230e9,
    },
    ...{ totalBandwidth: 1, measFreqRef: 5, netSideband: 0, freqGroup: 0, freqGroupName: '', ifConvChain: 0 },
    isFlagged: false,
  });
  const antenna = (id: number) => ({
    ...{ id, name: `DA4${id}`, station: '', type: '', mount: '', diameter: 12, isFlagged: false },
    ...{ position: new Float64Array(3), offset: new Float64Array(3) },
  });
  return {
    ...{ visCal: 'G Jones', parType: 'Complex', polBasis: '', msName: 'a.ms', rows, fields: [], observations: [] },
    ...{ spectralWindows: [window(0), window(1)], antennas: [antenna(0), antenna(1)], history: [] },
  };
}

describe('figures of calibration tables', () => {
  it('chanrange sets the y range of spectra by the middle channels, and titles may say the baseband', () => {
    const table = tableOf(64);
    const [first] = table.spectralWindows;
    const named = { ...table, spectralWindows: [{ ...first, name: 'ALMA_RB_06#BB_3#SW-01#FULL_RES' }, first] };
    const edge = named.rows.offsets[0] + 1;
    named.rows.params.set([50, 0], 2 * edge);
    const draw = (chanrange: string) =>
      bandpassFigures(named, { yaxis: 'amp', overlay: 'time', chanrange, showBasebandNumber: true })[0].sections[0]
        .panels;
    expect(draw('')[0].y.range?.[1]).toBeGreaterThan(50);
    for (const chanrange of ['90%', '3~60']) expect(draw(chanrange)[0].y.range?.[1]).toBeLessThan(2.1);
    expect(draw('').map(({ title }) => title)).toContain('DA40, spw 0, baseband 3');
    expect(() => draw('middle')).toThrow(/chanrange must be like/);
  });

  it('draws gains against time without flagged ones', () => {
    const pages = calTableFigures(tableOf(1), { xaxis: 'time', yaxis: 'amp', iteration: ['antenna'], colour: 'spw' });
    expect(pages).toHaveLength(1);
    const [{ panels, legend }] = pages[0].sections;
    expect(panels.map(({ title }) => title)).toEqual(['DA40', 'DA41']);
    expect(legend?.map(({ label }) => label)).toEqual(['spw 0', 'spw 1', 'X', 'Y']);
    expect(panels[0].series.map(({ x }) => x.length)).toEqual([2, 1, 2, 2]);
    expect(panels[1].series[0].y[0]).toBeCloseTo(2, 6);
  });

  it('draws one polarization, their quotient, and values against values', () => {
    const table = tableOf(1);
    const draw = (more: Partial<CalPlot>) =>
      calTableFigures(table, { xaxis: 'time', yaxis: 'amp', iteration: ['antenna'], ...more })[0].sections[0];
    const { panels: single, legend: named } = draw({ polarization: 'Y' });
    expect(named?.map(({ label }) => label)).toEqual(['Y']);
    const second = single[0].series;
    const [{ subtitle }] = calTableFigures(table, { xaxis: 'time', yaxis: 'phase', iteration: [], polarization: '/' });
    expect(subtitle).toContain('phase (deg) of X/Y against UTC; field 0');
    expect(second.map(({ x, isHollow }) => [x.length, isHollow])).toEqual([[4, true]]);
    table.rows.params.set([0, 8], 2 * (table.rows.offsets[1] + 1)); // the second of antenna 1, at the first time
    const { panels, legend } = draw({ polarization: '/', yaxis: 'phase' });
    expect(legend?.map(({ label }) => label)).toEqual(['X/Y']);
    expect(panels.map(({ series }) => series[0].y.length)).toEqual([3, 4]); // one of antenna 0 is flagged
    expect(panels[1].series[0].y[0]).toBeCloseTo((0.5 * 180) / Math.PI - 90, 4);
    const circle = draw({ xaxis: 'real', yaxis: 'imag', polarization: 'X' }).panels[1];
    expect(circle.x.label).toBe('real part');
    expect([circle.series[0].x[0], circle.series[0].y[0]].map((value) => value.toFixed(4))).toEqual([
      '1.7552',
      '0.9589',
    ]);
    const key = { time: 100, interval: 0, fieldId: 0, spwId: 0, antenna1: 0, antenna2: 0, scanNumber: 1 };
    const alone = { ...table, rows: emptyRows([{ ...key, observationId: 0 }], Int32Array.of(1), 1, true) };
    expect(() => calTableFigures(alone, { xaxis: 'time', yaxis: 'amp', iteration: [], polarization: '/' })).toThrow(
      /one polarization/,
    );
  });

  it('splits panels over pages and joins times', () => {
    const apart = bandpassFigures(tableOf(4), { yaxis: 'amp', subplot: 21 });
    expect(apart).toHaveLength(4); // 2 antennas, 2 windows, 2 times on pages of two
    const joined = bandpassFigures(tableOf(4), { yaxis: 'both', subplot: 22, overlay: 'time' });
    const [titles, labels] = [joined[0], joined[1]]
      .map(({ sections }) => sections[0].panels)
      .reduce<[string[], string[]]>(
        ([names, words], panels) => [
          [...names, ...panels.map(({ title }) => title)],
          [...words, ...panels.map(({ y }) => y.label)],
        ],
        [[], []],
      );
    // Antenna by antenna, phases beside their amplitudes.
    expect(titles).toEqual(
      ['DA40, spw 0', 'DA40, spw 1', 'DA41, spw 0', 'DA41, spw 1'].flatMap((title) => [title, title]),
    );
    expect(labels.slice(0, 2)).toEqual(['amplitude', 'phase (deg)']);
    expect(joined[1].sections[0].panels[3].series[0].y[0]).toBeCloseTo((0.5 * 180) / Math.PI, 4);
    const named = apart.map(({ ending }) => ending);
    expect(named).toEqual(['.DA40.spw00.t00', '.DA40.spw01.t00', '.DA41.spw00.t00', '.DA41.spw01.t00']);
    expect(joined.map(({ ending }) => ending)).toEqual(['.DA40.spw00', '.DA41.spw00']);
    const single = bandpassFigures(tableOf(4), {
      yaxis: 'both',
      subplot: 11,
      overlay: 'time',
      antenna: 'DA40',
      spw: '0',
    });
    expect(single.map(({ ending }) => ending)).toEqual(['.DA40.spw00', '.DA40.spw00.phase']);
    expect(() => subplotOf('two')).toThrow(/subplot must give rows and columns/);
    expect([subplotOf(22), subplotOf('421'), subplotOf('')]).toEqual([[2, 2], [4, 2], undefined]);
  });

  it('marks fine windows below the data, within the window that is drawn', () => {
    const table = tableOf(64);
    const [coarse] = table.spectralWindows;
    const fine = { ...coarse, id: 2, chanFreqs: Float64Array.from({ length: 512 }, (_, chan) => 230.5e9 + 1e6 * chan) };
    const windows = { ...table, spectralWindows: [...table.spectralWindows, fine] };
    const draw = (showfdm: boolean) =>
      bandpassFigures(windows, { yaxis: 'amp', overlay: 'time', showfdm })[0].sections[0].panels[0];
    const [bar, name] = draw(true).series.slice(-2);
    expect(Array.from(bar.x)).toEqual([230.5, 230.63]);
    expect(name.texts).toEqual(['spw 2']);
    const [low] = draw(false).y.range!;
    expect(bar.y[0]).toBeLessThan(low);
    expect(name.y[0]).toBeLessThan(low);
    expect(draw(true).y.range![0]).toBeLessThan(bar.y[0]);
  });

  it('refuses tables without spectra, and shows values that are all zero between -1 and 1', () => {
    expect(() => bandpassFigures(tableOf(1), { name: 'a.g' })).toThrow(/a.g has solutions of one channel/);
    const real = calTableFigures(tableOf(1), { xaxis: 'time', yaxis: 'imag', iteration: ['antenna'], antenna: 'DA40' });
    expect(real[0].sections[0].panels[0].y.range).toEqual([-1, 1]);
  });

  it('overlays the windows of a baseband, and nothing that it does not know', () => {
    const table = tableOf(4);
    const [one] = table.spectralWindows;
    const windows = ['ALMA#BB_2#SW-01', 'ALMA#BB_2#SW-02'].map((name, id) => ({ ...one, id, name }));
    const [page] = bandpassFigures({ ...table, spectralWindows: windows }, { yaxis: 'amp', overlay: 'baseband' });
    const { panels, legend } = page.sections[0];
    expect(panels.map(({ title }) => title.slice(0, 16))).toEqual([
      'DA40, baseband 2',
      'DA40, baseband 2',
      'DA41, baseband 2',
      'DA41, baseband 2',
    ]);
    expect(legend?.map(({ label }) => label)).toEqual(['spw 0', 'spw 1', 'X', 'Y']);
    expect(() => bandpassFigures(table, { overlay: 'scan' })).toThrow(/overlay="scan" is none of/);
  });

  it('draws the sky above spectra as their field was seen, with a scale on the right', () => {
    const table = tableOf(4);
    const seen: number[] = [];
    const at = (frequencies: Float64Array, elevation: number) => {
      seen.push(elevation);
      return frequencies.map(() => 90);
    };
    const sky = { label: 'sky (%)', colour: '#123456', within: [0, 100] as const, leastSpan: 5, at };
    const chajnantor = Float64Array.of(2_225_061, -5_440_057, -2_481_681);
    const field = { id: 0, name: 'J0', phaseDir: Float64Array.of(1, -0.4) } as (typeof table.fields)[number];
    const placed = {
      ...table,
      fields: [field],
      antennas: table.antennas.map((antenna) => ({ ...antenna, position: chajnantor })),
    };
    const day = { ...placed, rows: { ...placed.rows, time: placed.rows.time.map((time) => 4.88e9 + time) } };
    const [panel] = bandpassFigures(day, { yaxis: 'amp', sky, overlay: 'time' })[0].sections[0].panels;
    expect(seen[0]).toBeCloseTo(azEl(4.88e9 + 150, 1, -0.4, chajnantor).el, 3);
    const curve = panel.series.at(-1)!;
    expect(curve.colour).toBe('#123456');
    expect(Math.min(...Array.from(curve.y))).toBeGreaterThan(2.001); // the amplitudes are 2
    const { range } = panel.right!;
    const [low, high] = panel.y.range!;
    expect(range[0] + ((curve.y[0] - low) / (high - low)) * (range[1] - range[0])).toBeCloseTo(90, 6);
    bandpassFigures(table, { yaxis: 'amp', sky });
    expect(seen.at(-1)).toBe(Math.PI / 2);
  });

  it('gives each of many curves a colour of its own, times of several fields their names, one parameter no legend', () => {
    const table = tableOf(1);
    const antennas = Array.from({ length: 20 }, (_, id) => ({ ...table.antennas[0], id, name: `DV${id}` }));
    const keys = antennas.map(({ id }) => ({
      ...{
        time: id,
        interval: 0,
        fieldId: id % 2,
        spwId: 0,
        antenna1: id,
        antenna2: 0,
        scanNumber: 1,
        observationId: 0,
      },
    }));
    const rows = emptyRows(keys, new Int32Array(20).fill(1), 1, true);
    rows.flag.fill(0);
    const fields = ['A', 'B'].map((name, id) => ({ id, name }) as (typeof table.fields)[number]);
    const many = { ...table, antennas, fields, rows };
    const draw = (colour?: 'antenna' | 'time') =>
      calTableFigures(many, { xaxis: 'time', yaxis: 'amp', iteration: [], ...(colour && { colour }) })[0].sections[0];
    const { panels, legend } = draw('antenna');
    expect(new Set(panels[0].series.map(({ colour }) => colour)).size).toBe(20);
    expect(legend?.at(-1)?.label).toBe('20 in all');
    expect(draw('time').legend?.map(({ label }) => label)).toContain('00:00:19 B');
    expect(draw().legend).toEqual([]);
  });

  it('draws radiometer phases relative to an antenna', () => {
    const [page] = wvrFigures(tableOf(1), { antenna: 'DA41', spw: '0' });
    const { panels } = page.sections[0];
    expect(panels.map(({ title }) => title)).toEqual(['DA40']);
    expect(panels[0].series[0].y[0]).toBeCloseTo((-0.5 * 180) / Math.PI, 4);
    expect(() => wvrFigures(tableOf(1), { antenna: 'DV99' })).toThrow(/not in the table/);
  });
});

describe('transmission of the atmosphere', () => {
  it('is high in windows and gone in the lines of water and oxygen', () => {
    const [band3, oxygen, band5, band6, water] = transmissionOf(
      Float64Array.of(100e9, 118.75e9, 183.31e9, 230e9, 556.936e9),
      { waterMm: 1 },
    );
    expect(band3).toBeGreaterThan(0.96);
    expect(oxygen).toBeLessThan(0.05);
    expect(band5).toBeLessThan(0.15);
    expect(band6).toBeGreaterThan(0.92);
    expect(band6).toBeLessThan(band3);
    expect(water).toBeLessThan(1e-6);
    const [high] = transmissionOf(Float64Array.of(230e9), { waterMm: 1, airmass: 2 });
    expect(high).toBeCloseTo(band6 ** 2, 10);
  });

  it("has the ozone of CASA's atmosphere tool (6.7, tropical)", () => {
    const peaks = {
      110.8282: 0.0267,
      142.1828: 0.0525,
      231.2888: 0.1049,
      239.1008: 0.1474,
      343.2302: 0.0569,
      358.8578: 0.3698,
    };
    for (const [ghz, depth] of Object.entries(peaks)) {
      expect(ozoneDepth(Number(ghz)) / depth).toBeGreaterThan(1);
      expect(ozoneDepth(Number(ghz)) / depth).toBeLessThan(1.2);
    }
    // Between lines there is hardly any.
    expect(ozoneDepth(230.5)).toBeLessThan(0.005);
  });

  it('shines with the temperature of what absorbs', () => {
    const [band3, oxygen, water] = skyTemperatureOf(Float64Array.of(100e9, 118.75e9, 556.936e9), { waterMm: 1 });
    expect(band3).toBeGreaterThan(2.7);
    expect(band3).toBeLessThan(15);
    expect(oxygen).toBeGreaterThan(200);
    // Opaque near the ground, whose air has 270 K.
    expect(water).toBeCloseTo(269, -1);
  });
});
