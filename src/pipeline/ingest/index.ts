import './asdm-stman.ts';

export { asdmsummary } from './asdm-summary.ts';
export { type FlagCommand, onlineFlags } from './flag-commands.ts';
export { importasdm } from './importasdm.ts';
export { type ImportUvfitsOptions, importuvfits } from './importuvfits.ts';
export { applyBdfFlags, type BdfFlagOptions } from './later-flags.ts';
export type { ImportAsdmOptions, ImportAsdmResult, IngestHooks } from './options.ts';
