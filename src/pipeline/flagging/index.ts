export { extendFlagsInPlace } from './extension.ts';
export { extensionTracks } from './extension-tracks.ts';
export { type FlagCommand, type FlagMode, formatFlagCommand, parseFlagCommand } from './flag-command.ts';
export { flagFigure } from './flag-figure.ts';
export { type FlagCount, type FlagCounts, type FlagRowNames, type FlagSummary, FlagTally } from './flag-summary.ts';
export {
  autosaveFlags,
  deleteFlagVersion,
  type FlagVersion,
  listFlagVersions,
  openFlagged,
  renameFlagVersion,
  restoreFlagVersion,
  saveFlagVersion,
} from './flag-version.ts';
export { type FlagcmdOptions, type FlagcmdResult, flagcmd, type StoredCommand } from './flagcmd.ts';
export { type FlagdataOptions, type FlagdataResult, flagdata, requestedCommands } from './flagdata.ts';
export { type FlagmanagerOptions, flagmanager } from './flagmanager.ts';
export { keepInFile } from './kept-commands.ts';
export { isQuacked, type ScanEdges } from './quack.ts';
export { type ShadowTimes, shadowTimes } from './shadow.ts';
