import { fail, parseQuantity } from '../../foundation/base/index.ts';
import type { AutoMaskChoice } from './auto-mask.ts';
import type { Extension } from './products.ts';
import { type ImagedStokes, planesOfStokes } from './stokes.ts';

export type MaskWord = string | number | boolean | readonly number[];

/** Parameters of CASA's tclean, under CASA's names; see its documentation (6.7) for their meaning. */
export interface TcleanOptions {
  readonly vis: string | readonly string[];
  readonly imagename: string;
  readonly field?: string | readonly string[];
  readonly spw?: string | readonly string[];
  readonly timerange?: string;
  readonly uvrange?: string;
  readonly antenna?: string;
  readonly scan?: string;
  readonly observation?: string;
  readonly intent?: string;
  readonly datacolumn?: string;
  readonly imsize?: number | readonly number[];
  readonly cell?: string | number | readonly (string | number)[];
  readonly phasecenter?: string | number;
  readonly stokes?: string;
  readonly projection?: string;
  readonly specmode?: string;
  readonly reffreq?: string;
  readonly nchan?: number;
  readonly start?: string | number;
  readonly width?: string | number;
  readonly outframe?: string;
  readonly veltype?: string;
  readonly restfreq?: string | number | readonly (string | number)[];
  readonly interpolation?: string;
  readonly perchanweightdensity?: boolean;
  readonly gridder?: string;
  readonly psfphasecenter?: string;
  readonly mosweight?: boolean;
  readonly pblimit?: number;
  readonly deconvolver?: string;
  readonly scales?: readonly number[];
  /** Taylor terms of deconvolver mtmfs. */
  readonly nterms?: number;
  readonly smallscalebias?: number;
  /** Name of a file of fields that are imaged together with this one. */
  readonly outlierfile?: string;
  readonly restoration?: boolean;
  readonly restoringbeam?: string | readonly string[];
  readonly pbcor?: boolean;
  readonly weighting?: string;
  readonly robust?: number;
  /** Jy, of briggsabs */
  readonly noise?: string | number;
  /** Size of the uv box of the density. */
  readonly npixels?: number;
  readonly uvtaper?: string | readonly string[];
  readonly niter?: number;
  readonly gain?: number;
  readonly threshold?: string | number;
  readonly nsigma?: number;
  readonly cycleniter?: number;
  readonly cyclefactor?: number;
  /** Most major cycles after the first residual; -1: any number. */
  readonly nmajor?: number;
  readonly minpsffraction?: number;
  readonly maxpsffraction?: number;
  readonly usemask?: string;
  /** Region texts, files, images; boxes [x1, y1, x2, y2] in pixels; a level of the primary beam. */
  readonly mask?: MaskWord | readonly MaskWord[];
  readonly pbmask?: number;
  readonly sidelobethreshold?: number;
  readonly noisethreshold?: number;
  readonly lownoisethreshold?: number;
  readonly negativethreshold?: number;
  readonly smoothfactor?: number;
  readonly minbeamfrac?: number;
  readonly cutthreshold?: number;
  readonly growiterations?: number;
  readonly dogrowprune?: boolean;
  readonly fastnoise?: boolean;
  readonly minpercentchange?: number;
  readonly savemodel?: string;
  /** False: takes another name where an earlier run has left images. */
  readonly restart?: boolean;
  /** Model images to start from, one for each Taylor term. */
  readonly startmodel?: string | readonly string[];
  readonly interactive?: boolean;
  readonly psfcutoff?: number;
  /** clean's parameter for multiscale. */
  readonly negcomponent?: number;
  /** Bytes of visibilities kept in memory between passes; what exceeds it is read again. */
  readonly cacheBytes?: number;
}

/** Where the task clean of CASA 3 and 4 differs from tclean after the parameters are read. */
export interface RunStyle {
  readonly task: 'tclean' | 'clean';
  /** Cycles and sidelobes go by the rules of CASA 4's clean; each plane is cleaned to its end, with niter iterations of its own. */
  readonly hasOldCycles: boolean;
  /** Components lie only where the primary beam is above pblimit. */
  readonly limitsComponents: boolean;
  /** Products that are masked where the primary beam is not above pblimit. */
  readonly masked: readonly Extension[];
  /** In a mosaic the limit holds for the response of pointings observed alike. */
  readonly limitsCoverage: boolean;
  /** The image itself is divided by the primary beam; there is no other. */
  readonly correctsImage: boolean;
  /** Planes whose beams differ by less than half a cell have one. */
  readonly sharesBeam: boolean;
}

export const TCLEAN_STYLE: RunStyle = {
  task: 'tclean',
  hasOldCycles: false,
  limitsComponents: true,
  masked: ['residual', 'image', 'image.pbcor', 'pb', 'weight'],
  limitsCoverage: false,
  correctsImage: false,
  sharesBeam: false,
};

/** Limits of the CLEAN loop, all fluxes in Jy/beam. */
export interface CleanControl {
  readonly niter: number;
  readonly gain: number;
  readonly threshold: number;
  readonly nsigma: number;
  /** nsigma counts the noise outside of the mask. */
  readonly isNoiseCareful: boolean;
  readonly cycleniter: number;
  /** Most major cycles. */
  readonly nmajor: number;
  readonly cyclefactor: number;
  readonly minPsfFraction: number;
  readonly maxPsfFraction: number;
  /** A minor cycle goes down to this share of the threshold. */
  readonly thresholdShare: number;
  /** The loop ends when the peak residual is so much higher than one cycle before. */
  readonly mostGrowth: number;
}

export type Interpolation = 'nearest' | 'linear' | 'cubic';
export type Deconvolver = 'hogbom' | 'clark' | 'multiscale';
const WEIGHTINGS = ['natural', 'uniform', 'briggs', 'briggsabs', 'briggsbwtaper', 'superuniform', 'radial'] as const;
export type Weighting = (typeof WEIGHTINGS)[number];

/** The parameters after checking, before any data are looked at. */
export interface ImagingChoice {
  readonly vis: readonly string[];
  readonly imagename: string;
  readonly fields: readonly string[];
  readonly spws: readonly string[];
  readonly imsize: readonly [number, number];
  /** rad */
  readonly cell: number;
  /** One for each plane of a channel. */
  readonly stokes: readonly ImagedStokes[];
  readonly isCube: boolean;
  readonly outframe: 'LSRK' | 'BARY' | 'TOPO';
  readonly interpolation: Interpolation;
  /** 'mosaic': several pointings under one response. */
  readonly gridder: 'standard' | 'mosaic';
  /** In a mosaic, the density of weights is that of each pointing, not of all. */
  readonly weighsPointingsApart: boolean;
  readonly weighting: Weighting;
  readonly robust: number;
  /** Jy, of briggsabs */
  readonly noise: number;
  /** npixels: size of the uv box, or 0. */
  readonly boxPixels: number;
  /** The channels of a cube are weighted with the density of all channels. */
  readonly sharesDensity: boolean;
  readonly deconvolver: Deconvolver;
  /** Number of Taylor terms of the spectrum; undefined: one flux for all frequencies. */
  readonly termCount?: number;
  /** Reference frequency of a continuum image, Hz; undefined: the middle of the data. */
  readonly referenceHz?: number;
  readonly scales: readonly number[];
  readonly smallScaleBias: number;
  readonly pblimit: number;
  readonly psfCutoff: number;
  /** multiscale: stop after so many negative components of the largest scale; -1: never. */
  readonly negativeLimit: number;
  readonly control: CleanControl;
  /** Set when the masks are made of the residuals. */
  readonly autoMask?: AutoMaskChoice;
  readonly style: RunStyle;
  readonly options: TcleanOptions;
}

const listOf = (value: string | readonly string[] | undefined): string[] =>
  value === undefined || value.length === 0 ? [''] : typeof value === 'string' ? [value] : [...value];

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  return (
    found ?? fail('usage', `${name}="${value}" is not handled; use ${allowed.map((word) => `"${word}"`).join(', ')}.`)
  );
}

/** One value per MS from a parameter that may be given once for all. */
function perVis(name: string, values: readonly string[], count: number): string[] {
  if (values.length === count) return [...values];
  if (count === 1) return [values.join(',')];
  if (values.length === 1) return Array.from({ length: count }, () => values[0]);
  return fail('usage', `${name} has ${values.length} entries for ${count} MeasurementSets; give one, or one for each.`);
}

function parseCell(cell: TcleanOptions['cell']): number {
  const values =
    cell === undefined || cell === '' ? [] : typeof cell === 'string' || typeof cell === 'number' ? [cell] : [...cell];
  if (values.length === 0) fail('usage', 'cell is missing; give the pixel size, e.g. "0.1arcsec".');
  const sizes = values.map((value) => parseQuantity(value, 'angle', 'arcsec'));
  if (sizes.some((size) => !(size > 0) || Math.abs(size / sizes[0] - 1) > 1e-9))
    fail('usage', 'cell must be positive and equal on both axes.');
  return sizes[0];
}

function parseImsize(imsize: TcleanOptions['imsize']): [number, number] {
  const sizes = imsize === undefined ? [100] : typeof imsize === 'number' ? [imsize] : [...imsize];
  const pair: [number, number] = [sizes[0], sizes[1] ?? sizes[0]];
  if (pair.some((size) => !Number.isInteger(size) || size < 4)) {
    fail('usage', `imsize=${JSON.stringify(imsize)}: image sizes must be whole numbers of at least 4.`);
  }
  return pair;
}

function parseControl(options: TcleanOptions, isOldPointClean: boolean): CleanControl {
  const threshold =
    options.threshold === undefined || options.threshold === '' ? 0 : parseQuantity(options.threshold, 'flux');
  const niter = options.niter ?? 0;
  const cycleniter = options.cycleniter ?? -1;
  if (niter < 0 || (options.gain ?? 0.1) <= 0) fail('usage', 'niter must not be negative and gain must be positive.');
  return {
    niter,
    gain: options.gain ?? 0.1,
    threshold,
    nsigma: options.nsigma ?? 0,
    isNoiseCareful: options.fastnoise === false,
    cycleniter: cycleniter < 0 ? niter : cycleniter,
    nmajor: (options.nmajor ?? -1) < 0 ? Number.POSITIVE_INFINITY : options.nmajor!,
    cyclefactor: options.cyclefactor ?? 1,
    minPsfFraction: options.minpsffraction ?? 0.05,
    maxPsfFraction: options.maxpsffraction ?? 0.8,
    // CASA 4.7, MFCleanImageSkyModel::solve; its multi-scale CLEAN has neither.
    ...(isOldPointClean ? { thresholdShare: 0.95, mostGrowth: 1.05 } : { thresholdShare: 1, mostGrowth: 3 }),
  };
}

function autoMaskOf(options: TcleanOptions): AutoMaskChoice {
  return {
    sidelobeThreshold: options.sidelobethreshold ?? 3,
    noiseThreshold: options.noisethreshold ?? 5,
    lowNoiseThreshold: options.lownoisethreshold ?? 1.5,
    negativeThreshold: options.negativethreshold ?? 0,
    smoothFactor: options.smoothfactor ?? 1,
    leastBeams: options.minbeamfrac ?? 0.3,
    cutThreshold: options.cutthreshold ?? 0.01,
    growIterations: options.growiterations ?? 75,
    prunesGrown: options.dogrowprune ?? true,
    isNoiseCareful: options.fastnoise === false,
    leastChange: options.minpercentchange ?? -1,
  };
}

function parseWeighting(
  options: TcleanOptions,
  isCube: boolean,
): Pick<ImagingChoice, 'weighting' | 'noise' | 'boxPixels' | 'sharesDensity'> {
  const weighting = oneOf<Weighting>('weighting', options.weighting ?? 'natural', WEIGHTINGS);
  const { npixels = 0 } = options;
  if (!Number.isInteger(npixels) || npixels < 0)
    fail('usage', `npixels=${npixels} must be a whole number that is not negative.`);
  // CASA measures superuniform densities over all channels always.
  const sharesDensity = options.perchanweightdensity === false || weighting === 'superuniform';
  if (weighting === 'briggsbwtaper' && (!isCube || sharesDensity || npixels > 0))
    fail('usage', 'weighting="briggsbwtaper" belongs to cubes with perchanweightdensity=True and npixels=0.');
  return { weighting, noise: parseQuantity(options.noise ?? 1, 'flux'), boxPixels: npixels, sharesDensity };
}

const MOST_TERMS = 4;

function parseTerms({ nterms = 2 }: TcleanOptions, isCube: boolean): number {
  if (isCube) fail('usage', 'Taylor terms (deconvolver="mtmfs") belong to continuum images; use specmode="mfs".');
  if (!Number.isInteger(nterms) || nterms < 1 || nterms > MOST_TERMS)
    fail('usage', `nterms=${nterms} is not handled; use a whole number from 1 to ${MOST_TERMS}.`);
  return nterms;
}

/**
 * Checks tclean's parameters and fills in CASA's defaults.
 *
 * @throws usage for a value that cannot be, or that this program does not handle
 */
export function chooseImaging(options: TcleanOptions, style = TCLEAN_STYLE): ImagingChoice {
  const vis = listOf(options.vis);
  if (vis.some((name) => name === '') || !options.imagename) fail('usage', 'vis and imagename must be given.');
  const specmode = oneOf('specmode', options.specmode ?? 'mfs', ['mfs', 'cont', 'cube', 'cubedata']);
  const gridder = oneOf('gridder', options.gridder ?? 'standard', [
    'standard',
    'ft',
    'gridft',
    'mosaic',
    'mosaicft',
    'ftmosaic',
  ]);
  oneOf('savemodel', options.savemodel ?? 'none', ['none', 'virtual', 'modelcolumn']);
  const usemask = oneOf('usemask', options.usemask ?? 'user', ['user', 'pb', 'auto-multithresh']);
  const weighting = parseWeighting(options, specmode.startsWith('cube'));
  const deconvolver = oneOf('deconvolver', options.deconvolver ?? 'hogbom', [
    'hogbom',
    'clark',
    'clarkstokes',
    'multiscale',
    'mtmfs',
  ]);
  const outframe = oneOf('outframe', (options.outframe || 'LSRK').toUpperCase(), ['LSRK', 'BARY', 'TOPO']);
  const stokes = planesOfStokes(options.stokes || 'I');
  if (stokes.length > 1 && (deconvolver === 'mtmfs' || deconvolver === 'clarkstokes'))
    fail('usage', `deconvolver="${deconvolver}" takes one Stokes parameter; use "hogbom", "clark" or "multiscale".`);
  const interpolation = oneOf<Interpolation>('interpolation', options.interpolation || 'linear', [
    'linear',
    'nearest',
    'cubic',
  ]);
  return {
    vis,
    imagename: options.imagename,
    fields: perVis('field', listOf(options.field), vis.length),
    spws: perVis('spw', listOf(options.spw), vis.length),
    imsize: parseImsize(options.imsize),
    cell: parseCell(options.cell),
    stokes,
    isCube: specmode.startsWith('cube'),
    outframe: specmode === 'cubedata' ? 'TOPO' : outframe,
    interpolation,
    gridder: gridder.includes('mosaic') ? 'mosaic' : 'standard',
    weighsPointingsApart: options.mosweight ?? true,
    ...weighting,
    robust: options.robust ?? 0.5,
    deconvolver: deconvolver === 'clarkstokes' ? 'clark' : deconvolver === 'mtmfs' ? 'multiscale' : deconvolver,
    termCount: deconvolver === 'mtmfs' ? parseTerms(options, specmode.startsWith('cube')) : undefined,
    referenceHz: options.reffreq ? parseQuantity(options.reffreq, 'frequency') : undefined,
    scales: options.scales && options.scales.length > 0 ? options.scales : [0],
    smallScaleBias: options.smallscalebias ?? 0,
    pblimit: options.pblimit ?? 0.2,
    psfCutoff: options.psfcutoff ?? 0.35,
    negativeLimit: options.negcomponent ?? -1,
    control: parseControl(options, style.hasOldCycles && (deconvolver === 'hogbom' || deconvolver === 'clark')),
    autoMask: usemask === 'auto-multithresh' ? autoMaskOf(options) : undefined,
    style,
    options,
  };
}
