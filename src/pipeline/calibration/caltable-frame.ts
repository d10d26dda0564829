import { openMs } from '../../astronomy/ms/index.ts';
import { type ArrayValue, type ColumnValues, isTable, openTable, type Table } from '../../formats/tables/index.ts';
import { baseName, joinPath } from '../../foundation/bytes/index.ts';
import type { CalAntenna, CalField, CalFrame, CalObservation, CalSpectralWindow } from './caltable.ts';

/**
 * What a calibration table takes over from its MeasurementSet: windows with all their channels, antennas, fields and
 * observations.
 */
export function calFrameOf(vis: string): CalFrame {
  const paths = SUBTABLES.map((name) => joinPath(vis, name));
  if (paths.every(isTable)) return frameOf(vis, (name) => openTable(joinPath(vis, name), 'read'));
  const ms = openMs(vis, 'read');
  try {
    return frameOf(vis, (name) => ms.subtable(name));
  } finally {
    ms.close();
  }
}

/** Where these stand at their usual places, MAIN, whose indices are long, need not be opened. */
const SUBTABLES = ['SPECTRAL_WINDOW', 'ANTENNA', 'FIELD', 'OBSERVATION'] as const;

function frameOf(vis: string, open: (name: (typeof SUBTABLES)[number]) => Table): CalFrame {
  const read = <Rows>(name: (typeof SUBTABLES)[number], rowsOf: (table: Table) => Rows) => {
    const table = open(name);
    try {
      return rowsOf(table);
    } finally {
      table.close();
    }
  };
  return {
    msName: baseName(vis),
    spectralWindows: read('SPECTRAL_WINDOW', readSpectralWindows),
    antennas: read('ANTENNA', readAntennas),
    fields: read('FIELD', readFields),
    observations: read('OBSERVATION', readObservations),
  };
}

function scalars<T extends ColumnValues>(table: Table, name: string): T {
  return table.column(name).getRange(0, table.rowCount) as T;
}

/** Array cells of a column; an undefined cell gives an empty array. */
function arrays<T extends ColumnValues>(table: Table, name: string, empty: T): T[] {
  const column = table.column(name);
  return Array.from({ length: table.rowCount }, (_, row) =>
    column.isDefined(row) ? ((column.get(row) as ArrayValue).values as T) : empty,
  );
}

const NO_NUMBERS = new Float64Array(0);

/** Spectral windows of an MS or of a calibration table. */
export function readSpectralWindows(table: Table): CalSpectralWindow[] {
  const freqs = arrays(table, 'CHAN_FREQ', NO_NUMBERS);
  const widths = arrays(table, 'CHAN_WIDTH', NO_NUMBERS);
  const effective = arrays(table, 'EFFECTIVE_BW', NO_NUMBERS);
  const resolutions = arrays(table, 'RESOLUTION', NO_NUMBERS);
  const name = scalars<string[]>(table, 'NAME');
  const refFrequency = scalars<Float64Array>(table, 'REF_FREQUENCY');
  const totalBandwidth = scalars<Float64Array>(table, 'TOTAL_BANDWIDTH');
  const measFreqRef = scalars<Int32Array>(table, 'MEAS_FREQ_REF');
  const netSideband = scalars<Int32Array>(table, 'NET_SIDEBAND');
  const freqGroup = scalars<Int32Array>(table, 'FREQ_GROUP');
  const freqGroupName = scalars<string[]>(table, 'FREQ_GROUP_NAME');
  const ifConvChain = scalars<Int32Array>(table, 'IF_CONV_CHAIN');
  const flagRow = scalars<Uint8Array>(table, 'FLAG_ROW');
  return freqs.map((chanFreqs, id) => ({
    id,
    name: name[id],
    chanFreqs,
    chanWidths: widths[id],
    effectiveBandwidths: effective[id],
    resolutions: resolutions[id],
    refFrequency: refFrequency[id],
    totalBandwidth: totalBandwidth[id],
    measFreqRef: measFreqRef[id],
    netSideband: netSideband[id],
    freqGroup: freqGroup[id],
    freqGroupName: freqGroupName[id],
    ifConvChain: ifConvChain[id],
    isFlagged: flagRow[id] !== 0,
  }));
}

/** Antennas of an MS or of a calibration table. */
export function readAntennas(table: Table): CalAntenna[] {
  const position = scalars<Float64Array>(table, 'POSITION');
  const offset = scalars<Float64Array>(table, 'OFFSET');
  const name = scalars<string[]>(table, 'NAME');
  const station = scalars<string[]>(table, 'STATION');
  const type = scalars<string[]>(table, 'TYPE');
  const mount = scalars<string[]>(table, 'MOUNT');
  const diameter = scalars<Float64Array>(table, 'DISH_DIAMETER');
  const flagRow = scalars<Uint8Array>(table, 'FLAG_ROW');
  return name.map((text, id) => ({
    id,
    name: text,
    station: station[id],
    type: type[id],
    mount: mount[id],
    position: position.slice(3 * id, 3 * id + 3),
    offset: offset.slice(3 * id, 3 * id + 3),
    diameter: diameter[id],
    isFlagged: flagRow[id] !== 0,
  }));
}

/** Fields of an MS or of a calibration table; of moving fields the constant term. */
export function readFields(table: Table): CalField[] {
  const constant = (name: string) => arrays(table, name, NO_NUMBERS).map((values) => values.slice(0, 2));
  const phaseDir = constant('PHASE_DIR');
  const delayDir = constant('DELAY_DIR');
  const referenceDir = constant('REFERENCE_DIR');
  const name = scalars<string[]>(table, 'NAME');
  const code = scalars<string[]>(table, 'CODE');
  const sourceId = scalars<Int32Array>(table, 'SOURCE_ID');
  const time = scalars<Float64Array>(table, 'TIME');
  const flagRow = scalars<Uint8Array>(table, 'FLAG_ROW');
  return name.map((text, id) => ({
    id,
    name: text,
    code: code[id],
    sourceId: sourceId[id],
    time: time[id],
    phaseDir: phaseDir[id],
    delayDir: delayDir[id],
    referenceDir: referenceDir[id],
    isFlagged: flagRow[id] !== 0,
  }));
}

/** Observations of an MS or of a calibration table. */
export function readObservations(table: Table): CalObservation[] {
  const telescope = scalars<string[]>(table, 'TELESCOPE_NAME');
  const observer = scalars<string[]>(table, 'OBSERVER');
  const project = scalars<string[]>(table, 'PROJECT');
  const scheduleType = scalars<string[]>(table, 'SCHEDULE_TYPE');
  const schedule = arrays<string[]>(table, 'SCHEDULE', []);
  const log = arrays<string[]>(table, 'LOG', []);
  const timeRange = scalars<Float64Array>(table, 'TIME_RANGE');
  const releaseDate = scalars<Float64Array>(table, 'RELEASE_DATE');
  const flagRow = scalars<Uint8Array>(table, 'FLAG_ROW');
  return telescope.map((text, id) => ({
    telescope: text,
    observer: observer[id],
    project: project[id],
    scheduleType: scheduleType[id],
    schedule: schedule[id],
    log: log[id],
    timeRange: timeRange.slice(2 * id, 2 * id + 2),
    releaseDate: releaseDate[id],
    isFlagged: flagRow[id] !== 0,
  }));
}
