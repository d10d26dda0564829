import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as measures from '../../../src/astronomy/measures/index.ts';

interface Case {
  time: string;
  mjdSec: number;
  ra: number;
  dec: number;
  positions: number[][];
  uvw: number[][];
  azelgeo: number[];
  lsrk: number;
  bary: number;
  pa: number;
}
const cases: Case[] = JSON.parse(
  readFileSync(new URL('../../fixtures/casa-measures/cases.json', import.meta.url), 'utf8'),
);

describe.each(cases)('against CASA 6.7 at $time', (c) => {
  const first = c.positions[0];

  it('reads the same time', () => {
    expect(measures.parseCasaTime(c.time)).toBeCloseTo(c.mjdSec, 5);
  });

  it('gives the same UVW within 3e-7 of the baseline', () => {
    const uvw = measures.antennaUvw(Float64Array.from(c.positions.flat()), c.mjdSec, c.ra, c.dec);
    for (let ant = 1; ant < c.positions.length; ant++) {
      const length = Math.hypot(...c.uvw[ant]);
      for (let axis = 0; axis < 3; axis++)
        expect(Math.abs(uvw[3 * ant + axis] - c.uvw[ant][axis]) / length).toBeLessThan(3e-7);
    }
  });

  it('gives the same frequencies within 15 cm/s', () => {
    const lsrk = measures.frequencyShiftFactor(c.mjdSec, c.ra, c.dec, first, 'TOPO', 'LSRK');
    const bary = measures.frequencyShiftFactor(c.mjdSec, c.ra, c.dec, first, 'TOPO', 'BARY');
    expect(Math.abs(lsrk / c.lsrk - 1)).toBeLessThan(5e-10);
    expect(Math.abs(bary / c.bary - 1)).toBeLessThan(5e-10);
    expect(measures.frequencyShiftFactor(c.mjdSec, c.ra, c.dec, first, 'LSRK', 'TOPO') * lsrk).toBeCloseTo(1, 14);
    expect(measures.topoToLsrkVelocity(c.mjdSec, c.ra, c.dec, first)).toBeCloseTo(299792458 * (1 - c.lsrk), 0);
  });

  it('gives the same place in the sky', () => {
    const { az, el } = measures.azEl(c.mjdSec, c.ra, c.dec, first);
    expect(Math.abs(el - c.azelgeo[1])).toBeLessThan(4e-6);
    expect(Math.abs(Math.sin((az - c.azelgeo[0]) / 2)) * Math.cos(el)).toBeLessThan(4e-6);
    const pa = measures.parallacticAngle(c.mjdSec, c.ra, c.dec, first);
    expect(Math.abs(Math.sin((pa - c.pa) / 2))).toBeLessThan(3e-4);
  });
});

describe('laws', () => {
  const c = cases[1];
  it('the UVW rotation keeps lengths and turns with the Earth as gcrsToItrs does, but for aberration', () => {
    const m = measures.uvwRotation(c.positions[0], c.mjdSec, c.ra, c.dec, 'iers');
    const n = measures.gcrsToItrs(c.mjdSec);
    const source = [Math.cos(c.ra) * Math.cos(c.dec), Math.sin(c.ra) * Math.cos(c.dec), Math.sin(c.dec)];
    const inItrf = [0, 1, 2].map(
      (row) => n[3 * row] * source[0] + n[3 * row + 1] * source[1] + n[3 * row + 2] * source[2],
    );
    for (let axis = 0; axis < 3; axis++) expect(Math.abs(m[6 + axis] - inItrf[axis])).toBeLessThan(1.2e-4);
    const length = m[6] ** 2 + m[7] ** 2 + m[8] ** 2;
    expect(length).toBeCloseTo(1, 13);
  });

  it('w equals the projection on the observed direction', () => {
    const m = measures.uvwRotation(c.positions[0], c.mjdSec, c.ra, c.dec, 'iers');
    const { az, el } = measures.azEl(c.mjdSec, c.ra, c.dec, c.positions[0]);
    const { longitude, latitude } = measures.geodeticOf(c.positions[0]);
    const up = [Math.cos(longitude) * Math.cos(latitude), Math.sin(longitude) * Math.cos(latitude), Math.sin(latitude)];
    const north = [
      -Math.cos(longitude) * Math.sin(latitude),
      -Math.sin(longitude) * Math.sin(latitude),
      Math.cos(latitude),
    ];
    const east = [-Math.sin(longitude), Math.cos(longitude), 0];
    for (let axis = 0; axis < 3; axis++) {
      const seen = Math.sin(el) * up[axis] + Math.cos(el) * (Math.cos(az) * north[axis] + Math.sin(az) * east[axis]);
      expect(Math.abs(m[6 + axis] - seen)).toBeLessThan(2e-9);
    }
  });
});

it('turns ASDM times to MJD seconds and back', () => {
  expect(measures.utcNsToMjdSec(4_877_982_000_123_456_000n)).toBeCloseTo(4_877_982_000.123456, 5);
  expect(measures.mjdSecToUtcNs(4_877_982_000.25)).toBe(4_877_982_000_250_000_000n);
});

it('knows its observatories', () => {
  const { longitude, latitude } = measures.geodeticOf(measures.observatoryPosition('alma'));
  expect(longitude).toBeCloseTo(-1.18254659, 7);
  expect(latitude).toBeCloseTo(-0.40182516, 7);
  const back = measures.itrfOf(longitude, latitude, 5056.8);
  expect(back[0]).toBeCloseTo(2225142.1803, 3);
  expect(() => measures.observatoryPosition('Nowhere')).toThrow(/not known/);
  expect(measures.erfaVersion()).toBe('2.0.1');
});
