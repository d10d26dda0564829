import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StepStore } from '../../../../src/app/tasks/member/step-store.ts';
import type { MemberStep } from '../../../../src/app/tasks/member/steps.ts';
import { EMPTY_GOAL } from '../../../../src/pipeline/reduction/index.ts';

const step: MemberStep = { step: 'plan-images', directory: '/x', vis: 'calibrated.ms', goal: EMPTY_GOAL };

function place(): { member: string; asdm: string } {
  const member = mkdtempSync(join(tmpdir(), 'qa2-store-'));
  const asdm = join(member, 'raw');
  writeFileSync(asdm, 'raw data');
  return { member, asdm };
}

describe('StepStore', () => {
  it('gives back what a finished step gave, NaN and typed arrays included', () => {
    const { member, asdm } = place();
    const result = { values: Float64Array.of(1, Number.NaN), text: 'x' };
    new StepStore(member, [asdm]).save('imaging', step, result);
    expect(new StepStore(member, [asdm]).load('imaging', step)).toEqual(result);
  });

  it('forgets when options or raw data change, or on request', () => {
    const { member, asdm } = place();
    const store = new StepStore(member, [asdm]);
    store.save('imaging', step, 1);
    expect(store.load('imaging', { ...step, vis: 'other.ms' })).toBeUndefined();
    store.forget('imaging');
    expect(store.load('imaging', step)).toBeUndefined();
    store.save('imaging', step, 1);
    writeFileSync(asdm, 'other raw data');
    expect(new StepStore(member, [asdm]).load('imaging', step)).toBeUndefined();
    store.clear();
    expect(store.load('imaging', step)).toBeUndefined();
  });

  it('knows a step that was begun and not finished', () => {
    const { member, asdm } = place();
    const store = new StepStore(member, [asdm]);
    store.begin('imaging');
    expect(store.isBroken('imaging')).toBe(true);
    expect(store.load('imaging', step)).toBeUndefined();
    store.save('imaging', step, 1);
    expect(store.isBroken('imaging')).toBe(false);
  });

  it('takes a damaged result as none', () => {
    const { member, asdm } = place();
    const store = new StepStore(member, [asdm]);
    store.save('imaging', step, 1);
    writeFileSync(join(member, '.qa2-steps', 'imaging'), 'not what was written');
    expect(store.load('imaging', step)).toBeUndefined();
  });
});
