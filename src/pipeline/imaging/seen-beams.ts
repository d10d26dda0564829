import { type RadialProfile, radialProfileInto } from '../../foundation/numeric/index.ts';
import type { Facet } from './facets.ts';
import type { ImageGeometry } from './gridder.ts';

/** Beams of all facets that are kept together. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The beams of facets over their pixels. A pass over a plane asks for each several times: those of the last frequency are kept while
 * all facets have room, and else the last one.
 */
export class SeenBeams {
  private readonly cell: number;
  private readonly keepsAll: boolean;
  private readonly known = new Map<number, { readonly frequency: number; readonly values: Float32Array }>();

  constructor({ cell }: Pick<ImageGeometry, 'cell'>, facets: readonly Facet[]) {
    this.cell = cell;
    this.keepsAll = facets.reduce((sum, { sizeX, sizeY }) => sum + 4 * sizeX * sizeY, 0) <= MOST_BYTES;
  }

  /**
   * @param frequency of the beam, Hz
   * @param beam its response to a distance in rad
   * @returns [y, x], valid until the next call
   */
  over(facet: Facet, frequency: number, beam: RadialProfile): Float32Array {
    const known = this.known.get(facet.id);
    if (known?.frequency === frequency) return known.values;
    const values = known?.values ?? new Float32Array(facet.sizeX * facet.sizeY);
    const place = [facet.beamX - facet.startX, facet.beamY - facet.startY] as const;
    radialProfileInto(values, [facet.sizeX, facet.sizeY], place, this.cell, beam);
    if (!this.keepsAll) this.known.clear();
    this.known.set(facet.id, { frequency, values });
    return values;
  }
}
