import { formatDec, formatRa, parseAngle } from '../../../astronomy/measures/index.ts';
import type { Selection } from '../../../astronomy/ms/index.ts';
import { ARCSEC, type Context, fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { adviseImaging, apparentSensitivity, type TcleanOptions, tclean } from '../../../pipeline/imaging/index.ts';
import { method, numberArgument, type ToolArguments, type ToolDeclaration, textArgument } from '../tool-types.ts';
import { real } from '../values.ts';
import { quantityReply, textList } from './reply-values.ts';

interface ImagerState {
  vis?: string;
  selection: Selection;
  /** Pixels and their sizes on both axes. */
  image?: { readonly imsize: [number, number]; readonly cell: [string, string]; readonly phasecenter: string };
  weighting: Pick<TcleanOptions, 'weighting' | 'robust'>;
  uvtaper: string[];
  mode: string;
  hasBeam: boolean;
}

const NOTHING_CHOSEN = {
  ...{ selection: {}, weighting: { weighting: 'natural' as const }, uvtaper: [] },
  ...{ mode: 'mfs', hasBeam: false },
};

/** Images that makeimage can make: the product of tclean and the column that it is made of. */
const MADE_IMAGES: Readonly<Record<string, readonly [extension: string, datacolumn: 'data' | 'corrected']>> = {
  observed: ['residual', 'data'],
  corrected: ['residual', 'corrected'],
  psf: ['psf', 'data'],
  pb: ['pb', 'data'],
};
const PRODUCTS = ['residual', 'psf', 'pb', 'image', 'model', 'sumwt', 'mask', 'weight'];

/** The MeasurementSet in use. @throws usage when there is none */
function openedBy({ vis }: ImagerState, name: string): string {
  return vis ?? fail('usage', `im.${name}(): no MeasurementSet is open; call im.open first.`);
}

/** A dirty image, a point-spread function or a primary beam as an image of its own. */
function makeImage(context: Context, state: ImagerState, type: string, name: string): void {
  const vis = openedBy(state, 'makeimage');
  const { image, selection, weighting, uvtaper, mode, hasBeam } = state;
  if (!image) fail('usage', 'im.makeimage(): the image is not defined; call im.defineimage first.');
  const [extension, datacolumn] =
    MADE_IMAGES[type] ??
    fail('unsupported', `im.makeimage(type='${type}') is not done; there are ${Object.keys(MADE_IMAGES).join(', ')}.`);
  if (name === '') fail('usage', 'im.makeimage(): the image needs a name.');
  if (mode !== 'mfs') fail('unsupported', "im.makeimage(): mode is 'mfs'; tclean makes cubes.");
  if (type === 'pb' && !hasBeam) fail('usage', "im.makeimage(type='pb'): call im.setvp(dovp=True) first.");
  const made = `${name}.made`;
  const pathOf = (part: string) => joinPath(context.cwd, part);
  try {
    const chosen = { ...selection, ...image, ...weighting, uvtaper, datacolumn, niter: 0, pblimit: -1 };
    tclean(context, { vis, imagename: made, specmode: 'mfs', ...chosen });
    if (disk().exists(pathOf(name))) disk().remove(pathOf(name));
    disk().rename(pathOf(`${made}.${extension}`), pathOf(name));
  } finally {
    for (const product of PRODUCTS.map((part) => pathOf(`${made}.${part}`)))
      if (disk().exists(product)) disk().remove(product);
  }
}

/** Of weight() what cannot be chosen. */
const ONLY_WEIGHTS = { rmode: 'norm', noise: '0.0Jy', fieldofview: '0.0arcsec', npixels: 0, mosaic: false };

/** A selection as text; CASA's -1, and no text, stand for everything. */
function selected(args: ToolArguments, name: string): string {
  const texts = textList(args[name]);
  return texts.join(',') === '-1' ? '' : texts.join(',');
}

/** im: of CASA's imager, how sensitive an image of some data would be, what pixels it needs, and images without CLEAN. */
export const imagerTool: ToolDeclaration<ImagerState> = {
  name: 'im',
  summary: 'Tells the noise and the pixels that an image will have, makes dirty images and primary beams',
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
    // stokes, spw and the channels have no effect on the weights, as in CASA; these know a square of nx pixels alone.
    defineimage: method<ImagerState>(
      "nx=128, ny=-1, cellx='1.0arcsec', celly='', stokes='I', phasecenter='', mode='mfs', nchan=-1, start=0, step=1, spw=[0]",
      (state, args) => {
        if (!['mfs', 'cube', 'channel'].includes(textArgument(args, 'mode')))
          fail('usage', "im.defineimage(): mode is 'mfs', 'cube' or 'channel'.");
        const [nx, ny] = [numberArgument(args, 'nx'), numberArgument(args, 'ny')];
        const [cellx, celly] = [textArgument(args, 'cellx'), textArgument(args, 'celly')];
        state.mode = textArgument(args, 'mode');
        state.image = {
          imsize: [nx, ny > 0 ? ny : nx],
          cell: [cellx, celly || cellx],
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
    setvp: method<ImagerState>(
      "dovp=False, usedefaultvp=True, vptable='', dosquint=False, parangleinc='360deg', skyposthreshold='180deg', telescope='', verbose=True",
      (state, args) => {
        if (args.usedefaultvp !== true || args.vptable !== '' || args.dosquint === true)
          return fail('unsupported', 'im.setvp(): the primary beam is that of the telescope (usedefaultvp=True).');
        state.hasBeam = args.dovp === true;
        return true;
      },
    ),
    makeimage: method<ImagerState>(
      "type='observed', image='', compleximage='', verbose=True",
      (state, args, { context }) => {
        if (args.compleximage !== '') return fail('unsupported', 'im.makeimage(): complex images are not made.');
        makeImage(context, state, textArgument(args, 'type'), textArgument(args, 'image'));
        return true;
      },
    ),
    advise: method<ImagerState>("takeadvice=True, amplitudeloss=0.05, fieldofview=''", (state, args, { context }) => {
      // Without a field of view the fewest pixels, as CASA gives them though its documentation tells of one degree.
      const fieldOfView = parseAngle(textArgument(args, 'fieldofview') || '0deg');
      const amplitudeLoss = numberArgument(args, 'amplitudeloss');
      const given = { vis: openedBy(state, 'advise'), ...state.selection, fieldOfView, amplitudeLoss };
      const { pixelCount, cellRad, facetCount, field } = adviseImaging(context, given);
      const [ra, dec] = field.phaseDir;
      const centre = `${field.frame} ${formatRa(ra, 2)} ${formatDec(dec, 3).replace(/^[+-]/, '$&0')}`;
      return [true, pixelCount, quantityReply(cellRad / ARCSEC, 'arcsec'), facetCount, centre];
    }),
    apparentsens: method<ImagerState>('', (state, _args, { context }) => {
      const vis = openedBy(state, 'apparentsens');
      const { selection, image, weighting, uvtaper } = state;
      if (!image) return fail('usage', 'im.apparentsens(): the image is not defined; call im.defineimage first.');
      const { imsize, cell, phasecenter } = image;
      const square = { imsize: imsize[0], cell: cell[0], phasecenter };
      const { rms, relative } = apparentSensitivity(context, { vis, ...selection, ...square, ...weighting, uvtaper });
      return [true, real(rms), real(relative)];
    }),
  },
};
