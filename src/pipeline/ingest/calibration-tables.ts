import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import type { ArrayValue } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import type { IngestStation } from './array-tables.ts';
import { appendRows, doubles, floats, numberOr, type RowCells, texts } from './table-rows.ts';
import { timedRows } from './time-intervals.ts';

type Overlap = (startNs: bigint, durationNs: bigint) => boolean;
type SpwIndex = ReadonlyMap<number, number>;

/** Columns of SYSCAL and the ASDM columns that they come from. */
const SPECTRA = {
  TCAL: 'tcal',
  TRX: 'trx',
  TSKY: 'tsky',
  TSYS: 'tsys',
  TANT: 'tant',
  TANT_TSYS: 'tantTsys',
} as const;

const antennaKey = (row: AsdmRow) => `${row.id('antennaId')} ${row.id('spectralWindowId')} ${row.number('feedId')}`;

/** SYSCAL: spectra are [receptor, channel] in the ASDM and [channel, receptor] cells in the MS. */
export function fillSysCal(ms: MeasurementSet, asdm: Asdm, spwIndex: SpwIndex, isWanted: Overlap): void {
  appendRows(
    ms.subtable('SYSCAL'),
    timedRows(asdm.table('SysCal'), antennaKey, isWanted).map(({ row, time, interval }) => {
      const cells: Record<string, RowCells[string]> = {
        ANTENNA_ID: row.id('antennaId'),
        FEED_ID: row.number('feedId'),
        INTERVAL: interval,
        SPECTRAL_WINDOW_ID: spwIndex.get(row.id('spectralWindowId')) ?? -1,
        TIME: time,
      };
      for (const [column, name] of Object.entries(SPECTRA)) {
        if (row.has(`${name}Spectrum`)) cells[`${column}_SPECTRUM`] = transposed(row, `${name}Spectrum`, asdm);
        cells[`${column}_FLAG`] = row.has(`${name}Flag`) && row.bool(`${name}Flag`);
      }
      return cells;
    }),
  );
}

function transposed(row: AsdmRow, name: string, asdm: Asdm): ArrayValue {
  const { shape } = row.array(name);
  if (shape.length !== 2)
    fail('bad-format', `${name} has ${shape.length} axes; expected receptor and channel.`, {
      file: asdm.path,
      table: 'SysCal',
      row: row.index,
    });
  const [receptors, channels] = shape;
  const values = row.numbers(name);
  const cell = new Float32Array(values.length);
  for (let receptor = 0; receptor < receptors; receptor++) {
    for (let chan = 0; chan < channels; chan++) cell[chan * receptors + receptor] = values[receptor * channels + chan];
  }
  return { shape: [channels, receptors], values: cell };
}

/** CALDEVICE: rows whose sizes contradict themselves are left out with a warning, as importasdm does. */
export function fillCalDevice(
  context: Context,
  ms: MeasurementSet,
  asdm: Asdm,
  spwIndex: SpwIndex,
  isWanted: Overlap,
): void {
  const rows: RowCells[] = [];
  for (const timed of timedRows(asdm.table('CalDevice'), antennaKey, isWanted)) {
    const { row } = timed;
    const loads = row.number('numCalload');
    const names = row.texts('calLoadNames');
    if (loads < 1 || names.length < loads) {
      context.log.post(
        `CalDevice row ${row.index} is left out: it announces ${loads} loads and names ${names.length}.`,
        'WARN',
        'importasdm',
      );
      continue;
    }
    let receptors = numberOr(row, 'numReceptor', 0);
    let noise: ArrayValue | undefined;
    if (row.has('coupledNoiseCal') && receptors > 0) noise = floats(row.numbers('coupledNoiseCal'), [receptors, loads]);
    else if (row.has('noiseCal')) {
      receptors = 2;
      const once = row.numbers('noiseCal').subarray(0, loads);
      noise = floats([...once, ...once], [2, loads]);
    }
    rows.push({
      ANTENNA_ID: row.id('antennaId'),
      FEED_ID: row.number('feedId'),
      SPECTRAL_WINDOW_ID: spwIndex.get(row.id('spectralWindowId')) ?? -1,
      TIME: timed.time,
      INTERVAL: timed.interval,
      NUM_CAL_LOAD: loads,
      CAL_LOAD_NAMES: texts(names),
      NUM_RECEPTOR: receptors,
      NOISE_CAL: noise,
      CAL_EFF: row.has('calEff') && receptors > 0 ? floats(row.numbers('calEff'), [receptors, loads]) : undefined,
      TEMPERATURE_LOAD: row.has('temperatureLoad') ? doubles(row.numbers('temperatureLoad')) : undefined,
    });
  }
  appendRows(ms.subtable('CALDEVICE'), rows);
}

/** SYSPOWER (EVLA). */
export function fillSysPower(ms: MeasurementSet, asdm: Asdm, spwIndex: SpwIndex, isWanted: Overlap): void {
  const optional = (row: AsdmRow, name: string) => (row.has(name) ? floats(row.numbers(name)) : undefined);
  const table = ms.subtable('SYSPOWER');
  let rows: RowCells[] = [];
  for (const row of asdm.table('SysPower').rows()) {
    const { midNs, durationNs } = row.span('timeInterval');
    const startNs = midNs - durationNs / 2n;
    if (!isWanted(startNs, durationNs)) continue;
    const interval = Number(durationNs) / 1e9;
    rows.push({
      ANTENNA_ID: row.id('antennaId'),
      FEED_ID: row.number('feedId'),
      SPECTRAL_WINDOW_ID: spwIndex.get(row.id('spectralWindowId')) ?? -1,
      TIME: Number(startNs) / 1e9 + interval / 2,
      INTERVAL: interval,
      SWITCHED_DIFF: optional(row, 'switchedPowerDifference'),
      SWITCHED_SUM: optional(row, 'switchedPowerSum'),
      REQUANTIZER_GAIN: optional(row, 'requantizerGain'),
    });
    if (rows.length === 16_384) {
      appendRows(table, rows);
      rows = [];
    }
  }
  appendRows(table, rows);
}

/** WEATHER: pressure from Pa to hPa; a value that the ASDM lacks is flagged. */
export function fillWeather(
  ms: MeasurementSet,
  asdm: Asdm,
  stations: ReadonlyMap<number, IngestStation>,
  isWanted: Overlap,
): void {
  const columns = {
    PRESSURE: ['pressure', 0.01],
    REL_HUMIDITY: ['relHumidity', 1],
    TEMPERATURE: ['temperature', 1],
    DEW_POINT: ['dewPoint', 1],
    WIND_DIRECTION: ['windDirection', 1],
    WIND_SPEED: ['windSpeed', 1],
  } as const;
  appendRows(
    ms.subtable('WEATHER'),
    timedRows(asdm.table('Weather'), (row) => `${row.id('stationId')}`, isWanted).map(({ row, time, interval }) => {
      const stationId = row.id('stationId');
      const cells: Record<string, RowCells[string]> = {
        ANTENNA_ID: -1,
        INTERVAL: interval,
        TIME: time,
        NS_WX_STATION_ID: stationId,
        NS_WX_STATION_POSITION: doubles(stations.get(stationId)?.position ?? [0, 0, 0]),
      };
      for (const [column, [name, factor]] of Object.entries(columns)) {
        const isKnown = row.has(name);
        // The division by 100 is done in float32, after the value was rounded to it.
        cells[column] = !isKnown
          ? 0
          : factor === 0.01
            ? Math.fround(Math.fround(row.number(name)) / 100)
            : row.number(name);
        cells[`${column}_FLAG`] = !isKnown;
      }
      return cells;
    }),
  );
}
