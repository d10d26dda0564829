import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { arena, median } from '../../../src/foundation/numeric/index.ts';
import { GainFit } from '../../../src/pipeline/calibration/index.ts';
import { LEAST_SNR, usualRatio, viewCalibrators } from '../../../src/pipeline/reduction/gain-series.ts';
import { randomNumbers } from '../../reference/random.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

/** Ratios of the median antenna in integrations of four antennas with a source of that many times the noise of a visibility. */
function ratios(count: number, source: number): number[] {
  const random = randomNumbers(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const options = { antCount: 4, kind: 'G', mode: 'ap', minBaselines: 2, minSnr: 0, refAnt: -1 } as const;
  return arena().scope((lease) => {
    const fit = new GainFit(options, lease);
    return Array.from({ length: count }, () => {
      const sums = Float64Array.from({ length: 6 * 2 * 3 }, (_, at) =>
        at % 3 === 2 ? 1 : normal() + (at % 3 === 0 ? source : 0),
      );
      return median(fit.solve({ sums, partCount: 1, chanCount: 1, corrCount: 2 }, 0).snr);
    });
  });
}

describe('usualRatio', () => {
  it('takes noise for no signal, however many integrations there are', () => {
    const noise = ratios(600, 0);
    expect(Math.max(...noise)).toBeGreaterThan(LEAST_SNR);
    expect(usualRatio(noise)).toBeLessThan(0.75 * LEAST_SNR);
    expect(usualRatio([...noise, ...ratios(600, 4)])).toBeGreaterThan(LEAST_SNR);
  });

  it('is the ratio of a single scan, the better one of two, and 0 of none', () => {
    expect([usualRatio([5]), usualRatio([2, 5]), usualRatio([])]).toEqual([5, 5, 0]);
  });
});

describe('viewCalibrators', () => {
  it('sees gains and delays as they are beside a spike that is the same on all baselines', () => {
    const vis = join(mkdtempSync(join(tmpdir(), 'qa2-gains-')), 'a.ms');
    const voltages = [1, 1.1, 0.9, 1, 0.3, 1];
    writeSyntheticMs(vis, {
      ...{ antCount: 6, chanCount: 32, spwCount: 1, scanFields: [0], integrations: 2 },
      visibility: ({ ant1, ant2, chan }) => {
        const phase = 0.4 * (ant1 - ant2) + 0.1 * (ant1 - ant2) * (chan - 16);
        const size = voltages[ant1] * voltages[ant2];
        const spike = chan === 11 || chan === 12 ? 60 : 0;
        return [size * Math.cos(phase) + spike, size * Math.sin(phase)];
      },
    });
    const { integrations, powers } = viewCalibrators(silentContext(), vis, [0]);
    expect(powers.get('0 0')?.[11]).toBeGreaterThan(1000);
    for (const { gains } of integrations) {
      const sizes = voltages.map((_, ant) => Math.hypot(gains[4 * ant], gains[4 * ant + 1]));
      sizes.forEach((size, ant) => {
        expect(size / sizes[0]).toBeCloseTo(voltages[ant], 3);
      });
    }
  });
});
