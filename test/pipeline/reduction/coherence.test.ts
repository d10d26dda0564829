import { describe, expect, it } from 'vitest';
import { judgeCoherence, measureSteadiness } from '../../../src/pipeline/reduction/coherence.ts';
import type { CalibratorView } from '../../../src/pipeline/reduction/gain-series.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';
import { ANTENNAS, air, middle, type Phase, SCANS, timesOf, viewOf } from './calibrator-view.ts';

const field = (id: number) => ({ id, name: `F${id}`, ra: 0.01 * id, dec: 0 });
const observation = { skyScans: SCANS, phase: [field(1)], targets: [field(2)] } as unknown as Observation;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
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

const judged = (phase: Phase, seen = observation, view = viewOf(phase)) =>
  judgeCoherence(seen, measureSteadiness(view, [1]), SEEN);

/** A view with noise of the phases. */
function noisy(phase: Phase, snr: number, seed: number): CalibratorView {
  const random = new RandomStream(seed, 'noise');
  const view = viewOf((ant, time) => phase(ant, time) + random.normal() / snr);
  for (const one of view.integrations) one.snr.fill(snr);
  return view;
}

describe('judgeCoherence', () => {
  it('tells what air takes from the target: right in the mean over arrays, within a factor of two in 19 of 20', () => {
    const ratios = [
      [200, 110e-6],
      [400, 110e-6],
      [800, 80e-6],
    ].map(([width, rms]) =>
      Array.from({ length: 20 }, (_, seed) => {
        const phase = air(seed, width, rms);
        return judged(phase).loss / trueLoss(phase);
      }),
    );
    // Of 60 arrays 57, give or take 1.7.
    expect(ratios.flat().filter((ratio) => ratio > 0.5 && ratio < 2).length).toBeGreaterThanOrEqual(54);
    // Their logarithms scatter by 0.4: means of 20 by 0.09.
    for (const all of ratios) expect(Math.abs(Math.log(mean(all)))).toBeLessThan(0.18);
  });

  it('does not take noise for a loss', () => {
    for (const snr of [20, 8, 3.5])
      for (let seed = 0; seed < 12; seed++) {
        const { loss, decisions } = judged(
          () => 0,
          observation,
          noisy(() => 0, snr, seed),
        );
        expect(loss).toBeLessThan(0.01);
        expect(decisions).toEqual([]);
      }
    const phase = air(1, 400, 110e-6);
    expect(judged(phase, observation, noisy(phase, 20, 1)).loss / judged(phase).loss).toBeCloseTo(1, 1);
  });

  it('takes the scans of the phase calibrator that follow one another', () => {
    const phase = air(3, 400, 150e-6);
    const view = viewOf(phase);
    const late = view.integrations.slice(0, 3).map((one) => ({ ...one, scan: 99, time: one.time + 3000 }));
    const more = { ...view, integrations: [...view.integrations, ...late] };
    const [{ reason }] = judged(phase, observation, more).decisions;
    expect(reason).toMatch(/^From one scan of a calibrator to its next, 130 s later,/);
    expect(measureSteadiness(more, [1]).between).toEqual(measureSteadiness(view).between);
  });

  it('leaves out targets whose phase calibrator was not seen', () => {
    const unseen = { number: 90, fieldId: 8, fieldIds: [8], spwIds: [0], startSec: 400, endSec: 480 };
    const more = {
      ...{ skyScans: [...SCANS, unseen], phase: [field(1), field(7)], targets: [field(2), field(8)] },
    } as unknown as Observation;
    for (const phase of [
      air(3, 400, 150e-6),
      air(1, 1500, 60e-6),
      (ant: number, time: number) => 1e-6 * ant * time ** 2,
    ])
      expect(judged(phase, more)).toEqual(judged(phase));
  });

  it('names antennas that lose most', () => {
    const phase = air(3, 400, 150e-6);
    const [decision] = judged((ant, time) => (ant === 4 || ant > 8 ? 1 : 0.1) * phase(ant, time)).decisions;
    expect(decision.choice).toMatch(/^about \d+ % of the target's amplitudes are lost$/);
    expect(decision.reason).toMatch(
      /err by about \d+ deg, on A4 \d+ deg, on A9 \d+ deg, on A10 \d+ deg, on A11 \d+ deg\. A single/,
    );
  });

  it('says nothing of steady phases and of drifts, which interpolation follows', () => {
    expect(judged((ant) => ant)).toEqual({ loss: expect.closeTo(0, 6), decisions: [] });
    for (const rate of [0.005, 0.01, 0.015]) {
      const drift: Phase = (ant, time) => rate * time * (ant / 5.5 - 1);
      expect(trueLoss(drift)).toBeCloseTo(0, 9);
      expect(judged(drift)).toEqual({ loss: expect.closeTo(0, 6), decisions: [] });
    }
  });
});
