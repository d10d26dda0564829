import { azEl } from '../../astronomy/measures/index.ts';
import { bodyNamed } from '../skymodel/index.ts';
import type { MeasuredFlux } from './common-flux.ts';
import {
  type AtmosphereScan,
  calibratedFields,
  calibratorFields,
  type Observation,
  type ObservedField,
  tsysFieldOf,
} from './observation.ts';

/** What weather at least changes system temperatures by from scan to scan, as a share. */
const LEAST_SCATTER = 0.02;
/** A growth with a larger error is not told; usual ones are 0.1 to 0.4 for each airmass. */
const LARGEST_ERROR = 0.15;

const middle = ({ startSec, endSec }: AtmosphereScan) => (startSec + endSec) / 2;

function airmass({ antennas }: Observation, { ra, dec }: ObservedField, mjdSec: number): number {
  return 1 / Math.sin(azEl(mjdSec, ra, dec, antennas[0].position).el);
}

/**
 * By what share system temperatures grow with each airmass, from those of all atmosphere scans, each window compared with itself; without
 * bodies of the Solar System, which are warm themselves.
 *
 * @param levels natural logarithm of the usual system temperature of each window, in each atmosphere scan
 * @returns NaN where the scans do not tell
 */
export function tsysGrowth(observation: Observation, levels: readonly ReadonlyMap<number, number>[]): number {
  const fields = new Map(calibratedFields(observation).map((field) => [field.id, field]));
  const points = observation.atmosphereScans.flatMap((scan, index) => {
    const field = fields.get(scan.fieldId);
    if (!field || bodyNamed(field.name) !== undefined) return [];
    const at = airmass(observation, field, middle(scan));
    return [...levels[index]].flatMap(([spwId, level]) => (Number.isFinite(level) ? { index, spwId, at, level } : []));
  });
  // Windows have levels of their own.
  const windows = [...new Set(points.map(({ spwId }) => spwId))]
    .map((id) => points.filter(({ spwId }) => spwId === id))
    .filter((own) => own.length > 1);
  const offsets = windows.flatMap((own) => {
    const [at, level] = [meanOf(own.map((one) => one.at)), meanOf(own.map((one) => one.level))];
    return own.map((one) => ({ index: one.index, at: one.at - at, level: one.level - level }));
  });
  const square = offsets.reduce((sum, { at }) => sum + at ** 2, 0);
  const growth = offsets.reduce((sum, { at, level }) => sum + at * level, 0) / square;
  // What weather does to one window of a scan it does to all.
  const residuals = [...new Set(offsets.map(({ index }) => index))].map((scan) =>
    meanOf(offsets.filter(({ index }) => index === scan).map(({ at, level }) => level - growth * at)),
  );
  const scatter = residuals.length > 2 ? Math.hypot(...residuals) / Math.sqrt(residuals.length - 2) : 0;
  const error = Math.max(LEAST_SCATTER, scatter) / Math.sqrt(square / windows.length);
  return error < LARGEST_ERROR ? Math.max(0, growth) : Number.NaN;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What it does to a field that it takes the system temperatures of another one at another elevation. */
export interface BorrowedTsys {
  /** Share by which amplitudes of the field come out too high; 0 where it has its own Tsys, or nothing tells. */
  readonly excess: number;
  /** rad, of the field and of the scan that it borrows from. */
  readonly elevations: readonly [own: number, other: number];
}

/**
 * Estimates that from elevations.
 *
 * @param growth of {@link tsysGrowth}
 */
export function borrowedTsys(
  observation: Observation,
  field: ObservedField,
  spwId: number,
  growth: number,
): BorrowedTsys {
  const own = observation.skyScans.filter(({ fieldIds }) => fieldIds.includes(field.id));
  const source = tsysFieldOf(observation, field, spwId);
  const other = calibratedFields(observation).find(({ id }) => id === source?.fieldId);
  if (!other || other.id === field.id || own.length === 0) return { excess: 0, elevations: [Number.NaN, Number.NaN] };
  const time = own.reduce((sum, scan) => sum + middle(scan), 0) / own.length;
  const away = (scan: AtmosphereScan) => Math.abs(middle(scan) - time);
  const [nearest] = observation.atmosphereScans
    .filter(({ fieldId, spwIds }) => fieldId === other.id && spwIds.includes(spwId))
    .sort((one, two) => away(one) - away(two));
  const [ownAirmass, otherAirmass] = [airmass(observation, field, time), airmass(observation, other, middle(nearest))];
  const excess = Number.isFinite(growth) ? Math.expm1(growth * (otherAirmass - ownAirmass)) : 0;
  return { excess, elevations: [Math.asin(1 / ownAirmass), Math.asin(1 / otherAirmass)] };
}

/**
 * A flux density whose error includes what Tsys of other elevations may change it by: its own one against the flux calibrator's, which
 * cancel where both borrow alike.
 */
export function withBorrowedTsys(flux: MeasuredFlux, observation: Observation, growth: number): MeasuredFlux {
  const tsysSpwId = observation.science.find(({ spwId }) => spwId === flux.spw)?.tsysSpwId;
  const own = calibratorFields(observation).find(({ name }) => name === flux.field);
  if (flux.isReference || tsysSpwId === undefined || !own) return flux;
  const [change, ofScale] = [own, observation.flux].map(
    (field) => 1 + borrowedTsys(observation, field, tsysSpwId, growth).excess,
  );
  return { ...flux, errorJy: Math.hypot(flux.errorJy, (change / ofScale - 1) * flux.fluxJy) };
}
