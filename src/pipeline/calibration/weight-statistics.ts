import { openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

/** Weights of the unflagged rows of one field and window. */
export interface WeightStatistics {
  readonly fieldId: number;
  readonly fieldName: string;
  readonly spwId: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** To half a bin of the histogram, 0.5 %. */
  readonly median: number;
}

/** Bins per factor of e of the histogram that the median is read from, and the natural logarithm of its first edge. */
const BINS_PER_E = 100;
const FIRST_LOG = -35;
const BIN_COUNT = 70 * BINS_PER_E;

interface Tally {
  readonly fieldId: number;
  readonly spwId: number;
  readonly bins: Uint32Array;
  count: number;
  sum: number;
  min: number;
  max: number;
}

/**
 * Weights by field and window of cross-correlations that are not wholly flagged (what `es.getCalWeightStats` is for). A dataset
 * calibrated with weights shows them well away from 1 and alike for all fields; all equal to 1 means that none were made.
 */
export function weightStatistics(
  context: Context,
  { vis, intent }: { readonly vis: string; readonly intent?: string },
): WeightStatistics[] {
  const tallies = new Map<string, Tally>();
  const ms = openMs(joinPath(context.cwd, vis));
  try {
    const metadata = readMetadata(ms);
    const { rows } = selectRows(ms, intent ? { intent } : {}, { metadata });
    for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
      context.checkAbort();
      try {
        for (let row = 0; row < chunk.rowCount; row++) {
          if (chunk.flagRow[row] || chunk.antenna1[row] === chunk.antenna2[row]) continue;
          const [fieldId, { spwId }] = [chunk.fieldId[row], chunk];
          const key = `${fieldId}/${spwId}`;
          let tally = tallies.get(key);
          if (!tally) {
            const [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
            tally = { fieldId, spwId, bins: new Uint32Array(BIN_COUNT), count: 0, sum: 0, min, max };
            tallies.set(key, tally);
          }
          for (let corr = 0; corr < chunk.corrCount; corr++) count(tally, chunk.weight[row * chunk.corrCount + corr]);
        }
      } finally {
        chunk.release();
      }
    }
    const found = [...tallies.values()]
      .sort((a, b) => a.fieldId - b.fieldId || a.spwId - b.spwId)
      .map((tally) => {
        const { fieldId, spwId, count: number, min, max, sum } = tally;
        const fieldName = metadata.fields[fieldId].name;
        return { fieldId, fieldName, spwId, count: number, min, max, mean: sum / number, median: medianOf(tally) };
      });
    for (const { fieldName, spwId, median, min, max, count: number } of found) {
      const numbers = `median ${median.toPrecision(4)}, from ${min.toPrecision(4)} to ${max.toPrecision(4)} (${number})`;
      context.log.post(`${fieldName} spw ${spwId}: weights ${numbers}`, 'INFO', 'getCalWeightStats');
    }
    return found;
  } finally {
    ms.close();
  }
}

function count(tally: Tally, weight: number): void {
  tally.count++;
  tally.sum += weight;
  if (weight < tally.min) tally.min = weight;
  if (weight > tally.max) tally.max = weight;
  const bin = weight > 0 ? Math.floor((Math.log(weight) - FIRST_LOG) * BINS_PER_E) : 0;
  tally.bins[Math.max(0, Math.min(BIN_COUNT - 1, bin))]++;
}

function medianOf({ bins, count: number, min, max }: Tally): number {
  let seen = 0;
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    seen += bins[bin];
    if (2 * seen >= number) return Math.min(max, Math.max(min, Math.exp(FIRST_LOG + (bin + 0.5) / BINS_PER_E)));
  }
  return max;
}
