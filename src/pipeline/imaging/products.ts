import type { Context } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type Beam, type CoordinateSystem, createImage, type Image } from '../images/index.ts';
import type { RunStyle } from './options.ts';
import { type PlaneSet, planesOf } from './plane-set.ts';

/** Images of which a run with Taylor terms has one for each term. */
type TermImage = 'psf' | 'residual' | 'model' | 'image' | 'sumwt' | 'pb' | 'weight';

/** The images that a run makes, by what they are. */
export type Extension =
  | `${TermImage}.tt${number}`
  | `image.tt${number}.pbcor`
  | 'alpha'
  | 'alpha.error'
  | 'psf'
  | 'pb'
  | 'residual'
  | 'model'
  | 'image'
  | 'image.pbcor'
  | 'mask'
  | 'sumwt'
  | 'coverage'
  | 'weight';

/** Names of a task's products; a product without a name is not kept. */
const NAMES: Readonly<Record<RunStyle['task'], Readonly<Partial<Record<Extension, string>>>>> = {
  tclean: {
    ...{ psf: 'psf', pb: 'pb', residual: 'residual', model: 'model', image: 'image', mask: 'mask', sumwt: 'sumwt' },
    ...{ 'image.pbcor': 'image.pbcor', weight: 'weight', alpha: 'alpha', 'alpha.error': 'alpha.error' },
  },
  clean: {
    ...{ psf: 'psf', pb: 'flux', residual: 'residual', model: 'model', image: 'image', mask: 'mask' },
    ...{ coverage: 'flux.pbcoverage', alpha: 'image.alpha', 'alpha.error': 'image.alpha.error' },
  },
};

/** What an image is, and the end of its name that tells the term. */
function partsOf(extension: Extension): { kind: Extension; end: string } {
  const found = /^(\w+)(\.tt\d+)(\.pbcor)?$/.exec(extension);
  return found ? { kind: found[1] as Extension, end: found[2] + (found[3] ?? '') } : { kind: extension, end: '' };
}

function nameOf(task: RunStyle['task'], extension: Extension): string | undefined {
  const { kind, end } = partsOf(extension);
  const name = NAMES[task][kind];
  return name === undefined ? undefined : name + end;
}

/** Unit of each product, as CASA writes it. */
const UNITS: Readonly<Partial<Record<Extension, string>>> = {
  image: 'Jy/beam',
  'image.pbcor': 'Jy/beam',
  residual: 'Jy/beam',
  model: 'Jy/pixel',
};

/** Makes and keeps the images of one run; they stand under a temporary name until `commit`. */
export class Products {
  private readonly context: Context;
  private readonly base: string;
  private readonly shape: readonly number[];
  private readonly coordinates: CoordinateSystem;
  private readonly objectName: string;
  private readonly task: RunStyle['task'];
  private readonly open = new Map<Extension, Image>();
  private readonly planeSets = new Map<Extension, PlaneSet>();

  constructor(
    context: Context,
    imagename: string,
    shape: readonly number[],
    coordinates: CoordinateSystem,
    objectName: string,
    task: RunStyle['task'],
  ) {
    this.context = context;
    this.base = joinPath(context.cwd, imagename);
    this.shape = shape;
    this.coordinates = coordinates;
    this.objectName = objectName;
    this.task = task;
  }

  /** Whether the task keeps this product. */
  keeps(extension: Extension): boolean {
    return nameOf(this.task, extension) !== undefined;
  }

  /** Where a product will stand. */
  path(extension: Extension): string {
    return `${this.base}.${nameOf(this.task, extension) ?? extension}`;
  }

  private partialPath(extension: Extension): string {
    return `${this.path(extension)}.partial`;
  }

  /** The planes of a product, which is made when it is asked for first. */
  planes(extension: Extension): PlaneSet {
    const known = this.planeSets.get(extension);
    if (known) return known;
    const made = planesOf(this.create(extension));
    this.planeSets.set(extension, made);
    return made;
  }

  /** Creates a product; sumwt has one pixel a plane. */
  private create(extension: Extension): Image {
    const path = this.partialPath(extension);
    disk().remove(path);
    const { kind } = partsOf(extension);
    const isPoint = kind === 'sumwt';
    const image = createImage(path, {
      shape: isPoint ? [...this.shape.slice(0, -2), 1, 1] : this.shape,
      coordinates: isPoint ? atOrigin(this.coordinates) : this.coordinates,
      unit: UNITS[kind],
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
      beams: beams.length > 1 && beams.length !== this.shape[0] * this.shape[1] ? beams.slice(0, 1) : beams,
    });
  }

  /** Masks pixels of products where `mask` is 0. */
  writeMask(extensions: readonly Extension[], plane: number, mask: Uint8Array): void {
    for (const extension of extensions) this.open.get(extension)?.writeMask(plane, mask);
  }

  /** Closes all products, notes how they were made, and gives them their names. */
  commit(history: readonly string[]): void {
    const names: string[] = [];
    for (const planes of this.planeSets.values()) planes.flush();
    for (const [extension, image] of this.open) {
      image.addHistory(history, this.task);
      image.close();
      if (this.keeps(extension)) {
        disk().remove(this.path(extension));
        disk().rename(this.partialPath(extension), this.path(extension));
        names.push(this.path(extension));
      } else disk().remove(this.partialPath(extension));
    }
    this.context.log.post(`Wrote ${names.join(', ')}.`, 'INFO', this.task);
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
