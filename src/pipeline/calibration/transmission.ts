import { OXYGEN_LINES, WATER_LINES } from './atmosphere-lines.ts';
import { OZONE_LAYERS, OZONE_LINES } from './ozone-lines.ts';

/** The air over the array. */
export interface AirColumn {
  /** Precipitable water vapour, mm */
  readonly waterMm: number;
  /** Air masses; default 1. */
  readonly airmass?: number;
  /** At the ground, hPa; default 556 (5000 m). */
  readonly pressure?: number;
  /** At the ground, K; default 270. */
  readonly temperature?: number;
}

/** Layers of the model, km; scale heights of pressure and water, km; fall of temperature, K/km, up to the tropopause. */
const LAYER = 0.5;
const TOP = 20;
const PRESSURE_SCALE = 7.5;
const WATER_SCALE = 2;
const LAPSE = 5.6;
const LEAST_TEMPERATURE = 200;
const COSMIC_BACKGROUND = 2.725;
/** Lines of ozone are narrow: those farther away (GHz) do not matter. Width (GHz/hPa) and its exponent are about the same for all. */
const OZONE_REACH = 10;
const OZONE_WIDTH = 2.35e-3;
const OZONE_EXPONENT = 0.76;
/** Mean temperature where ozone is, K. */
const OZONE_KELVIN = 225;
const NEPER_PER_DECIBEL = Math.LN10 / 10;

/**
 * Share of the radiation from above the atmosphere that reaches the ground, 0 … 1, at each frequency (Hz): lines and continua of
 * oxygen and water vapour (ITU-R P.676-13, Annex 1) through plane layers, and the lines of ozone. Meant for plots: within a few per
 * cent of full atmosphere models.
 */
export function transmissionOf(frequencies: Float64Array, air: AirColumn): Float64Array {
  return frequencies.map((hz) => {
    let nepers = ozoneDepth(hz / 1e9);
    for (const layer of layersOf(air)) nepers += nepersOf(hz, layer);
    return Math.exp(-(air.airmass ?? 1) * nepers);
  });
}

/** Brightness temperature of the sky, K, at each frequency (Hz), by the same model: each layer shines through those below it. */
export function skyTemperatureOf(frequencies: Float64Array, air: AirColumn): Float64Array {
  const airmass = air.airmass ?? 1;
  return frequencies.map((hz) => {
    let [shine, left] = [0, 1];
    for (const layer of layersOf(air)) {
      const through = Math.exp(-airmass * nepersOf(hz, layer));
      shine += left * (1 - through) * layer.kelvin;
      left *= through;
    }
    const through = Math.exp(-airmass * ozoneDepth(hz / 1e9));
    return shine + left * ((1 - through) * OZONE_KELVIN + through * COSMIC_BACKGROUND);
  });
}

interface Layer {
  readonly kelvin: number;
  /** Pressures of dry air and water vapour, hPa. */
  readonly dry: number;
  readonly vapour: number;
}

/** The layers from the ground upwards. */
function* layersOf({ waterMm, pressure = 556, temperature = 270 }: AirColumn): Generator<Layer> {
  for (let height = LAYER / 2; height < TOP; height += LAYER) {
    const kelvin = Math.max(LEAST_TEMPERATURE, temperature - LAPSE * height);
    const density = (waterMm / WATER_SCALE) * Math.exp(-height / WATER_SCALE); // g/m³
    const vapour = (density * kelvin) / 216.7;
    yield { kelvin, vapour, dry: Math.max(0, pressure * Math.exp(-height / PRESSURE_SCALE) - vapour) };
  }
}

/** Optical depth of a layer towards the zenith. */
function nepersOf(hz: number, { dry, vapour, kelvin }: Layer): number {
  return LAYER * absorption(hz / 1e9, dry, vapour, kelvin) * NEPER_PER_DECIBEL;
}

/** Absorption, dB/km, at a frequency (GHz); pressures of dry air and vapour in hPa (ITU-R P.676-13, equations 1 to 9). */
export function absorption(ghz: number, dry: number, vapour: number, kelvin: number): number {
  const theta = 300 / kelvin;
  let refractivity = 0;
  for (const [centre, a1, a2, a3, a5, a6] of OXYGEN_LINES) {
    const strength = a1 * 1e-7 * dry * theta ** 3 * Math.exp(a2 * (1 - theta));
    const collisions = a3 * 1e-4 * (dry * theta ** 0.8 + 1.1 * vapour * theta);
    const width = Math.sqrt(collisions ** 2 + 2.25e-6);
    const overlap = (a5 + a6 * theta) * 1e-4 * (dry + vapour) * theta ** 0.8;
    refractivity += strength * shape(ghz, centre, width, overlap);
  }
  for (const [centre, b1, b2, b3, b4, b5, b6] of WATER_LINES) {
    const strength = b1 * 0.1 * vapour * theta ** 3.5 * Math.exp(b2 * (1 - theta));
    const collisions = b3 * 1e-4 * (dry * theta ** b4 + b5 * vapour * theta ** b6);
    const width = 0.535 * collisions + Math.sqrt(0.217 * collisions ** 2 + (2.1316e-12 * centre ** 2) / theta);
    refractivity += strength * shape(ghz, centre, width, 0);
  }
  const debye = 5.6e-4 * (dry + vapour) * theta ** 0.8;
  const relaxation = 6.14e-5 / (debye * (1 + (ghz / debye) ** 2));
  const nitrogen = (1.4e-12 * dry * theta ** 1.5) / (1 + 1.9e-5 * ghz ** 1.5);
  refractivity += ghz * dry * theta ** 2 * (relaxation + nitrogen);
  return 0.182 * ghz * refractivity;
}

/**
 * Optical depth of ozone towards the zenith at a frequency (GHz): lines broadened by pressure and, above some 50 km, by the motion of
 * the molecules. The peaks of lines are 3 to 18 % above those of CASA's `atmosphere` tool (tropical, up to 48 km).
 */
export function ozoneDepth(ghz: number): number {
  const lines = OZONE_LINES.filter(([centre]) => Math.abs(centre - ghz) < OZONE_REACH);
  let depth = 0;
  for (const [pressure, kelvin, column] of OZONE_LAYERS) {
    const theta = 296 / kelvin;
    const collisions = OZONE_WIDTH * pressure * theta ** OZONE_EXPONENT;
    let sum = 0;
    for (const [centre, strength, fall] of lines) {
      const width =
        0.5346 * collisions + Math.sqrt(0.2166 * collisions ** 2 + Math.LN2 * 3.85e-15 * kelvin * centre ** 2);
      const form = ((ghz / centre) ** 2 * width) / ((ghz - centre) ** 2 + width ** 2);
      sum += strength * Math.exp(fall * (1 - theta)) * form;
    }
    // Vibration takes a share of the molecules out of these lines.
    const share = (1 - Math.exp(-1008 / kelvin)) * theta ** 2.5;
    depth += ((sum * share * column) / Math.PI) * 1e-6; // 1e-13 Hz cm² × 1e16 / cm² / (1e9 Hz)
  }
  return depth;
}

function shape(ghz: number, centre: number, width: number, overlap: number): number {
  const [below, above] = [centre - ghz, centre + ghz];
  const near = (width - overlap * below) / (below * below + width * width);
  const far = (width - overlap * above) / (above * above + width * width);
  return (ghz / centre) * (near + far);
}
