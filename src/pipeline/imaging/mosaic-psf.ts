import type { Facet } from './facets.ts';
import type { ImageGeometry } from './gridder.ts';
import type { Sensitivity } from './mosaic-gridder.ts';

/** What the beams make of a mosaic's point spread function. */
export interface BeamFactors {
  /** Share of each facet's samples in the PSF, by facet id. */
  readonly shares: Float64Array;
  /** What the PSF is multiplied by, [y, x]; 1 in the image's centre. */
  readonly coherence: Float32Array;
}

/** Positions of the source along an axis, and steps of the offset from it. */
const POSITIONS = 10;
const STEPS = 48;
/** Sources are put, and seen, where the response is above. */
const SOURCE_RESPONSE = 0.3;
const SEEN_RESPONSE = 0.1;

type BeamOf = (facet: Facet, x: number, y: number) => number;

function sourcePlaces({ sizeX, sizeY }: ImageGeometry, response: Float32Array): (readonly [number, number])[] {
  const places: (readonly [number, number])[] = [];
  const step = Math.max(1, Math.floor(Math.max(sizeX, sizeY) / POSITIONS));
  for (let y = Math.floor(step / 2); y < sizeY; y += step)
    for (let x = Math.floor(step / 2); x < sizeX; x += step)
      if (response[y * sizeX + x] > SOURCE_RESPONSE) places.push([x, y]);
  let best = 0;
  for (let k = 1; k < response.length; k++) if (response[k] > response[best]) best = k;
  if (places.length === 0) places.push([best % sizeX, Math.floor(best / sizeX)]);
  return places;
}

/**
 * In an image of constant noise a source at s shows at s + d the sum over pointings of w A(s) A(s + d) B(d) over
 * sqrt(W(s) W(s + d)), with B the pointing's own PSF. A CLEAN needs one PSF for all s: that with the least squares of errors for
 * sources of one flux density everywhere, which is the mean over them, weighted by the square of the response that they show with.
 * (Where 7 m dishes see beyond the beams of 12 m dishes, other samples make the PSF, but sources show faintly.)
 * (One pointing: B itself. CASA takes A(s + d) without the square root and so cleans with sidelobes that are too low.)
 *
 * @param sums imaging weight of each facet
 * @param place where the source is; undefined: everywhere in turn
 */
export function beamFactors(
  geometry: ImageGeometry,
  facets: readonly Facet[],
  sums: Float64Array,
  beamOf: BeamOf,
  { response, most }: Sensitivity,
  place?: readonly [number, number],
): BeamFactors {
  const { sizeX, sizeY } = geometry;
  const used = facets.filter(({ id }) => sums[id] > 0);
  const shares = new Float64Array(sums.length);
  const sources = (place ? [place] : sourcePlaces(geometry, response)).map(([x, y]) => {
    const root = response[y * sizeX + x] * Math.sqrt(most);
    const seen = used
      .map((facet) => ({ facet, amount: beamOf(facet, x, y) / root }))
      .filter(({ amount }) => amount !== 0);
    const weight = response[y * sizeX + x] ** 2;
    for (const { facet, amount } of seen) shares[facet.id] += weight * amount * amount;
    return { x, y, weight, seen };
  });
  const at = (dx: number, dy: number) => {
    let [sum, weights] = [0, 0];
    for (const { x, y, weight, seen } of sources) {
      const [px, py] = [x + dx, y + dy];
      if (px < 0 || py < 0 || px >= sizeX || py >= sizeY || !(response[py * sizeX + px] > SEEN_RESPONSE)) continue;
      let product = 0;
      for (const { facet, amount } of seen) product += sums[facet.id] * amount * beamOf(facet, px, py);
      sum += (weight * product) / (response[py * sizeX + px] * Math.sqrt(most));
      weights += weight;
    }
    return weights > 0 ? sum / weights : 0;
  };
  return { shares, coherence: interpolated(geometry, at) };
}

/** A function of pixel offsets from the centre over the whole image, evaluated on a coarse grid. */
function interpolated({ sizeX, sizeY }: ImageGeometry, value: (dx: number, dy: number) => number): Float32Array {
  const step = Math.max(1, Math.ceil(Math.max(sizeX, sizeY) / STEPS));
  const [halfX, halfY] = [Math.ceil((sizeX >> 1) / step), Math.ceil((sizeY >> 1) / step)];
  const width = 2 * halfX + 1;
  const coarse = new Float64Array(width * (2 * halfY + 1));
  for (let y = -halfY; y <= halfY; y++)
    for (let x = -halfX; x <= halfX; x++) coarse[(y + halfY) * width + x + halfX] = value(x * step, y * step);
  const plane = new Float32Array(sizeX * sizeY);
  for (let y = 0; y < sizeY; y++) {
    const placeY = (y - (sizeY >> 1)) / step + halfY;
    const row = Math.min(2 * halfY - 1, Math.floor(placeY));
    for (let x = 0; x < sizeX; x++) {
      const placeX = (x - (sizeX >> 1)) / step + halfX;
      const column = Math.min(2 * halfX - 1, Math.floor(placeX));
      const [fx, fy] = [placeX - column, placeY - row];
      const low = row * width + column;
      const lower = coarse[low] + fx * (coarse[low + 1] - coarse[low]);
      const upper = coarse[low + width] + fx * (coarse[low + width + 1] - coarse[low + width]);
      plane[y * sizeX + x] = lower + fy * (upper - lower);
    }
  }
  return plane;
}
