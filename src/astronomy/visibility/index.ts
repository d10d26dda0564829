export { forEachRun, type PlanInput, type PlannedChunk, planChunks } from './chunk-plan.ts';
export { type AppendOptions, appendChunk, ensureDataColumn, type WriteOptions, writeChunk } from './chunk-sink.ts';
export {
  type ChunkReader,
  openChunkReader,
  planMs,
  type ReadOptions,
  readChunks,
  readScalars,
  shapeOf,
} from './chunk-source.ts';
export type * from './types.ts';
