import { azEl } from '../../astronomy/measures/index.ts';
import type { MeasuredFlux } from './common-flux.ts';
import {
  type AtmosphereScan,
  calibratedFields,
  calibratorFields,
  type Observation,
  type ObservedField,
  tsysFieldOf,
} from './observation.ts';

/** Airmasses must differ by this to tell how system temperatures grow with them. */
const LEAST_SPREAD = 0.1;

const middle = ({ startSec, endSec }: AtmosphereScan) => (startSec + endSec) / 2;

function airmass({ antennas }: Observation, { ra, dec }: ObservedField, mjdSec: number): number {
  return 1 / Math.sin(azEl(mjdSec, ra, dec, antennas[0].position).el);
}

/**
 * By what share system temperatures grow with each airmass, from those of all atmosphere scans.
 *
 * @param levels natural logarithm of the usual system temperature in each atmosphere scan
 * @returns NaN where the scans do not tell
 */
export function tsysGrowth(observation: Observation, levels: readonly number[]): number {
  const fields = new Map(calibratedFields(observation).map((field) => [field.id, field]));
  const points = observation.atmosphereScans.flatMap((scan, index) => {
    const field = fields.get(scan.fieldId);
    return field && Number.isFinite(levels[index]) ? [[airmass(observation, field, middle(scan)), levels[index]]] : [];
  });
  const airmasses = points.map(([at]) => at);
  if (points.length < 2 || Math.max(...airmasses) - Math.min(...airmasses) < LEAST_SPREAD) return Number.NaN;
  const meanOf = (axis: number) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanAirmass, meanLevel] = [meanOf(0), meanOf(1)];
  const square = points.reduce((sum, [at]) => sum + (at - meanAirmass) ** 2, 0);
  const product = points.reduce((sum, [at, level]) => sum + (at - meanAirmass) * (level - meanLevel), 0);
  return Math.max(0, product / square);
}

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

/** A flux density whose error includes what Tsys of other elevations, its own or the flux calibrator's, may change it by. */
export function withBorrowedTsys(flux: MeasuredFlux, observation: Observation, growth: number): MeasuredFlux {
  const tsysSpwId = observation.science.find(({ spwId }) => spwId === flux.spw)?.tsysSpwId;
  if (flux.isReference || tsysSpwId === undefined) return flux;
  const own = calibratorFields(observation).find(({ name }) => name === flux.field);
  const shares = [...(own ? [own] : []), observation.flux].map(
    (field) => borrowedTsys(observation, field, tsysSpwId, growth).excess,
  );
  return { ...flux, errorJy: Math.hypot(flux.errorJy, ...shares.map((share) => share * flux.fluxJy)) };
}
