import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSmallMs } from '../../astronomy/ms/small-ms.ts';

const root = new URL('../../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'qa2-analysis-'));
beforeAll(() => writeSmallMs(join(folder, 'a.ms')));
afterAll(() => rmSync(folder, { recursive: true }));

function lines(source: string): string[] {
  const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', '-c', source], { cwd: folder });
  expect(run.stderr.toString()).not.toContain('Traceback');
  return run.stdout.toString().trimEnd().split('\n');
}

describe('analysis utilities', () => {
  it('pick the size of an image of pointings on both sides of a full turn, and say so where there is none', () => {
    expect(
      lines(`sizes = []
for middle in (0.1, pi):
    tb.open('a.ms/FIELD', nomodify=False)
    for name in ('PHASE_DIR', 'DELAY_DIR', 'REFERENCE_DIR'):
        for row, side in enumerate((-1, 1)):
            place = tb.getcell(name, row); place[0][0] = (middle + side * 1e-4 + pi) % (2 * pi) - pi; tb.putcell(name, row, place)
    tb.putcol('NAME', ['one', 'one']); tb.close()
    tb.open('a.ms/STATE', nomodify=False); tb.putcol('OBS_MODE', ['OBSERVE_TARGET#ON_SOURCE'] * 2); tb.close()
    sizes.append(aU.pickCellSize('a.ms', imsize=True))
print sizes[0] == sizes[1], sizes[1][1]
def told(act):
    try: act()
    except ValueError as error: print error
told(lambda: aU.pickCellSize('a.ms', intent='NONE#OF_THEM'))
told(lambda: aU.pickCellSize('a.ms', spw='0', intent='NONE#OF_THEM', imsize=True))
told(lambda: aU.medianFrequencyOfIntent('a.ms', 'NONE#OF_THEM'))`),
    ).toEqual([
      'True [126, 64]',
      'a.ms has no science windows with the intent NONE#OF_THEM.',
      'a.ms has no field with the intent NONE#OF_THEM.',
      'a.ms has no science windows with the intent NONE#OF_THEM.',
    ]);
  });

  it('tell windows, fields and baselines of a MeasurementSet', () => {
    expect(
      lines(`import analysisUtils as au
tb.open('a.ms/ANTENNA'); places = tb.getcol('POSITION').T; names = tb.getcol('NAME'); tb.close()
tb.open('a.ms/SPECTRAL_WINDOW'); width = tb.getcell('CHAN_WIDTH', 0)[0]; tb.close()
longest = au.getBaselineLengths('a.ms')[-1]
one, other = [list(names).index(name) for name in longest[0].split('-')]
print abs(sum((places[one] - places[other]) ** 2) ** 0.5 - longest[1]) < 1e-9, au.getBaselineStats('a.ms', percentile=100)[0] == longest[1]
print au.getChanWidths('a.ms', '0')[0] == width, type(au.getScienceSpws('a.ms')), len(au.getRADecForField('a.ms', 0))
print au.invertChannelRanges('0:10~20;50~60,1:3', nchan=100)`),
    ).toEqual(['True True', "True <type 'str'> 2", '0:0~9;21~49;61~99,1:0~2;4~99']);
  });

  it('turn times, frequencies and directions there and back', () => {
    expect(
      lines(`when = '2014/06/07 08:09:10'
print aU.mjdToUT(aU.dateStringToMJD(when)), round(aU.dateStringToMJD('2014-06-07 08:09:10 UT'), 6)
topo = aU.lsrkToTopo(230.538, when, '16:26:24.07', '-24:16:13.5')
print round(aU.topoToLSRK(topo, when, '16:26:24.07', '-24:16:13.5')), 1e-6 < abs(topo / 230.538e9 - 1) < 1.5e-4
ra, dec = aU.computeRADecFromAzElMJD(aU.computeAzElFromRADecMJD([1.3, -0.42], 56815.1), mjd=56815.1)
print round(ra, 9), round(dec, 9), round(aU.primaryBeamArcsec(frequency=93, fwhmfactor=1.05, diameter=18), 3)`),
    ).toEqual(['2014-06-07 08:09:10 UT 56815.339699', '2.30538e+11 True', '1.3 -0.42 38.786']);
  });
});
