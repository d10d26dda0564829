import { antennaDiameter, type Pad, padPositions } from '../../astronomy/reference/index.ts';
import { DEGREE, fail } from '../../foundation/base/index.ts';
import { TurbulentScreen, zenithOpacity } from './atmosphere.ts';
import { faultyAntenna, POSITION_FAULT } from './faults.ts';
import { type SimulationParameters, SMALL_DISH_CONFIGURATION } from './presets.ts';
import { RandomStream } from './random.ts';
import type { SimulatedWindow } from './spectral-setup.ts';

const BASEBAND_COUNT = 4;
const POL_COUNT = 2;
/** Shapes that a bandpass is made of. */
const MODE_COUNT = 3;
/** Physical temperatures of air and ground (K), and forward efficiency. */
const AIR_K = 266;
const GROUND_K = 271;
const FORWARD_EFFICIENCY = 0.95;
/** Antennas whose online position is wrong. */
const MISPLACED_COUNT = 3;

/** m */
const LARGE_DISH = 12;

/** Names of antennas that were there in 2013. */
const ANTENNA_NAMES = (
  'DA41 DA42 DA44 DA45 DA46 DA48 DV02 DV03 DV05 DV06 DV08 DV10 DV11 DV14 DV15 DV17 DV18 DV19 DV20 DV22 ' +
  'PM02 PM03 DA43 DA47 DA49 DA50 DV04 DV07 DV09 DV13 DV16 DV21'
).split(' ');
const SMALL_ANTENNA_NAMES = 'CM01 CM02 CM03 CM04 CM05 CM06 CM07 CM08 CM09 CM10 CM11 CM12'.split(' ');

/** The parts of the array that all executions of a day share. */
export interface ArrayLayout {
  readonly names: readonly string[];
  readonly pads: readonly string[];
  /** Where the antennas are, east and north, m, [ant, 2]. */
  readonly ground: Float64Array;
  /** ITRF, m, [ant, 3]: where the observatory believes them to be. */
  readonly onlinePositions: Float64Array;
  /** True minus online, ITRF, m, [ant, 3]. */
  readonly positionErrors: Float64Array;
  /** Those of them that the observatory finds out and publishes. */
  readonly publishedErrors: Float64Array;
  /** m, [ant] */
  readonly dishDiameters: readonly number[];
  /** Antennas in the tables that take no data. */
  readonly silent: readonly SilentAntenna[];
}

/** An antenna that is only listed. */
export interface SilentAntenna {
  readonly name: string;
  readonly pad: string;
  /** ITRF, m */
  readonly position: readonly number[];
}

/** Share of the antennas that span the array; the others fill its middle with short baselines. */
const OUTER_SHARE = 0.6;
const INNER_SHARE = 0.4;

/** Pads for a round beam: some as far from one another as can be, the rest from the inner ones, in order of distance. */
function choosePads(pads: readonly Pad[], count: number): Pad[] {
  if (pads.length < count) fail('usage', `The configuration has only ${pads.length} pads for ${count} antennas.`);
  const radius = (pad: Pad) => Math.hypot(pad.enu[0], pad.enu[1]);
  const sorted = [...pads].sort((a, b) => radius(a) - radius(b));
  const chosen = [sorted[sorted.length - 1]];
  const outerCount = Math.round(OUTER_SHARE * count);
  while (chosen.length < outerCount) {
    const nearest = (pad: Pad) =>
      Math.min(...chosen.map((other) => Math.hypot(pad.enu[0] - other.enu[0], pad.enu[1] - other.enu[1])));
    chosen.push(sorted.reduce((best, pad) => (nearest(pad) > nearest(best) ? pad : best)));
  }
  for (let index = 0; chosen.length < count; index++) {
    const free = sorted.filter((pad) => !chosen.includes(pad));
    const share = (INNER_SHARE * index) / Math.max(1, count - outerCount);
    chosen.push(free[Math.min(free.length - 1, Math.round(share * free.length))]);
  }
  return chosen.sort((a, b) => radius(a) - radius(b));
}

/** Places antennas on pads spread over the configuration and errs in the positions of some. */
export function layOutArray(parameters: SimulationParameters): ArrayLayout {
  const count = parameters.antennaCount;
  const chosen = choosePads(padPositions(parameters.configuration), count);
  const random = new RandomStream(parameters.seed, 'positions');
  const positionErrors = new Float64Array(3 * count);
  if (!parameters.isPerfect) {
    // Every fourth antenna from the second on: never the first, which is often the reference.
    for (let index = 0; index < Math.min(MISPLACED_COUNT, count - 1); index++) {
      const ant = (1 + 4 * index) % count;
      for (let axis = 0; axis < 3; axis++)
        positionErrors[3 * ant + axis] = micrometres(parameters.positionError * random.normal());
    }
  }
  const publishedErrors = positionErrors.slice();
  const misplaced = faultyAntenna(parameters.faults, 'antenna-position', count);
  if (misplaced !== undefined) {
    for (let axis = 0; axis < 3; axis++) positionErrors[3 * misplaced + axis] += POSITION_FAULT[axis];
  }
  const known = parameters.configuration === SMALL_DISH_CONFIGURATION ? SMALL_ANTENNA_NAMES : ANTENNA_NAMES;
  return { ...placeAntennas(known.slice(0, count).sort(), chosen), positionErrors, publishedErrors };
}

/** Antennas on pads, without errors of the positions. */
export function placeAntennas(names: readonly string[], pads: readonly Pad[]): ArrayLayout {
  return {
    names,
    pads: pads.map((pad) => pad.name),
    ground: Float64Array.from(pads.flatMap((pad) => [pad.enu[0], pad.enu[1]])),
    onlinePositions: Float64Array.from(pads.flatMap((pad) => Array.from(pad.itrf, micrometres))),
    positionErrors: new Float64Array(3 * names.length),
    publishedErrors: new Float64Array(3 * names.length),
    dishDiameters: names.map((name) => antennaDiameter(name) ?? LARGE_DISH),
    silent: [],
  };
}

const micrometres = (value: number) => Math.round(value * 1e6) / 1e6;

/** Divides complex numbers by the root mean square of their amplitudes. */
function divideByMean(values: Float64Array, from: number, count: number): void {
  const own = values.subarray(from, from + 2 * count);
  const mean = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / count);
  for (let at = 0; at < own.length; at++) own[at] /= mean;
}

/** True properties of the antennas and the air of one execution; index [ant, pol] is 2·ant + pol. */
export class Instrument {
  readonly antennaCount: number;
  /** Jy per K of antenna temperature, [ant]. */
  readonly jyPerK: Float64Array;
  /** Voltage gain, [ant, pol]. */
  readonly gainAmplitude: Float64Array;
  /** Relative change of the amplitude, [ant, pol]; follows sin(1.4 t/h). */
  readonly amplitudeDrift: Float64Array;
  /** rad and rad/hour, [ant, pol]. */
  readonly gainPhase: Float64Array;
  readonly phaseDrift: Float64Array;
  /** s, [ant, pol, baseband]. */
  readonly delay: Float64Array;
  /** Receiver temperature in the middle of the baseband (K) and its slope (K/GHz), [ant, pol, baseband]. */
  readonly receiverK: Float64Array;
  readonly receiverSlope: Float64Array;
  readonly opacity225: number;
  readonly pwvMm: number;
  readonly screen: TurbulentScreen;
  /** Calibration errors of the radiometers, K, [ant, channel]. */
  readonly radiometerOffset: Float64Array;
  private readonly hasEvenWindows: boolean;
  private readonly amplitudeModes: Float64Array;
  private readonly phaseModes: Float64Array;

  constructor(parameters: SimulationParameters, execution: number) {
    const random = new RandomStream(parameters.seed, `instrument ${execution}`);
    const count = parameters.antennaCount;
    const inputs = count * POL_COUNT;
    const paths = inputs * BASEBAND_COUNT;
    const spread = parameters.isPerfect ? 0 : 1;
    const around = (size: number, mean: number, sigma: number) =>
      random.normals(size, spread * sigma).map((value) => mean + value);
    this.antennaCount = count;
    this.hasEvenWindows = parameters.hasEvenWindows ?? false;
    this.jyPerK = around(count, parameters.jyPerK, 0.045 * parameters.jyPerK);
    this.gainAmplitude = around(inputs, 1, 0.05);
    this.amplitudeDrift = around(inputs, 0, 0.02);
    this.gainPhase = Float64Array.from({ length: inputs }, () => spread * random.between(-Math.PI, Math.PI));
    this.phaseDrift = around(inputs, 0, 14 * DEGREE);
    this.delay = around(paths, 0, 0.12e-9);
    this.receiverK = Float64Array.from({ length: paths }, () => 60 + spread * random.between(-12, 14));
    this.receiverSlope = around(paths, 0, 3);
    this.amplitudeModes = around(paths * MODE_COUNT, 0, 0.05);
    this.phaseModes = around(paths * MODE_COUNT, 0, 6 * DEGREE);
    this.radiometerOffset = around(count * 4, 0, 0.05);
    this.opacity225 = 0.06 * (1 + 0.12 * execution);
    this.pwvMm = parameters.pwvMm * (1 + 0.12 * execution);
    this.screen = new TurbulentScreen(random, spread * parameters.pathRms300m);
  }

  /** Voltage gain of an input at a time (hours since the start): amplitude and phase (rad). */
  gain(input: number, hours: number): { amplitude: number; phase: number } {
    return {
      amplitude: this.gainAmplitude[input] * (1 + this.amplitudeDrift[input] * Math.sin(1.4 * hours)),
      phase: this.gainPhase[input] + this.phaseDrift[input] * hours,
    };
  }

  /** Voltage bandpass of all inputs over a window, [ant, pol, chan, re/im]. */
  bandpass(window: SimulatedWindow): Float64Array {
    const inputs = this.antennaCount * POL_COUNT;
    const { frequenciesHz: frequencies, baseband, basebandCentreHz } = window;
    const result = new Float64Array(inputs * frequencies.length * 2);
    for (let input = 0; input < inputs; input++) {
      const path = input * BASEBAND_COUNT + baseband;
      for (let chan = 0; chan < frequencies.length; chan++) {
        const offset = frequencies[chan] - basebandCentreHz;
        const x = offset / 1e9;
        const modes = [x, 2 * x * x - 1, Math.sin(2 * Math.PI * x)];
        let amplitude = 1;
        let phase = 2 * Math.PI * this.delay[path] * offset;
        for (let mode = 0; mode < MODE_COUNT; mode++) {
          amplitude += this.amplitudeModes[path * MODE_COUNT + mode] * modes[mode];
          phase += this.phaseModes[path * MODE_COUNT + mode] * modes[mode];
        }
        // The anti-alias filter of the 2 GHz baseband.
        amplitude /= 1 + (Math.abs(x) / 0.985) ** 60;
        const at = 2 * (input * frequencies.length + chan);
        result[at] = amplitude * Math.cos(phase);
        result[at + 1] = amplitude * Math.sin(phase);
      }
      if (this.hasEvenWindows) divideByMean(result, 2 * input * frequencies.length, frequencies.length);
    }
    return result;
  }

  /** Receiver temperature, K. */
  receiverTemperature(input: number, window: SimulatedWindow, chan: number): number {
    const path = input * BASEBAND_COUNT + window.baseband;
    return (
      this.receiverK[path] + (this.receiverSlope[path] * (window.frequenciesHz[chan] - window.basebandCentreHz)) / 1e9
    );
  }

  /** Sky brightness that enters the receiver, K. */
  skyTemperature(frequencyHz: number, elevation: number): number {
    const transmission = Math.exp(-zenithOpacity(frequencyHz, this.opacity225) / Math.sin(elevation));
    return FORWARD_EFFICIENCY * AIR_K * (1 - transmission) + (1 - FORWARD_EFFICIENCY) * GROUND_K;
  }

  /** System temperature outside the atmosphere, K, of all inputs, [ant, pol, chan]. */
  systemTemperature(window: SimulatedWindow, elevation: number): Float64Array {
    const inputs = this.antennaCount * POL_COUNT;
    const { frequenciesHz: frequencies } = window;
    const result = new Float64Array(inputs * frequencies.length);
    for (let chan = 0; chan < frequencies.length; chan++) {
      const sky = this.skyTemperature(frequencies[chan], elevation);
      const loss =
        Math.exp(zenithOpacity(frequencies[chan], this.opacity225) / Math.sin(elevation)) / FORWARD_EFFICIENCY;
      for (let input = 0; input < inputs; input++) {
        result[input * frequencies.length + chan] = (this.receiverTemperature(input, window, chan) + sky) * loss;
      }
    }
    return result;
  }

  /** Excess path in front of an antenna against the mean of the screen, m. */
  path(ground: Float64Array, ant: number, timeSec: number, elevation: number): number {
    return this.screen.path(ground[2 * ant], ground[2 * ant + 1], timeSec) / Math.sin(elevation);
  }
}
