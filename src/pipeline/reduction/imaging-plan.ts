import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { planContinuum } from './continuum-plan.ts';
import type { CubeFallback } from './cube-cleaning.ts';
import { commonArguments, fileName, janskyText, wideMask } from './imaging-arguments.ts';
import type { ImageSize, ImagingFacts, ImagingWindow, ProductPlan } from './imaging-facts.ts';
import { type ChannelRange, channelsText, lineFreeChannels } from './line-finder.ts';
import { type Decision, remove, task } from './plan-builder.ts';
import type { PlanCall, PlanStep, ScriptPlan } from './plan-types.ts';
import type { RequestedLine, ScienceGoal } from './science-goal.ts';

/** Steps that need nothing of each other, and only what earlier rounds made. */
export interface ImagingRound {
  readonly title: string;
  /** Their numbers. */
  readonly steps: readonly number[];
}

export interface ImagingPlan {
  readonly plan: ScriptPlan;
  /** All steps of the plan, in the order of the plan. */
  readonly rounds: readonly ImagingRound[];
  readonly products: readonly ProductPlan[];
  /** Of steps that make cubes, by their number. */
  readonly fallbacks: Readonly<Record<number, CubeFallback>>;
  readonly decisions: readonly Decision[];
}

/** Two windows further apart than this are of different sidebands (ALMA's IF is 4–8 GHz wide at most, 4…12 GHz up). */
const SIDEBAND_GAP_HZ = 5e9;
const ARCSEC_PER_RAD = 648_000 / Math.PI;

/** Plans for each target one continuum image per sideband and one line cube per window, and their FITS files. */
export function planImaging(
  targets: readonly ImagingFacts[],
  goal: ScienceGoal,
  header: readonly string[],
): ImagingPlan {
  const decisions: Decision[] = [];
  const steps: PlanStep[] = [];
  const products: ProductPlan[] = [];
  const rounds: { title: string; steps: number[] }[] = [];
  const add = (title: string, calls: readonly PlanCall[]) => {
    rounds[rounds.length - 1].steps.push(steps.length);
    steps.push({ number: steps.length, title, calls });
  };
  const fallbacks: Record<number, CubeFallback> = {};
  const beginRound = (title: string) => rounds.push({ title, steps: [] });
  const named = (facts: ImagingFacts, title: string) => (targets.length > 1 ? `${facts.target}: ${title}` : title);

  beginRound('continuum');
  for (const facts of targets) {
    const size = imageSize(facts);
    const said = [sizeDecision(facts, size)];
    for (const [name, windows] of sidebands(facts.windows)) {
      const continuum = planContinuum(facts, size, name, windows);
      products.push(continuum.product);
      if (continuum.decision) said.push(continuum.decision);
      const sideband = name === 'lsb' ? 'lower' : name === 'usb' ? 'upper' : 'only';
      add(named(facts, `Continuum of the ${sideband} sideband`), continuum.calls);
    }
    if (hasLines(facts)) {
      add(named(facts, 'Continuum subtraction'), subtractionCalls(facts));
      for (const window of facts.windows.filter((entry) => entry.lines.length > 0)) said.push(lineDecision(window));
    }
    decisions.push(...said.map((decision) => ({ ...decision, choice: named(facts, decision.choice) })));
  }
  beginRound('cubes');
  for (const facts of targets)
    for (const window of facts.windows) {
      const cube = cubeProduct(facts, goal, window);
      products.push(cube.product);
      const title = `Cube of window ${window.index}${cube.product.line ? ` (${cube.product.line})` : ''}`;
      const size = imageSize(facts);
      const place = wherePlace(facts, size);
      fallbacks[steps.length] = { product: cube.product, mask: wideMask(facts, size), place };
      add(named(facts, title), cubeCalls(facts, size, cube));
    }
  beginRound('FITS');
  add('FITS files', products.flatMap(exportCalls));
  const plan: ScriptPlan = { kind: 'imaging', subject: targets[0].vis, header, steps };
  const ofEach = targets.flatMap(({ target }) => products.filter((product) => product.target === target));
  return { plan, rounds, products: ofEach, fallbacks, decisions };
}

const hasLines = ({ windows }: ImagingFacts) => windows.some(({ lines }) => lines.length > 0);

/** The data that cubes are made of. */
const lineVis = (facts: ImagingFacts) => (hasLines(facts) ? `${facts.vis}.${facts.label}.contsub` : facts.vis);

/** Pixels over the expected beam, and the fewest where a mosaic would be too large for memory. */
const BEAM_PIXELS = { usual: 5, fewest: 3 };
/** Pixels at most on a side. */
const LARGEST = { single: 1024, mosaic: 4096 };

function imageSize(facts: ImagingFacts): ImageSize {
  const wavelength = SPEED_OF_LIGHT / Math.max(...facts.windows.map((window) => window.chanFreqs[0]));
  const length80 = facts.lengths[Math.floor(0.8 * (facts.lengths.length - 1))];
  const resolution = (0.574 * wavelength * ARCSEC_PER_RAD) / length80;
  const primaryBeam = (1.13 * wavelength * ARCSEC_PER_RAD) / facts.dishMetres;
  const mosaic = 2 * (facts.mosaic?.radiusRad ?? 0) * ARCSEC_PER_RAD;
  const wantedArcsec = 1.5 * primaryBeam + mosaic;
  const largest = facts.mosaic ? LARGEST.mosaic : LARGEST.single;
  const usual = resolution / BEAM_PIXELS.usual;
  const fitting = Math.min(wantedArcsec / largest, resolution / BEAM_PIXELS.fewest);
  const isCoarse = facts.mosaic !== undefined && fitting > usual;
  const cellArcsec = isCoarse ? Math.ceil(fitting * 1e5) / 1e5 : Number(usual.toPrecision(2));
  const imsize = smoothSize(Math.min(largest, Math.max(128, wantedArcsec / cellArcsec)));
  return {
    ...{ cellArcsec, imsize, wantedArcsec },
    ...{ beamPixels: isCoarse ? resolution / cellArcsec : BEAM_PIXELS.usual },
    maskArcsec: Number((0.45 * primaryBeam).toPrecision(3)),
  };
}

/** The smallest even number ≥ `minimum` without prime factors above 5. */
function smoothSize(minimum: number): number {
  for (let size = 2 * Math.ceil(minimum / 2); ; size += 2) {
    let rest = size;
    for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
    if (rest === 1) return size;
  }
}

function sidebands(windows: readonly ImagingWindow[]): [string, ImagingWindow[]][] {
  const sorted = [...windows].sort((a, b) => centre(a) - centre(b));
  const cut = sorted.findIndex(
    (window, index) => index > 0 && centre(window) - centre(sorted[index - 1]) > SIDEBAND_GAP_HZ,
  );
  if (cut < 0) return [['sb', sorted]];
  return [
    ['lsb', sorted.slice(0, cut)],
    ['usb', sorted.slice(cut)],
  ];
}

const centre = (window: ImagingWindow) => (window.chanFreqs[0] + window.chanFreqs[window.chanFreqs.length - 1]) / 2;

/**
 * How cubes are cleaned: within what stands out of the noise of each channel, and deep there. A wide mask would stop at three
 * sigma with much of an extended line left in the residual, whose pixels per beam are those of the PSF and not of the restoring
 * beam: line fluxes came out 8 % high. Thresholds as in the ALMA pipeline, but for the sidelobes: with few antennas the
 * largest sidelobe is half the peak, and twice that would leave no mask.
 */
const CUBE_CLEANING = {
  deconvolver: 'multiscale',
  /** Points, the beam, three beams. */
  scales: [0, 5, 15],
  usemask: 'auto-multithresh',
  sidelobethreshold: 1,
  noisethreshold: 4.25,
  lownoisethreshold: 1.5,
  /** Lines in absorption. */
  negativethreshold: 7,
  minbeamfrac: 0.3,
};

function subtractionCalls(facts: ImagingFacts): PlanCall[] {
  const outputvis = lineVis(facts);
  const fitspec = facts.windows
    .flatMap((window) =>
      window.spwIds.map(
        (spw) => `${spw}:${channelsText(lineFreeChannels(window.lines, window.chanFreqs.length, window.edge))}`,
      ),
    )
    .join(',');
  return [
    remove(outputvis),
    task('uvcontsub', { vis: facts.vis, outputvis, field: facts.field, fitspec, fitorder: 1 }),
  ];
}

interface CubePlan {
  readonly product: ProductPlan;
  readonly startMs: number;
  readonly widthMs: number;
  readonly nchan: number;
}

/** CASA refuses cubes with channels narrower than the observed ones in LSRK, which the Earth's motion widens: 50 km/s at most. */
const WIDEST_SHIFT = 1 + 50e3 / SPEED_OF_LIGHT;

function cubeProduct(facts: ImagingFacts, goal: ScienceGoal, window: ImagingWindow): CubePlan {
  const requested = [...goal.lines, ...facts.sourceLines].find((line) => isInside(line, window, facts.lsrkShiftMs));
  const restFrequencyHz = requested?.restFrequencyHz ?? centre(window);
  const velocity = (chan: number) =>
    SPEED_OF_LIGHT * (1 - window.chanFreqs[chan] / restFrequencyHz) + facts.lsrkShiftMs;
  const native = Math.abs(velocity(1) - velocity(0)) * WIDEST_SHIFT;
  const last = window.chanFreqs.length - 1 - window.edge;
  const range = window.lines.length > 0 ? aroundLines(window) : { first: window.edge, last };
  const channels = range.last - range.first + 1;
  const asked = requested?.channelWidthMs ?? 0;
  const binning = Math.max(
    1,
    Math.round(asked / native),
    window.lines.length > 0 ? Math.ceil(channels / 64) : Math.ceil(channels / 16),
  );
  const widthMs = native * binning;
  const low = Math.min(velocity(range.first), velocity(range.last));
  const high = Math.max(velocity(range.first), velocity(range.last));
  // Centred on observed channels, or on groups of them: interpolation between two would smooth the line.
  const startMs = low + ((binning - 1) / 2) * native;
  const nchan = 1 + Math.max(0, Math.floor((high - low - (binning - 1) * native) / widthMs));
  const label = requested ? fileName(requested.name) : 'all';
  const imagename = `${facts.label}.spw${window.index}.${label}`;
  const predictedRmsJy = window.channelNoiseJy / Math.sqrt(binning);
  const product: ProductPlan = {
    kind: 'cube',
    target: facts.target,
    predictedRmsJy,
    imagename,
    fits: `${imagename}.fits`,
    spwIds: window.spwIds,
    windowIndex: window.index,
    line: requested?.name,
    restFrequencyHz,
  };
  return { product, startMs, widthMs, nchan };
}

function isInside(line: RequestedLine, window: ImagingWindow, lsrkShiftMs: number): boolean {
  const topo = line.restFrequencyHz * (1 - ((line.velocityMs ?? 0) - lsrkShiftMs) / SPEED_OF_LIGHT);
  const ends = [window.chanFreqs[0], window.chanFreqs[window.chanFreqs.length - 1]];
  return topo > Math.min(...ends) && topo < Math.max(...ends);
}

/** The lines with at least a tenth (and 5 channels) of line-free channels on either side. */
function aroundLines(window: ImagingWindow): ChannelRange {
  const first = Math.min(...window.lines.map((line) => line.first));
  const last = Math.max(...window.lines.map((line) => line.last));
  const margin = Math.max(5, Math.ceil(0.2 * (last - first + 1)));
  return {
    first: Math.max(window.edge, first - margin),
    last: Math.min(window.chanFreqs.length - 1 - window.edge, last + margin),
  };
}

function cubeCalls(facts: ImagingFacts, size: ImageSize, cube: CubePlan): PlanCall[] {
  return [
    remove(`${cube.product.imagename}.*`),
    task('tclean', {
      vis: lineVis(facts),
      imagename: cube.product.imagename,
      spw: cube.product.spwIds.join(','),
      specmode: 'cube',
      outframe: 'LSRK',
      veltype: 'radio',
      restfreq: `${((cube.product.restFrequencyHz ?? 0) / 1e9).toFixed(9)}GHz`,
      start: `${(cube.startMs / 1e3).toFixed(5)}km/s`,
      width: `${(cube.widthMs / 1e3).toFixed(5)}km/s`,
      nchan: cube.nchan,
      niter: 5000,
      threshold: janskyText(2 * cube.product.predictedRmsJy),
      restoringbeam: 'common',
      ...commonArguments(facts, size, lineVis(facts)),
      ...CUBE_CLEANING,
    }),
  ];
}

function exportCalls(product: ProductPlan): PlanCall[] {
  return [
    task('exportfits', { imagename: `${product.imagename}.image`, fitsimage: product.fits, overwrite: true }),
    task('exportfits', {
      imagename: `${product.imagename}.image.pbcor`,
      fitsimage: product.fits.replace(/\.fits$/, '.pbcor.fits'),
      overwrite: true,
    }),
  ];
}

/** The wide mask in words. */
const wherePlace = ({ mosaic }: ImagingFacts, { maskArcsec }: ImageSize) =>
  mosaic ? 'where its response is a fifth of the largest one or more' : `within ${maskArcsec} arcsec of the centre`;

function sizeDecision(facts: ImagingFacts, size: ImageSize): Decision {
  const { mosaic } = facts;
  const wanted = mosaic
    ? `the mosaic of ${mosaic.pointings.length} pointings and one and a half primary beams (FWHM)`
    : 'one and a half primary beams (FWHM)';
  const isCoarse = size.beamPixels < BEAM_PIXELS.usual;
  const sampling = isCoarse
    ? `Of ${BEAM_PIXELS.usual} pixels over the expected beam the image would be larger than ${LARGEST.mosaic} pixels: ${size.beamPixels.toFixed(1)}`
    : 'Five pixels over the expected beam';
  const arcsec = size.imsize * size.cellArcsec;
  const width =
    arcsec < 0.99 * size.wantedArcsec
      ? `${arcsec.toFixed(1)} arcsec wide, the most that is imaged, of ${size.wantedArcsec.toFixed(1)} arcsec (${wanted}): what lies outside is not in the images`
      : `${wanted} wide`;
  return {
    topic: 'Image size',
    choice: `${size.imsize} pixels of ${size.cellArcsec} arcsec`,
    reason: `${sampling}, ${width}; the continuum is cleaned ${wherePlace(facts, size)}, cubes where a channel stands out of its noise.`,
  };
}

function lineDecision(window: ImagingWindow): Decision {
  const text = window.lines.map((line) => `${line.first}~${line.last}`).join(';');
  return {
    topic: 'Lines',
    choice: `window ${window.index}, channels ${text}`,
    reason: `Target amplitudes there stand out by more than 5 robust sigma; left out of the continuum.`,
  };
}
