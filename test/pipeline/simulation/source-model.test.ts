import { describe, expect, it } from 'vitest';
import { frequencyShiftFactor, observatoryPosition } from '../../../src/astronomy/measures/index.ts';
import { chooseParameters } from '../../../src/pipeline/simulation/presets.ts';
import { componentFlux, primaryBeam, SKY } from '../../../src/pipeline/simulation/sky.ts';
import { fillPhasor, SourceModel } from '../../../src/pipeline/simulation/source-model.ts';
import { planSpectralSetup } from '../../../src/pipeline/simulation/spectral-setup.ts';
import { sourceVisibility } from '../../reference/source-visibility.ts';

describe('SourceModel', () => {
  const setup = planSpectralSetup(chooseParameters('tiny', { channelCount: 40 }));
  const target = SKY[3];
  const mjdSec = 4_880_600_000;
  const uvw = Float64Array.of(0, 0, 0, 120, -80, 33, -310, 200, -150);
  const geometry = { mjdSec, azimuth: 1, elevation: 1, uvw, positionPath: new Float64Array(3) };

  it('equals the defining sum in windows with and without the line, of both sidebands', () => {
    const factor = frequencyShiftFactor(mjdSec, target.ra, target.dec, observatoryPosition('ALMA'), 'TOPO', 'LSRK');
    for (const id of setup.fullResolution.science) {
      const { frequenciesHz } = setup.windows[id];
      const chanCount = frequenciesHz.length;
      const found = new Float64Array(3 * chanCount * 2);
      new SourceModel(target, setup.windows[id], 3).fill(geometry, found);
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ].forEach(([ant1, ant2], baseline) => {
        const difference = [0, 1, 2].map((axis) => uvw[3 * ant1 + axis] - uvw[3 * ant2 + axis]);
        for (let chan = 0; chan < chanCount; chan += 3) {
          const frequency = frequenciesHz[chan];
          const components = target.components.map((component) => ({
            ...component,
            fluxJy:
              componentFlux(component, frequency, factor) *
              primaryBeam(Math.asin(Math.hypot(component.l, component.m)), frequency),
          }));
          const expected = sourceVisibility(components, difference, frequency);
          const at = 2 * (baseline * chanCount + chan);
          expect(Math.hypot(found[at] - expected[0], found[at + 1] - expected[1])).toBeLessThan(1e-6);
        }
      });
    }
  });

  it('has lines in absorption', () => {
    const window = setup.windows[setup.fullResolution.science[0]];
    const emission = { ...target.components[3], l: 1e-6, m: 0 };
    const [found, mirrored] = [emission, { ...emission, fluxJy: -emission.fluxJy }].map((component) => {
      const values = new Float64Array(3 * window.frequenciesHz.length * 2);
      new SourceModel({ ...target, components: [component] }, window, 3).fill(geometry, values);
      return values;
    });
    expect(Math.max(...found)).toBeGreaterThan(0.1);
    expect(Array.from(mirrored, (value) => 0 - value)).toEqual(Array.from(found));
  });

  it('moves the line by the velocity of the observatory', () => {
    const line = target.components[3];
    const rest = line.line!.restHz * (1 - line.line!.velocityLsrk / 299_792_458);
    expect(componentFlux(line, rest / 1.00003, 1.00003)).toBeCloseTo(line.fluxJy, 12);
    expect(componentFlux(line, rest, 1.00003)).toBeLessThan(line.fluxJy);
  });

  it('walks phasors without losing phase', () => {
    const phasor = new Float64Array(2 * 4000);
    fillPhasor(phasor, 0, 4000, 12_345.678, 0.0123);
    const phase = 2 * Math.PI * ((12_345.678 + 3999 * 0.0123) % 1);
    expect(phasor[2 * 3999]).toBeCloseTo(Math.cos(phase), 9);
    expect(phasor[2 * 3999 + 1]).toBeCloseTo(Math.sin(phase), 9);
  });

  it('has a primary beam of 1 in the middle and a half at its published radius', () => {
    expect(primaryBeam(0, 230e9)).toBe(1);
    const lambdaOverDish = 299_792_458 / 230e9 / 12;
    const half = 0.5 * 1.13 * lambdaOverDish;
    expect(primaryBeam(half, 230e9)).toBeGreaterThan(0.45);
    expect(primaryBeam(half, 230e9)).toBeLessThan(0.55);
    // Far sidelobes: where the power series ends, and where it would overflow.
    expect(primaryBeam(0.00309, 230e9)).toBeCloseTo(primaryBeam(0.003091, 230e9), 6);
    expect(primaryBeam(0.0165, 372e9)).toBeLessThan(1e-6);
  });
});
