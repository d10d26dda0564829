import { describe, expect, it } from 'vitest';
import { azEl, observatoryPosition } from '../../../src/astronomy/measures/index.ts';
import type { MeasuredFlux } from '../../../src/pipeline/reduction/common-flux.ts';
import type { Observation, ObservedField } from '../../../src/pipeline/reduction/observation.ts';
import { borrowedTsys, tsysGrowth, withBorrowedTsys } from '../../../src/pipeline/reduction/tsys-elevation.ts';

const POSITION = observatoryPosition('ALMA') as Float64Array;
const START = 4.88e9;
const field = (id: number, ra: number, name = `F${id}`): ObservedField => ({ id, name, ra, dec: -0.3 });
const fields = [field(0, 1.4), field(1, 1.2), field(2, 0.2), field(3, 0.6), field(4, 1.8, 'Uranus')];
/** Field 1, the flux calibrator, has no Tsys: field 0 is next to it on the sky and in time. */
const scan = (fieldId: number, startSec: number) => ({
  ...{ number: fieldId, fieldId, fieldIds: [fieldId], spwIds: [5, 6] },
  ...{ startSec: START + startSec, endSec: START + startSec + 60 },
});
const observation = {
  antennas: [{ name: 'A', position: POSITION }],
  science: [{ spwId: 9, tsysSpwId: 5 }],
  ...{ bandpass: fields[0], flux: fields[1], phase: [fields[2], fields[3]], targets: [], otherFlux: [fields[4]] },
  observed: [],
  atmosphereScans: [scan(0, 0), scan(2, 1300), scan(3, 1500), scan(4, 1700)],
  skyScans: [scan(0, 70), scan(1, 200), scan(2, 1400), scan(3, 1600), scan(4, 1800)],
} as unknown as Observation;
const airmass = ({ ra, dec }: ObservedField, sec: number) => 1 / Math.sin(azEl(START + sec, ra, dec, POSITION).el);
/** Of 100 K at the zenith, in the second window of 400 K; growing by 30 % with each airmass. */
const levelsAt = (at: number) =>
  new Map([
    [5, Math.log(100) + 0.3 * at],
    [6, Math.log(400) + 0.3 * at],
  ]);
const [first, second, third] = [airmass(fields[0], 30), airmass(fields[2], 1330), airmass(fields[3], 1530)].map(
  levelsAt,
);
/** The third scan has one window alone, the last one is of a planet of 100 K. */
const levels = [
  first,
  second,
  new Map([...third].slice(0, 1)),
  new Map([...levelsAt(airmass(fields[4], 1730))].map(([spwId, level]) => [spwId, level + Math.log(2)])),
];

describe('Tsys of another elevation', () => {
  it('tells how Tsys grows with airmass, and what that does to a field without its own', () => {
    const growth = tsysGrowth(observation, levels);
    expect(growth).toBeCloseTo(0.3, 6);
    const { excess, elevations } = borrowedTsys(observation, fields[1], 5, growth);
    expect(Math.sin(elevations[1])).toBeCloseTo(1 / airmass(fields[0], 30), 9);
    // Amplitudes go with Tsys.
    expect(excess).toBeCloseTo(Math.exp(0.3 * (airmass(fields[0], 30) - airmass(fields[1], 230))) - 1, 6);
    expect(Math.abs(excess)).toBeGreaterThan(0.02);
    expect(borrowedTsys(observation, fields[0], 5, growth).excess).toBe(0);
  });

  it('is not told where airmasses hardly differ, or Tsys changes without them', () => {
    const alike = { ...observation, atmosphereScans: [scan(0, 0), scan(0, 60)] };
    expect(tsysGrowth(alike, levels)).toBeNaN();
    expect(borrowedTsys(observation, fields[1], 5, Number.NaN).excess).toBe(0);
    const changed = [first, second, third, first].map(
      (ofWindows, index) => new Map([...ofWindows].map(([spwId, level]) => [spwId, level + 0.3 * (index % 2)])),
    );
    const more = { ...observation, atmosphereScans: [scan(0, 0), scan(2, 1300), scan(3, 1500), scan(0, 60)] };
    expect(tsysGrowth(more, changed)).toBeNaN();
  });

  it('goes into the errors of flux densities that the flux calibrator makes wrong, not where both borrow alike', () => {
    const flux = { eb: 'a', field: 'F2', spw: 9, frequencyHz: 1e11, fluxJy: 2, errorJy: 0.01 };
    const { excess } = borrowedTsys(observation, fields[1], 5, 0.3);
    const told = (isReference: boolean, seen = observation) =>
      withBorrowedTsys({ ...flux, isReference } as MeasuredFlux, seen, 0.3).errorJy;
    expect(told(false)).toBeCloseTo(Math.hypot(0.01, 2 * (1 / (1 + excess) - 1)), 9);
    expect(told(true)).toBe(0.01);
    // The phase calibrator is where the flux calibrator is, at the same time.
    const twin = { ...fields[1], id: 2, name: 'F2' };
    const beside = {
      ...{ ...observation, phase: [twin], atmosphereScans: [scan(0, 0)], skyScans: [scan(1, 200), scan(2, 200)] },
    } as Observation;
    expect(borrowedTsys(beside, twin, 5, 0.3).excess).toBeCloseTo(excess, 6);
    expect(told(false, beside)).toBeCloseTo(0.01, 9);
  });
});
