import { fail } from '../../foundation/base/index.ts';
import { LEAST_SNR, powerKey } from './gain-series.ts';
import { calibratorFields, nearestField, type Observation, type ObservedField } from './observation.ts';
import { type Decision, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';

/** What there is to see of calibrators. */
export interface CalibratorSight {
  /** Fields with unflagged data. */
  readonly seen: ReadonlySet<number>;
  /** Scans in which gains could be solved for. */
  readonly seenScans: ReadonlySet<number>;
  /** Of {@link CalibratorView}; bodies of the Solar System, which may be resolved, are not in it. */
  readonly scanSnr: ReadonlyMap<string, number>;
  /** Fields that are not looked at as points. */
  readonly bodies: ReadonlySet<number>;
}

/** Calibrators that do the work. */
export interface CalibratorChoice {
  readonly observation: Observation;
  readonly decisions: readonly Decision[];
  /** Windows (from 0) in which the flux calibrator has no signal. */
  readonly lostWindows: readonly number[];
}

/** A calibrator with a smaller ratio in its best window and scan gives a poor bandpass, if another is so many times brighter. */
const FAINT_SNR = 20;
const MUCH_BRIGHTER = 2;

/** Signal-to-noise ratio of a field in its best window. */
function signalOf({ scanSnr }: CalibratorSight, { science }: Observation, fieldId: number): number {
  return Math.max(0, ...science.map((_, spw) => scanSnr.get(powerKey(fieldId, spw)) ?? 0));
}

/**
 * Gives the parts of calibrators without usable data to others.
 *
 * @param hasFlux true for fields whose flux density is known
 * @throws bad-data when nothing can stand in for the bandpass or the phases; usage when the flux scale has nothing to rest on
 */
export function chooseCalibrators(
  observation: Observation,
  sight: CalibratorSight,
  hasFlux: (field: ObservedField) => boolean,
  vis: string,
): CalibratorChoice {
  const signal = ({ id }: ObservedField) => signalOf(sight, observation, id);
  const isUsable = (field: ObservedField) =>
    sight.seen.has(field.id) && (sight.bodies.has(field.id) || signal(field) >= LEAST_SNR);
  const lack = (field: ObservedField) =>
    sight.seen.has(field.id)
      ? `shows no signal (a ratio to the noise below ${LEAST_SNR} in every window)`
      : 'has no unflagged data';
  const usable = calibratorFields(observation).filter(isUsable);
  const points = usable.filter(({ id }) => !sight.bodies.has(id)).sort((a, b) => signal(b) - signal(a));
  const decisions: Decision[] = [];

  const phase = observation.phase.filter(isUsable);
  if (phase.length === 0) {
    const [one] = observation.phase;
    const names = observation.phase.map(({ name }) => name).join(', ');
    fail(
      'bad-data',
      `No phase calibrator can be used (${names} ${lack(one)}): nothing tells the phases of the targets.`,
      {
        file: vis,
      },
    );
  }
  for (const field of observation.phase.filter((one) => !isUsable(one))) {
    const reason = `It ${lack(field)}; its targets take ${nearestField(field, phase).name}.`;
    decisions.push({ topic: 'Phase calibrator', choice: `${field.name} not used`, reason });
  }

  let { bandpass } = observation;
  const { hasBandpassScan } = observation;
  const isFaint =
    signal(bandpass) < FAINT_SNR && points.some((field) => signal(field) > MUCH_BRIGHTER * signal(bandpass));
  if (!hasBandpassScan || !isUsable(bandpass) || isFaint || sight.bodies.has(bandpass.id)) {
    const why = sight.bodies.has(bandpass.id) ? 'is a body of the Solar System' : 'is faint';
    const meant = isUsable(bandpass)
      ? `${bandpass.name}, the bandpass calibrator, ${why}`
      : `${bandpass.name}, the bandpass calibrator, ${lack(bandpass)}`;
    const reason = hasBandpassScan ? meant : 'No scan was made for the bandpass (CALIBRATE_BANDPASS)';
    if (points.length === 0) {
      fail(
        'bad-data',
        `No calibrator can give the bandpass: ${reason}, and none but bodies of the Solar System, which are resolved, shows a signal; leave this Execution Block out.`,
        { file: vis },
      );
    }
    [bandpass] = points;
    const choice = `${bandpass.name}${hasBandpassScan ? ' in its place' : ''}`;
    decisions.push({
      topic: 'Bandpass calibrator',
      choice,
      reason: `${reason}; this is the brightest of the calibrators.`,
    });
  }

  const flux = chooseFluxCalibrator(observation, usable, points, { hasFlux, lack, vis });
  decisions.push(...flux.decisions);
  const others = [...observation.otherFlux, observation.flux];
  const otherFlux = others.filter((field) => field.id !== flux.field.id && isUsable(field));
  const lostWindows = sight.bodies.has(flux.field.id)
    ? []
    : observation.science.flatMap((_, spw) =>
        (sight.scanSnr.get(powerKey(flux.field.id, spw)) ?? 0) < LEAST_SNR ? [spw] : [],
      );
  if (lostWindows.length > 0) {
    const windows = lostWindows.map((spw) => observation.science[spw].spwId).join(', ');
    const isAlone = calibratorFields({ ...observation, bandpass, phase, flux: flux.field }).length === 1;
    const rest = isAlone
      ? 'it is the only calibrator, so they stay without calibration and are flagged'
      : 'spectra of the other calibrators tell the scale from the other windows';
    const reason = `${flux.field.name} shows no signal there; ${rest}.`;
    decisions.push({ topic: 'Windows without flux scale', choice: windows, reason });
  }
  return { observation: { ...observation, bandpass, phase, flux: flux.field, otherFlux }, decisions, lostWindows };
}

function chooseFluxCalibrator(
  observation: Observation,
  usable: readonly ObservedField[],
  points: readonly ObservedField[],
  {
    hasFlux,
    lack,
    vis,
  }: { hasFlux: (field: ObservedField) => boolean; lack: (field: ObservedField) => string; vis: string },
): { field: ObservedField; decisions: Decision[] } {
  const { flux: intended, otherFlux, hasFluxScan } = observation;
  const topic = 'Flux calibrator';
  const isThere = (field: ObservedField) => usable.some(({ id }) => id === field.id);
  const stated = isThere(intended)
    ? `the flux density of ${intended.name} is not known`
    : `${intended.name}, the flux calibrator, ${lack(intended)}`;
  const why = hasFluxScan ? stated : 'no scan was made for the flux scale (CALIBRATE_FLUX, CALIBRATE_AMPLI)';
  if (isThere(intended) && hasFlux(intended)) {
    const reason = `${why[0].toUpperCase()}${why.slice(1)}; the flux density of this one is known.`;
    return { field: intended, decisions: hasFluxScan ? [] : [{ topic, choice: intended.name, reason }] };
  }
  const candidates = [...otherFlux.filter(isThere), ...points];
  const field = candidates.find(hasFlux);
  if (!field) {
    const names = [...new Set(points.map(({ name }) => name))];
    const which = names.length === 1 ? names[0] : `one of ${names.join(', ')}`;
    fail(
      'usage',
      `There is no flux scale: ${why}, and that of no other calibrator is known; state the flux density of ${which}, e.g. --flux "${names[0]}=1.85Jy@225GHz,-0.55".`,
      { file: vis },
    );
  }
  const reason = `${why[0].toUpperCase()}${why.slice(1)}; the flux density of this one is known.`;
  return { field, decisions: [{ topic, choice: `${field.name} instead`, reason }] };
}

/** Flags of the flux calibrator in windows where it has no signal. */
export function flagLostWindows({ flux }: Observation, lostWindows: readonly number[], vis: string): PlanCall[] {
  if (lostWindows.length === 0) return [];
  const selection = { field: String(flux.id), spw: lostWindows.join(',') };
  return [task('flagdata', { vis, mode: 'manual', ...selection, flagbackup: false }, `${flux.name} shows no signal`)];
}

/** Flags of fields in the science windows that nothing calibrates: what is not calibrated must not pass for it. */
export function flagUnused(observation: Observation, vis: string): { calls: PlanCall[]; decisions: Decision[] } {
  const used = new Set([...calibratorFields(observation), ...observation.targets].map(({ id }) => id));
  const unused = observation.observed.filter(({ id }) => !used.has(id));
  if (unused.length === 0) return { calls: [], decisions: [] };
  const reason = 'no solutions are made from it or for it';
  const field = unused.map(({ id }) => id).join(',');
  const names = unused.map(({ name }) => name).join(', ');
  const decision = {
    topic: 'Fields left out',
    choice: `${names} flagged`,
    reason: 'No solutions are made from them or for them.',
  };
  return {
    calls: [task('flagdata', { vis, mode: 'manual', field, flagbackup: false }, reason)],
    decisions: [decision],
  };
}
