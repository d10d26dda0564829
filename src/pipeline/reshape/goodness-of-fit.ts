import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';

/** A number for the real parts and one for the imaginary parts. */
interface ComplexParts {
  readonly imag: number;
  readonly real: number;
}

/** Goodness of the fits of one correlation: over the times of a field, scan and window. */
export interface FitQuality {
  readonly chi_squared: { readonly average: ComplexParts; readonly max: ComplexParts; readonly min: ComplexParts };
  /** Times. */
  readonly count: number;
}

type Keyed<Value> = Readonly<Record<string, Value>>;

/** What CASA 6.7's uvcontsub returns; keys are numbers of fields, scans, windows and correlations. */
export interface FitReport {
  readonly description: string;
  readonly goodness_of_fit: {
    readonly field: Keyed<{
      readonly scan: Keyed<{ readonly spw: Keyed<{ readonly polarization: Keyed<FitQuality> }> }>;
    }>;
  };
}

/** Of a time at which nothing could be fitted: CASA counts it so. */
const UNFITTED: ComplexParts = { imag: Number.POSITIVE_INFINITY, real: Number.POSITIVE_INFINITY };

/** Fits of one field, scan, window and correlation, by time. */
type Times = Map<number, ComplexParts>;

/**
 * Collects how well spectra were fitted, as CASA 6.7's uvcontsub reports it: of the rows of one time only the last that could be
 * fitted counts; the smallest and largest are those by absolute value of (real, imaginary).
 */
export class GoodnessOfFit {
  private readonly fields = new Map<number, Map<number, Map<number, Map<number, Times>>>>();

  /** @param chiSquared absent: the spectrum had nothing to fit */
  add(
    chunk: VisibilityChunk,
    row: number,
    corr: number,
    chiSquared: readonly [re: number, im: number] | undefined,
  ): void {
    const scans = entry(this.fields, chunk.fieldId[row], () => new Map());
    const windows = entry(scans, chunk.scanNumber[row], () => new Map());
    const corrs = entry(windows, chunk.spwId, () => new Map());
    const times: Times = entry(corrs, corr, () => new Map());
    const time = chunk.time[row];
    if (chiSquared) times.set(time, { imag: chiSquared[1], real: chiSquared[0] });
    else if (!times.has(time)) times.set(time, UNFITTED);
  }

  report(): FitReport {
    const field = keyed(this.fields, (scans) => ({
      scan: keyed(scans, (windows) => ({
        spw: keyed(windows, (corrs) => ({ polarization: keyed(corrs, qualityOf) })),
      })),
    }));
    return {
      description: 'summary of data fitting results in uv-continuum subtraction',
      goodness_of_fit: { field },
    };
  }
}

function qualityOf(times: Times): FitQuality {
  const parts = [...times.values()];
  const [sum, count] = [{ imag: 0, real: 0 }, parts.length];
  let [min, max] = [parts[0], parts[0]];
  for (const part of parts) {
    sum.imag += part.imag;
    sum.real += part.real;
    if (sizeOf(part) < sizeOf(min)) min = part;
    if (sizeOf(part) > sizeOf(max)) max = part;
  }
  const mean = (total: number) => (Number.isFinite(total) ? total / count : Number.NaN);
  return { chi_squared: { average: { imag: mean(sum.imag), real: mean(sum.real) }, max, min }, count };
}

const sizeOf = ({ real, imag }: ComplexParts) => Math.hypot(real, imag);

function entry<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function keyed<Value, Result>(map: ReadonlyMap<number, Value>, convert: (value: Value) => Result): Keyed<Result> {
  return Object.fromEntries([...map].map(([key, value]) => [key, convert(value)]));
}
