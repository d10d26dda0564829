import type { Context } from '../../foundation/base/index.ts';
import { arena, type Lease } from '../../foundation/numeric/index.ts';
import type { Facet } from './facets.ts';
import { centreIndex, StandardGridder } from './gridder.ts';
import {
  type BlockSource,
  DensitySource,
  parseTaper,
  prepareWeights,
  type Weigher,
  type WeightChoice,
} from './imaging-weights.ts';
import { MosaicGridder, type Sensitivity } from './mosaic-gridder.ts';
import type { ImagingPlan } from './plan.ts';
import { primaryBeamPlane } from './primary-beam.ts';
import { type PlaneBlock, SampleStore } from './sample-store.ts';
import { handCount } from './stokes.ts';

/** What is known of a plane before it is cleaned; planes [y, x]. */
export interface FirstImages {
  /** 1 in the centre */
  readonly psf: Float32Array;
  readonly dirty: Float32Array;
  /** Primary beam, or a mosaic's response. */
  readonly response: Float32Array;
  /** Sum of imaging weights. */
  readonly sumOfWeights: number;
  /** What only a mosaic has. */
  readonly mosaic?: {
    /** Response were all its pointings observed alike. */
    readonly coverage: Float32Array;
    /** Largest sum of w A² over the sum of w. */
    readonly peakWeight: number;
  };
}

/** Replaces a block's vis by what a model predicts; the phases are those of the image's centre, or of the block's facet. */
export type Predictor = (block: PlaneBlock) => void;

/** Makes what replaces a block's vis; called once for all blocks, in a mosaic once for those of a facet. */
export type VisMaker = (lease: Lease, facet?: Facet) => Predictor;

/** Makes the images of single planes [chan, stokes] from the samples: the part of a run that depends on the gridder. */
export interface PlaneImager {
  first(plane: number): FirstImages;
  /** Residual of a model, both in the scale of the dirty image. */
  residual(plane: number, model: Float32Array): Float32Array;
  /** Prediction of a model in the scale of the dirty image; in a mosaic for one facet. What it needs is leased. */
  predictor(lease: Lease, plane: number, model: Float32Array, facet?: Facet): Predictor;
  /** Image of other values in the place of the samples', in the scale of the dirty image; after `first`. */
  imageOf(plane: number, values: VisMaker): Float32Array;
  /** The same in the scale and with the beams of the PSF. */
  psfOf(plane: number, values: Predictor): Float32Array;
}

/** The samples with other values; what makes them is leased while the source is read. */
function withValues(source: BlockSource, values: VisMaker): BlockSource {
  return (visit, part) =>
    arena().scope((lease) => {
      const makers = new Map<Facet | undefined, Predictor>();
      source((block) => {
        const make = makers.get(block.facet) ?? values(lease, block.facet);
        makers.set(block.facet, make);
        make(block);
        visit(block);
      }, part);
    });
}

/**
 * The imager that a plan asks for.
 *
 * @param cacheBytes of samples that are kept between passes
 */
export function makePlaneImager(context: Context, plan: ImagingPlan, cacheBytes: number): PlaneImager {
  const { stokes } = plan.choice;
  const imagers = stokes.map((one) => {
    const { store, densities } = samplesOf(context, plan, one, cacheBytes / stokes.length);
    return plan.request.facets ? new MosaicPlanes(plan, store, densities) : new SinglePlanes(plan, store, densities);
  });
  return imagers.length === 1 ? imagers[0] : new StokesPlanes(imagers);
}

/** The samples of one Stokes parameter of a plan, and the densities that weigh them. */
export function samplesOf(
  context: Context,
  plan: ImagingPlan,
  stokes: ImagingPlan['request']['stokes'],
  cacheBytes: number,
): { readonly store: SampleStore; readonly densities: DensitySource } {
  const request = { ...plan.request, stokes };
  const store = new SampleStore(context, plan.data, request, cacheBytes);
  const all = new SampleStore(context, plan.data, { ...request, cube: undefined }, 0);
  const ofAll: BlockSource = (visit, part) => all.forPlane(0, visit, part);
  const densities = new DensitySource(
    (plane) => (visit, part) => store.forPlane(plane, visit, part),
    plan.choice.isCube && plan.choice.sharesDensity ? ofAll : undefined,
  );
  return { store, densities };
}

/** Several Stokes parameters, each with an imager whose planes are channels. */
class StokesPlanes implements PlaneImager {
  private readonly imagers: readonly PlaneImager[];

  constructor(imagers: readonly PlaneImager[]) {
    this.imagers = imagers;
  }

  private at(plane: number): [imager: PlaneImager, chan: number] {
    const count = this.imagers.length;
    return [this.imagers[plane % count], Math.floor(plane / count)];
  }

  first(plane: number): FirstImages {
    const [imager, chan] = this.at(plane);
    return imager.first(chan);
  }

  residual(plane: number, model: Float32Array): Float32Array {
    const [imager, chan] = this.at(plane);
    return imager.residual(chan, model);
  }

  predictor(lease: Lease, plane: number, model: Float32Array, facet?: Facet): Predictor {
    const [imager, chan] = this.at(plane);
    return imager.predictor(lease, chan, model, facet);
  }

  imageOf(plane: number, values: VisMaker): Float32Array {
    const [imager, chan] = this.at(plane);
    return imager.imageOf(chan, values);
  }

  psfOf(plane: number, values: Predictor): Float32Array {
    const [imager, chan] = this.at(plane);
    return imager.psfOf(chan, values);
  }
}

export function weightChoice({ choice, planeFrequencies }: ImagingPlan): WeightChoice {
  const { weighting, robust, imsize, cell, isCube, options, boxPixels, noise, sharesDensity } = choice;
  const [first, last] = [planeFrequencies[0], planeFrequencies[planeFrequencies.length - 1]];
  return {
    ...{ weighting, robust, noise, imsize, boxPixels, cell },
    taper: parseTaper(options.uvtaper),
    isPerChannel: isCube && !sharesDensity,
    handCount: handCount(choice.stokes),
    fractionalBandwidth: (2 * Math.abs(last - first)) / (last + first),
  };
}

/** One primary beam: all samples on one grid. */
class SinglePlanes implements PlaneImager {
  private readonly plan: ImagingPlan;
  private readonly store: SampleStore;
  private readonly gridder: StandardGridder;
  private readonly weights: WeightChoice;
  private readonly densities: DensitySource;

  constructor(plan: ImagingPlan, store: SampleStore, densities: DensitySource) {
    this.plan = plan;
    this.store = store;
    this.densities = densities;
    this.gridder = new StandardGridder(plan.geometry);
    this.weights = weightChoice(plan);
  }

  private source(plane: number): BlockSource {
    return (visit) => this.store.forPlane(plane, visit);
  }

  first(plane: number): FirstImages {
    const { geometry, planeFrequencies, dish } = this.plan;
    const source = this.source(plane);
    return arena().scope((lease) => {
      const weigh = prepareWeights(this.weights, lease, this.densities.measure(plane, lease));
      const psf = this.gridder.psf(source, weigh);
      const peak = psf.values[centreIndex(geometry)];
      const dirty = this.gridder.dirty(source, weigh);
      if (peak > 0) for (let k = 0; k < psf.values.length; k++) psf.values[k] /= peak;
      return {
        psf: psf.values,
        dirty: dirty.values,
        response: primaryBeamPlane(geometry, planeFrequencies[plane], dish),
        sumOfWeights: psf.sumOfWeights,
      };
    });
  }

  residual(plane: number, model: Float32Array): Float32Array {
    const source = this.source(plane);
    return arena().scope(
      (lease) =>
        this.gridder.residual(source, prepareWeights(this.weights, lease, this.densities.measure(plane, lease)), model)
          .values,
    );
  }

  predictor(lease: Lease, _plane: number, model: Float32Array): Predictor {
    return this.gridder.predictor(lease, model);
  }

  imageOf(plane: number, values: VisMaker): Float32Array {
    const source = this.source(plane);
    return arena().scope((lease) => {
      const weigh = prepareWeights(this.weights, lease, this.densities.measure(plane, lease));
      return this.gridder.dirty(withValues(source, values), weigh).values;
    });
  }

  psfOf(plane: number, values: Predictor): Float32Array {
    return this.imageOf(plane, () => values);
  }
}

/** Responses of planes that a mosaic keeps. */
const MOST_RESPONSE_BYTES = 128 * 1024 * 1024;

/** Several pointings under one response. */
class MosaicPlanes implements PlaneImager {
  private readonly plan: ImagingPlan;
  private readonly store: SampleStore;
  private readonly gridder: MosaicGridder;
  private readonly weights: WeightChoice;
  private readonly densities: DensitySource;
  /** Imaging weights of the facets, by plane. */
  private readonly sums: Float64Array[] = [];
  /** By plane, of the first planes alone where all have no room. */
  private readonly sensitivities: Sensitivity[] = [];

  constructor(plan: ImagingPlan, store: SampleStore, densities: DensitySource) {
    this.plan = plan;
    this.store = store;
    this.densities = densities;
    this.gridder = new MosaicGridder(plan.geometry, plan.request.facets!);
    this.weights = weightChoice(plan);
  }

  private source(plane: number): BlockSource {
    return (visit, part) => this.store.forPlane(plane, visit, part);
  }

  private sensitivityOf(plane: number): Sensitivity {
    const known = this.sensitivities[plane];
    if (known) return known;
    const made = this.gridder.sensitivity(this.sums[plane], this.plan.planeFrequencies[plane]);
    if ((plane + 1) * 2 * made.response.byteLength <= MOST_RESPONSE_BYTES) this.sensitivities[plane] = made;
    return made;
  }

  /** Calls `work` with the weights of single pointings: densities of each pointing alone, or of all. */
  private withWeights<T>(plane: number, work: (weights: (lease: Lease, pointing: number) => Weigher) => T): T {
    if (this.plan.choice.weighsPointingsApart)
      return work((lease, pointing) =>
        prepareWeights(this.weights, lease, this.densities.measure(plane, lease, pointing)),
      );
    return arena().scope((lease) => {
      const weigh = prepareWeights(this.weights, lease, this.densities.measure(plane, lease));
      return work(() => weigh);
    });
  }

  first(plane: number): FirstImages {
    const frequency = this.plan.planeFrequencies[plane];
    const source = this.source(plane);
    return this.withWeights(plane, (weights) => {
      const sum = this.gridder.image(source, weights, frequency);
      this.sums[plane] = sum.sums;
      const sensitivity = this.sensitivityOf(plane);
      const sumOfWeights = sum.sums.reduce((total, value) => total + value, 0);
      return {
        psf: this.gridder.psf(source, weights, frequency, { sums: sum.sums, sensitivity, place: this.plan.psfPlace }),
        dirty: this.gridder.flatNoise(sum, sensitivity),
        response: sensitivity.response,
        sumOfWeights,
        mosaic: {
          coverage: this.gridder.sensitivity(this.gridder.evenSums(sum.sums), frequency).response,
          peakWeight: sumOfWeights > 0 ? sensitivity.most / sumOfWeights : 0,
        },
      };
    });
  }

  residual(plane: number, model: Float32Array): Float32Array {
    const frequency = this.plan.planeFrequencies[plane];
    const sensitivity = this.sensitivityOf(plane);
    return this.withWeights(plane, (weights) => {
      const known = { values: model, response: sensitivity.response };
      return this.gridder.flatNoise(this.gridder.image(this.source(plane), weights, frequency, known), sensitivity);
    });
  }

  predictor(lease: Lease, plane: number, model: Float32Array, facet?: Facet): Predictor {
    const frequency = this.plan.planeFrequencies[plane];
    const { response } = this.sensitivityOf(plane);
    return this.gridder.predictor(lease, { values: model, response }, facet!, frequency);
  }

  imageOf(plane: number, values: VisMaker): Float32Array {
    const frequency = this.plan.planeFrequencies[plane];
    const sensitivity = this.sensitivityOf(plane);
    return this.withWeights(plane, (weights) =>
      this.gridder.flatNoise(
        this.gridder.image(withValues(this.source(plane), values), weights, frequency),
        sensitivity,
      ),
    );
  }

  psfOf(plane: number, values: Predictor): Float32Array {
    const frequency = this.plan.planeFrequencies[plane];
    const sums = this.sums[plane];
    const sensitivity = this.sensitivityOf(plane);
    const known = { sums, sensitivity, place: this.plan.psfPlace, values };
    return this.withWeights(plane, (weights) => this.gridder.psf(this.source(plane), weights, frequency, known));
  }
}
