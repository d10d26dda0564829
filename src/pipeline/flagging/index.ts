export { type FlagCommand, type FlagMode, formatFlagCommand, parseFlagCommand } from './flag-command.ts';
export { flagFigure } from './flag-figure.ts';
export type { FlagCount, FlagSummary } from './flag-summary.ts';
export {
  deleteFlagVersion,
  type FlagVersion,
  listFlagVersions,
  renameFlagVersion,
  restoreFlagVersion,
  saveFlagVersion,
} from './flag-version.ts';
export { type FlagcmdOptions, type FlagcmdResult, flagcmd, type StoredCommand } from './flagcmd.ts';
export { type FlagdataOptions, type FlagdataResult, flagdata } from './flagdata.ts';
export { type FlagmanagerOptions, flagmanager } from './flagmanager.ts';
export { type ShadowTimes, shadowTimes } from './shadow.ts';
