import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldDirection, fieldRecession, isPlaced, openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { writeEphemeris } from './small-ephemeris.ts';
import { freshContext, START, writeSmallMs } from './small-ms.ts';

const DEGREE = Math.PI / 180;
const DAY = 86_400;

/** The fields of an MS whose second one is 1e-3 rad west and 2e-3 rad north of an object that moves. */
function movingFields(posrefsys?: string, observerKm = 0) {
  const path = join(freshContext().cwd, 'a.ms');
  writeSmallMs(path);
  writeEphemeris(join(path, 'FIELD', 'EPHEM4_Body.tab'), START / DAY - 0.5, posrefsys, observerKm);
  const ms = openMs(path, 'update');
  const table = ms.subtable('FIELD');
  table.column('EPHEMERIS_ID').put(0, -1);
  table.column('EPHEMERIS_ID').put(1, 4);
  table.column('TIME').put(1, START);
  table.column('PHASE_DIR').put(1, { shape: [1, 2], values: Float64Array.of(-1e-3, 2e-3) });
  table.column('DELAY_DIR').put(1, { shape: [1, 2], values: Float64Array.of(0, 0) });
  const { fields } = readMetadata(ms);
  ms.close();
  return fields;
}

describe('fields that move', () => {
  it('are where their ephemeris has them at the time of FIELD, the nearer position weighing less on the chord', () => {
    const [still, moving] = movingFields();
    expect(still.motion).toBeUndefined();
    // Half way from 2 au at (10°, -5°) to 1 au at (11°, -4°): two thirds of the first direction, on the great circle.
    const [ra, dec] = moving.delayDir.map((value) => value / DEGREE);
    expect(ra).toBeCloseTo(10 + 1 / 3, 3);
    expect(dec).toBeCloseTo(-5 + 1 / 3, 3);
    expect(moving.phaseDir[1] - moving.delayDir[1]).toBeCloseTo(2e-3, 12);
    expect(moving.phaseDir[0] - moving.delayDir[0]).toBeCloseTo(-1e-3 / Math.cos(moving.phaseDir[1]), 12);
  });

  it('move with time, and stay at the ends of the ephemeris beyond it', () => {
    const [still, moving] = movingFields();
    const at = (days: number) => fieldDirection(moving, START + days * DAY, 'delayDir').map((value) => value / DEGREE);
    expect(at(0.5)).toEqual([expect.closeTo(11, 10), expect.closeTo(-4, 10)]);
    expect(at(9)).toEqual([expect.closeTo(12, 10), expect.closeTo(-3, 10)]);
    expect([-1, 0, 2].map((days) => isPlaced(moving, START + days * DAY))).toEqual([false, true, false]);
    expect(isPlaced(still, 0)).toBe(true);
    expect(fieldDirection(still, 0)).toBe(still.phaseDir);
  });

  it('are taken from the frame of the ephemeris to that of the field', () => {
    const [j2000, icrs] = [undefined, 'ICRF/ICRS'].map((frame) => movingFields(frame)[1]);
    const milliarcseconds = (j2000.delayDir[1] - icrs.delayDir[1]) / (DEGREE / 3.6e6);
    expect(Math.abs(milliarcseconds)).toBeGreaterThan(5);
    expect(Math.abs(milliarcseconds)).toBeLessThan(25);
  });

  it('go away as fast as their ephemeris says, unless it is that of another place than the centre of the Earth', () => {
    const [still, moving] = movingFields();
    const kms = (days: number) => (fieldRecession(moving, START + days * DAY) ?? Number.NaN) / 1000;
    expect([0.25, 0.5, 1.5].map(kms)).toEqual([8.657, 17.3146, 34.6291].map((speed) => expect.closeTo(speed, 3)));
    expect(kms(2)).toBeNaN();
    expect(fieldRecession(still, START)).toBeUndefined();
    expect(fieldRecession(movingFields(undefined, 6378)[1], START)).toBeUndefined();
  });
});
