import { arena, type Lease } from '../../foundation/numeric/index.ts';
import type { Facet, FacetPlan } from './facets.ts';
import { centreIndex, type GriddedPlane, type ImageGeometry, StandardGridder } from './gridder.ts';
import type { BlockSource, Weigher } from './imaging-weights.ts';
import { type BeamFactors, beamFactors } from './mosaic-psf.ts';
import { tabulatedBeam } from './primary-beam.ts';
import type { PlaneBlock } from './sample-store.ts';
import { SeenBeams } from './seen-beams.ts';

/** The weigher of a pointing's samples; what it needs is leased. */
export type PointingWeights = (lease: Lease, pointing: number) => Weigher;

/** A plane [y, x] of a mosaic before normalisation, and the imaging weight of each facet. */
interface FacetSum {
  readonly values: Float64Array;
  /** By facet id. */
  readonly sums: Float64Array;
}

/** How a mosaic's data weight the sky: what residuals are divided by. */
export interface Sensitivity {
  /** Response of the whole mosaic, sqrt(W / max W) with W = sum of w A², [y, x]. */
  readonly response: Float32Array;
  /** Largest W. */
  readonly most: number;
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
  private readonly beams = new Map<string, (radius: number) => number>();
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
    const sky = model && trueSky(model.values, model.response);
    return this.accumulate(source, weights, frequencyHz, (facet, gridder, blocks) =>
      sky ? gridder.residual(blocks, asWeighed, this.cut(facet, sky, frequencyHz)) : gridder.dirty(blocks, asWeighed),
    );
  }

  /** How the weights of `image` see the sky. */
  sensitivity(sums: Float64Array, frequencyHz: number): Sensitivity {
    const { sizeX, sizeY } = this.geometry;
    const total = new Float64Array(sizeX * sizeY);
    for (const facet of this.plan.facets) {
      const sum = sums[facet.id];
      if (!(sum > 0)) continue;
      const beam = this.beamOver(facet, frequencyHz);
      this.eachRow(facet, (at, within, count) => {
        for (let x = 0; x < count; x++) total[at + x] += sum * beam[within + x] * beam[within + x];
      });
    }
    let most = 0;
    for (let k = 0; k < total.length; k++) if (total[k] > most) most = total[k];
    const response = new Float32Array(total.length);
    if (most > 0) for (let k = 0; k < total.length; k++) response[k] = Math.sqrt(total[k] / most);
    return { response, most };
  }

  /** The facets' weights as they were if every pointing had the same. */
  evenSums(sums: Float64Array): Float64Array {
    const byPointing = new Float64Array(this.plan.pointingCount);
    for (const { id, pointing } of this.plan.facets) byPointing[pointing] += sums[id];
    const even = new Float64Array(sums.length);
    for (const { id, pointing } of this.plan.facets) if (sums[id] > 0) even[id] = sums[id] / byPointing[pointing];
    return even;
  }

  /** Divides a sum of facets by sqrt(W max W): the sky as the mosaic's response shows it, in the units of the data. */
  flatNoise({ values }: FacetSum, { response, most }: Sensitivity): Float32Array {
    const plane = new Float32Array(values.length);
    for (let k = 0; k < plane.length; k++)
      if (response[k] > LEAST_RESPONSE) plane[k] = values[k] / (response[k] * most);
    return plane;
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
    if (known.values) return this.whole.dirty(all, asWeighed).values.map((value, k) => value * coherence[k]);
    const { values } = this.whole.psf(all, asWeighed);
    const peak = values[centreIndex(this.geometry)];
    return values.map((value, k) => (peak > 0 ? (value / peak) * coherence[k] : 0));
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
      this.beamOf(facet, frequencyHz)(cell * Math.hypot(x - facet.beamX, y - facet.beamY));
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
    const sky = trueSky(model.values, model.response);
    const fill = this.gridderOf(facet).predictor(lease, this.cut(facet, sky, frequencyHz));
    return (block) => arena().scope((inner) => fill(aboutFacet(block, facet, inner)));
  }

  private accumulate(
    source: BlockSource,
    weights: PointingWeights,
    frequencyHz: number,
    image: (facet: Facet, gridder: StandardGridder, blocks: BlockSource) => GriddedPlane,
  ): FacetSum {
    const { facets, pointingCount } = this.plan;
    const values = new Float64Array(this.geometry.sizeX * this.geometry.sizeY);
    const sums = new Float64Array(facets.length);
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
          const part = image(facet, this.gridderOf(facet), blocks);
          if (!(part.sumOfWeights > 0)) continue;
          sums[facet.id] = part.sumOfWeights;
          const beam = this.beamOver(facet, frequencyHz);
          this.eachRow(facet, (at, within, count) => {
            for (let x = 0; x < count; x++)
              values[at + x] += beam[within + x] * part.sumOfWeights * part.values[within + x];
          });
        }
      });
    }
    return { values, sums };
  }

  private gridderOf({ sizeX, sizeY }: Facet): StandardGridder {
    const key = `${sizeX} ${sizeY}`;
    const known = this.gridders.get(key) ?? new StandardGridder({ sizeX, sizeY, cell: this.geometry.cell });
    this.gridders.set(key, known);
    return known;
  }

  private beamOf({ kind, frequency }: Facet, planeFrequency: number): (radius: number) => number {
    const used = frequency ?? planeFrequency;
    const key = `${kind} ${used}`;
    const known = this.beams.get(key) ?? tabulatedBeam(used, kind);
    this.beams.set(key, known);
    return known;
  }

  /** A facet's beam over its pixels, [y, x]. */
  private beamOver(facet: Facet, planeFrequency: number): Float64Array {
    const used = facet.frequency ?? planeFrequency;
    return this.seen.over(facet, used, this.beamOf(facet, used));
  }

  /** Calls `visit` for each row of a facet's pixels with the index of its first pixel in the image and in the facet, and their count. */
  private eachRow(facet: Facet, visit: (at: number, within: number, count: number) => void): void {
    const { sizeX, sizeY } = this.geometry;
    const count = Math.min(facet.sizeX, sizeX - facet.startX);
    for (let y = 0; y < facet.sizeY && facet.startY + y < sizeY; y++)
      visit((facet.startY + y) * sizeX + facet.startX, y * facet.sizeX, count);
  }

  /** A facet's part of the sky, seen through its beam. */
  private cut(facet: Facet, sky: Float32Array, planeFrequency: number): Float32Array {
    const part = new Float32Array(facet.sizeX * facet.sizeY);
    const beam = this.beamOver(facet, planeFrequency);
    this.eachRow(facet, (at, within, count) => {
      for (let x = 0; x < count; x++) part[within + x] = beam[within + x] * sky[at + x];
    });
    return part;
  }
}

const asWeighed: Weigher = () => {};

function trueSky(values: Float32Array, response: Float32Array): Float32Array {
  const sky = new Float32Array(values.length);
  for (let k = 0; k < sky.length; k++) if (response[k] > LEAST_RESPONSE) sky[k] = values[k] / response[k];
  return sky;
}

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
