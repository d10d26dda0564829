import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import {
  type ImcollapseOptions,
  type ImportFitsOptions,
  type ImtransOptions,
  imageconcat,
  imcollapse,
  immath,
  immoments,
  importfits,
  imsubimage,
  imtrans,
  openImage,
} from '../../../pipeline/images/index.ts';
import { textArgument } from '../tool-types.ts';
import { selectionOf } from './image-pixels.ts';
import { adopt, ask, closeState, opened, outputOf } from './image-state.ts';
import { numberList, textList } from './reply-values.ts';

/** ia: images made of the open one. */
export const makingMethods = {
  subimage: ask(
    "outfile='', region='', mask='', dropdeg=False, overwrite=False, list=True, stretch=False, wantreturn=True, keepaxes=[]",
    (state, args, host) => {
      const outfile = outputOf('subimage', args);
      const { path } = opened(state);
      const keepaxes = numberList(args.keepaxes, 'keepaxes');
      const { dropdeg, overwrite } = args as { dropdeg: boolean; overwrite: boolean };
      imsubimage(host.context, { ...selectionOf(args), imagename: path, outfile, dropdeg, overwrite, keepaxes });
      return args.wantreturn === false ? true : adopt(host, outfile);
    },
  ),
  collapse: ask(
    "function, axes, outfile='', region='', box='', chans='', stokes='', mask='', overwrite=False, stretch=False",
    (state, args, host) => {
      const outfile = outputOf('collapse', args);
      const { box, chans, stokes, overwrite } = args as {
        box: string;
        chans: string;
        stokes: string;
        overwrite: boolean;
      };
      const selection = selectionOf(args);
      imcollapse(host.context, {
        ...selection,
        ...(box ? { box } : {}),
        ...(chans ? { chans } : {}),
        stokes,
        imagename: opened(state).path,
        outfile,
        function: textArgument(args, 'function'),
        axes: args.axes as ImcollapseOptions['axes'],
        overwrite,
      });
      return adopt(host, outfile);
    },
  ),
  moments: ask(
    "moments=[0], axis=-10, region='', mask='', includepix=[-1], excludepix=[-1], outfile='', overwrite=False, drop=True",
    (state, args, host) => {
      const outfile = outputOf('moments', args);
      if (args.overwrite === true) fail('unsupported', 'ia.moments(): only overwrite=False is available.');
      if (args.drop !== false) fail('unsupported', 'ia.moments(): only drop=False is available; immoments does that.');
      const moments = numberList(args.moments, 'moments');
      const axis = Number(args.axis) === -10 ? 'spectral' : Number(args.axis);
      immoments(host.context, { ...selectionOf(args), imagename: opened(state).path, moments, axis, outfile });
      return moments.length > 1 ? true : adopt(host, outfile);
    },
  ),
  transpose: ask("outfile='', order=''", (state, args, host) => {
    const outfile = outputOf('transpose', args);
    const { order } = args;
    imtrans(host.context, { imagename: opened(state).path, outfile, order: order as ImtransOptions['order'] });
    return adopt(host, outfile);
  }),
  imagecalc: ask("outfile='', pixels='', overwrite=False, imagemd=''", (_state, args, host) => {
    const outfile = outputOf('imagecalc', args);
    const [expr, imagemd] = [textArgument(args, 'pixels'), textArgument(args, 'imagemd')];
    immath(host.context, { imagename: '', outfile, expr, imagemd, overwrite: args.overwrite === true });
    return adopt(host, outfile);
  }),
  imageconcat: ask(
    "outfile='', infiles=[], axis=-1, relax=False, tempclose=True, overwrite=False, reorder=False, mode='paged'",
    (_state, args, host) => {
      const outfile = outputOf('imageconcat', args);
      if (args.mode !== 'paged') fail('unsupported', "ia.imageconcat(): only mode='paged' is available.");
      const infiles = Array.isArray(args.infiles)
        ? textList(args.infiles)
        : textArgument(args, 'infiles').split(/[\s,]+/);
      const { axis, relax, overwrite, reorder } = args as Record<'relax' | 'overwrite' | 'reorder', boolean> & {
        axis: number;
      };
      imageconcat(host.context, { infiles, outfile, axis: Number(axis), relax, overwrite, reorder });
      return adopt(host, outfile);
    },
  ),
  fromfits: ask(
    "outfile='', infile='', whichrep=0, whichhdu=0, zeroblanks=False, overwrite=False",
    (state, args, { context }) => {
      const outfile = outputOf('fromfits', args);
      const { whichrep, whichhdu, overwrite, zeroblanks } = args as Required<
        Pick<ImportFitsOptions, 'whichrep' | 'whichhdu' | 'overwrite' | 'zeroblanks'>
      >;
      const fitsimage = textArgument(args, 'infile');
      importfits(context, { fitsimage, imagename: outfile, whichrep, whichhdu, overwrite, zeroblanks });
      closeState(state);
      state.image = openImage(joinPath(context.cwd, outfile));
      return true;
    },
  ),
};
