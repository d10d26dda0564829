import { describe, expect, it } from 'vitest';
import { calibrationNames } from '../../../src/pipeline/reduction/calibration-plan.ts';
import type { FluxModel } from '../../../src/pipeline/reduction/flux-model.ts';
import { taskCalls } from '../../../src/pipeline/reduction/index.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import type { SolutionChoices } from '../../../src/pipeline/reduction/solution-choices.ts';
import { planSolve } from '../../../src/pipeline/reduction/solve-plan.ts';

const field = (id: number, name: string) => ({ id, name, ra: 0.1 * id, dec: 0 });
const observation = {
  science: [17, 19].map((spwId) => ({ spwId, name: '', chanCount: 64 })),
  bandpass: field(0, 'bright'),
  flux: field(1, 'known'),
  phase: [field(2, '3')],
  otherFlux: [],
  targets: [field(3, '1058')],
} as unknown as Observation;
const flux = { calls: () => [], decision: { topic: '', choice: '', reason: '' } } as unknown as FluxModel;

function calls(isJoined: boolean) {
  const intervals = { bandpassPhase: 'int', phase: 'int', bandpass: 'inf', isJoined, leastSnr: 5, decisions: [] };
  const choices: SolutionChoices = {
    phaseFields: {
      3: [
        { fields: '2', scan: '5,6' },
        { fields: '2,5', scan: '7' },
      ],
    },
    minblperant: 4,
    intervals,
    corrdepflags: false,
    lostWindows: [],
    decisions: [],
  };
  const steps = planSolve(observation, calibrationNames('uid'), ['DA41'], flux, choices);
  return taskCalls({ kind: 'calibration', subject: '', header: [], steps });
}

/** Each table of a call that takes solutions of phases in time, with its interpolation and field. */
const phases = (isJoined: boolean) =>
  calls(isJoined)
    .filter(({ args }) => Array.isArray(args.gaintable) && args.interp)
    .map(({ task, args: { gaintable, interp, gainfield = [], field } }) => {
      const [tables, ways, fields] = [gaintable, interp, gainfield] as string[][];
      const at = tables.findIndex((table) => /phase_in[tf]$/.test(table));
      return [task, field, tables[at].slice(-9), ways[at], fields[at], ways.length - tables.length];
    });

describe('planSolve', () => {
  it('takes phases of the same data by their interval: CASA loses integrations beside flagged ones between two', () => {
    const found = [
      ['gaincal', '0,1,2', 'phase_int', 'nearest', undefined, 0],
      ['applycal', '0', 'phase_int', 'nearest', '0', 0],
      ['applycal', '1', 'phase_int', 'nearest', '1', 0],
      ['applycal', '2', 'phase_inf', 'linear', '2', 0],
      ['applycal', '3', 'phase_inf', 'linear', '2', 0],
      ['applycal', '3', 'phase_inf', 'linear', '2,5', 0],
    ];
    expect(phases(false)).toEqual(found);
    expect(phases(true)).toEqual(found);
    const band = calls(false).find(({ task }) => task === 'bandpass');
    expect(band?.args).toMatchObject({ gaintable: 'uid.ms.split.ap_pre_bandpass', interp: 'nearest' });
    const scans = calls(false)
      .filter(({ task }) => task === 'applycal')
      .map(({ args }) => args.scan);
    expect(scans).toEqual([undefined, undefined, undefined, '5,6', '7']);
  });
});
