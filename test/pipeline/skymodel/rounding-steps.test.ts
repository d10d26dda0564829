import { describe, expect, it } from 'vitest';
import { addStepsInto } from '../../../src/pipeline/skymodel/rounding-steps.ts';

/** Text of ones and zeros as base64; blanks are for the eye. */
function coded(text: string): string {
  const bits = text.replaceAll(' ', '');
  const bytes = bits.padEnd(8 * Math.ceil(bits.length / 8), '0').match(/.{8}/g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 2))));
}

describe('the steps of a rounded table', () => {
  it('are gaps and signs, and layers of them add up', () => {
    const steps = new Int8Array(12);
    // two low bits of the first two gaps (4 of 1, 5 of 2), one of the third (5 of 3)
    const data = coded('0 01 0  0 00 0  10 0 1');
    addStepsInto(steps, { count: 3, data });
    expect([...steps]).toEqual([0, 1, 1, 0, 0, -1, 0, 0, 0, 0, 0, 0]);
    addStepsInto(steps, { count: 1, data });
    expect([...steps.subarray(0, 3)]).toEqual([0, 2, 1]);
  });

  it('reach over long gaps', () => {
    const steps = new Int8Array(70001);
    addStepsInto(steps, { count: 1, data: coded(`${'1'.repeat(15)} ${(70000).toString(2).padStart(24, '0')} 1`) });
    expect(steps.findIndex((step) => step !== 0)).toBe(70000);
    expect(steps[70000]).toBe(-1);
  });

  it('that end too early are an error', () => {
    expect(() => addStepsInto(new Int8Array(9), { count: 3, data: coded('0 01 0') })).toThrow(/ends too early/);
  });
});
