/** What a call of the gain kernel must do, written from the equation V' = V g1 conj(g2), in float64. */
export interface SlowGains {
  readonly data: Float32Array;
  readonly flag: Uint8Array;
  readonly rowCount: number;
  readonly chanCount: number;
  readonly corrCount: number;
  readonly antenna1: Int32Array;
  readonly antenna2: Int32Array;
  readonly gain: Float32Array;
  readonly gainChanCount: number;
  readonly scale: Float32Array;
  readonly bad: Uint8Array;
}

type Complex = readonly [number, number];
const times = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
const conj = (a: Complex): Complex => [a[0], -a[1]];
const cell = (from: Float32Array, at: number): Complex => [from[2 * at], from[2 * at + 1]];

/** Corrected data and flags as new arrays. */
export function applyGainsSlowly(call: SlowGains): { data: Float64Array; flag: Uint8Array } {
  const data = new Float64Array(call.data.length);
  const flag = call.flag.slice();
  const gainOf = (ant: number, chan: number, pol: number) => {
    const own = call.gainChanCount > 1 ? chan : 0;
    return times(cell(call.gain, (ant * call.gainChanCount + own) * 2 + pol), cell(call.scale, 2 * ant + pol));
  };
  const isBad = (ant: number, chan: number, pol: number) =>
    call.bad[(ant * call.gainChanCount + (call.gainChanCount > 1 ? chan : 0)) * 2 + pol];
  for (let row = 0; row < call.rowCount; row++) {
    for (let chan = 0; chan < call.chanCount; chan++) {
      for (let corr = 0; corr < call.corrCount; corr++) {
        const [pol1, pol2] = call.corrCount === 4 ? [corr >> 1, corr & 1] : [corr, corr];
        const at = (row * call.chanCount + chan) * call.corrCount + corr;
        const factor = times(gainOf(call.antenna1[row], chan, pol1), conj(gainOf(call.antenna2[row], chan, pol2)));
        const [re, im] = times(cell(call.data, at), factor);
        data[2 * at] = re;
        data[2 * at + 1] = im;
        flag[at] |= isBad(call.antenna1[row], chan, pol1) | isBad(call.antenna2[row], chan, pol2);
      }
    }
  }
  return { data, flag };
}
