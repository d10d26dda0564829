import { type AtmosphereScan, nearestField, type Observation, type ObservedField, separation } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/** A calibrator further than this (rad) from the target does not tell the phases there. */
const FARTHEST = (15 * Math.PI) / 180;

type Side = 'before' | 'after';

/** What has a scan at each side of a scan of the target. */
interface Cover {
  readonly scan: AtmosphereScan;
  has(field: ObservedField, side: Side): boolean;
}

function coverOf(target: ObservedField, { skyScans }: Observation, seenScans: ReadonlySet<number>): Cover[] {
  return skyScans
    .filter(({ fieldId }) => fieldId === target.id)
    .map((scan) => ({
      scan,
      has: (field, side) =>
        skyScans.some(
          ({ fieldId, number, startSec }) =>
            fieldId === field.id &&
            seenScans.has(number) &&
            (side === 'before' ? startSec < scan.startSec : startSec > scan.startSec),
        ),
    }));
}

/**
 * Phase calibrators of a target: the nearest on the sky, and another near one where that was observed only before or only after some of
 * the target's scans, as when one calibrator takes the place of another.
 *
 * @param seenScans scans of the calibrators with unflagged data
 */
export function phaseFieldsOf(
  target: ObservedField,
  observation: Observation,
  seenScans: ReadonlySet<number>,
): ObservedField[] {
  const nearest = nearestField(target, observation.phase);
  const chosen = [nearest];
  const near = observation.phase.filter((field) => separation(field, target) < FARTHEST);
  for (const { has } of coverOf(target, observation, seenScans)) {
    if (!has(nearest, 'before') && !has(nearest, 'after')) continue;
    for (const side of ['before', 'after'] as const) {
      if (chosen.some((field) => has(field, side))) continue;
      const others = near.filter((field) => field.id !== target.id && has(field, side));
      if (others.length > 0) chosen.push(nearestField(target, others));
    }
  }
  return chosen;
}

/**
 * Says which scans of targets lie before the first or after the last usable scan of their phase calibrators: there a solution is held
 * instead of interpolated. Says too where two calibrators serve a target in turn.
 *
 * @param seenScans scans of the calibrators with unflagged data
 */
export function uncoveredScans(observation: Observation, seenScans: ReadonlySet<number>): Decision[] {
  const held = new Map<string, { scans: number[]; target: string; phase: string; side: Side }>();
  const shared = new Map<string, Decision>();
  for (const target of observation.targets) {
    const fields = phaseFieldsOf(target, observation, seenScans);
    if (fields[0].id === target.id) continue;
    const phase = fields.map(({ name }) => name).join(' and ');
    if (fields.length > 1)
      shared.set(target.name, {
        topic: 'Phases of the target',
        choice: `${target.name} takes those of ${phase} together`,
        reason: `${fields[0].name}, the nearest one, was observed only before or only after some of its scans.`,
      });
    const hasAny = (cover: Cover, side: Side) => fields.some((field) => cover.has(field, side));
    for (const cover of coverOf(target, observation, seenScans)) {
      const sides = (['before', 'after'] as const).filter((side) => !hasAny(cover, side));
      if (sides.length !== 1) continue;
      const key = `${target.name} ${sides[0]}`;
      const known = held.get(key) ?? { scans: [], target: target.name, phase, side: sides[0] };
      held.set(key, { ...known, scans: [...known.scans, cover.scan.number] });
    }
  }
  return [
    ...shared.values(),
    ...[...held.values()].map(({ scans, target, phase, side }) => ({
      topic: 'Phases of the target',
      choice: `held in ${scans.length === 1 ? 'scan' : 'scans'} ${scans.join(', ')} of ${target}`,
      reason: `${phase} has no usable scan ${side} ${scans.length === 1 ? 'it' : 'them'}: the nearest solution is taken, and phases may have drifted.`,
    })),
  ];
}
