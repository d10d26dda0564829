import { fail, parseQuantity } from '../../foundation/base/index.ts';
import {
  type DensityGrid,
  densityInto,
  type Lease,
  type SampleBlock,
  weightByDensityInPlace,
} from '../../foundation/numeric/index.ts';
import type { Weighting } from './options.ts';
import type { MosaicPart, PlaneBlock } from './sample-store.ts';

/** Turns the weights of a block into imaging weights, in place. */
export type Weigher = (block: SampleBlock) => void;

/** Calls the visitor with every block of a plane; in a mosaic with those of one part, when it is given. */
export type BlockSource = (visit: (block: PlaneBlock) => void, part?: MosaicPart) => void;

export interface WeightChoice {
  readonly weighting: Weighting;
  readonly robust: number;
  readonly imsize: readonly [number, number];
  /** rad */
  readonly cell: number;
  readonly taper?: Taper;
  /** A cube's plane: CASA takes the nearest uv cell there, and truncates for continuum images. */
  readonly isCube: boolean;
}

/** The block with scales in density cells per metre: one cell is 1 / (imsize * cell) wavelengths. */
function inCells(block: SampleBlock, choice: WeightChoice, scales: Float64Array): SampleBlock {
  for (let chan = 0; chan < block.chanCount; chan++) {
    scales[2 * chan] = block.scales[2 * chan] * choice.imsize[0] * choice.cell;
    scales[2 * chan + 1] = block.scales[2 * chan + 1] * choice.imsize[1] * choice.cell;
  }
  return { ...block, scales };
}

/** A Gaussian taper of the weights in the uv plane: exp(-(au u² + 2 b uv + c v²)) with u, v in wavelengths. */
export interface Taper {
  readonly uu: number;
  readonly uv: number;
  readonly vv: number;
}

/**
 * Reads tclean's uvtaper: [bmaj, bmin, bpa] as angles on the sky (full widths), or one radius in wavelengths, e.g. '100klambda'
 * (half width of the taper at half maximum).
 *
 * @returns undefined when there is none
 */
export function parseTaper(uvtaper: string | readonly string[] | undefined): Taper | undefined {
  const words = (typeof uvtaper === 'string' ? [uvtaper] : [...(uvtaper ?? [])]).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const waves = /^([\d.eE+-]+)\s*([kM]?)lambda$/.exec(words[0]);
  if (waves) {
    const radius = Number(waves[1]) * (waves[2] === 'k' ? 1e3 : waves[2] === 'M' ? 1e6 : 1);
    const value = Math.LN2 / (radius * radius);
    return { uu: value, uv: 0, vv: value };
  }
  const major = parseQuantity(words[0], 'angle', 'arcsec');
  const minor = parseQuantity(words[1] ?? words[0], 'angle', 'arcsec');
  const angle = words[2] ? parseQuantity(words[2], 'angle', 'deg') : 0;
  const factor = (Math.PI * Math.PI) / (4 * Math.LN2);
  const [a, b] = [factor * major * major, factor * minor * minor];
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  // The major axis points to (east, north) = (sin, cos); u runs east, v north.
  return { uu: a * s * s + b * c * c, uv: (a - b) * s * c, vv: a * c * c + b * s * s };
}

function applyTaperInPlace(block: SampleBlock, taper: Taper): void {
  for (let row = 0; row < block.rowCount; row++) {
    for (let chan = 0; chan < block.chanCount; chan++) {
      const u = block.uvw[3 * row] * block.scales[2 * chan];
      const v = block.uvw[3 * row + 1] * block.scales[2 * chan];
      block.weight[row * block.chanCount + chan] *= Math.exp(
        -(taper.uu * u * u + 2 * taper.uv * u * v + taper.vv * v * v),
      );
    }
  }
}

/**
 * Prepares imaging weights for one plane: natural, uniform (weight over the weight in its uv cell) or Briggs' robust weights
 * (Briggs 1995, thesis, section 3.1.4), with cells and normalisation as CASA's VisImagingWeight has them.
 *
 * @param lease keeps the density grid
 * @param source read once, unless the weighting is natural
 */
export function prepareWeights(choice: WeightChoice, lease: Lease, source: BlockSource): Weigher {
  const { weighting, imsize, taper } = choice;
  const [sizeX, sizeY] = imsize;
  const finish: Weigher = (block) => {
    if (taper) applyTaperInPlace(block, taper);
  };
  if (weighting === 'natural') return finish;
  const density: DensityGrid = { values: lease.float64(sizeX * sizeY).fill(0), sizeX, sizeY, isNearest: choice.isCube };
  const scales = lease.float64(2 * 65_536);
  let total = 0;
  source((block) => {
    if (2 * block.chanCount > scales.length) fail('unsupported', 'A spectral window has more than 65536 channels.');
    total += densityInto(density, inCells(block, choice, scales));
  });
  let slope = 1;
  let offset = 0;
  if (weighting === 'briggs') {
    let squares = 0;
    for (const value of density.values) squares += value * value;
    slope = squares > 0 ? (5 * 10 ** -choice.robust) ** 2 / (squares / total) : 0;
    offset = 1;
  }
  return (block) => {
    weightByDensityInPlace(density, inCells(block, choice, scales), slope, offset);
    finish(block);
  };
}
