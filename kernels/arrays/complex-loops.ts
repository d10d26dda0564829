// Functions of one or two complex numbers (interleaved re, im), value by value, on dense arrays.

@external('libm', 'exp')
declare function exp(value: f64): f64;
@external('libm', 'sin')
declare function sin(value: f64): f64;
@external('libm', 'cos')
declare function cos(value: f64): f64;
@external('libm', 'atan2')
declare function atan2(left: f64, right: f64): f64;
@external('libm', 'hypot')
declare function hypot(left: f64, right: f64): f64;

export function add_c128(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 16, right += 16, to += 16) {
    const a = load<f64>(left);
    const b = load<f64>(left, 8);
    const c = load<f64>(right);
    const d = load<f64>(right, 8);
    store<f64>(to, a + c);
    store<f64>(to, b + d, 8);
  }
}

export function subtract_c128(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 16, right += 16, to += 16) {
    const a = load<f64>(left);
    const b = load<f64>(left, 8);
    const c = load<f64>(right);
    const d = load<f64>(right, 8);
    store<f64>(to, a - c);
    store<f64>(to, b - d, 8);
  }
}

export function multiply_c128(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 16, right += 16, to += 16) {
    const a = load<f64>(left);
    const b = load<f64>(left, 8);
    const c = load<f64>(right);
    const d = load<f64>(right, 8);
    store<f64>(to, a * c - b * d);
    store<f64>(to, a * d + b * c, 8);
  }
}

export function divide_c128(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 16, right += 16, to += 16) {
    const a = load<f64>(left);
    const b = load<f64>(left, 8);
    const c = load<f64>(right);
    const d = load<f64>(right, 8);
    if (abs(c) >= abs(d)) {
      // Also by zero, where both parts are divided by it.
      const ratio = c == 0 ? 0 : d / c;
      const scale = 1 / (c + d * ratio);
      store<f64>(to, (a + b * ratio) * scale);
      store<f64>(to, (b - a * ratio) * scale, 8);
    } else {
      const ratio = c / d;
      const scale = 1 / (d + c * ratio);
      store<f64>(to, (a * ratio + b) * scale);
      store<f64>(to, (b * ratio - a) * scale, 8);
    }
  }
}

export function equal_c128_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 16, right += 16, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(left, 8);
    const c = load<f64>(right);
    const d = load<f64>(right, 8);
    store<u8>(to, <u8>(a == c && b == d));
  }
}

export function not_equal_c128_bool(left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, left += 16, right += 16, to += 1) {
    const a = load<f64>(left);
    const b = load<f64>(left, 8);
    const c = load<f64>(right);
    const d = load<f64>(right, 8);
    store<u8>(to, <u8>(a != c || b != d));
  }
}

export function negative_c128(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 16) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<f64>(to, -a);
    store<f64>(to, -b, 8);
  }
}

export function conjugate_c128(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 16) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<f64>(to, a);
    store<f64>(to, -b, 8);
  }
}

export function square_c128(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 16) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<f64>(to, a * a - b * b);
    store<f64>(to, a * b + b * a, 8);
  }
}

export function exp_c128(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 16) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    const size = exp(a);
    store<f64>(to, b == 0 ? size : size * cos(b));
    store<f64>(to, b == 0 ? b : size * sin(b), 8);
  }
}

export function absolute_c128_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 8) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    const square = a * a + b * b;
    store<f64>(to, square > 1e-280 && square < 1e300 ? sqrt(square) : hypot(a, b));
  }
}

export function angle_c128_f64(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 8) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<f64>(to, atan2(b, a));
  }
}

export function isnan_c128_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 1) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<u8>(to, <u8>(a != a || b != b));
  }
}

export function isfinite_c128_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 1) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<u8>(to, <u8>(abs(a) < Infinity && abs(b) < Infinity));
  }
}

export function isinf_c128_bool(from: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 16, to += 1) {
    const a = load<f64>(from);
    const b = load<f64>(from, 8);
    store<u8>(to, <u8>(abs(a) == Infinity || abs(b) == Infinity));
  }
}

export function where_c128(chosen: usize, left: usize, right: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, chosen++, left += 16, right += 16, to += 16) {
    const from = load<u8>(chosen) ? left : right;
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from, 8), 8);
  }
}
