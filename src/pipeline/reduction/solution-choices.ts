import type { BodyLines } from './body-lines.ts';
import type { FluxModel } from './flux-model.ts';
import type { Inspection } from './inspection.ts';
import { chooseIntervals, type IntervalChoices } from './interval-choices.ts';
import type { Observation } from './observation.ts';
import { phaseSourcesOf } from './phase-cover.ts';
import type { Decision } from './plan-builder.ts';
import { chooseDiskBaselines } from './resolved-body.ts';

/** How the solutions from the calibrators are made. */
export interface SolutionChoices {
  /** Fewest baselines of an antenna that a solution needs. */
  readonly minblperant: number;
  /** Baselines of the flux calibrator that are used, where it is resolved on others; undefined: all. */
  readonly fluxBaselines?: { readonly uvrange: string; readonly minblperant: number };
  readonly intervals: IntervalChoices;
  /** Selections of the fields whose phases each target takes, by its number, and of its scans (undefined: all). */
  readonly phaseFields: Readonly<Record<number, readonly { readonly fields: string; readonly scan?: string }[]>>;
  /** Correlations are kept whose partner is flagged. */
  readonly corrdepflags: boolean;
  /** Windows (from 0) in which the flux calibrator says nothing. */
  readonly lostWindows: readonly number[];
  readonly decisions: readonly Decision[];
}

/** CASA's own choice. */
const USUAL_BASELINES = 4;
/** An amplitude needs a triangle. */
const FEWEST_BASELINES = 2;
/** So many antennas may be missing in an integration before solutions of all others fail too. */
const SPARE_ANTENNAS = 2;

/** Chooses how solutions are made for an array. */
export function chooseSolutions(
  observation: Observation,
  flux: FluxModel,
  { lostWindows }: BodyLines,
  { signal, sight, hasHalfInputs }: Pick<Inspection, 'signal' | 'sight' | 'hasHalfInputs'>,
): SolutionChoices {
  const { antennaCount } = signal;
  const minblperant = Math.max(FEWEST_BASELINES, Math.min(USUAL_BASELINES, antennaCount - 1 - SPARE_ANTENNAS));
  const intervals = chooseIntervals(observation, signal);
  const decisions: Decision[] = [...intervals.decisions];
  if (minblperant !== USUAL_BASELINES) {
    decisions.push({
      topic: 'Baselines per solution',
      choice: `at least ${minblperant}`,
      reason: `There are only ${antennaCount} antennas${antennaCount < observation.antennas.length ? ' with data in some scan' : ''}; with the usual ${USUAL_BASELINES} one that is flagged would void the solutions of all others.`,
    });
  }
  if (hasHalfInputs) {
    decisions.push({
      topic: 'Flags of one polarization',
      choice: 'corrdepflags=True in gaincal and bandpass',
      reason: 'Otherwise the good polarization of such an antenna would be lost with the flagged one.',
    });
  }
  const phaseFields = Object.fromEntries(
    observation.targets.map((target) => [
      target.id,
      phaseSourcesOf(target, observation, sight.seenScans).map(({ fields, scans }) => ({
        fields: fields.map(({ id }) => id).join(','),
        scan: scans?.join(','),
      })),
    ]),
  );
  const common = { phaseFields, minblperant, lostWindows, intervals, corrdepflags: hasHalfInputs };
  if (!flux.disk) return { ...common, decisions };
  const {
    uvrange,
    minblperant: fewest = minblperant,
    ...found
  } = chooseDiskBaselines(observation, flux.disk, minblperant);
  const fluxBaselines = uvrange === undefined ? undefined : { uvrange, minblperant: fewest };
  return { ...common, fluxBaselines, decisions: [...decisions, ...found.decisions] };
}
