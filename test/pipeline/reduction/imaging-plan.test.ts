import { describe, expect, it } from 'vitest';
import { planImaging } from '../../../src/pipeline/reduction/imaging-plan.ts';
import type { PlanCall } from '../../../src/pipeline/reduction/index.ts';

const chanFreqs = Float64Array.from({ length: 128 }, (_, chan) => 230e9 + 4e6 * chan);
const facts = {
  ...{ vis: 'calibrated.ms', target: 'T', label: 'T', field: 'T', ra: 1, dec: -0.4, frame: 'ICRS', isMoving: false },
  ...{ dishMetres: 12, lsrkShiftMs: 0, sourceLines: [] },
  windows: [{ index: 0, spwIds: [0], chanFreqs, lines: [{ first: 50, last: 70 }], channelNoiseJy: 0.005, edge: 2 }],
  lengths: Float64Array.from({ length: 60 }, (_, k) => 20 + 5 * k),
};
const goal = { lines: [], target: 'T' } as unknown as Parameters<typeof planImaging>[1];

function argumentsOf(calls: readonly PlanCall[], task: string) {
  const call = calls.find((one) => one.kind === 'task' && one.task === task);
  return call?.kind === 'task' ? call.args : {};
}

describe('the imaging plan', () => {
  const { plan, products } = planImaging([facts], goal, []);

  it('cleans the continuum within a circle, down to three times its noise', () => {
    const continuum = argumentsOf(plan.steps[0].calls, 'tclean');
    expect(continuum).toMatchObject({ specmode: 'mfs', deconvolver: 'hogbom' });
    expect(continuum.mask).toMatch(/^circle\[\[1\.0+rad, -0\.40+rad\], /);
    expect(continuum.usemask).toBeUndefined();
    expect(Number.parseFloat(String(continuum.threshold))).toBeCloseTo(3e3 * products[0].predictedRmsJy, 2);
  });

  it('makes it of averaged channels, as far as they do not smear, without those that have lines', () => {
    const windows = [
      { ...facts.windows[0], spwIds: [0, 4], lines: [{ first: 50, last: 52 }] },
      { ...facts.windows[0], index: 1, spwIds: [1, 5], lines: [] },
    ];
    const { plan, decisions } = planImaging([{ ...facts, windows }], goal, []);
    const { calls } = plan.steps[0];
    expect(argumentsOf(calls, 'split')).toMatchObject({
      ...{ vis: 'calibrated.ms', outputvis: 'calibrated.ms.T.cont.sb', datacolumn: 'data' },
      // One range a window, in the order of their numbers: what CASA can do. Seven channels are 28 of at most 31.25 MHz, but leave
      // 5 of 124 over.
      ...{ spw: '0:2~125,1:2~125,4:2~125,5:2~125', width: [4, 4, 4, 4] },
    });
    expect(argumentsOf(calls, 'tclean')).toMatchObject({
      ...{ vis: 'calibrated.ms.T.cont.sb', spw: '0:0~11;13~30,1:0~30,2:0~11;13~30,3:0~30' },
    });
    expect(decisions.map((decision) => decision.topic)).toContain('Channels of the continuum');
  });

  it('leaves channels as they are where lines would take too many averaged ones', () => {
    const lines = [20, 41, 66, 97].map((first) => ({ first, last: first + 8 }));
    const { calls } = planImaging([{ ...facts, windows: [{ ...facts.windows[0], lines }] }], goal, []).plan.steps[0];
    expect(argumentsOf(calls, 'split')).toEqual({});
  });

  it('makes it of the channels as they are where they are wide, and where baselines are long', () => {
    const wide = {
      ...facts,
      windows: [{ ...facts.windows[0], chanFreqs: chanFreqs.map((_, chan) => 230e9 + 15.625e6 * chan) }],
    };
    const long = { ...facts, lengths: facts.lengths.map((length) => 100 * length) };
    for (const other of [wide, long]) {
      const { calls } = planImaging([other], goal, []).plan.steps[0];
      expect(argumentsOf(calls, 'split')).toEqual({});
      expect(argumentsOf(calls, 'tclean')).toMatchObject({
        vis: 'calibrated.ms',
        spw: expect.stringMatching(/^0:2~49;71~125$/),
      });
    }
  });

  it('cleans cubes where channels stand out of their noise, with scales, down to twice the noise', () => {
    const cube = argumentsOf(plan.steps[2].calls, 'tclean');
    expect(cube).toMatchObject({ specmode: 'cube', deconvolver: 'multiscale', usemask: 'auto-multithresh' });
    expect(cube).toMatchObject({ negativethreshold: 7 });
    expect(cube.scales).toEqual([0, 5, 15]);
    expect(cube.mask).toBeUndefined();
    expect(Number.parseFloat(String(cube.threshold))).toBeCloseTo(2e3 * products[1].predictedRmsJy, 2);
  });

  it('makes images of each target, which share no file', () => {
    const other = { ...facts, target: '3', label: '3', field: '5,6' };
    const { plan, products } = planImaging([facts, other], goal, []);
    expect(products.map(({ imagename, target }) => [imagename, target])).toEqual([
      ['T.cont.sb', 'T'],
      ['T.spw0.all', 'T'],
      ['3.cont.sb', '3'],
      ['3.spw0.all', '3'],
    ]);
    const calls = plan.steps.map((step) => argumentsOf(step.calls, 'tclean')).filter(({ vis }) => vis);
    expect(calls.map(({ vis, field }) => [vis, field])).toEqual([
      ['calibrated.ms.T.cont.sb', 'T'],
      // A MeasurementSet of the target alone, whose fields have other numbers.
      ['calibrated.ms.3.cont.sb', ''],
      ['calibrated.ms.T.contsub', 'T'],
      ['calibrated.ms.3.contsub', ''],
    ]);
    expect(plan.steps.map(({ title }) => title)[2]).toBe('3: Continuum of the only sideband');
  });

  it('images a mosaic as one, around its middle, where a pointing responds', () => {
    const pointings = [0, 1e-4].map((offset) => ({ ra: 1 + offset, dec: -0.4 }));
    const { plan, decisions } = planImaging([{ ...facts, mosaic: { radiusRad: 5e-5, pointings } }], goal, []);
    const continuum = argumentsOf(plan.steps[0].calls, 'tclean');
    expect(continuum).toMatchObject({
      ...{ gridder: 'mosaic', usemask: 'pb', pbmask: 0.2, phasecenter: 'ICRS 1.0000000000rad -0.4000000000rad' },
    });
    const single = argumentsOf(planImaging([facts], goal, []).plan.steps[0].calls, 'tclean');
    expect(single).toMatchObject({ gridder: 'standard' });
    const width = ({ imsize, cell }: typeof single) => (imsize as number[])[0] * Number.parseFloat(String(cell));
    expect(width(continuum) - width(single)).toBeGreaterThan(2 * 5e-5 * 206_265);
    expect(decisions[0].reason).toContain('the mosaic of 2 pointings');
  });

  it('takes larger cells for a mosaic of too many pixels, and tells what is cut off', () => {
    const lengths = facts.lengths.map((length) => 8 * length);
    const pointings = [{ ra: 1, dec: -0.4 }];
    const imaged = (radiusArcsec: number, isMosaic = true) => {
      const mosaic = isMosaic ? { radiusRad: radiusArcsec / 206_265, pointings } : undefined;
      const { plan, decisions } = planImaging([{ ...facts, lengths, mosaic }], goal, []);
      const { imsize, cell } = argumentsOf(plan.steps[0].calls, 'tclean');
      const pixels = (imsize as number[])[0];
      return { pixels, arcsec: pixels * Number.parseFloat(String(cell)), reason: decisions[0].reason };
    };
    // The beam is 0.075 arcsec, the primary beam 25.
    const [small, large, huge] = [imaged(10), imaged(24), imaged(80)];
    expect(small.pixels).toBeLessThan(4096);
    expect(small.reason).toContain('Five pixels over the expected beam, the mosaic of');
    expect(large.arcsec).toBeGreaterThan(48 + 1.5 * 25);
    expect(large.reason).toMatch(/larger than \d+ pixels: [34]\.\d, the mosaic of/);
    expect(huge.pixels).toBe(4096);
    expect(huge.reason).toMatch(/pixels: 3\.0, 1\d\d\.\d arcsec wide, the most that is imaged, of 19\d\.\d arcsec/);
    const single = imaged(0, false);
    expect(single.pixels).toBe(1024);
    expect(single.reason).toMatch(/beam, 1\d\.\d arcsec wide, the most that is imaged, of 3\d\.\d arcsec \(one and/);
  });

  it('follows a target with an ephemeris', () => {
    const { plan } = planImaging([{ ...facts, isMoving: true }], goal, []);
    const { phasecenter, mask } = argumentsOf(plan.steps[0].calls, 'tclean');
    expect(phasecenter).toBe('TRACKFIELD');
    expect(mask).toMatch(/^circle\[\[(\d+)pix, \1pix\], /);
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
