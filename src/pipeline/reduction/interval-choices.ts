import { amplitudeBias, type PhaseSolutions } from './amplitude-bias.ts';
import { calibratorFields, type Observation } from './observation.ts';
import type { Decision } from './plan-builder.ts';
import type { FieldSignal, SignalView } from './signal.ts';

/** How long and how wide the data of a solution are. */
export interface IntervalChoices extends PhaseSolutions {
  /** solint of the phases before the bandpass, and of those that are applied to calibrators. */
  readonly bandpassPhase: string;
  readonly phase: string;
  /** solint of the bandpass, e.g. "inf" or "inf,4ch". */
  readonly bandpass: string;
  readonly decisions: readonly Decision[];
}

/** Least one of a window alone over a scan: solutions below fit the noise, and make flux densities 1 % too high or more. */
const WINDOW_SNR = 10;
/** Least signal-to-noise ratio of a phase: 0.2 rad. */
const PHASE_SNR = 5;
/** Least one of a channel of the bandpass: its noise adds 5 % to a channel of a target, and averages out over antennas. */
const BANDPASS_SNR = 20;
/** Flux densities that noise makes higher by more than this share are told. */
const BIAS = 0.02;
/** Averages of more channels would hide the shape of the band. */
const FEWEST_SOLUTIONS = 16;
/** Share of a window's channels that the phases before the bandpass are taken from, and that the look at the calibrators takes. */
const CENTRAL_SHARE = 0.2;
const SEEN_SHARE = 7 / 8;

/** Chooses solution intervals from the signal-to-noise ratios of the calibrators. */
export function chooseIntervals(
  observation: Observation,
  signal: Pick<SignalView, 'fields' | 'antennaCount'>,
): IntervalChoices {
  const { fields } = signal;
  const ofScan = (field: FieldSignal) => leastSnr(field) * Math.sqrt(field.integrationsPerScan);
  const isFaint = (field: FieldSignal) => ofScan(field) < WINDOW_SNR;
  // The bandpass calibrator tells what the windows differ by.
  const isJoined =
    observation.science.length > 1 &&
    fields.some(isFaint) &&
    fields.some((field) => field.fieldId === observation.bandpass.id && !isFaint(field));
  const snrOf = isJoined ? jointSnr : leastSnr;
  const names = new Map(calibratorFields(observation).map(({ id, name }) => [id, name]));
  const weakest = fields.reduce<FieldSignal | undefined>((least, field) => {
    return least && snrOf(least) <= snrOf(field) ? least : field;
  }, undefined);
  const bandpass = fields.find(({ fieldId }) => fieldId === observation.bandpass.id);
  const phase = weakest ? timeInterval(weakest, snrOf(weakest)) : 'int';
  const central = bandpass ? leastSnr(bandpass) * Math.sqrt(CENTRAL_SHARE / SEEN_SHARE) : Number.POSITIVE_INFINITY;
  const bandpassPhase = bandpass ? timeInterval(bandpass, central) : 'int';
  const { count, least } = channelsPerSolution(observation, bandpass);
  const decisions: Decision[] = [];
  if (weakest)
    decisions.push({
      topic: 'Solution interval of phases',
      choice: phase === 'int' ? 'each integration' : phase === 'inf' ? 'whole scans' : phase,
      reason: `The weakest calibrator, ${names.get(weakest.fieldId)}, has a signal-to-noise ratio of ${snrOf(weakest).toFixed(0)} in an integration${isJoined ? ' and antenna, all windows together' : ', antenna and window'}; ${PHASE_SNR} are needed.`,
    });
  if (isJoined)
    decisions.push({
      topic: 'Phases of the windows',
      choice: 'solved for in common, after their differences are taken from the bandpass calibrator',
      reason: `A calibrator has a signal-to-noise ratio below ${WINDOW_SNR} in a window and scan: such phases would follow the noise and make it brighter.`,
    });
  const phases = { isJoined, leastSnr: PHASE_SNR };
  for (const field of fields) {
    const share = Math.max(...[...field.snr.keys()].map((window) => amplitudeBias(field, signal, phases, window)));
    if (!(share > BIAS)) continue;
    const percent = 100 * share;
    decisions.push({
      topic: 'Faint calibrator',
      choice:
        field.fieldId === observation.flux.id
          ? `flux densities of all but ${names.get(field.fieldId)} are too low by about ${percent.toFixed(0)} % in its worst window`
          : `flux densities of ${names.get(field.fieldId)} are too high by about ${percent.toFixed(0)} % in its worst window`,
      reason: `The gains of ${names.get(field.fieldId)} have a signal-to-noise ratio of ${ofScan(field).toFixed(1)} in a scan, antenna and window: noise makes moduli of visibilities longer. The errors include that; the target is calibrated with the gains themselves and is not affected.`,
    });
  }
  if (bandpass)
    decisions.push({
      topic: 'Channels of the bandpass',
      choice: count === 1 ? 'each by itself' : `averages of ${count}`,
      reason: `${observation.bandpass.name} gives a signal-to-noise ratio of ${least.toFixed(0)} in a channel; ${BANDPASS_SNR} are asked for.`,
    });
  return { ...phases, bandpassPhase, phase, bandpass: count === 1 ? 'inf' : `inf,${count}ch`, decisions };
}

const jointSnr = ({ snr }: FieldSignal) => Math.hypot(...[...snr.values()].filter((value) => value > 0));
const leastSnr = ({ snr }: FieldSignal) => Math.min(...[...snr.values()].filter((value) => value > 0));

/** As many integrations as give the phase its ratio; a whole scan where they are too many to be told apart. */
function timeInterval({ integrationsPerScan, integrationSec }: FieldSignal, snr: number): string {
  if (!(snr < PHASE_SNR)) return 'int';
  const count = Math.ceil((PHASE_SNR / snr) ** 2);
  return count >= integrationsPerScan || !(integrationSec > 0) ? 'inf' : `${(count * integrationSec).toFixed(1)}s`;
}

/** Channels that a solution of the bandpass needs, and the signal-to-noise ratio of one. */
function channelsPerSolution(
  { science }: Observation,
  bandpass: FieldSignal | undefined,
): { count: number; least: number } {
  let [count, least] = [1, Number.POSITIVE_INFINITY];
  for (const [spw, snr] of bandpass?.snr ?? []) {
    const { chanCount } = science[spw];
    const ofChannel = snr * Math.sqrt((bandpass?.integrationCount ?? 1) / (SEEN_SHARE * chanCount));
    const needed = Math.ceil((BANDPASS_SNR / ofChannel) ** 2);
    const most = Math.max(1, Math.floor(chanCount / FEWEST_SOLUTIONS));
    if (Number.isFinite(needed)) count = Math.max(count, Math.min(needed, most));
    least = Math.min(least, ofChannel);
  }
  return { count, least };
}
