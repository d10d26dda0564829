import { frequencyShiftFactor, observatoryPosition } from '../../astronomy/measures/index.ts';
import {
  fieldDirection,
  type MeasurementSet,
  type MsMetadata,
  openMs,
  readMetadata,
  type SpwSelection,
  selectRows,
} from '../../astronomy/ms/index.ts';
import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { ImagingChoice } from './options.ts';
import type { WindowFrequencies } from './spectral-axis.ts';

/** One MeasurementSet with what was selected of it. */
export interface ChosenMs {
  readonly ms: MeasurementSet;
  readonly metadata: MsMetadata;
  readonly rows: Int32Array;
  readonly channels: SpwSelection;
  readonly column: DataColumn;
  /** First selected time, MJD seconds UTC. */
  readonly startSec: number;
  /** Last selected time, MJD seconds UTC. */
  readonly endSec: number;
  /** Fields that have selected rows, in the order of their first rows. */
  readonly fieldIds: readonly number[];
  /** ITRF, m */
  readonly position: ArrayLike<number>;
}

/** What is made of open MeasurementSets; they are closed when it fails. */
export function makeOrClose<Result>(sets: readonly { readonly ms: MeasurementSet }[], make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    for (const { ms } of sets) ms.close();
    throw error;
  }
}

/** Opens the MeasurementSets of a choice and looks up rows and channels. */
export function chooseData(context: Context, choice: ImagingChoice): ChosenMs[] {
  const { options } = choice;
  const opened: { readonly ms: MeasurementSet }[] = [];
  const choose = (name: string, index: number): ChosenMs => {
    const ms = openMs(joinPath(context.cwd, name));
    opened.push({ ms });
    const metadata = readMetadata(ms);
    const { timerange, uvrange, antenna, scan, observation, intent } = options;
    const selection = {
      field: choice.fields[index],
      spw: choice.spws[index],
      timerange,
      uvrange,
      antenna,
      scan,
      observation,
      intent,
    };
    const { rows, channels } = selectRows(ms, selection, { metadata, warn: warningsOf(context, 'tclean') });
    if (rows.length === 0) fail('bad-data', 'No row is selected for imaging.', { file: ms.path });
    const wanted = (options.datacolumn ?? 'corrected').toLowerCase();
    const column: DataColumn =
      wanted === 'corrected' && ms.main.hasColumn('CORRECTED_DATA')
        ? 'CORRECTED_DATA'
        : wanted === 'model'
          ? 'MODEL_DATA'
          : 'DATA';
    return { ms, metadata, rows, channels, column, ...spanOf(ms, rows), position: positionOf(metadata) };
  };
  return makeOrClose(opened, () => choice.vis.map(choose));
}

function positionOf(metadata: MsMetadata): ArrayLike<number> {
  try {
    return observatoryPosition(metadata.observation.telescope);
  } catch {
    return metadata.antennas[0].position;
  }
}

function spanOf(ms: MeasurementSet, rows: Int32Array): { startSec: number; endSec: number; fieldIds: number[] } {
  const time = ms.main.column('TIME');
  const field = ms.main.column('FIELD_ID');
  const fieldIds = new Set<number>();
  let startSec = Number.POSITIVE_INFINITY;
  let endSec = Number.NEGATIVE_INFINITY;
  const step = 65_536;
  for (let from = rows[0]; from <= rows[rows.length - 1]; from += step) {
    const count = Math.min(step, rows[rows.length - 1] - from + 1);
    const times = time.getRange(from, count) as Float64Array;
    const ids = field.getRange(from, count) as Int32Array;
    for (const row of rows.subarray(lowerBound(rows, from), lowerBound(rows, from + count))) {
      fieldIds.add(ids[row - from]);
      startSec = Math.min(startSec, times[row - from]);
      endSec = Math.max(endSec, times[row - from]);
    }
  }
  return { startSec, endSec, fieldIds: [...fieldIds] };
}

export function lowerBound(rows: Int32Array, value: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Factor from a window's frame to the image's at some time and direction. */
export function shiftFactor(
  chosen: ChosenMs,
  spwId: number,
  timeSec: number,
  field: number,
  outframe: ImagingChoice['outframe'],
): number {
  const window = chosen.metadata.spectralWindows[spwId];
  if (outframe === 'TOPO' || window.measFreqRef !== 'TOPO') return 1;
  const [ra, dec] = fieldDirection(chosen.metadata.fields[field], timeSec);
  return frequencyShiftFactor(timeSec, ra, dec, chosen.position, 'TOPO', outframe);
}

/** Numbers of a window's selected channels. */
export function channelList(chosen: ChosenMs, spwId: number): Int32Array {
  const ranges = chosen.channels.get(spwId);
  const count = chosen.metadata.spectralWindows[spwId].chanFreqs.length;
  if (!ranges || ranges.length === 0) return Int32Array.from({ length: count }, (_, chan) => chan);
  return Int32Array.from(
    ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, k) => first + k)),
  );
}

/** Selected windows in the image's frame at the first or last selected time of each MS. */
export function windowsOf(
  data: readonly ChosenMs[],
  outframe: ImagingChoice['outframe'],
  when: 'startSec' | 'endSec',
): WindowFrequencies[] {
  return data.flatMap((chosen) =>
    [...chosen.channels.keys()].map((spwId) => {
      const factor = shiftFactor(chosen, spwId, chosen[when], chosen.fieldIds[0], outframe);
      const window = chosen.metadata.spectralWindows[spwId];
      const channels = channelList(chosen, spwId);
      const centres = Array.from(channels, (chan) => window.chanFreqs[chan] * factor);
      return { centres, firstChannel: channels[0], width: Math.abs(window.chanWidths[0]) * factor };
    }),
  );
}

/** Selected channels on either side of those that an image channel takes in: what interpolation may look at. */
const NEIGHBOURS = 4;

/** Factor from the window's frame to the image's of each row of a chunk. */
export function shiftFactors(
  chosen: ChosenMs,
  chunk: VisibilityChunk,
  outframe: ImagingChoice['outframe'],
): Float64Array {
  const { time, fieldId, spwId } = chunk;
  const factors = new Float64Array(chunk.rowCount);
  for (let row = 0; row < factors.length; row++) {
    const isSame = row > 0 && time[row] === time[row - 1] && fieldId[row] === fieldId[row - 1];
    factors[row] = isSame ? factors[row - 1] : shiftFactor(chosen, spwId, time[row], fieldId[row], outframe);
  }
  return factors;
}

/** The selected channels that image channels can be made of, with the neighbours that interpolation may look at. */
export function channelsNear(
  chosen: ChosenMs,
  spwId: number,
  wanted: Float64Array,
  width: number,
  factors: Float64Array,
): Int32Array {
  const channels = channelList(chosen, spwId);
  const { chanFreqs, chanWidths } = chosen.metadata.spectralWindows[spwId];
  const ends = [wanted[0], wanted[wanted.length - 1]];
  const reach = width + Math.abs(chanWidths[0]);
  const low = (Math.min(...ends) - reach) / factors.reduce((a, b) => Math.max(a, b));
  const high = (Math.max(...ends) + reach) / factors.reduce((a, b) => Math.min(a, b));
  const below = channels.filter((chan) => chanFreqs[chan] < low).length;
  const above = channels.filter((chan) => chanFreqs[chan] > high).length;
  const [before, after] =
    chanFreqs[channels[0]] > chanFreqs[channels[channels.length - 1]] ? [above, below] : [below, above];
  return channels.subarray(Math.max(0, before - NEIGHBOURS), channels.length - Math.max(0, after - NEIGHBOURS));
}
