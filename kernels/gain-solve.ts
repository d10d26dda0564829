/*
 * Antenna gains from averaged visibilities. Complex numbers are interleaved re, im in float64.
 */

/**
 * Adds the weighted products of visibilities and model to sums, for rows of one spectral window.
 *
 * sums[rowOffset + (chanMap[chan] * corrCount + corr) * 3 + 0…2] += w (Re, Im)(V conj M), w |M|², where unflagged and finite.
 *
 * @param data float32 [row, chan, corr, re/im]
 * @param model as data, or 0 for a model of one
 * @param flag uint8 [row, chan, corr]
 * @param weight float32 [row, corr]
 * @param rowOffset int32 [row], in numbers from the start of sums; negative: the row is left out
 * @param chanMap int32 [chan], index of the sum a channel belongs to; negative: the channel is left out
 * @param rowWeight float64 [row], overwritten with the sum of w |M|² of each row
 */
export function addVisibilitiesInto(
  data: usize, model: usize, flag: usize, weight: usize, rowOffset: usize, chanMap: usize,
  rowCount: i32, chanCount: i32, corrCount: i32, sums: usize, rowWeight: usize,
): void {
  for (let row = 0; row < rowCount; row++) {
    const offset = load<i32>(rowOffset + (<usize>row << 2));
    let total: f64 = 0;
    store<f64>(rowWeight + (<usize>row << 3), total);
    if (offset < 0) continue;
    const target = sums + (<usize>offset << 3);
    const weights = weight + (<usize>(row * corrCount) << 2);
    let cell = <usize>row * <usize>(chanCount * corrCount);
    for (let chan = 0; chan < chanCount; chan++) {
      const bin = load<i32>(chanMap + (<usize>chan << 2));
      if (bin < 0) {
        cell += corrCount;
        continue;
      }
      let sum = target + <usize>(bin * corrCount) * 24;
      for (let corr = 0; corr < corrCount; corr++) {
        if (load<u8>(flag + cell) == 0) {
          const w = <f64>load<f32>(weights + (<usize>corr << 2));
          const vr = <f64>load<f32>(data + (cell << 3));
          const vi = <f64>load<f32>(data + (cell << 3) + 4);
          const size = w * (abs(vr) + abs(vi));
          if (size - size != 0) {
            // Not a number, or infinite: one such visibility would spoil the solutions of all antennas.
          } else if (model == 0) {
            store<f64>(sum, load<f64>(sum) + w * vr);
            store<f64>(sum, load<f64>(sum, 8) + w * vi, 8);
            store<f64>(sum, load<f64>(sum, 16) + w, 16);
            total += w;
          } else {
            const mr = <f64>load<f32>(model + (cell << 3));
            const mi = <f64>load<f32>(model + (cell << 3) + 4);
            store<f64>(sum, load<f64>(sum) + w * (vr * mr + vi * mi));
            store<f64>(sum, load<f64>(sum, 8) + w * (vi * mr - vr * mi), 8);
            const power = w * (mr * mr + mi * mi);
            store<f64>(sum, load<f64>(sum, 16) + power, 16);
            total += power;
          }
        }
        cell++;
        sum += 24;
      }
    }
    store<f64>(rowWeight + (<usize>row << 3), total);
  }
}

/** A sample that is flagged in one correlation is flagged in all. flag: uint8 [cell, corr] */
export function joinCorrelationFlagsInPlace(flag: usize, cellCount: i32, corrCount: i32): void {
  if (corrCount == 2) {
    for (let cell = 0; cell < cellCount; cell++) {
      const at = flag + (<usize>cell << 1);
      if (load<u16>(at) != 0) store<u16>(at, 0x0101);
    }
    return;
  }
  for (let cell = 0; cell < cellCount; cell++) {
    const at = flag + <usize>cell * <usize>corrCount;
    let any: u8 = 0;
    for (let corr = 0; corr < corrCount; corr++) any |= load<u8>(at + <usize>corr);
    if (any != 0) memory.fill(at, 1, <usize>corrCount);
  }
}

/**
 * Iterates gains to the minimum of sum_ij A_ij |V_ij - g_i conj(g_j)|², with V_ij = B_ij / A_ij.
 *
 * Each step solves for every antenna with the others held, g_i = sum_j B_ij g_j / sum_j A_ij |g_j|²; every second step
 * is averaged with the one before (Salvini & Wijnholds 2014, A&A 571, A97, algorithm 1).
 *
 * @param products float64 [ant, ant, re/im], B: Hermitian, zero where there are no data
 * @param weights float64 [ant, ant], A: symmetric
 * @param gains float64 [ant, re/im], the first guess, overwritten
 * @param scratch float64 [ant, re/im]
 * @param hessian float64 [ant], overwritten with sum_j A_ij |g_j|² of the result
 * @returns the number of steps; maxSteps when the tolerance on the relative change was not met
 */
export function solveGainsInPlace(
  products: usize, weights: usize, gains: usize, scratch: usize, hessian: usize,
  antCount: i32, maxSteps: i32, tolerance: f64,
): i32 {
  const limit = tolerance * tolerance;
  for (let step = 1; step <= maxSteps; step++) {
    let change: f64 = 0;
    let size: f64 = 0;
    const half = (step & 1) == 0;
    for (let ant = 0; ant < antCount; ant++) {
      const product = products + <usize>(ant * antCount) * 16;
      const weight = weights + <usize>(ant * antCount) * 8;
      let re: f64 = 0;
      let im: f64 = 0;
      let norm: f64 = 0;
      for (let other = 0; other < antCount; other++) {
        const gr = load<f64>(gains + (<usize>other << 4));
        const gi = load<f64>(gains + (<usize>other << 4) + 8);
        const br = load<f64>(product + (<usize>other << 4));
        const bi = load<f64>(product + (<usize>other << 4) + 8);
        re += br * gr - bi * gi;
        im += br * gi + bi * gr;
        norm += load<f64>(weight + (<usize>other << 3)) * (gr * gr + gi * gi);
      }
      store<f64>(hessian + (<usize>ant << 3), norm);
      const oldRe = load<f64>(gains + (<usize>ant << 4));
      const oldIm = load<f64>(gains + (<usize>ant << 4) + 8);
      let newRe = oldRe;
      let newIm = oldIm;
      if (norm > 0) {
        newRe = re / norm;
        newIm = im / norm;
        change += (newRe - oldRe) * (newRe - oldRe) + (newIm - oldIm) * (newIm - oldIm);
        size += newRe * newRe + newIm * newIm;
        if (half) {
          newRe = 0.5 * (newRe + oldRe);
          newIm = 0.5 * (newIm + oldIm);
        }
      }
      store<f64>(scratch + (<usize>ant << 4), newRe);
      store<f64>(scratch + (<usize>ant << 4) + 8, newIm);
    }
    memory.copy(gains, scratch, <usize>antCount << 4);
    if (half && change <= limit * size) return step;
  }
  return maxSteps;
}
