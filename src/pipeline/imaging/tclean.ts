import { type Context, fail } from '../../foundation/base/index.ts';
import { arena } from '../../foundation/numeric/index.ts';
import type { Beam, Image } from '../images/index.ts';
import { fitBeam, sidelobeLevel } from './beam-fit.ts';
import { type CleanSummary, type CleanTarget, runCleanCycles } from './clean-cycles.ts';
import { readMask } from './clean-mask.ts';
import { StandardGridder } from './gridder.ts';
import { type BlockSource, parseTaper, prepareWeights, type Weigher } from './imaging-weights.ts';
import { makeMinorCycle } from './minor-cycle.ts';
import { chooseImaging, type TcleanOptions } from './options.ts';
import { type ImagingPlan, planImaging } from './plan.ts';
import { type PlaneSet, planesOf } from './plane-set.ts';
import { primaryBeamPlane } from './primary-beam.ts';
import { type Extension, Products } from './products.ts';
import { chooseBeams, restorePlane } from './restore.ts';
import { SampleStore } from './sample-store.ts';

/** What tclean tells about a run; keys as in CASA's return value where it has them. */
export interface TcleanResult {
  readonly iterdone: number;
  readonly nmajordone: number;
  readonly stopcode: number;
  readonly stopDescription: string;
  readonly niter: number;
  readonly loopgain: number;
  readonly threshold: number;
  readonly maxpsfsidelobe: number;
  /** One per channel, or one for a continuum image. */
  readonly beams: readonly Beam[];
  readonly sumwt: readonly number[];
  readonly cycles: CleanSummary['cycles'];
}

const CACHE_BYTES = 192 * 1024 * 1024;

class ImagingRun {
  private readonly context: Context;
  private readonly plan: ImagingPlan;
  private readonly store: SampleStore;
  private readonly gridder: StandardGridder;
  private readonly products: Products;
  private readonly images = new Map<Extension, Image>();
  private readonly planes = new Map<Extension, PlaneSet>();
  private readonly beams: Beam[] = [];
  private readonly sums: number[] = [];
  private sidelobe = 0;

  constructor(context: Context, plan: ImagingPlan) {
    const { choice } = plan;
    this.context = context;
    this.plan = plan;
    this.store = new SampleStore(context, plan.data, plan.request, choice.options.cacheBytes ?? CACHE_BYTES);
    this.gridder = new StandardGridder(plan.geometry);
    this.products = new Products(context, choice.imagename, plan.shape, plan.coordinates, plan.objectName);
  }

  private get planeCount(): number {
    return this.plan.axis.chanCount;
  }

  private planeSet(extension: Extension): PlaneSet {
    const known = this.planes.get(extension);
    if (known) return known;
    const image = this.products.create(extension);
    const made = planesOf(image);
    this.images.set(extension, image);
    this.planes.set(extension, made);
    return made;
  }

  private withWeights<T>(plane: number, work: (source: BlockSource, weigh: Weigher) => T): T {
    const { choice } = this.plan;
    const source: BlockSource = (visit) => this.store.forPlane(plane, visit);
    return arena().scope((lease) => {
      const weights = {
        weighting: choice.weighting,
        robust: choice.robust,
        imsize: choice.imsize,
        cell: choice.cell,
        isCube: choice.isCube,
        taper: parseTaper(choice.options.uvtaper),
      };
      return work(source, prepareWeights(weights, lease, source));
    });
  }

  /** PSF, beam, dirty image and primary beam of every plane. */
  private makeFirstImages(): void {
    const [psfs, residuals, models, beams, sumwt] = (['psf', 'residual', 'model', 'pb', 'sumwt'] as const).map((name) =>
      this.planeSet(name),
    );
    for (let plane = 0; plane < this.planeCount; plane++) {
      this.context.checkAbort();
      this.context.progress.update(plane / this.planeCount, `plane ${plane + 1} of ${this.planeCount}`);
      this.withWeights(plane, (source, weigh) => {
        const psf = this.gridder.psf(source, weigh);
        const centre = (this.plan.geometry.sizeY / 2) * this.plan.geometry.sizeX + this.plan.geometry.sizeX / 2;
        const peak = psf.values[centre];
        const dirty = this.gridder.dirty(source, weigh);
        if (peak > 0) for (let k = 0; k < psf.values.length; k++) psf.values[k] /= peak;
        psfs.write(plane, psf.values);
        residuals.write(plane, dirty.values);
        // CASA adds up the weights of both hands.
        sumwt.write(plane, Float32Array.of(2 * psf.sumOfWeights));
        this.sums.push(2 * psf.sumOfWeights);
      });
      models.write(plane, new Float32Array(psfs.read(plane).length));
      const beam = primaryBeamPlane(this.plan.geometry, this.plan.planeFrequencies[plane], this.plan.dish);
      beams.write(
        plane,
        beam.map((value) => (value > this.plan.choice.pblimit ? value : 0)),
      );
    }
    if (this.sums.every((sum) => sum === 0))
      fail('bad-data', 'tclean: all selected data are flagged or lie outside the image channels.');
    this.fitBeams(psfs);
  }

  /** A channel without data takes the beam of its nearest neighbour, as CASA does. */
  private fitBeams(psfs: PlaneSet): void {
    const { geometry, choice } = this.plan;
    const fitted = this.sums.map((sum, plane) =>
      sum > 0 ? fitBeam(psfs.read(plane), geometry, choice.psfCutoff) : undefined,
    );
    for (let plane = 0; plane < this.planeCount; plane++) {
      const near = fitted
        .map((beam, other) => ({ beam, gap: Math.abs(other - plane) }))
        .filter((entry) => entry.beam !== undefined);
      near.sort((a, b) => a.gap - b.gap);
      this.beams.push(near[0].beam!);
      if (fitted[plane])
        this.sidelobe = Math.max(this.sidelobe, sidelobeLevel(psfs.read(plane), geometry, this.beams[plane]));
    }
    this.products.setBeams('psf', this.beams);
  }

  private clean(): CleanSummary {
    const { choice, coordinates, geometry } = this.plan;
    if (choice.control.niter === 0)
      return { iterdone: 0, nmajordone: 0, stopcode: 1, stopDescription: 'iteration limit', cycles: [] };
    const [psfs, residuals, models, beams, masks] = (['psf', 'residual', 'model', 'pb', 'mask'] as const).map((name) =>
      this.planeSet(name),
    );
    const source = readMask(this.context, choice, coordinates);
    for (let plane = 0; plane < this.planeCount; plane++) {
      const beam = beams.read(plane);
      const mask = source ? source(plane, beam) : new Float32Array(beam.length).fill(1);
      masks.write(
        plane,
        mask.map((value, k) => (choice.pblimit > 0 && beam[k] <= choice.pblimit ? 0 : value)),
      );
    }
    const target: CleanTarget = {
      planeCount: this.planeCount,
      psf: (plane) => psfs.read(plane),
      residual: (plane) => residuals.read(plane),
      model: (plane) => models.read(plane),
      mask: (plane) => masks.read(plane),
      setModel: (plane, model) => models.write(plane, model),
      updateResidual: (plane) => {
        this.context.checkAbort();
        residuals.write(
          plane,
          this.withWeights(plane, (blocks, weigh) => this.gridder.residual(blocks, weigh, models.read(plane))).values,
        );
      },
    };
    const { scales, smallScaleBias, deconvolver, control } = choice;
    const minor = makeMinorCycle(deconvolver, geometry, {
      scales,
      smallScaleBias,
      checkAbort: this.context.checkAbort,
    });
    return runCleanCycles(this.context, target, minor, control, this.sidelobe);
  }

  private restore(): void {
    const { choice, geometry } = this.plan;
    const [residuals, models, beams, images] = (['residual', 'model', 'pb', 'image'] as const).map((name) =>
      this.planeSet(name),
    );
    const corrected = choice.options.pbcor ? this.planeSet('image.pbcor') : undefined;
    const used = chooseBeams(choice.options.restoringbeam, this.beams);
    const isCommon = used !== this.beams;
    for (let plane = 0; plane < this.planeCount; plane++) {
      this.context.checkAbort();
      const image = restorePlane(models.read(plane), residuals.read(plane), geometry, used[plane]);
      const beam = beams.read(plane);
      images.write(plane, image);
      corrected?.write(
        plane,
        image.map((value, k) => (beam[k] > Math.max(0, choice.pblimit) ? value / beam[k] : 0)),
      );
    }
    const stored = isCommon ? used.slice(0, 1) : used;
    this.products.setBeams('image', stored);
    this.products.setBeams('image.pbcor', stored);
  }

  private maskProducts(): void {
    const { pblimit } = this.plan.choice;
    if (pblimit <= 0) return;
    const beams = this.planeSet('pb');
    for (let plane = 0; plane < this.planeCount; plane++) {
      const beam = beams.read(plane);
      const mask = new Uint8Array(beam.length);
      for (let k = 0; k < mask.length; k++) mask[k] = beam[k] > pblimit ? 1 : 0;
      this.products.writeMask(['residual', 'image', 'image.pbcor', 'pb'], plane, mask);
    }
  }

  run(): TcleanResult {
    const { choice } = this.plan;
    try {
      this.makeFirstImages();
      const summary = this.clean();
      if (choice.options.restoration !== false) this.restore();
      this.maskProducts();
      for (const planes of this.planes.values()) planes.flush();
      this.products.commit(historyOf(choice.options));
      return {
        ...summary,
        niter: choice.control.niter,
        loopgain: choice.control.gain,
        threshold: choice.control.threshold,
        maxpsfsidelobe: this.sidelobe,
        beams: this.beams,
        sumwt: this.sums,
      };
    } catch (error) {
      this.products.discard();
      throw error;
    } finally {
      for (const { ms } of this.plan.data) ms.close();
    }
  }
}

/** Says what was asked for and is not done. */
function warnOfLimits(context: Context, { choice, data }: ImagingPlan): void {
  const warn = (text: string) => context.log.post(text, 'WARN', 'tclean');
  if ((choice.options.savemodel ?? 'none') !== 'none')
    warn('savemodel is not handled: the model is written as an image only.');
  const pointings = new Set(
    data.flatMap((chosen) => chosen.fieldIds.map((id) => chosen.metadata.fields[id].phaseDir.join())),
  );
  if (pointings.size > 1)
    warn(
      `${pointings.size} pointings are combined without weighting by their primary beams; .pb is that of one pointing.`,
    );
  if (choice.isCube && choice.options.perchanweightdensity === false)
    warn('Weight densities are taken for each channel (perchanweightdensity=True).');
}

/** The call, one parameter a line, as CASA notes it in the log table. */
function historyOf(options: TcleanOptions): string[] {
  const lines = Object.entries(options).filter(([, value]) => value !== undefined && typeof value !== 'function');
  return ['taskname=tclean', ...lines.map(([name, value]) => `${name.padEnd(11)} = ${JSON.stringify(value)}`)];
}

/**
 * Images Stokes I of MeasurementSets and deconvolves, as CASA's tclean: a continuum image or a spectral cube.
 *
 * Writes imagename.psf, .pb, .residual, .model, .image, .sumwt, .mask (with niter > 0) and .image.pbcor (with pbcor) as CASA
 * images. Dirty image and PSF are within 1e-4 of the peak (in fact about 1e-6) of the direct Fourier sum.
 *
 * @throws usage, missing, bad-data, unsupported
 */
export function tclean(context: Context, options: TcleanOptions): TcleanResult {
  const plan = planImaging(context, chooseImaging(options));
  warnOfLimits(context, plan);
  return new ImagingRun(context, plan).run();
}
