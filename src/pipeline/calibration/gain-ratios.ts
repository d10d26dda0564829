import { casacoreMedian } from '../../foundation/numeric/index.ts';
import type { CalTable } from './caltable.ts';

/** Mean gain amplitudes of one field: [spw, ant, par]; 0 where there is none. */
export interface MeanGains {
  readonly amplitude: Float64Array;
  readonly count: Int32Array;
  /** Solutions before the threshold, [spw, ant, par] */
  readonly allCount: Int32Array;
}

/** Which solutions take part. */
export interface GainChoice {
  /**
   * Relative distance from the median of the field's gains in a window beyond which gains are left out; negative: none are. The
   * median is of all solutions, whatever the selection (CASA 6.7).
   */
  readonly threshold: number;
  /** True for rows that the selection of antennas, times and scans lets through. */
  readonly isChosen: (row: number) => boolean;
}

/** Number of antennas that a table's rows speak of. */
export function antennaCount(table: CalTable): number {
  return Math.max(
    table.antennas.length,
    table.rows.antenna1.reduce((most, ant) => Math.max(most, ant + 1), 0),
  );
}

/** Mean gain amplitudes of a field over its solutions (CASA 6.7, SolvableVisJones::fluxscale). */
export function meanGains(table: CalTable, fieldId: number, choice: GainChoice): MeanGains {
  const { rows, spectralWindows } = table;
  const antCount = antennaCount(table);
  const size = spectralWindows.length * antCount * rows.parCount;
  const gains: MeanGains = {
    amplitude: new Float64Array(size),
    count: new Int32Array(size),
    allCount: new Int32Array(size),
  };
  const ofField = [...rows.fieldId.keys()].filter((row) => rows.fieldId[row] === fieldId);
  const medians = choice.threshold >= 0 ? medianGains(table, ofField) : undefined;
  for (const row of ofField.filter(choice.isChosen)) {
    for (let par = 0; par < rows.parCount; par++) {
      const cell = rows.offsets[row] + par;
      if (rows.flag[cell]) continue;
      const amp = amplitudeOf(table, cell);
      const at = (rows.spwId[row] * antCount + rows.antenna1[row]) * rows.parCount + par;
      gains.allCount[at]++;
      if (medians && isOutside(amp, medians.get(rows.spwId[row]) ?? 0, choice.threshold)) continue;
      gains.amplitude[at] += amp;
      gains.count[at]++;
    }
  }
  for (let at = 0; at < size; at++) if (gains.count[at] > 0) gains.amplitude[at] /= gains.count[at];
  return gains;
}

function isOutside(amp: number, middle: number, threshold: number): boolean {
  const low = threshold === 0 ? 1 : threshold < 1 ? 1 - threshold : 0;
  return amp < low * middle || amp > (1 + threshold) * middle;
}

function medianGains(table: CalTable, chosen: readonly number[]): Map<number, number> {
  const { rows } = table;
  const bySpw = new Map<number, number[]>();
  for (const row of chosen) {
    for (let par = 0; par < rows.parCount; par++) {
      const cell = rows.offsets[row] + par;
      if (rows.flag[cell]) continue;
      const list = bySpw.get(rows.spwId[row]) ?? [];
      list.push(amplitudeOf(table, cell));
      bySpw.set(rows.spwId[row], list);
    }
  }
  return new Map([...bySpw].map(([spwId, list]) => [spwId, casacoreMedian(list)]));
}

function amplitudeOf({ rows, parType }: CalTable, cell: number): number {
  if (parType === 'Float') return Math.abs(rows.params[cell]);
  return Math.fround(Math.hypot(rows.params[2 * cell], rows.params[2 * cell + 1]));
}

/** Mean of several fields' gains, each antenna and polarization over the fields that have it. */
export function combineGains(fields: readonly MeanGains[]): MeanGains {
  if (fields.length === 1) return fields[0];
  const size = fields[0].amplitude.length;
  const amplitude = new Float64Array(size);
  const count = new Int32Array(size);
  for (const field of fields) {
    for (let at = 0; at < size; at++) {
      if (field.count[at] === 0) continue;
      amplitude[at] += field.amplitude[at];
      count[at]++;
    }
  }
  for (let at = 0; at < size; at++) if (count[at] > 0) amplitude[at] /= count[at];
  return { amplitude, count, allCount: count };
}

/** Scale of a field's gains in one window relative to the reference. */
export interface GainScale {
  /** Median of the ratios over antennas and polarizations. */
  readonly ratio: number;
  /** Standard deviation of the ratios. */
  readonly rms: number;
  readonly count: number;
}

/** Compares a field's gains in a window with the reference's; undefined when nothing can be compared. */
export function gainScale(
  transfer: MeanGains,
  spwId: number,
  reference: MeanGains,
  refSpwId: number,
  perSpw: number,
): GainScale | undefined {
  const ratios: number[] = [];
  for (let cell = 0; cell < perSpw; cell++) {
    const [at, ref] = [spwId * perSpw + cell, refSpwId * perSpw + cell];
    if (transfer.count[at] > 0 && reference.count[ref] > 0 && reference.amplitude[ref] > 0) {
      ratios.push(transfer.amplitude[at] / reference.amplitude[ref]);
    }
  }
  if (ratios.length === 0) return undefined;
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const power = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
  return {
    ratio: casacoreMedian(ratios),
    rms: ratios.length > 1 ? Math.sqrt(power / (ratios.length - 1)) : 0,
    count: ratios.length,
  };
}
