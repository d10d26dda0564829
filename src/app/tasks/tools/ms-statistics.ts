import { compileSelection, type Selection, selectRows } from '../../../astronomy/ms/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import type { ToolArguments } from '../tool-types.ts';
import { type EngineValue, real } from '../values.ts';
import { type MsState, metadataOf, msOf } from './ms-state.ts';
import { dictionary } from './reply-values.ts';

/** What a complex number is judged by. */
const PARTS: Readonly<Record<string, (re: number, im: number) => number>> = {
  amp: Math.hypot,
  amplitude: Math.hypot,
  phase: (re, im) => Math.atan2(im, re),
  real: (re) => re,
  imag: (_re, im) => im,
  imaginary: (_re, im) => im,
};

const MOST = 3e8;

/** Numbers that grow. */
class Values {
  private list = new Float32Array(65_536);
  count = 0;
  push(value: number): void {
    if (this.count === this.list.length) {
      if (this.count > MOST) fail('usage', 'ms.statistics(): so many values are too many; select fewer rows.');
      const larger = new Float32Array(2 * this.list.length);
      larger.set(this.list);
      this.list = larger;
    }
    this.list[this.count++] = value;
  }
  all(): Float32Array {
    return this.list.subarray(0, this.count);
  }
}

/** Values of a column for rows, flags left out when `useFlags`. */
function gather(state: MsState, column: string, part: string, selection: Selection, useFlags: boolean): Values {
  const ms = msOf(state);
  const source = ms.main.column(column);
  const isComplex = /Complex/.test(source.description.type);
  const isScalar = source.description.kind === 'scalar';
  const of = PARTS[part];
  if (isComplex && !of) fail('usage', `ms.statistics(): complex_value is one of ${Object.keys(PARTS).join(', ')}.`);
  const { rows } = selectRows(ms, selection, { metadata: metadataOf(state) });
  const { channels } = compileSelection(ms, selection);
  const { dataDescriptions, polarizations } = metadataOf(state);
  const wanted = selection.correlation?.split(',').map((name) => name.trim().toUpperCase());
  const values = new Values();
  for (const row of rows) {
    if (isScalar) {
      const isFlagged = useFlags && Boolean(ms.main.column('FLAG_ROW').get(row));
      if (!isFlagged) values.push(Number(source.get(row)));
      continue;
    }
    const { spwId, polId } = dataDescriptions[ms.main.column('DATA_DESC_ID').get(row) as number];
    const names = polarizations[polId].corrTypes;
    const cell = source.getRange(row, 1) as ArrayLike<number>;
    const flags = ms.main.column('FLAG').getRange(row, 1) as ArrayLike<number>;
    const ranges = channels.get(spwId);
    for (let item = 0; item < cell.length / (isComplex ? 2 : 1); item++) {
      const [chan, corr] = [Math.floor(item / names.length), item % names.length];
      if (wanted && !wanted.includes(names[corr])) continue;
      if (ranges && !ranges.some(([from, to]) => chan >= from && chan <= to)) continue;
      if (useFlags && flags[item] !== 0) continue;
      values.push(isComplex ? of(cell[2 * item], cell[2 * item + 1]) : cell[item]);
    }
  }
  return values;
}

/** Median and quartiles as casacore's statistics take them. */
function quantiles(sorted: Float32Array): [first: number, median: number, third: number] {
  const at = (fraction: number) => sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)];
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return [at(0.25), median, at(0.75)];
}

const COLUMNS = new Set(['DATA', 'CORRECTED_DATA', 'MODEL_DATA', 'FLOAT_DATA']);

/** ms.statistics(): of one column, all values of the chosen rows together. */
export function statisticsOf(state: MsState, args: ToolArguments, selection: Selection): EngineValue {
  const column = String(args.column)
    .toUpperCase()
    .replace(/^(CORRECTED|MODEL|FLOAT)$/, '$1_DATA');
  const { main } = msOf(state);
  if (!main.hasColumn(column)) fail('missing', `There is no column ${column}.`, { file: msOf(state).path });
  const isScalar = main.column(column).description.kind === 'scalar';
  if (!COLUMNS.has(column) && !isScalar)
    fail('unsupported', `ms.statistics(): ${column} has no statistics; use DATA or a column of single values.`);
  for (const [name, usual] of [
    ['useweights', false],
    ['reportingaxes', ''],
    ['doquantiles', true],
    ['timeaverage', false],
  ] as const)
    if (args[name] !== usual) fail('unsupported', `ms.statistics(): only ${name}=${String(usual)} is available.`);
  const useFlags = args.useflags !== false;
  const found = gather(state, column, String(args.complex_value).toLowerCase(), selection, useFlags);
  if (found.count === 0) return {};
  const sorted = found.all().slice().sort();
  let [sum, sumsq] = [0, 0];
  for (const value of found.all()) {
    sum += value;
    sumsq += value * value;
  }
  const count = found.count;
  const mean = sum / count;
  const variance = Math.max(0, sumsq - count * mean * mean) / Math.max(1, count - 1);
  const [first, median, third] = quantiles(sorted);
  const [, deviation] = quantiles(sorted.map((value) => Math.abs(value - median)).sort());
  const numbers = {
    ...{ firstquartile: first, max: sorted[count - 1], mean, medabsdevmed: deviation, median, min: sorted[0] },
    ...{ npts: count, rms: Math.sqrt(sumsq / count), stddev: Math.sqrt(variance), sum, sumOfWeights: count, sumsq },
    ...{ thirdquartile: third, variance },
  };
  const entries = Object.entries(numbers).map(([name, value]) => [name, real(value)] as const);
  return { '': dictionary([...entries, ['isMasked', useFlags], ['isWeighted', false]]) } as EngineValue;
}
