import { skipped, type Verdict, verdict } from './block-report.ts';
import type { ImageResult } from './image-check.ts';

/** How a script that makes images ran. */
export interface RunFacts {
  /** Cubes that were cut to the channels around their line. */
  readonly cut: number;
  readonly seconds: number;
  /** How it stopped, as `; clause`; '' when it ran to its end. */
  readonly stop: string;
  /** Whether it ran as far as it could anywhere. */
  readonly ends: boolean;
}

/** The verdict on a script by the images that it had to make; one that cannot come to its first image anywhere is skipped. */
export function judgeImages(
  name: string,
  results: readonly ImageResult[],
  { cut, seconds, stop, ends }: RunFacts,
): Verdict {
  const ending = `${stop}; ${seconds.toFixed(0)} s`;
  if (results.length === 0 && ends) return skipped(`${name}: it comes to no image${ending}`);
  const faults = results.filter(({ fault }) => fault !== undefined);
  const deviation = ({ ratio }: ImageResult) => (Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : Math.abs(ratio - 1));
  const [worst] = [...results].sort((a, b) => deviation(b) - deviation(a));
  const parts = [`${results.length - faults.length} of ${results.length} images right`];
  if (worst && Number.isFinite(worst.ratio))
    parts.push(`worst flux ${worst.imagename}: ${(100 * (worst.ratio - 1)).toFixed(2)} %`);
  if (faults.length > 0) parts.push(`${faults[0].imagename} ${faults[0].fault}`);
  if (cut > 0) parts.push(`${cut} cubes cut to the channels around their line`);
  return verdict(ends && faults.length === 0, `${name}: ${parts.join('; ')}${ending}`);
}
