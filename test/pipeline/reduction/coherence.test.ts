import { describe, expect, it } from 'vitest';
import { judgeCoherence, measureSteadiness } from '../../../src/pipeline/reduction/coherence.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { ANTENNAS, air, middle, type Phase, SCANS, timesOf, viewOf } from './calibrator-view.ts';

const field = (id: number) => ({ id, name: `F${id}`, ra: 0.01 * id, dec: 0 });
const observation = { skyScans: SCANS, phase: [field(1)], targets: [field(2)] } as unknown as Observation;
const SEEN = new Set(SCANS.filter(({ fieldId }) => fieldId < 2).map(({ number }) => number));

/** What is lost over all baselines where the phases at the middles of the calibrator's scans are interpolated. */
function trueLoss(phase: Phase): number {
  let [sum, count] = [0, 0];
  for (const target of SCANS.filter(({ fieldId }) => fieldId === 2)) {
    const [before, after] = [target.number - 1, target.number + 1].map((number) =>
      middle(SCANS.find((scan) => scan.number === number) as (typeof SCANS)[number]),
    );
    for (const time of timesOf(target)) {
      const share = (time - before) / (after - before);
      const left = ANTENNAS.map(
        (_, ant) => phase(ant, time) - (1 - share) * phase(ant, before) - share * phase(ant, after),
      );
      for (let one = 0; one < left.length; one++)
        for (let two = one + 1; two < left.length; two++) {
          sum += Math.cos(left[one] - left[two]);
          count++;
        }
    }
  }
  return 1 - sum / count;
}

const judged = (phase: Phase) => judgeCoherence(observation, measureSteadiness(viewOf(phase)), SEEN);

describe('judgeCoherence', () => {
  it('tells what air takes from the target, within a third in the mean over arrays', () => {
    for (const [width, rms] of [
      [200, 110e-6],
      [400, 110e-6],
      [800, 80e-6],
    ]) {
      const ratios = Array.from({ length: 8 }, (_, seed) => {
        const phase = air(seed, width, rms);
        return judged(phase).loss / trueLoss(phase);
      });
      expect(Math.min(...ratios)).toBeGreaterThan(0.4);
      expect(Math.max(...ratios)).toBeLessThan(2.5);
      expect(Math.abs(Math.log(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length))).toBeLessThan(0.33);
    }
  });

  it('names antennas that lose most', () => {
    const phase = air(3, 400, 150e-6);
    const [decision] = judged((ant, time) => (ant === 4 || ant > 8 ? 1 : 0.1) * phase(ant, time)).decisions;
    expect(decision.choice).toMatch(/^about \d+ % of the target's amplitudes are lost$/);
    expect(decision.reason).toMatch(/of A4 \d+ deg, A9 \d+ deg, A10 \d+ deg, A11 \d+ deg\.$/);
  });

  it('says nothing of steady phases and of drifts, which interpolation follows', () => {
    expect(judged((ant) => ant)).toEqual({ loss: expect.closeTo(0, 6), decisions: [] });
    const drift = judged((ant, time) => (ant === 2 ? 1e-3 * time : 0));
    expect(drift.decisions).toEqual([]);
  });
});
