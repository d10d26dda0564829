import { apparentSensitivity, type TcleanOptions } from '../../../pipeline/imaging/index.ts';
import { float, inputPath, int, ints, selectedData, text, texts, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';
import { real } from '../values.ts';

/** What is asked, in tclean's words. */
function optionsOf({ selectdata, imsize, ...args }: TaskArguments): Omit<TcleanOptions, 'imagename' | 'stokes'> {
  // As in CASA the weights know a square of as many pixels as the first axis has.
  return { ...args, specmode: 'mfs', imsize: (imsize as number[])[0] } as unknown as TcleanOptions;
}

export const apparentsensTask: TaskDeclaration = {
  name: 'apparentsens',
  summary: 'Tells the noise that an image will have by the weights of its data',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    text('field', '', 'fields by name or number; empty: all'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('intent', '', 'scan intents, with * as wildcard; empty: all'),
    ...selectedData,
    ints('imsize', [100], 'pixels: one number or two'),
    variant('cell', [], 'pixel size'),
    text('stokes', 'I', 'Stokes parameters', {
      inert: 'the noise is that of Stokes I, as CASA says for any',
      inertInCasa: true,
    }),
    text('specmode', 'mfs', 'mfs or cube', {
      allowed: ['mfs', 'cube'],
      inert: 'all selected channels count together',
      inertInCasa: true,
    }),
    text('weighting', 'natural', 'natural, uniform, briggs', { allowed: ['natural', 'uniform', 'briggs', 'radial'] }),
    float('robust', 0.5, 'Briggs parameter'),
    int('npixels', 0, 'uv box of the density'),
    texts('uvtaper', [''], 'taper'),
  ],
  run(context, args) {
    const { rms, relative } = apparentSensitivity(context, optionsOf(args));
    return { effSens: real(rms), relToNat: real(relative) };
  },
};
