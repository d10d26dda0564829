import { fail } from '../../foundation/base/index.ts';
import { waterLayer } from './wvr-atmosphere.ts';

/** What four brightness temperatures say about the atmosphere. */
export interface Retrieval {
  /** Evidence: mean likelihood over the prior. */
  readonly evidence: number;
  /** Zenith water column, mm, and its standard deviation. */
  readonly pwv: number;
  readonly pwvError: number;
  /** Change of brightness with extra path, K/mm, [channel], and their standard deviations. */
  readonly slopes: Float64Array;
  readonly slopeErrors: Float64Array;
}

/** Uniform priors: zenith water column (mm), temperature (K) and pressure (mbar) of the layer, as CASA's wvrgcal has them. */
const COLUMN_LIMITS = [0, 10] as const;
const TEMPERATURE_LIMITS = [250, 295] as const;
const PRESSURE_LIMITS = [300, 550] as const;
/** K; the noise of the likelihood, which also stands for the model's own errors. */
const NOISE = 1;
const TEMPERATURE_STEPS = 20;
const PRESSURE_STEPS = 50;
const COLUMN_STEPS = 21;

interface Sums {
  weight: number;
  pwv: number;
  pwvSquare: number;
  readonly slopes: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Posterior means of the water column and of dT/dL for uniform priors, by direct integration over the prior (CASA samples
 * the same posterior with a nested sampler; the mean values agree within that sampler's noise of about 1 %).
 *
 * @param brightness K, [4]
 * @param elevation rad
 * @throws bad-data when no atmosphere within the priors comes near the brightness
 */
export function retrieveWater(brightness: ArrayLike<number>, elevation: number): Retrieval {
  const airmass = 1 / Math.sin(elevation);
  const sums: Sums = { weight: 0, pwv: 0, pwvSquare: 0, slopes: new Float64Array(4), squares: new Float64Array(4) };
  for (let step = 0; step < TEMPERATURE_STEPS; step++) {
    const temperature = midpoint(TEMPERATURE_LIMITS, step, TEMPERATURE_STEPS);
    for (let other = 0; other < PRESSURE_STEPS; other++) {
      const pressure = midpoint(PRESSURE_LIMITS, other, PRESSURE_STEPS);
      integrateColumn(temperature, pressure, brightness, airmass, sums);
    }
  }
  const { weight } = sums;
  if (!(weight > 0)) {
    const text = Array.from(brightness, (value) => value.toFixed(1)).join(', ');
    fail('bad-data', `No water column explains the radiometer's brightness of ${text} K at this elevation.`);
  }
  const pwv = sums.pwv / weight;
  const slopes = sums.slopes.map((sum) => sum / weight);
  return {
    evidence: weight / (TEMPERATURE_STEPS * PRESSURE_STEPS * (COLUMN_LIMITS[1] - COLUMN_LIMITS[0])),
    pwv,
    pwvError: Math.sqrt(Math.max(0, sums.pwvSquare / weight - pwv * pwv)),
    slopes,
    slopeErrors: slopes.map((mean, channel) => Math.sqrt(Math.max(0, sums.squares[channel] / weight - mean * mean))),
  };
}

const midpoint = (limits: readonly [number, number], step: number, steps: number) =>
  limits[0] + ((step + 0.5) / steps) * (limits[1] - limits[0]);

/** Adds the posterior along the water column at one temperature and pressure. */
function integrateColumn(
  temperature: number,
  pressure: number,
  brightness: ArrayLike<number>,
  airmass: number,
  sums: Sums,
): void {
  const layer = waterLayer(temperature, pressure);
  const model = new Float64Array(4);
  const slope = new Float64Array(4);
  // Gauss-Newton to the best column; the slopes then give its width.
  let column = startColumn(layer, brightness, airmass, model);
  let width = 1;
  for (let round = 0; round < 8; round++) {
    layer.brightness(column * airmass, model);
    layer.slope(column * airmass, slope);
    let top = 0;
    let bottom = 0;
    for (let channel = 0; channel < 4; channel++) {
      const perMm = slope[channel] * layer.pathPerMm * airmass;
      top += perMm * (brightness[channel] - model[channel]);
      bottom += perMm * perMm;
    }
    width = NOISE / Math.sqrt(bottom);
    const move = top / bottom;
    column = Math.min(Math.max(column + move, COLUMN_LIMITS[0] + 1e-6), COLUMN_LIMITS[1]);
    if (Math.abs(move) < 1e-6) break;
  }
  const low = Math.max(COLUMN_LIMITS[0], column - 5 * width);
  const high = Math.min(COLUMN_LIMITS[1], column + 5 * width);
  const cell = (high - low) / COLUMN_STEPS;
  for (let step = 0; step < COLUMN_STEPS; step++) {
    const zenith = low + (step + 0.5) * cell;
    layer.brightness(zenith * airmass, model);
    let distance = 0;
    for (let channel = 0; channel < 4; channel++) distance += ((brightness[channel] - model[channel]) / NOISE) ** 2;
    const weight = (Math.exp(-0.5 * distance) / (2 * Math.PI * NOISE * NOISE) ** 2) * cell;
    if (weight === 0) continue;
    layer.slope(zenith * airmass, slope);
    sums.weight += weight;
    sums.pwv += weight * zenith;
    sums.pwvSquare += weight * zenith * zenith;
    for (let channel = 0; channel < 4; channel++) {
      sums.slopes[channel] += weight * slope[channel];
      sums.squares[channel] += weight * slope[channel] ** 2;
    }
  }
}

/** The best of a coarse grid of columns. */
function startColumn(
  layer: ReturnType<typeof waterLayer>,
  brightness: ArrayLike<number>,
  airmass: number,
  model: Float64Array,
): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let column = 0.1; column <= 10; column *= 1.4) {
    layer.brightness(column * airmass, model);
    let distance = 0;
    for (let channel = 0; channel < 4; channel++) distance += (brightness[channel] - model[channel]) ** 2;
    if (distance < least) {
      least = distance;
      best = column;
    }
  }
  return best;
}
