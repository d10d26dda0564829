import { fail } from '../../foundation/base/index.ts';

/** How solutions are carried between their times. */
export interface TimeMethod {
  readonly kind: 'nearest' | 'linear' | 'cubic';
  /** Solutions of one observation id only serve data of the same one. */
  readonly perObservation: boolean;
  /** Phases are scaled with frequency as delays are (the "PD" forms). */
  readonly phaseDelay: boolean;
}

/** Reads the part of `interp` before the comma. */
export function parseTimeMethod(text: string): TimeMethod {
  const word = text === '' ? 'linear' : text;
  const [, kind] = /^(nearest|linear|cubic)(PD|perobs)*$/.exec(word) ?? [];
  if (kind === undefined) {
    fail('usage', `"${text}" is not an interpolation in time: nearest, linear, cubic, each also with PD and perobs.`);
  }
  return {
    kind: kind as TimeMethod['kind'],
    perObservation: word.includes('perobs'),
    phaseDelay: word.includes('PD'),
  };
}

/** Where a time lies among solution times: the solution to use, or the pair around it. */
export interface Registration {
  first: number;
  /** true: `first` alone is used */
  isExact: boolean;
  /** 0…1 from `first` to `first + 1` */
  fraction: number;
}

/**
 * Finds the solutions for a time as CASA 6.7's CTTimeInterp1 does: the nearest outside the range of the solutions, times as
 * 32-bit numbers relative to one second before the first.
 *
 * @param times sorted, relative to `reference` and rounded to float32, [solution]
 * @param into filled and returned
 */
export function registerTime(
  times: Float32Array,
  reference: number,
  time: number,
  method: TimeMethod,
  into: Registration,
): Registration {
  const t = Math.fround(time - reference);
  const last = times.length - 1;
  into.fraction = 0;
  into.isExact = true;
  if (last === 0 || t <= times[0]) return setFirst(into, 0);
  if (t >= times[last]) return setFirst(into, last);
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle;
    else high = middle;
  }
  if (times[low] === t) return setFirst(into, low);
  if (method.kind === 'nearest') return setFirst(into, times[high] - t < t - times[low] ? high : low);
  into.isExact = false;
  into.fraction = (t - times[low]) / (times[high] - times[low]);
  return setFirst(into, low);
}

/** Four solutions and what each counts for in the cubic through them. */
export interface CubicWeights {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * The cubic through the four solutions around a time that lies after `low`; undefined where there are fewer, or two at one time.
 *
 * @param times as for {@link registerTime}
 */
export function cubicWeights(
  times: Float32Array,
  reference: number,
  time: number,
  low: number,
): CubicWeights | undefined {
  if (times.length < 4) return undefined;
  const first = Math.min(Math.max(low - 1, 0), times.length - 4);
  for (let point = first; point < first + 3; point++) if (times[point] === times[point + 1]) return undefined;
  const t = Math.fround(time - reference);
  const weights = [0, 1, 2, 3].map((point) => {
    let weight = 1;
    for (let other = 0; other < 4; other++) {
      if (other !== point) weight *= (t - times[first + other]) / (times[first + point] - times[first + other]);
    }
    return weight;
  });
  return { first, weights };
}

function setFirst(into: Registration, first: number): Registration {
  into.first = first;
  return into;
}

/** The reference of {@link registerTime} for solutions that begin at `first` (MJD s). */
export function timeReference(first: number): number {
  return Math.floor(first - 1);
}
