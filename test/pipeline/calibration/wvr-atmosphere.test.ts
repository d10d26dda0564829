import { describe, expect, it } from 'vitest';
import { arena } from '../../../src/foundation/numeric/index.ts';
import { WaterLayer, WaterMisfit } from '../../../src/pipeline/calibration/wvr-atmosphere.ts';

const brightness = (column: number, temperature = 270, pressure = 450) => {
  const values = new Float64Array(4);
  new WaterLayer().at(temperature, pressure).brightness(column, values);
  return values;
};

describe('a layer of water vapour', () => {
  it('shows the background and the spill-over when it is dry, its own temperature when it is thick', () => {
    // Planck-corrected: the Rayleigh-Jeans brightness of 270 K at 183 GHz is 265.6 K.
    expect([...brightness(1e-9)].every((kelvin) => kelvin > 5.5 && kelvin < 6.6)).toBe(true);
    for (const kelvin of brightness(1000)) expect(kelvin).toBeCloseTo(0.98 * 265.63 + 0.02 * 275, 0);
  });

  it('is brightest next to the line', () => {
    const [one, two, three, four] = brightness(1);
    expect(one > two && two > three && three > four).toBe(true);
  });

  it('has the slope of its brightness', () => {
    const layer = new WaterLayer().at(270, 450);
    const slope = new Float64Array(4);
    layer.slope(1, slope);
    const step = 1e-4;
    const [up, down] = [brightness(1 + step), brightness(1 - step)];
    for (let channel = 0; channel < 4; channel++) {
      expect(slope[channel]).toBeCloseTo((up[channel] - down[channel]) / (2 * step) / layer.pathPerMm, 5);
    }
  });

  it('has a fast misfit that is half the squared distance', () => {
    const measured = brightness(1.3);
    const [other, expected] = [brightness(1.1, 262, 510), measured];
    const half = 0.5 * other.reduce((sum, kelvin, channel) => sum + (kelvin - expected[channel]) ** 2, 0);
    arena().scope((lease) => {
      const misfit = new WaterMisfit(lease, measured);
      expect(misfit.of(1.1, 262, 510) / half).toBeCloseTo(1, 11);
      expect(misfit.of(1.3, 270, 450)).toBeLessThan(1e-18);
    });
  });

  it('delays by 6.5 mm per mm of water at 270 K', () => {
    expect(new WaterLayer().at(270, 450).pathPerMm).toBeCloseTo(6.45, 2);
  });
});
