import { describe, expect, it } from 'vitest';
import { parseCasaTime } from '../../../src/astronomy/measures/index.ts';
import { findBodyLines } from '../../../src/pipeline/reduction/body-lines.ts';
import { solarBodies, solarModel } from '../../../src/pipeline/skymodel/index.ts';

/** Windows of 1.875 GHz with 128 channels. */
const windowsAt = (...centres: number[]) =>
  centres.map((centreHz, index) => ({
    spwId: 17 + 2 * index,
    name: `w${index}`,
    centreHz,
    bandwidthHz: 1.875e9,
    chanCount: 128,
    stepHz: 1.875e9 / 128,
  }));
/** A smooth body with an absorption of half its flux density. */
const withLine = (hz: number, fwhm: number) => (from: number, to: number) => {
  const middle = (from + to) / 2;
  return 3 * (middle / 230e9) ** 1.9 * (1 - 0.5 * Math.exp(-2.77 * ((middle - hz) / fwhm) ** 2));
};

describe('findBodyLines', () => {
  it('finds nothing in a smooth spectrum', () => {
    expect(findBodyLines('Mars', windowsAt(230e9, 232e9, 215e9, 217e9), withLine(345e9, 1e9))).toEqual({
      channels: [],
      lostWindows: [],
      decisions: [],
    });
  });

  it('leaves out the channels of an absorption, and no others', () => {
    const { channels, lostWindows, decisions } = findBodyLines(
      'Mars',
      windowsAt(230e9, 232e9, 215e9, 217e9),
      withLine(230.5e9, 0.2e9),
    );
    expect(lostWindows).toEqual([]);
    expect(channels).toHaveLength(1);
    const [first, last] = channels[0].text.split('~').map(Number);
    const line = 63.5 + 0.5e9 / (1.875e9 / 128);
    expect((first + last) / 2).toBeCloseTo(line, -0.5);
    expect(last - first).toBeGreaterThan(16);
    expect(last - first).toBeLessThan(36);
    expect(decisions[0].choice).toBe(`channels ${first}~${last} of window 17 left out on Mars`);
  });

  it('takes the scale of the nearest window where hardly any continuum is left', () => {
    const { channels, lostWindows } = findBodyLines(
      'Neptune',
      windowsAt(230.5e9, 233e9, 215e9, 217e9),
      withLine(230.5e9, 1.5e9),
    );
    expect(channels.find(({ window }) => window === 0)?.text).toBe('0~127');
    expect(lostWindows).toEqual([0]);
  });

  it('finds CO in the atmosphere of Titan', () => {
    const { flux } = solarModel('Titan', parseCasaTime('2013/07/20/01:30:00'), 'ALMA');
    const { channels, lostWindows } = findBodyLines('Titan', windowsAt(231.2e9, 229.2e9, 215e9, 217e9), (from, to) =>
      flux([from, to]),
    );
    expect(lostWindows).toEqual([]);
    expect(channels.map(({ window }) => window)).toEqual([0, 1]);
    expect(channels[0].text).toMatch(/^0~\d+$/);
    expect(channels[1].text).toMatch(/^\d+~127$/);
  });

  it.each(solarBodies)('has a model of %s around all bands of ALMA', (body) => {
    const { flux } = solarModel(body, parseCasaTime('2013/07/20/01:30:00'), 'ALMA');
    for (const hz of [75e9, 955e9])
      expect(
        findBodyLines(body, windowsAt(hz + 11e9 * (hz < 1e11 ? 1 : -1)), (from, to) => flux([from, to])),
      ).toBeDefined();
  });
});
