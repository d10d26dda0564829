// Functions of one or two floats, value by value, on dense arrays. Elementary functions are those of the C library of the host program.

@external('libm', 'sin')
declare function sin(value: f64): f64;
@external('libm', 'cos')
declare function cos(value: f64): f64;
@external('libm', 'tan')
declare function tan(value: f64): f64;
@external('libm', 'asin')
declare function asin(value: f64): f64;
@external('libm', 'acos')
declare function acos(value: f64): f64;
@external('libm', 'atan')
declare function atan(value: f64): f64;
@external('libm', 'sinh')
declare function sinh(value: f64): f64;
@external('libm', 'cosh')
declare function cosh(value: f64): f64;
@external('libm', 'tanh')
declare function tanh(value: f64): f64;
@external('libm', 'asinh')
declare function asinh(value: f64): f64;
@external('libm', 'acosh')
declare function acosh(value: f64): f64;
@external('libm', 'atanh')
declare function atanh(value: f64): f64;
@external('libm', 'exp')
declare function exp(value: f64): f64;
@external('libm', 'log')
declare function log(value: f64): f64;
@external('libm', 'log10')
declare function log10(value: f64): f64;
@external('libm', 'log2')
declare function log2(value: f64): f64;
@external('libm', 'log1p')
declare function log1p(value: f64): f64;
@external('libm', 'expm1')
declare function expm1(value: f64): f64;
@external('libm', 'pow')
declare function pow(left: f64, right: f64): f64;
@external('libm', 'fmod')
declare function fmod(left: f64, right: f64): f64;
@external('libm', 'atan2')
declare function atan2(left: f64, right: f64): f64;
@external('libm', 'hypot')
declare function hypot(left: f64, right: f64): f64;

/** The remainder with the sign of the divisor. */
@inline
function modulo(a: f64, b: f64): f64 {
  const rest = fmod(a, b);
  if (rest != 0) return b < 0 != rest < 0 ? rest + b : rest;
  return copysign<f64>(0, b);
}

/** The quotient rounded down, as a whole number of times that the divisor fits. */
@inline
function floored(a: f64, b: f64): f64 {
  if (b == 0) return a / b;
  let rest = fmod(a, b);
  let quotient = (a - rest) / b;
  if (rest != 0 && b < 0 != rest < 0) quotient -= 1;
  if (quotient == 0) return copysign<f64>(0, a / b);
  const low = floor(quotient);
  return quotient - low > 0.5 ? low + 1 : low;
}

export function add_f64(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 4 <= count; index += 4, left += 32, right += 32, to += 32) {
    v128.store(to, f64x2.add(v128.load(left), v128.load(right)));
    v128.store(to, f64x2.add(v128.load(left, 16), v128.load(right, 16)), 16);
  }
  for (; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, a + b);
  }
}

export function subtract_f64(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 4 <= count; index += 4, left += 32, right += 32, to += 32) {
    v128.store(to, f64x2.sub(v128.load(left), v128.load(right)));
    v128.store(to, f64x2.sub(v128.load(left, 16), v128.load(right, 16)), 16);
  }
  for (; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, a - b);
  }
}

export function multiply_f64(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 4 <= count; index += 4, left += 32, right += 32, to += 32) {
    v128.store(to, f64x2.mul(v128.load(left), v128.load(right)));
    v128.store(to, f64x2.mul(v128.load(left, 16), v128.load(right, 16)), 16);
  }
  for (; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, a * b);
  }
}

export function divide_f64(left: usize, right: usize, to: usize, count: i32): void {
  let index = 0;
  for (; index + 4 <= count; index += 4, left += 32, right += 32, to += 32) {
    v128.store(to, f64x2.div(v128.load(left), v128.load(right)));
    v128.store(to, f64x2.div(v128.load(left, 16), v128.load(right, 16)), 16);
  }
  for (; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, a / b);
  }
}

export function floor_divide_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, floored(a, b));
  }
}

export function remainder_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, b == 0 || !isFinite(a) ? NaN : modulo(a, b));
  }
}

export function fmod_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, fmod(a, b));
  }
}

export function power_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, pow(a, b));
  }
}

export function arctan2_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, atan2(a, b));
  }
}

export function hypot_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, hypot(a, b));
  }
}

export function maximum_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, max(a, b));
  }
}

export function minimum_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, min(a, b));
  }
}

export function fmax_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, a != a || b > a ? b : a);
  }
}

export function fmin_f64(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 8) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<f64>(to, a != a || b < a ? b : a);
  }
}

export function equal_f64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<u8>(to, <u8>(a == b));
  }
}

export function not_equal_f64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<u8>(to, <u8>(a != b));
  }
}

export function less_f64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<u8>(to, <u8>(a < b));
  }
}

export function less_equal_f64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<u8>(to, <u8>(a <= b));
  }
}

export function greater_f64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<u8>(to, <u8>(a > b));
  }
}

export function greater_equal_f64_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 8, right += 8, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(right);
    store<u8>(to, <u8>(a >= b));
  }
}

export function sin_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, sin(a));
  }
}

export function cos_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, cos(a));
  }
}

export function tan_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, tan(a));
  }
}

export function arcsin_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, asin(a));
  }
}

export function arccos_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, acos(a));
  }
}

export function arctan_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, atan(a));
  }
}

export function sinh_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, sinh(a));
  }
}

export function cosh_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, cosh(a));
  }
}

export function tanh_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, tanh(a));
  }
}

export function arcsinh_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, asinh(a));
  }
}

export function arccosh_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, acosh(a));
  }
}

export function arctanh_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, atanh(a));
  }
}

export function exp_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, exp(a));
  }
}

export function log_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, log(a));
  }
}

export function log10_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, log10(a));
  }
}

export function log2_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, log2(a));
  }
}

export function log1p_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, log1p(a));
  }
}

export function expm1_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, expm1(a));
  }
}

export function negative_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, -a);
  }
}

export function absolute_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, abs(a));
  }
}

export function sqrt_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, sqrt(a));
  }
}

export function floor_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, floor(a));
  }
}

export function ceil_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, ceil(a));
  }
}

export function trunc_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, trunc(a));
  }
}

export function rint_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, nearest(a));
  }
}

export function square_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, a * a);
  }
}

export function reciprocal_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, 1 / a);
  }
}

export function degrees_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, a * (180 / 3.141592653589793));
  }
}

export function radians_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, a * (3.141592653589793 / 180));
  }
}

export function sign_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 8) {
    const a = load<f64>(from);
    store<f64>(to, a > 0 ? 1 : a < 0 ? -1 : a == 0 ? 0 : a);
  }
}

export function isnan_f64_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 1) {
    const a = load<f64>(from);
    store<u8>(to, <u8>(a != a));
  }
}

export function isinf_f64_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 1) {
    const a = load<f64>(from);
    store<u8>(to, <u8>(abs(a) == Infinity));
  }
}

export function isfinite_f64_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 1) {
    const a = load<f64>(from);
    store<u8>(to, <u8>(abs(a) < Infinity));
  }
}

export function signbit_f64_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += 1) {
    const a = load<f64>(from);
    store<u8>(to, <u8>(copysign<f64>(1, a) < 0));
  }
}

export function where_f64(chosen: usize, left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, chosen++, left += 8, right += 8, to += 8)
    store<f64>(to, load<u8>(chosen) ? load<f64>(left) : load<f64>(right));
}
