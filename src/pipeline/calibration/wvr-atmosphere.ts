/**
 * Brightness of the 183 GHz water line as ALMA's radiometers see it: one layer of water vapour of uniform temperature and
 * pressure, the one line with a Gross profile plus the continuum, a 2.7 K background and 2 % of spill-over at 275 K.
 *
 * Line data: HITRAN 2004 (183.310107 GHz, partition sum of H2-16O); continuum and layer model as in the water-vapour
 * radiometer memos of the ALMA enhancement programme (Nikolic 2009, ALMA Memos 587 and 588), which CASA's wvrgcal
 * implements; path per water column: Stirling et al. 2005, ALMA Memo 496.
 */

import { LayerMisfit, type Lease } from '../../foundation/numeric/index.ts';

/** Centres of the four filters from 183.31 GHz and their widths, GHz; each sees both sidebands. */
export const FILTER_OFFSETS = [1.25, 3.25, 5.5, 7.25] as const;
const FILTER_WIDTHS = [1.5, 2.5, 2.0, 1.5];
const LOCAL_OSCILLATOR = 183.31;

const LINE = {
  frequency: 183.310107, // GHz
  strength: 2.333884e-21, // cm² GHz at 296 K
  lowerEnergy: 195.908398, // K
  airWidth: 2.9114e-3, // GHz/mbar
  widthExponent: 0.77,
  airShift: -5.0298e-5, // GHz/mbar
} as const;
const LINE_TEMPERATURE = 296;
/** Partition sum of H2-16O at every kelvin from the coldest to 300 K, HITRAN 2004. */
const COLDEST = 250;
const PARTITION_SUMS = [
  135.742004, 136.551441, 137.362522, 138.175246, 138.989607, 139.805604, 140.623233, 141.44249, 142.263373, 143.085879,
  143.910004, 144.735545, 145.5627, 146.391469, 147.221851, 148.053843, 148.887444, 149.722655, 150.559472, 151.397894,
  152.237922, 153.079552, 153.922785, 154.767618, 155.61405, 156.462081, 157.311708, 158.162931, 159.015748, 159.870158,
  160.72616, 161.583752, 162.442933, 163.303702, 164.166058, 165.029999, 165.89559, 166.762764, 167.631518, 168.50185,
  169.373758, 170.247241, 171.122297, 171.998922, 172.877117, 173.756878, 174.638204, 175.521093, 176.405543,
  177.291552, 178.179118,
];

/** h/k, K/GHz */
const H_OVER_K = 4.7992375e-2;
/** 2h/c², W/(cm² GHz⁴) and c²/2k, K cm² GHz³/W */
const TWO_H_OVER_C2 = 1.4744992e-18;
const C2_OVER_2K = 1 / 3.0723613e-17;
/** Molecules per cm² in one millimetre of precipitable water. */
const MOLECULES_PER_MM = 3.3427e21;
/** kg per molecule */
const WATER_MOLECULE = 18.0105646863 * 1.660538782e-27;
/** Continuum: C0 (T0/T)^m, per molecule of water and of air per cm³, GHz⁻² */
const CONTINUUM = { strength: 6.1e-48, temperature: 300, exponent: 2.6 } as const;
const LOSCHMIDT = 2.686763e19;
const STANDARD_PRESSURE = 1013.25;
const STANDARD_TEMPERATURE = 273.15;
const BACKGROUND = 2.7;
const SKY_COUPLING = 0.98;
const SPILL_TEMPERATURE = 275;
/** Droplets behind the water vapour, as wvrgcal's `cont` has them: the opacity rises with the square of the frequency (GHz). */
const CLOUD = { frequency: 183.3, temperature: 270 } as const;

/** Five-point Gauss-Legendre rule over each filter and sideband. */
const NODES = [-0.906179845938664, -0.5384693101056831, 0, 0.5384693101056831, 0.906179845938664];
const NODE_WEIGHTS = [
  0.23692688505618908, 0.47862867049936647, 0.5688888888888889, 0.47862867049936647, 0.23692688505618908,
];

interface Sample {
  readonly channel: number;
  readonly weight: number;
  readonly frequency: number;
  /** Background radiation, W/(cm² GHz). */
  readonly background: number;
}

const SAMPLES: readonly Sample[] = FILTER_OFFSETS.flatMap((offset, channel) =>
  [-1, 1].flatMap((sideband) =>
    NODES.map((node, index) => {
      const frequency = LOCAL_OSCILLATOR + sideband * offset + 0.5 * FILTER_WIDTHS[channel] * node;
      return { channel, weight: 0.25 * NODE_WEIGHTS[index], frequency, background: planck(frequency, BACKGROUND) };
    }),
  ),
);
/** Kelvin of a channel per unit of radiation at a sample. */
const perKelvinOf = ({ weight, frequency }: Sample) => (SKY_COUPLING * weight * C2_OVER_2K) / frequency ** 2;
const SAMPLE_PER_KELVIN = Float64Array.from(SAMPLES, perKelvinOf);

function planck(frequency: number, temperature: number): number {
  return (TWO_H_OVER_C2 * frequency ** 3) / Math.expm1((H_OVER_K * frequency) / temperature);
}

function partitionSum(temperature: number): number {
  const last = PARTITION_SUMS.length - 2;
  const index = Math.min(Math.max(Math.floor(temperature - COLDEST), 0), last);
  const fraction = temperature - COLDEST - index;
  return PARTITION_SUMS[index] + (PARTITION_SUMS[index + 1] - PARTITION_SUMS[index]) * fraction;
}
const PARTITION_AT_LINE_TEMPERATURE = partitionSum(LINE_TEMPERATURE);

/** What a layer of given temperature and pressure does to radiation. */
interface LayerPhysics {
  /** Line centre and width in GHz; strength and continuum for the molecules in a millimetre of water */
  readonly centre: number;
  readonly width: number;
  readonly strength: number;
  readonly continuum: number;
}

function layerPhysics(temperature: number, pressure: number): LayerPhysics {
  const centre = LINE.frequency + pressure * LINE.airShift;
  const boltzmann = Math.exp((LINE.lowerEnergy * (temperature - LINE_TEMPERATURE)) / (temperature * LINE_TEMPERATURE));
  const stimulated =
    Math.expm1((-H_OVER_K * centre) / temperature) / Math.expm1((-H_OVER_K * centre) / LINE_TEMPERATURE);
  const strength = LINE.strength * boltzmann * stimulated * (PARTITION_AT_LINE_TEMPERATURE / partitionSum(temperature));
  // Powers by one logarithm: this is called for every step of a retrieval.
  const log = Math.log(temperature);
  const width = LINE.airWidth * pressure * Math.exp(LINE.widthExponent * (Math.log(LINE_TEMPERATURE) - log));
  const air = (pressure / STANDARD_PRESSURE) * (STANDARD_TEMPERATURE / temperature) * LOSCHMIDT;
  const continuum = CONTINUUM.strength * Math.exp(CONTINUUM.exponent * (Math.log(CONTINUUM.temperature) - log)) * air;
  return { centre, width, strength: strength * MOLECULES_PER_MM, continuum: continuum * MOLECULES_PER_MM };
}

/** Opacity per millimetre of water: a Gross line and a continuum that rises with the square of the frequency. */
function opacity({ centre, width, strength, continuum }: LayerPhysics, f: number): number {
  const square = f * f;
  const away = square - centre * centre;
  return square * (((4 / Math.PI) * strength * width) / (away * away + 4 * width * width * square) + continuum);
}

/**
 * Brightness of an opaque layer of temperature T at a sample: a T + b + c / T + d / T³, from the series
 * 1 / (exp(x) - 1) = 1 / x - 1 / 2 + x / 12 - x³ / 720 with x = h f / k T near 0.03; the next term is below 1e-11.
 */
function emissionTerms(sample: Sample): number[] {
  const quantum = H_OVER_K * sample.frequency;
  const kelvin = perKelvinOf(sample) * TWO_H_OVER_C2 * sample.frequency ** 3;
  return [kelvin / quantum, -kelvin / 2, (kelvin * quantum) / 12, (-kelvin * quantum ** 3) / 720];
}

const TERMS = SAMPLES.map((sample) => [
  sample.frequency ** 2,
  perKelvinOf(sample) * sample.background,
  ...emissionTerms(sample),
]);
/** [term, channel, sample] as the kernel takes them */
const SAMPLE_TERMS = Float64Array.from(TERMS[0].flatMap((_, term) => TERMS.map((terms) => terms[term])));

/** Half the squared distance between measured and expected brightness, for a noise of 1 K; made for many calls. */
export class WaterMisfit {
  private readonly misfit: LayerMisfit;

  /**
   * @param lease where its arrays live
   * @param measured K, [4]
   */
  constructor(lease: Lease, measured: ArrayLike<number>) {
    const samples = lease.float64(SAMPLE_TERMS.length);
    samples.set(SAMPLE_TERMS);
    const kelvin = lease.float64(4);
    kelvin.set(measured);
    this.misfit = new LayerMisfit(samples, kelvin, (1 - SKY_COUPLING) * SPILL_TEMPERATURE);
  }

  /** @param columnMm water along the line of sight */
  of(columnMm: number, temperature: number, pressure: number): number {
    const { centre, width, strength, continuum } = layerPhysics(temperature, pressure);
    return this.misfit.of({
      column: columnMm,
      temperature,
      centre: centre * centre,
      line: (4 / Math.PI) * strength * width,
      width: 4 * width * width,
      continuum,
    });
  }
}

const CLOUDS = SAMPLES.map((sample) => ({
  shape: (sample.frequency / CLOUD.frequency) ** 2,
  kelvin: perKelvinOf(sample) * planck(sample.frequency, CLOUD.temperature),
}));

/**
 * The misfit with a cloud behind the water.
 *
 * @param measured K, [4]
 * @param columnMm water along the line of sight
 * @param cloudOpacity at 183.3 GHz along the line of sight
 */
export function cloudyMisfit(
  measured: ArrayLike<number>,
  columnMm: number,
  temperature: number,
  pressure: number,
  cloudOpacity: number,
): number {
  const { centre, width, strength, continuum } = layerPhysics(temperature, pressure);
  const [line, centreSquare, widthSquare] = [(4 / Math.PI) * strength * width, centre * centre, 4 * width * width];
  let misfit = 0;
  for (let channel = 0, at = 0; channel < 4; channel++) {
    let kelvin = (1 - SKY_COUPLING) * SPILL_TEMPERATURE;
    for (; at < SAMPLES.length && SAMPLES[at].channel === channel; at++) {
      const [square, background, a, b, c, d] = TERMS[at];
      const away = square - centreSquare;
      const through = Math.exp(-columnMm * square * (line / (away * away + widthSquare * square) + continuum));
      const throughCloud = Math.exp(-cloudOpacity * CLOUDS[at].shape);
      const behind = background * throughCloud + CLOUDS[at].kelvin * (1 - throughCloud);
      const emission = a * temperature + b + c / temperature + d / temperature ** 3;
      kelvin += behind * through + emission * (1 - through);
    }
    misfit += 0.5 * (kelvin - measured[channel]) ** 2;
  }
  return misfit;
}

/** [sample] */
const FREQUENCIES = Float64Array.from(SAMPLES, ({ frequency }) => frequency);
const BACKGROUNDS = Float64Array.from(SAMPLES, ({ background }) => background);
const CLOUD_SHAPE = Float64Array.from(CLOUDS, ({ shape }) => shape);
const CLOUD_EMISSION = Float64Array.from(SAMPLES, ({ frequency }) => planck(frequency, CLOUD.temperature));
const SAMPLES_PER_CHANNEL = SAMPLES.length / FILTER_OFFSETS.length;

/** A layer of water vapour, ready for any column; its arrays serve for one temperature and pressure after the other. */
export class WaterLayer {
  /** Extra electrical path per millimetre of water, mm. */
  pathPerMm = Number.NaN;
  /** [sample] */
  private readonly opacityPerMm = new Float64Array(SAMPLES.length);
  private readonly emission = new Float64Array(SAMPLES.length);
  private readonly behind = new Float64Array(SAMPLES.length);

  /**
   * Gives the layer its state.
   *
   * @param temperature K, 250 to 300
   * @param pressure mbar
   * @param cloudOpacity of a cloud behind the layer, at 183.3 GHz along the line of sight
   */
  at(temperature: number, pressure: number, cloudOpacity = 0): this {
    const physics = layerPhysics(temperature, pressure);
    for (let sample = 0; sample < SAMPLES.length; sample++) {
      this.opacityPerMm[sample] = opacity(physics, FREQUENCIES[sample]);
      this.emission[sample] = planck(FREQUENCIES[sample], temperature);
      const through = Math.exp(-cloudOpacity * CLOUD_SHAPE[sample]);
      this.behind[sample] = BACKGROUNDS[sample] * through + CLOUD_EMISSION[sample] * (1 - through);
    }
    this.pathPerMm = (MOLECULES_PER_MM * WATER_MOLECULE * 1.742e7) / temperature;
    return this;
  }

  /** Brightness of the four channels, K, for a column in mm along the line of sight. */
  brightness(columnMm: number, into: Float64Array): void {
    const { opacityPerMm, emission, behind } = this;
    into.fill((1 - SKY_COUPLING) * SPILL_TEMPERATURE);
    for (let sample = 0; sample < SAMPLES.length; sample++) {
      const through = Math.exp(-opacityPerMm[sample] * columnMm);
      into[Math.floor(sample / SAMPLES_PER_CHANNEL)] +=
        SAMPLE_PER_KELVIN[sample] * (behind[sample] * through + emission[sample] * (1 - through));
    }
  }

  /** Their change per millimetre of extra path, K/mm. */
  slope(columnMm: number, into: Float64Array): void {
    const { opacityPerMm, emission, behind, pathPerMm } = this;
    into.fill(0);
    for (let sample = 0; sample < SAMPLES.length; sample++) {
      const through = Math.exp(-opacityPerMm[sample] * columnMm);
      into[Math.floor(sample / SAMPLES_PER_CHANNEL)] +=
        (SAMPLE_PER_KELVIN[sample] * (emission[sample] - behind[sample]) * opacityPerMm[sample] * through) / pathPerMm;
    }
  }
}
