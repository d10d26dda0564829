/** A peak in a plane, between the pixels. */
export interface PlanePeak {
  readonly value: number;
  readonly x: number;
  readonly y: number;
}

/** Which peaks are looked for. */
export interface PeakChoice {
  /** At most so many, the highest. */
  readonly count: number;
  /** Those below this share of the highest are none. */
  readonly cutoff: number;
  /** Troughs count too, by how deep they are. */
  readonly withNegative: boolean;
}

/**
 * Finds local peaks, the highest first, troughs last: a pixel above its four neighbours, then the top of the quadratic surface that fits its nine
 * pixels best (weights 1, 1/2 and 1/4 for the middle, the sides and the corners), as CASA's ia.findsources does.
 *
 * @param values [y, x]
 * @param good 1 where a pixel counts; a peak needs nine of them that no earlier peak has taken
 */
export function findPeaks(
  values: Float32Array,
  width: number,
  good: Uint8Array | undefined,
  choice: PeakChoice,
): PlanePeak[] {
  const isTaken = Uint8Array.from({ length: values.length }, (_, at) => (good && !good[at] ? 1 : 0));
  const height = values.length / width;
  const found: PlanePeak[] = [];
  const highest = () => Math.abs(found[0]?.value ?? 0);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const sign = choice.withNegative && (values[at] as number) < 0 ? -1 : 1;
      const value = sign * (values[at] as number);
      const last = found.length < choice.count ? 0 : Math.abs(found.at(-1)?.value ?? 0);
      if (value < 0.8 * choice.cutoff * highest() || value < 0.8 * last) continue;
      const nine = NEIGHBOURS.map(({ dx, dy }) => at + dy * width + dx);
      if (nine.some((one) => isTaken[one])) continue;
      if ([1, 3, 5, 7].some((one) => value <= Math.abs(values[nine[one] as number] as number))) continue;
      const top = topOf(nine.map((one) => sign * (values[one] as number)));
      if (!top || top.value < choice.cutoff * highest()) continue;
      const place = found.findIndex((one) => top.value >= one.value);
      if (place < 0 && found.length >= choice.count) continue;
      found.splice(place < 0 ? found.length : place, 0, { value: sign * top.value, x: x + top.x, y: y + top.y });
      found.length = Math.min(found.length, choice.count);
      for (const one of nine) isTaken[one] = 1;
    }
  }
  return found.filter(({ value }) => Math.abs(value) >= choice.cutoff * highest());
}

const NEIGHBOURS = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dx, dy })));

/** The top of a + b dy + c dx + d dy² + e dx² + f dx dy, fitted to nine values; undefined where it is more than a pixel away. */
function topOf(nine: readonly number[]): PlanePeak | undefined {
  const sum = (weigh: (dx: number, dy: number) => number) =>
    NEIGHBOURS.reduce((total, { dx, dy }, index) => {
      const weight = (1 - Math.abs(dx) / 2) * (1 - Math.abs(dy) / 2);
      return total + weight * weigh(dx, dy) * (nine[index] as number);
    }, 0);
  // The weights make the columns of the fit independent but for the constant and the squares: sums of 1, x², x⁴, x²y² are 4, 2, 2, 1.
  const [flat, squareX, squareY] = [sum(() => 1), sum((dx) => dx * dx), sum((_, dy) => dy * dy)];
  const slopeX = sum((dx) => dx) / 2;
  const slopeY = sum((_, dy) => dy) / 2;
  const mixed = sum((dx, dy) => dx * dy);
  const bendX = squareX - flat / 2;
  const bendY = squareY - flat / 2;
  const level = flat / 4 - (bendX + bendY) / 2;
  const scale = mixed * mixed - 4 * bendX * bendY;
  if (scale === 0) return undefined;
  const x = (2 * slopeX * bendY - slopeY * mixed) / scale;
  const y = (2 * slopeY * bendX - slopeX * mixed) / scale;
  if (Math.abs(x) > 1 || Math.abs(y) > 1) return undefined;
  return { value: level + slopeX * x + slopeY * y + bendX * x * x + bendY * y * y + mixed * x * y, x, y };
}
