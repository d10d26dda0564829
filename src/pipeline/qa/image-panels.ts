import { ARCSEC } from '../../foundation/base/index.ts';
import type { Panel } from '../../foundation/plotting/index.ts';
import { beamOf, type Image, openImage, requireDirection } from '../images/index.ts';

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
      rmsJyPerBeam: robustSigma(samples),
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

function robustSigma(samples: readonly number[]): number {
  const sorted = Float64Array.from(samples).sort();
  const centre = sorted[sorted.length >> 1];
  const deviations = sorted.map((value) => Math.abs(value - centre)).sort();
  return 1.4826 * deviations[deviations.length >> 1];
}

/** Diagnostics 14 and 15: the plane with the brightest pixel of an image, in offsets from its centre. */
export function imagePanel(path: string, title: string, zoom = 1): Panel {
  const image = openImage(path);
  try {
    const plane = brightestPlane(image);
    const direction = requireDirection(image.coordinates, path);
    const half = Math.max(16, Math.floor(Math.min(image.sizeX, image.sizeY) / (2 * zoom)));
    const centreX = image.sizeX >> 1;
    const centreY = image.sizeY >> 1;
    const values = cutOut(image.readPlane(plane), image.sizeX, centreX - half, centreY - half, 2 * half);
    const [cellX, cellY] = direction.increment.map((radians) => radians / ARCSEC);
    const edges = (cell: number): [number, number] => [(-half - 0.5) * cell, (half - 0.5) * cell];
    const beam = beamOf(image.info, image.planeAxes(plane).chan, 0, image.stokesCount);
    const finite = values.filter((value) => Number.isFinite(value)).sort();
    return {
      title,
      x: { label: 'right ascension offset (arcsec)' },
      y: { label: 'declination offset (arcsec)' },
      series: [],
      raster: {
        values,
        width: 2 * half,
        height: 2 * half,
        xEdges: edges(cellX),
        yEdges: edges(cellY),
        range: [finite[Math.floor(0.001 * finite.length)] ?? 0, finite[finite.length - 1] ?? 1],
        unit: image.unit || 'relative',
        beam: beam ? { major: beam.major, minor: beam.minor, angle: (beam.positionAngle * Math.PI) / 180 } : undefined,
      },
    };
  } finally {
    image.close();
  }
}

function brightestPlane(image: Image): number {
  let best = 0;
  let peak = Number.NEGATIVE_INFINITY;
  for (let plane = 0; plane < image.planeCount; plane++) {
    for (const value of image.readPlane(plane)) {
      if (value > peak) {
        peak = value;
        best = plane;
      }
    }
  }
  return best;
}

function cutOut(values: Float32Array, sizeX: number, left: number, bottom: number, size: number): Float32Array {
  const out = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const start = (bottom + y) * sizeX + left;
    out.set(values.subarray(start, start + size), y * size);
  }
  return out;
}
