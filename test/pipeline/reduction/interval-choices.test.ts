import { describe, expect, it } from 'vitest';
import { chooseIntervals } from '../../../src/pipeline/reduction/interval-choices.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { chooseReferenceAntenna } from '../../../src/pipeline/reduction/reference-antenna.ts';

const field = (id: number, name: string) => ({ id, name, ra: 0, dec: 0 });
const observation = {
  antennas: ['A', 'B', 'C', 'D'].map((name, index) => ({ name, position: [10 * index, 0, 0] })),
  science: [{ chanCount: 128 }, { chanCount: 128 }],
  bandpass: field(0, 'bright'),
  flux: field(0, 'bright'),
  phase: [field(2, 'faint')],
  otherFlux: [],
  observed: [],
  targets: [field(3, 'target')],
} as unknown as Observation;

/** Signal-to-noise ratios of an integration in the better window; the other one has half of it. */
function intervals(bright: number, faint: number) {
  const of = (fieldId: number, snr: number) => {
    const both = new Map([
      [0, snr],
      [1, snr / 2],
    ]);
    return { fieldId, snr: both, integrationCount: 14, integrationsPerScan: 14, integrationSec: 6.048 };
  };
  return chooseIntervals(observation, { fields: [of(0, bright), of(2, faint)], antennaCount: 4 });
}

describe('chooseIntervals', () => {
  it('keeps integrations and channels where all is bright', () => {
    const { phase, bandpass, bandpassPhase, decisions } = intervals(400, 40);
    expect({ phase, bandpass, bandpassPhase }).toEqual({ phase: 'int', bandpass: 'inf', bandpassPhase: 'int' });
    expect(decisions[0].reason).toMatch(/^The weakest calibrator, faint, has a signal-to-noise ratio of 20 /);
  });

  it('takes as many integrations and channels as are needed', () => {
    // The worse window: 3 of 5 needed, so (5/3)² integrations; 60 √(14/112) = 21 and half of it of 20 in a channel.
    const { phase, bandpass } = intervals(60, 6);
    expect(phase).toBe('18.1s');
    expect(bandpass).toBe('inf,4ch');
  });

  it('joins the windows where one alone has too little signal, and says how much too bright its noise makes it', () => {
    const faint = intervals(400, 4);
    expect(faint).toMatchObject({ isJoined: true, phase: '12.1s' });
    expect(faint.decisions.filter(({ topic }) => topic === 'Faint calibrator').map(({ choice }) => choice)).toEqual([
      'flux densities of faint are too high by about 3 % in its worst window',
    ]);
    expect(intervals(400, 40).isJoined).toBe(false);
  });

  it('takes whole scans, and no less than sixteen solutions of the bandpass, where all is faint', () => {
    expect(intervals(4, 0.5)).toMatchObject({ phase: 'inf', bandpass: 'inf,8ch', bandpassPhase: 'inf' });
  });
});

describe('chooseReferenceAntenna', () => {
  const flags = { A: 0, B: 0, C: 0, D: 0 };

  it('takes the middle of the array, if its phases are steady', () => {
    const steady = { A: 0.1, B: 0.1, C: 0.1, D: 0.1 };
    expect(chooseReferenceAntenna(observation, flags, steady).names[0]).toBe('B');
    expect(chooseReferenceAntenna(observation, flags, { ...steady, B: 0.4 }).names[0]).toBe('C');
    expect(chooseReferenceAntenna(observation, { ...flags, C: 0.5 }, { ...steady, B: 0.4 }).names[0]).toBe('A');
  });

  it('does without phases', () => {
    const { decision } = chooseReferenceAntenna(observation, flags, {});
    expect(decision.choice).toBe('B');
    expect(decision.reason).not.toMatch(/phase/);
  });
});
