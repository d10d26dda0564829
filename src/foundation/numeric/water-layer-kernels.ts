import { fail } from '../base/index.ts';
import { kernels, pointer } from './kernel-memory.ts';

/** A layer: its opacity at f is column f² (line / ((f² - centre)² + width f²) + continuum). */
export interface Layer {
  readonly column: number;
  readonly temperature: number;
  readonly centre: number;
  readonly line: number;
  readonly width: number;
  readonly continuum: number;
}

const CHANNELS = 4;
const TERMS = 6;

/** A radiometer's measurement, to be compared with many layers. */
export class LayerMisfit {
  private readonly samples: number;
  private readonly perChannel: number;
  private readonly measured: number;
  private readonly base: number;
  private readonly kernel: (...args: number[]) => number;

  /**
   * @param samples kernel array [f², background, emission terms a b c d; channel; sample of the channel]
   * @param measured kernel array [channel], K
   * @param base K that every channel sees besides
   */
  constructor(samples: Float64Array, measured: Float64Array, base: number) {
    this.perChannel = samples.length / (TERMS * CHANNELS);
    if (this.perChannel % 2 !== 0 || measured.length < CHANNELS) {
      fail('internal', 'LayerMisfit: four channels of an even number of samples are needed.');
    }
    // Looked up once: asking an array for its place takes longer than a call of the kernel.
    this.samples = pointer(samples);
    this.measured = pointer(measured);
    this.base = base;
    this.kernel = kernels().layerMisfit;
  }

  /**
   * Half the squared distance between measured and expected brightness, K². A sample brings
   * E + (B - E) exp(-opacity), with the background B and the emission E = a T + b + c / T + d / T³.
   */
  of({ column, temperature, centre, line, width, continuum }: Layer): number {
    const { kernel, samples, perChannel, measured, base } = this;
    return kernel(samples, perChannel, measured, base, column, temperature, centre, line, width, continuum);
  }
}
