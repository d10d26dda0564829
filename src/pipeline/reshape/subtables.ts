import {
  copyRows,
  type MeasurementSet,
  type MsMetadata,
  type Renumbering,
  readNumbers,
} from '../../astronomy/ms/index.ts';
import type { ArrayValue, Table } from '../../formats/tables/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { dropDuplicates } from './combined-windows.ts';
import type { NumberMap, OutputGrid, SplitPlan, WindowPlan } from './split-plan.ts';

/** Numbers of associated windows and what they are: {@link keepPartners} puts in those that stay. */
const PARTNERS = { ids: 'ASSOC_SPW_ID', natures: 'ASSOC_NATURE' } as const;

/** Which rows of a subtable stay and how its columns are renumbered. */
interface Trim {
  readonly rows: readonly number[];
  readonly renumbering: Renumbering;
}

/** Copies the subtables of an MS into the target's directory, trimmed and renumbered by the plan, and links them. */
export function copySubtables(
  source: MeasurementSet,
  target: MeasurementSet,
  metadata: MsMetadata,
  plan: SplitPlan,
): void {
  const sourceMap = plan.fieldMap && sourceNumbers(metadata, plan.fieldMap);
  for (const name of source.subtableNames) {
    const path = joinPath(target.path, name);
    const table = source.subtable(name);
    const trim = plan.isReindexed ? planTrim(name, table, plan, sourceMap) : undefined;
    if (trim) {
      const copy = copyRows(table, path, trim.rows, trim.renumbering, Object.values(PARTNERS));
      if (plan.isCombined) dropDuplicates(name, copy);
      if (name === 'SPECTRAL_WINDOW') {
        for (const [row, window] of plan.windows.entries()) editWindow(copy, row, window);
        keepPartners(table, copy, plan);
      }
      copy.close();
    } else {
      disk().copy(table.path, path);
    }
    target.linkSubtable(name);
  }
  if (!plan.isReindexed) {
    for (const window of plan.windows) editWindow(target.subtable('SPECTRAL_WINDOW'), window.oldId, window);
  }
  if (target.hasSubtable('SOURCE')) dropVirtualModels(target.subtable('SOURCE'));
  if (plan.selection.corrs) keepCorrelations(target, plan.selection.corrs);
}

/** Virtual models name fields, windows and rows of the input; like CASA's split, the output has none of them. */
function dropVirtualModels(source: Table): void {
  for (const name of [...source.keywords.keys()])
    if (/^(definedmodel_field|model)_\d+$/.test(name)) source.removeKeyword(name);
}

/** SOURCE_IDs of the kept fields, numbered in the order of their old numbers. */
function sourceNumbers(metadata: MsMetadata, fieldMap: NumberMap): NumberMap {
  const used = [...new Set([...fieldMap.keys()].map((id) => metadata.fields[id].sourceId))].filter((id) => id >= 0);
  return new Map(used.sort((one, other) => one - other).map((id, index) => [id, index]));
}

/** What to do with a subtable; undefined: copy it whole. */
function planTrim(name: string, table: Table, plan: SplitPlan, sourceMap: NumberMap | undefined): Trim | undefined {
  const maps: Record<string, NumberMap | undefined> = {
    SPECTRAL_WINDOW_ID: name.startsWith('ASDM_') ? undefined : plan.spwMap,
    ANTENNA_ID: name === 'WEATHER' ? undefined : plan.antennaMap,
    SOURCE_ID: sourceMap,
  };
  switch (name) {
    case 'SPECTRAL_WINDOW':
      return { rows: plan.windows.map(({ oldId }) => oldId), renumbering: {} };
    case 'DATA_DESCRIPTION':
      return { rows: [...plan.dataDescMap.keys()], renumbering: renumber('SPECTRAL_WINDOW_ID', plan.spwMap) };
    case 'ANTENNA':
      return plan.antennaMap && { rows: [...plan.antennaMap.keys()], renumbering: {} };
    case 'OBSERVATION':
      return plan.observationMap && { rows: [...plan.observationMap.keys()], renumbering: {} };
    case 'STATE':
      return plan.stateMap && { rows: [...plan.stateMap.keys()], renumbering: {} };
    case 'FIELD':
      return (
        plan.fieldMap && {
          rows: [...plan.fieldMap.keys()],
          renumbering: sourceMap ? renumber('SOURCE_ID', sourceMap) : {},
        }
      );
    case 'FEED':
    case 'SOURCE':
    case 'SYSCAL':
    case 'CALDEVICE':
    case 'SYSPOWER':
    case 'POINTING':
      return trimByIds(table, maps, name === 'POINTING' ? plan.timeRanges : undefined);
    default:
      return undefined;
  }
}

/** Keeps rows whose numbers all stay (-1 means "all" and stays), and rows inside the time ranges. */
function trimByIds(
  table: Table,
  maps: Readonly<Record<string, NumberMap | undefined>>,
  timeRanges: SplitPlan['timeRanges'],
): Trim | undefined {
  const used = Object.entries(maps).filter(([column, map]) => map && table.hasColumn(column)) as [string, NumberMap][];
  if (used.length === 0 && !timeRanges) return undefined;
  const values = used.map(([column]) => readNumbers(table, column));
  const times = timeRanges && readNumbers(table, 'TIME');
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const isKept = used.every(([, map], index) => values[index][row] < 0 || map.has(values[index][row]));
    const isInTime = !times || (timeRanges ?? []).some(([start, end]) => times[row] >= start && times[row] <= end);
    if (isKept && isInTime) rows.push(row);
  }
  return { rows, renumbering: Object.assign({}, ...used.map(([column, map]) => renumber(column, map))) };
}

function renumber(column: string, map: NumberMap): Renumbering {
  return { [column]: (old) => (old < 0 ? old : (map.get(old) ?? -1)) };
}

/** Associated windows among those that stay, by their new numbers. Like CASA, none of a table whose first row has none. */
function keepPartners(source: Table, target: Table, { windows, spwMap }: SplitPlan): void {
  const isThere = (name: string) => source.hasColumn(name) && source.rowCount > 0 && source.column(name).isDefined(0);
  if (!isThere(PARTNERS.ids)) return;
  const stay = [...spwMap.keys()];
  const hasNatures = isThere(PARTNERS.natures);
  windows.forEach(({ oldId }, row) => {
    const valuesOf = (name: string) => {
      const column = source.column(name);
      return column.isDefined(oldId) ? Array.from((column.get(oldId) as ArrayValue).values as ArrayLike<unknown>) : [];
    };
    const ids = valuesOf(PARTNERS.ids).map(Number);
    const kept = ids.flatMap((id, place) => (spwMap.has(id) ? place : []));
    const shape = [kept.length];
    target.column(PARTNERS.ids).put(row, { shape, values: Int32Array.from(kept, (place) => stay.indexOf(ids[place])) });
    if (!hasNatures) return;
    const natures = valuesOf(PARTNERS.natures).map(String);
    target.column(PARTNERS.natures).put(row, { shape, values: kept.map((place) => natures[place] ?? '') });
  });
}

/** Puts the frequencies of selected and averaged channels into a SPECTRAL_WINDOW row. */
function editWindow(table: Table, row: number, window: WindowPlan): void {
  if (window.grid) putGrid(table, row, window.grid);
  if (window.grid || window.isWhole) return;
  const binned = (column: string, combine: (values: readonly number[]) => number): Float64Array => {
    const { values } = table.column(column).get(row) as ArrayValue;
    const old = Array.from(values as Float64Array);
    return Float64Array.from(window.bins, ([first, count]) => combine(old.slice(first, first + count)));
  };
  const put = (column: string, values: Float64Array) =>
    table.column(column).put(row, { shape: [values.length], values });
  const frequencies = binned('CHAN_FREQ', (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const spans = binned('CHAN_FREQ', (values) => Math.abs(values[values.length - 1] - values[0]));
  // As CASA: from the outer edge of the first channel to that of the last, whatever an edge means for the column; the effective
  // bandwidth becomes the resolution.
  const spanned = (column: string): Float64Array =>
    binned(column, (values) => (values[0] + values[values.length - 1]) / 2).map(
      (width, bin) => width + Math.sign(width) * spans[bin],
    );
  const widths = spanned('CHAN_WIDTH');
  const resolutions = spanned('RESOLUTION');
  put('CHAN_FREQ', frequencies);
  put('CHAN_WIDTH', widths);
  put('RESOLUTION', resolutions);
  put('EFFECTIVE_BW', resolutions);
  table.column('NUM_CHAN').put(row, frequencies.length);
  table.column('REF_FREQUENCY').put(row, Math.min(...frequencies));
  table.column('TOTAL_BANDWIDTH').put(
    row,
    widths.reduce((sum, width) => sum + Math.abs(width), 0),
  );
}

function putGrid(table: Table, row: number, { freqs, widths, frameCode }: OutputGrid): void {
  for (const [column, values] of Object.entries({
    CHAN_FREQ: freqs,
    CHAN_WIDTH: widths,
    RESOLUTION: widths,
    EFFECTIVE_BW: widths,
  })) {
    table.column(column).put(row, { shape: [values.length], values });
  }
  const last = freqs.length - 1;
  table.column('NUM_CHAN').put(row, freqs.length);
  table.column('REF_FREQUENCY').put(row, freqs[0]);
  table
    .column('TOTAL_BANDWIDTH')
    .put(row, Math.abs(freqs[last] - freqs[0]) + (Math.abs(widths[0]) + Math.abs(widths[last])) / 2);
  table.column('MEAS_FREQ_REF').put(row, frameCode);
}

/** Leaves only the chosen correlations in POLARIZATION. */
function keepCorrelations(target: MeasurementSet, corrs: ReadonlyMap<number, readonly number[]>): void {
  const table = target.subtable('POLARIZATION');
  for (const [row, kept] of corrs) {
    const types = (table.column('CORR_TYPE').get(row) as ArrayValue).values as Int32Array;
    const products = (table.column('CORR_PRODUCT').get(row) as ArrayValue).values as Int32Array;
    table.column('NUM_CORR').put(row, kept.length);
    table.column('CORR_TYPE').put(row, { shape: [kept.length], values: Int32Array.from(kept, (corr) => types[corr]) });
    table.column('CORR_PRODUCT').put(row, {
      shape: [kept.length, 2],
      values: Int32Array.from(kept.flatMap((corr) => [products[2 * corr], products[2 * corr + 1]])),
    });
  }
}
