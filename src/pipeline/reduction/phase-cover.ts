import { median } from '../../foundation/numeric/index.ts';
import { type AtmosphereScan, nearestField, type Observation, type ObservedField, separation } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/**
 * A calibrator further than this (rad) from the target tells less of the phases there than those of the nearest at another time: with
 * antennas half a millimetre off, at 11 deg a target lost 8 % in two scans of five, and 3 % with phases held.
 */
const FARTHEST = (7 * Math.PI) / 180;

type Side = 'before' | 'after';

/** What has a scan at each side of a scan of the target. */
interface Cover {
  readonly scan: AtmosphereScan;
  has(field: ObservedField, side: Side): boolean;
}

function coverOf(target: ObservedField, observation: Observation, seenScans: ReadonlySet<number>): Cover[] {
  return observation.skyScans
    .filter(({ fieldIds }) => fieldIds.includes(target.id))
    .map((scan) => ({
      scan,
      has: (field, side) =>
        startsOf(field, observation, seenScans).some((start) =>
          side === 'before' ? start < scan.startSec : start > scan.startSec,
        ),
    }));
}

/** When the usable scans of a calibrator begin, s, in order. */
function startsOf({ id }: ObservedField, { skyScans }: Observation, seenScans: ReadonlySet<number>): number[] {
  return skyScans
    .filter(({ fieldIds, number }) => fieldIds.includes(id) && seenScans.has(number))
    .map(({ startSec }) => startSec)
    .sort((a, b) => a - b);
}

/** Scans of a target that take the phases of the same calibrators. */
export interface PhaseSource {
  readonly fields: readonly ObservedField[];
  /** Their numbers; undefined: all of the target. */
  readonly scans?: readonly number[];
}

/**
 * Phase calibrators of a target: the nearest on the sky. Scans further before or after all of its scans than those are apart take another
 * near one together with it, as when one calibrator takes the place of another; scans between its own do not, as directions far from the
 * target have errors of their own.
 *
 * @param seenScans scans of the calibrators with unflagged data
 */
export function phaseSourcesOf(
  target: ObservedField,
  observation: Observation,
  seenScans: ReadonlySet<number>,
): PhaseSource[] {
  const nearest = nearestField(target, observation.phase);
  const starts = startsOf(nearest, observation, seenScans);
  const apart = starts.length > 1 ? median(starts.slice(1).map((start, index) => start - starts[index])) : 0;
  const near = observation.phase.filter(
    (field) => field.id !== target.id && field.id !== nearest.id && separation(field, target) < FARTHEST,
  );
  const sources = new Map<string, { fields: ObservedField[]; scans: number[] }>();
  for (const { scan, has } of coverOf(target, observation, seenScans)) {
    const isHeldLong = starts.length > 0 && starts.every((start) => Math.abs(start - scan.startSec) > apart);
    const side = (['before', 'after'] as const).find((one) => isHeldLong && !has(nearest, one));
    const others = side ? near.filter((field) => has(field, side)) : [];
    const fields = others.length > 0 ? [nearest, nearestField(target, others)] : [nearest];
    const key = fields.map(({ id }) => id).join(',');
    const known = sources.get(key);
    if (known) known.scans.push(scan.number);
    else sources.set(key, { fields, scans: [scan.number] });
  }
  if (sources.size > 1) return [...sources.values()];
  return [{ fields: [...sources.values()][0]?.fields ?? [nearest] }];
}

/**
 * Says which scans of targets lie before the first or after the last usable scan of their phase calibrators: there a solution is held
 * instead of interpolated. Says too where two calibrators serve a target in turn.
 *
 * @param seenScans scans of the calibrators with unflagged data
 */
export function uncoveredScans(observation: Observation, seenScans: ReadonlySet<number>): Decision[] {
  const held = new Map<string, { scans: Set<number>; target: string; phase: string; side: Side }>();
  const shared = new Map<string, Decision>();
  for (const target of observation.targets) {
    const sources = phaseSourcesOf(target, observation, seenScans);
    const [nearest] = sources[0].fields;
    if (nearest.id === target.id) continue;
    const covers = coverOf(target, observation, seenScans);
    for (const { fields, scans } of sources) {
      const phase = fields.map(({ name }) => name).join(' and ');
      if (fields.length > 1)
        shared.set(`${target.name} ${phase}`, {
          topic: 'Phases of the target',
          choice: `${target.name} takes those of ${phase} together${scans ? ` in ${scanText(scans)}` : ''}`,
          reason: `${nearest.name}, the nearest one, was observed only long before or only long after.`,
        });
      for (const { scan, has } of covers.filter((cover) => scans?.includes(cover.scan.number) ?? true)) {
        const sides = (['before', 'after'] as const).filter((side) => !fields.some((field) => has(field, side)));
        if (sides.length !== 1) continue;
        const key = `${target.name} ${sides[0]} ${phase}`;
        const known = held.get(key) ?? { scans: new Set(), target: target.name, phase, side: sides[0] };
        known.scans.add(scan.number);
        held.set(key, known);
      }
    }
  }
  return [
    ...shared.values(),
    ...[...held.values()].map(({ scans, target, phase, side }) => ({
      topic: 'Phases of the target',
      choice: `held in ${scanText([...scans])} of ${target}`,
      reason: `${phase} has no usable scan ${side} ${scans.size === 1 ? 'it' : 'them'}: the nearest solution is taken, and phases may have drifted.`,
    })),
  ];
}

const scanText = (scans: readonly number[]) => `${scans.length === 1 ? 'scan' : 'scans'} ${scans.join(', ')}`;
