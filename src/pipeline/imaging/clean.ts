import { type Context, errorSentence, fail } from '../../foundation/base/index.ts';
import type { TcleanResult } from './imaging-run.ts';
import { JointRun } from './joint-run.ts';
import { dropReplaced, keepModel } from './kept-model.ts';
import { chooseImaging, type MaskWord, type RunStyle, type TcleanOptions } from './options.ts';
import { type OutlierField, readOutliers } from './outlier-file.ts';
import { type ImagingPlan, planImaging } from './plan.ts';
import { makeImages, warnOfLimits, withoutOwn } from './tclean.ts';

/** Parameters of the task clean of CASA 3 and 4 that are used here, under its names; see its inline help (4.7). */
export interface CleanOptions {
  readonly vis: string | readonly string[];
  readonly imagename: string;
  readonly outlierfile?: string;
  readonly field?: string | readonly string[];
  readonly spw?: string | readonly string[];
  readonly timerange?: string;
  readonly uvrange?: string;
  readonly antenna?: string;
  readonly scan?: string;
  readonly observation?: string;
  readonly mode?: string;
  readonly interpolation?: string;
  readonly niter?: number;
  readonly gain?: number;
  /** A number is in mJy. */
  readonly threshold?: string | number;
  readonly psfmode?: string;
  readonly imagermode?: string;
  readonly ftmachine?: string;
  readonly mosweight?: boolean;
  readonly multiscale?: readonly number[];
  readonly negcomponent?: number;
  readonly smallscalebias?: number;
  readonly interactive?: boolean;
  readonly mask?: MaskWord | readonly MaskWord[];
  readonly nchan?: number;
  readonly start?: string | number;
  readonly width?: string | number;
  readonly outframe?: string;
  readonly veltype?: string;
  readonly imsize?: number | readonly number[];
  readonly cell?: string | number | readonly (string | number)[];
  readonly phasecenter?: string | number;
  readonly restfreq?: string;
  readonly stokes?: string;
  readonly weighting?: string;
  readonly robust?: number;
  /** Jy, of briggsabs */
  readonly noise?: string | number;
  readonly npixels?: number;
  readonly uvtaper?: boolean;
  readonly outertaper?: string | readonly string[];
  readonly restoringbeam?: string | readonly string[];
  readonly pbcor?: boolean;
  readonly minpb?: number;
  readonly usescratch?: boolean;
  readonly nterms?: number;
  readonly modelimage?: string | readonly string[];
  readonly reffreq?: string;
  readonly cyclefactor?: number;
  readonly cacheBytes?: number;
}

const MODES = ['mfs', 'channel', 'velocity', 'frequency'];

/** A number or a bare number in a text is in mJy; Jy/beam means Jy. */
function thresholdOf(threshold: string | number | undefined): string {
  const text = String(threshold ?? 0).replace(/\/beam$/i, '');
  return /^[-+\d.eE\s]+$/.test(text) ? `${Number(text)}mJy` : text;
}

/** start and width of a cube; what belongs to another mode, as the numbers 0 and 1 do, is not given. */
function axisOf({ mode, start, width }: CleanOptions): { start: string | number; width: string | number } {
  if (mode === 'channel') return { start: start ?? '', width: width ?? 1 };
  const given = (value: string | number | undefined) => {
    if (value === undefined || typeof value === 'number' || /^[-+\d.\s]*$/.test(value)) return '';
    const isRight = mode === 'velocity' ? /m\/s\s*$/.test(value) : /Hz\s*$/.test(value);
    return isRight
      ? value
      : fail(
          'usage',
          `"${value}" has not the unit that mode="${mode}" needs, ${mode === 'velocity' ? 'km/s' : 'GHz'}.`,
        );
  };
  return { start: given(start), width: given(width) };
}

function scalesOf(multiscale: readonly number[] | undefined): readonly number[] {
  return multiscale?.some((scale) => scale !== 0) ? multiscale : [];
}

/** Frame of the frequency axis: as given; a continuum image's is LSRK, a cube's that of the data. */
function frameOf({ outframe, mode }: CleanOptions): string {
  return outframe || ((mode ?? 'mfs') === 'mfs' ? 'LSRK' : 'TOPO');
}

/** clean's parameters as tclean's. */
export function translateClean(options: CleanOptions): TcleanOptions {
  const mode = options.mode ?? 'mfs';
  if (!MODES.includes(mode)) fail('usage', `mode="${mode}" is unknown; use ${MODES.join(', ')}.`);
  const scales = scalesOf(options.multiscale);
  const isMosaic = options.imagermode === 'mosaic';
  const minpb = options.minpb ?? 0.2;
  const nterms = options.nterms ?? 1;
  if (nterms > 1 && options.pbcor)
    fail('usage', 'clean does not correct images of Taylor terms for the primary beam; use pbcor=False and impbcor.');
  const { vis, imagename, field, spw, timerange, uvrange, antenna, scan, observation } = options;
  return {
    ...{ vis, imagename, field, spw, timerange, uvrange, antenna, scan, observation },
    specmode: mode === 'mfs' ? 'mfs' : 'cube',
    ...(mode === 'mfs' ? {} : { ...axisOf(options), nchan: options.nchan }),
    outframe: frameOf(options),
    veltype: options.veltype,
    restfreq: options.restfreq,
    interpolation: options.interpolation,
    imsize: options.imsize ?? [256, 256],
    cell: options.cell ?? 1,
    phasecenter: options.phasecenter,
    stokes: options.stokes,
    gridder: isMosaic ? 'mosaic' : 'standard',
    mosweight: options.mosweight ?? false,
    pblimit: minpb,
    reffreq: nterms > 1 ? options.reffreq : undefined,
    nterms,
    deconvolver: nterms > 1 ? 'mtmfs' : scales.length > 0 ? 'multiscale' : (options.psfmode ?? 'clark'),
    scales,
    smallscalebias: options.smallscalebias ?? 0.6,
    negcomponent: options.negcomponent,
    weighting: options.weighting,
    robust: options.robust ?? 0,
    noise: options.noise,
    npixels: options.npixels,
    uvtaper: options.uvtaper ? options.outertaper : undefined,
    restoringbeam: options.restoringbeam,
    pbcor: options.pbcor,
    niter: options.niter ?? 500,
    gain: options.gain,
    threshold: thresholdOf(options.threshold),
    cyclefactor: options.cyclefactor ?? 1.5,
    minpsffraction: 0,
    mask: options.mask,
    savemodel: options.usescratch ? 'modelcolumn' : 'none',
    startmodel: options.modelimage,
    cacheBytes: options.cacheBytes,
  };
}

function styleOf(options: CleanOptions): RunStyle {
  const isMosaic = options.imagermode === 'mosaic';
  const masked = isMosaic
    ? (['residual', 'image', 'pb', 'coverage'] as const)
    : options.pbcor
      ? (['image'] as const)
      : [];
  return {
    task: 'clean',
    hasOldCycles: true,
    limitsComponents: isMosaic,
    masked,
    limitsCoverage: true,
    correctsImage: true,
    sharesBeam: true,
  };
}

/**
 * Images and deconvolves as the task clean of CASA 3 and 4 did, on tclean's engine.
 *
 * Writes imagename.psf, .flux (the primary beam), .flux.pbcoverage (of mosaics), .residual, .model, .image and .mask (with
 * niter > 0) as CASA images. niter counts for each channel, as clean counted. The model stays in the MS for tasks that want one, unless
 * usescratch writes it to MODEL_DATA.
 *
 * @throws usage, missing, bad-data, unsupported
 */
export function clean(context: Context, options: CleanOptions): TcleanResult {
  if (options.interactive)
    context.log.post(
      'There is no viewer: interactive=True cleans without stopping, within the mask given.',
      'WARN',
      'clean',
    );
  if (options.outlierfile)
    return cleanWithOutliers(context, options, readOutliers(context, options.outlierfile, options));
  const plan = planOf(context, options);
  warnOfLimits(context, plan);
  const result = makeImages(context, plan);
  if (options.usescratch) dropReplaced(plan);
  else if (options.niter !== 0) keepForCalibration(context, plan);
  return result;
}

function planOf(context: Context, options: CleanOptions, savesModel = options.usescratch ?? false): ImagingPlan {
  return planImaging(context, chooseImaging(translateClean({ ...options, usescratch: savesModel }), styleOf(options)));
}

/** The model of several fields is written to MODEL_DATA always: it is the sum of what they predict. */
function cleanWithOutliers(context: Context, options: CleanOptions, fields: readonly OutlierField[]): TcleanResult {
  const savesModel = options.niter !== 0;
  const plan = planOf(context, options, savesModel);
  warnOfLimits(context, plan);
  const others = fields.map((field) => () => planOf(context, { ...withoutOwn(options), ...field }, savesModel));
  const result = new JointRun(context, plan, others).run();
  if (savesModel) dropReplaced(plan);
  return result;
}

/** As CASA 4 left the model in the MS; one that cannot be changed is imaged all the same. */
function keepForCalibration(context: Context, plan: ImagingPlan): void {
  try {
    keepModel(context, plan);
  } catch (error) {
    context.log.post(`The model is not kept for calibration: ${errorSentence(error)}`, 'WARN', 'clean');
  }
}
