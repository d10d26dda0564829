// Lanes of values into one value, which is put on what stands at `to` already, and running sums. Steps are in bytes.
// Floats are summed in pairs of blocks of 128 with eight partial sums each: the order, and so the bits, of numpy.

const BLOCK = 128;

@inline
function at<T>(from: usize, step: usize, index: i32): T {
  return load<T>(from + <usize>index * step);
}

function pairwise<T>(from: usize, step: usize, count: i32): T {
  if (count < 8) {
    let sum: T = <T>0;
    for (let index = 0; index < count; index++) sum += at<T>(from, step, index);
    return sum;
  }
  if (count > BLOCK) {
    let half = count / 2;
    half -= half % 8;
    return pairwise<T>(from, step, half) + pairwise<T>(from + <usize>half * step, step, count - half);
  }
  let sum0 = at<T>(from, step, 0);
  let sum1 = at<T>(from, step, 1);
  let sum2 = at<T>(from, step, 2);
  let sum3 = at<T>(from, step, 3);
  let sum4 = at<T>(from, step, 4);
  let sum5 = at<T>(from, step, 5);
  let sum6 = at<T>(from, step, 6);
  let sum7 = at<T>(from, step, 7);
  let index = 8;
  for (; index + 8 <= count; index += 8) {
    sum0 += at<T>(from, step, index);
    sum1 += at<T>(from, step, index + 1);
    sum2 += at<T>(from, step, index + 2);
    sum3 += at<T>(from, step, index + 3);
    sum4 += at<T>(from, step, index + 4);
    sum5 += at<T>(from, step, index + 5);
    sum6 += at<T>(from, step, index + 6);
    sum7 += at<T>(from, step, index + 7);
  }
  let sum = sum0 + sum1 + (sum2 + sum3) + (sum4 + sum5 + (sum6 + sum7));
  for (; index < count; index++) sum += at<T>(from, step, index);
  return sum;
}

/** One part of complex numbers; numpy counts both parts when it makes blocks. */
function pairwisePart<T>(from: usize, step: usize, count: i32): T {
  if (2 * count < 8) {
    let sum: T = <T>0;
    for (let index = 0; index < count; index++) sum += at<T>(from, step, index);
    return sum;
  }
  if (2 * count > BLOCK) {
    let half = count;
    half -= half % 8;
    half /= 2;
    return pairwisePart<T>(from, step, half) + pairwisePart<T>(from + <usize>half * step, step, count - half);
  }
  let sum0 = at<T>(from, step, 0);
  let sum1 = at<T>(from, step, 1);
  let sum2 = at<T>(from, step, 2);
  let sum3 = at<T>(from, step, 3);
  let index = 4;
  for (; index + 4 <= count; index += 4) {
    sum0 += at<T>(from, step, index);
    sum1 += at<T>(from, step, index + 1);
    sum2 += at<T>(from, step, index + 2);
    sum3 += at<T>(from, step, index + 3);
  }
  let sum = sum0 + sum1 + (sum2 + sum3);
  for (; index < count; index++) sum += at<T>(from, step, index);
  return sum;
}

@inline
function add<T>(to: usize, value: T): void {
  store<T>(to, load<T>(to) + value);
}

export function fold_sum_f64(from: usize, step: usize, count: i32, to: usize): void {
  add<f64>(to, pairwise<f64>(from, step, count));
}

export function fold_sum_f32(from: usize, step: usize, count: i32, to: usize): void {
  add<f32>(to, pairwise<f32>(from, step, count));
}

export function fold_sum_c128(from: usize, step: usize, count: i32, to: usize): void {
  add<f64>(to, pairwisePart<f64>(from, step, count));
  add<f64>(to + 8, pairwisePart<f64>(from + 8, step, count));
}

export function fold_sum_c64(from: usize, step: usize, count: i32, to: usize): void {
  add<f32>(to, pairwisePart<f32>(from, step, count));
  add<f32>(to + 4, pairwisePart<f32>(from + 4, step, count));
}

export function fold_sum_i64(from: usize, step: usize, count: i32, to: usize): void {
  let sum: i64 = 0;
  for (let index = 0; index < count; index++, from += step) sum += load<i64>(from);
  add<i64>(to, sum);
}

export function fold_prod_f64(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<f64>(to);
  for (let index = 0; index < count; index++, from += step) found *= load<f64>(from);
  store<f64>(to, found);
}

export function fold_prod_i64(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<i64>(to);
  for (let index = 0; index < count; index++, from += step) found *= load<i64>(from);
  store<i64>(to, found);
}

/** NaN as soon as one is there. */
export function fold_max_f64(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<f64>(to);
  for (let index = 0; index < count; index++, from += step) found = max(found, load<f64>(from));
  store<f64>(to, found);
}

export function fold_min_f64(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<f64>(to);
  for (let index = 0; index < count; index++, from += step) found = min(found, load<f64>(from));
  store<f64>(to, found);
}

export function fold_max_i64(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<i64>(to);
  for (let index = 0; index < count; index++, from += step) found = max(found, load<i64>(from));
  store<i64>(to, found);
}

export function fold_min_i64(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<i64>(to);
  for (let index = 0; index < count; index++, from += step) found = min(found, load<i64>(from));
  store<i64>(to, found);
}

export function fold_all_bool(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<u8>(to);
  for (let index = 0; index < count && found; index++, from += step) found &= load<u8>(from);
  store<u8>(to, found);
}

export function fold_any_bool(from: usize, step: usize, count: i32, to: usize): void {
  let found = load<u8>(to);
  for (let index = 0; index < count && !found; index++, from += step) found |= load<u8>(from);
  store<u8>(to, found);
}

/** Index of the first value that is `best`, or that is NaN where that is NaN. */
@inline
function placeOf(from: usize, step: usize, best: f64): i32 {
  let index = 0;
  if (best == best) while (at<f64>(from, step, index) != best) index++;
  else while (at<f64>(from, step, index) == at<f64>(from, step, index)) index++;
  return index;
}

/** Index of the largest value of the lane, or of its first NaN. */
export function place_max_f64(from: usize, step: usize, count: i32, to: usize): void {
  let best = load<f64>(from);
  for (let index = 1; index < count; index++) best = max(best, at<f64>(from, step, index));
  store<i64>(to, placeOf(from, step, best));
}

export function place_min_f64(from: usize, step: usize, count: i32, to: usize): void {
  let best = load<f64>(from);
  for (let index = 1; index < count; index++) best = min(best, at<f64>(from, step, index));
  store<i64>(to, placeOf(from, step, best));
}

export function place_max_i64(from: usize, step: usize, count: i32, to: usize): void {
  let place = 0;
  for (let index = 1; index < count; index++) if (at<i64>(from, step, index) > at<i64>(from, step, place)) place = index;
  store<i64>(to, place);
}

export function place_min_i64(from: usize, step: usize, count: i32, to: usize): void {
  let place = 0;
  for (let index = 1; index < count; index++) if (at<i64>(from, step, index) < at<i64>(from, step, place)) place = index;
  store<i64>(to, place);
}

@inline
function runningSum<T>(from: usize, fromStep: usize, count: i32, to: usize, toStep: usize): void {
  let sum: T = <T>0;
  for (let index = 0; index < count; index++, from += fromStep, to += toStep) {
    sum += load<T>(from);
    store<T>(to, sum);
  }
}

export function scan_sum_f64(from: usize, fromStep: usize, count: i32, to: usize, toStep: usize): void {
  runningSum<f64>(from, fromStep, count, to, toStep);
}

export function scan_sum_f32(from: usize, fromStep: usize, count: i32, to: usize, toStep: usize): void {
  runningSum<f32>(from, fromStep, count, to, toStep);
}

export function scan_sum_i64(from: usize, fromStep: usize, count: i32, to: usize, toStep: usize): void {
  runningSum<i64>(from, fromStep, count, to, toStep);
}

export function scan_sum_c128(from: usize, fromStep: usize, count: i32, to: usize, toStep: usize): void {
  runningSum<f64>(from, fromStep, count, to, toStep);
  runningSum<f64>(from + 8, fromStep, count, to + 8, toStep);
}
