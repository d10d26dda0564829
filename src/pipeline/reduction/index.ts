export { type BlockCalibration, type BlockOptions, calibrateBlock } from './block-calibration.ts';
export { type CommonFlux, combineFluxes, type MeasuredFlux } from './common-flux.ts';
export { type CleanedStep, type CubeFallback, cleanCube, maskDecisions } from './cube-cleaning.ts';
export type { ImagingFacts, ImagingWindow, ProductPlan } from './imaging-facts.ts';
export { calibrateFluxes, type FluxCalibration } from './member-flux.ts';
export { type MemberImaging, planMemberImaging } from './member-imaging.ts';
export { type Decision, decisionLine, taskCalls } from './plan-builder.ts';
export { runStep } from './plan-run.ts';
export type * from './plan-types.ts';
export {
  checkScienceGoal,
  EMPTY_GOAL,
  type RequestedLine,
  type ScienceGoal,
} from './science-goal.ts';
