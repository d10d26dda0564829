import type { Image } from '../images/index.ts';
import type { ImagingChoice } from './options.ts';

/** Planes of one image product; those used last are kept in memory, the others in the CASA image. */
export interface PlaneSet {
  read(plane: number): Float32Array;
  write(plane: number, values: Float32Array): void;
  /** Writes what is only in memory. */
  flush(): void;
}

/** Of one product; larger planes are not kept. */
const MEMORY_BYTES = 32 * 1024 * 1024;

interface KeptPlane {
  readonly values: Float32Array;
  /** Whether the image does not have it yet. */
  readonly isNew: boolean;
}

/** Planes of an open image. */
export function planesOf(image: Image): PlaneSet {
  const most = Math.floor(MEMORY_BYTES / (4 * image.sizeX * image.sizeY));
  /** The plane used last is the last one. */
  const kept = new Map<number, KeptPlane>();
  const keep = (plane: number, entry: KeptPlane) => {
    kept.delete(plane);
    kept.set(plane, entry);
    if (kept.size <= most) return;
    const [oldest, { values, isNew }] = [...kept][0];
    if (isNew) image.writePlane(oldest, values);
    kept.delete(oldest);
  };
  return {
    read(plane) {
      const entry = kept.get(plane) ?? { values: image.readPlane(plane), isNew: false };
      keep(plane, entry);
      return entry.values;
    },
    write(plane, values) {
      keep(plane, { values, isNew: true });
    },
    flush() {
      for (const [plane, { values, isNew }] of kept) {
        if (isNew) image.writePlane(plane, values);
        kept.set(plane, { values, isNew: false });
      }
    },
  };
}

/** The plane of another image that belongs to one [chan, stokes] of a run; an image without an axis holds for all along it. */
export function planeIn(image: Image, plane: number, { stokes }: Pick<ImagingChoice, 'stokes'>): number {
  const chan = Math.min(image.chanCount - 1, Math.floor(plane / stokes.length));
  return image.planeIndex(chan, Math.min(image.stokesCount - 1, plane % stokes.length));
}
