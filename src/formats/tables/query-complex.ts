/** A complex number: real and imaginary part. */
export type Pair = readonly [number, number];

export function product([a, b]: Pair, [c, d]: Pair): Pair {
  return [a * c - b * d, a * d + b * c];
}

export function log([re, im]: Pair): Pair {
  return [Math.log(Math.hypot(re, im)), Math.atan2(im, re)];
}

export function exp([re, im]: Pair): Pair {
  return [Math.exp(re) * Math.cos(im), Math.exp(re) * Math.sin(im)];
}

/** The sign of a 0 tells the side of the cut along the negative numbers. */
export function sqrt([re, im]: Pair): Pair {
  const part = Math.sqrt((Math.hypot(re, im) + Math.abs(re)) / 2);
  if (part === 0) return [0, im];
  return re >= 0 ? [part, im / (2 * part)] : [Math.abs(im) / (2 * part), im < 0 || Object.is(im, -0) ? -part : part];
}

/** Of 0, as casacore: 0 to powers of positive real part, no number to the power 0. */
export function power(base: Pair, exponent: Pair): Pair {
  if (base[0] !== 0 || base[1] !== 0) return exp(product(log(base), exponent));
  if (exponent[0] > 0) return [0, 0];
  return [exponent[0] < 0 ? Number.POSITIVE_INFINITY : Number.NaN, Number.NaN];
}

export function sin([re, im]: Pair): Pair {
  return [Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im)];
}

export function cos([re, im]: Pair): Pair {
  return [Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im)];
}

export function tan([re, im]: Pair): Pair {
  const [slope, height] = [Math.tan(re), Math.tanh(im)];
  const norm = 1 + (slope * height) ** 2;
  return [slope / Math.cosh(im) ** 2 / norm, (height * (1 + slope ** 2)) / norm];
}

/** Of its argument turned by a quarter, turned back: sinh z = -i sin(iz). */
function turned(act: (value: Pair) => Pair): (value: Pair) => Pair {
  return ([re, im]) => {
    const [a, b] = act([-im, re]);
    return [b, -a];
  };
}

export const sinh = turned(sin);
export const tanh = turned(tan);

export function cosh([re, im]: Pair): Pair {
  return cos([-im, re]);
}

/** √(1 - z) and √(1 + z), of which W. Kahan's formulas of inverse functions are made. */
const rootsOf = ([re, im]: Pair): readonly [Pair, Pair] => [sqrt([1 - re, -im]), sqrt([1 + re, im])];

export function asin(value: Pair): Pair {
  const [minus, plus] = rootsOf(value);
  return [Math.atan2(value[0], product(minus, plus)[0]), Math.asinh(product(conjugate(minus), plus)[1])];
}

export function acos(value: Pair): Pair {
  const [minus, plus] = rootsOf(value);
  return [2 * Math.atan2(minus[0], plus[0]), Math.asinh(product(conjugate(plus), minus)[1])];
}

export function atan([re, im]: Pair): Pair {
  const height = Math.log((re ** 2 + (1 + im) ** 2) / (re ** 2 + (1 - im) ** 2)) / 4;
  return [Math.atan2(2 * re, 1 - re ** 2 - im ** 2) / 2, height];
}

export function conjugate([re, im]: Pair): Pair {
  return [re, -im];
}
