// Order, choice and places of values on dense arrays. Floats and whole numbers are ordered by keys: unsigned whole numbers in
// the same order, NaN behind all.

const NEGATIVE: u64 = 0x8000000000000000;
const NAN: u64 = 0x7ff8000000000000;

/** Keys of floats. */
export function keys_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    // -0 is 0 here: the order of equal values stays.
    const value = load<f64>(from);
    const bits: u64 = value != value ? NAN : value == 0 ? 0 : load<u64>(from);
    store<u64>(to, bits & NEGATIVE ? ~bits : bits | NEGATIVE);
  }
}

export function keys_i64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) store<u64>(to, load<u64>(from) ^ NEGATIVE);
}

/** One pass of a radix sort by the `bits` bits from `shift` on; `counts` has 1 << bits words. False: nothing had to move. */
function sortPass(from: usize, indices: usize, to: usize, toIndices: usize, count: i32, counts: usize, shift: u64, bits: i32): bool {
  const size: usize = <usize>1 << bits;
  const mask = <u64>size - 1;
  memory.fill(counts, 0, size << 2);
  for (let index: usize = 0; index < <usize>count; index++) {
    const bucket = counts + (<usize>((load<u64>(from + (index << 3)) >> shift) & mask) << 2);
    store<u32>(bucket, load<u32>(bucket) + 1);
  }
  if (load<u32>(counts + (<usize>((load<u64>(from) >> shift) & mask) << 2)) == <u32>count) return false;
  let sum: u32 = 0;
  for (let index: usize = 0; index < size; index++) {
    const here = load<u32>(counts + (index << 2));
    store<u32>(counts + (index << 2), sum);
    sum += here;
  }
  for (let index: usize = 0; index < <usize>count; index++) {
    const key = load<u64>(from + (index << 3));
    const bucket = counts + (<usize>((key >> shift) & mask) << 2);
    const place = <usize>load<u32>(bucket);
    store<u32>(bucket, <u32>place + 1);
    store<u64>(to + (place << 3), key);
    store<u32>(toIndices + (place << 2), load<u32>(indices + (index << 2)));
  }
  return true;
}

/**
 * Sorts keys with their indices, equal keys in the order in which they stand; `work` has room for `count` keys and indices and
 * 2048 words. `indices` are an order that was found before, which is kept between equal keys.
 */
export function sortKeysInPlace(keys: usize, indices: usize, count: i32, work: usize): void {
  if (count < 48) {
    insertInPlace(keys, indices, count);
    return;
  }
  const bits = count < 2048 ? 8 : 11;
  const otherKeys = work;
  const otherIndices = work + (<usize>count << 3);
  const counts = otherIndices + (<usize>count << 2);
  let isOther = false;
  for (let shift = 0; shift < 64; shift += bits) {
    const moved = isOther
      ? sortPass(otherKeys, otherIndices, keys, indices, count, counts, shift, bits)
      : sortPass(keys, indices, otherKeys, otherIndices, count, counts, shift, bits);
    if (moved) isOther = !isOther;
  }
  if (isOther) {
    memory.copy(keys, otherKeys, <usize>count << 3);
    memory.copy(indices, otherIndices, <usize>count << 2);
  }
}

function insertInPlace(keys: usize, indices: usize, count: i32): void {
  for (let index = 1; index < count; index++) {
    const key = load<u64>(keys + (<usize>index << 3));
    const own = load<u32>(indices + (<usize>index << 2));
    let place = index;
    for (; place > 0 && load<u64>(keys + (<usize>(place - 1) << 3)) > key; place--) {
      store<u64>(keys + (<usize>place << 3), load<u64>(keys + (<usize>(place - 1) << 3)));
      store<u32>(indices + (<usize>place << 2), load<u32>(indices + (<usize>(place - 1) << 2)));
    }
    store<u64>(keys + (<usize>place << 3), key);
    store<u32>(indices + (<usize>place << 2), own);
  }
}

@inline
function swap(one: usize, other: usize): void {
  const value = load<f64>(one);
  store<f64>(one, load<f64>(other));
  store<f64>(other, value);
}

/** Moves floats without NaN until the one at `place` is where sorting would put it, no larger ones before it. */
export function selectInPlace(values: usize, count: i32, place: i32): void {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const first = values + (<usize>low << 3);
    const last = values + (<usize>high << 3);
    const middle = values + (<usize>((low + high) >>> 1) << 3);
    if (load<f64>(middle) < load<f64>(first)) swap(middle, first);
    if (load<f64>(last) < load<f64>(first)) swap(last, first);
    if (load<f64>(last) < load<f64>(middle)) swap(last, middle);
    const pivot = load<f64>(middle);
    let left = low;
    let right = high;
    while (left <= right) {
      while (load<f64>(values + (<usize>left << 3)) < pivot) left++;
      while (load<f64>(values + (<usize>right << 3)) > pivot) right--;
      if (left <= right) {
        swap(values + (<usize>left << 3), values + (<usize>right << 3));
        left++;
        right--;
      }
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else return;
  }
}

/** For each value the count of sorted ones before it; with `isRight` those equal to it are before it. */
export function searchInto(sorted: usize, size: i32, values: usize, count: i32, to: usize, isRight: i32): void {
  for (let index = 0; index < count; index++, values += 8, to += 8) {
    const value = load<f64>(values);
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = load<f64>(sorted + (<usize>middle << 3));
      // NaN is behind all.
      const isBefore = isRight ? !(found > value) && (found == found || value != value) : found < value || (value != value && found == found);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    store<i64>(to, low);
  }
}

/** Indices of what is true; `to` has room for all of them. */
export function placesInto(chosen: usize, count: i32, to: usize): i32 {
  const start = to;
  for (let index = 0; index < count; index++) {
    if (load<u8>(chosen + <usize>index)) {
      store<i64>(to, index);
      to += 8;
    }
  }
  return <i32>((to - start) >> 3);
}

/** Values of `size` bytes from the places, out of `limit` values; -1, or the index of the first place that is not there. */
export function gatherInto(size: i32, values: usize, limit: i32, places: usize, count: i32, to: usize): i32 {
  for (let index = 0; index < count; index++, places += 8, to += <usize>size) {
    const place = load<u64>(places);
    if (place >= <u64>limit) return index;
    moveOne(size, values + <usize>place * <usize>size, to);
  }
  return -1;
}

/** The reverse: values to their places. */
export function scatterInto(size: i32, from: usize, step: usize, places: usize, count: i32, values: usize, limit: i32): i32 {
  for (let index = 0; index < count; index++, places += 8, from += step) {
    const place = load<u64>(places);
    if (place >= <u64>limit) return index;
    moveOne(size, from, values + <usize>place * <usize>size);
  }
  return -1;
}

/** Counts places; -1, or the index of the first place that is not below `limit`. */
export function tallyInto(places: usize, count: i32, counts: usize, limit: i32): i32 {
  for (let index = 0; index < count; index++, places += 8) {
    const place = load<u64>(places);
    if (place >= <u64>limit) return index;
    const at = counts + (<usize>place << 3);
    store<i64>(at, load<i64>(at) + 1);
  }
  return -1;
}

@inline
function moveOne(size: i32, from: usize, to: usize): void {
  if (size == 8) store<u64>(to, load<u64>(from));
  else if (size == 16) {
    store<u64>(to, load<u64>(from));
    store<u64>(to, load<u64>(from, 8), 8);
  } else if (size == 4) store<u32>(to, load<u32>(from));
  else if (size == 1) store<u8>(to, load<u8>(from));
  else store<u16>(to, load<u16>(from));
}

/** Matrix product of dense floats: left [rows, inner], right [inner, columns]. */
export function productInto(left: usize, right: usize, to: usize, rows: i32, inner: i32, columns: i32): void {
  memory.fill(to, 0, (<usize>rows * <usize>columns) << 3);
  for (let row = 0; row < rows; row++) {
    const target = to + ((<usize>row * <usize>columns) << 3);
    for (let index = 0; index < inner; index++) {
      const factor = load<f64>(left + ((<usize>row * <usize>inner + <usize>index) << 3));
      let source = right + ((<usize>index * <usize>columns) << 3);
      const end = source + (<usize>columns << 3);
      for (let place = target; source < end; source += 8, place += 8) store<f64>(place, load<f64>(place) + factor * load<f64>(source));
    }
  }
}
