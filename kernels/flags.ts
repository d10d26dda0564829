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
