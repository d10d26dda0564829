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
}

const COLUMNS: Readonly<Record<string, DataColumn>> = {
  DATA: 'DATA',
  CORRECTED: 'CORRECTED_DATA',
  CORRECTED_DATA: 'CORRECTED_DATA',
  MODEL: 'MODEL_DATA',
  MODEL_DATA: 'MODEL_DATA',
  FLOAT_DATA: 'FLOAT_DATA',
};

/** Reads the parameters of a clip command; the correlation is an expression such as `ABS_ALL` or `REAL_XX,YY`. */
export function parseClip(command: FlagCommand, metadata: MsMetadata): Clip {
  const expression = (command.correlation || 'ABS_ALL').toUpperCase();
  const match = /^(?:(ABS|NORM|REAL|IMAG|ARG)[_ ])?(.*)$/.exec(expression);
  const names = (match?.[2] ?? 'ALL').split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== 'ALL' && correlationCode(name) === undefined);
  if (unknown !== undefined)
    fail('usage', `"${command.correlation}" is not a clip expression such as ABS_ALL or REAL_XX.`);
  const column = COLUMNS[(command.datacolumn || 'DATA').toUpperCase()];
  if (!column)
    fail('unsupported', `Clipping the data column "${command.datacolumn}" is not done; use data, corrected or model.`);
  const limits = command.clipminmax ?? [];
  return {
    columns: [column],
    quantity: (match?.[1] ?? 'ABS') as Quantity,
    corrs: new Map(
      metadata.polarizations.map(({ id, corrTypes }) => [
        id,
        corrTypes.flatMap((type, corr) => (names[0] === 'ALL' || names.includes(type) ? [corr] : [])),
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

/** Prepares clipping of one chunk: the result flags a row's bad values and says whether it found any. */
export function clipRow(clip: Clip, chunk: VisibilityChunk, { ranges }: Coverage): (row: number) => boolean {
  const values = chunk.data[clip.columns[0]] as Float32Array;
  const corrs = clip.corrs.get(clip.polarizationOf[chunk.dataDescId]) ?? [];
  const { chanCount, corrCount, flag } = chunk;
  return (row) => {
    let isFound = false;
    const base = row * chanCount * corrCount;
    for (const corr of corrs) {
      if (clip.isAveraged) {
        if (isBadAverage(clip, chunk, values, base + corr, ranges)) {
          for (const [first, last] of ranges) {
            for (let chan = first; chan <= last; chan++) flag[base + chan * corrCount + corr] = 1;
          }
          isFound = true;
        }
        continue;
      }
      for (const [first, last] of ranges) {
        for (let chan = first; chan <= last; chan++) {
          const at = base + chan * corrCount + corr;
          if (flag[at] !== 0 || !isBad(clip, values[2 * at], values[2 * at + 1])) continue;
          flag[at] = 1;
          isFound = true;
        }
      }
    }
    return isFound;
  };
}

function isBadAverage(
  clip: Clip,
  chunk: VisibilityChunk,
  values: Float32Array,
  base: number,
  ranges: Coverage['ranges'],
): boolean {
  let [re, im, count] = [0, 0, 0];
  for (const [first, last] of ranges) {
    for (let chan = first; chan <= last; chan++) {
      const at = base + chan * chunk.corrCount;
      if (chunk.flag[at] !== 0) continue;
      re += values[2 * at];
      im += values[2 * at + 1];
      count++;
    }
  }
  return count > 0 && isBad(clip, re / count, im / count);
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
