import { type Context, fail } from '../../foundation/base/index.ts';
import type { Beam } from '../images/index.ts';
import { fitBeam, sidelobeLevel } from './beam-fit.ts';
import { type CleanSummary, type CleanTarget, noCleaning, runCleanCycles } from './clean-cycles.ts';
import { maskRenewal, readMask } from './clean-mask.ts';
import { centreIndex } from './gridder.ts';
import { CACHE_BYTES, historyOf, type TcleanResult } from './imaging-run.ts';
import { saveModel } from './model-column.ts';
import { findModelStart } from './model-start.ts';
import type { ImagingPlan } from './plan.ts';
import { type FirstImages, makePlaneImager, type PlaneImager } from './plane-imager.ts';
import { type Extension, Products } from './products.ts';
import { chooseBeams, restorePlane } from './restore.ts';
import { RunProgress, telling } from './run-progress.ts';
import { handCount } from './stokes.ts';
import { TaylorCleaner, type TaylorPlanes } from './taylor-cycle.ts';
import {
  fillMoment,
  hessianOf,
  invertHessian,
  principalSolution,
  type TaylorTerms,
  taylorModel,
  taylorPredictor,
  weighByMoment,
} from './taylor-terms.ts';

/** A spectral index is shown where term 0 is above this share of the largest residual. */
const SHOWN_SHARE = 0.1;

/** A continuum image whose spectrum has Taylor terms, with CASA's products for them. */
export class TaylorRun {
  private readonly context: Context;
  private readonly plan: ImagingPlan;
  private readonly progress: RunProgress;
  private readonly terms: TaylorTerms;
  private readonly imager: PlaneImager;
  private readonly products: Products;

  constructor(context: Context, plan: ImagingPlan, termCount: number) {
    const { choice } = plan;
    this.context = context;
    this.plan = plan;
    this.terms = { count: termCount, referenceHz: plan.axis.reference };
    this.progress = new RunProgress(context.progress, choice.control.niter > 0);
    const reader = telling(context, this.progress.reading);
    this.imager = makePlaneImager(reader, plan, choice.options.cacheBytes ?? CACHE_BYTES);
    this.products = new Products(
      context,
      choice.imagename,
      plan.shape,
      plan.coordinates,
      plan.objectName,
      choice.style.task,
    );
  }

  private write(extension: Extension, values: Float32Array): void {
    if (this.products.keeps(extension)) this.products.planes(extension).write(0, values);
  }

  /** The response's name: clean numbers only that of mosaics. */
  private get responseName(): Extension {
    const { style, gridder } = this.plan.choice;
    return style.task === 'clean' && gridder === 'standard' ? 'pb' : 'pb.tt0';
  }

  /** Residuals of all terms: the images of x^t times what the models leave of the samples. */
  private residuals(models: readonly Float32Array[]): Float32Array[] {
    const { terms, imager } = this;
    const isEmpty = models.every((model) => !model.some((value) => value !== 0));
    return models.map((_, term) => {
      this.context.checkAbort();
      return imager.imageOf(0, (lease, facet) => {
        const predict = isEmpty ? undefined : taylorPredictor(imager, terms, models, lease, facet);
        return (block) => {
          if (predict) {
            const seen = block.vis.slice();
            predict(block);
            for (let k = 0; k < seen.length; k++) block.vis[k] = seen[k] - block.vis[k];
          }
          weighByMoment(block, terms, term);
        };
      });
    });
  }

  private psfs(first: Float32Array): Float32Array[] {
    const count = 2 * this.terms.count - 1;
    return Array.from({ length: count }, (_, moment) => {
      if (moment === 0) return first;
      this.progress.first.update(moment / count, `PSF of order ${moment}`);
      return this.imager.psfOf(0, (block) => fillMoment(block, this.terms, moment));
    });
  }

  private writeFirst({ response, sumOfWeights, mosaic }: FirstImages, psfs: readonly Float32Array[]): void {
    const { geometry, choice } = this.plan;
    const { style, pblimit } = choice;
    const isCut = style.masked.includes('pb') && !style.limitsCoverage;
    const centre = centreIndex(geometry);
    psfs.forEach((psf, moment) => {
      this.write(`psf.tt${moment}`, psf);
      if (moment === 0 || !mosaic)
        this.write(`sumwt.tt${moment}`, Float32Array.of(handCount(choice.stokes) * sumOfWeights * psf[centre]));
    });
    this.write(this.responseName, isCut ? response.map((value) => (value > pblimit ? value : 0)) : response);
    if (!mosaic) return;
    this.write('coverage', mosaic.coverage);
    this.write(
      'weight.tt0',
      response.map((value) => value * value * mosaic.peakWeight),
    );
  }

  private clean(planes: TaylorPlanes, limiting: Float32Array, beam: Beam, sidelobe: number): CleanSummary {
    const { choice, coordinates, geometry } = this.plan;
    const { style, control, pblimit, scales, smallScaleBias } = choice;
    if (control.niter === 0) return noCleaning(1, () => planes.residuals[0]);
    const isLimited = style.limitsComponents && pblimit > 0;
    const given =
      readMask(this.context, choice, coordinates)?.(0, limiting) ?? new Float32Array(limiting.length).fill(1);
    let mask: Float32Array = given.map((value, k) => (isLimited && limiting[k] <= pblimit ? 0 : value));
    const minor = new TaylorCleaner(geometry, () => planes, {
      ...{ scales, smallScaleBias },
      checkAbort: this.context.checkAbort,
    });
    const renew = maskRenewal(choice, geometry);
    const target: CleanTarget = {
      planeCount: 1,
      psf: () => planes.psfs[0],
      residual: () => planes.residuals[0],
      model: () => planes.models[0],
      mask: () => mask,
      setModel() {},
      updateResidual: () => {
        for (const [term, values] of this.residuals(planes.models).entries()) planes.residuals[term].set(values);
      },
      renewMask:
        renew &&
        (() => {
          mask = renew({ residual: planes.residuals[0], mask, beam, sidelobe }, limiting);
        }),
    };
    const summary = runCleanCycles(telling(this.context, this.progress.clean), target, minor, control, sidelobe, style);
    this.write('mask', mask);
    return summary;
  }

  /** Restored images hold the coefficients that the residuals would mean by themselves, as CASA's do. */
  private restore({ psfs, residuals, models }: TaylorPlanes, response: Float32Array, fitted: Beam): void {
    const { choice, geometry } = this.plan;
    const { count } = this.terms;
    const centre = centreIndex(geometry);
    const peaks = psfs.map((psf) => psf[centre]);
    const left = principalSolution(residuals, invertHessian(hessianOf(peaks, count), count));
    const [beam] = chooseBeams(choice.options.restoringbeam, [fitted]);
    const images = models.map((model, term) => restorePlane(model, left[term], geometry, beam));
    const least = Math.max(0, choice.pblimit);
    images.forEach((image, term) => {
      this.write(`image.tt${term}`, image);
      this.products.setBeams(`image.tt${term}`, [beam]);
      if (!choice.options.pbcor) return;
      this.write(
        `image.tt${term}.pbcor`,
        image.map((value, k) => (response[k] > least ? value / response[k] : 0)),
      );
      this.products.setBeams(`image.tt${term}.pbcor`, [beam]);
    });
    if (count > 1) this.writeSpectralIndex(images, left, beam);
  }

  private writeSpectralIndex(images: readonly Float32Array[], left: readonly Float32Array[], beam: Beam): void {
    const [flux, slope] = images;
    const limit = left[0].reduce((most, value) => Math.max(most, value), 0) * SHOWN_SHARE;
    const shown = Uint8Array.from(flux, (value) => (value > limit ? 1 : 0));
    const alpha = slope.map((value, k) => (shown[k] ? value / flux[k] : 0));
    const error = alpha.map((value, k) =>
      shown[k] ? Math.abs(value) * Math.hypot(left[0][k] / flux[k], left[1][k] / slope[k]) : 0,
    );
    for (const [extension, values] of [
      ['alpha', alpha],
      ['alpha.error', error],
    ] as const) {
      this.write(extension, values);
      this.products.setBeams(extension, [beam]);
      this.products.writeMask([extension], 0, shown);
    }
  }

  private maskProducts(limiting: Float32Array): void {
    const { pblimit, style } = this.plan.choice;
    if (pblimit <= 0) return;
    const mask = Uint8Array.from(limiting, (value) => (value > pblimit ? 1 : 0));
    const names = style.masked.flatMap((kind): Extension[] => {
      if (kind === 'pb') return [this.responseName];
      if (kind === 'weight' || kind === 'coverage') return [kind === 'weight' ? 'weight.tt0' : kind];
      const terms = Array.from({ length: this.terms.count }, (_, term) => term);
      if (kind === 'image.pbcor') return terms.map((term) => `image.tt${term}.pbcor` as const);
      return kind === 'image' || kind === 'residual' ? terms.map((term) => `${kind}.tt${term}` as const) : [];
    });
    this.products.writeMask(names, 0, mask);
  }

  /** PSFs, residuals and models; limits and masks; the loop; the products. */
  private makeImages(): TcleanResult {
    const { choice, geometry } = this.plan;
    this.progress.first.update(0, 'PSF and image');
    const first = this.imager.first(0);
    if (!(first.sumOfWeights > 0)) fail('bad-data', 'All selected data are flagged.');
    const psfs = this.psfs(first.psf);
    this.writeFirst(first, psfs);
    const beam = fitBeam(first.psf, geometry, choice.psfCutoff, this.context.log);
    this.products.setBeams('psf.tt0', [beam]);
    const sidelobe = sidelobeLevel(first.psf, geometry, beam);
    const names = Array.from({ length: this.terms.count }, (_, term) => `model.tt${term}` as const);
    const starts = findModelStart(this.context, this.plan, this.products, names);
    const models = names.map((_, term) => starts?.[term](0) ?? new Float32Array(first.psf.length));
    const planes = { psfs, models, residuals: this.residuals(models) };
    const limiting = first.mosaic && choice.style.limitsCoverage ? first.mosaic.coverage : first.response;
    const summary = this.clean(planes, limiting, beam, sidelobe);
    for (const [term, values] of planes.residuals.entries()) this.write(`residual.tt${term}`, values);
    for (const [term, values] of models.entries()) this.write(`model.tt${term}`, values);
    if (choice.options.restoration !== false) this.restore(planes, first.response, beam);
    this.maskProducts(limiting);
    this.saveModel(models);
    return {
      ...summary,
      control: choice.control,
      fieldCount: 1,
      stokesCount: 1,
      maxpsfsidelobe: sidelobe,
      beams: [beam],
      sumwt: [handCount(choice.stokes) * first.sumOfWeights],
    };
  }

  private saveModel(models: readonly Float32Array[]): void {
    const { imager, planes } = taylorModel(this.imager, this.terms, models);
    saveModel(this.context, this.plan, imager, planes);
  }

  run(): TcleanResult {
    const { options, style } = this.plan.choice;
    try {
      const result = this.makeImages();
      this.products.commit(historyOf(options, style.task));
      return result;
    } catch (error) {
      this.products.discard();
      throw error;
    } finally {
      for (const { ms } of this.plan.data) ms.close();
    }
  }
}
