import { parseQuantity } from '../../foundation/base/index.ts';
import type { Lease, SampleBlock } from '../../foundation/numeric/index.ts';
import type { Weighting } from './options.ts';
import type { MosaicPart, PlaneBlock } from './sample-store.ts';
import { type Density, type DensityChoice, densityWeigher, measureDensity } from './weight-density.ts';

/** Turns the weights of a block into imaging weights, in place. */
export type Weigher = (block: SampleBlock) => void;

/** Calls the visitor with every block of a plane; in a mosaic with those of one part, when it is given. */
export type BlockSource = (visit: (block: PlaneBlock) => void, part?: MosaicPart) => void;

export interface WeightChoice {
  readonly weighting: Weighting;
  readonly robust: number;
  /** Jy, of briggsabs */
  readonly noise: number;
  readonly imsize: readonly [number, number];
  /** tclean's npixels: 0, or the size of the uv box. */
  readonly boxPixels: number;
  /** rad */
  readonly cell: number;
  readonly taper?: Taper;
  /** Each channel of a cube has a density of its own. */
  readonly isPerChannel: boolean;
  /** Hands whose weights CASA adds up for a plane. */
  readonly handCount: number;
  /** Bandwidth of a cube over its middle frequency, for briggsbwtaper. */
  readonly fractionalBandwidth: number;
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

function applyRadiusInPlace(block: SampleBlock): void {
  for (let row = 0; row < block.rowCount; row++) {
    const radius = Math.hypot(block.uvw[3 * row], block.uvw[3 * row + 1]);
    for (let chan = 0; chan < block.chanCount; chan++)
      block.weight[row * block.chanCount + chan] *= radius * Math.abs(block.scales[2 * chan]);
  }
}

/** Half a side of superuniform's box when npixels does not say it. */
const SUPERUNIFORM_BOX = 3;

/**
 * The density grid as CASA makes it. The parameter npixels has three meanings there: the box of superuniform weights; for continuum
 * images the size of the density grid, whose cells are as much wider; for the channels of cubes a box again.
 */
function densityChoice({ weighting, imsize, boxPixels, cell, isPerChannel }: WeightChoice): DensityChoice {
  const isBox = weighting === 'superuniform' || isPerChannel;
  return {
    size: isBox || boxPixels === 0 ? imsize : [boxPixels, boxPixels],
    cell,
    isNearest: isPerChannel,
    box: weighting === 'superuniform' ? boxPixels || SUPERUNIFORM_BOX : isPerChannel ? boxPixels : 0,
  };
}

/**
 * The density as briggsbwtaper takes it: less by the number of cells that a sample crosses over the bandwidth of the cube, so that
 * channels weigh the long baselines as a continuum image does (CASA's documentation of cube weighting).
 */
function overBandwidth(density: Density, { size: [sizeX, sizeY] }: DensityChoice, bandwidth: number): Float64Array {
  const { values, box } = density;
  return values.map((value, at) => {
    const crossed =
      bandwidth *
      Math.hypot((at % box.width) + box.startX - (sizeX >> 1), Math.floor(at / box.width) + box.startY - (sizeY >> 1));
    const factor = crossed < 1 ? (4 - crossed) / (4 - 2 * crossed) : crossed + 0.5;
    return value / factor;
  });
}

/** Weights are divided by density * slope + offset (Briggs 1995, thesis, section 3.1.4). */
function robustness(choice: WeightChoice, { squares, total }: Density): [number, number] {
  const { weighting, robust, noise } = choice;
  // Densities of single channels hold both hands in CASA.
  const scale = choice.isPerChannel ? choice.handCount : 1;
  if (weighting === 'briggsabs') return [scale * robust ** 2, 2 * noise ** 2];
  if (!weighting.startsWith('briggs')) return [scale, 0];
  return [squares > 0 ? (5 * 10 ** -robust) ** 2 / (squares / total) : 0, 1];
}

/**
 * Prepares imaging weights for one plane: natural, radial (weight times uv distance), uniform (weight over the weight in its uv
 * cell) or Briggs' robust weights, with cells and normalisation as CASA has them.
 *
 * @param lease keeps the density grid
 * @param measure gives the density of the samples that the plane is weighted with
 */
export function prepareWeights(
  choice: WeightChoice,
  lease: Lease,
  measure: (choice: DensityChoice) => Density,
): Weigher {
  const { weighting, taper } = choice;
  const finish: Weigher = (block) => {
    if (weighting === 'radial') applyRadiusInPlace(block);
    if (taper) applyTaperInPlace(block, taper);
  };
  if (weighting === 'natural' || weighting === 'radial') return finish;
  const cells = densityChoice(choice);
  const density = measure(cells);
  const values =
    weighting === 'briggsbwtaper' ? overBandwidth(density, cells, choice.fractionalBandwidth) : density.values;
  const weigh = densityWeigher(cells, { values, box: density.box }, lease, ...robustness(choice, density));
  return (block) => {
    weigh(block);
    finish(block);
  };
}

/** Densities of planes, or of all channels together, which are measured once. */
export class DensitySource {
  private readonly ofPlane: (plane: number) => BlockSource;
  private readonly ofAll: BlockSource | undefined;
  private readonly known = new Map<number | undefined, Density>();
  /** The plane whose densities were asked for last: they serve each of its passes. */
  private plane = -1;

  /** @param ofAll the samples of all channels when the planes share a density */
  constructor(ofPlane: (plane: number) => BlockSource, ofAll: BlockSource | undefined) {
    this.ofPlane = ofPlane;
    this.ofAll = ofAll;
  }

  /** @param pointing in a mosaic, the only pointing whose samples count */
  measure(plane: number, lease: Lease, pointing?: number): (choice: DensityChoice) => Density {
    const all = this.ofAll ?? this.ofPlane(plane);
    const source: BlockSource = pointing === undefined ? all : (visit) => all(visit, { pointing });
    if (!this.ofAll && (this.plane !== plane || pointing !== undefined)) this.known.clear();
    this.plane = plane;
    return (choice) => {
      const density = this.known.get(pointing) ?? measureDensity(choice, lease, source);
      this.known.set(pointing, density);
      return density;
    };
  }
}
