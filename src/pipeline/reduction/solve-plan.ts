import type { CalibrationNames } from './calibration-plan.ts';
import type { FluxModel } from './flux-model.ts';
import { calibratorFields, nearestField, type Observation, type ObservedField } from './observation.ts';
import { remove, task, tool } from './plan-builder.ts';
import type { PlanCall, PlanStep, PlanValue } from './plan-types.ts';
import type { SolutionChoices } from './solution-choices.ts';

/** Steps 11–18: solutions from the calibrators, and their application. */
export function planSolve(
  observation: Observation,
  names: CalibrationNames,
  refants: readonly string[],
  flux: FluxModel,
  choices: SolutionChoices,
): PlanStep[] {
  const save = (versionname: string) => task('flagmanager', { vis: names.split, mode: 'save', versionname });
  return [
    {
      number: 11,
      title: 'Model of the flux calibrator',
      calls: flux.calls(names.split, String(observation.flux.id)),
      comments: [flux.decision.reason],
    },
    { number: 12, title: 'State of the flags before the bandpass', calls: [save('BeforeBandpassCalibration')] },
    { number: 13, title: 'Bandpass', calls: bandpassCalls(observation, names, refants, choices) },
    { number: 14, title: 'State of the flags before the gains', calls: [save('BeforeGainCalibration')] },
    { number: GAIN_STEP, title: 'Gains and flux scale', calls: gainCalls(observation, names, refants, choices) },
    { number: 16, title: 'State of the flags before the application', calls: [save('BeforeApplycal')] },
    { number: 17, title: 'Application of bandpass and gains', calls: applyCalls(observation, names, choices) },
    { number: 18, title: 'Calibrated data into a MeasurementSet of their own', calls: splitCalibrated(names) },
  ];
}

function bandpassCalls(
  observation: Observation,
  names: CalibrationNames,
  refants: readonly string[],
  { minblperant, intervals, corrdepflags }: SolutionChoices,
): PlanCall[] {
  const keep = keptCorrelations(corrdepflags);
  const central = observation.science
    .map((spw, index) => `${index}:${Math.floor(0.4 * spw.chanCount)}~${Math.floor(0.6 * spw.chanCount)}`)
    .join(',');
  const field = String(observation.bandpass.id);
  const before = `${names.split}.ap_pre_bandpass`;
  return [
    remove(before, `${names.split}.bandpass`),
    task(
      'gaincal',
      {
        vis: names.split,
        caltable: before,
        field,
        spw: central,
        solint: intervals.bandpassPhase,
        refant: refants.join(','),
        calmode: 'p',
        minsnr: 1,
        minblperant,
        ...keep,
      },
      'phases first, so that the average over time keeps its amplitude',
    ),
    task('bandpass', {
      vis: names.split,
      caltable: `${names.split}.bandpass`,
      field,
      solint: intervals.bandpass,
      combine: 'scan',
      refant: refants.join(','),
      solnorm: true,
      bandtype: 'B',
      minblperant,
      gaintable: before,
      interp: OWN_PHASES,
      ...keep,
    }),
  ];
}

/** A parameter that CASA before 5.7 lacks is written only where it matters. */
export const keptCorrelations = (corrdepflags: boolean): Record<string, PlanValue> =>
  corrdepflags ? { corrdepflags } : {};

/** gaincal for all calibrators, the flux calibrator on its own where only some of its baselines are used. */
function gainSolver(
  observation: Observation,
  { split }: CalibrationNames,
  refants: readonly string[],
  { minblperant, fluxBaselines, corrdepflags }: SolutionChoices,
): (args: Record<string, PlanValue>, reason?: string) => PlanCall[] {
  const base = {
    vis: split,
    refant: refants.join(','),
    gaintype: 'G',
    minsnr: 2,
    minblperant,
    ...keptCorrelations(corrdepflags),
  };
  const ids = calibratorFields(observation).map((entry) => entry.id);
  const isApart = (id: number) => fluxBaselines !== undefined && id === observation.flux.id;
  return (args, reason) => [
    task('gaincal', { ...base, field: ids.filter((id) => !isApart(id)).join(','), ...args }, reason),
    ...ids.filter(isApart).map((id) => {
      const own = { ...base, field: String(id), ...args, ...fluxBaselines, append: true };
      return task('gaincal', own, 'the flux calibrator is resolved on longer baselines');
    }),
  ];
}

/**
 * How solutions are taken that were made of the data themselves: the one of each interval. Between two, CASA flags an integration beside
 * one without solution, of another field too: its times of solutions are rounded by a microsecond.
 */
export const OWN_PHASES = 'nearest';

/** Tables before the phases, and with them; all windows have one phase where a window alone has too little signal. */
function phaseChain(
  { science }: Observation,
  split: string,
  { isJoined }: SolutionChoices['intervals'],
): {
  before: Record<string, PlanValue>;
  tables: string[];
  maps: Record<string, PlanValue>;
  with(table: string): Record<string, PlanValue>;
} {
  const bandpass = `${split}.bandpass`;
  if (!isJoined)
    return {
      before: { gaintable: bandpass },
      tables: [bandpass],
      maps: {},
      with: (table: string) => ({ gaintable: [bandpass, table], interp: ['linear', OWN_PHASES] }),
    };
  const tables = [bandpass, `${split}.phase_offset`];
  const spwmap = [[], [], science.map(() => 0)];
  return {
    before: { gaintable: tables, combine: 'spw' },
    tables,
    maps: { spwmap: [...spwmap, []] },
    with: (table: string) => ({ gaintable: [...tables, table], spwmap, interp: ['linear', 'linear', OWN_PHASES] }),
  };
}

/** Solutions that all calibrators get: phases for themselves, amplitudes, phases of whole scans. */
function solutionsOf(
  observation: Observation,
  split: string,
  solve: ReturnType<typeof gainSolver>,
  { intervals }: SolutionChoices,
  amplitude: { caltable: string; reason?: string },
): PlanCall[] {
  const chain = phaseChain(observation, split, intervals);
  return [
    ...solve({ caltable: `${split}.phase_int`, solint: intervals.phase, calmode: 'p', ...chain.before }),
    ...solve({ caltable: amplitude.caltable, ...amplitudes(observation, split, intervals) }, amplitude.reason),
    ...solve(
      { caltable: `${split}.phase_inf`, solint: 'inf', calmode: 'p', ...chain.before },
      'phases of whole scans, for the targets between them',
    ),
  ];
}

const amplitudes = (observation: Observation, split: string, intervals: SolutionChoices['intervals']) => ({
  ...{ solint: 'inf', calmode: 'a' },
  ...phaseChain(observation, split, intervals).with(`${split}.phase_int`),
});

/** What the phases of the windows differ by, for phases that all windows have in common. */
function offsetCalls(
  observation: Observation,
  { split }: CalibrationNames,
  refants: readonly string[],
  { intervals, minblperant, corrdepflags }: SolutionChoices,
): PlanCall[] {
  if (!intervals.isJoined) return [];
  const caltable = `${split}.phase_offset`;
  const field = String(observation.bandpass.id);
  const args = {
    ...{ vis: split, caltable, field, solint: 'inf', combine: 'scan', refant: refants.join(','), calmode: 'p' },
  };
  return [
    remove(caltable),
    task(
      'gaincal',
      { ...args, minblperant, ...keptCorrelations(corrdepflags), gaintable: `${split}.bandpass` },
      'what the phases of the windows differ by',
    ),
  ];
}

function gainCalls(
  observation: Observation,
  names: CalibrationNames,
  refants: readonly string[],
  choices: SolutionChoices,
): PlanCall[] {
  const { split } = names;
  const solve = gainSolver(observation, names, refants, choices);
  const isLost = choices.lostWindows.length > 0;
  const offset = offsetCalls(observation, names, refants, choices);
  if (calibratorFields(observation).length === 1) {
    // The flux scale is in its gains; fluxscale would have nothing to scale.
    const amplitude = { caltable: `${split}.flux_inf`, reason: 'its flux density is known: no fluxscale' };
    return [
      remove(`${split}.phase_int`, `${split}.phase_inf`, `${split}.flux_inf`),
      ...offset,
      ...solutionsOf(observation, split, solve, choices, amplitude),
    ];
  }
  const fluxtable = isLost ? `${split}.flux_first` : `${split}.flux_inf`;
  return [
    remove(`${split}.phase_int`, `${split}.ampli_inf`, `${split}.phase_inf`, `${split}.flux_inf`, `${split}.fluxscale`),
    ...(isLost ? [remove(fluxtable)] : []),
    ...offset,
    ...solutionsOf(observation, split, solve, choices, { caltable: `${split}.ampli_inf` }),
    tool('casalog', 'logfile', [], { assign: 'mylogfile' }),
    tool('casalog', 'setlogfile', [`${split}.fluxscale`]),
    task('fluxscale', {
      vis: split,
      caltable: `${split}.ampli_inf`,
      fluxtable,
      reference: String(observation.flux.id),
    }),
    tool('casalog', 'setlogfile', [{ variable: 'mylogfile' }]),
  ];
}

/** A power law, as fluxscale fits it: Jy at Hz. */
export interface FluxPowerLaw {
  readonly fieldId: number;
  readonly fluxJy: number;
  readonly referenceHz: number;
  readonly spectralIndex: number;
}

/** The number of the step that makes gains and flux scale. */
export const GAIN_STEP = 15;

/**
 * Second half of the gains where lines of the flux calibrator leave windows without a flux scale: the other calibrators get
 * the power laws that were fitted in the windows that have one, and gains solved with them need no scaling.
 */
export function planSpectra(
  observation: Observation,
  names: CalibrationNames,
  refants: readonly string[],
  choices: SolutionChoices,
  spectra: readonly FluxPowerLaw[],
): PlanStep {
  const { split } = names;
  const models = spectra.map(({ fieldId, fluxJy, referenceHz, spectralIndex }) =>
    task(
      'setjy',
      {
        ...{ vis: split, field: String(fieldId), standard: 'manual', fluxdensity: [fluxJy, 0, 0, 0] },
        ...{ spix: spectralIndex, reffreq: `${referenceHz / 1e9}GHz` },
      },
      'spectrum that fluxscale fitted where the flux calibrator has continuum',
    ),
  );
  const solve = gainSolver(observation, names, refants, choices);
  const gains = solve(
    { caltable: `${split}.flux_inf`, ...amplitudes(observation, split, choices.intervals) },
    'gains that need no scaling',
  );
  return { number: GAIN_STEP, title: 'Gains from spectra of the calibrators', calls: [...models, ...gains] };
}

/** A window that has no solutions at all is flagged: uncalibrated data must not pass for calibrated ones. */
const STRICT = 'calflagstrict';

function applyCalls(
  observation: Observation,
  { split }: CalibrationNames,
  { intervals, phaseFields }: SolutionChoices,
): PlanCall[] {
  const { tables, maps } = phaseChain(observation, split, intervals);
  const apply = (field: { id: number | string; name: string; scan?: string }, kind: 'int' | 'inf', gainfield: string) =>
    task(
      'applycal',
      {
        vis: split,
        field: String(field.id),
        ...(field.scan ? { scan: field.scan } : {}),
        gaintable: [...tables, `${split}.phase_${kind}`, `${split}.flux_inf`],
        gainfield: [...tables.map(() => ''), gainfield, gainfield],
        interp: [
          ...['linear,linear', ...tables.slice(1).map(() => 'linear')],
          ...[kind === 'int' ? OWN_PHASES : 'linear', 'linear'],
        ],
        ...maps,
        applymode: STRICT,
        calwt: true,
        flagbackup: false,
      },
      field.name,
    );
  const isPhase = new Set(observation.phase.map((field) => field.id));
  const isTarget = new Set(observation.targets.map((field) => field.id));
  const calibrators = calibratorFields(observation).filter(({ id }) => !isTarget.has(id));
  return [
    ...calibrators.map((field) =>
      isPhase.has(field.id) ? apply(field, 'inf', String(field.id)) : apply(field, 'int', String(field.id)),
    ),
    ...alikeTargets(observation, phaseFields).map((target) => apply(target, 'inf', target.fields)),
  ];
}

/** Targets, or some scans of them, that take the solutions of the same calibrators. */
export interface AlikeTargets {
  /** Selections: of the targets, of their scans (undefined: all), of the calibrators. */
  readonly id: string;
  readonly scan?: string;
  readonly fields: string;
  readonly name: string;
  /** The nearest of the calibrators. */
  readonly phase: ObservedField;
}

/** Targets in groups of one name, phase calibrators and scans: the pointings of a mosaic are one. */
export function alikeTargets(
  { targets, phase: candidates }: Observation,
  phaseFields: SolutionChoices['phaseFields'],
): AlikeTargets[] {
  const groups = new Map<string, AlikeTargets>();
  for (const target of targets)
    for (const { fields, scan } of phaseFields[target.id]) {
      const { name } = target;
      const key = [name, fields, scan].join('\n');
      const known = groups.get(key);
      const id = known ? `${known.id},${target.id}` : String(target.id);
      groups.set(key, { phase: nearestField(target, candidates), ...known, name, fields, scan, id });
    }
  return [...groups.values()];
}

function splitCalibrated(names: CalibrationNames): PlanCall[] {
  return [
    remove(names.calibrated, `${names.calibrated}.flagversions`),
    task('split', { vis: names.split, outputvis: names.calibrated, datacolumn: 'corrected', keepflags: true }),
    task('flagmanager', { vis: names.calibrated, mode: 'save', versionname: 'Calibrated' }),
  ];
}
