import { describe, expect, it } from 'vitest';
import type { FieldData } from '../../../src/pipeline/qa/field-data.ts';
import {
  fluxSection,
  phaseCalibratorSection,
  targetSection,
  uvPanel,
} from '../../../src/pipeline/qa/visibility-panels.ts';

const data: FieldData = {
  field: 'J1733-1304',
  windows: [0, 1].map((spwId) => ({
    spwId,
    frequencies: Float64Array.of(230e9 + spwId * 2e9, 231e9 + spwId * 2e9),
    corrTypes: ['XX', 'YY'],
    amplitude: [Float64Array.of(1.8, 1.82), Float64Array.of(1.81, Number.NaN)],
    phase: [Float64Array.of(1, -2), Float64Array.of(0, 0)],
    distance: Float64Array.of(30, 300),
    scanAmplitude: [Float64Array.of(1.8, 1.81), Float64Array.of(1.79, 1.8)],
  })),
  uv: Float64Array.of(100e3, -50e3, 20e3, 30e3),
};
const ranges = (panels: readonly { y: { range?: readonly [number, number] } }[]) =>
  panels.map((panel) => panel.y.range ?? [0, 0]);

describe('figures of visibilities', () => {
  it('show the target against frequency and uv distance from zero, windows named as in the ASDM', () => {
    const { panels, legend } = targetSection(data, { spws: [17, 19] });
    expect(panels.map((panel) => `${panel.title}; ${panel.x.label}`)).toEqual([
      'spw 17, 230.50 GHz; frequency (GHz)',
      'spw 19, 232.50 GHz; frequency (GHz)',
      'spw 17, 230.50 GHz; uv distance (m)',
      'spw 19, 232.50 GHz; uv distance (m)',
    ]);
    for (const [low, high] of ranges(panels)) expect([low, high > 1.82]).toEqual([0, true]);
    expect(legend?.map((entry) => entry.label)).toEqual(['XX', 'YY']);
  });

  it('show the flux calibrator about its model', () => {
    const curve = { spwId: 0, distance: Float64Array.of(30, 300), amplitude: Float64Array.of(1.83, 1.83) };
    const { panels, legend } = fluxSection(data, [curve]);
    expect(panels[0].series).toHaveLength(3);
    expect(panels[1].series).toHaveLength(2);
    const [[low, high]] = ranges(panels);
    expect(low).toBeGreaterThan(1.5);
    expect(low < 1.79 && high > 1.83).toBe(true);
    expect(legend?.[2].label).toBe('model');
    expect(fluxSection(data, []).legend).toHaveLength(2);
  });

  it('show the phase calibrator with phases about zero', () => {
    const { panels } = phaseCalibratorSection(data);
    expect(panels).toHaveLength(4);
    expect(panels[2].y).toMatchObject({ kind: 'phase', range: [-10, 10] });
  });

  it('draw the uv plane with conjugates in kilowavelengths', () => {
    const panel = uvPanel(data);
    expect(Array.from(panel.series[1].x)).toEqual([100, 20]);
    expect(Array.from(panel.series[0].y)).toEqual([50, -30]);
    expect(panel.x.range).toEqual(panel.y.range);
  });
});
