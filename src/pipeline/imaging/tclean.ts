import type { Context } from '../../foundation/base/index.ts';
import { baseName, directoryName, disk, joinPath } from '../../foundation/bytes/index.ts';
import { makeOrClose } from './chosen-ms.ts';
import { ImagingRun, type TcleanResult } from './imaging-run.ts';
import { JointRun } from './joint-run.ts';
import { chooseImaging, type TcleanOptions } from './options.ts';
import { readOutliers } from './outlier-file.ts';
import { type ImagingPlan, planImaging } from './plan.ts';
import { TaylorRun } from './taylor-run.ts';

/** Says what was asked for and is not done. */
export function warnOfLimits(context: Context, { choice, data, request }: ImagingPlan): void {
  const warn = (text: string) => context.log.post(text, 'WARN', choice.style.task);
  const pointings = new Set(
    data.flatMap((chosen) => chosen.fieldIds.map((id) => chosen.metadata.fields[id].phaseDir.join())),
  );
  if (pointings.size > 1 && choice.gridder === 'standard' && !request.followed)
    warn(
      `${pointings.size} pointings are combined without weighting by their primary beams, and the beam shown is that of one pointing; ${choice.style.task === 'clean' ? 'imagermode' : 'gridder'}="mosaic" weights them.`,
    );
}

/** Makes the images of a plan. */
export function makeImages(context: Context, plan: ImagingPlan): TcleanResult {
  const { termCount } = plan.choice;
  const run = makeOrClose(plan.data, () =>
    termCount === undefined ? new ImagingRun(context, plan) : new TaylorRun(context, plan, termCount),
  );
  return run.run();
}

/** The name, or where an earlier run has left images the name with the next number, from _2 on, as CASA counts. */
function freeName(context: Context, imagename: string): string {
  const path = joinPath(context.cwd, imagename);
  const [folder, prefix] = [directoryName(path), baseName(path)];
  const left = disk().exists(folder)
    ? disk()
        .list(folder)
        .filter((name) => name.startsWith(prefix))
    : [];
  if (left.length === 0) return imagename;
  const numbers = left.map((name) => /^_(\d+)(\.|$)/.exec(name.slice(prefix.length))?.[1]);
  const free = `${imagename}_${Math.max(1, ...numbers.map((text) => Number(text ?? 1))) + 1}`;
  context.log.post(`restart=False: the images are called ${free}.`, 'INFO', 'tclean');
  return free;
}

/**
 * Images MeasurementSets in the Stokes parameters asked for and deconvolves, as CASA's a continuum image or a spectral cube.
 *
 * Writes imagename.psf, .pb, .residual, .model, .image, .sumwt, .weight (of mosaics), .mask (with niter > 0) and .image.pbcor
 * (with pbcor) as CASA images. Dirty image and PSF are within 1e-4 of the peak (in fact about 5e-6) of the direct Fourier sum.
 *
 * @throws usage, missing, bad-data, unsupported
 */
export function tclean(context: Context, options: TcleanOptions): TcleanResult {
  if (options.interactive)
    context.log.post(
      'There is no viewer: interactive=True cleans without stopping, within the mask given.',
      'WARN',
      'tclean',
    );
  const imagename = options.restart === false ? freeName(context, options.imagename) : options.imagename;
  const outliers = options.outlierfile ? readOutliers(context, options.outlierfile, options) : [];
  const choices = outliers.map((field) => chooseImaging({ ...withoutOwn(options), ...field }));
  const plan = planImaging(context, chooseImaging({ ...options, imagename }));
  warnOfLimits(context, plan);
  if (choices.length === 0) return makeImages(context, plan);
  const others = choices.map((choice) => () => planImaging(context, choice));
  return new JointRun(context, plan, others).run();
}

/** The parameters of the main field that an outlier field does not share. */
export function withoutOwn<Options extends Pick<TcleanOptions, 'mask'>>(options: Options): Options {
  return { ...options, mask: undefined, startmodel: undefined, modelimage: undefined };
}
