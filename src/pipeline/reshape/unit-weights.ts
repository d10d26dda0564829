import type { MeasurementSet } from '../../astronomy/ms/index.ts';

/** Rows whose weights are looked at together. */
const ROWS_PER_LOOK = 16_384;

/**
 * True when all weights are 1, as CASA before 4.3 left them when calibration did not change them (Cycle 0 deliveries).
 *
 * Such weights say nothing about noise: joined with other data, they count too much or too little. Data with other weights are told
 * after the first rows.
 */
export function hasUnitWeights(ms: MeasurementSet): boolean {
  const weights = ms.main.column('WEIGHT');
  const { rowCount } = ms.main;
  for (let row = 0; row < rowCount; ) {
    const { count } = weights.shapeRun(row, Math.min(ROWS_PER_LOOK, rowCount - row));
    const values = weights.getRange(row, count) as Float32Array;
    if (values.some((value) => value !== 1)) return false;
    row += count;
  }
  return rowCount > 0;
}
