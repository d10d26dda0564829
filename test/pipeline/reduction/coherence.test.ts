import { describe, expect, it } from 'vitest';
import { judgeCoherence, measureSteadiness } from '../../../src/pipeline/reduction/coherence.ts';
import type { CalibratorView } from '../../../src/pipeline/reduction/gain-series.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { TurbulentScreen } from '../../../src/pipeline/simulation/atmosphere.ts';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';

const ANTENNAS = Array.from({ length: 12 }, (_, ant) => `A${ant}`);
const WAVELENGTH = 1.3e-3;
const INTEGRATION_SEC = 6;
/** Scans of field 0, the bandpass calibrator, then of field 1 before, between and after those of field 2, the target; s. */
const SCANS = [
  { number: 1, fieldId: 0, startSec: 0, endSec: 72 },
  ...Array.from({ length: 6 }, (_, visit) => ({
    number: 2 + 2 * visit,
    fieldId: 1,
    startSec: 200 + 130 * visit,
    endSec: 218 + 130 * visit,
  })),
  ...Array.from({ length: 5 }, (_, visit) => ({
    number: 3 + 2 * visit,
    fieldId: 2,
    startSec: 230 + 130 * visit,
    endSec: 310 + 130 * visit,
  })),
].map((scan) => ({ ...scan, fieldIds: [scan.fieldId], spwIds: [0] }));
const field = (id: number) => ({ id, name: `F${id}`, ra: 0.01 * id, dec: 0 });
const observation = { skyScans: SCANS, phase: [field(1)], targets: [field(2)] } as unknown as Observation;
const SEEN = new Set(SCANS.filter(({ fieldId }) => fieldId < 2).map(({ number }) => number));

type Phase = (ant: number, time: number) => number;
const middle = ({ startSec, endSec }: { startSec: number; endSec: number }) => (startSec + endSec) / 2;
const timesOf = ({ startSec, endSec }: { startSec: number; endSec: number }) =>
  Array.from({ length: (endSec - startSec) / INTEGRATION_SEC }, (_, at) => startSec + (at + 0.5) * INTEGRATION_SEC);

function view(phase: Phase): CalibratorView {
  const integrations = SCANS.filter(({ fieldId }) => fieldId < 2).flatMap((scan) =>
    timesOf(scan).map((time) => {
      const gains = new Float32Array(ANTENNAS.length * 4);
      ANTENNAS.forEach((_, ant) => {
        gains[4 * ant] = Math.cos(phase(ant, time));
        gains[4 * ant + 1] = Math.sin(phase(ant, time));
      });
      const flag = Uint8Array.from({ length: ANTENNAS.length * 2 }, (_, cell) => cell % 2);
      const snr = new Float32Array(ANTENNAS.length * 2).fill(1e4);
      return { fieldId: scan.fieldId, scan: scan.number, spwId: 0, time, gains, snr, flag };
    }),
  );
  return { antennas: ANTENNAS, polCount: 1, integrations, powers: new Map(), scanSnr: new Map() };
}

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

/** Air over antennas in an array so wide (m), with so much path over 300 m. */
function air(seed: number, width: number, rms300m: number): Phase {
  const screen = new TurbulentScreen(new RandomStream(seed, 'screen'), rms300m);
  const place = new RandomStream(seed, 'places');
  const at = ANTENNAS.map(() => [width * place.between(-0.5, 0.5), width * place.between(-0.5, 0.5)]);
  return (ant, time) => (2 * Math.PI * screen.path(at[ant][0], at[ant][1], time)) / WAVELENGTH;
}

const judged = (phase: Phase) => judgeCoherence(observation, measureSteadiness(view(phase)), SEEN);

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
