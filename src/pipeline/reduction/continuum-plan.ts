import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { commonArguments, fileName, janskyText } from './imaging-arguments.ts';
import type { ImageSize, ImagingFacts, ImagingWindow, ProductPlan } from './imaging-facts.ts';
import { lineFreeChannels } from './line-finder.ts';
import { type Decision, remove, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';

/** A continuum image is made of channels that are averaged to at most this, Hz, ... */
const WIDEST_CHANNEL = 31.25e6;
/** ... and that smear a source where cleaning ends by at most this share of the beam, which takes 0.06 % off its peak. */
const MOST_SMEARING = 0.05;
/** Fewer channels than this in one are not worth a MeasurementSet. */
const LEAST_BINNING = 4;

/** A continuum image and the averaged data that it is made of. */
export interface ContinuumPlan {
  readonly product: ProductPlan;
  readonly calls: readonly PlanCall[];
  readonly decision?: Decision;
}

/**
 * Plans the image of a sideband without its lines, from averaged channels where they are many.
 *
 * @param name of the sideband in the names of files
 */
export function planContinuum(
  facts: ImagingFacts,
  size: ImageSize,
  name: string,
  windows: readonly ImagingWindow[],
): ContinuumPlan {
  const product = continuumProduct(facts, name, windows);
  const spw = windows.flatMap((window) => {
    const channels = lineFreeChannels(window.lines, window.chanFreqs.length, window.edge);
    return window.spwIds.map((spwId) => `${spwId}:${channels}`);
  });
  const width = windows.flatMap((window) => {
    const binning = binningOf(window, size, facts.lengths[facts.lengths.length - 1]);
    return window.spwIds.map(() => binning);
  });
  if (width.every((binning) => binning === 1))
    return { product, calls: cleanCalls(facts, size, product, facts.vis, spw.join(',')) };
  const averaged = `${facts.vis}.cont.${name}`;
  const average = { vis: facts.vis, outputvis: averaged, field: facts.target, spw: spw.join(','), width };
  return {
    product,
    calls: [
      remove(averaged),
      task('split', { ...average, datacolumn: 'data' }),
      ...cleanCalls(facts, size, product, averaged, ''),
    ],
    decision: averagingDecision(name, windows, width),
  };
}

/** Channels of a window to average: of what the limits allow, what leaves the fewest over. */
function binningOf(window: ImagingWindow, { maskArcsec }: ImageSize, longest: number): number {
  const [first, last] = [window.chanFreqs[0], window.chanFreqs[window.chanFreqs.length - 1]];
  const channel = Math.abs(last - first) / Math.max(1, window.chanFreqs.length - 1);
  // Smearing over beam = (width / frequency) (radius / beam), the beam of the longest baseline being c / frequency / length.
  const radius = (maskArcsec * Math.PI) / 648_000;
  const unsmeared = (MOST_SMEARING * SPEED_OF_LIGHT) / (radius * longest);
  const most = Math.floor(Math.min(WIDEST_CHANNEL, unsmeared) / channel);
  if (!(most >= LEAST_BINNING)) return 1;
  const count = lineFreeCount(window);
  let best = most;
  for (let binning = most; binning > most / 2; binning--) if (count % binning < count % best) best = binning;
  return best;
}

function averagingDecision(name: string, windows: readonly ImagingWindow[], width: readonly number[]): Decision {
  const indices = windows.map((window) => window.index).join(', ');
  return {
    topic: 'Channels of the continuum',
    choice: `windows ${indices}: ${[...new Set(width)].join(' or ')} averaged into one`,
    reason: `They smear a source where cleaning ends by less than ${MOST_SMEARING} of the beam, and the image of ${name} takes a fraction of the time.`,
  };
}

function continuumProduct(facts: ImagingFacts, sideband: string, windows: readonly ImagingWindow[]): ProductPlan {
  const imagename = `${fileName(facts.target)}.cont.${sideband}`;
  return {
    kind: 'continuum',
    predictedRmsJy: continuumNoise(windows),
    imagename,
    fits: `${imagename}.fits`,
    spwIds: windows.flatMap((window) => [...window.spwIds]),
  };
}

function cleanCalls(facts: ImagingFacts, size: ImageSize, product: ProductPlan, vis: string, spw: string): PlanCall[] {
  return [
    remove(`${product.imagename}.*`),
    task('tclean', {
      vis,
      imagename: product.imagename,
      spw,
      specmode: 'mfs',
      niter: 2000,
      threshold: janskyText(3 * product.predictedRmsJy),
      ...commonArguments(facts.target, size),
      deconvolver: 'hogbom',
      mask: `circle[[${facts.ra.toFixed(10)}rad, ${facts.dec.toFixed(10)}rad], ${size.maskArcsec}arcsec]`,
    }),
  ];
}

function continuumNoise(windows: readonly ImagingWindow[]): number {
  return windows.reduce((sum, window) => sum + lineFreeCount(window) * window.channelNoiseJy ** -2, 0) ** -0.5;
}

function lineFreeCount(window: ImagingWindow): number {
  return (
    window.chanFreqs.length - 2 * window.edge - window.lines.reduce((sum, line) => sum + line.last - line.first + 1, 0)
  );
}
