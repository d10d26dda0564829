// Values of any kind into one of the four that loops work on (bool, i64, f64, complex f64), and back. Steps are in bytes.

import { BOOL, COMPLEX64, FLOAT32, FLOAT64, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 } from './layout';

/** As x86 casts, and so numpy: what does not fit gives the smallest number. */
@inline
function whole(value: f64): i64 {
  return abs(value) < 9223372036854775808.0 ? <i64>value : i64.MIN_VALUE;
}

@inline
function widen<T>(from: usize, step: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += step, to += 8) store<f64>(to, <f64>load<T>(from));
}

/** A complex number gives its real part. */
export function load_f64(kind: i32, from: usize, step: usize, to: usize, count: i32): void {
  switch (kind) {
    case BOOL:
    case UINT8:
      widen<u8>(from, step, to, count);
      break;
    case INT8:
      widen<i8>(from, step, to, count);
      break;
    case INT16:
      widen<i16>(from, step, to, count);
      break;
    case UINT16:
      widen<u16>(from, step, to, count);
      break;
    case INT32:
      widen<i32>(from, step, to, count);
      break;
    case UINT32:
      widen<u32>(from, step, to, count);
      break;
    case INT64:
      widen<i64>(from, step, to, count);
      break;
    case UINT64:
      widen<u64>(from, step, to, count);
      break;
    case FLOAT32:
    case COMPLEX64:
      widen<f32>(from, step, to, count);
      break;
    default:
      widen<f64>(from, step, to, count);
  }
}

@inline
function extend<T>(from: usize, step: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += step, to += 8) store<i64>(to, <i64>load<T>(from));
}

export function load_i64(kind: i32, from: usize, step: usize, to: usize, count: i32): void {
  switch (kind) {
    case BOOL:
    case UINT8:
      extend<u8>(from, step, to, count);
      break;
    case INT8:
      extend<i8>(from, step, to, count);
      break;
    case INT16:
      extend<i16>(from, step, to, count);
      break;
    case UINT16:
      extend<u16>(from, step, to, count);
      break;
    case INT32:
      extend<i32>(from, step, to, count);
      break;
    case UINT32:
      extend<u32>(from, step, to, count);
      break;
    case INT64:
    case UINT64:
      extend<i64>(from, step, to, count);
      break;
    case FLOAT32:
    case COMPLEX64:
      for (let index = 0; index < count; index++, from += step, to += 8) store<i64>(to, whole(<f64>load<f32>(from)));
      break;
    default:
      for (let index = 0; index < count; index++, from += step, to += 8) store<i64>(to, whole(load<f64>(from)));
  }
}

export function load_c128(kind: i32, from: usize, step: usize, to: usize, count: i32): void {
  if (kind == COMPLEX64) {
    for (let index = 0; index < count; index++, from += step, to += 16) {
      store<f64>(to, <f64>load<f32>(from));
      store<f64>(to, <f64>load<f32>(from, 4), 8);
    }
  } else if (kind > COMPLEX64) {
    for (let index = 0; index < count; index++, from += step, to += 16) {
      store<f64>(to, load<f64>(from));
      store<f64>(to, load<f64>(from, 8), 8);
    }
  } else {
    // Real parts in the first half, then spread from the end.
    load_f64(kind, from, step, to, count);
    for (let index = count - 1; index >= 0; index--) {
      const value = load<f64>(to + (<usize>index << 3));
      store<f64>(to + (<usize>index << 4), value);
      store<f64>(to + (<usize>index << 4), 0, 8);
    }
  }
}

@inline
function test<T>(from: usize, step: usize, to: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += step, to++) store<u8>(to, <u8>(load<T>(from) != <T>0));
}

/** True where a value is not zero; NaN is not. */
export function load_bool(kind: i32, from: usize, step: usize, to: usize, count: i32): void {
  switch (kind) {
    case BOOL:
    case UINT8:
    case INT8:
      test<u8>(from, step, to, count);
      break;
    case INT16:
    case UINT16:
      test<u16>(from, step, to, count);
      break;
    case INT32:
    case UINT32:
      test<u32>(from, step, to, count);
      break;
    case INT64:
    case UINT64:
      test<u64>(from, step, to, count);
      break;
    case FLOAT32:
      test<f32>(from, step, to, count);
      break;
    case FLOAT64:
      test<f64>(from, step, to, count);
      break;
    case COMPLEX64:
      for (let index = 0; index < count; index++, from += step, to++)
        store<u8>(to, <u8>(load<f32>(from) != 0 || load<f32>(from, 4) != 0));
      break;
    default:
      for (let index = 0; index < count; index++, from += step, to++)
        store<u8>(to, <u8>(load<f64>(from) != 0 || load<f64>(from, 8) != 0));
  }
}

@inline
function narrow<T>(from: usize, to: usize, step: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += step) store<T>(to, <T>load<i64>(from));
}

export function store_i64(kind: i32, from: usize, to: usize, step: usize, count: i32): void {
  switch (kind) {
    case BOOL:
      for (let index = 0; index < count; index++, from += 8, to += step) store<u8>(to, <u8>(load<i64>(from) != 0));
      break;
    case INT8:
    case UINT8:
      narrow<u8>(from, to, step, count);
      break;
    case INT16:
    case UINT16:
      narrow<u16>(from, to, step, count);
      break;
    case INT32:
    case UINT32:
      narrow<u32>(from, to, step, count);
      break;
    case INT64:
    case UINT64:
      narrow<u64>(from, to, step, count);
      break;
    case FLOAT32:
      for (let index = 0; index < count; index++, from += 8, to += step) store<f32>(to, <f32>load<i64>(from));
      break;
    case COMPLEX64:
      for (let index = 0; index < count; index++, from += 8, to += step) {
        store<f32>(to, <f32>load<i64>(from));
        store<f32>(to, 0, 4);
      }
      break;
    case FLOAT64:
      for (let index = 0; index < count; index++, from += 8, to += step) store<f64>(to, <f64>load<i64>(from));
      break;
    default:
      for (let index = 0; index < count; index++, from += 8, to += step) {
        store<f64>(to, <f64>load<i64>(from));
        store<f64>(to, 0, 8);
      }
  }
}

@inline
function cut<T>(from: usize, to: usize, step: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += 8, to += step) store<T>(to, <T>whole(load<f64>(from)));
}

export function store_f64(kind: i32, from: usize, to: usize, step: usize, count: i32): void {
  switch (kind) {
    case BOOL:
      for (let index = 0; index < count; index++, from += 8, to += step) store<u8>(to, <u8>(load<f64>(from) != 0));
      break;
    case INT8:
    case UINT8:
      cut<u8>(from, to, step, count);
      break;
    case INT16:
    case UINT16:
      cut<u16>(from, to, step, count);
      break;
    case INT32:
    case UINT32:
      cut<u32>(from, to, step, count);
      break;
    case INT64:
    case UINT64:
      cut<u64>(from, to, step, count);
      break;
    case FLOAT32:
      for (let index = 0; index < count; index++, from += 8, to += step) store<f32>(to, <f32>load<f64>(from));
      break;
    case COMPLEX64:
      for (let index = 0; index < count; index++, from += 8, to += step) {
        store<f32>(to, <f32>load<f64>(from));
        store<f32>(to, 0, 4);
      }
      break;
    case FLOAT64:
      for (let index = 0; index < count; index++, from += 8, to += step) store<f64>(to, load<f64>(from));
      break;
    default:
      for (let index = 0; index < count; index++, from += 8, to += step) {
        store<f64>(to, load<f64>(from));
        store<f64>(to, 0, 8);
      }
  }
}

/** Into complex numbers only. */
export function store_c128(kind: i32, from: usize, to: usize, step: usize, count: i32): void {
  if (kind == COMPLEX64) {
    for (let index = 0; index < count; index++, from += 16, to += step) {
      store<f32>(to, <f32>load<f64>(from));
      store<f32>(to, <f32>load<f64>(from, 8), 4);
    }
  } else {
    for (let index = 0; index < count; index++, from += 16, to += step) {
      store<f64>(to, load<f64>(from));
      store<f64>(to, load<f64>(from, 8), 8);
    }
  }
}

@inline
function truths<T>(from: usize, to: usize, step: usize, count: i32): void {
  for (let index = 0; index < count; index++, from++, to += step) store<T>(to, <T>load<u8>(from));
}

export function store_bool(kind: i32, from: usize, to: usize, step: usize, count: i32): void {
  switch (kind) {
    case BOOL:
    case INT8:
    case UINT8:
      truths<u8>(from, to, step, count);
      break;
    case INT16:
    case UINT16:
      truths<u16>(from, to, step, count);
      break;
    case INT32:
    case UINT32:
      truths<u32>(from, to, step, count);
      break;
    case INT64:
    case UINT64:
      truths<u64>(from, to, step, count);
      break;
    case FLOAT32:
      truths<f32>(from, to, step, count);
      break;
    case FLOAT64:
      truths<f64>(from, to, step, count);
      break;
    case COMPLEX64:
      for (let index = 0; index < count; index++, from++, to += step) {
        store<f32>(to, <f32>load<u8>(from));
        store<f32>(to, 0, 4);
      }
      break;
    default:
      for (let index = 0; index < count; index++, from++, to += step) {
        store<f64>(to, <f64>load<u8>(from));
        store<f64>(to, 0, 8);
      }
  }
}

@inline
function move<T>(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32): void {
  for (let index = 0; index < count; index++, from += fromStep, to += toStep) store<T>(to, load<T>(from));
}

/** Copies values of `size` bytes as they are. */
export function moveInto(size: i32, from: usize, fromStep: usize, to: usize, toStep: usize, count: i32): void {
  if (fromStep == <usize>size && toStep == <usize>size) memory.copy(to, from, <usize>count * <usize>size);
  else if (size == 1) move<u8>(from, fromStep, to, toStep, count);
  else if (size == 2) move<u16>(from, fromStep, to, toStep, count);
  else if (size == 4) move<u32>(from, fromStep, to, toStep, count);
  else if (size == 8) move<u64>(from, fromStep, to, toStep, count);
  else {
    for (let index = 0; index < count; index++, from += fromStep, to += toStep) {
      store<u64>(to, load<u64>(from));
      store<u64>(to, load<u64>(from, 8), 8);
    }
  }
}
