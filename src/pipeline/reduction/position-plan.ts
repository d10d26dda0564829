import type { Observation } from './observation.ts';
import { type Decision, remove, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';
import type { ScienceGoal } from './science-goal.ts';

/** True minus believed position, ITRF m, by antenna. */
export type PositionOffsets = Readonly<Record<string, readonly [number, number, number]>>;

/** How far an antenna is from where the data have it, ITRF, m. */
export interface AntennaOffset {
  readonly name: string;
  readonly offset: readonly number[];
}

/** Offsets that the goal states plus those that the data show, in the order of the antennas. */
export function positionsOf({ antennas }: Observation, goal: ScienceGoal, shown: PositionOffsets): AntennaOffset[] {
  return antennas.flatMap(({ name }): AntennaOffset[] => {
    const [stated, found] = [goal.antennaPositionCorrections[name], shown[name]];
    if (!stated || !found) return stated || found ? [{ name, offset: stated ?? found }] : [];
    return [{ name, offset: stated.map((value, axis) => Number((value + found[axis]).toFixed(6))) }];
  });
}

/** Calls that write the table of positions; none where all are right. */
export function positionCalls(vis: string, positions: readonly AntennaOffset[], shown: readonly string[]): PlanCall[] {
  if (positions.length === 0) return [];
  const origins = [
    ...(positions.some(({ name }) => !shown.includes(name))
      ? ['positions measured after the observation, minus those used while observing']
      : []),
    ...(shown.length > 0 ? [`${shown.join(', ')}: fitted to the phases of the calibrators`] : []),
    'ITRF, metres',
  ];
  return [
    remove(`${vis}.antpos`),
    task(
      'gencal',
      {
        vis,
        caltable: `${vis}.antpos`,
        caltype: 'antpos',
        antenna: positions.map(({ name }) => name).join(','),
        parameter: positions.flatMap(({ offset }) => offset),
      },
      origins.join('; '),
    ),
  ];
}

/** What is known of the positions beforehand. */
export function positionDecision({ antennas }: Observation, goal: ScienceGoal): Decision {
  return antennas.some(({ name }) => goal.antennaPositionCorrections[name] !== undefined)
    ? { topic: 'Antenna positions', choice: 'corrected', reason: 'The science goal file states newer positions.' }
    : { topic: 'Antenna positions', choice: 'as observed', reason: 'No corrections were given.' };
}
