import type { Interpolation } from './options.ts';

/** How one image channel is made of data channels: pairs of neighbours with the share of the second. */
export interface ChannelTerm {
  /** Lower data channel of the pair. */
  readonly chan: number;
  /** Share of channel `chan + 1`; 0 when only `chan` counts. */
  readonly share: number;
  /** Cubic interpolation: shares of four channels, the first of them, and where the pair's are for the weight. */
  readonly cubic?: { readonly first: number; readonly shares: readonly number[] };
}

/** Terms of each image channel; an empty list where there are no data. */
export type ChannelMap = readonly (readonly ChannelTerm[])[];

/** Finds the pair of data channels around a frequency; undefined outside the channel centres. */
function bracket(centres: ArrayLike<number>, frequency: number): ChannelTerm | undefined {
  const count = centres.length;
  const sign = count > 1 && centres[1] < centres[0] ? -1 : 1;
  if (count === 1) return frequency === centres[0] ? { chan: 0, share: 0 } : undefined;
  let low = 0;
  let high = count - 1;
  if (sign * (frequency - centres[0]) < 0 || sign * (frequency - centres[high]) > 0) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sign * (frequency - centres[middle]) >= 0) low = middle;
    else high = middle;
  }
  const share = (frequency - centres[low]) / (centres[high] - centres[low]);
  if (share === 1) return { chan: high, share: 0 };
  return { chan: low, share };
}

/** Shares of four evenly spaced values in their cubic polynomial at a place counted from the first (Lagrange). */
function cubicShares(place: number): number[] {
  const [a, b, c, d] = [place, place - 1, place - 2, place - 3];
  return [-(b * c * d) / 6, (a * c * d) / 2, -(a * b * d) / 2, (a * b * c) / 6];
}

/** The four neighbours of a place between `count` evenly spaced values, and their shares; undefined where there are not four. */
export function cubicAt(place: number, count: number): { first: number; shares: number[] } | undefined {
  if (count < 4) return undefined;
  const first = Math.min(count - 4, Math.max(0, Math.floor(place) - 1));
  return { first, shares: cubicShares(place - first) };
}

/**
 * Plans how data channels become image channels.
 *
 * 'nearest': each data channel goes to the image channel that holds its centre. 'linear': an image channel is interpolated
 * between the two data channels around it; where it is wider than twice a data channel, it is the mean of as many
 * interpolated points, evenly spread over its width, as data channels fit (CASA starts such points at the image
 * channel's edge instead; see docs/differences-from-casa.md). 'cubic': the same points, through four data channels.
 *
 * @param centres data channel centres in the image's frame, Hz, ascending or descending
 * @param dataWidth Hz, positive
 * @param image image channel centres, Hz, evenly spaced
 * @param imageWidth Hz, positive
 */
export function planChannels(
  centres: ArrayLike<number>,
  dataWidth: number,
  image: ArrayLike<number>,
  imageWidth: number,
  interpolation: Interpolation,
): ChannelMap {
  const map: ChannelTerm[][] = Array.from({ length: image.length }, () => []);
  if (interpolation === 'nearest' || centres.length === 1) {
    const step = image.length > 1 ? image[1] - image[0] : imageWidth;
    for (let chan = 0; chan < centres.length; chan++) {
      const place = Math.round((centres[chan] - image[0]) / step);
      if (place >= 0 && place < image.length) map[place].push({ chan, share: 0 });
    }
    return map;
  }
  const points = imageWidth > 2 * dataWidth ? Math.round(imageWidth / dataWidth) : 1;
  for (let k = 0; k < image.length; k++) {
    for (let point = 0; point < points; point++) {
      const term = bracket(centres, image[k] + ((point + 0.5) / points - 0.5) * imageWidth);
      if (!term) continue;
      const cubic = interpolation === 'cubic' ? cubicAt(term.chan + term.share, centres.length) : undefined;
      map[k].push(cubic ? { ...term, cubic } : term);
    }
  }
  return map;
}

/** Samples of some rows: visibilities of a Stokes parameter [row, chan, re/im] and weights [row, chan], 0 where flagged. */
export interface ChannelSamples {
  readonly vis: Float32Array;
  readonly weight: Float32Array;
  readonly chanCount: number;
}

/** Undefined where one of the four is flagged: the pair in the middle still gives a value then. */
function cubicValue({ vis, weight }: ChannelSamples, from: number, shares: readonly number[]): number[] | undefined {
  let [re, im] = [0, 0];
  for (let tap = 0; tap < 4; tap++) {
    if (!(weight[from + tap] > 0)) return undefined;
    re += shares[tap] * vis[2 * (from + tap)];
    im += shares[tap] * vis[2 * (from + tap) + 1];
  }
  return [re, im];
}

/**
 * Makes image channels of one row: the weighted mean of the terms, its weight their sum; a term with a flagged channel is left out.
 *
 * @param write called for image channels with weight
 */
export function mapRow(
  samples: ChannelSamples,
  row: number,
  map: ChannelMap,
  write: (place: number, re: number, im: number, weight: number) => void,
): void {
  const { vis, weight, chanCount } = samples;
  const start = row * chanCount;
  for (let place = 0; place < map.length; place++) {
    const terms = map[place];
    let [re, im, total] = [0, 0, 0];
    for (let k = 0; k < terms.length; k++) {
      const { chan, share, cubic } = terms[k];
      const at = start + chan;
      const left = weight[at];
      if (!(left > 0)) continue;
      if (share === 0) {
        re += left * vis[2 * at];
        im += left * vis[2 * at + 1];
        total += left;
        continue;
      }
      const right = weight[at + 1];
      if (!(right > 0)) continue;
      const w = left + share * (right - left);
      const value = cubic && cubicValue(samples, start + cubic.first, cubic.shares);
      if (value) {
        re += w * value[0];
        im += w * value[1];
        total += w;
        continue;
      }
      re += w * (vis[2 * at] + share * (vis[2 * at + 2] - vis[2 * at]));
      im += w * (vis[2 * at + 1] + share * (vis[2 * at + 3] - vis[2 * at + 1]));
      total += w;
    }
    if (total > 0) write(place, re / total, im / total, total);
  }
}
