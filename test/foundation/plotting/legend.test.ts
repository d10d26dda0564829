import { describe, expect, it } from 'vitest';
import type { Panel } from '../../../src/foundation/plotting/index.ts';
import { colourLegend, legendRows, panelLegend, placeEntries } from '../../../src/foundation/plotting/legend.ts';

const panel: Panel = {
  title: '',
  x: { label: '' },
  y: { label: '' },
  series: [
    { kind: 'points', x: [0], y: [0], label: 'X', colour: 3 },
    { kind: 'points', x: [0], y: [0], label: 'X', colour: 3 },
    { kind: 'line', x: [0], y: [0] },
    { kind: 'line', x: [0], y: [0], label: 'model', isDashed: true },
    { kind: 'points', x: [0], y: [0], label: 'Y', isHollow: true },
  ],
};

describe('legends', () => {
  it('list each label once, with the mark and colour of its series', () => {
    expect(panelLegend(panel)).toEqual([
      { label: 'X', colour: 3, mark: 'disc' },
      { label: 'model', colour: 3, mark: 'dashes' },
      { label: 'Y', colour: 4, mark: 'ring' },
    ]);
  });

  it('list some of very many names, each in the colour that it alone has', () => {
    const names = Array.from({ length: 45 }, (_, k) => `name ${k}`);
    const entries = colourLegend(names, 14);
    expect(entries.map(({ label }) => label)).toEqual(expect.arrayContaining(['name 0', 'name 44', '45 in all']));
    expect(new Set(entries.map(({ colour }) => colour)).size).toBe(15);
    expect(colourLegend(['a', 'b'], 14)).toEqual([
      { label: 'a', colour: 0 },
      { label: 'b', colour: 1 },
    ]);
  });

  it('break rows where the width ends', () => {
    const entries = Array.from({ length: 6 }, (_, colour) => ({ label: 'DA41', colour }));
    const rows = placeEntries(entries, 200).map((entry) => entry.row);
    expect(rows[0]).toBe(0);
    expect(Math.max(...rows)).toBeGreaterThan(0);
    for (const entry of placeEntries(entries, 200)) expect(entry.left + 55).toBeLessThanOrEqual(215);
    expect(legendRows(panelLegend(panel), 1000)).toBe(1);
    expect(legendRows([], 1000)).toBe(0);
    const many = Array.from({ length: 40 }, (_, k) => ({ label: `DA${k} & DV${k}`, colour: k }));
    expect(legendRows(many, 1000)).toBeGreaterThan(2);
    const widest = Math.max(...placeEntries(many, 1000).map(({ left }) => left));
    expect(widest).toBeLessThan(1000);
  });
});
