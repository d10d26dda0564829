import { describe, expect, it } from 'vitest';
import { regridChannels } from '../../../src/astronomy/visibility/index.ts';
import { SPEED_OF_LIGHT } from '../../../src/foundation/base/index.ts';

const FREQS = Array.from({ length: 10 }, (_, chan) => 100e9 + chan * 1e6);
const WIDTHS = new Array<number>(10).fill(1e6);

describe('regridChannels', () => {
  it('keeps the channels by default and joins them by number', () => {
    const same = regridChannels(FREQS, WIDTHS, { mode: 'channel', start: 0, width: 1 });
    expect([...same.freqs]).toEqual(FREQS);
    expect(same.weightScale).toBe(1);
    const joined = regridChannels(FREQS, WIDTHS, { mode: 'channel', start: 2, width: 3, nchan: 2 });
    expect([...joined.freqs]).toEqual([100.003e9, 100.006e9]);
    expect([...joined.widths]).toEqual([3e6, 3e6]);
    expect(joined.weightScale).toBe(3);
  });

  it('begins at the centre of the first channel in frequency', () => {
    const { freqs } = regridChannels(FREQS, WIDTHS, { mode: 'frequency', start: 100.002e9, width: 2e6, nchan: 3 });
    expect([...freqs]).toEqual([100.002e9, 100.004e9, 100.006e9]);
  });

  it('takes as many channels as fit', () => {
    expect(regridChannels(FREQS, WIDTHS, { mode: 'frequency', width: 3e6 }).freqs).toHaveLength(3);
    expect(regridChannels(FREQS, WIDTHS, { mode: 'frequency', start: 100.0045e9, width: 2e6 }).freqs).toHaveLength(3);
  });

  it('puts channels at even velocities, the first at the highest frequency', () => {
    const rest = 100.005e9;
    const request = { mode: 'velocity', restFrequency: rest, start: -6000, width: 4000, nchan: 4 } as const;
    const radio = regridChannels(FREQS, WIDTHS, request);
    const velocities = Array.from(radio.freqs, (frequency) => SPEED_OF_LIGHT * (1 - frequency / rest)).reverse();
    velocities.forEach((velocity, chan) => {
      expect(velocity).toBeCloseTo(-6000 + 4000 * chan, 3);
    });
    const optical = regridChannels(FREQS, WIDTHS, { ...request, veltype: 'optical' });
    const steps = Array.from(optical.freqs, (frequency) => SPEED_OF_LIGHT * (rest / frequency - 1)).reverse();
    expect(steps[1] - steps[0]).toBeCloseTo(4000, 1);
    expect(steps[3] - steps[2]).toBeCloseTo(4000, 1);
  });

  it('puts channels of optical velocity about the middle of windows whose channels differ', () => {
    const request = { mode: 'velocity', veltype: 'optical', restFrequency: 100.005e9 } as const;
    const widths = [3e6, 1e6, 1e6, 1e6];
    const freqs = [100.0015e9, 100.0035e9, 100.0045e9, 100.0055e9];
    const wide = regridChannels(freqs, widths, { ...request, width: 15_000 });
    expect([...wide.freqs]).toHaveLength(1);
    expect(wide.freqs[0]).toBeCloseTo(100.003e9, 3);
    // A width between those of the old channels is that of all new ones, to the last digit.
    const kept = regridChannels(freqs, widths, { ...request, width: 4_000 });
    const [low, high] = [-0.5, 0.5].map((part) => kept.freqs[0] + part * kept.widths[0]);
    expect(SPEED_OF_LIGHT * 100.005e9 * (1 / low - 1 / high)).toBeCloseTo(4_000, 3);
  });

  it('compares the mean width with the old channel of the lowest frequency', () => {
    const freqs = [100.0005e9, 100.002e9, 100.004e9];
    const request = { mode: 'frequency', width: 2e6 } as const;
    const up = regridChannels(freqs, [1e6, 2e6, 2e6], request);
    expect([up.weightScale, up.widthRatio]).toEqual([2, 2]);
    const down = regridChannels([...freqs].reverse(), [2e6, 2e6, 1e6], request);
    expect([down.weightScale, down.widthRatio]).toEqual([1, 2]);
  });

  it('follows descending frequencies', () => {
    const { freqs, widths } = regridChannels([...FREQS].reverse(), WIDTHS, {
      mode: 'channel',
      start: 1,
      width: 1,
      nchan: 3,
    });
    expect([...freqs]).toEqual([100.008e9, 100.007e9, 100.006e9]);
    expect([...widths]).toEqual([-1e6, -1e6, -1e6]);
  });

  it('refuses a first channel outside of the window, of which nothing is left', () => {
    const outside = [
      { mode: 'frequency', start: 101e9 },
      { mode: 'velocity', start: 6e6, nchan: 8, restFrequency: 100e9, veltype: 'optical' },
      { mode: 'velocity', start: 6e6, restFrequency: 100e9 },
    ] as const;
    for (const request of outside)
      expect(() => regridChannels(FREQS, WIDTHS, request)).toThrow(/99\.999500 to 100\.009500 GHz/);
  });

  it('refuses narrower channels and velocities without a rest frequency', () => {
    expect(() => regridChannels(FREQS, WIDTHS, { mode: 'frequency', width: 0.5e6 })).toThrow(/narrower/);
    expect(() => regridChannels(FREQS, WIDTHS, { mode: 'velocity' })).toThrow(/restfreq/);
  });
});
