import { fail } from '../../../foundation/base/index.ts';
import { type ImsmoothOptions, imsmooth } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, outputPath, text, variant } from '../parameters.ts';
import { quantityIn } from '../tools/quantities.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';

export const imsmoothTask: TaskDeclaration = {
  name: 'imsmooth',
  summary: 'Smooths an image on the sky',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    text('kernel', 'gauss', 'shape of the kernel', { allowed: ['gauss', 'gaussian', 'commonbeam', 'boxcar', 'image'] }),
    text('major', '', 'full width along the major axis'),
    text('minor', '', 'full width along the minor axis'),
    text('pa', '', 'position angle'),
    bool('targetres', false, 'the sizes are those of the beam afterwards'),
    text('kimage', '', 'image of the kernel', { onlyDefault: true }),
    float('scale', -1.0, 'scale of the kernel', { onlyDefault: true }),
    variant('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    outputPath('outfile', undefined, 'name of the output'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    bool('overwrite', false, 'replace an output that is in the way'),
    variant('beam', '', 'kernel, or beam afterwards, as a dictionary with major, minor and pa (or positionangle)'),
  ],
  run(context, args) {
    imsmooth(context, { ...args, ...sizesOf(args) } as unknown as ImsmoothOptions);
    return undefined;
  },
};

/** Major and minor axis and position angle, of `beam` where it is given. */
function sizesOf({ beam, major, minor, pa }: TaskArguments) {
  if (beam === '' || (typeof beam === 'object' && Object.keys(beam ?? {}).length === 0)) return { major, minor, pa };
  if (typeof beam !== 'object' || beam === null || Array.isArray(beam))
    fail('usage', 'imsmooth: beam is a dictionary with major, minor and pa.');
  if (major !== '' || minor !== '' || pa !== '') fail('usage', 'imsmooth: give either beam, or major, minor and pa.');
  const size = (name: string, unit: string) =>
    beam[name] === undefined ? '' : `${quantityIn(beam[name], unit)}${unit}`;
  return {
    major: size('major', 'arcsec'),
    minor: size('minor', 'arcsec'),
    pa: size('pa', 'deg') || size('positionangle', 'deg'),
  };
}
