export { fitBeam, sidelobeLevel } from './beam-fit.ts';
export { StandardGridder } from './gridder.ts';
export type { TcleanOptions } from './options.ts';
export { primaryBeam } from './primary-beam.ts';
export { type TcleanResult, tclean } from './tclean.ts';
