import type { AprioriFindings, CalibrationNames } from './calibration-plan.ts';
import { calibratedFields, type Observation, type ObservedField, tsysFieldOf } from './observation.ts';
import { type Decision, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';
import type { AntennaOffset } from './position-plan.ts';
import { borrowWater } from './radiometer-check.ts';
import { borrowedTsys } from './tsys-elevation.ts';

/** Which tables there are to apply before the calibrators are looked at. */
export interface AprioriTables {
  readonly hasWvr: boolean;
  readonly hasTsys: boolean;
  readonly hasPositions: boolean;
  /** By what share system temperatures grow with each airmass; NaN where nothing tells. */
  readonly tsysGrowth: number;
}

/**
 * Radiometers that cost more than this share of the antennas are not applied: noise then grows by more than a third, for phases whose
 * unsteadiness is told.
 */
const LARGEST_LOSS = 0.25;

/** Finds out which tables an observation has. */
export function aprioriTables(
  observation: Observation,
  positions: readonly AntennaOffset[],
  { radiometers, benefit, tsys }: AprioriFindings,
): AprioriTables {
  const { lost } = borrowWater(observation.antennas, radiometers);
  return {
    hasWvr:
      observation.wvrSpwId !== undefined &&
      !benefit?.isHarm &&
      lost.length <= LARGEST_LOSS * observation.antennas.length,
    hasTsys: observation.tsysSpwIds.length > 0 && observation.atmosphereScans.length > 0,
    hasPositions: positions.length > 0,
    tsysGrowth: tsys.growth,
  };
}

/** Applies system temperatures, radiometer phases and positions to fields and windows in groups that take the same tables. */
export function applyApriori(
  observation: Observation,
  names: CalibrationNames,
  tables: AprioriTables,
  decisions: Decision[],
): PlanCall[] {
  const spwmap = Array.from({ length: Math.max(...observation.science.map((spw) => spw.spwId)) + 1 }, (_, spw) => spw);
  for (const spw of observation.science) if (spw.tsysSpwId !== undefined) spwmap[spw.spwId] = spw.tsysSpwId;
  const calls: PlanCall[] = [];
  for (const { field, ids, tsys, spwIds } of alikeFields(observation, tables)) {
    const chain = [
      ...(tsys
        ? [{ table: `${names.vis}.tsys`, field: String(tsys.fieldId), interp: 'linear,linear', map: spwmap }]
        : []),
      ...(tables.hasWvr ? [{ table: `${names.vis}.wvr`, field: ids, interp: 'linear', map: [] }] : []),
      ...(tables.hasPositions ? [{ table: `${names.vis}.antpos`, field: '', interp: 'linear', map: [] }] : []),
    ];
    const isPart = spwIds.length < observation.science.length ? ` in windows ${spwIds.join(', ')}` : '';
    if (tsys && !ids.split(',').includes(String(tsys.fieldId)))
      decisions.push({
        topic: 'Tsys',
        choice: `field ${tsys.fieldId} for ${field.name}${isPart}`,
        reason: `${tsys.reason}.${elevationText(observation, field, spwIds[0], tables)}`,
      });
    if (chain.length === 0) continue;
    calls.push(
      task(
        'applycal',
        {
          vis: names.vis,
          field: ids,
          spw: spwIds.join(','),
          gaintable: chain.map((entry) => entry.table),
          gainfield: chain.map((entry) => entry.field),
          interp: chain.map((entry) => entry.interp),
          spwmap: chain.map((entry) => entry.map),
          calwt: true,
          flagbackup: false,
        },
        field.name,
      ),
    );
  }
  return calls;
}

/** Smaller effects of elevation than this are not told. */
const LEAST_TOLD = 0.01;

/** What the elevation of a field does to amplitudes that are calibrated with the Tsys of another one, as a sentence; empty where it is little. */
function elevationText(
  observation: Observation,
  field: ObservedField,
  spwId: number,
  { tsysGrowth }: AprioriTables,
): string {
  const tsysSpwId = observation.science.find((spw) => spw.spwId === spwId)?.tsysSpwId ?? spwId;
  const { excess, elevations } = borrowedTsys(observation, field, tsysSpwId, tsysGrowth);
  if (Math.abs(excess) < LEAST_TOLD) return '';
  const [own, other] = elevations.map((elevation) => ((elevation * 180) / Math.PI).toFixed(0));
  return ` That was measured at an elevation of ${other} deg, ${field.name} observed at ${own} deg: as Tsys grows with airmass in this block, its amplitudes come out about ${(100 * Math.abs(excess)).toFixed(0)} % too ${excess > 0 ? 'high' : 'low'}.`;
}

/** Fields and windows in groups that take the same tables: the pointings of a mosaic are one. */
function alikeFields(observation: Observation, { hasTsys }: AprioriTables) {
  type Tsys = ReturnType<typeof tsysFieldOf>;
  const groups = new Map<string, { field: ObservedField; ids: string; tsys: Tsys; spwIds: number[] }>();
  for (const field of calibratedFields(observation)) {
    const parts = new Map<number | undefined, { tsys: Tsys; spwIds: number[] }>();
    for (const { spwId, tsysSpwId } of observation.science) {
      const tsys = hasTsys && tsysSpwId !== undefined ? tsysFieldOf(observation, field, tsysSpwId) : undefined;
      parts.set(tsys?.fieldId, { tsys, spwIds: [...(parts.get(tsys?.fieldId)?.spwIds ?? []), spwId] });
    }
    const isTarget = observation.targets.some(({ id }) => id === field.id);
    for (const { tsys, spwIds } of parts.values()) {
      const key = `${isTarget ? `${field.name}\n${tsys?.fieldId}` : field.id}\n${spwIds}`;
      const known = groups.get(key);
      groups.set(key, { field, tsys, spwIds, ...known, ids: known ? `${known.ids},${field.id}` : String(field.id) });
    }
  }
  return [...groups.values()];
}
