import { fail } from '../../foundation/base/index.ts';
import { type Lease, solvePositiveInPlace } from '../../foundation/numeric/index.ts';
import type { Facet } from './facets.ts';
import type { ModelPlanes } from './model-column.ts';
import type { PlaneImager, Predictor } from './plane-imager.ts';
import type { PlaneBlock } from './sample-store.ts';

/**
 * Taylor terms of the spectrum (Rau & Cornwell 2011, A&A 532, A71): the sky at a frequency is the sum over t of I_t x^t
 * with x = (nu - nu0) / nu0, so I_1 / I_0 is the spectral index at nu0.
 */
export interface TaylorTerms {
  readonly count: number;
  /** nu0 in the image's frame, Hz */
  readonly referenceHz: number;
}

/** x of each channel of a block. */
function offsetsOf(block: PlaneBlock, { referenceHz }: TaylorTerms): Float64Array {
  return block.frequencies.map((frequency) => frequency / referenceHz - 1);
}

/** Calls `visit` with each sample and x^power of its channel. */
function eachSample(
  block: PlaneBlock,
  terms: TaylorTerms,
  power: number,
  visit: (at: number, x: number) => void,
): void {
  const powers = offsetsOf(block, terms).map((x) => x ** power);
  for (let row = 0; row < block.rowCount; row++)
    for (let chan = 0; chan < block.chanCount; chan++) visit(row * block.chanCount + chan, powers[chan]);
}

/** Fills a block's vis with x^power: what the PSF of that moment images. */
export function fillMoment(block: PlaneBlock, terms: TaylorTerms, power: number): void {
  eachSample(block, terms, power, (at, x) => {
    block.vis[2 * at] = x;
    block.vis[2 * at + 1] = 0;
  });
}

/** Multiplies a block's vis with x^power. */
export function weighByMoment(block: PlaneBlock, terms: TaylorTerms, power: number): void {
  if (power === 0) return;
  eachSample(block, terms, power, (at, x) => {
    block.vis[2 * at] *= x;
    block.vis[2 * at + 1] *= x;
  });
}

/** The models of all terms as the writer of MODEL_DATA needs them: one plane, predicted with its spectrum. */
export function taylorModel(
  imager: Pick<PlaneImager, 'predictor'>,
  terms: TaylorTerms,
  models: readonly Float32Array[],
): { readonly imager: Pick<PlaneImager, 'predictor'>; readonly planes: ModelPlanes } {
  return {
    imager: { predictor: (lease, _plane, _model, facet) => taylorPredictor(imager, terms, models, lease, facet) },
    planes: { planeCount: 1, read: () => models[0] },
  };
}

/** What replaces a block's vis by the prediction of all terms' models; the transforms are leased. */
export function taylorPredictor(
  imager: Pick<PlaneImager, 'predictor'>,
  terms: TaylorTerms,
  models: readonly Float32Array[],
  lease: Lease,
  facet?: Facet,
): Predictor {
  const predictors = models.map((model) =>
    model.some((value) => value !== 0) ? imager.predictor(lease, 0, model, facet) : undefined,
  );
  return (block) => {
    const total = new Float32Array(block.vis.length);
    predictors.forEach((predict, power) => {
      if (!predict) return;
      predict(block);
      eachSample(block, terms, power, (at, x) => {
        total[2 * at] += x * block.vis[2 * at];
        total[2 * at + 1] += x * block.vis[2 * at + 1];
      });
    });
    block.vis.set(total);
  };
}

/** The Hessian of the terms at a source: element (t, q) is the value of the PSF of moment t + q there; [t, q]. */
export function hessianOf(peaks: ArrayLike<number>, count: number): Float64Array {
  return Float64Array.from({ length: count * count }, (_, k) => peaks[Math.floor(k / count) + (k % count)]);
}

/**
 * Inverse of a Hessian [t, q].
 *
 * @throws bad-data when the frequencies do not determine the terms
 */
export function invertHessian(hessian: Float64Array, count: number): Float64Array {
  const inverse = new Float64Array(count * count);
  for (let term = 0; term < count; term++) {
    const column = Float64Array.from({ length: count }, (_, k) => (k === term ? 1 : 0));
    const isSolved = solvePositiveInPlace(hessian.slice(), column);
    if (!isSolved || !column.every(Number.isFinite))
      fail(
        'bad-data',
        `The selected frequencies do not determine ${count} Taylor terms; take a smaller nterms or more spectral windows.`,
      );
    column.forEach((value, row) => {
      inverse[row * count + term] = value;
    });
  }
  return inverse;
}

/** Coefficients of the terms that a residual alone would mean, pixel by pixel: the inverse Hessian times the residuals. */
export function principalSolution(residuals: readonly Float32Array[], inverse: Float64Array): Float32Array[] {
  const count = residuals.length;
  return residuals.map((first, term) => {
    const plane = new Float32Array(first.length);
    for (let k = 0; k < plane.length; k++) {
      let sum = 0;
      for (let q = 0; q < count; q++) sum += inverse[term * count + q] * residuals[q][k];
      plane[k] = sum;
    }
    return plane;
  });
}
