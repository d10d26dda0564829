import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { CalTable } from './caltable.ts';
import type { Interpolated } from './solution-interpolator.ts';

/** Where and when gains are needed. */
export interface Spot {
  readonly spwId: number;
  readonly fieldId: number;
  readonly observationId: number;
  /** MJD s */
  readonly time: number;
  /** Channels of the data, Hz */
  readonly chanFreqs: Float64Array;
  /** Channels of the data that are not to be calibrated. */
  readonly unchosen?: ReadonlySet<number>;
}

/** Inverse gains of one term: what data are multiplied by. Antennas without a solution have 1 and are marked bad. */
export interface TermGains {
  readonly chanCount: number;
  /** [ant, chan, pol, re/im] */
  readonly inverse: Float32Array;
  /** 1 = no valid gain, [ant, chan, pol] */
  readonly bad: Uint8Array;
  /** Factor of the weights, [ant, pol] */
  readonly weight: Float32Array;
  /** 1 = the gains of this antenna are 1 in all channels, [ant]; kinds that know it say so. */
  readonly isUnity: Uint8Array;
}

/** What a term must know besides its table. */
export interface TermSurroundings {
  /** Path excess in metres towards a field for antenna offsets in ITRF metres, [ant, 3] → [ant]. */
  readonly pathOfOffsets: (offsets: Float64Array, time: number, fieldId: number) => Float64Array;
  /** Elevation at which an antenna sees a field, rad. */
  readonly elevationOf: (antenna: number, time: number, fieldId: number) => number;
  /** Middle of the table's window that serves a window of the data, Hz. */
  readonly tableReference: (spwId: number) => number;
}

/** One kind of antenna-based term: how its parameters become gains. */
export interface TermKind {
  /** Place in the chain; terms are named in the log in this order. */
  readonly order: number;
  /** Gains differ from channel to channel. */
  readonly hasChannels: boolean;
  /** Parameters have channels of their own, which are resampled to those of the data. */
  readonly isResampled: boolean;
  /** Weights are never touched (delays and phases). */
  readonly keepsWeights: boolean;
  /** Weights by channel go with the gains of the channels (system temperatures). */
  readonly weighsChannels: boolean;
  /** Gains change with time even when the parameters do not. */
  readonly followsTime: boolean;
  /** One solution serves all windows. */
  readonly servesAllWindows: boolean;
  fill(parameters: Interpolated, spot: Spot, around: TermSurroundings, into: TermGains): void;
}

/** Parameter that serves a polarization: the only one, or the one of the same number. */
const parOf = (parameters: Interpolated, pol: number) => (parameters.parCount === 1 ? 0 : pol);

/** Amplitude and phase, one per channel of `into`: inverse = exp(-i phase) / amplitude. */
function fillFromAmplitudePhase(parameters: Interpolated, into: TermGains): void {
  const { parCount, values, flags } = parameters;
  const antennaCount = into.weight.length / 2;
  const chans = into.chanCount;
  for (let ant = 0; ant < antennaCount; ant++) {
    for (let chan = 0; chan < chans; chan++) {
      for (let pol = 0; pol < 2; pol++) {
        const from = (ant * chans + chan) * parCount + parOf(parameters, pol);
        const to = (ant * chans + chan) * 2 + pol;
        const amp = values[2 * from];
        const isBad = flags[from] !== 0 || !(amp > 0);
        const phase = values[2 * from + 1];
        into.bad[to] = isBad ? 1 : 0;
        into.inverse[2 * to] = isBad ? 1 : Math.cos(phase) / amp;
        into.inverse[2 * to + 1] = isBad ? 0 : -Math.sin(phase) / amp;
      }
    }
  }
}

const gainKind = (order: number): TermKind => ({
  order,
  hasChannels: false,
  isResampled: false,
  keepsWeights: false,
  weighsChannels: false,
  followsTime: false,
  servesAllWindows: false,
  fill(parameters, _spot, _around, into) {
    fillFromAmplitudePhase(parameters, into);
    const { parCount } = parameters;
    for (let cell = 0; cell < into.weight.length; cell++) {
      const amp = parameters.values[2 * ((cell >> 1) * parCount + parOf(parameters, cell & 1))];
      into.weight[cell] = into.bad[cell] ? 1 : amp * amp;
    }
  },
});

/** Bandpasses: weights go with the mean power of the good channels of the solution, before it is resampled. */
const bandKind: TermKind = {
  ...gainKind(5),
  hasChannels: true,
  isResampled: true,
  fill(parameters, _spot, _around, into) {
    fillFromAmplitudePhase(parameters, into);
    const { parCount } = parameters;
    const { chanCount, values, flags } = parameters.atTableChannels;
    for (let cell = 0; cell < into.weight.length; cell++) {
      let sum = 0;
      let count = 0;
      for (let chan = 0; chan < chanCount; chan++) {
        const at = ((cell >> 1) * chanCount + chan) * parCount + parOf(parameters, cell & 1);
        if (flags[at]) continue;
        sum += values[2 * at] ** 2;
        count++;
      }
      into.weight[cell] = count > 0 ? sum / count : 1;
    }
  },
};

/** System temperatures: gains 1/sqrt(Tsys), so that data are multiplied by sqrt(Tsys1 Tsys2); weights by 1/mean(Tsys). */
const tsysKind: TermKind = {
  ...bandKind,
  weighsChannels: true,
  fill(parameters, spot, _around, into) {
    const { parCount, values, flags } = parameters;
    const { unchosen } = spot;
    const { bad, inverse } = into;
    const antennaCount = into.weight.length / 2;
    const chans = into.chanCount;
    for (let ant = 0; ant < antennaCount; ant++) {
      for (let pol = 0; pol < 2; pol++) {
        let sum = 0;
        let count = 0;
        let from = ant * chans * parCount + parOf(parameters, pol);
        let to = ant * chans * 2 + pol;
        for (let chan = 0; chan < chans; chan++, from += parCount, to += 2) {
          const tsys = values[from];
          const isBad = flags[from] !== 0 || !(tsys > 0);
          bad[to] = isBad ? 1 : 0;
          inverse[2 * to] = isBad ? 1 : Math.sqrt(tsys);
          inverse[2 * to + 1] = 0;
          if (isBad || unchosen?.has(chan)) continue;
          sum += tsys;
          count++;
        }
        into.weight[2 * ant + pol] = sum > 0 ? count / sum : 1;
      }
    }
  },
};

/** exp(-2 πi delay (f - reference)) for all channels of one antenna and polarization. */
function fillDelay(
  into: TermGains,
  ant: number,
  pol: number,
  delaySec: number,
  freqs: Float64Array,
  reference: number,
): void {
  const { chanCount, bad, inverse } = into;
  for (let chan = 0; chan < chanCount; chan++) {
    const to = (ant * chanCount + chan) * 2 + pol;
    const turns = delaySec * (freqs[chan] - reference);
    const phase = 2 * Math.PI * (turns - Math.round(turns));
    bad[to] = 0;
    inverse[2 * to] = Math.cos(phase);
    inverse[2 * to + 1] = -Math.sin(phase);
  }
}

/** The same delay in both polarizations; antennas without one are marked. */
function fillPathDelay(into: TermGains, ant: number, delaySec: number, freqs: Float64Array): void {
  const { chanCount, bad, inverse } = into;
  const first = ant * chanCount * 2;
  if (delaySec === 0) {
    if (into.isUnity[ant]) return;
    into.isUnity[ant] = 1;
    for (let cell = first; cell < first + 2 * chanCount; cell++) {
      bad[cell] = 0;
      inverse[2 * cell] = 1;
      inverse[2 * cell + 1] = 0;
    }
    return;
  }
  into.isUnity[ant] = 0;
  fillDelay(into, ant, 0, delaySec, freqs, 0);
  for (let cell = first; cell < first + 2 * chanCount; cell += 2) {
    bad[cell + 1] = bad[cell];
    inverse[2 * cell + 2] = inverse[2 * cell];
    inverse[2 * cell + 3] = inverse[2 * cell + 1];
  }
}

/** Delays in ns; their phases vanish in the middle of the table's window (CASA 6.7). */
const delayKind: TermKind = {
  ...gainKind(6),
  hasChannels: true,
  keepsWeights: true,
  fill(parameters, spot, around, into) {
    const antennaCount = into.weight.length / 2;
    const reference = around.tableReference(spot.spwId);
    for (let ant = 0; ant < antennaCount; ant++) {
      for (let pol = 0; pol < 2; pol++) {
        const from = ant * parameters.parCount + parOf(parameters, pol);
        if (!parameters.flags[from]) {
          fillDelay(into, ant, pol, parameters.values[from] * 1e-9, spot.chanFreqs, reference);
          continue;
        }
        for (let chan = 0; chan < into.chanCount; chan++) {
          const to = (ant * into.chanCount + chan) * 2 + pol;
          into.bad[to] = 1;
          into.inverse[2 * to] = 1;
          into.inverse[2 * to + 1] = 0;
        }
      }
    }
  },
};

/** Errors of antenna positions, ITRF metres: a path excess towards the source. Antennas without an entry are correct. */
const positionKind: TermKind = {
  ...gainKind(4),
  hasChannels: true,
  keepsWeights: true,
  followsTime: true,
  servesAllWindows: true,
  fill(parameters, spot, around, into) {
    const antennaCount = into.weight.length / 2;
    const paths = around.pathOfOffsets(
      Float64Array.from(parameters.values.subarray(0, 3 * antennaCount)),
      spot.time,
      spot.fieldId,
    );
    for (let ant = 0; ant < antennaCount; ant++) fillPathDelay(into, ant, paths[ant] / SPEED_OF_LIGHT, spot.chanFreqs);
  },
};

/** Opacities at the zenith: amplitudes fall by exp(-opacity / (2 sin elevation)) (CASA 6.7, TOpac). */
const opacityKind: TermKind = {
  ...gainKind(13),
  followsTime: true,
  fill(parameters, spot, around, into) {
    const antennaCount = into.weight.length / 2;
    for (let ant = 0; ant < antennaCount; ant++) {
      const airmass = 1 / Math.sin(around.elevationOf(ant, spot.time, spot.fieldId));
      for (let pol = 0; pol < 2; pol++) {
        const cell = 2 * ant + pol;
        const from = ant * parameters.parCount + parOf(parameters, pol);
        const isBad = parameters.flags[from] !== 0 || !(airmass > 0);
        const amp = isBad ? 1 : Math.exp(-0.5 * parameters.values[from] * airmass);
        into.bad[cell] = isBad ? 1 : 0;
        into.inverse[2 * cell] = 1 / amp;
        into.inverse[2 * cell + 1] = 0;
        into.weight[cell] = amp * amp;
      }
    }
  },
};

/** Every term that can be applied; a further one is a line here and its kind above or in a file of its own. */
const KINDS: ReadonlyMap<string, TermKind> = new Map([
  ['TOpac', opacityKind],
  ['KAntPos Jones', positionKind],
  ['K Jones', delayKind],
  ['B TSYS', tsysKind],
  ['B Jones', bandKind],
  ['G Jones', gainKind(7)],
  ['Fluxscale G', gainKind(7)],
  ['T Jones', gainKind(13)],
]);

/** @throws unsupported when tables of this type cannot be applied */
export function termKind(table: CalTable, path: string): TermKind {
  const kind = KINDS.get(table.visCal);
  if (!kind) {
    fail(
      'unsupported',
      `Calibration tables of type "${table.visCal}" cannot be applied; known: ${[...KINDS.keys()].join(', ')}.`,
      { file: path },
    );
  }
  return kind;
}

/** True for tables whose gains weight each channel by itself. */
export function weighsChannels(table: CalTable): boolean {
  return KINDS.get(table.visCal)?.weighsChannels === true;
}
