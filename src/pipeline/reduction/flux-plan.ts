import type { CommonFlux } from './common-flux.ts';
import { remove, task } from './plan-builder.ts';
import type { PlanCall, PlanStep, ScriptPlan } from './plan-types.ts';
import { type AlikeTargets, keptCorrelations, OWN_PHASES } from './solve-plan.ts';

/** A field of one Execution Block. */
export interface NamedField {
  readonly id: number;
  readonly name: string;
}

/** What the common flux calibration needs to know of one Execution Block. */
export interface CalibratedBlock {
  readonly uid: string;
  /** e.g. uid___A002_X1_X2.ms.split.cal */
  readonly vis: string;
  readonly refants: readonly string[];
  /** That of the flux scale. */
  readonly flux: NamedField;
  readonly minblperant: number;
  readonly corrdepflags: boolean;
  /** Interval of phases, and whether the windows have them in common. */
  readonly phaseSolint: string;
  readonly isJoined: boolean;
  /** Those that the common scale is brought to; bodies of the Solar System have a flux density of their own each time. */
  readonly calibrators: readonly NamedField[];
  readonly targets: readonly AlikeTargets[];
  /** Science windows in the ASDM's numbering, in the order of the split MeasurementSet. */
  readonly spws: readonly number[];
}

/**
 * The plan of scriptForFluxCalibration.py: every calibrator gets its common flux in every window, each Execution Block
 * new amplitude gains, and all are concatenated.
 *
 * @param blocks Execution Blocks, in time order
 * @param fluxes common fluxes; empty when the blocks are too far apart, then they are only concatenated
 */
export function planFluxCalibration(
  blocks: readonly CalibratedBlock[],
  fluxes: readonly CommonFlux[],
  header: readonly string[],
): ScriptPlan {
  const steps: PlanStep[] = fluxes.length > 0 ? rescaleSteps(blocks, fluxes) : [];
  const inputs = blocks.map((block) => (fluxes.length > 0 ? rescaled(block) : block.vis));
  steps.push({
    number: steps.length,
    title: 'All Execution Blocks into one MeasurementSet',
    calls: [
      remove('calibrated.ms', 'calibrated.ms.flagversions'),
      task('concat', { vis: inputs, concatvis: 'calibrated.ms', copypointing: false }),
    ],
  });
  if (fluxes.length > 0) {
    steps.push({
      number: steps.length,
      title: 'Removal of what is no longer needed',
      calls: [remove(...inputs, ...inputs.map((vis) => `${vis}.flagversions`))],
    });
  }
  return { kind: 'flux-calibration', subject: 'calibrated.ms', header, steps };
}

const rescaled = (block: CalibratedBlock) => `${block.vis}.rescaled`;

function rescaleSteps(blocks: readonly CalibratedBlock[], fluxes: readonly CommonFlux[]): PlanStep[] {
  const each = (calls: (block: CalibratedBlock) => PlanCall[]) => blocks.flatMap(calls);
  return [
    { number: 0, title: 'Common flux densities as models', calls: each((block) => setModels(block, fluxes)) },
    {
      number: 1,
      title: 'State of the flags',
      calls: each((block) => [
        task('flagmanager', { vis: block.vis, mode: 'save', versionname: 'BeforeFluxCalibration' }),
      ]),
    },
    { number: 2, title: 'Amplitude gains on the common scale', calls: each(amplitudeGains) },
    { number: 3, title: 'Application of the amplitude gains', calls: each(applyGains) },
    { number: 4, title: 'Rescaled data into MeasurementSets of their own', calls: each(splitRescaled) },
  ];
}

function setModels(block: CalibratedBlock, fluxes: readonly CommonFlux[]): PlanCall[] {
  return fluxes.flatMap((flux) => {
    const field = block.calibrators.find(({ name }) => name === flux.field);
    const window = block.spws.indexOf(flux.windows[block.uid]);
    if (!field || window < 0) return [];
    return [
      task('setjy', {
        vis: block.vis,
        field: String(field.id),
        spw: String(window),
        standard: 'manual',
        fluxdensity: [Number(flux.fluxJy.toPrecision(7)), 0, 0, 0],
        usescratch: false,
      }),
    ];
  });
}

function amplitudeGains(block: CalibratedBlock): PlanCall[] {
  const base = {
    vis: block.vis,
    field: block.calibrators.map(({ id }) => id).join(','),
    refant: block.refants.join(','),
    gaintype: 'G',
    minsnr: 2,
    minblperant: block.minblperant,
    ...keptCorrelations(block.corrdepflags),
  };
  return [
    remove(`${block.vis}.phase_int`, `${block.vis}.ampli_inf`),
    task('gaincal', {
      ...base,
      caltable: `${block.vis}.phase_int`,
      solint: block.phaseSolint,
      calmode: 'p',
      ...(block.isJoined ? { combine: 'spw' } : {}),
    }),
    task('gaincal', {
      ...base,
      caltable: `${block.vis}.ampli_inf`,
      solint: 'inf',
      calmode: 'a',
      gaintable: `${block.vis}.phase_int`,
      interp: OWN_PHASES,
      ...(block.isJoined ? { spwmap: block.spws.map(() => 0) } : {}),
    }),
  ];
}

function applyGains(block: CalibratedBlock): PlanCall[] {
  const apply = ({ id, name, fields, scan }: Omit<AlikeTargets, 'phase'>) =>
    task(
      'applycal',
      {
        vis: block.vis,
        field: id,
        ...(scan ? { scan } : {}),
        gaintable: `${block.vis}.ampli_inf`,
        gainfield: fields,
        interp: 'linear',
        calwt: true,
        flagbackup: false,
      },
      name,
    );
  const isTarget = new Set(block.targets.flatMap(({ id }) => id.split(',')));
  const calibrators = block.calibrators
    .map(({ id, name }) => ({ id: String(id), fields: String(id), name }))
    .filter(({ id }) => !isTarget.has(id));
  return [...calibrators, ...block.targets].map(apply);
}

function splitRescaled(block: CalibratedBlock): PlanCall[] {
  const output = rescaled(block);
  return [
    remove(output, `${output}.flagversions`),
    task('split', { vis: block.vis, outputvis: output, datacolumn: 'corrected', keepflags: true }),
  ];
}
