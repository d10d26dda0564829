export { fitBeam, sidelobeLevel } from './beam-fit.ts';
export { type CleanOptions, clean } from './clean.ts';
export { type FtOptions, ft } from './ft.ts';
export { StandardGridder } from './gridder.ts';
export type { TcleanResult } from './imaging-run.ts';
export { writeKeptModels } from './kept-model.ts';
export type { TcleanOptions } from './options.ts';
export { primaryBeam } from './primary-beam.ts';
export { tclean } from './tclean.ts';
