import { gcrsToItrs } from '../../astronomy/measures/index.ts';
import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { CalibratorView, IntegrationGains } from './gain-series.ts';
import { calibratorFields, nearestField, type Observation, type ObservedField, separation } from './observation.ts';
import type { Decision } from './plan-builder.ts';
import {
  type DirectionPhases,
  findPositionOffsets,
  isExplained,
  type PositionOffset,
  pathLeft,
} from './position-fit.ts';
import type { PositionOffsets } from './position-plan.ts';

/** What the phases of an observation tell of antenna positions. */
export interface PositionCheck {
  readonly offsets: PositionOffsets;
  readonly decisions: readonly Decision[];
}

/** Phases that tell nothing: of an antenna, or of one of its polarizations in some windows. */
interface FaultyPhases {
  readonly antenna: string;
  readonly pol?: number;
  readonly spwIds?: readonly number[];
}

/** Topic of all decisions of this check. */
export const POSITIONS_TOPIC = 'Antenna positions in the data';

/** Directions closer than that tell the same, rad. */
const LEAST_SEPARATION = (4 * Math.PI) / 180;
const FEWEST_DIRECTIONS = 3;
const FEWEST_SCANS = 5;
const FEWEST_ANTENNAS = 4;
/** Digits after the point that offsets are given to, m. */
const DIGITS = 5;

/**
 * Looks for antennas that are not where they are believed to be, by their phases towards the calibrators.
 *
 * @param view of point-like calibrators
 * @param faulty antennas whose phases tell nothing; some of them only those of a polarization in some windows
 */
export function checkPositions(
  view: CalibratorView,
  observation: Observation,
  faulty: readonly FaultyPhases[],
): PositionCheck {
  const topic = POSITIONS_TOPIC;
  const seen = new Set(view.integrations.map(({ fieldId }) => fieldId));
  const directions: ReturnType<typeof calibratorFields> = [];
  for (const field of calibratorFields(observation)) {
    const isNew = directions.every((other) => separation(other, field) >= LEAST_SEPARATION);
    if (isNew && seen.has(field.id)) directions.push(field);
  }
  const { scans, frequencies } = phasesByScan(view, observation, faulty);
  if (directions.length < FEWEST_DIRECTIONS || scans.length < FEWEST_SCANS || view.antennas.length < FEWEST_ANTENNAS) {
    const asked = `${FEWEST_ANTENNAS} antennas and ${FEWEST_SCANS} scans of calibrators in ${FEWEST_DIRECTIONS} directions`;
    const reason = `It takes ${asked}; there are ${view.antennas.length}, and ${scans.length} in ${directions.length}.`;
    return { offsets: {}, decisions: [{ topic, choice: 'not checked', reason }] };
  }
  const { found, usual } = findPositionOffsets(scans, frequencies);
  const offsets: Record<string, readonly [number, number, number]> = {};
  const decisions = found.map((one): Decision => {
    const antenna = view.antennas[one.ant];
    const scatter = `Its path differs from calibrator to calibrator by ${millimetres([one.before])} mm rms, where ${millimetres([one.usual])} mm are usual`;
    if (!isExplained(one)) {
      const reason = `${scatter}; no offset of its position explains that (${millimetres([one.after])} mm would be left). Look at its phases.`;
      return { topic, choice: `${antenna} left as it is`, reason };
    }
    const [x, y, z] = one.offset.map((value) => Number(value.toFixed(DIGITS)) + 0); // + 0: no -0 in a script
    offsets[antenna] = [x, y, z];
    const errors = one.covariance.map((row, axis) => Math.sqrt(row[axis]));
    const left = phaseLeft(one, observation, Math.max(...frequencies), scans[0].time);
    const reason = `${scatter}; with this offset ${millimetres([one.after])} mm are left. Errors ${millimetres(errors)} mm; directions that no calibrator tells are taken as right${left}.`;
    return { topic, choice: `${antenna} moved by (${millimetres([x, y, z])}) mm (ITRF)`, reason };
  });
  const silent = view.antennas.filter((antenna) =>
    faulty.some((one) => one.antenna === antenna && one.pol === undefined),
  );
  if (silent.length > 0) {
    const reason = 'Phases that jump, turn or are lost tell no positions.';
    decisions.push({ topic, choice: `${silent.join(', ')} not checked`, reason });
  }
  if (Object.keys(offsets).length > 0 || found.length > 0) return { offsets, decisions };
  const reason = `Paths differ by ${millimetres([usual])} mm rms between scans of the ${directions.length} calibrators, that of no antenna by much more.`;
  return { offsets, decisions: [{ topic, choice: 'no errors seen', reason }, ...decisions] };
}

/** In words, the phase error of a target by what an offset does not tell. */
function phaseLeft(one: PositionOffset, observation: Observation, hz: number, mjdSec: number): string {
  const { targets, phase } = observation;
  const degrees = targets.map((target) => {
    const [there, here] = [target, nearestField(target, phase)].map((field) => directionOf(field, mjdSec));
    const apart = there.map((value, axis) => value - here[axis]);
    return (360 * hz * pathLeft(one, apart)) / SPEED_OF_LIGHT;
  });
  if (degrees.length === 0) return '';
  const worst = Math.max(...degrees);
  return `: phases of ${targets[degrees.indexOf(worst)].name} may keep an error of about ${worst.toFixed(0)} deg on its baselines`;
}

const millimetres = (values: readonly number[]) => values.map((value) => (1e3 * value).toFixed(2)).join(', ');

function phasesByScan(
  view: CalibratorView,
  observation: Observation,
  faulty: readonly FaultyPhases[],
): { scans: DirectionPhases[]; frequencies: number[] } {
  const spwIds = [...new Set(view.integrations.map(({ spwId }) => spwId))].sort((a, b) => a - b);
  const frequencies = spwIds.flatMap((spw) => Array<number>(view.polCount).fill(observation.science[spw].centreHz));
  const byScan = new Map<number, IntegrationGains[]>();
  for (const one of view.integrations) byScan.set(one.scan, [...(byScan.get(one.scan) ?? []), one]);
  const scans = [...byScan.values()].map((integrations) => {
    const phasors = view.antennas.map(() => new Float64Array(2 * frequencies.length).fill(Number.NaN));
    spwIds.forEach((spw, index) => {
      const own = integrations.filter(({ spwId }) => spwId === spw);
      for (let pol = 0; pol < view.polCount; pol++)
        averagePhasors(own, pol, index * view.polCount + pol, phasors, (ant) =>
          faulty.some(
            (one) =>
              one.antenna === view.antennas[ant] &&
              (one.pol ?? pol) === pol &&
              (one.spwIds === undefined || one.spwIds.includes(spw)),
          ),
        );
    });
    const time = integrations.reduce((sum, one) => sum + one.time / integrations.length, 0);
    const { fieldId } = integrations[0];
    const field = calibratorFields(observation).find(({ id }) => id === fieldId) as ObservedField;
    return { fieldId, time, direction: directionOf(field, time), phasors };
  });
  return { scans, frequencies };
}

/**
 * Adds up the gains of a scan after each integration is turned onto the sum before it: gains of an integration have a common phase
 * that means nothing.
 */
function averagePhasors(
  integrations: readonly IntegrationGains[],
  pol: number,
  cell: number,
  phasors: readonly Float64Array[],
  isFaulty: (ant: number) => boolean,
): void {
  for (const { gains, flag } of integrations) {
    let [re, im] = [0, 0];
    const units = phasors.map((sum, ant) => {
      const at = 2 * (2 * ant + pol);
      const size = Math.hypot(gains[at], gains[at + 1]);
      if (flag[2 * ant + pol] || isFaulty(ant) || !(size > 0)) return undefined;
      const unit = [gains[at] / size, gains[at + 1] / size];
      if (Number.isFinite(sum[2 * cell])) {
        re += unit[0] * sum[2 * cell] + unit[1] * sum[2 * cell + 1];
        im += unit[1] * sum[2 * cell] - unit[0] * sum[2 * cell + 1];
      }
      return unit;
    });
    const turn = Math.atan2(im, re);
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    units.forEach((unit, ant) => {
      if (!unit) return;
      const [sum, at] = [phasors[ant], 2 * cell];
      const isFirst = !Number.isFinite(sum[at]);
      sum[at] = (isFirst ? 0 : sum[at]) + unit[0] * cos + unit[1] * sin;
      sum[at + 1] = (isFirst ? 0 : sum[at + 1]) + unit[1] * cos - unit[0] * sin;
    });
  }
}

function directionOf({ ra, dec }: ObservedField, mjdSec: number): number[] {
  const celestial = [Math.cos(dec) * Math.cos(ra), Math.cos(dec) * Math.sin(ra), Math.sin(dec)];
  const toItrs = gcrsToItrs(mjdSec);
  return [0, 1, 2].map((axis) => celestial.reduce((sum, value, index) => sum + toItrs[3 * axis + index] * value, 0));
}
