import { type Column, type ColumnValues, createTable, type Table } from '../../formats/tables/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { CalTable } from './caltable.ts';
import { type CAL_SUBTABLES, subtableDescription } from './caltable-layout.ts';

/** Writes the tables below a calibration table: observations, antennas, fields, windows, history. */
export function writeSubtables(path: string, table: CalTable): void {
  const make = (name: (typeof CAL_SUBTABLES)[number], count: number, fill: (put: Put) => void) => {
    const subtable = createTable(joinPath(path, name), subtableDescription(name), count);
    try {
      fill((column, values, shape) => putColumn(subtable, column, values, shape));
      subtable.flush();
    } finally {
      subtable.close();
    }
  };
  make('OBSERVATION', table.observations.length, (put) => putObservations(put, table));
  make('ANTENNA', table.antennas.length, (put) => putAntennas(put, table));
  make('FIELD', table.fields.length, (put) => putFields(put, table));
  make('SPECTRAL_WINDOW', table.spectralWindows.length, (put) => putSpectralWindows(put, table));
  make('HISTORY', table.history.length, (put) => putHistory(put, table));
}

/** Cells of one column, one entry per row: numbers, texts, truth values, or arrays with one shape rule. */
type Put = (
  column: string,
  values: readonly (number | string | boolean | Float64Array | readonly string[])[],
  shape?: (length: number) => readonly number[],
) => void;

function putColumn(
  table: Table,
  column: string,
  values: readonly (number | string | boolean | Float64Array | readonly string[])[],
  shape: (length: number) => readonly number[] = (length) => [length],
): void {
  const target = table.column(column);
  const [first] = values;
  if (first === undefined) return;
  if (typeof first !== 'object') {
    target.putRange(0, values.length, scalarsOf(values as readonly (number | string | boolean)[], target));
    return;
  }
  (values as readonly (Float64Array | readonly string[])[]).forEach((value, row) => {
    const cell = value instanceof Float64Array ? value : [...value];
    target.put(row, { shape: shape(value.length), values: cell });
  });
}

/** Scalars as the column keeps them. */
function scalarsOf(values: readonly (number | string | boolean)[], { description }: Column): ColumnValues {
  if (description.type === 'String') return values.map(String);
  if (description.type === 'Bool') return Uint8Array.from(values, Number);
  return description.type === 'Double' ? Float64Array.from(values, Number) : Int32Array.from(values, Number);
}

function putObservations(put: Put, { observations }: CalTable): void {
  put(
    'TIME_RANGE',
    observations.map((o) => o.timeRange),
  );
  put(
    'LOG',
    observations.map((o) => o.log),
  );
  put(
    'SCHEDULE',
    observations.map((o) => o.schedule),
  );
  put(
    'FLAG_ROW',
    observations.map((o) => o.isFlagged),
  );
  put(
    'OBSERVER',
    observations.map((o) => o.observer),
  );
  put(
    'PROJECT',
    observations.map((o) => o.project),
  );
  put(
    'RELEASE_DATE',
    observations.map((o) => o.releaseDate),
  );
  put(
    'SCHEDULE_TYPE',
    observations.map((o) => o.scheduleType),
  );
  put(
    'TELESCOPE_NAME',
    observations.map((o) => o.telescope),
  );
}

function putAntennas(put: Put, { antennas }: CalTable): void {
  put(
    'OFFSET',
    antennas.map((a) => a.offset),
  );
  put(
    'POSITION',
    antennas.map((a) => a.position),
  );
  put(
    'TYPE',
    antennas.map((a) => a.type),
  );
  put(
    'DISH_DIAMETER',
    antennas.map((a) => a.diameter),
  );
  put(
    'FLAG_ROW',
    antennas.map((a) => a.isFlagged),
  );
  put(
    'MOUNT',
    antennas.map((a) => a.mount),
  );
  put(
    'NAME',
    antennas.map((a) => a.name),
  );
  put(
    'STATION',
    antennas.map((a) => a.station),
  );
}

function putFields(put: Put, { fields }: CalTable): void {
  const direction = () => [1, 2];
  put(
    'DELAY_DIR',
    fields.map((f) => f.delayDir),
    direction,
  );
  put(
    'PHASE_DIR',
    fields.map((f) => f.phaseDir),
    direction,
  );
  put(
    'REFERENCE_DIR',
    fields.map((f) => f.referenceDir),
    direction,
  );
  put(
    'CODE',
    fields.map((f) => f.code),
  );
  put(
    'FLAG_ROW',
    fields.map((f) => f.isFlagged),
  );
  put(
    'NAME',
    fields.map((f) => f.name),
  );
  put(
    'NUM_POLY',
    fields.map(() => 0),
  );
  put(
    'SOURCE_ID',
    fields.map((f) => f.sourceId),
  );
  put(
    'TIME',
    fields.map((f) => f.time),
  );
}

function putSpectralWindows(put: Put, { spectralWindows: windows }: CalTable): void {
  put(
    'MEAS_FREQ_REF',
    windows.map((w) => w.measFreqRef),
  );
  put(
    'CHAN_FREQ',
    windows.map((w) => w.chanFreqs),
  );
  put(
    'REF_FREQUENCY',
    windows.map((w) => w.refFrequency),
  );
  put(
    'CHAN_WIDTH',
    windows.map((w) => w.chanWidths),
  );
  put(
    'EFFECTIVE_BW',
    windows.map((w) => w.effectiveBandwidths),
  );
  put(
    'RESOLUTION',
    windows.map((w) => w.resolutions),
  );
  put(
    'FLAG_ROW',
    windows.map((w) => w.isFlagged),
  );
  put(
    'FREQ_GROUP',
    windows.map((w) => w.freqGroup),
  );
  put(
    'FREQ_GROUP_NAME',
    windows.map((w) => w.freqGroupName),
  );
  put(
    'IF_CONV_CHAIN',
    windows.map((w) => w.ifConvChain),
  );
  put(
    'NAME',
    windows.map((w) => w.name),
  );
  put(
    'NET_SIDEBAND',
    windows.map((w) => w.netSideband),
  );
  put(
    'NUM_CHAN',
    windows.map((w) => w.chanFreqs.length),
  );
  put(
    'TOTAL_BANDWIDTH',
    windows.map((w) => w.totalBandwidth),
  );
}

function putHistory(put: Put, { history }: CalTable): void {
  const empty = history.map(() => '');
  put(
    'APPLICATION',
    history.map((entry) => entry.application),
  );
  put(
    'MESSAGE',
    history.map((entry) => entry.message),
  );
  put(
    'OBJECT_ID',
    history.map(() => -1),
  );
  put(
    'OBSERVATION_ID',
    history.map(() => -1),
  );
  put('ORIGIN', empty);
  put('PRIORITY', empty);
  put(
    'TIME',
    history.map((entry) => entry.time),
  );
}
