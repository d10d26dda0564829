// Functions of one or two whole numbers or truth values, value by value, on dense arrays.

/** Division by zero gives 0. */
@inline
function floored(a: i64, b: i64): i64 {
  if (b == 0) return 0;
  if (b == -1) return -a;
  const quotient = a / b;
  return a % b != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
}

@inline
function modulo(a: i64, b: i64): i64 {
  if (b == 0 || b == -1) return 0;
  const rest = a % b;
  return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
}

/** By squaring; exponents are not negative. */
function raised(base: i64, exponent: i64): i64 {
  let found: i64 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) found *= base;
    base *= base;
  }
  return found;
}

export function add_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, a + b);
  }
}

export function subtract_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, a - b);
  }
}

export function multiply_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, a * b);
  }
}

export function floor_divide_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, floored(a, b));
  }
}

export function remainder_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, modulo(a, b));
  }
}

export function power_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, raised(a, b));
  }
}

export function maximum_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, max(a, b));
  }
}

export function minimum_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, min(a, b));
  }
}

export function bitwise_and_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, a & b);
  }
}

export function bitwise_or_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, a | b);
  }
}

export function bitwise_xor_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, a ^ b);
  }
}

export function left_shift_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, b > 63 || b < 0 ? 0 : a << b);
  }
}

export function right_shift_i64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<i64>(to, b > 63 || b < 0 ? a >> 63 : a >> b);
  }
}

export function equal_i64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<u8>(to, <u8>(a == b));
  }
}

export function not_equal_i64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<u8>(to, <u8>(a != b));
  }
}

export function less_i64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<u8>(to, <u8>(a < b));
  }
}

export function less_equal_i64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<u8>(to, <u8>(a <= b));
  }
}

export function greater_i64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<u8>(to, <u8>(a > b));
  }
}

export function greater_equal_i64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<i64>(left);
    const b = load<i64>(right);
    store<u8>(to, <u8>(a >= b));
  }
}

export function negative_i64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<i64>(from);
    store<i64>(to, -a);
  }
}

export function absolute_i64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<i64>(from);
    store<i64>(to, a < 0 ? -a : a);
  }
}

export function invert_i64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<i64>(from);
    store<i64>(to, ~a);
  }
}

export function square_i64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<i64>(from);
    store<i64>(to, a * a);
  }
}

export function sign_i64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<i64>(from);
    store<i64>(to, a > 0 ? 1 : a < 0 ? -1 : 0);
  }
}

export function logical_and_bool(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 16 <= count; index += 16, left += 16, right += 16, to += 16)
    v128.store(to, v128.and(v128.load(left), v128.load(right)));
  for (; index < count; index++, left += 1, right += 1, to += 1) {
    const a = load<u8>(left);
    const b = load<u8>(right);
    store<u8>(to, <u8>(a & b));
  }
}

export function logical_or_bool(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 16 <= count; index += 16, left += 16, right += 16, to += 16)
    v128.store(to, v128.or(v128.load(left), v128.load(right)));
  for (; index < count; index++, left += 1, right += 1, to += 1) {
    const a = load<u8>(left);
    const b = load<u8>(right);
    store<u8>(to, <u8>(a | b));
  }
}

export function logical_xor_bool(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 16 <= count; index += 16, left += 16, right += 16, to += 16)
    v128.store(to, v128.xor(v128.load(left), v128.load(right)));
  for (; index < count; index++, left += 1, right += 1, to += 1) {
    const a = load<u8>(left);
    const b = load<u8>(right);
    store<u8>(to, <u8>(a ^ b));
  }
}

export function logical_not_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 1, to += 1) {
    const a = load<u8>(from);
    store<u8>(to, <u8>(a ^ 1));
  }
}

export function where_i64(chosen: usize, left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, chosen++, left += 8, right += 8, to += 8)
    store<i64>(to, load<u8>(chosen) ? load<i64>(left) : load<i64>(right));
}
