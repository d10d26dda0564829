import { robustScatter } from '../../foundation/numeric/index.ts';
import { beamOf, openImage } from '../images/index.ts';

/** Numbers of an image product that the report states. */
export interface ImageNumbers {
  readonly beamMajorArcsec: number;
  readonly beamMinorArcsec: number;
  readonly beamPaDeg: number;
  /** 1.4826 times the median absolute deviation over all planes, Jy/beam. */
  readonly rmsJyPerBeam: number;
  readonly peakJyPerBeam: number;
  readonly channelHz: number;
  readonly chanCount: number;
  readonly frequencyHz: number;
}

/** Beam, noise and peak of a CASA image. */
export function measureImage(path: string): ImageNumbers {
  const image = openImage(path);
  try {
    const beam = beamOf(image.info, image.chanCount >> 1, 0, image.stokesCount);
    const samples: number[] = [];
    let peak = Number.NEGATIVE_INFINITY;
    const stride = Math.max(1, Math.floor((image.sizeX * image.sizeY * image.planeCount) / 400_000));
    for (let plane = 0; plane < image.planeCount; plane++) {
      const values = image.readPlane(plane);
      const mask = image.readMask(plane);
      for (let pixel = 0; pixel < values.length; pixel++) {
        if ((mask && !mask[pixel]) || Number.isNaN(values[pixel])) continue;
        if (values[pixel] > peak) peak = values[pixel];
        if (pixel % stride === 0) samples.push(values[pixel]);
      }
    }
    const spectral = image.coordinates.spectral;
    return {
      beamMajorArcsec: beam?.major ?? Number.NaN,
      beamMinorArcsec: beam?.minor ?? Number.NaN,
      beamPaDeg: beam?.positionAngle ?? Number.NaN,
      rmsJyPerBeam: robustScatter(samples),
      peakJyPerBeam: peak,
      channelHz: Math.abs(spectral?.increment ?? Number.NaN),
      chanCount: image.chanCount,
      frequencyHz: spectral
        ? spectral.reference + spectral.increment * ((image.chanCount - 1) / 2 - spectral.referencePixel)
        : Number.NaN,
    };
  } finally {
    image.close();
  }
}
