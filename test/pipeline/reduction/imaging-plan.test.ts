import { describe, expect, it } from 'vitest';
import { planImaging } from '../../../src/pipeline/reduction/imaging-plan.ts';
import type { PlanCall } from '../../../src/pipeline/reduction/index.ts';

const chanFreqs = Float64Array.from({ length: 128 }, (_, chan) => 230e9 + 4e6 * chan);
const facts = {
  ...{ vis: 'calibrated.ms', target: 'T', ra: 1, dec: -0.4, dishMetres: 12, lsrkShiftMs: 0, sourceLines: [] },
  windows: [{ index: 0, spwIds: [0], chanFreqs, lines: [{ first: 50, last: 70 }], channelNoiseJy: 0.005, edge: 2 }],
  lengths: Float64Array.from({ length: 60 }, (_, k) => 20 + 5 * k),
};
const goal = { lines: [], target: 'T' } as unknown as Parameters<typeof planImaging>[1];

function argumentsOf(calls: readonly PlanCall[], task: string) {
  const call = calls.find((one) => one.kind === 'task' && one.task === task);
  return call?.kind === 'task' ? call.args : {};
}

describe('the imaging plan', () => {
  const { plan, products, decisions } = planImaging(facts, goal, []);

  it('cleans the continuum within a circle, down to three times its noise', () => {
    const continuum = argumentsOf(plan.steps[0].calls, 'tclean');
    expect(continuum).toMatchObject({ specmode: 'mfs', deconvolver: 'hogbom' });
    expect(continuum.mask).toMatch(/^circle\[\[1\.0+rad, -0\.40+rad\], /);
    expect(continuum.usemask).toBeUndefined();
    expect(Number.parseFloat(String(continuum.threshold))).toBeCloseTo(3e3 * products[0].predictedRmsJy, 2);
  });

  it('makes it of channels without lines, averaged as far as they do not smear', () => {
    const average = argumentsOf(plan.steps[0].calls, 'split');
    expect(average).toMatchObject({ vis: 'calibrated.ms', outputvis: 'calibrated.ms.cont.sb', datacolumn: 'data' });
    expect(average.spw).toMatch(/^0:2~4\d;7\d~125$/);
    // 7 channels are 28 of at most 31.25 MHz; of 4 to 7, the one that leaves the fewest of the line-free channels over.
    const count = String(average.spw)
      .slice(2)
      .split(';')
      .map((range) => range.split('~').map(Number))
      .reduce((sum, [from, to]) => sum + to - from + 1, 0);
    const least = Math.min(...[4, 5, 6, 7].map((binning) => count % binning));
    expect((average.width as number[]).map((binning) => count % binning)).toEqual([least]);
    expect(argumentsOf(plan.steps[0].calls, 'tclean')).toMatchObject({ vis: 'calibrated.ms.cont.sb', spw: '' });
    expect(decisions.map((decision) => decision.topic)).toContain('Channels of the continuum');
  });

  it('makes it of the channels as they are where they are wide, and where baselines are long', () => {
    const wide = {
      ...facts,
      windows: [{ ...facts.windows[0], chanFreqs: chanFreqs.map((_, chan) => 230e9 + 15.625e6 * chan) }],
    };
    const long = { ...facts, lengths: facts.lengths.map((length) => 100 * length) };
    for (const other of [wide, long]) {
      const { calls } = planImaging(other, goal, []).plan.steps[0];
      expect(argumentsOf(calls, 'split')).toEqual({});
      expect(argumentsOf(calls, 'tclean')).toMatchObject({
        vis: 'calibrated.ms',
        spw: expect.stringMatching(/^0:2~4\d;7\d~125$/),
      });
    }
  });

  it('cleans cubes where channels stand out of their noise, with scales, down to twice the noise', () => {
    const cube = argumentsOf(plan.steps[2].calls, 'tclean');
    expect(cube).toMatchObject({ specmode: 'cube', deconvolver: 'multiscale', usemask: 'auto-multithresh' });
    expect(cube.scales).toEqual([0, 5, 15]);
    expect(cube.mask).toBeUndefined();
    expect(Number.parseFloat(String(cube.threshold))).toBeCloseTo(2e3 * products[1].predictedRmsJy, 2);
  });

  it('centres the channels of cubes on observed ones, so that interpolation does not smooth the line', () => {
    const cube = argumentsOf(plan.steps[2].calls, 'tclean');
    const rest = Number.parseFloat(String(cube.restfreq)) * 1e9;
    const observed = Array.from(chanFreqs, (frequency) => 299792.458 * (1 - frequency / rest));
    const [start, width] = [cube.start, cube.width].map((text) => Number.parseFloat(String(text)));
    const last = start + width * (Number(cube.nchan) - 1);
    for (const velocity of [start, last]) {
      const nearest = Math.min(...observed.map((channel) => Math.abs(channel - velocity)));
      expect(nearest / width).toBeLessThan(0.01);
    }
  });
});
