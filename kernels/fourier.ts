// One-dimensional Stockham transforms of four lines at a time (one line per SIMD lane), with factors 4, 2, 3 and 5.
// A work element is 32 bytes: four real parts, then four imaginary parts.

/** One decimation step of radix 2, 3, 4 or 5 from `x` to `y`; length = n * s, twiddles f32 [n * s, re/im]. */
function step(x: usize, y: usize, n: i32, s: i32, radix: i32, twiddles: usize, sign: f32): void {
  const m = n / radix;
  const jump = <usize>(m * s) << 5;
  const out = <usize>s << 5;
  const i = f32x4.splat(sign);
  for (let p = 0; p < m; p++) {
    const w1 = twiddles + (<usize>(p * s) << 3);
    const w2 = twiddles + (<usize>(2 * p * s) << 3);
    const w3 = twiddles + (<usize>(3 * p * s) << 3);
    const r1 = v128.load32_splat(w1);
    const i1 = v128.load32_splat(w1, 4);
    let from = x + (<usize>(p * s) << 5);
    let to = y + (<usize>(p * s * radix) << 5);
    if (radix == 4) {
      const r2 = v128.load32_splat(w2);
      const i2 = v128.load32_splat(w2, 4);
      const r3 = v128.load32_splat(w3);
      const i3 = v128.load32_splat(w3, 4);
      for (let q = 0; q < s; q++) {
        const a0 = v128.load(from);
        const b0 = v128.load(from, 16);
        const a1 = v128.load(from + jump);
        const b1 = v128.load(from + jump, 16);
        const a2 = v128.load(from + 2 * jump);
        const b2 = v128.load(from + 2 * jump, 16);
        const a3 = v128.load(from + 3 * jump);
        const b3 = v128.load(from + 3 * jump, 16);
        const evenR = f32x4.add(a0, a2);
        const evenI = f32x4.add(b0, b2);
        const gapR = f32x4.sub(a0, a2);
        const gapI = f32x4.sub(b0, b2);
        const oddR = f32x4.add(a1, a3);
        const oddI = f32x4.add(b1, b3);
        // sign * i * (a1 - a3)
        const turnR = f32x4.mul(i, f32x4.sub(b3, b1));
        const turnI = f32x4.mul(i, f32x4.sub(a1, a3));
        v128.store(to, f32x4.add(evenR, oddR));
        v128.store(to, f32x4.add(evenI, oddI), 16);
        scaled(to + out, f32x4.add(gapR, turnR), f32x4.add(gapI, turnI), r1, i1);
        scaled(to + 2 * out, f32x4.sub(evenR, oddR), f32x4.sub(evenI, oddI), r2, i2);
        scaled(to + 3 * out, f32x4.sub(gapR, turnR), f32x4.sub(gapI, turnI), r3, i3);
        from += 32;
        to += 32;
      }
    } else if (radix == 2) {
      for (let q = 0; q < s; q++) {
        const a0 = v128.load(from);
        const b0 = v128.load(from, 16);
        const a1 = v128.load(from + jump);
        const b1 = v128.load(from + jump, 16);
        v128.store(to, f32x4.add(a0, a1));
        v128.store(to, f32x4.add(b0, b1), 16);
        scaled(to + out, f32x4.sub(a0, a1), f32x4.sub(b0, b1), r1, i1);
        from += 32;
        to += 32;
      }
    } else if (radix == 3) {
      step3(from, to, s, jump, out, r1, i1, w2, sign);
    } else {
      step5(from, to, s, jump, out, twiddles, p, sign);
    }
  }
}

@inline
function scaled(to: usize, re: v128, im: v128, wr: v128, wi: v128): void {
  v128.store(to, f32x4.sub(f32x4.mul(re, wr), f32x4.mul(im, wi)));
  v128.store(to, f32x4.add(f32x4.mul(re, wi), f32x4.mul(im, wr)), 16);
}

function step3(from: usize, to: usize, s: i32, jump: usize, out: usize, r1: v128, i1: v128, w2: usize, sign: f32): void {
  const r2 = v128.load32_splat(w2);
  const i2 = v128.load32_splat(w2, 4);
  const half = f32x4.splat(-0.5);
  const sine = f32x4.splat(sign * 0.8660254037844386);
  for (let q = 0; q < s; q++) {
    const a0 = v128.load(from);
    const b0 = v128.load(from, 16);
    const a1 = v128.load(from + jump);
    const b1 = v128.load(from + jump, 16);
    const a2 = v128.load(from + 2 * jump);
    const b2 = v128.load(from + 2 * jump, 16);
    const sumR = f32x4.add(a1, a2);
    const sumI = f32x4.add(b1, b2);
    const midR = f32x4.add(a0, f32x4.mul(half, sumR));
    const midI = f32x4.add(b0, f32x4.mul(half, sumI));
    const turnR = f32x4.mul(sine, f32x4.sub(b2, b1));
    const turnI = f32x4.mul(sine, f32x4.sub(a1, a2));
    v128.store(to, f32x4.add(a0, sumR));
    v128.store(to, f32x4.add(b0, sumI), 16);
    scaled(to + out, f32x4.add(midR, turnR), f32x4.add(midI, turnI), r1, i1);
    scaled(to + 2 * out, f32x4.sub(midR, turnR), f32x4.sub(midI, turnI), r2, i2);
    from += 32;
    to += 32;
  }
}

function step5(from: usize, to: usize, s: i32, jump: usize, out: usize, twiddles: usize, p: i32, sign: f32): void {
  const c1 = f32x4.splat(0.30901699437494745);
  const c2 = f32x4.splat(-0.8090169943749475);
  const s1 = f32x4.splat(sign * 0.9510565162951535);
  const s2 = f32x4.splat(sign * 0.5877852522924731);
  const unit = <usize>(p * s) << 3;
  for (let q = 0; q < s; q++) {
    const a0 = v128.load(from);
    const b0 = v128.load(from, 16);
    const a1 = v128.load(from + jump);
    const b1 = v128.load(from + jump, 16);
    const a2 = v128.load(from + 2 * jump);
    const b2 = v128.load(from + 2 * jump, 16);
    const a3 = v128.load(from + 3 * jump);
    const b3 = v128.load(from + 3 * jump, 16);
    const a4 = v128.load(from + 4 * jump);
    const b4 = v128.load(from + 4 * jump, 16);
    const outerR = f32x4.add(a1, a4);
    const outerI = f32x4.add(b1, b4);
    const innerR = f32x4.add(a2, a3);
    const innerI = f32x4.add(b2, b3);
    const m1R = f32x4.add(a0, f32x4.add(f32x4.mul(c1, outerR), f32x4.mul(c2, innerR)));
    const m1I = f32x4.add(b0, f32x4.add(f32x4.mul(c1, outerI), f32x4.mul(c2, innerI)));
    const m2R = f32x4.add(a0, f32x4.add(f32x4.mul(c2, outerR), f32x4.mul(c1, innerR)));
    const m2I = f32x4.add(b0, f32x4.add(f32x4.mul(c2, outerI), f32x4.mul(c1, innerI)));
    const d1R = f32x4.sub(a1, a4);
    const d1I = f32x4.sub(b1, b4);
    const d2R = f32x4.sub(a2, a3);
    const d2I = f32x4.sub(b2, b3);
    // i * sign * (s1 d1 + s2 d2) and i * sign * (s2 d1 - s1 d2); multiplication by i swaps and negates
    const t1R = f32x4.neg(f32x4.add(f32x4.mul(s1, d1I), f32x4.mul(s2, d2I)));
    const t1I = f32x4.add(f32x4.mul(s1, d1R), f32x4.mul(s2, d2R));
    const t2R = f32x4.neg(f32x4.sub(f32x4.mul(s2, d1I), f32x4.mul(s1, d2I)));
    const t2I = f32x4.sub(f32x4.mul(s2, d1R), f32x4.mul(s1, d2R));
    v128.store(to, f32x4.add(a0, f32x4.add(outerR, innerR)));
    v128.store(to, f32x4.add(b0, f32x4.add(outerI, innerI)), 16);
    turned(to + out, f32x4.add(m1R, t1R), f32x4.add(m1I, t1I), twiddles + unit);
    turned(to + 2 * out, f32x4.add(m2R, t2R), f32x4.add(m2I, t2I), twiddles + 2 * unit);
    turned(to + 3 * out, f32x4.sub(m2R, t2R), f32x4.sub(m2I, t2I), twiddles + 3 * unit);
    turned(to + 4 * out, f32x4.sub(m1R, t1R), f32x4.sub(m1I, t1I), twiddles + 4 * unit);
    from += 32;
    to += 32;
  }
}

@inline
function turned(to: usize, re: v128, im: v128, twiddle: usize): void {
  scaled(to, re, im, v128.load32_splat(twiddle), v128.load32_splat(twiddle, 4));
}

/** All steps; returns where the result lies (one of the two work areas of length * 32 bytes). */
export function transform(workA: usize, workB: usize, length: i32, factors: usize, factorCount: i32, twiddles: usize, sign: f32): usize {
  let n = length;
  let s = 1;
  let x = workA;
  let y = workB;
  for (let at = 0; at < factorCount; at++) {
    const radix = load<i32>(factors + (<usize>at << 2));
    step(x, y, n, s, radix, twiddles, sign);
    n /= radix;
    s *= radix;
    const swap = x;
    x = y;
    y = swap;
  }
  return x;
}

/** Whether four lines whose elements follow each other hold nothing but zeros. */
function isEmpty(base: usize, length: i32, lineStride: usize): bool {
  for (let line: usize = 0; line < 4; line++) {
    const start = base + line * lineStride;
    const end = start + (<usize>length << 3);
    for (let at = start; at < end; at += 32) {
      // Lengths are multiples of 4: 32 bytes a step.
      if (v128.any_true(v128.or(v128.load(at), v128.load(at, 16)))) return false;
    }
  }
  return true;
}

/**
 * Transforms lines in place, four at a time; lines of zeros, of which sparse grids and models have many, are left. Element e of line k lies at data + k * lineStride + e * elementStride (bytes);
 * lineCount must be a multiple of 4. work: 64 * length bytes.
 */
export function fourierLinesInPlace(
  data: usize, length: i32, elementStride: usize, lineCount: i32, lineStride: usize, factors: usize, factorCount: i32,
  twiddles: usize, sign: f32, work: usize,
): void {
  const other = work + (<usize>length << 5);
  for (let line = 0; line < lineCount; line += 4) {
    const base = data + <usize>line * lineStride;
    if (elementStride == 8 && isEmpty(base, length, lineStride)) continue;
    const isAdjacent = lineStride == 8;
    for (let e: usize = 0; e < <usize>length; e++) {
      const at = base + e * elementStride;
      let first: v128;
      let second: v128;
      if (isAdjacent) {
        first = v128.load(at);
        second = v128.load(at, 16);
      } else {
        first = v128.load64_lane(at + lineStride, v128.load64_zero(at), 1);
        second = v128.load64_lane(at + 3 * lineStride, v128.load64_zero(at + 2 * lineStride), 1);
      }
      v128.store(work + (e << 5), v128.shuffle<f32>(first, second, 0, 2, 4, 6));
      v128.store(work + (e << 5), v128.shuffle<f32>(first, second, 1, 3, 5, 7), 16);
    }
    const result = transform(work, other, length, factors, factorCount, twiddles, sign);
    for (let e: usize = 0; e < <usize>length; e++) {
      const re = v128.load(result + (e << 5));
      const im = v128.load(result + (e << 5), 16);
      const first = v128.shuffle<f32>(re, im, 0, 4, 1, 5);
      const second = v128.shuffle<f32>(re, im, 2, 6, 3, 7);
      const at = base + e * elementStride;
      if (isAdjacent) {
        v128.store(at, first);
        v128.store(at, second, 16);
      } else {
        v128.store64_lane(at, first, 0);
        v128.store64_lane(at + lineStride, first, 1);
        v128.store64_lane(at + 2 * lineStride, second, 0);
        v128.store64_lane(at + 3 * lineStride, second, 1);
      }
    }
  }
}
