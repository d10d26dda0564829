import { convertDirection } from '../../astronomy/measures/index.ts';
import { type DirectionAxes, pixelToSky, skyToPixel } from './coordinates.ts';
import type { Image } from './image.ts';

/** What values between pixels are taken from. */
export type PixelSource = Pick<Image, 'sizeX' | 'sizeY' | 'readPlane' | 'readMask'>;

/** How values between pixels are found: the nearest, from four, or from sixteen with slopes (bicubic). */
export type Interpolation = 'nearest' | 'linear' | 'cubic';

/** Places in the image of the pixels of a plane of the target, NaN where there are none. */
export interface PlanePlaces {
  readonly width: number;
  readonly height: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export function placesOf(from: DirectionAxes, to: DirectionAxes, width: number, height: number): PlanePlaces {
  const [x, y] = [new Float64Array(width * height).fill(Number.NaN), new Float64Array(width * height).fill(Number.NaN)];
  const isTurned = from.system !== to.system;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const sky = pixelToSky(to, column, row);
      if (!sky) continue;
      const own = isTurned ? turned(sky, to.system, from.system) : sky;
      const place = skyToPixel(from, own);
      if (!place) continue;
      [x[row * width + column], y[row * width + column]] = place;
    }
  }
  return { width, height, x, y };
}

function turned({ lon, lat }: { lon: number; lat: number }, from: string, to: string): { lon: number; lat: number } {
  const [newLon, newLat] = convertDirection(lon, lat, from, to);
  return { lon: newLon, lat: newLat };
}

/** A plane with what of it is good; no mask: all. */
export interface MaskedPlane {
  readonly values: Float32Array;
  readonly good: Uint8Array;
}

/** How far a place may lie outside of the outer pixels' centres and still take their value. */
export const EDGE = 1e-6;

/** Share of four neighbours in a row in the value at `part` (0 to 1) between the middle two: a cubic with the slopes of their differences. */
function cubicShares(part: number): [number, number, number, number] {
  const [t, u] = [part, 1 - part];
  return [-0.5 * t * u * u, 1 + t * t * (1.5 * t - 2.5), 1 + u * u * (1.5 * u - 2.5), -0.5 * u * t * t];
}

/** The first of the two pixels beside a place, and the share of the second. */
function pairAt(place: number, size: number): [number, number] {
  const first = Math.max(0, Math.min(size - 2, Math.floor(place + EDGE)));
  return size === 1 ? [0, 0] : [first, place - first];
}

/** Bicubic value at a place inside; undefined where one of its sixteen pixels is masked. */
function cubicValue(source: Float32Array, mask: Uint8Array | undefined, sizeX: number, x: number, y: number) {
  const [left, below] = [Math.floor(x), Math.floor(y)];
  const [sharesX, sharesY] = [cubicShares(x - left), cubicShares(y - below)];
  let sum = 0;
  for (let row = 0; row < 4; row++) {
    const from = (below + row - 1) * sizeX + left - 1;
    for (let column = 0; column < 4; column++) {
      if (mask && mask[from + column] === 0) return undefined;
      sum += sharesY[row] * sharesX[column] * source[from + column];
    }
  }
  return sum;
}

/**
 * Values between pixels; a value that needs a masked pixel, or lies outside, is masked and 0. Beside the edge, cubic is linear, as
 * in casacore's Interpolate2D.
 */
export function resample(
  image: PixelSource,
  plane: number,
  places: PlanePlaces | undefined,
  method: Interpolation,
): MaskedPlane {
  const isNearest = method === 'nearest';
  const [source, mask] = [image.readPlane(plane), image.readMask(plane)];
  if (!places) return { values: source, good: mask ?? new Uint8Array(source.length).fill(1) };
  const { sizeX, sizeY } = image;
  const values = new Float32Array(places.x.length);
  const good = new Uint8Array(places.x.length);
  for (let k = 0; k < values.length; k++) {
    const [x, y] = [places.x[k], places.y[k]];
    // As in casacore, less than a pixel beyond the outer ones the line through the last two goes on.
    const reach = isNearest ? EDGE : 1;
    const isInside = x > -reach && y > -reach && x < sizeX - 1 + reach && y < sizeY - 1 + reach;
    if (!isInside) continue;
    if (method === 'cubic' && x >= 1 && y >= 1 && x < sizeX - 2 && y < sizeY - 2) {
      const value = cubicValue(source, mask, sizeX, x, y);
      if (value === undefined) continue;
      values[k] = value;
      good[k] = 1;
      continue;
    }
    const [left, shareX] = isNearest ? [Math.round(x), 0] : pairAt(x, sizeX);
    const [below, shareY] = isNearest ? [Math.round(y), 0] : pairAt(y, sizeY);
    let [sum, isGood] = [0, 1];
    for (let dy = 0; dy <= (Math.abs(shareY) > EDGE ? 1 : 0); dy++) {
      for (let dx = 0; dx <= (Math.abs(shareX) > EDGE ? 1 : 0); dx++) {
        const at = (below + dy) * sizeX + left + dx;
        const share = (dx ? shareX : 1 - shareX) * (dy ? shareY : 1 - shareY);
        if (mask && mask[at] === 0 && Math.abs(share) > 1e-6) isGood = 0;
        sum += share * source[at];
      }
    }
    if (!isGood) continue;
    values[k] = sum;
    good[k] = 1;
  }
  return { values, good };
}
