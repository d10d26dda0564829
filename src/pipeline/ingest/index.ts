export { type FlagCommand, onlineFlags } from './flag-commands.ts';
export { importasdm } from './importasdm.ts';
export type { ImportAsdmOptions, ImportAsdmResult, IngestHooks } from './options.ts';
