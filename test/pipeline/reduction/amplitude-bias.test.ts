import { describe, expect, it } from 'vitest';
import { amplitudeBias } from '../../../src/pipeline/reduction/amplitude-bias.ts';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';

interface Observation {
  readonly antennaCount: number;
  /** Of a gain of an integration. */
  readonly snr: number;
  readonly integrationCount: number;
  readonly windowCount: number;
  /** Integrations that have their phases in common. */
  readonly interval: number;
}

/** Visibilities that are looked at: their mean has an error of √2/200 of its own excess. */
const SAMPLE_COUNT = 40_000;

/**
 * How much longer noise makes visibilities of a point of 1 Jy: phases of antennas to first order, common to the windows, then moduli of
 * the sums over a scan, less the noise along the visibility, whose mean is 0.
 */
function meanExcess({ antennaCount, snr, integrationCount, windowCount, interval }: Observation): number {
  const random = new RandomStream(1, `${antennaCount} ${snr} ${integrationCount}`);
  const noise = Math.sqrt((antennaCount - 1) / 2) / snr;
  const baselines = Array.from({ length: antennaCount }, (_, ant2) =>
    Array.from({ length: ant2 }, (_unused, ant1) => [ant1, ant2] as const),
  ).flat();
  const trialCount = Math.ceil(SAMPLE_COUNT / baselines.length / windowCount);
  let sum = 0;
  for (let trial = 0; trial < trialCount; trial++) {
    const sums = Array.from({ length: windowCount }, () => baselines.map(() => [0, 0]));
    for (let first = 0; first < integrationCount; first += interval) {
      const integrations = Array.from({ length: interval }, () =>
        sums.map(() => baselines.map(() => [1 + noise * random.normal(), noise * random.normal()])),
      );
      const phases = new Float64Array(antennaCount);
      baselines.forEach(([ant1, ant2], baseline) => {
        const parts = integrations.flat();
        const im = parts.reduce((total, own) => total + own[baseline][1], 0) / parts.length / antennaCount;
        phases[ant1] += im;
        phases[ant2] -= im;
      });
      for (const parts of integrations)
        parts.forEach((own, window) => {
          own.forEach(([re, im], baseline) => {
            const turn = phases[baselines[baseline][0]] - phases[baselines[baseline][1]];
            sums[window][baseline][0] += re * Math.cos(turn) + im * Math.sin(turn);
            sums[window][baseline][1] += im * Math.cos(turn) - re * Math.sin(turn);
            sum -= re / integrationCount;
          });
        });
    }
    for (const [re, im] of sums.flat()) sum += Math.hypot(re, im) / integrationCount;
  }
  return sum / (trialCount * baselines.length * windowCount);
}

describe('amplitudeBias', () => {
  it.each([
    { antennaCount: 4, snr: 20, integrationCount: 4, windowCount: 1, interval: 1 },
    { antennaCount: 4, snr: 20, integrationCount: 4, windowCount: 1, interval: 2 },
    { antennaCount: 4, snr: 20, integrationCount: 1, windowCount: 1, interval: 1 },
    { antennaCount: 8, snr: 15, integrationCount: 2, windowCount: 4, interval: 1 },
    { antennaCount: 8, snr: 15, integrationCount: 4, windowCount: 1, interval: 4 },
    { antennaCount: 12, snr: 20, integrationCount: 4, windowCount: 4, interval: 1 },
  ])(
    'foretells how much too long noise makes visibilities of $antennaCount antennas in $integrationCount integrations, $windowCount windows and phases of $interval',
    (observation) => {
      const { antennaCount, snr, integrationCount, windowCount, interval } = observation;
      const ofWindows = new Map(Array.from({ length: windowCount }, (_, window) => [window, snr] as const));
      const field = {
        fieldId: 0,
        snr: ofWindows,
        integrationCount: 10,
        integrationsPerScan: integrationCount,
        integrationSec: 6,
      };
      const isJoined = windowCount > 1;
      const leastSnr = snr * Math.sqrt(windowCount * interval);
      const bias = amplitudeBias(field, { antennaCount }, { isJoined, leastSnr }, 0);
      // Four errors of the mean; N in place of N-1 changes the last by 8 %.
      expect(Math.abs(bias / meanExcess(observation) - 1)).toBeLessThan(0.03);
    },
  );
});
