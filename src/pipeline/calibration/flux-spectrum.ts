/** A fit of log10 S = c_0 + c_1 x + c_2 x² with x = log10(frequency / reference). */
export interface FluxSpectrum {
  /** Frequency whose logarithm is the mean of those fitted, Hz */
  readonly refFrequency: number;
  /** c_0, c_1, … */
  readonly coefficients: readonly number[];
  /** Formal errors scaled with the root of chi² per degree of freedom. */
  readonly errors: readonly number[];
  /** Covariance before that scaling, [coefficient, coefficient] */
  readonly covariance: readonly (readonly number[])[];
  /** Flux density at the reference frequency, Jy */
  readonly flux: number;
  readonly fluxError: number;
}

/**
 * Fits the spectrum of a source by weighted least squares, as CASA 6.7's fluxscale does (errors of log10 S are taken as
 * error / S; with no degree of freedom left errors are not scaled).
 *
 * @param frequencies Hz, [point]
 * @param fluxes Jy, [point]
 * @param errors Jy, [point]; points without error (of a single solution) are left out where the others are enough; else they
 *   weigh like the best
 * @param order 0, 1 or 2
 */
export function fitFluxSpectrum(
  frequencies: readonly number[],
  fluxes: readonly number[],
  errors: readonly number[],
  order: number,
): FluxSpectrum {
  const mean = frequencies.reduce((sum, freq) => sum + Math.log10(freq), 0) / frequencies.length;
  const relative = fluxes.map((flux, point) => errors[point] / flux);
  const least = Math.min(...relative.filter((error) => error > 0), Number.POSITIVE_INFINITY);
  const isEnough = relative.filter((error) => error > 0).length > order;
  const unknown = isEnough ? 0 : Number.isFinite(least) ? least ** -2 : 1;
  const weights = relative.map((error) => (error > 0 ? error ** -2 : unknown));
  const rows = frequencies.map((freq) => Array.from({ length: order + 1 }, (_, k) => (Math.log10(freq) - mean) ** k));
  const values = fluxes.map((flux) => Math.log10(flux));
  const covariance = invert(
    rows[0].map((_, m) => rows[0].map((__, n) => sumOver(rows, (row, point) => weights[point] * row[m] * row[n]))),
  );
  const right = rows[0].map((_, m) => sumOver(rows, (row, point) => weights[point] * row[m] * values[point]));
  const coefficients = covariance.map((line) => line.reduce((sum, value, k) => sum + value * right[k], 0));
  const chiSquare = sumOver(rows, (row, point) => {
    const fitted = row.reduce((sum, value, k) => sum + value * coefficients[k], 0);
    return weights[point] * (values[point] - fitted) ** 2;
  });
  const freedom = weights.filter((weight) => weight > 0).length - order - 1;
  const scale = freedom > 0 ? chiSquare / freedom : 1;
  const scaled = covariance.map((line, k) => Math.sqrt(line[k] * scale));
  const flux = 10 ** coefficients[0];
  return {
    refFrequency: 10 ** mean,
    coefficients,
    errors: scaled,
    covariance,
    flux,
    fluxError: Math.LN10 * flux * scaled[0],
  };
}

/** What CASA 6.7 returns for one flux density alone: it, and coefficients of zero. */
export function levelSpectrum(refFrequency: number, flux: number, order: number): FluxSpectrum {
  const coefficients = new Array<number>(order + 1).fill(0);
  return { refFrequency, coefficients, errors: coefficients, covariance: [], flux, fluxError: 0 };
}

function sumOver(rows: readonly (readonly number[])[], term: (row: readonly number[], point: number) => number) {
  return rows.reduce((sum, row, point) => sum + term(row, point), 0);
}

/** Inverse of a small symmetric positive matrix, by Gauss-Jordan elimination with row exchange. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const work = matrix.map((line, row) => [...line, ...line.map((_, col) => (row === col ? 1 : 0))]);
  for (let col = 0; col < size; col++) {
    let pivot = col;
    for (let row = col + 1; row < size; row++) {
      if (Math.abs(work[row][col]) > Math.abs(work[pivot][col])) pivot = row;
    }
    [work[col], work[pivot]] = [work[pivot], work[col]];
    const lead = work[col][col];
    for (let k = 0; k < 2 * size; k++) work[col][k] /= lead;
    for (let row = 0; row < size; row++) {
      if (row === col) continue;
      const factor = work[row][col];
      for (let k = 0; k < 2 * size; k++) work[row][k] -= factor * work[col][k];
    }
  }
  return work.map((line) => line.slice(size));
}

/** A number as C++ streams print it: six significant digits, exponent of at least two digits. */
export function formatGeneral(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return '0';
  const [digits, exponent] = value.toExponential(5).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? '-' : '+';
    return `${trimZeros(digits)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return trimZeros(value.toFixed(Math.max(0, 5 - power)));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
