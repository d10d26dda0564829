export { type AntennaPlot, antennaFigure } from './antenna-figure.ts';
export { type ApplycalOptions, type ApplycalResult, type ApplyMode, applycal } from './applycal.ts';
export * from './bandpass.ts';
export { type BandpassPlot, bandpassFigures, subplotOf } from './bandpass-figure.ts';
export * from './caltable.ts';
export { type CalTableCheck, checkCalTable, type SolutionCount } from './caltable-check.ts';
export { calTableFigures } from './caltable-figure.ts';
export { flagCalTable } from './caltable-flags.ts';
export { calFrameOf } from './caltable-frame.ts';
export type { CalAxisX, CalIteration, CalPlot, CalPolarization } from './caltable-plot.ts';
export { isCalTable, readCalTable } from './caltable-read.ts';
export { type CalQuantity, type CalSelection, selectCalRows } from './caltable-selection.ts';
export { type CalstatOptions, type ColumnStatistics, calstat } from './caltable-statistics.ts';
export { type ListcalOptions, listcal } from './caltable-text.ts';
export { writeCalTable } from './caltable-write.ts';
export type { GainTable } from './chain-term.ts';
export { type CheckedFlux, checkFluxes, type FluxCheckOptions } from './flux-check.ts';
export * from './fluxscale.ts';
export { baselineIndex, GainFit, parallelHands } from './gain-fit.ts';
export * from './gaincal.ts';
export { type GencalOptions, gencal } from './gencal.ts';
export {
  type CorrectOptions,
  createJonesChain,
  type JonesChain,
  openJonesChain,
  type TermStatistics,
} from './jones-chain.ts';
export { type RerefantOptions, rerefant } from './rerefant.ts';
export { skyCurveOf } from './sky-curves.ts';
export { type SmoothcalOptions, smoothcal } from './smoothcal.ts';
export type { SolveOptions, TextList } from './solve-options.ts';
export type { SolvedTable } from './solve-run.ts';
export type { IntervalCounts, SolveSummary } from './solve-summary.ts';
export { type FixsyscaltimesOptions, fixsyscaltimes } from './syscal-times.ts';
export { type AirColumn, ozoneDepth, skyTemperatureOf, transmissionOf } from './transmission.ts';
export { type TsysspwmapOptions, tsysspwmap } from './tsys-map.ts';
export type { AverageChoice } from './visibility-averages.ts';
export type { PlotAxis, SpectralView } from './visibility-axes.ts';
export { type PlotKey, type VisibilityPlot, visibilityFigures } from './visibility-figure.ts';
export { type WeightStatistics, weightStatistics } from './weight-statistics.ts';
export { type WvrPlot, wvrFigures } from './wvr-figure.ts';
export { FARTHEST_RADIOMETER_M, FEWEST_RADIOMETERS, nearestRadiometers } from './wvr-neighbours.ts';
export { RETRIEVAL_WORK, retrievePiece } from './wvr-retrieval.ts';
export { type WvrgcalOptions, type WvrgcalResult, wvrgcal } from './wvrgcal.ts';
