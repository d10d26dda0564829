import { formatMjd } from '../../astronomy/measures/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { median } from '../../foundation/numeric/index.ts';
import { runsOf } from './body-lines.ts';
import type { CalibrationNames } from './calibration-plan.ts';
import type { CalibratorSight } from './calibrator-choice.ts';
import { type DeadInput, findGainFaults, type GainFaults, type LostTime } from './gain-faults.ts';
import { type CalibratorView, fieldsWithData, powerKey, viewCalibrators } from './gain-series.ts';
import { calibratorFields, channelsOf, type Observation } from './observation.ts';
import { type Decision, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';
import { checkPositions } from './position-check.ts';
import type { PositionOffsets } from './position-plan.ts';
import { measureSignal, type SignalView } from './signal.ts';
import { findSpikes, ozoneRise } from './spike-finder.ts';

/** Flags that the look at the calibrators asks for, and what was seen. */
export interface Inspection {
  readonly calls: readonly PlanCall[];
  readonly decisions: readonly Decision[];
  /** One polarization of an antenna is flagged, and the other one is not. */
  readonly hasHalfInputs: boolean;
  /** Offsets of antennas that the phases show. */
  readonly positions: PositionOffsets;
  readonly signal: SignalView;
  readonly sight: CalibratorSight;
  readonly view: CalibratorView;
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
  const view = viewPoints(context, vis, observation, isBody);
  const faults = findGainFaults(view, observation.bandpass.id);
  const found = [...gainFlags(faults, view.polCount, observation, names), ...spikeFlags(view, observation, names)];
  const wholly = [...faults.unstable, ...faults.lost].map(({ antenna }) => ({ antenna }));
  const { offsets, decisions } = checkPositions(view, observation, [...faults.dead, ...faults.low, ...wholly]);
  const reason = 'Amplitudes, phases and spectra of the calibrators show no fault.';
  const nothing = { topic: 'Inspection of the calibrators', choice: 'nothing flagged', reason };
  return {
    calls: found.map(({ call }) => call),
    decisions: [...(found.length === 0 ? [nothing] : found.map(({ decision }) => decision)), ...decisions],
    positions: offsets,
    hasHalfInputs: [
      ...joinInputs(faults.dead, view.polCount),
      ...joinInputs(faults.low, view.polCount),
      ...faults.lost,
    ].some(({ pol }) => pol !== undefined),
    signal: measureSignal(view, observation),
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
    view,
  };
}

/** The signal alone, as it is after flags: of {@link inspectCalibrators}. */
export function inspectSignal(
  context: Context,
  vis: string,
  observation: Observation,
  isBody: (name: string) => boolean,
): SignalView {
  return measureSignal(viewPoints(context, vis, observation, isBody), observation);
}

function viewPoints(
  context: Context,
  vis: string,
  observation: Observation,
  isBody: (name: string) => boolean,
): CalibratorView {
  const points = calibratorFields(observation).filter(({ name }) => !isBody(name));
  return viewCalibrators(
    context,
    vis,
    points.map(({ id }) => id),
  );
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

/** Both polarizations of an antenna that are bad in the same windows as one, without `pol`. */
function joinInputs<T extends DeadInput>(
  inputs: readonly T[],
  polCount: number,
): (Omit<T, 'pol'> & { pol?: number })[] {
  const isTwin = (one: T, other: T) => one.antenna === other.antenna && String(one.spwIds) === String(other.spwIds);
  return inputs.flatMap((input) => {
    const twins = inputs.filter((other) => isTwin(input, other));
    if (twins.length < polCount) return [input];
    return twins[0] === input ? [{ ...input, pol: undefined }] : [];
  });
}

/** Selection of an input for flagdata, and how it is called. */
function inputOf(antenna: string, pol: number | undefined, spwIds: readonly number[], { science }: Observation) {
  const isAll = spwIds.length === 0 || spwIds.length === science.length;
  const windows = spwIds.map((spw) => science[spw]?.spwId ?? spw).join(', ');
  return {
    where: isAll ? '' : ` in ${spwIds.length === 1 ? 'window' : 'windows'} ${windows}`,
    who: pol === undefined ? antenna : `${antenna} ${POL_NAMES[pol]}`,
    selection: {
      antenna,
      ...(pol === undefined ? {} : { correlation: POL_NAMES[pol] }),
      ...(isAll ? {} : { spw: spwIds.join(',') }),
    },
  };
}

function gainFlags(
  faults: GainFaults,
  polCount: number,
  observation: Observation,
  { split }: CalibrationNames,
): Finding[] {
  const bandpass = observation.bandpass.name;
  return [
    ...joinInputs(faults.dead, polCount).map(({ antenna, pol, spwIds }) => {
      const { where, selection, who } = inputOf(antenna, pol, spwIds, observation);
      const topic = pol === undefined ? 'Dead antenna' : 'Dead polarization';
      return finding(split, selection, topic, `${who} flagged${where}`, `It shows no signal of ${bandpass}${where}.`);
    }),
    ...joinInputs(faults.low, polCount).map(({ antenna, pol, spwIds, ratio }) => {
      const { where, selection, who } = inputOf(antenna, pol, spwIds, observation);
      const reason = `Its voltages are ${(100 * ratio).toFixed(0)} % of those of the other antennas.`;
      return finding(split, selection, 'Low gain', `${who} flagged${where}`, reason);
    }),
    ...faults.unstable.map(({ antenna, size }) => {
      const reason = `Its phase turns by ${((size * 180) / Math.PI).toFixed(0)} deg from one integration to the next, that of other antennas much less: no solution can follow it.`;
      return finding(split, { antenna }, 'Unstable phase', `${antenna} flagged`, reason);
    }),
    ...faults.lost.map((lost) => lostTimeFlag(lost, observation, split)),
  ];
}

function lostTimeFlag(lost: LostTime, observation: Observation, split: string): Finding {
  const from = Math.max(lost.after + INSIDE_SEC, observation.startSec - INSIDE_SEC);
  const to = Math.min(lost.before - INSIDE_SEC, observation.endSec + INSIDE_SEC);
  const timerange = `${formatMjd(from, 0)}~${formatMjd(to, 0)}`;
  const { pol, spwId } = lost;
  const { who, where, selection: input } = inputOf(lost.antenna, pol, spwId === undefined ? [] : [spwId], observation);
  const choice = `${who} flagged ${timerange}${where}`;
  const selection = { ...input, timerange };
  if (lost.kind === 'off-source') {
    const left = `${(100 * lost.size).toFixed(0)} % of its usual voltage`;
    const reason = `Between these times ${left} is left on a calibrator; flagged from the last good integration to the next.`;
    return finding(split, selection, 'Antenna off source', choice, reason);
  }
  const degrees = ((lost.size * 180) / Math.PI).toFixed(0);
  const partners = ['windows', 'polarizations'].filter((_, index) => (index === 0 ? spwId : pol) === undefined);
  const reason = `Its phase jumps by ${degrees} deg in all ${partners.join(' and ')} somewhere between; the target there cannot be calibrated.`;
  return finding(split, selection, 'Phase jump', choice, reason);
}

/** What part of the power of a calibrator is noise: what its gains do not explain. */
function noiseShare(view: CalibratorView, fieldId: number, spw: number, pol: number, power: Float64Array): number {
  const signals = view.integrations
    .filter((one) => one.fieldId === fieldId && one.spwId === spw)
    .map(({ gains, flag }) => {
      const squares = view.antennas.flatMap((_, ant) => {
        const cell = 2 * ant + pol;
        return flag[cell] ? [] : [gains[2 * cell] ** 2 + gains[2 * cell + 1] ** 2];
      });
      const [sum, own] = [squares, squares.map((value) => value * value)].map((all) => all.reduce((a, b) => a + b, 0));
      return (sum * sum - own) / (squares.length * (squares.length - 1));
    });
  const share = 1 - median(signals.filter(Number.isFinite)) / median(power.filter(Number.isFinite));
  return share > 0 ? Math.min(1, share) : share <= 0 ? 0 : 1;
}

function spikeFlags(view: CalibratorView, observation: Observation, { split }: CalibrationNames): Finding[] {
  return observation.science.flatMap((window, spw) => {
    const isHit = new Uint8Array(window.chanCount);
    const ozone = ozoneRise(channelsOf(window));
    let most = 0;
    for (const field of calibratorFields(observation)) {
      const powers = view.powers.get(powerKey(field.id, spw));
      for (let pol = 0; powers && pol < view.polCount; pol++) {
        const power = powers.slice(pol * window.chanCount, (pol + 1) * window.chanCount);
        for (const spike of findSpikes(power, noiseShare(view, field.id, spw, pol, power), ozone)) {
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
