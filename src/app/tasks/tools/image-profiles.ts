import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import {
  type ImpvOptions,
  imcontsub,
  impv,
  openImage,
  type SpecsmoothOptions,
  specsmooth,
} from '../../../pipeline/images/index.ts';
import { type ToolArguments, type ToolHost, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { selectionOf } from './image-pixels.ts';
import { adopt, ask, type ImageState, opened, outputOf } from './image-state.ts';
import { numberList } from './reply-values.ts';

function smooth(label: string, state: ImageState, args: ToolArguments, host: ToolHost) {
  const outfile = outputOf(label, args);
  const { axis, width, dmethod, overwrite } = args as Pick<
    SpecsmoothOptions,
    'axis' | 'width' | 'dmethod' | 'overwrite'
  >;
  const imagename = opened(state).path;
  const method = args.drop === false ? '' : dmethod;
  specsmooth(host.context, {
    ...selectionOf(args),
    imagename,
    outfile,
    axis,
    function: label,
    width,
    dmethod: method,
    overwrite,
  });
  return adopt(host, outfile);
}

/** A place as the room takes it: text, numbers, or a direction measure. */
function placeOf(value: TaskValue): ImpvOptions['start'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as ImpvOptions['start'];
  const { refer, m0, m1 } = value as Record<string, { value: number; unit: string }> & { refer: string };
  if (!m0 || !m1)
    return fail('usage', 'ia.pv(): a place is [x, y], [ra, dec], "J2000 ra dec", or what me.direction() gives.');
  return [String(refer), `${m0.value}${m0.unit}`, `${m1.value}${m1.unit}`];
}

const sizeOf = (value: TaskValue): string | number => {
  if (typeof value === 'number' || typeof value === 'string') return value;
  const { value: number, unit } = value as { value: number; unit: string };
  return `${number}${unit}`;
};

/** ia: what works along the axis of frequency. */
export const alongFrequencyMethods = {
  hanning: ask(
    "outfile='', region='', mask='', axis=-10, drop=True, overwrite=False, async=False, stretch=False, dmethod='copy'",
    (state, args, host) => smooth('hanning', state, { ...args, axis: Math.max(-1, Number(args.axis)) }, host),
  ),
  boxcar: ask(
    "outfile='', region='', mask='', axis=-1, width=2, drop=True, dmethod='copy', overwrite=False, stretch=False",
    (state, args, host) => smooth('boxcar', state, args, host),
  ),
  continuumsub: ask(
    "outline, outcont='continuumsub.im', region='', channels=[-1], pol='', fitorder=0, overwrite=False",
    (state, args, host) => {
      const [linefile, contfile] = [textArgument(args, 'outline'), textArgument(args, 'outcont')];
      if (linefile === '') fail('unsupported', 'ia.continuumsub(): outline must be given; images are files here.');
      const { fitorder, pol, overwrite } = args as { fitorder: number; pol: string; overwrite: boolean };
      const chans = numberList(args.channels, 'channels');
      const imagename = opened(state).path;
      const selection = { ...selectionOf(args), stokes: pol };
      imcontsub(host.context, { ...selection, imagename, linefile, contfile, fitorder, chans, overwrite });
      return host.adopt('ia', { image: openImage(joinPath(host.context.cwd, linefile)) } satisfies ImageState);
    },
  ),
  pv: ask(
    "outfile='', start='', end='', center='', length='', pa='', width='1', unit='arcsec', overwrite=False, region='', chans='', stokes='', mask='', stretch=False, wantreturn=True",
    (state, args, host) => {
      const outfile = outputOf('pv', args);
      const { unit, chans, stokes, overwrite } = args as Record<'unit' | 'chans' | 'stokes', string> & {
        overwrite: boolean;
      };
      const [start, end, center] = [args.start, args.end, args.center].map(placeOf);
      const isByEnds = start !== undefined && start.length > 0;
      impv(host.context, {
        ...{ ...selectionOf(args), chans, stokes, imagename: opened(state).path, outfile, unit, overwrite },
        ...(isByEnds
          ? { mode: 'coords', start, end }
          : { mode: 'length', center, length: sizeOf(args.length), pa: String(sizeOf(args.pa)) }),
        width: sizeOf(args.width),
      });
      return args.wantreturn === false ? true : adopt(host, outfile);
    },
  ),
};
