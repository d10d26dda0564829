import { correlationCode, type MsMetadata } from '../../astronomy/ms/index.ts';
import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { Coverage } from './agent-types.ts';
import type { FlagCommand } from './flag-command.ts';

type Quantity = 'ABS' | 'NORM' | 'REAL' | 'IMAG' | 'ARG';

/** What a clip command compares. */
export interface Clip {
  readonly columns: readonly DataColumn[];
  readonly quantity: Quantity;
  /** Correlation indices by POLARIZATION row. */
  readonly corrs: ReadonlyMap<number, readonly number[]>;
  readonly polarizationOf: readonly number[];
  readonly low: number;
  readonly high: number;
  /** With no limits only NaN and, if asked, zeros are flagged. */
  readonly hasLimits: boolean;
  readonly isOutside: boolean;
  readonly withZeros: boolean;
  readonly isAveraged: boolean;
  /** What is compared is computed from the columns read. */
  readonly source: 'column' | 'residual' | 'weight';
  /** The mean of the parallel hands is compared and flags all correlations. */
  readonly isStokesI: boolean;
}

const COLUMNS: Readonly<Record<string, DataColumn>> = {
  DATA: 'DATA',
  CORRECTED: 'CORRECTED_DATA',
  CORRECTED_DATA: 'CORRECTED_DATA',
  MODEL: 'MODEL_DATA',
  MODEL_DATA: 'MODEL_DATA',
  FLOAT_DATA: 'FLOAT_DATA',
};

const RESIDUALS: Readonly<Record<string, readonly DataColumn[]>> = {
  RESIDUAL: ['CORRECTED_DATA', 'MODEL_DATA'],
  RESIDUAL_DATA: ['DATA', 'MODEL_DATA'],
};

/** Columns that a name asks for and what is made of them. @throws unsupported */
function sourceOf(name: string): Pick<Clip, 'columns' | 'source'> {
  if (COLUMNS[name]) return { columns: [COLUMNS[name]], source: 'column' };
  if (RESIDUALS[name]) return { columns: RESIDUALS[name], source: 'residual' };
  if (name === 'WEIGHT' || name === 'WEIGHT_SPECTRUM') return { columns: [], source: 'weight' };
  return fail(
    'unsupported',
    `Clipping the data column "${name}" is not done; use data, corrected, model, residual, residual_data, float_data, weight or weight_spectrum.`,
  );
}

/** Reads the parameters of a clip command; the correlation is an expression such as `ABS_ALL` or `REAL_XX,YY`. */
export function parseClip(command: FlagCommand, metadata: MsMetadata): Clip {
  const expression = (command.correlation || 'ABS_ALL').toUpperCase();
  const match = /^(?:(ABS|NORM|REAL|IMAG|ARG)[_ ])?(.*)$/.exec(expression);
  const names = (match?.[2] ?? 'ALL').split(',').map((name) => name.trim());
  const isStokesI = names.length === 1 && names[0] === 'I';
  const isAll = isStokesI || names[0] === 'ALL';
  const unknown = names.find((name) => name !== 'ALL' && correlationCode(name) === undefined);
  if (unknown !== undefined)
    fail('usage', `"${command.correlation}" is not a clip expression such as ABS_ALL or REAL_XX.`);
  const known = names.filter((name) => metadata.polarizations.some(({ corrTypes }) => corrTypes.includes(name)));
  const isSelection = match?.[1] === undefined;
  const limits = command.clipminmax ?? [];
  const source = sourceOf((command.datacolumn || 'DATA').toUpperCase());
  const isReal = source.columns.length === 0 || source.columns[0] === 'FLOAT_DATA';
  return {
    ...source,
    isStokesI,
    // As in CASA: of real numbers no other quantity is taken.
    quantity: isReal ? 'REAL' : ((match?.[1] ?? 'ABS') as Quantity),
    corrs: new Map(
      metadata.polarizations.map(({ id, corrTypes }) => [
        id,
        // As in CASA: without a quantity it is a selection, which leaves windows alone that lack one of them, but for those that all lack.
        corrTypes.flatMap((type, corr) =>
          isAll || (known.includes(type) && (!isSelection || known.every((name) => corrTypes.includes(name))))
            ? [corr]
            : [],
        ),
      ]),
    ),
    polarizationOf: metadata.dataDescriptions.map(({ polId }) => polId),
    low: limits[0] ?? 0,
    high: limits[1] ?? 0,
    hasLimits: limits.length === 2,
    isOutside: command.clipoutside ?? true,
    withZeros: command.clipzeros ?? false,
    isAveraged: command.channelavg ?? false,
  };
}

/** Prepares clipping of one chunk: the result sets the flags of a row's bad values; undefined where no correlation is meant. */
export function clipRow(
  clip: Clip,
  chunk: VisibilityChunk,
  { ranges }: Coverage,
  value: 0 | 1,
): ((row: number) => void) | undefined {
  const corrs = clip.corrs.get(clip.polarizationOf[chunk.dataDescId]) ?? [];
  if (corrs.length === 0) return undefined;
  const values = clipValues(clip, chunk);
  const { chanCount, corrCount, flag } = chunk;
  return (row) => {
    const base = row * chanCount * corrCount;
    if (clip.isStokesI) return clipStokesI(clip, chunk, values, base, ranges, value);
    for (const corr of corrs) {
      if (clip.isAveraged) {
        const { re, im, count } = average(clip, chunk, values, base + corr, ranges);
        if (count > 0 && isBad(clip, re, im)) {
          for (const [first, last] of ranges) {
            for (let chan = first; chan <= last; chan++) flag[base + chan * corrCount + corr] = value;
          }
        }
        continue;
      }
      for (const [first, last] of ranges) {
        for (let chan = first; chan <= last; chan++) {
          const at = base + chan * corrCount + corr;
          if (flag[at] === value || !isBad(clip, values[2 * at], values[2 * at + 1])) continue;
          flag[at] = value;
        }
      }
    }
  };
}

/** What is compared, [row, chan, corr, re/im]. */
function clipValues(clip: Clip, chunk: VisibilityChunk): Float32Array {
  const { chanCount, corrCount } = chunk;
  const count = chunk.rowCount * chanCount * corrCount;
  if (clip.source === 'column' || clip.source === 'residual') {
    const values = chunk.data[clip.columns[0]] as Float32Array;
    const model = clip.source === 'residual' ? (chunk.data[clip.columns[1]] as Float32Array) : undefined;
    if (clip.columns[0] === 'FLOAT_DATA') return realAsComplex(values, count);
    return model ? values.map((value, at) => value - model[at]) : values;
  }
  // As CASA: either means the weights of channels where there are such, else those of rows.
  if (chunk.weightSpectrum) return realAsComplex(chunk.weightSpectrum, count);
  const values = new Float32Array(2 * count);
  for (let at = 0; at < count; at++) {
    values[2 * at] = chunk.weight[Math.floor(at / (chanCount * corrCount)) * corrCount + (at % corrCount)];
  }
  return values;
}

function realAsComplex(values: Float32Array, count: number): Float32Array {
  const pairs = new Float32Array(2 * count);
  for (let at = 0; at < count; at++) pairs[2 * at] = values[at];
  return pairs;
}

/** Judges the mean of the first and last correlation (the parallel hands) of each channel, also when one of them is flagged, as CASA. */
function clipStokesI(
  clip: Clip,
  chunk: VisibilityChunk,
  values: Float32Array,
  base: number,
  ranges: Coverage['ranges'],
  value: 0 | 1,
): void {
  const { corrCount, flag } = chunk;
  if (clip.isAveraged) {
    const [one, other] = [base, base + corrCount - 1].map((at) => average(clip, chunk, values, at, ranges));
    if (one.count === 0 && other.count === 0) return;
    if (!isBad(clip, (one.re + other.re) / 2, (one.im + other.im) / 2)) return;
    for (const [first, last] of ranges) flag.fill(value, base + first * corrCount, base + (last + 1) * corrCount);
    return;
  }
  for (const [first, last] of ranges) {
    for (let chan = first; chan <= last; chan++) {
      const [one, other] = [base + chan * corrCount, base + (chan + 1) * corrCount - 1];
      if (flag[one] === value && flag[other] === value) continue;
      const re = (values[2 * one] + values[2 * other]) / 2;
      const im = (values[2 * one + 1] + values[2 * other + 1]) / 2;
      if (!isBad(clip, re, im)) continue;
      flag.fill(value, one, other + 1);
    }
  }
}

/** Mean (of weights: sum) over channels that are not flagged, of which there are `count`; over all where there are none. */
function average(
  { source }: Clip,
  chunk: VisibilityChunk,
  values: Float32Array,
  base: number,
  ranges: Coverage['ranges'],
): { readonly re: number; readonly im: number; readonly count: number } {
  const good = { re: 0, im: 0, count: 0 };
  const all = { re: 0, im: 0, count: 0 };
  for (const [first, last] of ranges) {
    for (let chan = first; chan <= last; chan++) {
      const at = base + chan * chunk.corrCount;
      for (const sum of chunk.flag[at] === 0 ? [good, all] : [all]) {
        sum.re += values[2 * at];
        sum.im += values[2 * at + 1];
        sum.count++;
      }
    }
  }
  const { re, im, count } = good.count > 0 ? good : all;
  const parts = source === 'weight' ? 1 : count;
  return { re: re / parts, im: im / parts, count: good.count };
}

function isBad(clip: Clip, re: number, im: number): boolean {
  const value = quantityOf(clip.quantity, re, im);
  if (!Number.isFinite(value)) return true;
  if (clip.withZeros && value === 0) return true;
  if (!clip.hasLimits) return false;
  const isInside = value >= clip.low && value <= clip.high;
  return clip.isOutside ? !isInside : isInside;
}

function quantityOf(quantity: Quantity, re: number, im: number): number {
  switch (quantity) {
    case 'ABS':
      return Math.hypot(re, im);
    case 'NORM':
      return re * re + im * im;
    case 'REAL':
      return re;
    case 'IMAG':
      return im;
    case 'ARG':
      return Math.atan2(im, re);
  }
}
