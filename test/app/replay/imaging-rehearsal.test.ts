import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { copyWithNeighbours, rehearse } from '../../../src/app/replay/imaging-rehearsal.ts';
import { findImagingScripts } from '../../../src/app/replay/imaging-replay.ts';
import { installEngine } from '../../../src/app/tasks/index.ts';

installEngine(64 * 1024 * 1024);

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCRIPT = `from line_list import lines
os.system('rm -rf a.ms.contsub')
for name in lines:
    uvcontsub(vis='a.ms', spw='0', fitspw='0:20~30')
    os.system('mv a.ms.contsub a.%s.contsub' % name)
for name in lines:
    tclean(vis='a.%s.contsub' % name, imagename=name, mask='by-hand.mask', specmode='mfs', deconvolver='mtmfs', nterms=2)
    flux = imstat(imagename=name + '.image.tt0')['flux'][0]
    imview(raster={'file': name + '.image.tt0', 'range': [0, flux]}, out=name + '.png')
impbcor(imagename='CO.image.tt0', pbimage='CO.pb', outfile='CO.pbcor')
`;

describe('a rehearsal', () => {
  it('brings the files that a script names, follows what it moves, and notes masks and images that it never makes', () => {
    const script = join(folder, 'CO_Imaging.py');
    writeFileSync(script, SCRIPT);
    writeFileSync(join(folder, 'line_list.py'), "lines = ['CO', 'CN']\n");
    writeFileSync(join(folder, 'analysis_of_imaging.py'), 'def plot(): pass\n');
    expect(findImagingScripts(folder)).toEqual([script]);
    const place = join(folder, 'place');
    mkdirSync(join(place, 'script'), { recursive: true });
    copyWithNeighbours(script, join(place, 'script'), place);
    expect(readdirSync(join(place, 'script'))).toEqual(['CO_Imaging.py', 'analysis_of_imaging.py', 'line_list.py']);
    expect(readdirSync(place)).toEqual(['line_list.py', 'script']);
    rmSync(place, { recursive: true });
    const { calls, inputs, masks, absent, problem } = rehearse(script, join(folder, 'scratch'));
    expect(problem).toBeUndefined();
    expect(inputs).toEqual(['a.ms']);
    expect(masks).toEqual(['by-hand.mask']);
    expect(absent).toEqual(['CO.pb']);
    const images = calls.filter(({ task }) => task === 'tclean');
    expect(images.map(({ makers }) => makers)).toEqual([{ 'a.CO.contsub': 0 }, { 'a.CN.contsub': 1 }]);
  }, 120_000);
});
