import { nearestField, type Observation } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/**
 * Says which scans of targets lie before the first or after the last usable scan of their phase calibrator: there a solution is held
 * instead of interpolated.
 *
 * @param seenScans scans of the calibrators with unflagged data
 */
export function uncoveredScans(observation: Observation, seenScans: ReadonlySet<number>): Decision[] {
  const found = new Map<string, { scans: number[]; target: string; phase: string; side: string }>();
  for (const scan of observation.skyScans) {
    const target = observation.targets.find(({ id }) => id === scan.fieldId);
    if (!target) continue;
    const phase = nearestField(target, observation.phase);
    const own = observation.skyScans.filter(({ fieldId, number }) => fieldId === phase.id && seenScans.has(number));
    if (own.length === 0 || phase.id === target.id) continue;
    const side = own.every(({ startSec }) => startSec > scan.startSec)
      ? 'before'
      : own.every(({ startSec }) => startSec < scan.startSec)
        ? 'after'
        : undefined;
    if (side === undefined) continue;
    const key = `${target.name} ${side}`;
    const known = found.get(key) ?? { scans: [], target: target.name, phase: phase.name, side };
    found.set(key, { ...known, scans: [...known.scans, scan.number] });
  }
  return [...found.values()].map(({ scans, target, phase, side }) => ({
    topic: 'Phases of the target',
    choice: `held in ${scans.length === 1 ? 'scan' : 'scans'} ${scans.join(', ')} of ${target}`,
    reason: `${phase} has no usable scan ${side} ${scans.length === 1 ? 'it' : 'them'}: the nearest solution is taken, and phases may have drifted.`,
  }));
}
