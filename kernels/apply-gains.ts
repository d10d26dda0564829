// Antenna gains times visibilities: corrected = data * g1 * conj(g2), flags and the like. Complex numbers are re, im pairs.

/** a * b for two complex numbers in each vector. */
@inline
function multiplyComplex(a: v128, b: v128): v128 {
  const bRe = v128.shuffle<f32>(b, b, 0, 0, 2, 2);
  const bIm = v128.shuffle<f32>(b, b, 1, 1, 3, 3);
  const aSwapped = v128.shuffle<f32>(a, a, 1, 0, 3, 2);
  const cross = f32x4.mul(aSwapped, bIm);
  const signs = f32x4(-1, 1, -1, 1);
  return f32x4.add(f32x4.mul(a, bRe), f32x4.mul(cross, signs));
}

@inline
function conjugate(a: v128): v128 {
  return f32x4.mul(a, f32x4(1, -1, 1, -1));
}

/** Rows with two correlations (XX, YY): one vector holds a channel. */
@inline
function applyRowTwo(data: usize, chanCount: i32, gain1: usize, gain2: usize, gainStep: usize, rowFactor: v128): void {
  if (gainStep == 0) {
    const factor = multiplyComplex(multiplyComplex(v128.load(gain1), conjugate(v128.load(gain2))), rowFactor);
    for (let chan = 0; chan < chanCount; chan++) {
      v128.store(data, multiplyComplex(v128.load(data), factor));
      data += 16;
    }
    return;
  }
  for (let chan = 0; chan < chanCount; chan++) {
    const factor = multiplyComplex(multiplyComplex(v128.load(gain1), conjugate(v128.load(gain2))), rowFactor);
    v128.store(data, multiplyComplex(v128.load(data), factor));
    data += 16;
    gain1 += gainStep;
    gain2 += gainStep;
  }
}

/** Rows with one (XX) or four (XX, XY, YX, YY) correlations. */
@inline
function applyRowAny(
  data: usize, chanCount: i32, corrCount: i32, gain1: usize, gain2: usize, gainStep: usize, scale1: usize, scale2: usize,
): void {
  for (let chan = 0; chan < chanCount; chan++) {
    for (let corr = 0; corr < corrCount; corr++) {
      const pol1: usize = <usize>(corr >> 1) << 3;
      const pol2: usize = <usize>(corr & 1) << 3;
      const aRe = load<f32>(gain1 + pol1) * load<f32>(scale1 + pol1) - load<f32>(gain1 + pol1, 4) * load<f32>(scale1 + pol1, 4);
      const aIm = load<f32>(gain1 + pol1) * load<f32>(scale1 + pol1, 4) + load<f32>(gain1 + pol1, 4) * load<f32>(scale1 + pol1);
      const bRe = load<f32>(gain2 + pol2) * load<f32>(scale2 + pol2) - load<f32>(gain2 + pol2, 4) * load<f32>(scale2 + pol2, 4);
      const bIm = load<f32>(gain2 + pol2) * load<f32>(scale2 + pol2, 4) + load<f32>(gain2 + pol2, 4) * load<f32>(scale2 + pol2);
      const re = aRe * bRe + aIm * bIm;
      const im = aIm * bRe - aRe * bIm;
      const dataRe = load<f32>(data);
      const dataIm = load<f32>(data, 4);
      store<f32>(data, dataRe * re - dataIm * im);
      store<f32>(data, dataRe * im + dataIm * re, 4);
      data += 8;
    }
    gain1 += gainStep;
    gain2 += gainStep;
  }
}

/** flag[chan, corr] |= bad1[chan, pol of corr] | bad2[chan, pol of corr] */
@inline
function flagRow(flag: usize, chanCount: i32, corrCount: i32, bad1: usize, bad2: usize, badStep: usize): void {
  for (let chan = 0; chan < chanCount; chan++) {
    if (corrCount == 2) {
      store<u16>(flag, load<u16>(flag) | load<u16>(bad1) | load<u16>(bad2));
      flag += 2;
    } else {
      for (let corr = 0; corr < corrCount; corr++) {
        store<u8>(flag, load<u8>(flag) | load<u8>(bad1 + (corr >> 1)) | load<u8>(bad2 + (corr & 1)));
        flag++;
      }
    }
    bad1 += badStep;
    bad2 += badStep;
  }
}

/**
 * data[row, chan, corr] *= gain[ant1, chan, p] * scale[ant1, p] * conj(gain[ant2, chan, q] * scale[ant2, q]); flags of antennas
 * with bad gains are set. gain is [ant, gainChanCount, 2 pol, re/im] with gainChanCount = chanCount or 1 (the same for all
 * channels), scale is [ant, 2 pol, re/im], bad is [ant, gainChanCount, 2 pol], antennaIsBad is [ant].
 * A data pointer of 0 leaves the data and sets flags only.
 */
export function applyGains(
  data: usize, flag: usize, rowCount: i32, chanCount: i32, corrCount: i32, antenna1: usize, antenna2: usize,
  gain: usize, gainChanCount: i32, scale: usize, bad: usize, antennaIsBad: usize,
): void {
  const gainStep: usize = gainChanCount > 1 ? 16 : 0;
  const badStep: usize = gainChanCount > 1 ? 2 : 0;
  const antennaGain = <usize>gainChanCount << 4;
  const antennaBad = <usize>gainChanCount << 1;
  const rowData = (<usize>chanCount * <usize>corrCount) << 3;
  const rowFlag = <usize>chanCount * <usize>corrCount;
  for (let row = 0; row < rowCount; row++) {
    const ant1 = <usize>load<i32>(antenna1 + (<usize>row << 2));
    const ant2 = <usize>load<i32>(antenna2 + (<usize>row << 2));
    if (data != 0) {
      const gain1 = gain + ant1 * antennaGain;
      const gain2 = gain + ant2 * antennaGain;
      const scale1 = scale + (ant1 << 4);
      const scale2 = scale + (ant2 << 4);
      const target = data + <usize>row * rowData;
      if (corrCount == 2) {
        const rowFactor = multiplyComplex(v128.load(scale1), conjugate(v128.load(scale2)));
        applyRowTwo(target, chanCount, gain1, gain2, gainStep, rowFactor);
      } else {
        applyRowAny(target, chanCount, corrCount, gain1, gain2, gainStep, scale1, scale2);
      }
    }
    if (load<u8>(antennaIsBad + ant1) | load<u8>(antennaIsBad + ant2)) {
      flagRow(flag + <usize>row * rowFlag, chanCount, corrCount, bad + ant1 * antennaBad, bad + ant2 * antennaBad, badStep);
    }
  }
}
