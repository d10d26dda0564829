import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { openAsdm } from '../../formats/asdm/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { baseName, joinPath } from '../../foundation/bytes/index.ts';
import { isCalTable, readCalTable } from '../calibration/index.ts';
import { calibratorFluxesFromSource, type FluxSpec } from '../skymodel/index.ts';
import { amplitudeBias } from './amplitude-bias.ts';
import { findBodyLines } from './body-lines.ts';
import {
  type CalibrationNames,
  calibrationNames,
  POSITION_STEP,
  planApriori,
  planFlags,
  planImport,
  undirectedFields,
  WATER_STEP,
} from './calibration-plan.ts';
import { chooseCalibrators } from './calibrator-choice.ts';
import { judgeCoherence } from './coherence.ts';
import type { MeasuredFlux } from './common-flux.ts';
import {
  assertFluxKnown,
  chooseFluxModel,
  type FluxModel,
  isBodyModel,
  isFluxKnown,
  statedFluxes,
} from './flux-model.ts';
import type { CalibratedBlock } from './flux-plan.ts';
import type { CalibratorView } from './gain-series.ts';
import { type Inspection, inspectCalibrators, inspectSignal } from './inspection.ts';
import { missingData } from './missing-data.ts';
import { calibratorFields, describeObservation, type Observation } from './observation.ts';
import { uncoveredScans } from './phase-cover.ts';
import { type Decision, decisionLine } from './plan-builder.ts';
import { type ProgressPlan, runSteps } from './plan-run.ts';
import type { PlanRunner, PlanStep, ScriptPlan } from './plan-types.ts';
import { POSITIONS_TOPIC } from './position-check.ts';
import type { PositionOffsets } from './position-plan.ts';
import { judgeRadiometers, type RadiometerBenefit } from './radiometer-benefit.ts';
import { type BadRadiometer, findBadRadiometers, hasRadiometer, leftOut } from './radiometer-check.ts';
import { chooseReferenceAntenna, type FlaggedFractions } from './reference-antenna.ts';
import type { ScienceGoal } from './science-goal.ts';
import { findShadowed } from './shadow-check.ts';
import type { SignalView } from './signal.ts';
import { chooseSolutions, type SolutionChoices } from './solution-choices.ts';
import { alikeTargets, type FluxPowerLaw, GAIN_STEP, planSolve, planSpectra } from './solve-plan.ts';
import { oddWindows } from './spectrum-check.ts';
import { findBadTsys, measuredTsys } from './tsys-check.ts';
import { withBorrowedTsys } from './tsys-elevation.ts';

/** What the calibration of one Execution Block gave: its plan, its choices and its fluxes. */
export interface BlockCalibration {
  /** File form, e.g. uid___A002_X1_X2 */
  readonly uid: string;
  readonly plan: ScriptPlan;
  readonly decisions: readonly Decision[];
  readonly fluxes: readonly MeasuredFlux[];
  readonly block: CalibratedBlock;
  readonly flaggedFractions: FlaggedFractions;
  /** Share of a point target's amplitude that the air takes; NaN where calibrators do not tell. */
  readonly coherenceLoss: number;
  readonly startSec: number;
  readonly endSec: number;
}

export interface BlockOptions {
  /** UID in file form. */
  readonly uid: string;
  /** Directory that holds the ASDM under the name of {@link calibrationNames} and takes all outputs. */
  readonly directory: string;
  readonly goal: ScienceGoal;
  /** Fluxes from the command line; they win over the goal's. */
  readonly flux: readonly FluxSpec[];
}

/** Steps 0…18 weigh about so much of the wall time; used for the time left. */
const STEP_WEIGHTS = [20, 1, 1, 6, 6, 2, 1, 18, 8, 2, 1, 1, 1, 6, 1, 9, 1, 10, 6];

/**
 * Calibrates one Execution Block: plans as far as the data are known, runs, looks, plans on.
 *
 * @param runner executes public task calls in `options.directory`
 * @throws usage when the flux of the flux calibrator is not known; whatever a task throws
 */
export async function calibrateBlock(
  context: Context,
  runner: PlanRunner,
  options: BlockOptions,
): Promise<BlockCalibration> {
  const names = calibrationNames(options.uid);
  const progress: ProgressPlan = { weights: STEP_WEIGHTS, subject: options.uid };
  const asdm = openAsdm(joinPath(options.directory, names.asdm));
  const known = { stated: statedFluxes(options.flux, options.goal), catalogued: calibratorFluxesFromSource(asdm) };
  assertFluxKnown(asdm, known, options.uid);
  const importStep = planImport(names, undirectedFields(asdm));
  await runSteps(context, runner, [importStep], progress);

  const vis = joinPath(options.directory, names.vis);
  const intended = observe(vis, known.stated);
  const { wvrSpwId, antennas } = intended;
  const equipped = antennas.map(({ name }) => name).filter(hasRadiometer);
  const unusable = wvrSpwId === undefined ? [] : findBadRadiometers(context, vis, wvrSpwId, equipped);
  let radiometers: readonly BadRadiometer[] = unusable;
  let benefit: RadiometerBenefit | undefined;
  const tsys = findBadTsys(vis, intended);
  const shadowed = findShadowed(vis, intended);
  const plan = (positions: PositionOffsets) =>
    planApriori(intended, names, options.goal, { radiometers, benefit, tsys, shadowed, positions });
  const split = joinPath(options.directory, names.split);
  const isBody = (name: string) => isBodyModel(name, known);
  let apriori = plan({});
  await runSteps(context, runner, apriori.steps, progress);
  let firstLook = inspectCalibrators(context, split, intended, names, isBody);
  benefit = lookAtRadiometers(`${vis}.wvr`, firstLook.view, intended);
  if (benefit) {
    radiometers = leftOut(antennas, unusable, benefit.harmful);
    apriori = plan({});
  }
  if (benefit?.isHarm || radiometers.length > unusable.length) {
    await runSteps(context, runner, apriori.steps.filter(takesWater), progress);
    firstLook = inspectCalibrators(context, split, intended, names, isBody);
  }
  const chosen = chooseCalibrators(intended, firstLook.sight, ({ name }) => isFluxKnown(name, known), options.uid);
  const { observation } = chosen;
  const flux = chooseFluxModel({ name: observation.flux.name, mjdSec: observation.startSec }, known, options.uid);
  const look = () => inspectCalibrators(context, split, observation, names, isBody);
  let inspection = chosen.decisions.length > 0 ? look() : firstLook;
  const { positions, decisions: first } = inspection;
  if (Object.keys(positions).length > 0) {
    apriori = plan(positions);
    await runSteps(context, runner, apriori.steps.filter(takesPositions), progress);
    inspection = withFirstPositions(look(), first);
  }
  const lines = flux.channelJy
    ? findBodyLines(observation.flux.name, observation.science, flux.channelJy)
    : { channels: [], lostWindows: chosen.lostWindows, decisions: [] };
  const flags = planFlags(observation, names, inspection, lines);
  await runSteps(context, runner, [flags.step], progress);

  const flagged = await flaggedFractions(runner, names.split);
  // What is flagged must not count for the signal.
  const signal = flags.isSelective ? inspectSignal(context, split, observation, isBody) : inspection.signal;
  const refant = chooseReferenceAntenna(observation, flagged, signal.phaseScatter);
  const choices = chooseSolutions(observation, flux, lines, { ...inspection, signal });
  const solve = planSolve(observation, names, refant.names, flux, choices);
  const untilGains = solve.filter(({ number }) => number <= GAIN_STEP);
  const results = await runSteps(context, runner, untilGains, progress);
  const fluxscale = (results.get('fluxscale') ?? {}) as Record<string, FluxscaleField>;
  const isLost = choices.lostWindows.length > 0;
  const more = isLost
    ? [planSpectra(observation, names, refant.names, choices, powerLaws(fluxscale, observation))]
    : [];
  const last = solve.filter(({ number }) => number > GAIN_STEP);
  await runSteps(context, runner, [...more, ...last], progress);

  const fluxes = readFluxes(fluxscale, observation, options.uid, flux).map((one) =>
    withBorrowedTsys(withBias(one, observation, signal, choices), observation, tsys.growth),
  );
  const coherence = judgeCoherence(observation, signal.steadiness, inspection.sight.seenScans);
  const decisions = [
    ...missingData(asdm),
    ...[refant.decision, ...apriori.decisions, ...chosen.decisions],
    ...uncoveredScans(observation, inspection.sight.seenScans),
    ...coherence.decisions,
    ...[...flags.decisions, flux.decision, ...choices.decisions, ...oddWindows(fluxes)],
  ];
  return {
    uid: options.uid,
    plan: calibrationScript(names, observation, decisions, [
      importStep,
      ...apriori.steps,
      flags.step,
      ...joinSteps([...untilGains, ...more, ...last]),
    ]),
    decisions,
    fluxes,
    block: calibratedBlock(options.uid, names, observation, refant.names, flux, choices),
    flaggedFractions: flagged,
    coherenceLoss: coherence.loss,
    startSec: observation.startSec,
    endSec: observation.endSec,
  };
}

/** True for the steps that depend on radiometers: their table, its application and all after it. */
const takesWater = ({ number }: PlanStep) => number >= WATER_STEP;

/** True for the steps that depend on antenna positions: their table, its application and all after it. */
const takesPositions = ({ number }: PlanStep) => number >= POSITION_STEP;

/** A second look after antennas were moved: what made them move is told, not that nothing is left to move. */
function withFirstPositions(second: Inspection, first: readonly Decision[]): Inspection {
  const isPosition = ({ topic }: Decision) => topic === POSITIONS_TOPIC;
  return {
    ...second,
    decisions: [...second.decisions.filter((one) => !isPosition(one)), ...first.filter(isPosition)],
  };
}

/** What a table of radiometer phases does to the calibrators, where there is one. */
function lookAtRadiometers(
  path: string,
  view: CalibratorView,
  { science }: Observation,
): RadiometerBenefit | undefined {
  if (!isCalTable(path)) return undefined;
  const { rows } = readCalTable(path, 'solutions');
  return judgeRadiometers(
    view,
    rows,
    science.map(({ spwId }) => spwId),
  );
}

function observe(vis: string, stated: readonly FluxSpec[]): Observation {
  const ms = openMs(vis, 'read');
  try {
    const names = stated.map(({ name }) => name);
    return describeObservation(readMetadata(ms), baseName(vis), measuredTsys(ms), names);
  } finally {
    ms.close();
  }
}

async function flaggedFractions(runner: PlanRunner, vis: string): Promise<FlaggedFractions> {
  const summary = await runner.call({ kind: 'task', task: 'flagdata', args: { vis, mode: 'summary' } });
  const antennas = (summary as { antenna?: Record<string, { flagged: number; total: number }> })?.antenna ?? {};
  return Object.fromEntries(
    Object.entries(antennas).map(([name, count]) => [name, count.total > 0 ? count.flagged / count.total : 1]),
  );
}

function calibrationScript(
  names: CalibrationNames,
  observation: Observation,
  decisions: readonly Decision[],
  steps: PlanStep[],
): ScriptPlan {
  const list = (fields: readonly { id: number; name: string }[]) =>
    fields.map((field) => `${field.id} = ${field.name}`).join(', ');
  const header = [
    `Calibration of ${names.vis}`,
    `Bandpass calibrator: ${list([observation.bandpass])}; flux calibrator: ${list([observation.flux])}`,
    `Phase calibrator: ${list(observation.phase)}; science target: ${list(observation.targets)}`,
    ...decisions.map(decisionLine),
  ];
  return { kind: 'calibration', subject: names.vis, header, steps };
}

function calibratedBlock(
  uid: string,
  names: CalibrationNames,
  observation: Observation,
  refants: readonly string[],
  flux: FluxModel,
  { minblperant, corrdepflags, intervals, phaseFields }: SolutionChoices,
): CalibratedBlock {
  return {
    uid,
    vis: names.calibrated,
    refants,
    flux: { id: observation.flux.id, name: observation.flux.name },
    minblperant,
    corrdepflags,
    phaseSolint: intervals.phase,
    isJoined: intervals.isJoined,
    calibrators: calibratorFields(observation)
      .filter((field) => field.id !== observation.flux.id || !flux.isBody)
      .map(({ id, name }) => ({ id, name })),
    targets: alikeTargets(observation, phaseFields),
    spws: observation.science.map((spw) => spw.spwId),
  };
}

/** One field of what fluxscale returns: windows by number, each with flux densities and errors per Stokes. */
type FluxscaleField = FluxFit & { fieldName: string } & Record<string, { fluxd: number[]; fluxdErr: number[] }>;

/** log10 S = spidx[0] + spidx[1] log10(f / fitRefFreq) + …, S in Jy, f in Hz. */
interface FluxFit {
  readonly fitFluxd: number;
  readonly fitRefFreq: number;
  readonly spidx: readonly number[];
  /** Of the coefficients. */
  readonly covarMat: readonly (readonly number[])[];
}

/** Spectra of the calibrators that fluxscale compared with the flux calibrator. */
function powerLaws(fields: Readonly<Record<string, FluxscaleField>>, observation: Observation): FluxPowerLaw[] {
  return calibratorFields(observation).flatMap(({ id }) => {
    const fit = fields[String(id)];
    if (id === observation.flux.id || !fit || fit.covarMat.length === 0) return [];
    const { fitFluxd: fluxJy, fitRefFreq: referenceHz, spidx } = fit;
    return [{ fieldId: id, fluxJy, referenceHz, spectralIndex: spidx[1] ?? 0 }];
  });
}

/** Steps of the same number as one, under the title of the first. */
function joinSteps(steps: readonly PlanStep[]): PlanStep[] {
  const joined: PlanStep[] = [];
  for (const step of steps) {
    const before = joined.at(-1);
    if (before?.number === step.number)
      joined.push({ ...(joined.pop() as PlanStep), calls: [...before.calls, ...step.calls] });
    else joined.push(step);
  }
  return joined;
}

function readFluxes(
  fields: Readonly<Record<string, FluxscaleField>>,
  observation: Observation,
  uid: string,
  model: FluxModel,
): MeasuredFlux[] {
  const found: MeasuredFlux[] = [];
  for (const field of calibratorFields(observation)) {
    observation.science.forEach((spw, index) => {
      const base = { eb: uid, field: field.name, spw: spw.spwId, frequencyHz: spw.centreHz };
      const entry = fields[String(field.id)]?.[String(index)];
      if (field.id === observation.flux.id) {
        found.push({ ...base, fluxJy: model.fluxJy(spw.centreHz), errorJy: 0, isReference: true });
      } else if (entry && entry.fluxd[0] > 0) {
        const [fluxJy, errorJy] = [entry.fluxd[0], propagatedError(entry.fluxd[0], entry.fluxdErr[0])];
        found.push({ ...base, fluxJy, errorJy, isReference: false });
      } else if (entry && fields[String(field.id)].spidx.length > 0) {
        found.push({ ...base, ...fittedFlux(fields[String(field.id)], spw.centreHz), isReference: false });
      }
    });
  }
  return found;
}

/** A flux density whose error includes by how much noise makes it, and that of the flux calibrator, too high. */
function withBias(
  flux: MeasuredFlux,
  observation: Observation,
  signal: SignalView,
  { intervals }: SolutionChoices,
): MeasuredFlux {
  if (flux.isReference) return flux;
  const window = observation.science.findIndex(({ spwId }) => spwId === flux.spw);
  const own = calibratorFields(observation).find(({ name }) => name === flux.field);
  const biases = [own?.id, observation.flux.id].map((id) => {
    const field = signal.fields.find(({ fieldId }) => fieldId === id);
    return field ? amplitudeBias(field, signal, intervals, window) || 0 : 0;
  });
  return { ...flux, errorJy: Math.hypot(flux.errorJy, ...biases.map((share) => share * flux.fluxJy)) };
}

/** The spectrum of a calibrator at a frequency (Hz) at which it was not measured. */
function fittedFlux({ fitRefFreq, spidx, covarMat }: FluxFit, hz: number): { fluxJy: number; errorJy: number } {
  const powers = spidx.map((_, order) => Math.log10(hz / fitRefFreq) ** order);
  const fluxJy = 10 ** spidx.reduce((sum, value, order) => sum + value * powers[order], 0);
  const variance = covarMat.flatMap((row, i) => row.map((value, j) => value * powers[i] * powers[j]));
  return { fluxJy, errorJy: Math.LN10 * fluxJy * Math.sqrt(variance.reduce((sum, value) => sum + value, 0)) };
}

/** Error of S = r² from the scatter of r: 2 r s / sqrt(N - 1). What fluxscale returns, as CASA's does, lacks the factor r. */
function propagatedError(fluxJy: number, fluxscaleError: number): number {
  return Math.sqrt(fluxJy) * fluxscaleError;
}
