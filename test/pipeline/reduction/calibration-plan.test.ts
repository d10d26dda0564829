import { describe, expect, it } from 'vitest';
import { calibrationNames, planApriori } from '../../../src/pipeline/reduction/calibration-plan.ts';
import { taskCalls } from '../../../src/pipeline/reduction/index.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import type { RadiometerBenefit } from '../../../src/pipeline/reduction/radiometer-benefit.ts';
import { EMPTY_GOAL } from '../../../src/pipeline/reduction/science-goal.ts';

const field = (id: number, name: string) => ({ id, name, ra: 0.1 * id, dec: 0 });
const antennasOf = (names: string[]) => names.map((name, id) => ({ id, name, position: [40 * id, 0, 0] }));
const observation = {
  antennas: antennasOf(['DA41', 'DA42', 'DA43', 'DA44', 'CM01']),
  wvrSpwId: 0,
  tsysSpwIds: [],
  science: [{ spwId: 1, name: 'a', chanCount: 64, bandwidthHz: 2e9 }],
  spwCount: 2,
  singleChannelSpwIds: [],
  bandpass: field(0, 'bright'),
  flux: field(0, 'bright'),
  phase: [field(2, 'faint')],
  otherFlux: [],
  observed: [],
  targets: [field(3, 'target')],
  atmosphereScans: [],
  unmeasuredSpwIds: [],
  skyScans: [],
} as unknown as Observation;

/** Calls of wvrgcal, tables that are applied, and what is said of radiometers, when some of them cannot be used. */
function planned(bad: Record<string, string>, seen = observation, benefit?: RadiometerBenefit) {
  const radiometers = Object.entries(bad).map(([antenna, finding]) => ({ antenna, finding }));
  const findings = {
    radiometers,
    benefit,
    tsys: { bad: [], missing: [], growth: Number.NaN },
    shadowed: [],
    positions: {},
  };
  const { steps, decisions } = planApriori(seen, calibrationNames('uid___A002_X1_X1'), EMPTY_GOAL, findings);
  const calls = taskCalls({ kind: 'calibration', subject: '', header: [], steps });
  return {
    wvrflag: calls.filter(({ task }) => task === 'wvrgcal').map(({ args }) => args.wvrflag ?? []),
    tie: calls.filter(({ task }) => task === 'wvrgcal').map(({ args }) => args.tie),
    applied: calls.filter(({ task }) => task === 'applycal').length,
    tsys: decisions.filter(({ topic }) => topic === 'Tsys').map(({ choice }) => choice),
    said: decisions.filter(({ topic }) => /adiometer/.test(topic)).map(({ choice, reason }) => `${choice}: ${reason}`),
  };
}

describe('planApriori', () => {
  it('takes the water of neighbours where a radiometer is missing', () => {
    expect(planned({ DA42: 'gave no readings' })).toEqual({
      wvrflag: [['DA42']],
      tie: [['target,faint']],
      applied: 3,
      tsys: ['not applied'],
      said: [
        'applied: Window 0 holds their readings.',
        'DA42 takes the water of its neighbours: Its radiometer gave no readings.',
        'CM01 takes the water of its neighbours: 7 m antennas have no radiometers; the nearest with one is up to 40 m away. Where the water in front of the two differs, phases keep the difference.',
      ],
    });
  });

  it('says which antennas are flagged, with fewer than two radiometers within 500 m', () => {
    const moved = (moves: Record<string, number>) => ({
      ...observation,
      antennas: observation.antennas.map((one) => ({ ...one, position: [moves[one.name] ?? one.position[0], 0, 0] })),
    });
    const tooFew = 'fewer than 2 radiometers that work are within 500 m';
    expect(planned({ DA42: 'gave no readings' }, moved({ CM01: 590 }))).toMatchObject({
      wvrflag: [['DA42']],
      said: [
        'applied: Window 0 holds their readings.',
        'DA42 takes the water of its neighbours: Its radiometer gave no readings.',
        `CM01 is flagged: 7 m antennas have no radiometers, and ${tooFew}.`,
      ],
    });
    expect(planned({ DA42: 'gave no readings' }, moved({ DA42: 700 })).said[1]).toBe(
      `DA42 is flagged: Its radiometer gave no readings, and ${tooFew}.`,
    );
    // Two of five antennas are too many.
    expect(planned({ DA42: 'gave no readings' }, moved({ DA42: 700, CM01: 900 }))).toMatchObject({
      ...{ wvrflag: [], applied: 0 },
      said: [
        `not applied: With them 2 of 5 antennas would be flagged (DA42, CM01): they have no radiometer that works, and ${tooFew}.`,
      ],
    });
  });

  it('tells what radiometers do to phases, and does without where they harm', () => {
    const told = 'phases turn';
    const helpful = planned({}, observation, { harmful: [], isHarm: false, told });
    expect(helpful.said[0]).toBe('applied: Window 0 holds their readings; on calibrators phases turn.');
    expect(helpful.wvrflag).toHaveLength(1);
    expect(planned({}, observation, { harmful: [], isHarm: true, told })).toMatchObject({
      ...{ wvrflag: [], applied: 0 },
      said: ['not applied: They make phases less steady: on calibrators phases turn.'],
    });
  });

  it('does without, where no radiometer can be used', () => {
    const none = { wvrflag: [], tie: [], applied: 0, tsys: ['not applied'] };
    const few = { ...observation, antennas: antennasOf(['DA41', 'DA42', 'CM01']) } as unknown as Observation;
    expect(planned({ DA41: 'gave no readings', DA42: 'gave no readings' }, few)).toEqual({
      ...none,
      said: ['not applied: Every radiometer gave no readings.'],
    });
    expect(planned({ DA41: 'gave no readings', DA42: 'has 90 % impossible readings' }, few)).toEqual({
      ...none,
      said: [
        'not applied: No radiometer can be used: that of DA41 gave no readings, that of DA42 has 90 % impossible readings.',
      ],
    });
  });

  it('ties a target to all calibrators that its phases come from', () => {
    const second = { ...field(5, 'second'), ra: 0.25 };
    const turns = [5, 3, 5, 3, 2, 3, 2].map((fieldId, index) => ({
      ...{ number: index + 1, fieldId, fieldIds: [fieldId], spwIds: [1] },
      ...{ startSec: 100 * index, endSec: 100 * index + 90 },
    }));
    const near = { ...observation, phase: [{ ...field(2, 'faint'), ra: 0.3 }, second], skyScans: turns };
    expect(planned({}, near).tie).toEqual([['target,faint,second']]);
  });

  it('says what it means that 12 m antennas have no radiometers, which is usual for 7 m ones', () => {
    const without = { ...observation, wvrSpwId: undefined };
    expect(planned({}, without).said[0]).toMatch(/^not applied: .* takes flux from the target\.$/);
    const small = { ...without, antennas: antennasOf(['CM01']) } as unknown as Observation;
    expect(planned({}, small).said[0]).toBe(
      'not applied: The data hold no radiometer window (7 m antennas have none).',
    );
  });
});
