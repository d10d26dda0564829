import {
  addProductInto,
  arena,
  isKernelArray,
  type Lease,
  type ListedPixels,
  pixelsAbove,
  type RadialProfile,
} from '../../foundation/numeric/index.ts';
import type { Facet, FacetPlan } from './facets.ts';
import { centreIndex, type GriddedPlane, type ImageGeometry, StandardGridder } from './gridder.ts';
import type { BlockSource, Weigher } from './imaging-weights.ts';
import { type BeamFactors, beamFactors } from './mosaic-psf.ts';
import { beamProfile, profileAt } from './primary-beam.ts';
import type { PlaneBlock } from './sample-store.ts';
import { SeenBeams } from './seen-beams.ts';

/** The weigher of a pointing's samples; what it needs is leased. */
export type PointingWeights = (lease: Lease, pointing: number) => Weigher;

/** A plane [y, x] of a mosaic before normalisation, and the imaging weight of each facet. */
interface FacetSum {
  readonly values: Float32Array;
  /** By facet id. */
  readonly sums: Float64Array;
}

/** How a mosaic's data weight the sky: what residuals are divided by. */
export interface Sensitivity {
  /** Response of the whole mosaic, sqrt(W / max W) with W = sum of w A², [y, x]. */
  readonly response: Float32Array;
  /** Largest W. */
  readonly most: number;
  /** What a sum of facets is multiplied by so that its noise is the same everywhere, [y, x]; 0 where nothing is imaged. */
  readonly scale: Float32Array;
}

/** Below this response a pixel is not imaged. */
const LEAST_RESPONSE = 1e-3;

/**
 * Images of many pointings at once: every facet's data are imaged for themselves where its primary beam reaches, and
 * added with the beam as weight, which is best for the noise (Cornwell 1988, A&A 202, 316; Sault, Staveley-Smith &
 * Brouw 1996, A&AS 120, 375). Planes have constant noise: what they show is the sky times the mosaic's response.
 *
 * Within a facet the w term is exact to first order about the facet's centre (Kogan & Greisen 2009, AIPS Memo 113), so
 * that sources far from the image's centre stand at their places.
 */
export class MosaicGridder {
  private readonly geometry: ImageGeometry;
  private readonly plan: FacetPlan;
  private readonly gridders = new Map<string, StandardGridder>();
  private readonly beams = new Map<string, RadialProfile>();
  private readonly seen: SeenBeams;
  private whole: StandardGridder | undefined;
  private kept: { readonly frequencyHz: number; readonly factors: BeamFactors } | undefined;

  constructor(geometry: ImageGeometry, plan: FacetPlan) {
    this.geometry = geometry;
    this.plan = plan;
    this.seen = new SeenBeams(geometry, plan.facets);
  }

  /** The sum over facets of A times its unnormalised dirty image, less what a model (sky times response) predicts. */
  image(
    source: BlockSource,
    weights: PointingWeights,
    frequencyHz: number,
    model?: { readonly values: Float32Array; readonly response: Float32Array },
  ): FacetSum {
    const sky = model && this.trueSky(model.values, model.response);
    return this.accumulate(source, weights, frequencyHz, (lease, facet, gridder, blocks) =>
      sky
        ? gridder.residual(blocks, asWeighed, this.cut(lease, facet, sky, frequencyHz), lease)
        : gridder.dirty(blocks, asWeighed, lease),
    );
  }

  /** How the weights of `image` see the sky. */
  sensitivity(sums: Float64Array, frequencyHz: number): Sensitivity {
    const { sizeX, sizeY } = this.geometry;
    const total = arena().scope((lease) => {
      const plane = lease.float32(sizeX * sizeY).fill(0);
      for (const facet of this.plan.facets) {
        const sum = sums[facet.id];
        if (sum > 0)
          this.addInto(plane, facet, { values: this.beamOver(facet, frequencyHz), factor: sum }, frequencyHz);
      }
      return plane.slice();
    });
    let most = 0;
    for (let k = 0; k < total.length; k++) if (total[k] > most) most = total[k];
    const response = new Float32Array(total.length);
    const scale = new Float32Array(total.length);
    for (let k = 0; k < total.length && most > 0; k++) {
      response[k] = Math.sqrt(total[k] / most);
      if (response[k] > LEAST_RESPONSE) scale[k] = 1 / (response[k] * most);
    }
    return { response, most, scale };
  }

  /** The facets' weights as they were if every pointing had the same. */
  evenSums(sums: Float64Array): Float64Array {
    const byPointing = new Float64Array(this.plan.pointingCount);
    for (const { id, pointing } of this.plan.facets) byPointing[pointing] += sums[id];
    const even = new Float64Array(sums.length);
    for (const { id, pointing } of this.plan.facets) if (sums[id] > 0) even[id] = sums[id] / byPointing[pointing];
    return even;
  }

  /** Divides a sum of facets by sqrt(W max W): the sky as the mosaic's response shows it, in the units of the data; the sum is used up. */
  flatNoise({ values }: FacetSum, { scale }: Sensitivity): Float32Array {
    for (let k = 0; k < values.length; k++) values[k] *= scale[k];
    return values;
  }

  /**
   * Point spread function for the flat-noise image, 1 in the centre: that of the samples, times what the beams make of it.
   *
   * @param known.place pixel of the source it is made for; undefined: the mean over the field
   * @param known.values fills a block's vis with what is imaged in the place of ones, in the scale of the PSF of ones
   */
  psf(
    source: BlockSource,
    weights: PointingWeights,
    frequencyHz: number,
    known: {
      readonly sums: Float64Array;
      readonly sensitivity: Sensitivity;
      readonly place?: readonly [number, number];
      readonly values?: (block: PlaneBlock) => void;
    },
  ): Float32Array {
    const { shares, coherence } = this.factors(frequencyHz, known);
    const { facets, pointingCount } = this.plan;
    const all: BlockSource = (visit) => {
      for (let pointing = 0; pointing < pointingCount; pointing++) {
        if (!facets.some((facet) => facet.pointing === pointing && shares[facet.id] > 0)) continue;
        arena().scope((lease) => {
          const weigh = weights(lease, pointing);
          source(
            (block) => {
              weigh(block);
              known.values?.(block);
              const share = block.facet ? shares[block.facet.id] : 0;
              for (let k = 0; k < block.weight.length; k++) block.weight[k] *= share;
              visit(block);
            },
            { pointing },
          );
        });
      }
    };
    this.whole ??= new StandardGridder(this.geometry);
    const { values } = known.values ? this.whole.dirty(all, asWeighed) : this.whole.psf(all, asWeighed);
    const centre = centreIndex(this.geometry);
    const peak = coherence[centre] * (known.values ? 1 : values[centre]);
    for (let k = 0; k < values.length; k++) values[k] = peak > 0 ? (values[k] * coherence[k]) / peak : 0;
    return values;
  }

  /** Beams change little from channel to channel: their factors are kept for 1 % in frequency. */
  private factors(
    frequencyHz: number,
    known: {
      readonly sums: Float64Array;
      readonly sensitivity: Sensitivity;
      readonly place?: readonly [number, number];
    },
  ): BeamFactors {
    if (this.kept && Math.abs(this.kept.frequencyHz / frequencyHz - 1) < 0.01) return this.kept.factors;
    const { cell } = this.geometry;
    const beamOf = (facet: Facet, x: number, y: number) =>
      profileAt(this.beamOf(facet, frequencyHz), cell * Math.hypot(x - facet.beamX, y - facet.beamY));
    const factors = beamFactors(this.geometry, this.plan.facets, known.sums, beamOf, known.sensitivity, known.place);
    if (known.sensitivity.most > 0) this.kept = { frequencyHz, factors };
    return factors;
  }

  /** What replaces a facet's samples by the prediction of a model (sky times response). */
  predictor(
    lease: Lease,
    model: { readonly values: Float32Array; readonly response: Float32Array },
    facet: Facet,
    frequencyHz: number,
  ): (block: PlaneBlock) => void {
    const sky = this.trueSky(model.values, model.response);
    const fill = arena().scope((inner) =>
      this.gridderOf(facet).predictor(lease, this.cut(inner, facet, sky, frequencyHz)),
    );
    return (block) => arena().scope((inner) => fill(aboutFacet(block, facet, inner)));
  }

  private accumulate(
    source: BlockSource,
    weights: PointingWeights,
    frequencyHz: number,
    image: (lease: Lease, facet: Facet, gridder: StandardGridder, blocks: BlockSource) => GriddedPlane,
  ): FacetSum {
    const { facets, pointingCount } = this.plan;
    const sums = new Float64Array(facets.length);
    return arena().scope((outer) => {
      const values = outer.float32(this.geometry.sizeX * this.geometry.sizeY).fill(0);
      for (let pointing = 0; pointing < pointingCount; pointing++) {
        const own = facets.filter((facet) => facet.pointing === pointing);
        if (own.length === 0) continue;
        arena().scope((lease) => {
          const weigh = weights(lease, pointing);
          for (const facet of own) {
            const blocks: BlockSource = (visit) =>
              source(
                (block) => {
                  weigh(block);
                  arena().scope((inner) => visit(aboutFacet(block, facet, inner)));
                },
                { pointing, facetId: facet.id },
              );
            arena().scope((inner) => {
              const part = image(inner, facet, this.gridderOf(facet), blocks);
              sums[facet.id] = part.sumOfWeights;
              const { values: own, sumOfWeights: factor } = part;
              if (factor > 0) this.addInto(values, facet, { values: own, factor }, frequencyHz);
            });
          }
        });
      }
      return { values: values.slice(), sums };
    });
  }

  /** Adds what a facet has, times a factor and its beam, to a plane in kernel memory. */
  private addInto(
    plane: Float32Array,
    facet: Facet,
    { values, factor }: { readonly values: Float32Array; readonly factor: number },
    frequencyHz: number,
  ): void {
    const { sizeX, sizeY } = this.geometry;
    arena().scope((lease) => {
      const take = (array: Float32Array) => {
        if (isKernelArray(array)) return array;
        const copy = lease.float32(array.length);
        copy.set(array);
        return copy;
      };
      const target = { values: plane.subarray(facet.startY * sizeX + facet.startX), stride: sizeX };
      const rows = Math.min(facet.sizeY, sizeY - facet.startY);
      const columns = Math.min(facet.sizeX, sizeX - facet.startX);
      const planes = [take(values), take(this.beamOver(facet, frequencyHz))] as const;
      addProductInto(target, planes, facet.sizeX, { rows, columns, factor });
    });
  }

  private gridderOf({ sizeX, sizeY }: Facet): StandardGridder {
    const key = `${sizeX} ${sizeY}`;
    const known = this.gridders.get(key) ?? new StandardGridder({ sizeX, sizeY, cell: this.geometry.cell });
    this.gridders.set(key, known);
    return known;
  }

  private beamOf({ kind, frequency }: Facet, planeFrequency: number): RadialProfile {
    const used = frequency ?? planeFrequency;
    const key = `${kind} ${used}`;
    const known = this.beams.get(key) ?? beamProfile(used, kind);
    this.beams.set(key, known);
    return known;
  }

  /** A facet's beam over its pixels, [y, x]. */
  private beamOver(facet: Facet, planeFrequency: number): Float32Array {
    const used = facet.frequency ?? planeFrequency;
    return this.seen.over(facet, used, this.beamOf(facet, used));
  }

  /** A facet's part of the sky, seen through its beam; leased. */
  private cut(lease: Lease, facet: Facet, { values, xs, ys }: ListedPixels, planeFrequency: number): Float32Array {
    const part = lease.float32(facet.sizeX * facet.sizeY).fill(0);
    const beam = this.beamOver(facet, planeFrequency);
    for (let k = 0; k < values.length; k++) {
      const [x, y] = [xs[k] - facet.startX, ys[k] - facet.startY];
      if (x < 0 || y < 0 || x >= facet.sizeX || y >= facet.sizeY) continue;
      part[y * facet.sizeX + x] = beam[y * facet.sizeX + x] * values[k];
    }
    return part;
  }

  /** What a model (sky times response) holds, as it is on the sky; a CLEAN model has few pixels. */
  private trueSky(model: Float32Array, response: Float32Array): ListedPixels {
    return arena().scope((lease) => {
      const plane = lease.float32(model.length);
      plane.set(model);
      const { values, xs, ys } = pixelsAbove(lease, plane, plane, this.geometry, 0);
      const sky = { values: values.slice(), xs: xs.slice(), ys: ys.slice() };
      for (let k = 0; k < values.length; k++) {
        const seen = response[ys[k] * this.geometry.sizeX + xs[k]];
        sky.values[k] = seen > LEAST_RESPONSE ? values[k] / seen : 0;
      }
      return sky;
    });
  }
}

const asWeighed: Weigher = () => {};

/** The block with u and v as seen from a facet's centre: w (n - 1) is linear there, u' = u - w l / n. */
function aboutFacet(block: PlaneBlock, facet: Facet, lease: Lease): PlaneBlock {
  const [l, m, n1] = facet.centre;
  const uvw = lease.float64(3 * block.rowCount);
  const [slopeL, slopeM] = [l / (1 + n1), m / (1 + n1)];
  for (let row = 0; row < block.rowCount; row++) {
    const w = block.uvw[3 * row + 2];
    uvw[3 * row] = block.uvw[3 * row] - w * slopeL;
    uvw[3 * row + 1] = block.uvw[3 * row + 1] - w * slopeM;
    uvw[3 * row + 2] = w;
  }
  return { ...block, uvw };
}
