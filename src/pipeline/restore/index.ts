export { type AppliedTable, type CalApplication, readCalapply } from './calapply.ts';
export { casaIntents, pipelineIntent } from './intents.ts';
export { type ManifestBlock, type PipelineManifest, readManifest } from './manifest.ts';
export { FINAL_FLAGS } from './package-files.ts';
export { type Literal, parseCall } from './python-literal.ts';
export {
  type ApplyArguments,
  type RestoredBlock,
  type RestoreOptions,
  type RestoreTasks,
  restorePackage,
} from './restore.ts';
