import type { ProgressPort } from './context.ts';

/** Progress of a whole made of parts: what a part reports is shown as a share of the whole, under the part's title. */
export class NestedProgress implements ProgressPort {
  private readonly outer: ProgressPort;
  private low = 0;
  private high = 1;
  private title = '';

  constructor(outer: ProgressPort) {
    this.outer = outer;
  }

  /** Begins a part that takes the whole from `low` to `high`, 0…1. */
  enter(low: number, high: number, title: string): void {
    this.low = low;
    this.high = high;
    this.title = title;
    this.outer.update(low, title);
  }

  update(fraction: number, note?: string): void {
    const share = this.low + Math.min(1, Math.max(0, fraction)) * (this.high - this.low);
    this.outer.update(share, this.title || note);
  }
}

/** Begins a part on a port that can nest; on others it only reports where the part begins. */
export function enterPart(progress: ProgressPort, low: number, high: number, title: string): void {
  if (progress instanceof NestedProgress) progress.enter(low, high, title);
  else progress.update(low, title);
}
