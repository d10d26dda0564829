export { type ConcatOptions, type ConcatResult, concat } from './concat.ts';
export { type InitweightsOptions, initweights } from './initweights.ts';
export { type SplitResult, split } from './split.ts';
export type { SplitOptions } from './split-plan.ts';
export { type UvcontsubOptions, uvcontsub } from './uvcontsub.ts';
