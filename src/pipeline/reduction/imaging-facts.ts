import type { ChannelRange } from './line-finder.ts';
import type { RequestedLine } from './science-goal.ts';

/** One science window as it stands in calibrated.ms, possibly once per Execution Block. */
export interface ImagingWindow {
  /** Position among the science windows, 0… */
  readonly index: number;
  /** Window numbers in calibrated.ms. */
  readonly spwIds: readonly number[];
  readonly chanFreqs: ArrayLike<number>;
  readonly lines: readonly ChannelRange[];
  /** Predicted rms of one channel of a naturally weighted image, Jy/beam. */
  readonly channelNoiseJy: number;
  readonly edge: number;
}

/** Pointings of one target beside each other. */
export interface MosaicFacts {
  /** From the centre to the outermost pointing, rad. */
  readonly radiusRad: number;
  /** Directions of the pointings, rad, each once. */
  readonly pointings: readonly { readonly ra: number; readonly dec: number }[];
}

/** What the imaging plan needs to know of a target and its calibrated data. */
export interface ImagingFacts {
  readonly vis: string;
  readonly target: string;
  /** Its name as a part of file names, unlike that of any other target. */
  readonly label: string;
  /** Selection of its fields. */
  readonly field: string;
  /** Direction of the centre, rad, in this frame. */
  readonly ra: number;
  readonly dec: number;
  readonly frame: string;
  readonly mosaic?: MosaicFacts;
  /** It has an ephemeris. */
  readonly isMoving: boolean;
  readonly windows: readonly ImagingWindow[];
  /** Baseline lengths, m, sorted. */
  readonly lengths: Float64Array;
  readonly dishMetres: number;
  /** m/s to add to a TOPO velocity for the LSRK one, at the middle of the observation. */
  readonly lsrkShiftMs: number;
  readonly sourceLines: readonly RequestedLine[];
}

export interface ProductPlan {
  readonly kind: 'continuum' | 'cube';
  /** CASA image name without suffix. */
  readonly imagename: string;
  readonly target: string;
  readonly fits: string;
  readonly spwIds: readonly number[];
  readonly windowIndex?: number;
  readonly line?: string;
  readonly restFrequencyHz?: number;
  /** rms that the weights promise for natural weighting, Jy/beam. */
  readonly predictedRmsJy: number;
}

/** Size of the images. */
export interface ImageSize {
  readonly cellArcsec: number;
  readonly imsize: number;
  /** What the target and its primary beams take; the image may be smaller. */
  readonly wantedArcsec: number;
  /** Pixels over the expected beam. */
  readonly beamPixels: number;
  /** Radius of the circle that the continuum is cleaned in; of a mosaic the circle of one pointing. */
  readonly maskArcsec: number;
}
