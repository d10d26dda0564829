import { type Context, SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import type { BlockCalibration } from './block-calibration.ts';
import { type CommonFlux, combineFluxes, type MeasuredFlux } from './common-flux.ts';
import { planFluxCalibration } from './flux-plan.ts';
import type { Decision } from './plan-builder.ts';
import { decisionLine } from './plan-builder.ts';
import { runSteps } from './plan-run.ts';
import type { PlanRunner, ScriptPlan } from './plan-types.ts';

/** What the common flux calibration gave. */
export interface FluxCalibration {
  readonly plan: ScriptPlan;
  readonly fluxes: readonly CommonFlux[];
  readonly decisions: readonly Decision[];
}

/**
 * Brings all Execution Blocks to one flux scale and concatenates them to calibrated.ms.
 *
 * Blocks further apart than a day are concatenated without it, and this is said.
 *
 * @param blocks at least two, in time order
 */
export async function calibrateFluxes(
  context: Context,
  runner: PlanRunner,
  blocks: readonly BlockCalibration[],
): Promise<FluxCalibration> {
  const span = Math.max(...blocks.map((block) => block.endSec)) - Math.min(...blocks.map((block) => block.startSec));
  const isOneDay = span <= SECONDS_PER_DAY;
  const fluxes = isOneDay ? combineFluxes(blocks.flatMap(sharedFluxes)) : [];
  const decisions = isOneDay ? fluxDecisions(fluxes) : [apartDecision(span)];
  const header = [
    'Common flux calibration and concatenation',
    ...blocks.map((block) => `Execution Block ${block.uid}`),
    ...decisions.map(decisionLine),
  ];
  const plan = planFluxCalibration(
    blocks.map((block) => block.block),
    fluxes,
    header,
  );
  await runSteps(context, runner, plan.steps, { weights: plan.steps.map(() => 1), subject: 'common flux scale' });
  return { plan, fluxes, decisions };
}

/** Fluxes that Execution Blocks have in common: not those of a body of the Solar System. */
function sharedFluxes({ fluxes, block }: BlockCalibration): readonly MeasuredFlux[] {
  return fluxes.filter(({ field }) => block.calibrators.some(({ name }) => name === field));
}

function fluxDecisions(fluxes: readonly CommonFlux[]): Decision[] {
  return fluxes.map((flux) => ({
    topic: 'Common flux',
    choice: `${flux.field} in window ${flux.spw}: ${flux.fluxJy.toFixed(4)} +/- ${flux.errorJy.toFixed(4)} Jy`,
    reason: fluxReason(flux),
  }));
}

function fluxReason({ outliers, disagreement, windows, without }: CommonFlux): string {
  const lacking = without.length > 0 ? [`${without.join(', ')}: no window near this frequency.`] : [];
  const [only, ...others] = Object.keys(windows);
  const mean = others.length === 0 ? `Only ${only} has the window` : 'Weighted mean of the Execution Blocks';
  const rest = outliers.length > 0 ? ` without the outlier ${outliers.join(', ')}` : '';
  return [`${mean}${rest}.`, ...(disagreement ? [disagreement] : []), ...lacking].join(' ');
}

function apartDecision(span: number): Decision {
  return {
    topic: 'Common flux',
    choice: 'not calibrated in common',
    reason: `The Execution Blocks span ${(span / SECONDS_PER_DAY).toFixed(1)} days; calibrators may have varied, so each keeps its own flux scale.`,
  };
}
