import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { measureImage } from '../../../src/pipeline/qa/image-numbers.ts';
import { writeSmallImage } from './small-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-numbers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('states beam, noise, peak and frequencies of a cube', () => {
  const path = join(folder, 'cube');
  writeSmallImage(path, 5, [2, 3]);
  const numbers = measureImage(path);
  expect(numbers).toMatchObject({
    beamMajorArcsec: 0.6,
    beamMinorArcsec: 0.4,
    beamPaDeg: 30,
    chanCount: 5,
    channelHz: 1e6,
  });
  expect(numbers.peakJyPerBeam).toBeCloseTo(0.1, 2);
  expect(numbers.frequencyHz).toBeCloseTo(230.498e9, 0);
  // ripples of amplitude 1e-3: median |sin| = sin(45°), times 1.4826
  expect(numbers.rmsJyPerBeam / (1.4826e-3 * Math.SQRT1_2)).toBeCloseTo(1, 1);
});
