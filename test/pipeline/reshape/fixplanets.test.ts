import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { antennaUvw } from '../../../src/astronomy/measures/index.ts';
import { fieldDirection, openMs, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { fixplanets } from '../../../src/pipeline/reshape/index.ts';
import { writeEphemeris } from '../../astronomy/ms/small-ephemeris.ts';
import { freshContext, START, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

/** A small MS with an ephemeris beside it. */
function start(mjd = START / 86_400 - 1) {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  const ms = openMs(join(context.cwd, 'a.ms'), 'update');
  for (const field of [0, 1]) ms.subtable('FIELD').column('TIME').put(field, START);
  ms.close();
  writeEphemeris(join(context.cwd, 'body.tab'), mjd);
  return { context, open: () => openMs(join(context.cwd, 'a.ms')) };
}

describe('fixplanets with an ephemeris', () => {
  it('lets a field move, with UVW of each moment', () => {
    const { context, open } = start();
    fixplanets(context, { vis: 'a.ms', field: '1', direction: 'body.tab', fixuvw: true });
    const ms = open();
    const { fields, antennas } = readMetadata(ms);
    expect(fields[0].motion).toBeUndefined();
    expect(fields[1].phaseDir[0]).toBeCloseTo((11 * Math.PI) / 180, 10);
    const [field, time, one, other] = ['FIELD_ID', 'TIME', 'ANTENNA1', 'ANTENNA2'].map((name) =>
      readNumbers(ms.main, name),
    );
    const row = field.findLastIndex((id, at) => id === 1 && one[at] !== other[at]);
    const positions = Float64Array.from(antennas.flatMap(({ position }) => [...position]));
    const uvw = antennaUvw(positions, time[row], ...fieldDirection(fields[1], time[row]));
    const found = ms.main.column('UVW').getRange(row, 1) as Float64Array;
    for (let axis = 0; axis < 3; axis++)
      expect(found[axis]).toBeCloseTo(uvw[3 * one[row] + axis] - uvw[3 * other[row] + axis], 9);
    ms.close();
  });

  it('changes nothing without a field, as CASA', () => {
    const { context, open } = start();
    fixplanets(context, { vis: 'a.ms', field: '', direction: 'J2000 1.0rad 0.5rad' });
    const ms = open();
    expect(readMetadata(ms).fields.map(({ phaseDir }) => phaseDir[1])).not.toContain(0.5);
    ms.close();
  });

  it('lets it stand still again with a direction', () => {
    const { context, open } = start();
    const idOf = (number: number) => {
      const read = open();
      const { motion } = readMetadata(read).fields[number];
      read.close();
      return motion?.id;
    };
    fixplanets(context, { vis: 'a.ms', field: '1', direction: 'body.tab' });
    const first = idOf(1);
    expect(first).toBeGreaterThanOrEqual(0);
    fixplanets(context, { vis: 'a.ms', field: '1', direction: 'J2000 1.0rad 0.5rad' });
    const ms = open();
    const [, field] = readMetadata(ms).fields;
    expect(field.motion).toBeUndefined();
    ms.close();
    fixplanets(context, { vis: 'a.ms', field: '0', direction: 'body.tab' });
    expect(idOf(0)).toBeGreaterThan(first as number); // the table of the other field lies there still
    expect(field.phaseDir.map((value) => value.toFixed(9))).toEqual(['1.000000000', '0.500000000']);
  });

  it('refuses what is no ephemeris, or of other days, and changes nothing', () => {
    const { context, open } = start(50_000);
    const fix = (direction: string) => () => fixplanets(context, { vis: 'a.ms', field: '1', direction });
    expect(fix('body.tab')).toThrow(/covers MJD 50000 to 50002; field .* is of MJD 56458/);
    expect(fix('nothing.tab')).toThrow(/neither a direction with its frame/);
    expect(fix('a.ms')).toThrow(/no ephemeris: it has no MJD/);
    const ms = open();
    expect(readMetadata(ms).fields.map(({ motion }) => motion)).toEqual([undefined, undefined]);
    ms.close();
  });
});
