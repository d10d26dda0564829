import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { SPIKE } from './faults.ts';
import type { FieldGeometry } from './geometry.ts';
import type { ArrayLayout, Instrument } from './instrument.ts';
import type { RandomStream } from './random.ts';
import { INTEGRATION_EVENTS, type SubscanIntent, TIMING_EVENT_SEC } from './schedule.ts';
import { continuumFlux, type SkyField } from './sky.ts';
import { fillPhasor, SourceModel } from './source-model.ts';
import { AVERAGED_SHARE, type SimulatedWindow } from './spectral-setup.ts';

const POL_COUNT = 2;
const INTEGRATION_SEC = INTEGRATION_EVENTS * TIMING_EVENT_SEC;
/** Physical temperatures of the calibration loads, K. */
export const AMBIENT_LOAD_K = 288;
export const HOT_LOAD_K = 353;
const INT16_LIMIT = 32_767;
/** Largest stored number that a strong visibility should have, by type. */
const FULL_SCALE_INT16 = 30_000;
const FULL_SCALE_INT32 = 2e7;

/** What happens to the voltages of an input besides its gain. */
export interface VoltageChange {
  /** Factor; 0 where an antenna does not see the source. */
  strength(ant: number, pol: number, baseband: number): number;
  /** rad, added */
  phase(ant: number, pol: number, baseband: number): number;
}

/** Numbers of one integration, in BDF order. */
export interface IntegrationData {
  /** [baseline, window, chan, pol, re/im] */
  readonly cross: Int16Array | Int32Array;
  /** [ant, window, chan, pol] */
  readonly auto: Float32Array;
  /** Channel averages without noise, [baseline, window, pol, re/im], and their noise for a whole integration, [window]. */
  readonly average: Float64Array;
  readonly averageNoise: Float64Array;
  /** [ant, window, pol] */
  readonly autoAverage: Float32Array;
}

interface WindowState {
  readonly window: SimulatedWindow;
  readonly model: SourceModel;
  readonly pointSpectrum: Float64Array | undefined;
  /** Bandpass over the square root of SEFD, [ant, pol, chan, re/im]. */
  readonly response: Float64Array;
  /** Power relative to the ambient load, [ant, pol, chan]. */
  readonly level: Float64Array;
  readonly noise: number;
  /** Strength of the spurious signal, 0 for none. */
  readonly spike: number;
  readonly scale: number;
  /** First number of the window within a baseline of cross data, and within an antenna of auto data. */
  readonly crossFirst: number;
  readonly autoFirst: number;
  readonly voltages: Float64Array;
  readonly visibilities: Float64Array;
}

/** Computes what the correlator gives, integration by integration, for one subscan. */
export class Correlator {
  readonly data: IntegrationData;
  /** Stored number over correlation coefficient, [window]. */
  readonly scales: readonly number[];
  private readonly instrument: Instrument;
  private readonly layout: ArrayLayout;
  private readonly random: RandomStream;
  private readonly noiseFactor: number;
  private readonly seesSource: boolean;
  private readonly states: readonly WindowState[];
  private readonly crossStride: number;
  private readonly autoStride: number;

  constructor(options: {
    readonly instrument: Instrument;
    readonly layout: ArrayLayout;
    readonly random: RandomStream;
    /** 0 for none. */
    readonly noiseFactor: number;
    readonly field: SkyField;
    readonly windows: readonly SimulatedWindow[];
    readonly intent: SubscanIntent;
    readonly elevation: number;
    readonly crossType: 'int16' | 'int32';
    /** A spurious signal in some channels of all baselines. */
    readonly hasSpike?: boolean;
  }) {
    const { instrument, windows } = options;
    this.instrument = instrument;
    this.layout = options.layout;
    this.random = options.random;
    this.noiseFactor = options.noiseFactor;
    this.seesSource = options.intent === 'ON_SOURCE';
    const antennaCount = instrument.antennaCount;
    const baselineCount = (antennaCount * (antennaCount - 1)) / 2;
    let chanTotal = 0;
    this.states = windows.map((window) => {
      const state = this.prepare(window, options, chanTotal);
      chanTotal += window.frequenciesHz.length;
      return state;
    });
    this.scales = this.states.map((state) => state.scale);
    this.crossStride = chanTotal * POL_COUNT * 2;
    this.autoStride = chanTotal * POL_COUNT;
    const crossLength = baselineCount * this.crossStride;
    this.data = {
      cross: options.crossType === 'int16' ? new Int16Array(crossLength) : new Int32Array(crossLength),
      auto: new Float32Array(antennaCount * this.autoStride),
      average: new Float64Array(baselineCount * windows.length * POL_COUNT * 2),
      averageNoise: Float64Array.from(this.states, ({ noise, window }) => {
        return (this.noiseFactor * noise) / Math.sqrt(AVERAGED_SHARE * window.frequenciesHz.length);
      }),
      autoAverage: new Float32Array(antennaCount * windows.length * POL_COUNT),
    };
  }

  /** Standard deviation of a stored number in the first window. */
  get storedNoise(): number {
    const [{ noise, scale }] = this.states;
    return this.noiseFactor * noise * scale;
  }

  /** Fills `data` for an integration whose middle is `hours` after the start of the execution. */
  integrate(geometry: FieldGeometry, hours: number, change: VoltageChange): void {
    this.states.forEach((state, index) => {
      this.fillVoltages(state, geometry, hours, change);
      if (!state.model.isPoint && this.seesSource) state.model.fill(geometry, state.visibilities);
      this.correlate(state, index);
      this.detect(state, index);
    });
  }

  private prepare(
    window: SimulatedWindow,
    options: {
      field: SkyField;
      intent: SubscanIntent;
      elevation: number;
      crossType: 'int16' | 'int32';
      hasSpike?: boolean;
    },
    chanBefore: number,
  ): WindowState {
    const { instrument } = this;
    const chanCount = window.frequenciesHz.length;
    const antennaCount = instrument.antennaCount;
    const model = new SourceModel(options.field, window, antennaCount, this.layout.dishDiameters[0]);
    const bandpass = instrument.bandpass(window);
    const tsys = instrument.systemTemperature(window, options.elevation);
    const response = new Float64Array(bandpass.length);
    const level = new Float64Array(tsys.length);
    let strongest = 0;
    for (let at = 0; at < tsys.length; at++) {
      const input = Math.floor(at / chanCount);
      const coupling = 1 / Math.sqrt(instrument.jyPerK[input >> 1] * tsys[at]);
      response[2 * at] = bandpass[2 * at] * coupling;
      response[2 * at + 1] = bandpass[2 * at + 1] * coupling;
      strongest = Math.max(strongest, coupling * coupling);
      const power = bandpass[2 * at] ** 2 + bandpass[2 * at + 1] ** 2;
      const receiver = instrument.receiverTemperature(input, window, at % chanCount);
      const load = this.loadTemperature(window.frequenciesHz[at % chanCount], options);
      level[at] = (power * (receiver + load)) / (receiver + AMBIENT_LOAD_K);
    }
    const noise = 1 / Math.sqrt(2 * Math.abs(window.stepHz) * INTEGRATION_SEC);
    const peakJy = Math.max(continuumFlux(options.field, window.basebandCentreHz), 1.5);
    const fullScale = options.crossType === 'int16' ? FULL_SCALE_INT16 : FULL_SCALE_INT32;
    const baselineCount = (antennaCount * (antennaCount - 1)) / 2;
    return {
      window,
      model,
      pointSpectrum: model.isPoint ? model.pointSpectrum() : undefined,
      response,
      level,
      noise,
      spike: options.hasSpike && window.baseband === SPIKE.baseband ? SPIKE.strength * noise : 0,
      scale: Math.round(fullScale / (1.6 * peakJy * strongest + (options.hasSpike ? SPIKE.strength + 8 : 8) * noise)),
      crossFirst: chanBefore * POL_COUNT * 2,
      autoFirst: chanBefore * POL_COUNT,
      voltages: new Float64Array(bandpass.length),
      visibilities: new Float64Array(model.isPoint ? 0 : baselineCount * chanCount * 2),
    };
  }

  private loadTemperature(frequencyHz: number, options: { intent: SubscanIntent; elevation: number }): number {
    if (options.intent === 'AMBIENT') return AMBIENT_LOAD_K;
    return options.intent === 'HOT' ? HOT_LOAD_K : this.instrument.skyTemperature(frequencyHz, options.elevation);
  }

  /** Complex response of each input to the source: gain, bandpass, path. */
  private fillVoltages(state: WindowState, geometry: FieldGeometry, hours: number, change: VoltageChange): void {
    const { instrument, layout } = this;
    const { window, response, voltages } = state;
    const chanCount = window.frequenciesHz.length;
    const phasor = new Float64Array(2 * chanCount);
    for (let ant = 0; ant < instrument.antennaCount; ant++) {
      const path = instrument.path(layout.ground, ant, hours * 3600, geometry.elevation) + geometry.positionPath[ant];
      const delay = -path / SPEED_OF_LIGHT;
      fillPhasor(phasor, 0, chanCount, delay * window.frequenciesHz[0], delay * window.stepHz);
      for (let pol = 0; pol < POL_COUNT; pol++) {
        const { amplitude, phase } = instrument.gain(2 * ant + pol, hours);
        const strength = amplitude * change.strength(ant, pol, window.baseband);
        const angle = phase + change.phase(ant, pol, window.baseband);
        const gainRe = strength * Math.cos(angle);
        const gainIm = strength * Math.sin(angle);
        const first = (2 * ant + pol) * chanCount;
        for (let chan = 0; chan < chanCount; chan++) {
          const at = 2 * (first + chan);
          const re = gainRe * phasor[2 * chan] - gainIm * phasor[2 * chan + 1];
          const im = gainRe * phasor[2 * chan + 1] + gainIm * phasor[2 * chan];
          voltages[at] = response[at] * re - response[at + 1] * im;
          voltages[at + 1] = response[at] * im + response[at + 1] * re;
        }
      }
    }
  }

  /** Cross correlations of one window: V = v1 conj(v2) M, plus noise, scaled and rounded. */
  private correlate(state: WindowState, index: number): void {
    const { data, random } = this;
    const { cross, average } = data;
    const { window, voltages, visibilities, pointSpectrum, scale } = state;
    const chanCount = window.frequenciesHz.length;
    const antennaCount = this.instrument.antennaCount;
    const edge = Math.round((chanCount * (1 - AVERAGED_SHARE)) / 2);
    const limit = cross instanceof Int16Array ? INT16_LIMIT : 2_147_483_647;
    const source = this.seesSource ? scale : 0;
    const noise = this.noiseFactor * state.noise * scale;
    const spike = state.spike * scale;
    const spikeEnd = SPIKE.firstChannel + SPIKE.channelCount;
    let baseline = 0;
    for (let ant2 = 1; ant2 < antennaCount; ant2++) {
      for (let ant1 = 0; ant1 < ant2; ant1++, baseline++) {
        for (let pol = 0; pol < POL_COUNT; pol++) {
          const a = 2 * (2 * ant1 + pol) * chanCount;
          const b = 2 * (2 * ant2 + pol) * chanCount;
          const out = baseline * this.crossStride + state.crossFirst + 2 * pol;
          let sumRe = 0;
          let sumIm = 0;
          for (let chan = 0; chan < chanCount; chan++) {
            const at = 2 * chan;
            const productRe = voltages[a + at] * voltages[b + at] + voltages[a + at + 1] * voltages[b + at + 1];
            const productIm = voltages[a + at + 1] * voltages[b + at] - voltages[a + at] * voltages[b + at + 1];
            const modelRe = pointSpectrum ? pointSpectrum[chan] : visibilities[2 * baseline * chanCount + at];
            const modelIm = pointSpectrum ? 0 : visibilities[2 * baseline * chanCount + at + 1];
            const spurious = spike > 0 && chan >= SPIKE.firstChannel && chan < spikeEnd ? spike : 0;
            const re = source * (productRe * modelRe - productIm * modelIm) + spurious;
            const im = source * (productRe * modelIm + productIm * modelRe);
            if (chan >= edge && chan < chanCount - edge) {
              sumRe += re;
              sumIm += im;
            }
            const noisyRe = noise > 0 ? re + noise * random.normal() : re;
            const noisyIm = noise > 0 ? im + noise * random.normal() : im;
            cross[out + 4 * chan] = Math.max(-limit, Math.min(limit, Math.round(noisyRe)));
            cross[out + 4 * chan + 1] = Math.max(-limit, Math.min(limit, Math.round(noisyIm)));
          }
          const mean = 2 * ((baseline * this.states.length + index) * POL_COUNT + pol);
          average[mean] = sumRe / (scale * (chanCount - 2 * edge));
          average[mean + 1] = sumIm / (scale * (chanCount - 2 * edge));
        }
      }
    }
  }

  /** Autocorrelations of one window. */
  private detect(state: WindowState, index: number): void {
    const { auto, autoAverage } = this.data;
    const chanCount = state.window.frequenciesHz.length;
    const noise = this.noiseFactor * Math.SQRT2 * state.noise;
    for (let input = 0; input < POL_COUNT * this.instrument.antennaCount; input++) {
      const ant = input >> 1;
      const pol = input & 1;
      const out = ant * this.autoStride + state.autoFirst + pol;
      let sum = 0;
      for (let chan = 0; chan < chanCount; chan++) {
        const level = state.level[input * chanCount + chan];
        sum += level;
        auto[out + POL_COUNT * chan] = noise > 0 ? level * (1 + noise * this.random.normal()) : level;
      }
      autoAverage[(ant * this.states.length + index) * POL_COUNT + pol] = sum / chanCount;
    }
  }
}
