import { type Context, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { arena, type SampleBlock } from '../../foundation/numeric/index.ts';
import type { ChosenMs } from './chosen-ms.ts';
import type { Facet } from './facets.ts';
import { bytesPerPlane, readSamples, type SampleRequest, type SampleSet, wavesPerMetre } from './sample-source.ts';

/** Samples of one plane in kernel memory; `scales` are wavelengths per metre, the same for u and v. */
export interface PlaneBlock extends SampleBlock {
  /** Hz in the image's frame, [chan] */
  readonly frequencies: Float64Array;
  /** In a mosaic, what all its rows belong to. */
  readonly facet?: Facet;
}

/** A pointing of a mosaic, or one facet of it. */
export interface MosaicPart {
  readonly pointing: number;
  readonly facetId?: number;
}

/** Gives the samples of a plane, again and again, from memory where they fit and else from the disk. */
export class SampleStore {
  private readonly context: Context;
  private readonly data: readonly ChosenMs[];
  private readonly request: SampleRequest;
  private cached: { first: number; end: number; sets: SampleSet[] } | undefined;
  /** Planes that are read together. */
  readonly groupSize: number;
  private readonly fits: boolean;

  constructor(context: Context, data: readonly ChosenMs[], request: SampleRequest, cacheBytes: number) {
    this.context = context;
    this.data = data;
    this.request = request;
    const each = bytesPerPlane(data, request.cube !== undefined);
    this.groupSize = Math.max(1, Math.floor(cacheBytes / each));
    this.fits = each <= cacheBytes;
  }

  /**
   * Calls `visit` with each block of the plane's samples; a block is valid during the call only.
   *
   * @param part in a mosaic, the only facet or pointing to visit
   */
  forPlane(plane: number, visit: (block: PlaneBlock) => void, part?: MosaicPart): void {
    for (const set of this.setsOf(plane, part?.pointing)) {
      if (plane < set.firstPlane || plane >= set.firstPlane + set.planeCount) continue;
      if (part && set.facet?.pointing !== part.pointing) continue;
      if (part?.facetId !== undefined && set.facet?.id !== part.facetId) continue;
      arena().scope((lease) => {
        const { rowCount, chansPerPlane } = set;
        const count = rowCount * chansPerPlane;
        const start = (plane - set.firstPlane) * count;
        const waves = wavesPerMetre(set, plane);
        const block = {
          frequencies: waves.map((value) => value * SPEED_OF_LIGHT * set.frameFactor),
          uvw: lease.float64(rowCount * 3),
          scales: lease.float64(chansPerPlane * 2),
          vis: lease.float32(count * 2),
          weight: lease.float32(count),
          facet: set.facet,
          rowCount,
          chanCount: chansPerPlane,
          chanStart: 0,
          chanEnd: chansPerPlane,
        };
        block.uvw.set(set.uvw);
        block.vis.set(set.vis.subarray(2 * start, 2 * (start + count)));
        block.weight.set(set.weight.subarray(start, start + count));
        for (let chan = 0; chan < chansPerPlane; chan++) block.scales.fill(waves[chan], 2 * chan, 2 * chan + 2);
        visit(block);
      });
    }
  }

  private setsOf(plane: number, pointing: number | undefined): Iterable<SampleSet> {
    if (!this.fits) return readSamples(this.context, this.data, this.request, this.groupOf(plane), pointing);
    if (!this.cached || plane < this.cached.first || plane >= this.cached.end) {
      this.cached = undefined;
      const [first, end] = this.groupOf(plane);
      this.cached = { first, end, sets: [...readSamples(this.context, this.data, this.request, [first, end])] };
    }
    return this.cached.sets;
  }

  private groupOf(plane: number): [number, number] {
    if (!this.request.cube) return [0, 1];
    const first = Math.floor(plane / this.groupSize) * this.groupSize;
    return [first, Math.min(this.request.cube.frequencies.length, first + this.groupSize)];
  }
}
