import { describe, expect, it } from 'vitest';
import { azEl, observatoryPosition } from '../../../src/astronomy/measures/index.ts';
import type { MeasuredFlux } from '../../../src/pipeline/reduction/common-flux.ts';
import type { Observation, ObservedField } from '../../../src/pipeline/reduction/observation.ts';
import { borrowedTsys, tsysGrowth, withBorrowedTsys } from '../../../src/pipeline/reduction/tsys-elevation.ts';

const POSITION = observatoryPosition('ALMA') as Float64Array;
const START = 4.88e9;
const field = (id: number, ra: number): ObservedField => ({ id, name: `F${id}`, ra, dec: -0.3 });
const fields = [field(0, 4.6), field(1, 4.2), field(2, 4.9)];
/** Field 1, the flux calibrator, has no Tsys. */
const scan = (fieldId: number, startSec: number) => ({
  ...{ number: fieldId, fieldId, fieldIds: [fieldId], spwIds: [5] },
  ...{ startSec: START + startSec, endSec: START + startSec + 60 },
});
const observation = {
  antennas: [{ name: 'A', position: POSITION }],
  science: [{ spwId: 9, tsysSpwId: 5 }],
  ...{ bandpass: fields[0], flux: fields[1], phase: [fields[2]], targets: [], otherFlux: [], observed: [] },
  atmosphereScans: [scan(0, 0), scan(2, 300)],
  skyScans: [scan(0, 70), scan(1, 200), scan(2, 400)],
} as unknown as Observation;
const airmass = ({ ra, dec }: ObservedField, sec: number) => 1 / Math.sin(azEl(START + sec, ra, dec, POSITION).el);
/** Of 100 K at the zenith, growing by 30 % with each airmass. */
const levels = [airmass(fields[0], 30), airmass(fields[2], 330)].map((at) => Math.log(100) + 0.3 * at);

describe('Tsys of another elevation', () => {
  it('tells how Tsys grows with airmass, and what that does to a field without its own', () => {
    const growth = tsysGrowth(observation, levels);
    expect(growth).toBeCloseTo(0.3, 6);
    const { excess, elevations } = borrowedTsys(observation, fields[1], 5, growth);
    // The nearest one on the sky and in time is that of field 0 or 2; amplitudes go with Tsys.
    const from = Math.abs(elevations[1] - Math.asin(1 / airmass(fields[0], 30))) < 1e-6 ? [0, 30] : [2, 330];
    const other = airmass(fields[from[0]], from[1]);
    expect(excess).toBeCloseTo(Math.exp(0.3 * (other - airmass(fields[1], 230))) - 1, 6);
    expect(Math.abs(excess)).toBeGreaterThan(0.02);
    expect(borrowedTsys(observation, fields[0], 5, growth).excess).toBe(0);
  });

  it('is not told where airmasses hardly differ', () => {
    const alike = { ...observation, atmosphereScans: [scan(0, 0), scan(0, 60)] };
    expect(tsysGrowth(alike, levels)).toBeNaN();
    expect(borrowedTsys(observation, fields[1], 5, Number.NaN).excess).toBe(0);
  });

  it('goes into the errors of all flux densities where the flux calibrator borrows', () => {
    const flux = { eb: 'a', field: 'F2', spw: 9, frequencyHz: 1e11, fluxJy: 2, errorJy: 0.01 };
    const { excess } = borrowedTsys(observation, fields[1], 5, 0.3);
    const told = (isReference: boolean) =>
      withBorrowedTsys({ ...flux, isReference } as MeasuredFlux, observation, 0.3).errorJy;
    expect(told(false)).toBeCloseTo(Math.hypot(0.01, 2 * excess), 9);
    expect(told(true)).toBe(0.01);
  });
});
