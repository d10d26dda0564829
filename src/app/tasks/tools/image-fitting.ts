import { dopplerValue } from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { channelFrequency, collapsing, fitComponents, type Image, imstat } from '../../../pipeline/images/index.ts';
import type { ToolArguments } from '../tool-types.ts';
import { fitReply } from './component-reply.ts';
import { selectionOf } from './image-pixels.ts';
import { ask, opened } from './image-state.ts';
import { convert, scalar } from './quantities.ts';
import { boolArray, dictionary, floatArray, textList } from './reply-values.ts';
import { findUnit, hasSameDimensions, parseUnit } from './unit-algebra.ts';

const UNAVAILABLE = [
  'residual',
  'model',
  'estimates',
  'logfile',
  'newestimates',
  'complist',
  'rms',
  'noisefwhm',
  'summary',
];

/** The selection of a call that has box, chans and stokes beside a region. */
function partOf(args: ToolArguments) {
  const [box, chans, stokes] = ['box', 'chans', 'stokes'].map((name) => textList(args[name]).join(','));
  const selection = selectionOf(args);
  return { ...selection, ...(box !== '' && { box }), ...(chans !== '' && { chans }), ...(stokes !== '' && { stokes }) };
}

/** Channels in a unit: pixels, frequencies, or velocities by a convention (CASA's default is the relativistic one). */
function channelsIn(image: Image, channels: readonly number[], unit: string, spectype: string): number[] {
  if (unit === 'pixel') return [...channels];
  const { spectral } = image.coordinates;
  if (!spectral) return fail('unsupported', 'ia.getprofile(): profiles go along the frequencies of an image here.');
  const values = channels.map((channel) => channelFrequency(spectral, channel));
  if (!findUnit(unit)) fail('usage', `ia.getprofile(): "${unit}" is no unit.`);
  if (hasSameDimensions(parseUnit(unit), parseUnit('Hz')))
    return values.map((hz) => convert(scalar(hz, 'Hz'), unit).values[0]);
  if (spectral.restFrequency === 0) fail('usage', 'ia.getprofile(): a velocity needs the rest frequency of the image.');
  const convention = spectype === 'default' ? 'RELATIVISTIC' : spectype.replace(/ velocity$/, '');
  return values.map((hz) => {
    const speed = dopplerValue(hz / spectral.restFrequency, convention) * SPEED_OF_LIGHT;
    return convert(scalar(speed, 'm/s'), unit).values[0];
  });
}

export const profileMethods = {
  getprofile: ask(
    "axis=-1, function='mean', region={}, mask='', unit='', stretch=False, spectype='default', restfreq='', frame='', logfile=''",
    (state, args, { context }) => {
      const image = opened(state);
      const { spectral } = image.coordinates;
      for (const name of ['restfreq', 'frame', 'logfile'])
        if (args[name] !== '') fail('unsupported', `ia.getprofile(): ${name} is not available.`);
      if (!spectral || Number(args.axis) !== spectral.pixelAxis)
        fail(
          'unsupported',
          `ia.getprofile(): axis is that of the frequencies, ${spectral?.pixelAxis ?? 'which there is not'}.`,
        );
      const name = String(args.function);
      const compute = collapsing(name);
      const axes = [...image.shape.keys()].filter((axis) => axis !== spectral.pixelAxis);
      const found = imstat(context, { imagename: image.path, ...selectionOf(args), axes });
      const channels = Array.from(found.npts, (_, at) => found.blc[spectral.pixelAxis] + at);
      const unit = String(args.unit) || 'Hz';
      return dictionary([
        ['coords', floatArray(channelsIn(image, channels, unit, String(args.spectype)))],
        ['mask', boolArray(found.npts.map((count) => Number(count > 0)))],
        ['npix', { kind: 'array', type: 'int', shape: [channels.length], values: Uint32Array.from(found.npts) }],
        ['planes', floatArray(channels)],
        ['values', floatArray(compute(found))],
        ['xUnit', unit],
        ['yUnit', name.toLowerCase() === 'flux' ? image.unit.replace(/\/beam/i, '') : image.unit],
      ]);
    },
  ),
};

export const fittingMethods = {
  fitcomponents: ask(
    "box='', region={}, chans=[], stokes='', mask='', includepix=[-1], excludepix=[-1], residual='', model='', estimates='', logfile='', append=True, newestimates='', complist='', overwrite=False, dooff=False, offset=0.0, fixoffset=False, stretch=False, rms='', noisefwhm='', summary=''",
    (state, args, { context }) => {
      for (const name of UNAVAILABLE)
        if (args[name] !== '')
          fail('unsupported', `ia.fitcomponents(): ${name} is not available; one Gaussian is fitted.`);
      if (args.offset !== 0 || args.fixoffset === true)
        fail('unsupported', 'ia.fitcomponents(): the level starts at 0 and is fitted (dooff=True), or is not there.');
      const image = opened(state);
      const dooff = args.dooff === true;
      return fitReply(image, fitComponents(image, { ...partOf(args), dooff }, context.cwd), dooff);
    },
  ),
};
