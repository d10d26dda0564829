// Flags: one byte each, 0 or anything else.

/** How many of `count` bytes are not 0. */
export function countNonzero(bytes: usize, count: i32): i32 {
  const zero = i8x16.splat(0);
  let found = 0;
  let k = 0;
  for (; k + 16 <= count; k += 16) found += popcnt(i8x16.bitmask(i8x16.ne(v128.load(bytes + <usize>k), zero)));
  for (; k < count; k++) found += i32(load<u8>(bytes + <usize>k) != 0);
  return found;
}

/** How many of `count` bytes differ between two arrays. */
export function countDifferences(one: usize, other: usize, count: i32): i32 {
  let found = 0;
  let k = 0;
  for (; k + 16 <= count; k += 16) {
    found += popcnt(i8x16.bitmask(i8x16.ne(v128.load(one + <usize>k), v128.load(other + <usize>k))));
  }
  for (; k < count; k++) found += i32(load<u8>(one + <usize>k) != load<u8>(other + <usize>k));
  return found;
}

/** Adds to counts[corr] how many flags of each correlation are set: `corrCount` is 1, 2 or 4, flags are [.., corr]. */
export function countByCorrInto(flags: usize, count: i32, corrCount: i32, counts: usize): void {
  const zero = i8x16.splat(0);
  const every: i32 = corrCount == 1 ? 0xffff : corrCount == 2 ? 0x5555 : 0x1111;
  let k = 0;
  for (; k + 16 <= count; k += 16) {
    const set = i8x16.bitmask(i8x16.ne(v128.load(flags + <usize>k), zero));
    if (set == 0) continue;
    for (let corr = 0; corr < corrCount; corr++) {
      const at = counts + (<usize>corr << 2);
      store<i32>(at, load<i32>(at) + popcnt((set >> corr) & every));
    }
  }
  for (; k < count; k++) {
    const at = counts + (<usize>(k % corrCount) << 2);
    store<i32>(at, load<i32>(at) + i32(load<u8>(flags + <usize>k) != 0));
  }
}
