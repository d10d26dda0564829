import { fail } from '../../../foundation/base/index.ts';
import {
  channelFrequency,
  choosePixels,
  findPeaks,
  fitComponents,
  type Image,
  type PlanePeak,
  pixelToSky,
} from '../../../pipeline/images/index.ts';
import type { ToolArguments } from '../tool-types.ts';
import type { EngineValue } from '../values.ts';
import { componentRecord } from './component-records.ts';
import { fitReply } from './component-reply.ts';
import { selectionOf } from './image-pixels.ts';
import { ask, opened } from './image-state.ts';
import { wrapped } from './measure-values.ts';
import { dictionary, textList } from './reply-values.ts';

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

/** A peak as a point component; its value is the flux density, whatever the beam. */
function pointOf(image: Image, plane: number, { value, x, y }: PlanePeak): EngineValue {
  const { direction, spectral, stokes } = image.coordinates;
  const sky = direction && pixelToSky(direction, x, y);
  if (!sky) return fail('usage', 'The first two axes of the image are not on the sky.', { file: image.path });
  const place = image.planeAxes(plane);
  const parameter = stokes?.stokes[place.stokes] ?? 'I';
  return componentRecord({
    flux: ['I', 'Q', 'U', 'V'].map((name) => (name === parameter ? value : 0)),
    fluxError: [0, 0, 0, 0],
    fluxUnit: 'Jy',
    longitude: wrapped(sky.lon),
    latitude: sky.lat,
    frame: direction.system,
    directionError: [0, 0],
    ...{ shape: 'Point', axes: [], axisErrors: [], label: '' },
    frequencyGHz: spectral ? channelFrequency(spectral, place.chan) / 1e9 : 1,
    frequencyFrame: spectral?.system ?? 'LSRK',
  });
}

function listOf(components: readonly EngineValue[]): EngineValue {
  return dictionary([
    ...components.map((one, index): [string, EngineValue] => [`component${index}`, one]),
    ['nelements', components.length],
  ]);
}

/** Peaks of a plane that a call chooses from the planes of its selection. */
function peaksOf(
  image: Image,
  args: ToolArguments,
  cwd: string,
  count: number,
  choose: (planes: readonly number[]) => number,
) {
  if (args.point !== true) fail('unsupported', 'Only point=True is available; ia.fitcomponents() fits Gaussians.');
  const chosen = choosePixels(image, selectionOf(args), cwd);
  try {
    const plane = choose(chosen.planes);
    const search = { count, cutoff: Number(args.cutoff ?? 0.1), withNegative: args.negfind === true };
    const peaks = findPeaks(image.readPlane(plane), image.sizeX, chosen.good(plane), search);
    return peaks.map((peak) => pointOf(image, plane, peak));
  } finally {
    chosen.close();
  }
}

export const fittingMethods = {
  maxfit: ask('region={}, point=True, width=5, negfind=False, list=True', (state, args, { context }) => {
    const image = opened(state);
    // The plane of the highest pixel, or of the deepest one where that is further from 0 and negfind does not ask for both.
    const highest = (planes: readonly number[]) => {
      const extremes = planes.map((plane) => {
        const [low, high] = image
          .readPlane(plane)
          .reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [0, 0]);
        return args.negfind === true ? high : Math.max(high, -low);
      });
      return planes[extremes.indexOf(Math.max(...extremes))] as number;
    };
    const found = peaksOf(image, args, context.cwd, 1, highest);
    if (found.length === 0) return fail('usage', 'ia.maxfit(): there is no peak in the image.', { file: image.path });
    return listOf(found);
  }),
  findsources: ask(
    "nmax=20, cutoff=0.1, region={}, mask='', point=True, width=5, negfind=False",
    (state, args, { context }) => {
      const image = opened(state);
      const only = ([plane, ...more]: readonly number[]) => {
        if (more.length > 0)
          fail('usage', 'ia.findsources(): the image, or its region, has one plane.', { file: image.path });
        return plane as number;
      };
      return listOf(peaksOf(image, args, context.cwd, Math.max(1, Number(args.nmax)), only));
    },
  ),
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
