import { describe, expect, it } from 'vitest';
import { amplitudeBias } from '../../../src/pipeline/reduction/amplitude-bias.ts';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';

/** Visibilities of a point of 1 Jy in windows and integrations; phases of antennas to first order, then moduli of the sums. */
function meanModulus(antennaCount: number, snr: number, integrationCount: number, windowCount: number): number {
  const random = new RandomStream(1, `${antennaCount} ${snr} ${integrationCount}`);
  const noise = Math.sqrt((antennaCount - 1) / 2) / snr;
  const baselines = Array.from({ length: antennaCount }, (_, ant2) =>
    Array.from({ length: ant2 }, (_unused, ant1) => [ant1, ant2] as const),
  ).flat();
  let [sum, count] = [0, 0];
  for (let trial = 0; trial < 300; trial++) {
    const sums = Array.from({ length: windowCount }, () => baselines.map(() => [0, 0]));
    for (let integration = 0; integration < integrationCount; integration++) {
      const parts = sums.map(() => baselines.map(() => [1 + noise * random.normal(), noise * random.normal()]));
      const phases = new Float64Array(antennaCount);
      baselines.forEach(([ant1, ant2], baseline) => {
        const im = parts.reduce((total, own) => total + own[baseline][1], 0) / windowCount / antennaCount;
        phases[ant1] += im;
        phases[ant2] -= im;
      });
      parts.forEach((own, window) => {
        own.forEach(([re, im], baseline) => {
          const turn = phases[baselines[baseline][0]] - phases[baselines[baseline][1]];
          sums[window][baseline][0] += re * Math.cos(turn) + im * Math.sin(turn);
          sums[window][baseline][1] += im * Math.cos(turn) - re * Math.sin(turn);
        });
      });
    }
    for (const [re, im] of sums.flat()) sum += Math.hypot(re, im) / integrationCount;
    count += windowCount * baselines.length;
  }
  return sum / count;
}

describe('amplitudeBias', () => {
  it.each([
    [4, 5, 4, 1],
    [8, 5, 2, 4],
    [16, 5, 4, 4],
    [30, 10, 1, 1],
  ])(
    'foretells how much too long noise makes visibilities: %i antennas, a ratio of %d, %i integrations, %i windows',
    (antennaCount, snr, integrationsPerScan, windowCount) => {
      const ofWindows = new Map(Array.from({ length: windowCount }, (_, window) => [window, snr] as const));
      const field = { fieldId: 0, snr: ofWindows, integrationCount: 10, integrationsPerScan, integrationSec: 6 };
      const isJoined = windowCount > 1;
      const bias = amplitudeBias(field, { antennaCount }, { isJoined, leastSnr: 5 }, 0);
      const found = meanModulus(antennaCount, snr, integrationsPerScan, windowCount) - 1;
      expect(Math.abs(bias / found - 1)).toBeLessThan(0.35);
    },
  );
});
