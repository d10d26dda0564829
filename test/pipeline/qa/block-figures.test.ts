import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { ensureDataColumn } from '../../../src/astronomy/visibility/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { type BlockFiles, blockPages, tablePages } from '../../../src/pipeline/qa/block-figures.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';
import { writeSmallImage } from './small-image.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'block-figures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const vis = join(folder, 'a.ms');
writeSyntheticMs(vis, {
  ...{ antCount: 3, chanCount: 16, spwCount: 2, scanFields: [0, 1, 2], integrations: 10 },
  visibility: ({ scan }) => [1 + scan, 0],
});
const ms = openMs(vis, 'update');
ensureDataColumn(ms, 'CORRECTED_DATA');
ms.close();
writeSmallImage(join(folder, 'cube'), 8, [3, 5]);
writeSmallImage(join(folder, 'continuum'), 1, [0, 0]);

const files: BlockFiles = {
  ...{
    uid: 'uid___A002_X1_X1',
    vis,
    calibrated: vis,
    bandpassField: 'J0000',
    scienceSpw: '0',
    target: { name: 'J0002', selection: '2' },
  },
  bandpassTable: join(fixtures, 'bandpass.b'),
  amplitudeTable: join(fixtures, 'gain.g'),
  phaseTable: join(fixtures, 'gain.g'),
};

describe('blockPages', () => {
  it('draws the pages that the data allow: without tables of radiometers and Tsys, without images', () => {
    const { pages, scatter, antennaCount } = blockPages(silentContext(folder), files);
    expect(scatter).toBeUndefined();
    expect(antennaCount).toBe(3);
    expect(pages.map((page) => page.sections.map((section) => section.title ?? ''))).toEqual([
      ['1–4  Observation', '', '5  Gain amplitude', '6  Gain phase'],
      ['7  Bandpass'],
      ['9, 11  Target J0002', '13–15  Imaging'],
    ]);
  });

  it('shows calibrators, radiometers and images when they are there', () => {
    const { pages, scatter } = blockPages(silentContext(folder), {
      ...files,
      ...{ wvrTable: join(fixtures, 'gain.g'), tsysTable: join(fixtures, 'bandpass.b') },
      ...{
        fluxField: { name: 'J0000', selection: '0' },
        phaseField: { name: 'J0001', selection: '1' },
        split: vis,
        spws: [17, 19],
      },
      ...{ image: join(folder, 'continuum'), psf: join(folder, 'continuum'), cube: join(folder, 'cube') },
    });
    expect(scatter?.antennas).toHaveLength(3);
    expect(pages[1].sections.map((section) => section.title)).toEqual(['7  Bandpass', '8  System temperature']);
    const [target, flux, phase, imaging] = pages[2].sections;
    expect(target.panels[0].title).toContain('spw 17');
    expect([flux.title, phase.title]).toEqual(['10  Flux calibrator J0000', '12  Phase calibrator J0001']);
    expect(imaging.panels.map((panel) => panel.title.slice(0, 2))).toEqual(['13', '14', '15', '14', '14']);
  });

  it('draws a page per calibration table that exists', () => {
    const names = tablePages({ ...files, wvrTable: join(folder, 'none') }).map((page) => page.name);
    expect(names).toEqual(['bandpass', 'gain_amplitude', 'gain_phase']);
  });
});
