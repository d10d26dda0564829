import { formatMjd } from '../../astronomy/measures/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { runsOf } from './body-lines.ts';
import type { CalibrationNames } from './calibration-plan.ts';
import type { CalibratorSight } from './calibrator-choice.ts';
import { findGainFaults, type GainFaults, type LostTime } from './gain-faults.ts';
import { type CalibratorView, fieldsWithData, powerKey, viewCalibrators } from './gain-series.ts';
import { calibratorFields, type Observation } from './observation.ts';
import { type Decision, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';
import { checkPositions } from './position-check.ts';
import type { PositionOffsets } from './position-plan.ts';
import { measureSignal, type SignalView } from './signal.ts';
import { findSpikes } from './spike-finder.ts';

/** Flags that the look at the calibrators asks for, and what was seen. */
export interface Inspection {
  readonly calls: readonly PlanCall[];
  readonly decisions: readonly Decision[];
  /** Offsets of antennas that the phases show. */
  readonly positions: PositionOffsets;
  readonly signal: SignalView;
  readonly sight: CalibratorSight;
}

const POL_NAMES = ['XX', 'YY'];
/** Integrations are flagged in between: so far inside the good ones, s. */
const INSIDE_SEC = 1;

/**
 * Looks for faults of antennas and spikes in spectra, on the calibrators that are points.
 *
 * @param directory that holds the names
 * @param isBody true for names of bodies of the Solar System, which are disks, and are not looked at
 */
export function inspectCalibrators(
  context: Context,
  vis: string,
  observation: Observation,
  names: CalibrationNames,
  isBody: (name: string) => boolean,
): Inspection {
  const all = [...calibratorFields(observation), ...observation.otherFlux];
  const fields = calibratorFields(observation).filter(({ name }) => !isBody(name));
  const view = viewCalibrators(
    context,
    vis,
    observation.bandpass.id,
    fields.map((field) => field.id),
  );
  const faults = findGainFaults(view, observation.bandpass.id);
  const found = [...gainFlags(faults, observation, names), ...spikeFlags(view, observation, names)];
  const wholly = [...faults.low, ...faults.lost].map(({ antenna }) => ({ antenna }));
  const { offsets, decisions } = checkPositions(view, observation, [...faults.dead, ...wholly]);
  const reason = 'Amplitudes, phases and spectra of the calibrators show no fault.';
  const nothing = { topic: 'Inspection of the calibrators', choice: 'nothing flagged', reason };
  return {
    calls: found.map(({ call }) => call),
    decisions: [...(found.length === 0 ? [nothing] : found.map(({ decision }) => decision)), ...decisions],
    positions: offsets,
    signal: measureSignal(view, observation.bandpass.id),
    sight: {
      seen: fieldsWithData(
        context,
        vis,
        all.map(({ id }) => id),
      ),
      seenScans: new Set(view.integrations.filter(({ flag }) => flag.includes(0)).map(({ scan }) => scan)),
      scanSnr: view.scanSnr,
      bodies: new Set(all.filter(({ name }) => isBody(name)).map(({ id }) => id)),
    },
  };
}

interface Finding {
  readonly call: PlanCall;
  readonly decision: Decision;
}

function finding(
  vis: string,
  selection: Record<string, string>,
  topic: string,
  choice: string,
  reason: string,
): Finding {
  const call = task('flagdata', { vis, mode: 'manual', ...selection, flagbackup: false }, `${topic}: ${reason}`);
  return { call, decision: { topic, choice, reason } };
}

function gainFlags(faults: GainFaults, observation: Observation, { split }: CalibrationNames): Finding[] {
  const bandpass = observation.bandpass.name;
  return [
    ...faults.dead.map(({ antenna, pol, spwIds }) => {
      const isAll = spwIds.length === observation.science.length;
      const where = isAll ? '' : ` in window ${spwIds.map((spw) => observation.science[spw]?.spwId ?? spw).join(', ')}`;
      const selection = { antenna, correlation: POL_NAMES[pol], ...(isAll ? {} : { spw: spwIds.join(',') }) };
      const reason = `It shows no signal of ${bandpass}${where}.`;
      return finding(split, selection, 'Dead polarization', `${antenna} ${POL_NAMES[pol]} flagged`, reason);
    }),
    ...faults.low.map(({ antenna, ratio }) => {
      const reason = `Its voltages are ${(100 * ratio).toFixed(0)} % of those of the other antennas.`;
      return finding(split, { antenna }, 'Low gain', `${antenna} flagged`, reason);
    }),
    ...faults.lost.map((lost) => lostTimeFlag(lost, observation, split)),
  ];
}

function lostTimeFlag(lost: LostTime, observation: Observation, split: string): Finding {
  const from = Math.max(lost.after + INSIDE_SEC, observation.startSec - INSIDE_SEC);
  const to = Math.min(lost.before - INSIDE_SEC, observation.endSec + INSIDE_SEC);
  const timerange = `${formatMjd(from, 0)}~${formatMjd(to, 0)}`;
  const choice = `${lost.antenna} flagged ${timerange}`;
  const selection = { antenna: lost.antenna, timerange };
  if (lost.kind === 'off-source') {
    const left = `${(100 * lost.size).toFixed(0)} % of its usual voltage`;
    const reason = `Between these times ${left} is left on a calibrator; flagged from the last good integration to the next.`;
    return finding(split, selection, 'Antenna off source', choice, reason);
  }
  const degrees = ((lost.size * 180) / Math.PI).toFixed(0);
  const reason = `Its phase jumps by ${degrees} deg in all windows and polarizations somewhere between; the target there cannot be calibrated.`;
  return finding(split, selection, 'Phase jump', choice, reason);
}

function spikeFlags(view: CalibratorView, observation: Observation, { split }: CalibrationNames): Finding[] {
  return observation.science.flatMap((window, spw) => {
    const isHit = new Uint8Array(window.chanCount);
    let most = 0;
    for (const field of calibratorFields(observation)) {
      const powers = view.powers.get(powerKey(field.id, spw));
      for (let pol = 0; powers && pol < view.polCount; pol++) {
        for (const spike of findSpikes(powers.slice(pol * window.chanCount, (pol + 1) * window.chanCount))) {
          isHit.fill(1, spike.first, spike.last + 1);
          most = Math.max(most, spike.ratio);
        }
      }
    }
    const channels = runsOf(isHit);
    if (channels === '') return [];
    const reason = `Up to ${most.toFixed(1)} times the power of their neighbours on a calibrator, which has no lines.`;
    const choice = `channels ${channels} of window ${window.spwId} flagged`;
    return [finding(split, { spw: `${spw}:${channels}` }, 'Spike in the spectrum', choice, reason)];
  });
}
