import { describe, expect, it } from 'vitest';
import { bandpassSection, gainSection, tsysSection } from '../../../src/pipeline/qa/solution-panels.ts';
import { smallCalTable } from './small-caltable.ts';

const gains = smallCalTable(1, ({ ant, par }) => (ant === 0 ? [0.16, 0] : [0.15, 0.01 * ant * (par === 0 ? 1 : -1)]));

describe('gainSection', () => {
  const look = { title: '6  Gain phase', what: 'phase', axis: 'phase (deg)', spws: [17, 19] } as const;

  it('has a panel per antenna, a colour per window, rings for Y, and names the reference antenna', () => {
    const { panels, legend } = gainSection(gains, look);
    expect(panels.map((panel) => panel.title)).toEqual(['DA41 (reference)', 'DA42', 'DV01']);
    expect(panels[1].series.map(({ colour, isHollow }) => [colour, isHollow])).toEqual([
      [0, false],
      [0, true],
      [1, false],
      [1, true],
    ]);
    expect(legend?.map((entry) => entry.label)).toEqual(['spw 17, 230.00 GHz', 'spw 19, 232.00 GHz', 'X', 'Y']);
    expect(panels[0].y).toMatchObject({ kind: 'phase', range: [-190, 190] });
  });

  it('gives all antennas one range of amplitudes and tints the time of each field', () => {
    const { panels, legend } = gainSection(gains, {
      ...look,
      what: 'amplitude',
      fieldColour: (field) => (field === 'J1924-2914' ? 0 : 2),
    });
    expect(new Set(panels.map((panel) => JSON.stringify(panel.y.range))).size).toBe(1);
    const [low, high] = panels[0].y.range ?? [];
    expect(low).toBeLessThan(0.15);
    expect(high).toBeGreaterThan(0.16);
    expect(panels[0].bands?.map(({ from, to, colour }) => [to - from, colour])).toEqual([
      [30, 0],
      [30, 2],
    ]);
    expect(legend?.slice(-2).map((entry) => [entry.label, entry.mark])).toEqual([
      ['J1924-2914', 'band'],
      ['J1751-1950', 'band'],
    ]);
  });
});

describe('spectra', () => {
  const table = smallCalTable(8, ({ chan }) => [1 + 0.01 * chan, 0]);

  it('show the bandpass of every antenna and their mean in bold', () => {
    const { panels } = bandpassSection(table);
    expect(panels).toHaveLength(4);
    const bold = panels[0].series.filter(({ size }) => (size ?? 0) > 2);
    expect(bold).toHaveLength(2);
    expect([...(bold[0].y as Float64Array)][7]).toBeCloseTo(1.07, 5);
    expect(panels[2].title).toBe('Phase, spw 0, 230.00 GHz');
  });

  it('show Tsys against frequency and time, a colour per antenna', () => {
    const { panels, legend } = tsysSection(table);
    expect(panels.map((panel) => panel.x.label)).toEqual(['frequency (GHz)', 'frequency (GHz)', 'UTC', 'UTC']);
    expect(panels[0].series.map(({ colour, isDashed }) => [colour, isDashed])).toEqual(
      [0, 1, 2].flatMap((colour) => [
        [colour, false],
        [colour, true],
      ]),
    );
    expect(legend?.map((entry) => entry.label)).toEqual(['DA41', 'DA42', 'DV01', 'X', 'Y']);
  });
});
