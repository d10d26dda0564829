import { BOLTZMANN, fail, PLANCK, SECONDS_PER_DAY, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { bodyNamed, bodyState } from './solar-ephemeris.ts';
import type { SolarModel } from './solar-flux.ts';

/** A body as the standard of 2010 knows it. */
interface Body2010 {
  /** Brightness temperature, K, at a frequency in GHz. */
  readonly kelvin: (ghz: number) => number;
  /** Mean radius of the apparent disk, km: 2010 September to 2012 December, 2013, and other years. */
  readonly radiusKm: readonly [number, number, number];
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
const centimetres = (ghz: number) => SPEED_OF_LIGHT / (ghz * 1e7);

function jupiter(ghz: number): number {
  const cm = clamp(centimetres(ghz), 0.1, 6.2);
  if (cm < 0.44) return 170;
  if (cm < 0.7) return 160 + (10 * Math.log(0.7 / cm)) / Math.log(0.7 / 0.44);
  if (cm < 1.3) return 130 + (30 * Math.log(1.3 / cm)) / Math.log(1.3 / 0.7);
  return 130 + (100 * Math.log10(cm / 1.3)) / Math.log(6 / 1.3);
}

function uranus(ghz: number): number {
  const cm = clamp(centimetres(ghz), 0.07, 6.2);
  if (cm < 0.4) return 90 + 32.46063842 * Math.log(10 * cm);
  return cm < 1 ? 135 : 135 + 105 * Math.log10(cm);
}

function neptune(ghz: number): number {
  const clamped = clamp(ghz, 4, 1000);
  if (clamped < 70) return 140 - (80 * Math.log(clamped / 70)) / Math.log(1000 / 70);
  return 240 - (100 * Math.log(clamped / 4)) / Math.log(70 / 4);
}

const steady = (kelvin: number) => () => kelvin;

const BODIES: Readonly<Record<string, Body2010>> = {
  Mars: { kelvin: steady(210), radiusKm: [3387.2118, 3387.3067, 3392.1956] },
  Jupiter: { kelvin: jupiter, radiusKm: [69140.311, 69137.8624, 69939.5605] },
  Uranus: { kelvin: uranus, radiusKm: [25291.0704, 25313.3876, 25441.2949] },
  Neptune: { kelvin: neptune, radiusKm: [24596.3138, 24594.4404, 24679.1283] },
  Io: { kelvin: steady(110), radiusKm: [1820.0324, 1820.0284, 1822.6157] },
  Europa: { kelvin: steady(109), radiusKm: [1562.2997, 1562.2997, 1562.2997] },
  Ganymede: { kelvin: steady(110), radiusKm: [2632.34, 2632.34, 2632.34] },
  Callisto: { kelvin: steady(134), radiusKm: [2409.3, 2409.3, 2409.3] },
  Titan: { kelvin: steady(76.6), radiusKm: [2575, 2575, 2575] },
  Ceres: { kelvin: steady(167), radiusKm: [476.3867, 476.3867, 476.3867] },
  Pallas: { kelvin: steady(164), radiusKm: [272.5, 272.5, 272.5] },
  Vesta: { kelvin: steady(160), radiusKm: [259.3125, 259.5518, 265.7871] },
  Juno: { kelvin: steady(163), radiusKm: [117, 117, 117] },
};

/** Days on which the ephemerides of 2010 and of 2013 begin and end, MJD. */
const SPANS = [55437, 56293, 56657];

/** Which of the ephemerides that CASA came with holds a day; they state slightly different mean radii. */
function spanOf(mjd: number): number {
  if (mjd < SPANS[0] || mjd > SPANS[2]) return 2;
  return mjd < SPANS[1] ? 0 : 1;
}

/**
 * A body of the Solar System by the standard Butler-JPL-Horizons 2010, which scripts of ALMA's first cycle name: a round black body
 * of one temperature, or of one that depends on wavelength for the giant planets.
 *
 * @param name field name, in any case
 * @param mjdSec UTC, s
 * @returns flux densities at the middles of channels
 * @throws unsupported for a body or date that is not there
 * @source CASA 6.7 setjy (FluxCalc_SS_JPL_Butler); mean radii of the ephemerides in the casadata package
 */
export function solarModel2010(name: string, mjdSec: number): SolarModel {
  const body = bodyNamed(name);
  const model = body && BODIES[body];
  if (!model) {
    const known = Object.keys(BODIES).join(', ');
    fail('unsupported', `"${name}" is no body of the standard Butler-JPL-Horizons 2010; known are ${known}.`);
  }
  const mjd = mjdSec / SECONDS_PER_DAY;
  const state = bodyState(body, mjd);
  const radius = (1e3 * model.radiusKm[spanOf(mjd)]) / state.distance;
  return {
    name: body,
    state,
    disk: { major: 2 * radius, minor: 2 * radius, positionAngle: 0 },
    flux: ([from, to]) => {
      const hz = (from + to) / 2;
      const occupation = 1 / (Math.exp((PLANCK * hz) / (BOLTZMANN * model.kelvin(hz / 1e9))) - 1);
      return 1e26 * Math.PI * radius ** 2 * ((2 * PLANCK * hz ** 3) / SPEED_OF_LIGHT ** 2) * occupation;
    },
  };
}
