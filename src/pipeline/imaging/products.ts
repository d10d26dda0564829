import type { Context } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type Beam, type CoordinateSystem, createImage, type Image } from '../images/index.ts';

/** Extensions of the images that tclean writes. */
export const EXTENSIONS = ['psf', 'pb', 'residual', 'model', 'image', 'image.pbcor', 'mask', 'sumwt'] as const;
export type Extension = (typeof EXTENSIONS)[number];

/** Unit of each product, as CASA writes it. */
const UNITS: Readonly<Partial<Record<Extension, string>>> = {
  image: 'Jy/beam',
  'image.pbcor': 'Jy/beam',
  residual: 'Jy/beam',
  model: 'Jy/pixel',
};

/** Makes and keeps the images of one tclean run; they stand under a temporary name until `commit`. */
export class Products {
  private readonly context: Context;
  private readonly base: string;
  private readonly shape: readonly number[];
  private readonly coordinates: CoordinateSystem;
  private readonly objectName: string;
  private readonly open = new Map<Extension, Image>();

  constructor(
    context: Context,
    imagename: string,
    shape: readonly number[],
    coordinates: CoordinateSystem,
    objectName: string,
  ) {
    this.context = context;
    this.base = joinPath(context.cwd, imagename);
    this.shape = shape;
    this.coordinates = coordinates;
    this.objectName = objectName;
  }

  private partialPath(extension: Extension): string {
    return `${this.base}.${extension}.partial`;
  }

  /** Creates a product; sumwt has one pixel a plane. */
  create(extension: Extension): Image {
    const path = this.partialPath(extension);
    disk().remove(path);
    const isPoint = extension === 'sumwt';
    const image = createImage(path, {
      shape: isPoint ? [...this.shape.slice(0, -2), 1, 1] : this.shape,
      coordinates: isPoint ? atOrigin(this.coordinates) : this.coordinates,
      unit: UNITS[extension],
      info: { imageType: 'Intensity', objectName: this.objectName, beams: [] },
    });
    this.open.set(extension, image);
    return image;
  }

  /** Stores the beams in a product. */
  setBeams(extension: Extension, beams: readonly Beam[]): void {
    const image = this.open.get(extension);
    image?.setInfo({
      ...image.info,
      beams: beams.length > 1 && beams.length !== this.shape[0] ? beams.slice(0, 1) : beams,
    });
  }

  /** Masks pixels of products where `mask` is 0. */
  writeMask(extensions: readonly Extension[], plane: number, mask: Uint8Array): void {
    for (const extension of extensions) this.open.get(extension)?.writeMask(plane, mask);
  }

  /** Closes all products, notes how they were made, and gives them their names. */
  commit(history: readonly string[]): void {
    for (const [extension, image] of this.open) {
      image.addHistory(history, 'tclean');
      image.close();
      disk().remove(`${this.base}.${extension}`);
      disk().rename(this.partialPath(extension), `${this.base}.${extension}`);
    }
    this.context.log.post(
      `Wrote ${[...this.open.keys()].map((extension) => `${this.base}.${extension}`).join(', ')}.`,
      'INFO',
      'tclean',
    );
    this.open.clear();
  }

  /** Removes what was begun. */
  discard(): void {
    for (const [extension, image] of this.open) {
      image.close();
      disk().remove(this.partialPath(extension));
    }
    this.open.clear();
  }
}

function atOrigin(coordinates: CoordinateSystem): CoordinateSystem {
  const { direction } = coordinates;
  return direction ? { ...coordinates, direction: { ...direction, referencePixel: [0, 0] } } : coordinates;
}
