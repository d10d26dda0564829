export { type ApplycalOptions, type ApplycalResult, type ApplyMode, applycal } from './applycal.ts';
export * from './bandpass.ts';
export * from './caltable.ts';
export { calFrameOf } from './caltable-frame.ts';
export { isCalTable, readCalTable, writeCalTable } from './caltable-io.ts';
export type { GainTable } from './chain-term.ts';
export * from './fluxscale.ts';
export * from './gaincal.ts';
export { type GencalOptions, gencal } from './gencal.ts';
export {
  type CorrectOptions,
  createJonesChain,
  type JonesChain,
  openJonesChain,
  type TermStatistics,
} from './jones-chain.ts';
export { type SmoothcalOptions, smoothcal } from './smoothcal.ts';
export type { SolveOptions, TextList } from './solve-options.ts';
export { type FixsyscaltimesOptions, fixsyscaltimes } from './syscal-times.ts';
export { type TsysspwmapOptions, tsysspwmap } from './tsys-map.ts';
export { type Retrieval, retrieveWater } from './wvr-retrieval.ts';
export { type WvrgcalOptions, type WvrgcalResult, wvrgcal } from './wvrgcal.ts';
