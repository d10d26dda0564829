import { describe, expect, it } from 'vitest';
import {
  PATH_PER_MM,
  radiometerTemperatures,
  TurbulentScreen,
  waterOpacity,
} from '../../../src/pipeline/simulation/atmosphere.ts';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';

describe('water', () => {
  it('has its line at 183.3 GHz, narrower than the radiometer is wide', () => {
    const peak = waterOpacity(183.28, 1);
    expect(peak).toBeGreaterThan(waterOpacity(182.5, 1));
    expect(peak).toBeGreaterThan(waterOpacity(184.1, 1));
    expect(waterOpacity(183.28 + 7.25, 1)).toBeLessThan(peak / 10);
    expect(waterOpacity(186, 2)).toBeCloseTo(2 * waterOpacity(186, 1), 12);
  });

  it('is warmer close to the line and saturates there', () => {
    const at = (column: number) => {
      const temperatures = new Float32Array(4);
      radiometerTemperatures(column, temperatures, 0);
      return Array.from(temperatures);
    };
    const [thin, thick] = [at(0.5), at(5)];
    for (let channel = 1; channel < 4; channel++) expect(thin[channel]).toBeLessThan(thin[channel - 1]);
    expect(thick[0]).toBeGreaterThan(255);
    expect(thick[3]).toBeLessThan(260);
    // About 6.5 m of path for one of water: the channels see some 10 to 30 K per mm of path.
    expect(PATH_PER_MM).toBeCloseTo(6.5e-3, 4);
    const slope = (at(1.01)[1] - at(1)[1]) / (0.01 * PATH_PER_MM * 1e3);
    expect(slope).toBeGreaterThan(3);
    expect(slope).toBeLessThan(30);
  });
});

describe('TurbulentScreen', () => {
  it('has the stated rms at 300 m and grows with distance about as Kolmogorov says', () => {
    const rms = (distance: number) => {
      let sum = 0;
      let count = 0;
      for (let seed = 0; seed < 12; seed++) {
        const screen = new TurbulentScreen(new RandomStream(seed, 'screen'), 100e-6);
        for (let step = 0; step < 60; step++) {
          const angle = step;
          const time = 400 * step;
          const x = distance * Math.cos(angle);
          const y = distance * Math.sin(angle);
          sum += (screen.path(x, y, time) - screen.path(0, 0, time)) ** 2;
          count++;
        }
      }
      return Math.sqrt(sum / count);
    };
    expect(rms(300) / 100e-6).toBeCloseTo(1, 0.8);
    const exponent = Math.log(rms(400) / rms(100)) / Math.log(4);
    expect(exponent).toBeGreaterThan(0.6);
    expect(exponent).toBeLessThan(1);
  });

  it('is blown by the wind', () => {
    const screen = new TurbulentScreen(new RandomStream(1, 'wind'), 100e-6);
    const seconds = 20;
    const [east, north] = [9 * Math.cos(0.8) * seconds, 9 * Math.sin(0.8) * seconds];
    expect(screen.path(100 + east, 50 + north, seconds)).toBeCloseTo(screen.path(100, 50, 0), 12);
  });
});
