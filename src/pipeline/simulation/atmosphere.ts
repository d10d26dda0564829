import { BOLTZMANN, PLANCK } from '../../foundation/base/index.ts';
import type { RandomStream } from './random.ts';

/** Channels of the radiometer: distance from the line (Hz) of both sidebands, and width (Hz). */
export const WVR_CHANNELS = [
  { offsetHz: 1.25e9, widthHz: 1.5e9 },
  { offsetHz: 3.25e9, widthHz: 2.5e9 },
  { offsetHz: 5.5e9, widthHz: 2.0e9 },
  { offsetHz: 7.25e9, widthHz: 1.5e9 },
] as const;

/** Physical temperature (K) and pressure (hPa) of the water. */
export const WATER_TEMPERATURE_K = 268;
export const WATER_PRESSURE_HPA = 560;
const LINE_GHZ = 183.31;
/** Molecules per cm² in one millimetre of precipitable water. */
const MOLECULES_PER_MM = 3.3427e21;
const KELVIN_PER_GHZ = (PLANCK / BOLTZMANN) * 1e9;
const BACKGROUND_K = 2.725;
const SAMPLES_PER_CHANNEL = 7;

/**
 * Excess path of one millimetre of precipitable water, m: 1.742 / T, the wet term of Smith and Weintraub (1953)
 * integrated over the column (Thompson, Moran and Swenson 2017, eq. 13.13).
 */
export const PATH_PER_MM = 1.742 / WATER_TEMPERATURE_K;

/**
 * Opacity of the 183 GHz water line: HITRAN strength, width and lower energy, Gross line shape.
 *
 * @param frequencyGHz in the neighbourhood of the line
 * @param columnMm water along the line of sight, mm
 */
export function waterOpacity(frequencyGHz: number, columnMm: number): number {
  const temperature = WATER_TEMPERATURE_K;
  const centre = LINE_GHZ + 1.07e-4 - 5.0298e-5 * WATER_PRESSURE_HPA;
  const boltzmann = Math.exp((195.908398 * (temperature - 296)) / (temperature * 296));
  const emission =
    (1 - Math.exp((-KELVIN_PER_GHZ * centre) / temperature)) / (1 - Math.exp((-KELVIN_PER_GHZ * centre) / 296));
  const strength = 2.333884e-21 * boltzmann * emission * (296 / temperature) ** 1.5;
  const width = 2.9114e-3 * WATER_PRESSURE_HPA * (296 / temperature) ** 0.77;
  const square = frequencyGHz * frequencyGHz;
  const shape =
    (((4 * strength * width) / Math.PI) * square) / ((square - centre * centre) ** 2 + 4 * width * width * square);
  return shape * MOLECULES_PER_MM * columnMm;
}

/** Frequencies over which a radiometer channel is averaged, GHz, with the line's opacity of 1 mm at each. */
const SAMPLES = WVR_CHANNELS.map(({ offsetHz, widthHz }) =>
  Array.from({ length: 2 * SAMPLES_PER_CHANNEL }, (_, index) => {
    const step = (0.9 * ((index % SAMPLES_PER_CHANNEL) - (SAMPLES_PER_CHANNEL - 1) / 2)) / (SAMPLES_PER_CHANNEL - 1);
    const offset = (offsetHz + step * widthHz) / 1e9;
    const frequency = index < SAMPLES_PER_CHANNEL ? LINE_GHZ + offset : LINE_GHZ - offset;
    const planck = (temperature: number) =>
      (KELVIN_PER_GHZ * frequency) / Math.expm1((KELVIN_PER_GHZ * frequency) / temperature);
    return {
      opacityPerMm: waterOpacity(frequency, 1),
      water: planck(WATER_TEMPERATURE_K),
      background: planck(BACKGROUND_K),
    };
  }),
);

/**
 * Double-sideband brightness of the four radiometer channels, K (Rayleigh-Jeans).
 *
 * @param columnMm water along the line of sight
 * @param into 4 numbers from `at` on are written
 */
export function radiometerTemperatures(columnMm: number, into: Float32Array, at: number): void {
  for (let channel = 0; channel < SAMPLES.length; channel++) {
    let sum = 0;
    for (const { opacityPerMm, water, background } of SAMPLES[channel]) {
      const transmission = Math.exp(-opacityPerMm * columnMm);
      sum += background * transmission + water * (1 - transmission);
    }
    into[at + channel] = sum / SAMPLES[channel].length;
  }
}

/**
 * Zenith opacity in Band 6: a water-like slope and a narrow line of ozone at 231.281 GHz.
 *
 * @param frequencyHz sky frequency
 * @param opacity225 zenith opacity at 225 GHz without the line
 */
export function zenithOpacity(frequencyHz: number, opacity225: number): number {
  const frequency = frequencyHz / 1e9;
  return opacity225 * (1 + 0.03 * ((frequency - 225) / 5)) + 0.04 / (1 + ((frequency - 231.281) / 0.035) ** 2);
}

const WAVE_COUNT = 160;
const SHORTEST_WAVE_M = 25;
const LONGEST_WAVE_M = 6000;
const WIND_SPEED = 9;
const WIND_DIRECTION_RAD = 0.8;

/**
 * A frozen Kolmogorov screen that the wind blows over the array: plane waves of random direction and phase with amplitudes
 * k^(-5/6) per logarithmic interval of wave number, i.e. a structure function that grows as d^(5/3).
 */
export class TurbulentScreen {
  private readonly kx = new Float64Array(WAVE_COUNT);
  private readonly ky = new Float64Array(WAVE_COUNT);
  private readonly phase = new Float64Array(WAVE_COUNT);
  private readonly amplitude = new Float64Array(WAVE_COUNT);

  /** @param rms300m rms path difference of two points 300 m apart at the zenith, m */
  constructor(random: RandomStream, rms300m: number) {
    let variance = 0;
    for (let wave = 0; wave < WAVE_COUNT; wave++) {
      const length = Math.exp(random.between(Math.log(SHORTEST_WAVE_M), Math.log(LONGEST_WAVE_M)));
      const k = (2 * Math.PI) / length;
      const direction = random.between(0, 2 * Math.PI);
      this.kx[wave] = k * Math.cos(direction);
      this.ky[wave] = k * Math.sin(direction);
      this.phase[wave] = random.between(0, 2 * Math.PI);
      this.amplitude[wave] = k ** (-5 / 6);
      // Mean over directions of 1 - cos(k·d), times the wave's variance of both points.
      variance += this.amplitude[wave] ** 2 * (1 - besselJ0(k * 300));
    }
    const scale = rms300m / Math.sqrt(variance);
    for (let wave = 0; wave < WAVE_COUNT; wave++) this.amplitude[wave] *= scale;
  }

  /** Path at the zenith, m, at a point (east, north, m) and time (s). */
  path(east: number, north: number, timeSec: number): number {
    const x = east - WIND_SPEED * Math.cos(WIND_DIRECTION_RAD) * timeSec;
    const y = north - WIND_SPEED * Math.sin(WIND_DIRECTION_RAD) * timeSec;
    let sum = 0;
    for (let wave = 0; wave < WAVE_COUNT; wave++) {
      sum += this.amplitude[wave] * Math.cos(this.kx[wave] * x + this.ky[wave] * y + this.phase[wave]);
    }
    return sum;
  }
}

/** J0 by its integral (1/π)∫cos(x sin t)dt, by the midpoint rule, which converges fast for a periodic function. */
function besselJ0(x: number): number {
  const steps = 64 + 2 * Math.ceil(x);
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += Math.cos(x * Math.sin((Math.PI * (step + 0.5)) / steps));
  return sum / steps;
}
