import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { openImage } from '../../../src/pipeline/images/index.ts';
import { cleanCube, findUncleaned, maskDecisions } from '../../../src/pipeline/reduction/cube-cleaning.ts';
import type { PlanCall, ProductPlan } from '../../../src/pipeline/reduction/index.ts';
import { writeSmallImage } from '../qa/small-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'cube-cleaning-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// 0.1 Jy/beam in channels 1 to 3 of four, ripples of 1 mJy/beam.
writeSmallImage(join(folder, 'cube.residual'), 4, [1, 3]);
for (const name of ['cube.mask', 'cube.pb']) writeSmallImage(join(folder, name), 4, [9, 9]);
function fill(name: string, values: readonly number[]) {
  const image = openImage(join(folder, name), 'update');
  values.forEach((value, plane) => {
    image.writePlane(plane, new Float32Array(image.sizeX * image.sizeY).fill(value));
  });
  image.close();
}

describe('a cube that the automatic mask leaves as it is', () => {
  const product = { imagename: 'cube', predictedRmsJy: 1e-3 } as ProductPlan;
  const fallback = { product, mask: { mask: 'circle[[1rad, 0rad], 11arcsec]' }, place: 'within 11 arcsec' };
  const args = { vis: 'a.ms', imagename: 'cube', usemask: 'auto-multithresh', negativethreshold: 7, minbeamfrac: 0.3 };
  const step = { number: 3, title: 'Cube', calls: [{ kind: 'task' as const, task: 'tclean', args }] };

  async function clean() {
    const calls: PlanCall[] = [];
    const runner = { call: async (call: PlanCall) => void calls.push(call) };
    const span = { from: 0, share: 1, note: '' };
    const made = await cleanCube(silentContext(folder), runner, { step, fallback, directory: folder }, span);
    return { calls, ...made };
  }

  beforeEach(() => {
    fill('cube.mask', [0, 0, 0, 0]);
    fill('cube.pb', [0.9, 0.9, 0.9, 0.9]);
  });

  it('is cleaned once more within the wide mask, and that is told and written', async () => {
    const { calls, step: done, unmasked } = await clean();
    const given = { vis: 'a.ms', imagename: 'cube', mask: 'circle[[1rad, 0rad], 11arcsec]' };
    expect(calls.map((call) => call.kind === 'task' && call.args)).toEqual([args, given]);
    expect(done.calls).toMatchObject([{ args: given, reason: expect.stringContaining('in 3 of 4 channels') }]);
    const cubes = unmasked ? [unmasked, { ...unmasked, imagename: 'other', ratio: 50 }] : [];
    const [decision] = maskDecisions(cubes);
    expect(decision).toMatchObject({ topic: 'Mask of cubes', choice: 'cube, other: cleaned within 11 arcsec' });
    expect(decision.reason).toContain('in 6 of 8 channels');
    expect(decision.reason).toContain('up to 100 times the predicted noise');
  });

  it('is left as it is, and told, where few channels are bright, or not where the target is', async () => {
    const leave = async (what: string) => {
      const { calls, step: done, unmasked } = await clean();
      expect([calls.length, done]).toEqual([1, step]);
      const [decision] = maskDecisions(unmasked ? [unmasked] : []);
      expect(decision.choice).toBe('cube: left as the automatic mask has them');
      expect(decision.reason).toContain(what);
    };
    fill('cube.mask', [0, 0, 0, 1]);
    await leave('in 2 of 4 channels auto-multithresh found nothing');
    fill('cube.mask', [0, 0, 0, 0]);
    fill('cube.pb', [0.9, 0.4, 0.9, 0.9]);
    await leave('(in 2 of them it is largest where the response');
  });

  it('is none where bright channels have a mask, or nothing is bright', async () => {
    expect(findUncleaned(join(folder, 'cube'), 0.02).channels).toBe(0);
    fill('cube.mask', [0, 1, 1, 1]);
    const { calls, step: done, unmasked } = await clean();
    expect([calls.length, done, unmasked]).toEqual([1, step, undefined]);
  });
});
