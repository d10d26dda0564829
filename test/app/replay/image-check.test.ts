import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkImage } from '../../../src/app/replay/image-check.ts';
import type { ImageRequest } from '../../../src/app/replay/imaging-needs.ts';
import { installEngine } from '../../../src/app/tasks/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { tclean } from '../../../src/pipeline/imaging/index.ts';
import { type CalibratedSpec, writeCalibratedMs } from '../../../src/pipeline/simulation/index.ts';

installEngine(128 * 1024 * 1024);
const folder = mkdtempSync(join(tmpdir(), 'qa2-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('compares cubes with the sources, and wants those without lines and continuum empty', () => {
  const place = { ra: 4.9, dec: -0.45 };
  const source = { ...place, continuumJy: 2, lines: [] };
  const spec: CalibratedSpec = {
    ...{ day: '2014/07/01', dishDiameter: 12, antennaCount: 7, longestBaseline: 200, visitCount: 3 },
    windows: [{ centreHz: 100e9, stepHz: 1e6, channelCount: 8 }],
    fields: [{ name: 'a', ...place, isObserved: true }],
    sources: [source],
    ...{ noiseJy: 1e-4, hasCorrected: false, seed: 1 },
  };
  const sky = { inputs: [{ name: 'seen.ms', spec }], sources: [source] };
  const request = (content: ImageRequest['content']): ImageRequest => ({
    ...{ task: 'tclean', imagename: 'cube', names: [], isMosaic: false, isCube: true, phaseCentre: '' },
    masks: [],
    uses: [{ input: 'seen.ms', windows: [0], fields: [], channels: new Map(), leastWindows: 0 }],
    ...{ sizeX: 64, sizeY: 64, cell: 2e-6, threshold: 0, channelCount: 8, content, isCorrected: false },
  });
  const look = (continuumJy: number, content: ImageRequest['content']) => {
    const time = writeCalibratedMs(silentContext(folder), 'seen.ms', {
      ...spec,
      sources: [{ ...source, continuumJy }],
    });
    const cube = { specmode: 'cube', imsize: 64, cell: `${(2e-6 * 648_000) / Math.PI}arcsec`, niter: 100 };
    tclean(silentContext(folder), { vis: 'seen.ms', imagename: 'cube', ...cube, outframe: 'LSRK', restart: true });
    return checkImage(folder, request(content), sky, time);
  };
  const whole = look(2, 'all');
  expect(whole.fault).toBeUndefined();
  expect(whole.ratio).toBeCloseTo(1, 1);
  expect(look(0.5, 'lines')).toMatchObject({ fault: 'is not empty' });
  const empty = look(0, 'lines');
  expect(empty.fault).toBeUndefined();
  expect(empty.ratio).toBeCloseTo(1, 2);
});
