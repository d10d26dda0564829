import { type FieldInfo, openMs, readMetadata, type Selection, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail, SPEED_OF_LIGHT, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

/** Pixels and facets that an image of some data would need. */
export interface ImagingAdvice {
  /** On each axis, with no factors but 2, 3 and 5. */
  readonly pixelCount: number;
  /** rad; two of them in the shortest fringe */
  readonly cellRad: number;
  /** On each axis, for sources far from the middle to keep their amplitudes. */
  readonly facetCount: number;
  /** The first chosen field, whose middle is that of the image. */
  readonly field: FieldInfo;
}

export interface AdviceOptions extends Selection {
  readonly vis: string;
  /** rad */
  readonly fieldOfView: number;
  /** Loss of amplitude that facets may leave, 0 to 1. */
  readonly amplitudeLoss: number;
}

const LEAST_PIXELS = 64;

/** What the good channels of a row have together, in wavelengths per metre. */
interface Waves {
  readonly count: number;
  readonly squares: number;
  readonly largest: number;
}

/** Weighted sums of products of u, v and w in wavelengths. */
class Fringes {
  longest = 0;
  weight = 0;
  uu = 0;
  uv = 0;
  uw = 0;
  vv = 0;
  vw = 0;
  ww = 0;

  /** u, v and w in metres, with the weight of a channel. */
  push(u: number, v: number, w: number, weight: number, { count, squares, largest }: Waves): void {
    this.longest = Math.max(this.longest, Math.abs(u) * largest, Math.abs(v) * largest);
    this.weight += weight * count;
    const scale = weight * squares;
    this.uu += scale * u * u;
    this.uv += scale * u * v;
    this.uw += scale * u * w;
    this.vv += scale * v * v;
    this.vw += scale * v * w;
    this.ww += scale * w * w;
  }

  /** Dispersion of w about the plane of u and v that fits it best, wavelengths. */
  get scatter(): number {
    const determinant = this.uu * this.vv - this.uv ** 2;
    if (determinant <= 0) return Math.sqrt(this.ww / this.weight);
    const a = (this.vv * this.uw - this.uv * this.vw) / determinant;
    const b = (this.uu * this.vw - this.uv * this.uw) / determinant;
    const squares = this.ww + a * a * this.uu + b * b * this.vv + 2 * a * b * this.uv - 2 * (a * this.uw + b * this.vw);
    return Math.sqrt(Math.max(0, squares) / this.weight);
  }
}

/** Of the chosen channels of a row without any flag. */
function wavesOf({ chanCount, corrCount, flag }: VisibilityChunk, row: number, perMetre: Float64Array): Waves {
  let [count, squares, largest] = [0, 0, 0];
  for (let chan = 0, at = row * chanCount * corrCount; chan < chanCount; chan++, at += corrCount) {
    let isGood = perMetre[chan] > 0;
    for (let corr = 0; corr < corrCount; corr++) if (flag[at + corr] === 1) isGood = false;
    if (!isGood) continue;
    count++;
    squares += perMetre[chan] ** 2;
    if (perMetre[chan] > largest) largest = perMetre[chan];
  }
  return { count, squares, largest };
}

/** @param perMetre wavelengths per metre of each channel, 0 of those that are not chosen */
function pushChunk(fringes: Fringes, chunk: VisibilityChunk, perMetre: Float64Array): void {
  const { corrCount, uvw } = chunk;
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.flagRow[row] === 1) continue;
    const first = chunk.weight[row * corrCount];
    const weight = (first + chunk.weight[(row + 1) * corrCount - 1]) / 2;
    if (weight <= 0) continue;
    fringes.push(uvw[3 * row], uvw[3 * row + 1], uvw[3 * row + 2], weight, wavesOf(chunk, row, perMetre));
  }
}

/** The least even number above an even one with no prime factors but 2, 3 and 5. */
function compositeAbove(even: number): number {
  for (let number = even + 2; ; number += 2) {
    let rest = number;
    for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
    if (rest === 1) return number;
  }
}

/**
 * Pixel size, pixels and facets for an image of the chosen data: `advise` of CASA's imager tool.
 *
 * The pixel is half of the shortest fringe of u or v. A facet of the size φ loses an amplitude of ε where φ = (32 ε)^¼ / sqrt(π w)
 * with w the dispersion of w about its best plane.
 *
 * @throws usage when nothing is selected; bad-data when all is flagged
 */
export function adviseImaging(context: Context, options: AdviceOptions): ImagingAdvice {
  const { vis, fieldOfView, amplitudeLoss, ...selection } = options;
  const ms = openMs(joinPath(context.cwd, vis));
  try {
    const metadata = readMetadata(ms);
    const { rows, channels } = selectRows(ms, selection, { metadata, warn: warningsOf(context, 'im') });
    if (rows.length === 0) fail('usage', 'The selection has no rows.', { file: vis });
    const fringes = new Fringes();
    let fieldId: number | undefined;
    for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
      context.checkAbort();
      fieldId ??= chunk.fieldId[0];
      const { chanFreqs } = metadata.spectralWindows[chunk.spwId];
      const perMetre = new Float64Array(chunk.chanCount);
      for (const [first, last] of channels.get(chunk.spwId) ?? [])
        for (let chan = first; chan <= last; chan++) perMetre[chan] = chanFreqs[chan] / SPEED_OF_LIGHT;
      pushChunk(fringes, chunk, perMetre);
      chunk.release();
    }
    if (fringes.longest === 0 || fieldId === undefined)
      return fail('bad-data', 'All selected data are flagged.', { file: vis });
    const cellRad = 0.5 / fringes.longest;
    const pixelCount = Math.max(LEAST_PIXELS, compositeAbove(2 * Math.trunc(fieldOfView / cellRad / 2)));
    const loss = Math.sqrt((Math.PI * fringes.scatter) / Math.sqrt(32 * amplitudeLoss));
    const facetCount = Math.max(1, Math.trunc(pixelCount * cellRad * loss));
    return { pixelCount, cellRad, facetCount, field: metadata.fields[fieldId] };
  } finally {
    ms.close();
  }
}
