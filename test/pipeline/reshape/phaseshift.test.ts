import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { fixplanets, fixvis, phaseshift } from '../../../src/pipeline/reshape/index.ts';
import { freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

function start() {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  return { context, open: (name: string) => openMs(join(context.cwd, name)) };
}

const row = (ms: ReturnType<typeof openMs>, at: number) => ({
  uvw: [...(ms.main.column('UVW').getRange(at, 1) as Float64Array)],
  data: [...(ms.main.column('DATA').getRange(at, 1) as Float32Array)],
});

describe('phaseshift and fixvis', () => {
  it('shift and shift back', () => {
    const { context, open } = start();
    phaseshift(context, {
      vis: 'a.ms',
      outputvis: 'b.ms',
      phasecenter: 'J2000 15h20m00 -22d00m00',
      datacolumn: 'data',
    });
    fixvis(context, { vis: 'b.ms', field: '0', phasecenter: 'J2000 4.0rad -0.4rad' });
    const sorted = open('b.ms');
    expect(readMetadata(sorted).fields[0].phaseDir[1]).toBeCloseTo(-0.4, 12);
    expect(readMetadata(sorted).fields[1].phaseDir[0]).toBeCloseTo(230 * (Math.PI / 180) - 2 * Math.PI, 12);
    const { uvw, data } = row(sorted, 4);
    expect(uvw[0]).toBeCloseTo(-30, 9);
    expect(data[2 * 2 * 3]).toBeCloseTo(0.03, 5);
    sorted.close();
  });

  it('takes centres in frames of the sky to the frame of the field', () => {
    const { context, open } = start();
    fixvis(context, { vis: 'a.ms', field: '0', phasecenter: 'GALACTIC 344.0deg 27.0deg' });
    const ms = open('a.ms');
    const [ra, dec] = readMetadata(ms).fields[0].phaseDir;
    expect([ra, dec].map((value) => (value * 180) / Math.PI)).toEqual([
      expect.closeTo(-127.65113, 4), // astropy.coordinates.SkyCoord(344, 27, unit='deg', frame='galactic').fk5
      expect.closeTo(-23.00694, 4),
    ]);
    ms.close();
  });

  it('takes offsets in time, and angles on the sky at the new declination', () => {
    const { context, open } = start();
    const centre = () => {
      const ms = open('a.ms');
      const { phaseDir } = readMetadata(ms).fields[0];
      ms.close();
      return phaseDir;
    };
    const [ra, dec] = centre();
    fixvis(context, { vis: 'a.ms', field: '0', phasecenter: '0.5s 0.1rad' });
    expect(centre()[0] - ra).toBeCloseTo((7.5 / 3600) * (Math.PI / 180), 12);
    fixvis(context, { vis: 'a.ms', field: '0', phasecenter: '-0h0m0.5s -0.1rad' });
    expect(centre()[0]).toBeCloseTo(ra, 12);
    fixvis(context, { vis: 'a.ms', field: '0', phasecenter: '0.001rad 0.1rad' });
    expect((centre()[0] - ra) * Math.cos(dec + 0.1)).toBeCloseTo(0.001, 12);
    expect(() => fixvis(context, { vis: 'a.ms', field: '0', phasecenter: '1.5 2.5' })).toThrow(/needs a unit/);
  });

  it('recomputes UVW of chosen fields', () => {
    const { context, open } = start();
    fixvis(context, { vis: 'a.ms', outputvis: 'b.ms', field: '1', reuse: false });
    const [before, after] = [open('a.ms'), open('b.ms')];
    expect(row(after, 20).uvw).toEqual(row(before, 20).uvw);
    const last = after.main.rowCount - 1;
    const { position: one } = readMetadata(after).antennas[2];
    const { position: other } = readMetadata(after).antennas[3];
    const length = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
    expect(Math.hypot(...row(after, last).uvw)).toBeCloseTo(length, 8);
    before.close();
    after.close();
  });

  it('refuses distances and other frames', () => {
    const { context } = start();
    expect(() => fixvis(context, { vis: 'a.ms', distances: '2E6km' })).toThrow(/distances/);
    expect(() => fixvis(context, { vis: 'a.ms', refcode: 'B1950' })).toThrow(/B1950/);
  });
});

describe('fixplanets', () => {
  it('sets directions in FIELD and SOURCE', () => {
    const { context, open } = start();
    fixplanets(context, { vis: 'a.ms', field: '1', direction: 'J2000 0.5rad 0.25rad', fixuvw: true });
    const ms = open('a.ms');
    const { fields, sources } = readMetadata(ms);
    expect(fields[1].phaseDir).toEqual([0.5, 0.25]);
    expect(sources.filter(({ sourceId }) => sourceId === 1).every(({ direction }) => direction[0] === 0.5)).toBe(true);
    ms.close();
    expect(() => fixplanets(context, { vis: 'a.ms', field: '1', direction: 'eph.tab' })).toThrow(/nor a table/);
  });
});
