import type { Image } from '../images/index.ts';
import type { ImagingChoice } from './options.ts';

/** Planes of one image product; kept in memory while they are few, and in the CASA image otherwise. */
export interface PlaneSet {
  read(plane: number): Float32Array;
  write(plane: number, values: Float32Array): void;
  /** Writes what is only in memory. */
  flush(): void;
}

const MEMORY_BYTES = 32 * 1024 * 1024;

/** Planes of an open image. */
export function planesOf(image: Image): PlaneSet {
  const isSmall = image.planeCount * image.sizeX * image.sizeY * 4 <= MEMORY_BYTES;
  if (!isSmall)
    return {
      read: (plane) => image.readPlane(plane),
      write: (plane, values) => image.writePlane(plane, values),
      flush() {},
    };
  const planes: (Float32Array | undefined)[] = [];
  return {
    read(plane) {
      planes[plane] ??= image.readPlane(plane);
      return planes[plane];
    },
    write(plane, values) {
      planes[plane] = values;
    },
    flush() {
      planes.forEach((values, plane) => {
        if (values) image.writePlane(plane, values);
      });
    },
  };
}

/** The plane of another image that belongs to one [chan, stokes] of a run; an image without an axis holds for all along it. */
export function planeIn(image: Image, plane: number, { stokes }: Pick<ImagingChoice, 'stokes'>): number {
  const chan = Math.min(image.chanCount - 1, Math.floor(plane / stokes.length));
  return image.planeIndex(chan, Math.min(image.stokesCount - 1, plane % stokes.length));
}
