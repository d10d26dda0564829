import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inspectPath } from '../../../../src/app/tasks/commands/inspect.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';
import { writeSmallImage } from '../../../pipeline/qa/small-image.ts';

it('lists an image for people: what it shows, its beam, its axes, where it is brightest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-listing-'));
  const path = join(folder, 'a.image');
  writeSmallImage(path, 3, [1, 1]);
  const { kind, text } = inspectPath(silentContext(folder), path, false);
  expect(kind).toBe('image');
  expect(text).toContain('Intensity in Jy/beam, T, ALMA, observed 2013/06/');
  expect(text).toContain('beam: 0.6000" x 0.4000", 30.0 deg');
  expect(text).toMatch(/Right ascension +96 +16:25:\S+ \(J2000, SIN\) +48 +-0\.12"/);
  expect(text).toMatch(/Frequency +3 +230\.500000000 GHz \(LSRK\) +0 +-1 MHz/);
  expect(text).toMatch(/most +0\.\d+ at \[\d+, \d+, 0, 1\]/);
});
