export { binChannels, binsOf, type ChannelBins } from './channel-bins.ts';
export { type ChannelGrid, type GridRequest, regridChannels } from './channel-grid.ts';
export { leavesChannels, putBackOthers } from './chosen-channels.ts';
export { planOrdered, planTogether } from './chunk-order.ts';
export { forEachRun, type PlanInput, type PlannedChunk, planChunks } from './chunk-plan.ts';
export { type AppendOptions, appendChunk, ensureDataColumn, type WriteOptions, writeChunk } from './chunk-sink.ts';
export {
  type ChunkReader,
  openChunkReader,
  planMs,
  type ReadOptions,
  readChunks,
  readScalars,
  rowLimiter,
  shapeOf,
} from './chunk-source.ts';
export {
  attachRecipe,
  type ColumnRecipe,
  hasDataColumn,
  recipeOf,
  registerRecipes,
} from './column-recipe.ts';
export { type ContinuumFit, continuumSubtraction } from './continuum.ts';
export { hanningSmooth, hanningSmoothInPlace } from './hanning.ts';
export { phaseCentreTurn, type SkyDirection, turnUvwInPlace } from './phase-centre.ts';
export { type PhaseRotationOptions, phaseRotation } from './phase-rotation.ts';
export { type RegridOptions, type RegridWindow, regridding } from './regrid.ts';
export { Scatter } from './scatter.ts';
export type { InterpolationMethod } from './spectral-interpolation.ts';
export { fillDataWeights, flatSpectrum, meanWeights, separateWeights } from './spectral-weights.ts';
export { type TimeAverageOptions, timeAverage } from './time-average.ts';
export type * from './types.ts';
export { changeColumns, declareFinished, describeUnfinished, requireFinished } from './unfinished-change.ts';
export { COMPLEX_PARTS, type StatisticsRequest, type ValueStatistics, valueStatistics } from './value-statistics.ts';
export { mergeWindows, type WindowMergeOptions } from './window-merge.ts';
export { uniteWindows, type WindowChannels, type WindowUnion } from './window-union.ts';
