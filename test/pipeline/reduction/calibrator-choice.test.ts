import { describe, expect, it } from 'vitest';
import {
  type CalibratorSight,
  chooseCalibrators,
  flagUnused,
} from '../../../src/pipeline/reduction/calibrator-choice.ts';
import { powerKey } from '../../../src/pipeline/reduction/gain-series.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';

const field = (id: number, name: string) => ({ id, name, ra: 0.01 * id, dec: 0 });
const [BANDPASS, FLUX, PHASE, TARGET] = ['bright', 'known', 'faint', 'target'].map((name, id) => field(id, name));
const OBSERVATION = {
  science: [{ spwId: 17 }, { spwId: 19 }],
  bandpass: BANDPASS,
  hasBandpassScan: true,
  flux: FLUX,
  otherFlux: [],
  hasFluxScan: true,
  phase: [PHASE],
  targets: [TARGET],
  observed: [BANDPASS, FLUX, PHASE, TARGET],
} as unknown as Observation;

/** Signal-to-noise ratios in the two windows, by field; fields without have no unflagged data. */
function sight(ratios: Readonly<Record<number, readonly number[]>>): CalibratorSight {
  const entries = Object.entries(ratios).flatMap(([id, snr]) =>
    snr.map((value, spw) => [powerKey(Number(id), spw), value] as const),
  );
  return {
    seen: new Set(Object.keys(ratios).map(Number)),
    seenScans: new Set(),
    scanSnr: new Map(entries),
    bodies: new Set(),
  };
}

const choose = (
  ratios: Parameters<typeof sight>[0],
  known: readonly string[] = ['known'],
  changes: Partial<Observation> = {},
  bodies: readonly number[] = [],
) =>
  chooseCalibrators(
    { ...OBSERVATION, ...changes },
    { ...sight(ratios), bodies: new Set(bodies) },
    ({ name }) => known.includes(name),
    'uid___A002_X1_X1',
  );

describe('chooseCalibrators', () => {
  it('leaves calibrators that do their work', () => {
    const { observation, decisions } = choose({ 0: [300, 200], 1: [90, 80], 2: [30, 20] });
    expect(observation).toEqual(OBSERVATION);
    expect(decisions).toEqual([]);
  });

  it('takes another calibrator of known flux density where the flux calibrator is flagged or shows nothing', () => {
    const known = ['known', 'faint', 'bright'];
    const flagged: Record<number, number[]> = { 0: [300, 200], 2: [30, 20] };
    for (const ratios of [flagged, { ...flagged, 1: [1.4, 1.1] }]) {
      const { observation, decisions } = choose(ratios, known);
      expect(observation.flux).toEqual(BANDPASS);
      expect(decisions.map(({ choice }) => choice)).toEqual(['bright instead']);
      expect(flagUnused(observation, 'x.ms.split').calls).toMatchObject([{ args: { field: '1' } }]);
    }
  });

  it('says whose flux density to state where none is known', () => {
    const sentence =
      /known, the flux calibrator, has no unflagged data.*of one of bright, faint, e\.g\. --flux "bright=/;
    expect(() => choose({ 0: [300, 200], 2: [30, 20] })).toThrow(sentence);
    expect(() => choose({ 0: [300, 200], 2: [30, 20] }, [], { flux: BANDPASS, hasFluxScan: false })).toThrow(
      /no scan was made for the flux scale/,
    );
  });

  it('takes the brightest of the others for the bandpass', () => {
    const { observation, decisions } = choose({ 1: [90, 80], 2: [30, 20] });
    expect(observation.bandpass).toEqual(FLUX);
    expect(decisions.map(({ topic, choice }) => `${topic}: ${choice}`)).toEqual([
      'Bandpass calibrator: known in its place',
    ]);
  });

  it('takes a much brighter one where the bandpass calibrator is faint', () => {
    expect(choose({ 0: [8, 4], 1: [90, 80], 2: [30, 20] }).observation.bandpass).toEqual(FLUX);
    expect(choose({ 0: [18, 9], 1: [30, 20], 2: [30, 20] }).observation.bandpass).toEqual(BANDPASS);
  });

  it('leaves out a phase calibrator without data, and ends where there is no other', () => {
    const other = field(5, 'other');
    const { observation } = choose({ 0: [300, 200], 1: [90, 80], 5: [30, 20] }, ['known'], { phase: [PHASE, other] });
    expect(observation.phase).toEqual([other]);
    expect(() => choose({ 0: [300, 200], 1: [90, 80] })).toThrow(/^No phase calibrator can be used \(faint has no/);
  });

  it('takes the scale of windows in which the flux calibrator shows nothing from the others', () => {
    const { lostWindows, decisions } = choose({ 0: [300, 200], 1: [90, 1.5], 2: [30, 20] });
    expect(lostWindows).toEqual([1]);
    expect(decisions.map(({ topic, choice }) => `${topic}: ${choice}`)).toEqual(['Windows without flux scale: 19']);
    expect(decisions[0].reason).toMatch(/spectra of the other calibrators tell the scale/);
  });

  it('does not speak of others where there is one calibrator alone', () => {
    const { lostWindows, decisions } = choose({ 1: [90, 1.5] }, ['known'], { bandpass: FLUX, phase: [FLUX] });
    expect(lostWindows).toEqual([1]);
    expect(decisions[0].reason).toBe(
      'known shows no signal there; it is the only calibrator, so they stay without calibration and are flagged.',
    );
  });

  it('says that nothing gives the bandpass where only bodies of the Solar System are left', () => {
    const sentence =
      /^No calibrator can give the bandpass: bright, the bandpass calibrator, has no unflagged data, and none/;
    expect(() => choose({ 1: [] }, ['known'], { phase: [FLUX] }, [1])).toThrow(sentence);
    expect(() => choose({ 1: [] }, ['known'], { bandpass: FLUX, phase: [FLUX] }, [1])).toThrow(
      /known, the bandpass calibrator, is a body of the Solar System, and none .* leave this Execution Block out/,
    );
  });
});
