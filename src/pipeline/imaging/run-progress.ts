import type { Context, ProgressPort } from '../../foundation/base/index.ts';

/** Where the first images end and CLEAN ends, as shares of a run that cleans. */
const FIRST_END = 0.2;
const CLEAN_END = 0.97;

/**
 * Progress of an imaging run: its stages say how far they are and what they do; to that, whoever reads the data adds the scan, so that
 * one sees a pass of minutes move.
 */
export class RunProgress {
  /** For making the first images. */
  readonly first: ProgressPort;
  /** For CLEAN. */
  readonly clean: ProgressPort;
  /** For what reads the data, in any stage. */
  readonly reading: ProgressPort;

  constructor(port: ProgressPort, cleans: boolean) {
    let fraction = 0;
    let note = '';
    const stage = (from: number, to: number): ProgressPort => ({
      update(done, words = '') {
        fraction = from + (to - from) * done;
        note = words;
        port.update(fraction, note);
      },
    });
    this.first = stage(0, cleans ? FIRST_END : CLEAN_END);
    this.clean = stage(FIRST_END, CLEAN_END);
    this.reading = { update: (_done, scan) => port.update(fraction, `${note}, ${scan}`) };
  }
}

/** The context with another port for its progress. */
export function telling(context: Context, progress: ProgressPort): Context {
  return { ...context, progress };
}
