import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { commonArguments, janskyText, wideMask } from './imaging-arguments.ts';
import type { ImageSize, ImagingFacts, ImagingWindow, ProductPlan } from './imaging-facts.ts';
import { type ChannelRange, channelsText, lineFreeChannels } from './line-finder.ts';
import { type Decision, remove, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';

/** A continuum image is made of channels that are averaged to at most this, Hz, ... */
const WIDEST_CHANNEL = 31.25e6;
/** ... and that smear a source where cleaning ends by at most this share of the beam, which takes 0.06 % off its peak (Bridle & Schwab 1999). */
const MOST_SMEARING = 0.05;
/** Fewer channels than this in one are not worth a MeasurementSet. */
const LEAST_BINNING = 4;
/** Share of the channels without lines that bins without lines must keep: the rest costs 1.5 % of sensitivity. */
const LEAST_KEPT = 0.97;

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
  const longest = facts.lengths[facts.lengths.length - 1];
  const parts = windows
    .filter((window) => freeChannels(window).length > 0)
    .flatMap((window) => {
      const binning = chooseBinning(window, mostBinning(window, size, longest));
      return window.spwIds.map((spwId) => ({ spwId, window, binning }));
    })
    .sort((a, b) => a.spwId - b.spwId);
  const width = parts.map((part) => part.binning);
  if (width.every((binning) => binning === 1)) {
    const spw = parts.map(({ spwId, window }) => `${spwId}:${channelsText(freeChannels(window))}`).join(',');
    return { product, calls: cleanCalls(facts, size, product, facts.vis, spw) };
  }
  const averaged = `${facts.vis}.${facts.label}.cont.${name}`;
  // CASA averages one range of channels a window, lines and all; bins with lines are left out when the image is made.
  const whole = parts.map(({ spwId, window }) => `${spwId}:${channelsText([usedChannels(window)])}`).join(',');
  const free = parts
    .map(({ window, binning }, spwId) => `${spwId}:${channelsText(freeBins(window, binning))}`)
    .join(',');
  return {
    product,
    calls: [
      remove(averaged),
      task('split', {
        ...{ vis: facts.vis, outputvis: averaged, field: facts.field, spw: whole, width, datacolumn: 'data' },
      }),
      ...cleanCalls(facts, size, product, averaged, free),
    ],
    decision: averagingDecision(windows, width),
  };
}

/** The most channels of a window to average, by the limits; 1 where that is not worth it. */
function mostBinning(window: ImagingWindow, { maskArcsec }: ImageSize, longest: number): number {
  const [first, last] = [window.chanFreqs[0], window.chanFreqs[window.chanFreqs.length - 1]];
  const channel = Math.abs(last - first) / Math.max(1, window.chanFreqs.length - 1);
  // Smearing over beam = (width / frequency) (radius / beam), the beam of the longest baseline being c / frequency / length.
  const radius = (maskArcsec * Math.PI) / 648_000;
  const unsmeared = (MOST_SMEARING * SPEED_OF_LIGHT) / (radius * longest);
  const most = Math.floor(Math.min(WIDEST_CHANNEL, unsmeared) / channel);
  return most >= LEAST_BINNING ? most : 1;
}

/** The largest number of channels to average, at most `most`, whose bins without lines keep nearly all channels without lines. */
function chooseBinning(window: ImagingWindow, most: number): number {
  const least = LEAST_KEPT * lengthOf(freeChannels(window));
  for (let binning = most; binning >= LEAST_BINNING; binning--)
    if (binning * lengthOf(freeBins(window, binning)) >= least) return binning;
  return 1;
}

/** Bins of the used channels in which no channel has a line, as ranges of bins. */
function freeBins(window: ImagingWindow, binning: number): ChannelRange[] {
  const { first, last } = usedChannels(window);
  const ranges: { first: number; last: number }[] = [];
  for (let bin = 0; first + (bin + 1) * binning <= last + 1; bin++) {
    const [from, to] = [first + bin * binning, first + (bin + 1) * binning - 1];
    if (window.lines.some((line) => line.first <= to && line.last >= from)) continue;
    const previous = ranges[ranges.length - 1];
    if (previous?.last === bin - 1) previous.last = bin;
    else ranges.push({ first: bin, last: bin });
  }
  return ranges;
}

const usedChannels = ({ chanFreqs, edge }: ImagingWindow) => ({ first: edge, last: chanFreqs.length - 1 - edge });
const freeChannels = ({ lines, chanFreqs, edge }: ImagingWindow) => lineFreeChannels(lines, chanFreqs.length, edge);
const lengthOf = (ranges: readonly ChannelRange[]) =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);

function averagingDecision(windows: readonly ImagingWindow[], width: readonly number[]): Decision {
  const indices = windows.map((window) => window.index).join(', ');
  return {
    topic: 'Channels of the continuum',
    choice: `windows ${indices}: ${[...new Set(width)].join(' or ')} made one`,
    reason: `The averages smear a source where cleaning ends by less than ${MOST_SMEARING} of the beam, and imaging takes a fraction of the time; those with lines are left out.`,
  };
}

function continuumProduct(facts: ImagingFacts, sideband: string, windows: readonly ImagingWindow[]): ProductPlan {
  const imagename = `${facts.label}.cont.${sideband}`;
  return {
    kind: 'continuum',
    target: facts.target,
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
      ...commonArguments(facts, size, vis),
      deconvolver: 'hogbom',
      ...wideMask(facts, size),
    }),
  ];
}

function continuumNoise(windows: readonly ImagingWindow[]): number {
  return windows.reduce((sum, window) => sum + lengthOf(freeChannels(window)) * window.channelNoiseJy ** -2, 0) ** -0.5;
}
