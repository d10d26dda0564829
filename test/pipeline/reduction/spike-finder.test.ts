import { describe, expect, it } from 'vitest';
import { findSpikes, ozoneRise } from '../../../src/pipeline/reduction/spike-finder.ts';
import { randomNumbers } from '../../reference/random.ts';

/** A sloping band with a scatter of 2 percent. */
function band(count: number): Float64Array {
  const random = randomNumbers(3);
  return Float64Array.from({ length: count }, (_, chan) => (2 + chan / count) * (1 + 0.07 * (random() - 0.5)));
}

describe('findSpikes', () => {
  it('finds one or two channels that stand out, and how far', () => {
    const power = band(128);
    power[40] *= 1.6;
    power[90] *= 3;
    power[91] *= 2;
    const spikes = findSpikes(power);
    expect(spikes.map(({ first, last }) => [first, last])).toEqual([
      [40, 40],
      [90, 91],
    ]);
    expect(spikes[1].ratio).toBeGreaterThan(2.8);
    expect(spikes[1].ratio).toBeLessThan(3.2);
  });

  it('leaves noise, slopes, wide features, dips and flagged channels alone', () => {
    const power = band(128);
    for (let chan = 60; chan < 70; chan++) power[chan] *= 2;
    power[20] *= 0.1;
    power.fill(Number.NaN, 100, 104);
    expect(findSpikes(power)).toEqual([]);
    // The same on a source so bright that no rise of the noise explains it.
    expect(findSpikes(power, 0.02).map(({ first, last }) => [first, last])).toEqual([[60, 69]]);
    expect(findSpikes(new Float64Array(64).fill(Number.NaN))).toEqual([]);
  });

  it('leaves the band alone, however bright the source: wide bumps, edges that rise and ripples', () => {
    const bump = (middle: number, width: number) => (_: number, chan: number) =>
      Math.exp(-(((chan - middle) / width) ** 2));
    const flat = band(1920).map((value) => 2 + (value - 2) / 10);
    const shapes = [
      flat.map(bump(768, 60)),
      flat.map((_, chan) => Math.exp(-Math.min(chan, 1919 - chan) / 40)),
      flat.map((_, chan) => Math.sin(chan / 20)),
    ];
    for (const shape of shapes) {
      const power = flat.map((value, chan) => value * (1 + 0.3 * shape[chan]));
      expect(findSpikes(power, 0)).toEqual([]);
      power[900] *= 4;
      expect(findSpikes(power, 0).map(({ first, last }) => [first, last])).toEqual([[900, 900]]);
    }
  });

  it('takes what is wide and sharp for a spike only where it is much', () => {
    const rise = (factor: number) => band(128).map((value, chan) => (chan >= 60 && chan < 70 ? factor * value : value));
    expect(findSpikes(rise(1.3), 0)).toEqual([]);
    expect(findSpikes(rise(1.8), 0).map(({ first, last }) => [first, last])).toEqual([[60, 69]]);
  });

  it('looks through a window of many channels', () => {
    const power = band(30_720);
    power[20_000] *= 3;
    expect(findSpikes(power).map(({ first }) => first)).toEqual([20_000]);
  });

  it('takes no line of ozone for a spike, but one that stands out far from where ozone is', () => {
    const freqs = Float64Array.from({ length: 480 }, (_, chan) => 230.514e9 + 3.906e6 * chan);
    const ozone = ozoneRise(freqs);
    const line = ozone.indexOf(Math.max(...ozone));
    expect(Math.abs(freqs[line] - 231.2815e9)).toBeLessThan(3e6);
    expect([ozone[line - 60], ozone[line + 60]].every((rise) => rise < 0.05)).toBe(true);
    const power = band(480);
    for (let chan = 0; chan < 480; chan++) power[chan] *= 1 + 0.3 / (1 + ((freqs[chan] - 231.2815e9) / 8e6) ** 2);
    power[400] *= 1.5;
    expect(findSpikes(power).length).toBeGreaterThan(1);
    expect(findSpikes(power, 1, ozone).map(({ first, last }) => [first, last])).toEqual([[400, 400]]);
    power[line + 5] *= 12;
    power[line - 30] *= 2;
    expect(findSpikes(power, 1, ozone)).toHaveLength(3);
  });
});
