import { fail } from '../../foundation/base/index.ts';

/** A function of time as `data/flux-models.json` has it: segments of Chebyshev polynomials times harmonics of a period. */
export interface CodedSeries {
  /** MJD of the first segment, length of a segment in days */
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly degree: number;
  readonly components: number;
  /** Size of one unit of the coded integers. */
  readonly scale: number;
  /** Coded integers, [segment, component, harmonic term, degree] */
  readonly data: string;
  readonly harmonics?: number;
  /** d */
  readonly period?: number;
}

/**
 * Integers from base64 of variable-length bytes, as `scripts/build-flux-models.py` writes them: seven bits a byte, least
 * significant first, the sign in the lowest bit; a zero is followed by how many more zeros come.
 */
export function decodeIntegers(text: string, count: number): Float64Array {
  const bytes = atob(text);
  const values = new Float64Array(count);
  let at = 0;
  const word = () => {
    let [value, unit] = [0, 1];
    for (;;) {
      const byte = bytes.charCodeAt(at++);
      value += (byte & 127) * unit;
      if (!(byte & 128)) return value;
      unit *= 128;
    }
  };
  for (let index = 0; index < count; index++) {
    if (at >= bytes.length) fail('internal', 'A table of flux models ends too early.');
    const value = word();
    if (value === 0) index += word();
    else values[index] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  return values;
}

const decoded = new WeakMap<CodedSeries, Float64Array>();

/** T_0(x) … T_degree(x). */
function chebyshev(x: number, degree: number): Float64Array {
  const values = new Float64Array(degree + 1).fill(1);
  if (degree > 0) values[1] = x;
  for (let order = 2; order <= degree; order++) values[order] = 2 * x * values[order - 1] - values[order - 2];
  return values;
}

/**
 * Values of a series.
 *
 * @param mjd days; a time at the border of two segments belongs to the later one
 * @returns [component]
 */
export function evaluateSeries(series: CodedSeries, mjd: number): Float64Array {
  const { first, step, count, degree, components, scale, harmonics = 0, period = 1 } = series;
  const terms = 1 + 2 * harmonics;
  const perSegment = components * terms * (degree + 1);
  const values = decoded.get(series) ?? decodeIntegers(series.data, count * perSegment);
  decoded.set(series, values);
  const segment = Math.min(count - 1, Math.max(0, Math.floor((mjd - first) / step + 1e-9)));
  const slow = chebyshev((2 * (mjd - first - segment * step)) / step - 1, degree);
  const result = new Float64Array(components);
  let at = segment * perSegment;
  for (let component = 0; component < components; component++) {
    for (let term = 0; term < terms; term++) {
      const phase = (2 * Math.PI * ((term + 1) >> 1) * (mjd - first)) / period;
      const wave = term === 0 ? 1 : term % 2 === 1 ? Math.cos(phase) : Math.sin(phase);
      let sum = 0;
      for (let order = 0; order <= degree; order++) sum += values[at++] * slow[order];
      result[component] += sum * wave * scale;
    }
  }
  return result;
}
