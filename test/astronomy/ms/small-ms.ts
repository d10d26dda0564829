import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMs, type MeasurementSet } from '../../../src/astronomy/ms/index.ts';
import type { CellValue, Table } from '../../../src/formats/tables/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';

/** A context that keeps silent, in a fresh directory. */
export function freshContext() {
  return silentContext(mkdtempSync(join(tmpdir(), 'qa2-ms-')));
}

export const START = 4_877_982_000;
export const ANTENNAS = ['DA41', 'DA42', 'DV01', 'DV02'];
export const FIELDS = ['J1517-2422', 'Target one'];
export const CHANNELS = [8, 4];
export const INTEGRATIONS = 3;
export const SECONDS = 6;

/** One-dimensional array cell of numbers. */
const vector = (values: number[]) => ({ shape: [values.length], values: Float64Array.from(values) });
const integers = (values: number[], shape = [values.length]) => ({ shape, values: Int32Array.from(values) });

function fill(table: Table, rows: Record<string, CellValue>[]): void {
  const at = table.rowCount;
  table.addRows(rows.length);
  rows.forEach((row, index) => {
    for (const [name, value] of Object.entries(row)) table.column(name).put(at + index, value);
  });
}

export interface SmallOptions {
  /** Shifts all times, s. */
  readonly later?: number;
  readonly project?: string;
  readonly schedule?: string;
  readonly dataColumns?: readonly string[];
}

/**
 * Writes a small MS: 4 antennas, 2 fields in 2 scans, 2 windows of 8 and 4 channels, XX and YY, 3 integrations of 6 s, with
 * autocorrelations before baselines as importasdm orders them. DATA = window + channel/100 + i * (ant1 + ant2/10), the same in XX
 * and YY; WEIGHT = 4, SIGMA = 1/2; nothing is flagged.
 */
export function writeSmallMs(path: string, options: SmallOptions = {}): void {
  const ms = createMs(path, { dataColumns: options.dataColumns ?? ['DATA'] });
  fillSubtables(ms, options);
  fillMain(ms, START + (options.later ?? 0), options.dataColumns ?? ['DATA']);
  ms.close();
}

function fillSubtables(ms: MeasurementSet, options: SmallOptions): void {
  fill(
    ms.subtable('ANTENNA'),
    ANTENNAS.map((name, id) => ({
      NAME: name,
      STATION: `A00${id}`,
      DISH_DIAMETER: 12,
      POSITION: vector([2_225_000 + 30 * id, -5_440_300 + 10 * id, -2_481_000 - 5 * id]),
    })),
  );
  fill(
    ms.subtable('SPECTRAL_WINDOW'),
    CHANNELS.map((count, id) => ({
      NAME: `ALMA_RB_06#BB_${id + 1}#SW-01#FULL_RES`,
      NUM_CHAN: count,
      CHAN_FREQ: vector(Array.from({ length: count }, (_, chan) => 230e9 + id * 2e9 + chan * 1e6)),
      CHAN_WIDTH: vector(new Array(count).fill(1e6)),
      EFFECTIVE_BW: vector(new Array(count).fill(1e6)),
      RESOLUTION: vector(new Array(count).fill(1e6)),
      REF_FREQUENCY: 230e9 + id * 2e9,
      TOTAL_BANDWIDTH: count * 1e6,
      MEAS_FREQ_REF: 5,
      BBC_NO: id + 1,
    })),
  );
  fill(ms.subtable('POLARIZATION'), [
    { NUM_CORR: 2, CORR_TYPE: integers([9, 12]), CORR_PRODUCT: integers([0, 0, 1, 1], [2, 2]) },
  ]);
  fill(
    ms.subtable('DATA_DESCRIPTION'),
    CHANNELS.map((_, id) => ({ SPECTRAL_WINDOW_ID: id, POLARIZATION_ID: 0 })),
  );
  const direction = (ra: number) => ({ shape: [1, 2], values: Float64Array.from([ra, -0.4]) });
  fill(
    ms.subtable('FIELD'),
    FIELDS.map((name, id) => ({
      NAME: name,
      CODE: 'none',
      SOURCE_ID: id,
      ...{
        PHASE_DIR: direction(4 + id / 10),
        DELAY_DIR: direction(4 + id / 10),
        REFERENCE_DIR: direction(4 + id / 10),
      },
    })),
  );
  fill(ms.subtable('STATE'), [
    { OBS_MODE: 'CALIBRATE_PHASE#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE', SIG: true },
    { OBS_MODE: 'OBSERVE_TARGET#ON_SOURCE', SIG: true },
  ]);
  fill(ms.subtable('PROCESSOR'), [{ TYPE: 'CORRELATOR', SUB_TYPE: 'ALMA_BASELINE' }]);
  const from = START + (options.later ?? 0);
  fill(ms.subtable('OBSERVATION'), [
    { TELESCOPE_NAME: 'ALMA', PROJECT: options.project ?? 'uid://A001/X1/X1', TIME_RANGE: vector([from, from + 100]) },
  ]);
  const pairs = ANTENNAS.flatMap((_, antenna) => CHANNELS.map((__, window) => [antenna, window]));
  fill(
    ms.subtable('FEED'),
    pairs.map(([antenna, window]) => ({ ANTENNA_ID: antenna, SPECTRAL_WINDOW_ID: window, NUM_RECEPTORS: 2 })),
  );
  fill(
    ms.subtable('SOURCE'),
    FIELDS.flatMap((name, id) =>
      CHANNELS.map((_, window) => ({ NAME: name, SOURCE_ID: id, SPECTRAL_WINDOW_ID: window })),
    ),
  );
  fill(ms.subtable('FLAG_CMD'), [
    { COMMAND: "antenna='DV01&&*' timerange='2013/06/15/03:00:00~2013/06/15/03:00:07'", REASON: 'Mount_is_off_source' },
    { COMMAND: "spw='0:0~1'", REASON: 'edge', APPLIED: true },
  ]);
}

function fillMain(ms: MeasurementSet, start: number, dataColumns: readonly string[]): void {
  for (let scan = 0; scan < FIELDS.length; scan++) {
    for (let window = 0; window < CHANNELS.length; window++) {
      for (const isAuto of [true, false]) {
        for (let integration = 0; integration < INTEGRATIONS; integration++) {
          const time = start + scan * 60 + (integration + 0.5) * SECONDS;
          addIntegration(ms, { scan, window, isAuto, time }, dataColumns);
        }
      }
    }
  }
}

interface Place {
  readonly scan: number;
  readonly window: number;
  readonly isAuto: boolean;
  readonly time: number;
}

function addIntegration(ms: MeasurementSet, place: Place, dataColumns: readonly string[]): void {
  const pairs = ANTENNAS.flatMap((_, one) =>
    ANTENNAS.flatMap((__, other) => ((place.isAuto ? one === other : one < other) ? [[one, other]] : [])),
  );
  const chans = CHANNELS[place.window];
  const rows: Record<string, CellValue>[] = pairs.map(([one, other]) => {
    const data = Float32Array.from({ length: chans * 4 }, (_, at) =>
      at % 2 === 0 ? place.window + Math.floor(at / 4) / 100 : one + other / 10,
    );
    return {
      ...Object.fromEntries(dataColumns.map((name) => [name, { shape: [chans, 2], values: data }])),
      FLAG: { shape: [chans, 2], values: new Uint8Array(chans * 2) },
      WEIGHT: { shape: [2], values: Float32Array.from([4, 4]) },
      SIGMA: { shape: [2], values: Float32Array.from([0.5, 0.5]) },
      UVW: { shape: [3], values: Float64Array.from([30 * (one - other), 10 * (one - other), one - other]) },
      ...{ ANTENNA1: one, ANTENNA2: other, DATA_DESC_ID: place.window, FIELD_ID: place.scan, STATE_ID: place.scan },
      ...{
        SCAN_NUMBER: place.scan + 1,
        TIME: place.time,
        TIME_CENTROID: place.time,
        INTERVAL: SECONDS,
        EXPOSURE: SECONDS,
      },
    };
  });
  fill(ms.main, rows);
}

/** Rows of the small MS. */
export const ROW_COUNT = FIELDS.length * CHANNELS.length * INTEGRATIONS * (4 + 6);
