import { describe, expect, it } from 'vitest';
import { delayOf } from '../../../src/pipeline/calibration/delay-fit.ts';

describe('delay of a spectrum', () => {
  it.each([0, 0.013, -0.2071, 0.49])('%f cycles per channel is found', (delay) => {
    const spectrum = new Float64Array(2 * 96);
    for (let chan = 3; chan < 90; chan++) {
      spectrum[2 * chan] = 5 * Math.cos(2 * Math.PI * (chan * delay + 0.3));
      spectrum[2 * chan + 1] = 5 * Math.sin(2 * Math.PI * (chan * delay + 0.3));
    }
    expect(delayOf(spectrum)).toBeCloseTo(delay, 7);
  });

  it('takes channels of two windows, half as wide in one, together', () => {
    const positions = Array.from({ length: 40 }, (_, chan) => (chan < 20 ? chan : 70.3 + 2 * (chan - 20)));
    const spectrum = Float64Array.from(
      positions.flatMap((x) => [Math.cos(2 * Math.PI * 0.0213 * x), Math.sin(2 * Math.PI * 0.0213 * x)]),
    );
    expect(delayOf(spectrum, positions)).toBeCloseTo(0.0213, 7);
  });
});
