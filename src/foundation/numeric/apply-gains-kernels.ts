import { fail } from '../base/index.ts';
import { kernels, pointer } from './kernel-memory.ts';

/** Arrays of one call of {@link applyGainsInPlace}; all lie in kernel memory. */
export interface GainApplication {
  /** [row, chan, corr, re/im], changed; undefined: only the flags are set */
  readonly data?: Float32Array;
  /** [row, chan, corr], changed: 1 where a gain is bad */
  readonly flag: Uint8Array;
  readonly rowCount: number;
  readonly chanCount: number;
  /** 1 (XX), 2 (XX, YY) or 4 (XX, XY, YX, YY) */
  readonly corrCount: number;
  /** [row] */
  readonly antenna1: Int32Array;
  readonly antenna2: Int32Array;
  /** Factors of the data, [ant, gainChan, pol, re/im]; gainChan is chanCount or 1 */
  readonly gain: Float32Array;
  readonly gainChanCount: number;
  /** Factors that hold for all channels, [ant, pol, re/im] */
  readonly scale: Float32Array;
  /** 1 = no valid gain, [ant, gainChan, pol] */
  readonly bad: Uint8Array;
  /** 1 when the antenna has any bad gain, [ant] */
  readonly antennaIsBad: Uint8Array;
}

/**
 * Multiplies visibilities by antenna gains: data *= g1 · conj(g2) with g = gain · scale, and flags rows of bad gains.
 *
 * @param call what to multiply with what; `data` and `flag` are changed
 * @throws internal when an array is too short
 */
export function applyGainsInPlace(call: GainApplication): void {
  const { rowCount, chanCount, corrCount, gainChanCount } = call;
  const antennaCount = call.antennaIsBad.length;
  const cells = rowCount * chanCount * corrCount;
  if (corrCount !== 1 && corrCount !== 2 && corrCount !== 4) fail('internal', `applyGains: ${corrCount} correlations.`);
  if (gainChanCount !== 1 && gainChanCount !== chanCount) fail('internal', 'applyGains: channel counts differ.');
  if (call.flag.length < cells || (call.data && call.data.length < 2 * cells)) {
    fail('internal', 'applyGains: data or flags are too short.');
  }
  if (call.gain.length < antennaCount * gainChanCount * 4 || call.bad.length < antennaCount * gainChanCount * 2) {
    fail('internal', 'applyGains: gains are too short.');
  }
  if (call.scale.length < antennaCount * 4) fail('internal', 'applyGains: scales are too short.');
  for (let row = 0; row < rowCount; row++) {
    if (call.antenna1[row] >= antennaCount || call.antenna2[row] >= antennaCount) {
      fail('internal', 'applyGains: a row names an antenna without gains.');
    }
  }
  kernels().applyGains(
    call.data ? pointer(call.data) : 0,
    pointer(call.flag),
    rowCount,
    chanCount,
    corrCount,
    pointer(call.antenna1),
    pointer(call.antenna2),
    pointer(call.gain),
    gainChanCount,
    pointer(call.scale),
    pointer(call.bad),
    pointer(call.antennaIsBad),
  );
}
