import { type Context, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { Beam, SkyPosition } from '../images/index.ts';
import { fitBeam, outerSidelobe, sidelobeLevel } from './beam-fit.ts';
import { type CleanSummary, type CleanTarget, noCleaning, runCleanByPlane, runCleanCycles } from './clean-cycles.ts';
import { maskRenewal, readMask } from './clean-mask.ts';
import { type MinorCycle, makeMinorCycle } from './minor-cycle.ts';
import { saveModel } from './model-column.ts';
import { findModelStart } from './model-start.ts';
import type { CleanControl, TcleanOptions } from './options.ts';
import { turnRowInPlace, uvwTurn } from './phase-centre.ts';
import type { ImagingPlan } from './plan.ts';
import { type FirstImages, makePlaneImager, type PlaneImager, type Predictor } from './plane-imager.ts';
import type { PlaneSet } from './plane-set.ts';
import { type Extension, Products } from './products.ts';
import { chooseBeams, restorePlane, shareBeam } from './restore.ts';
import { RunProgress, telling } from './run-progress.ts';
import { handCount } from './stokes.ts';

/** One beam where all planes have the same. */
const storedBeams = (beams: readonly Beam[]) => (beams.every((beam) => beam === beams[0]) ? beams.slice(0, 1) : beams);

/** What tclean tells about a run; keys as in CASA's return value where it has them. */
export interface TcleanResult extends CleanSummary {
  readonly control: CleanControl;
  /** Polarizations of a channel: planes go [chan, stokes]. */
  readonly stokesCount: number;
  /** Fields that were imaged together: planes go [field, chan, stokes] in `peaks` and `cycles`. */
  readonly fieldCount: number;
  readonly maxpsfsidelobe: number;
  /** One per plane [chan, stokes]. */
  readonly beams: readonly Beam[];
  readonly sumwt: readonly number[];
}

export const CACHE_BYTES = 192 * 1024 * 1024;

export class ImagingRun {
  private readonly context: Context;
  readonly plan: ImagingPlan;
  private readonly progress: RunProgress;
  private readonly imager: PlaneImager;
  private readonly products: Products;
  private readonly beams: Beam[] = [];
  private readonly sums: number[] = [];
  /** Largest sidelobe of each plane; 0 without data. */
  sidelobes: readonly number[] = [];

  constructor(context: Context, plan: ImagingPlan) {
    const { choice } = plan;
    this.context = context;
    this.plan = plan;
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

  get planeCount(): number {
    return this.plan.axis.chanCount * this.plan.choice.stokes.length;
  }

  private planeSet(extension: Extension): PlaneSet {
    return this.products.planes(extension);
  }

  /** The response that a pixel must reach to be shown. */
  private limiting(): PlaneSet {
    const { choice } = this.plan;
    return this.planeSet(choice.style.limitsCoverage && choice.gridder === 'mosaic' ? 'coverage' : 'pb');
  }

  /** PSF, beam, dirty image and primary beam of every plane. */
  makeFirstImages(): void {
    const { style, pblimit } = this.plan.choice;
    const [psfs, residuals, models, responses, sumwt] = (['psf', 'residual', 'model', 'pb', 'sumwt'] as const).map(
      (name) => this.planeSet(name),
    );
    const [start] = findModelStart(this.context, this.plan, this.products, ['model']) ?? [];
    const isCut = style.masked.includes('pb') && !style.limitsCoverage;
    for (let plane = 0; plane < this.planeCount; plane++) {
      this.context.checkAbort();
      this.progress.first.update(plane / this.planeCount, `PSF and image of plane ${plane + 1} of ${this.planeCount}`);
      const { psf, dirty, response, sumOfWeights, mosaic } = this.imager.first(plane);
      psfs.write(plane, psf);
      residuals.write(plane, dirty);
      const sum = handCount(this.plan.choice.stokes) * sumOfWeights;
      sumwt.write(plane, Float32Array.of(sum));
      this.sums.push(sum);
      const model = start?.(plane);
      models.write(plane, model ?? new Float32Array(psf.length));
      if (model?.some((value) => value !== 0)) residuals.write(plane, this.imager.residual(plane, model));
      responses.write(plane, isCut ? response.map((value) => (value > pblimit ? value : 0)) : response);
      if (mosaic) this.keepMosaic(plane, response, mosaic);
    }
    if (this.sums.every((sum) => sum === 0))
      fail('bad-data', 'All selected data are flagged or lie outside the image channels.');
    this.fitBeams(psfs);
  }

  private keepMosaic(plane: number, response: Float32Array, mosaic: NonNullable<FirstImages['mosaic']>): void {
    if (this.products.keeps('coverage')) this.planeSet('coverage').write(plane, mosaic.coverage);
    if (!this.products.keeps('weight')) return;
    this.planeSet('weight').write(
      plane,
      response.map((value) => value * value * mosaic.peakWeight),
    );
  }

  /** A channel without data takes the beam of its nearest neighbour, as CASA does. */
  private fitBeams(psfs: PlaneSet): void {
    const { geometry, choice } = this.plan;
    const fitted = this.sums.map((sum, plane) =>
      sum > 0 ? fitBeam(psfs.read(plane), geometry, choice.psfCutoff, this.context.log) : undefined,
    );
    for (let plane = 0; plane < this.planeCount; plane++) {
      const near = fitted
        .map((beam, other) => ({ beam, gap: Math.abs(other - plane) }))
        .filter((entry) => entry.beam !== undefined);
      near.sort((a, b) => a.gap - b.gap);
      this.beams.push(near[0].beam!);
    }
    this.sidelobes = fitted.map((beam, plane) => (beam ? this.sidelobeOf(psfs.read(plane), beam) : 0));
    if (choice.style.sharesBeam) {
      const cellArcsec = (geometry.cell * 648_000) / Math.PI;
      this.beams.splice(0, this.planeCount, ...shareBeam(this.beams, cellArcsec));
    }
    this.products.setBeams('psf', storedBeams(this.beams));
  }

  get sidelobe(): number {
    return Math.max(...this.sidelobes);
  }

  private sidelobeOf(psf: Float32Array, beam: Beam): number {
    const { geometry, choice } = this.plan;
    return choice.style.hasOldCycles
      ? outerSidelobe(psf, geometry, beam, choice.deconvolver === 'multiscale')
      : sidelobeLevel(psf, geometry, beam);
  }

  /** What the CLEAN loop works on; makes the masks. */
  target(): CleanTarget {
    const { choice, coordinates, geometry } = this.plan;
    const [psfs, residuals, models, masks] = (['psf', 'residual', 'model', 'mask'] as const).map((name) =>
      this.planeSet(name),
    );
    const source = readMask(this.context, choice, coordinates);
    const isLimited = choice.style.limitsComponents && choice.pblimit > 0;
    for (let plane = 0; plane < this.planeCount; plane++) {
      const beam = this.limiting().read(plane);
      const mask = source ? source(plane, beam) : new Float32Array(beam.length).fill(1);
      masks.write(
        plane,
        mask.map((value, k) => (isLimited && beam[k] <= choice.pblimit ? 0 : value)),
      );
    }
    const renew = maskRenewal(choice, geometry);
    return {
      planeCount: this.planeCount,
      psf: (plane) => psfs.read(plane),
      residual: (plane) => residuals.read(plane),
      model: (plane) => models.read(plane),
      mask: (plane) => masks.read(plane),
      setModel: (plane, model) => models.write(plane, model),
      updateResidual: (plane) => this.updateResidual(plane),
      renewMask:
        renew &&
        ((plane) => {
          const [residual, mask] = [residuals.read(plane), masks.read(plane)];
          const known = { residual, mask, beam: this.beams[plane], sidelobe: this.sidelobe };
          masks.write(plane, renew(known, this.limiting().read(plane)));
        }),
    };
  }

  /** Makes a plane's residual from the data, its model and those of other fields. */
  updateResidual(plane: number, others: readonly ImagingRun[] = []): void {
    this.context.checkAbort();
    const residual = this.imager.residual(plane, this.planeSet('model').read(plane));
    for (const other of others) {
      const model = other.planeSet('model').read(plane);
      if (!model.some((value) => value !== 0)) continue;
      const seen = this.imager.imageOf(plane, (lease) =>
        predictedFrom(this.plan.request.centre, other.plan.request.centre, other.imager.predictor(lease, plane, model)),
      );
      for (let k = 0; k < residual.length; k++) residual[k] -= seen[k];
    }
    this.planeSet('residual').write(plane, residual);
  }

  /** Whether any plane has a model. */
  get hasModel(): boolean {
    const models = this.planeSet('model');
    return Array.from({ length: this.planeCount }).some((_, plane) => models.read(plane).some((value) => value !== 0));
  }

  minor(): MinorCycle {
    const { scales, smallScaleBias, negativeLimit, deconvolver } = this.plan.choice;
    const { checkAbort } = this.context;
    return makeMinorCycle(deconvolver, this.plan.geometry, { scales, smallScaleBias, negativeLimit, checkAbort });
  }

  /** The summary of a run without iterations. */
  summaryUncleaned(): CleanSummary {
    const made = this.planeSet('residual');
    return noCleaning(this.planeCount, (plane) => made.read(plane));
  }

  private clean(): CleanSummary {
    const { control, style } = this.plan.choice;
    if (control.niter === 0) return this.summaryUncleaned();
    const context = telling(this.context, this.progress.clean);
    return style.hasOldCycles
      ? runCleanByPlane(context, this.target(), this.minor(), control, this.sidelobes, style)
      : runCleanCycles(context, this.target(), this.minor(), control, this.sidelobe, style);
  }

  private restore(): void {
    const { choice, geometry } = this.plan;
    const [residuals, models, beams, images] = (['residual', 'model', 'pb', 'image'] as const).map((name) =>
      this.planeSet(name),
    );
    const { pbcor, restoringbeam } = choice.options;
    const { correctsImage } = choice.style;
    const corrected = pbcor && !correctsImage ? this.planeSet('image.pbcor') : undefined;
    const used = chooseBeams(restoringbeam, this.beams);
    for (let plane = 0; plane < this.planeCount; plane++) {
      this.context.checkAbort();
      const image = restorePlane(models.read(plane), residuals.read(plane), geometry, used[plane]);
      const beam = beams.read(plane);
      const divided = () => image.map((value, k) => (beam[k] > Math.max(0, choice.pblimit) ? value / beam[k] : 0));
      images.write(plane, pbcor && correctsImage ? divided() : image);
      corrected?.write(plane, divided());
    }
    const stored = storedBeams(used);
    this.products.setBeams('image', stored);
    this.products.setBeams('image.pbcor', stored);
  }

  private maskProducts(): void {
    const { pblimit, style } = this.plan.choice;
    if (pblimit <= 0 || style.masked.length === 0) return;
    for (let plane = 0; plane < this.planeCount; plane++) {
      const beam = this.limiting().read(plane);
      const mask = new Uint8Array(beam.length);
      for (let k = 0; k < mask.length; k++) mask[k] = beam[k] > pblimit ? 1 : 0;
      this.products.writeMask(style.masked, plane, mask);
    }
  }

  /** Makes what is left to make after CLEAN, and gives the products their names. */
  finish(summary: CleanSummary, addsModel = false): TcleanResult {
    const { choice } = this.plan;
    if (choice.options.restoration !== false) this.restore();
    this.maskProducts();
    const models = this.planeSet('model');
    const model = { planeCount: this.planeCount, read: (plane: number) => models.read(plane) };
    saveModel(this.context, this.plan, this.imager, model, addsModel);
    this.products.commit(historyOf(choice.options, choice.style.task));
    return {
      ...summary,
      control: choice.control,
      stokesCount: choice.stokes.length,
      fieldCount: 1,
      maxpsfsidelobe: this.sidelobe,
      beams: this.beams,
      sumwt: this.sums,
    };
  }

  /** Lets go of what is not finished. */
  discard(): void {
    this.products.discard();
  }

  close(): void {
    for (const { ms } of this.plan.data) ms.close();
  }

  run(): TcleanResult {
    try {
      this.makeFirstImages();
      return this.finish(this.clean());
    } catch (error) {
      this.discard();
      throw error;
    } finally {
      this.close();
    }
  }
}

/** The predictor of a field with another centre, for samples whose phases are those of this one. */
function predictedFrom(here: SkyPosition, there: SkyPosition, predict: Predictor): Predictor {
  const [away, back] = [uvwTurn(here, there), uvwTurn(there, here)];
  return (block) => {
    const { uvw, vis, rowCount, chanCount, scales } = block;
    const own = uvw.slice();
    const frequencies = Float64Array.from({ length: chanCount }, (_, chan) => scales[2 * chan] * SPEED_OF_LIGHT);
    for (let row = 0; row < rowCount; row++) turnRowInPlace({ turn: away }, uvw, row, vis, 0, []);
    predict(block);
    for (let row = 0; row < rowCount; row++)
      turnRowInPlace({ turn: back }, uvw, row, vis, 2 * row * chanCount, frequencies);
    uvw.set(own);
  };
}

/** The call, one parameter a line, as CASA notes it in the log table. */
export function historyOf(options: TcleanOptions, task: string): string[] {
  const lines = Object.entries(options).filter(([, value]) => value !== undefined && typeof value !== 'function');
  return [`taskname=${task}`, ...lines.map(([name, value]) => `${name.padEnd(11)} = ${pythonText(value)}`)];
}

/** A value as CASA's task log writes it; lists that stand for one text, as selections do, are that text again. */
function pythonText(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length < 2) return value.length === 0 ? '""' : pythonText(value[0]);
  return `[${value.map(pythonText).join(', ')}]`;
}
