import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { applyGainsInPlace, arena, isKernelArray, type Lease } from '../../foundation/numeric/index.ts';
import type { WeightFactors } from './calibrated-weights.ts';
import type { ChainTerm } from './chain-term.ts';
import type { TermGains } from './jones-terms.ts';

/** Product of all terms in one window, in kernel memory. */
export interface Total extends WeightFactors {
  readonly chanCount: number;
  readonly gain: Float32Array;
  readonly bad: Uint8Array;
  readonly antennaIsBad: Uint8Array;
  /** [ant, pol, re/im], product of the terms without channels */
  readonly scale: Float32Array;
}

/** into *= (or /=) the inverse gain of a term; both are complex cells of the same order. */
function multiplyCell(into: Float32Array, at: number, inverse: Float32Array, from: number, isForward: boolean): void {
  let re = inverse[2 * from];
  let im = inverse[2 * from + 1];
  if (isForward) {
    const power = re * re + im * im;
    re /= power;
    im /= -power;
  }
  const re0 = into[2 * at];
  const im0 = into[2 * at + 1];
  into[2 * at] = re0 * re - im0 * im;
  into[2 * at + 1] = re0 * im + im0 * re;
}

function setOnes(into: Float32Array): void {
  for (let at = 0; at < into.length; at += 2) {
    into[at] = 1;
    into[at + 1] = 0;
  }
}

export function multiplyBand(total: Total, terms: readonly ChainTerm[], spwId: number, isForward: boolean): void {
  const banded = terms.filter((term) => term.kind.hasChannels);
  if (banded.length === 0) return;
  if (isForward) setOnes(total.gain);
  else total.gain.set(banded[0].gains(spwId).inverse);
  for (const term of isForward ? banded : banded.slice(1)) {
    const { inverse, isUnity } = term.gains(spwId);
    const perAntenna = 2 * total.chanCount;
    for (let ant = 0; ant < isUnity.length; ant++) {
      if (isUnity[ant]) continue;
      const first = ant * perAntenna;
      for (let at = first; at < first + perAntenna; at++) multiplyCell(total.gain, at, inverse, at, isForward);
    }
  }
}

export function multiplyScale(total: Total, terms: readonly ChainTerm[], spwId: number, isForward: boolean): void {
  setOnes(total.scale);
  for (const term of terms) {
    if (term.kind.hasChannels) continue;
    const { inverse } = term.gains(spwId);
    for (let at = 0; at < total.scale.length / 2; at++) multiplyCell(total.scale, at, inverse, at, isForward);
  }
}

/** Flags of all terms together, and the products of their weight factors. */
export function gatherFlags(total: Total, terms: readonly ChainTerm[], spwId: number): void {
  const chans = total.chanCount;
  total.bad.fill(0);
  total.antennaIsBad.fill(0);
  total.weight.fill(1);
  total.evenWeight.fill(1);
  for (const term of terms) {
    const { bad, weight, chanCount } = term.gains(spwId);
    for (const into of term.changesWeights
      ? [total.weight, ...(term.kind.weighsChannels ? [] : [total.evenWeight])]
      : [])
      for (let cell = 0; cell < weight.length; cell++) into[cell] *= weight[cell];
    if (!term.hasBad(spwId)) continue;
    for (let ant = 0; ant < total.antennaIsBad.length; ant++) {
      for (let chan = 0; chan < chans; chan++) {
        for (let pol = 0; pol < 2; pol++) {
          if (!bad[(ant * chanCount + (chanCount > 1 ? chan : 0)) * 2 + pol]) continue;
          total.bad[(ant * chans + chan) * 2 + pol] = 1;
          total.antennaIsBad[ant] = 1;
        }
      }
    }
  }
}

/** Sets flags of rows first … end where one term alone has no gains; `flags` are those rows', in kernel memory. */
export function flagRows(
  chunk: VisibilityChunk,
  first: number,
  end: number,
  { flags, own, total }: { readonly flags: Uint8Array; readonly own: TermGains; readonly total: Total },
  lease: Lease,
): void {
  const antenna1 = lease.int32(end - first);
  const antenna2 = lease.int32(end - first);
  antenna1.set(chunk.antenna1.subarray(first, end));
  antenna2.set(chunk.antenna2.subarray(first, end));
  const bad = lease.uint8(own.bad.length);
  bad.set(own.bad);
  const antennaIsBad = lease.uint8(total.antennaIsBad.length);
  antennaIsBad.fill(1);
  const { chanCount, corrCount } = chunk;
  const { gain, scale } = total;
  const gains = { gain, scale, gainChanCount: own.chanCount, bad, antennaIsBad };
  applyGainsInPlace({ flag: flags, rowCount: end - first, chanCount, corrCount, antenna1, antenna2, ...gains });
}

/** The kernel on rows first … end; arrays outside kernel memory are copied in and out. */
export function applyToRows(
  chunk: VisibilityChunk,
  data: Float32Array | undefined,
  first: number,
  end: number,
  total: Total,
): void {
  arena().scope((lease) => {
    const perRow = chunk.chanCount * chunk.corrCount;
    const dataRows = data?.subarray(2 * first * perRow, 2 * end * perRow);
    const flagRows = chunk.flag.subarray(first * perRow, end * perRow);
    const dataIn = dataRows && (isKernelArray(dataRows) ? dataRows : lease.float32(dataRows.length));
    const flagIn = isKernelArray(flagRows) ? flagRows : lease.uint8(flagRows.length);
    if (dataRows && dataIn && dataIn !== dataRows) dataIn.set(dataRows);
    if (flagIn !== flagRows) flagIn.set(flagRows);
    const antenna1 = lease.int32(end - first);
    const antenna2 = lease.int32(end - first);
    antenna1.set(chunk.antenna1.subarray(first, end));
    antenna2.set(chunk.antenna2.subarray(first, end));
    applyGainsInPlace({
      data: dataIn,
      flag: flagIn,
      rowCount: end - first,
      chanCount: chunk.chanCount,
      corrCount: chunk.corrCount,
      antenna1,
      antenna2,
      gain: total.gain,
      gainChanCount: total.chanCount,
      scale: total.scale,
      bad: total.bad,
      antennaIsBad: total.antennaIsBad,
    });
    if (dataRows && dataIn && dataIn !== dataRows) dataRows.set(dataIn);
    if (flagIn !== flagRows) flagRows.set(flagIn);
  });
}
