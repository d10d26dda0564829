import { fail } from '../../foundation/base/index.ts';
import type { WholeImageTerm } from './expression.ts';
import type { Image } from './image.ts';

/** Visits the values of a term at the pixels of a plane that are good in its own images. */
function visitPlane(
  { inner, images: used }: WholeImageTerm,
  images: readonly Image[],
  plane: number,
  visit: (value: number) => void,
): void {
  const at = (input: number) => (images[input].planeCount === 1 ? 0 : plane);
  const pixels = used.map((input) => images[input].readPlane(at(input)));
  const masks = used.map((input) => images[input].readMask(at(input)));
  const point = new Array<number>(images.length).fill(0);
  for (let k = 0; k < (pixels[0]?.length ?? 1); k++) {
    if (masks.some((mask) => mask !== undefined && mask[k] === 0)) continue;
    used.forEach((input, from) => {
      point[input] = pixels[from][k];
    });
    const value = inner(point);
    if (!Number.isNaN(value)) visit(value);
  }
}

function planesOf({ images: used }: WholeImageTerm, images: readonly Image[]): number {
  const counts = used.map((input) => images[input].planeCount);
  const most = Math.max(1, ...counts);
  const odd = used.find((input) => ![1, most].includes(images[input].planeCount));
  if (odd !== undefined) fail('usage', 'The images differ in their number of planes.', { file: images[odd].path });
  return most;
}

/**
 * Computes what stands for whole images in an expression (`max(IM0)`, `mean(IM0)` …), plane by plane over the pixels that are good in
 * the images of the term; inner terms come first.
 *
 * @source LEL of casacore: variances with N − 1
 */
export function computeWholeImageTerms(terms: readonly WholeImageTerm[], images: readonly Image[]): void {
  for (const term of terms) {
    let [count, sum, mean, squares, least, most] = [0, 0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let plane = 0; plane < planesOf(term, images); plane++) {
      visitPlane(term, images, plane, (value) => {
        count++;
        sum += value;
        const step = value - mean;
        mean += step / count;
        squares += step * (value - mean);
        least = Math.min(least, value);
        most = Math.max(most, value);
      });
    }
    const variance = count > 1 ? squares / (count - 1) : 0;
    const results = { min: least, max: most, sum, mean: sum / count, variance, stddev: Math.sqrt(variance) };
    term.value = count === 0 ? Number.NaN : results[term.kind];
  }
}
