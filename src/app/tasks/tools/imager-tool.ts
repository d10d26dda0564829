import { fail } from '../../../foundation/base/index.ts';
import { apparentSensitivity, type TcleanOptions } from '../../../pipeline/imaging/index.ts';
import { method, numberArgument, type ToolArguments, type ToolDeclaration, textArgument } from '../tool-types.ts';
import { real } from '../values.ts';
import { textList } from './reply-values.ts';

interface ImagerState {
  vis?: string;
  selection: Pick<TcleanOptions, 'field' | 'spw' | 'timerange' | 'uvrange' | 'antenna' | 'scan' | 'intent'>;
  image?: Pick<TcleanOptions, 'imsize' | 'cell' | 'phasecenter'>;
  weighting: Pick<TcleanOptions, 'weighting' | 'robust'>;
  uvtaper: string[];
}

const NOTHING_CHOSEN = { selection: {}, weighting: { weighting: 'natural' as const }, uvtaper: [] };

/** Of weight() what cannot be chosen. */
const ONLY_WEIGHTS = { rmode: 'norm', noise: '0.0Jy', fieldofview: '0.0arcsec', npixels: 0, mosaic: false };

/** A selection as text; CASA's -1, and no text, stand for everything. */
function selected(args: ToolArguments, name: string): string {
  const texts = textList(args[name]);
  return texts.join(',') === '-1' ? '' : texts.join(',');
}

/** im: of CASA's imager, how sensitive an image of some data would be. */
export const imagerTool: ToolDeclaration<ImagerState> = {
  name: 'im',
  summary: 'Tells the noise that an image will have by the weights of its data',
  create: () => ({ ...NOTHING_CHOSEN }),
  close: () => {},
  methods: {
    open: method<ImagerState>('thems, compress=False, usescratch=False', (state, args) => {
      Object.assign(state, NOTHING_CHOSEN, { vis: textArgument(args, 'thems'), image: undefined });
      return true;
    }),
    close: method<ImagerState>('', (state) => {
      state.vis = undefined;
      return true;
    }),
    done: method<ImagerState>('', (state) => {
      state.vis = undefined;
      return true;
    }),
    selectvis: method<ImagerState>(
      "vis='', spw=-1, field=-1, baseline=-1, time='', scan='', intent='', uvrange='', usescratch=False",
      (state, args) => {
        if (args.vis !== '') state.vis = textArgument(args, 'vis');
        const [field, spw, antenna, timerange] = ['field', 'spw', 'baseline', 'time'].map((name) =>
          selected(args, name),
        );
        const [scan, intent, uvrange] = ['scan', 'intent', 'uvrange'].map((name) => selected(args, name));
        state.selection = { field, spw, antenna, timerange, scan, intent, uvrange };
        return true;
      },
    ),
    // In CASA too the weights know a square of nx pixels alone: ny, celly, stokes, spw and the channels have no effect on them.
    defineimage: method<ImagerState>(
      "nx=128, ny=-1, cellx='1.0arcsec', celly='', stokes='I', phasecenter='', mode='mfs', nchan=-1, start=0, step=1, spw=[0]",
      (state, args) => {
        if (!['mfs', 'cube', 'channel'].includes(textArgument(args, 'mode')))
          fail('usage', "im.defineimage(): mode is 'mfs', 'cube' or 'channel'.");
        state.image = {
          imsize: numberArgument(args, 'nx'),
          cell: textArgument(args, 'cellx'),
          phasecenter: textList(args.phasecenter).join(''),
        };
        return true;
      },
    ),
    weight: method<ImagerState>(
      "type='natural', rmode='norm', noise='0.0Jy', robust=0.0, fieldofview='0.0arcsec', npixels=0, mosaic=False",
      (state, args) => {
        const type = textArgument(args, 'type');
        if (type !== 'natural' && type !== 'uniform' && type !== 'briggs' && type !== 'radial')
          return fail('usage', 'im.weight(): type is natural, uniform, briggs or radial.');
        for (const [name, value] of Object.entries(ONLY_WEIGHTS))
          if (args[name] !== value) return fail('unsupported', `im.weight(): only ${name}=${value} is available.`);
        state.weighting = { weighting: type, robust: numberArgument(args, 'robust') };
        return true;
      },
    ),
    filter: method<ImagerState>("type='gaussian', bmaj='1.0arcsec', bmin='', bpa='0.0deg'", (state, args) => {
      const [bmaj, bmin, bpa] = ['bmaj', 'bmin', 'bpa'].map((name) => textArgument(args, name));
      state.uvtaper = [bmaj, bmin || bmaj, bpa];
      return true;
    }),
    apparentsens: method<ImagerState>('', ({ vis, selection, image, weighting, uvtaper }, _args, { context }) => {
      if (vis === undefined) return fail('usage', 'im.apparentsens(): no MeasurementSet is open; call im.open first.');
      if (!image) return fail('usage', 'im.apparentsens(): the image is not defined; call im.defineimage first.');
      const { rms, relative } = apparentSensitivity(context, { vis, ...selection, ...image, ...weighting, uvtaper });
      return [true, real(rms), real(relative)];
    }),
  },
};
