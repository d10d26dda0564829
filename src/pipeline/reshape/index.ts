export {
  type ClearcalOptions,
  clearcal,
  type DelmodOptions,
  delmod,
  type ModelAccess,
  type UvsubOptions,
  uvsub,
} from './clearcal.ts';
export { type ConcatOptions, type ConcatResult, concat } from './concat.ts';
export { type CvelOptions, cvel, cvel2 } from './cvel.ts';
export { type CvelfreqsOptions, cvelfreqs } from './cvelfreqs.ts';
export { type FixplanetsOptions, fixplanets } from './fixplanets.ts';
export { type FixvisOptions, fixvis } from './fixvis.ts';
export { type HanningsmoothOptions, hanningsmooth } from './hanningsmooth.ts';
export { type InitweightsOptions, initweights } from './initweights.ts';
export { type MstransformOptions, mstransform, type RegridParameters } from './mstransform.ts';
export { type PhaseshiftOptions, phaseshift } from './phaseshift.ts';
export { type SplitResult, split } from './split.ts';
export type { SplitOptions } from './split-plan.ts';
export { type StatwtOptions, type StatwtResult, statwt } from './statwt.ts';
export { hasUnitWeights } from './unit-weights.ts';
export { type UvcontsubOptions, uvcontsub } from './uvcontsub.ts';
export { type ExportUvfitsOptions, exportuvfits } from './uvfits-export.ts';
export { type VirtualconcatOptions, virtualconcat } from './virtualconcat.ts';
