import { describe, expect, it } from 'vitest';
import type { CalibratorView, IntegrationGains } from '../../../src/pipeline/reduction/gain-series.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { checkPositions } from '../../../src/pipeline/reduction/position-check.ts';

const ANTENNAS = ['DA41', 'DA42', 'DA43', 'DA44', 'DV01'];
const SPWS = [0, 1];
const FIELDS = [0, 1, 2].map((id) => ({ id, name: `J${id}`, ra: 0.3 * id, dec: -0.4 - 0.1 * id }));

/** Nine scans of three calibrators; phases are steady but for noise in YY of DA44. */
function view(): CalibratorView {
  const integrations: IntegrationGains[] = [];
  for (let scan = 1; scan <= 9; scan++) {
    for (const spwId of SPWS) {
      const gains = new Float32Array(4 * ANTENNAS.length);
      ANTENNAS.forEach((antenna, ant) => {
        for (const pol of [0, 1]) {
          const noise = antenna === 'DA44' && pol === 1 ? 2.9 * Math.sin(31 * scan) : 1e-3 * Math.sin(scan * ant);
          gains.set([Math.cos(ant + noise), Math.sin(ant + noise)], 2 * (2 * ant + pol));
        }
      });
      const [flag, snr] = [new Uint8Array(2 * ANTENNAS.length), new Float32Array(2 * ANTENNAS.length).fill(30)];
      integrations.push({ fieldId: scan % 3, scan, spwId, time: 4.88e9 + 300 * scan, gains, snr, flag });
    }
  }
  return { antennas: ANTENNAS, polCount: 2, integrations, powers: new Map(), scanSnr: new Map() };
}

const observation = {
  science: SPWS.map((spwId) => ({ spwId, centreHz: 230e9 + 2e9 * spwId })),
  bandpass: FIELDS[0],
  flux: FIELDS[1],
  phase: [FIELDS[2]],
  otherFlux: [],
  targets: [],
  fields: FIELDS,
} as unknown as Observation;

describe('the check of antenna positions', () => {
  it('blames no position for a polarization that is known to be dead', () => {
    const { decisions: unaware } = checkPositions(view(), observation, []);
    expect(unaware[0].choice).toMatch(/DA44/);
    const { decisions, offsets } = checkPositions(view(), observation, [{ antenna: 'DA44', pol: 1, spwIds: SPWS }]);
    expect(decisions[0].choice).toBe('no errors seen');
    expect(offsets).toEqual({});
  });
});
