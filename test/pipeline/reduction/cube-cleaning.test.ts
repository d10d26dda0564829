import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { openImage } from '../../../src/pipeline/images/index.ts';
import { cleanCube, findUncleaned, maskDecisions } from '../../../src/pipeline/reduction/cube-cleaning.ts';
import type { PlanCall, ProductPlan } from '../../../src/pipeline/reduction/index.ts';
import { writeSmallImage } from '../qa/small-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'cube-cleaning-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// 0.1 Jy/beam in channels 1 to 2 of four, ripples of 1 mJy/beam.
writeSmallImage(join(folder, 'cube.residual'), 4, [1, 2]);
writeSmallImage(join(folder, 'cube.mask'), 4, [9, 9]);
const mask = openImage(join(folder, 'cube.mask'), 'update');
const fillMask = (plane: number, value: number) =>
  mask.writePlane(plane, new Float32Array(mask.sizeX * mask.sizeY).fill(value));
for (let plane = 0; plane < 4; plane++) fillMask(plane, 0);

describe('a cube that the automatic mask leaves as it is', () => {
  const product = { imagename: 'cube', predictedRmsJy: 1e-3 } as ProductPlan;
  const fallback = { product, mask: { mask: 'circle[[1rad, 0rad], 11arcsec]' }, place: 'within 11 arcsec' };
  const args = { vis: 'a.ms', imagename: 'cube', usemask: 'auto-multithresh', sidelobethreshold: 1, minbeamfrac: 0.3 };
  const step = { number: 3, title: 'Cube', calls: [{ kind: 'task' as const, task: 'tclean', args }] };

  async function clean() {
    const calls: PlanCall[] = [];
    const runner = { call: async (call: PlanCall) => void calls.push(call) };
    const span = { from: 0, share: 1, note: '' };
    const made = await cleanCube(silentContext(folder), runner, { step, fallback, directory: folder }, span);
    return { calls, ...made };
  }

  it('is cleaned once more within the wide mask, and that is told and written', async () => {
    const { calls, step: done, unmasked } = await clean();
    const given = { vis: 'a.ms', imagename: 'cube', mask: 'circle[[1rad, 0rad], 11arcsec]' };
    expect(calls.map((call) => call.kind === 'task' && call.args)).toEqual([args, given]);
    expect(done.calls).toMatchObject([{ args: given, reason: expect.stringContaining('in 2 of 4 channels') }]);
    const cubes = unmasked ? [unmasked, { ...unmasked, imagename: 'other', ratio: 50 }] : [];
    const [decision] = maskDecisions(cubes);
    expect(decision).toMatchObject({ topic: 'Mask of cubes', choice: 'cube, other: cleaned within 11 arcsec' });
    expect(decision.reason).toContain('in 4 of 8 channels');
    expect(decision.reason).toContain('up to 100 times the noise');
  });

  it('is none where bright channels have a mask, or nothing is bright', async () => {
    expect(findUncleaned(join(folder, 'cube'), 0.02).channels).toBe(0);
    for (const plane of [1, 2]) fillMask(plane, 1);
    mask.close();
    const { calls, step: done, unmasked } = await clean();
    expect([calls.length, done, unmasked]).toEqual([1, step, undefined]);
  });
});
