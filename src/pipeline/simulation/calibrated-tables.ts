import { createMs, type MeasurementSet } from '../../astronomy/ms/index.ts';
import type { CellValue, Table } from '../../formats/tables/index.ts';
import type { CalibratedSpec } from './calibrated-observation.ts';

const TARGET_STATE = 'OBSERVE_TARGET#ON_SOURCE';
/** Codes of casacore: TOPO among frames of frequency, XX and YY among correlations. */
const TOPO = 5;
const CORRELATIONS = [9, 12];
const CORR_PRODUCT = [0, 0, 1, 1];

const doubles = (values: ArrayLike<number>, shape: number[] = [values.length]) => ({
  shape,
  values: Float64Array.from(values),
});
const integers = (values: readonly number[], shape: number[] = [values.length]) => ({
  shape,
  values: Int32Array.from(values),
});

function fill(table: Table, rows: readonly Record<string, CellValue>[]): void {
  const first = table.rowCount;
  table.addRows(rows.length);
  rows.forEach((row, index) => {
    for (const [name, value] of Object.entries(row)) table.column(name).put(first + index, value);
  });
}

/**
 * Creates the MeasurementSet of an observation with all subtables and no rows.
 *
 * @param positions ITRF, m, [ant, 3]
 * @param times first and last, UTC s
 */
export function createCalibratedMs(
  path: string,
  spec: CalibratedSpec,
  positions: Float64Array,
  times: readonly [number, number],
): MeasurementSet {
  const chanCount = Math.max(...spec.windows.map((window) => window.channelCount));
  const dataColumns = spec.hasCorrected ? ['DATA', 'CORRECTED_DATA'] : ['DATA'];
  const ms = createMs(path, { dataColumns, widest: { chanCount, corrCount: 2 } });
  fillAntennas(ms, spec, positions);
  fillWindows(ms, spec);
  fillFields(ms, spec, times[0]);
  fill(ms.subtable('STATE'), [{ OBS_MODE: TARGET_STATE, SIG: true }]);
  fill(ms.subtable('PROCESSOR'), [{ TYPE: 'CORRELATOR', SUB_TYPE: 'ALMA_BASELINE' }]);
  const { observationCount = 1 } = spec;
  const part = (times[1] - times[0]) / observationCount;
  fill(
    ms.subtable('OBSERVATION'),
    Array.from({ length: observationCount }, (_, id) => ({
      ...{ TELESCOPE_NAME: 'ALMA', PROJECT: 'uid://A001/X1/X1', OBSERVER: 'simulation' },
      TIME_RANGE: doubles([times[0] + id * part, times[0] + (id + 1) * part]),
    })),
  );
  return ms;
}

function fillAntennas(
  ms: MeasurementSet,
  { dishDiameter, antennaNames = [] }: CalibratedSpec,
  positions: Float64Array,
): void {
  const prefix = dishDiameter < 10 ? 'CM' : 'DA';
  const first = dishDiameter < 10 ? 1 : 41;
  const ids = Array.from({ length: positions.length / 3 }, (_, ant) => ant);
  const others = ids.map((ant) => `${prefix}${String(first + ant).padStart(2, '0')}`);
  const names = [...antennaNames, ...others.filter((one) => !antennaNames.includes(one))];
  fill(
    ms.subtable('ANTENNA'),
    ids.map((ant) => ({
      NAME: names[ant],
      STATION: `T${String(ant + 1).padStart(3, '0')}`,
      TYPE: 'GROUND-BASED',
      MOUNT: 'ALT-AZ',
      DISH_DIAMETER: dishDiameter,
      POSITION: doubles(positions.subarray(3 * ant, 3 * ant + 3)),
      OFFSET: doubles([0, 0, 0]),
    })),
  );
  fill(
    ms.subtable('FEED'),
    ids.map((ant) => ({
      ANTENNA_ID: ant,
      SPECTRAL_WINDOW_ID: -1,
      NUM_RECEPTORS: 2,
      BEAM_ID: -1,
      POLARIZATION_TYPE: { shape: [2], values: ['X', 'Y'] },
      BEAM_OFFSET: doubles([0, 0, 0, 0], [2, 2]),
      POL_RESPONSE: { shape: [2, 2], values: Float32Array.of(1, 0, 0, 0, 0, 0, 1, 0) },
      POSITION: doubles([0, 0, 0]),
      RECEPTOR_ANGLE: doubles([0, 0]),
    })),
  );
}

function fillWindows(ms: MeasurementSet, { windows }: CalibratedSpec): void {
  fill(
    ms.subtable('SPECTRAL_WINDOW'),
    windows.map(({ centreHz, stepHz, channelCount }, id) => {
      const frequencies = Float64Array.from(
        { length: channelCount },
        (_, chan) => centreHz + stepHz * (chan - (channelCount - 1) / 2),
      );
      const widths = new Float64Array(channelCount).fill(Math.abs(stepHz));
      return {
        NAME: `ALMA_RB_00#BB_${(id % 4) + 1}#SW-01#FULL_RES`,
        NUM_CHAN: channelCount,
        CHAN_FREQ: doubles(frequencies),
        CHAN_WIDTH: doubles(new Float64Array(channelCount).fill(stepHz)),
        EFFECTIVE_BW: doubles(widths),
        RESOLUTION: doubles(widths),
        REF_FREQUENCY: frequencies[0],
        TOTAL_BANDWIDTH: channelCount * Math.abs(stepHz),
        MEAS_FREQ_REF: TOPO,
        NET_SIDEBAND: stepHz < 0 ? 1 : 2,
        BBC_NO: (id % 4) + 1,
      };
    }),
  );
  fill(
    ms.subtable('DATA_DESCRIPTION'),
    windows.map((_, id) => ({ SPECTRAL_WINDOW_ID: id, POLARIZATION_ID: 0 })),
  );
  fill(ms.subtable('POLARIZATION'), [
    { NUM_CORR: 2, CORR_TYPE: integers(CORRELATIONS), CORR_PRODUCT: integers(CORR_PRODUCT, [2, 2]) },
  ]);
}

function fillFields(ms: MeasurementSet, { fields, windows }: CalibratedSpec, startSec: number): void {
  const sources = [...new Set(fields.map(({ name }) => name))];
  fill(
    ms.subtable('FIELD'),
    fields.map(({ name, ra, dec }) => {
      const direction = doubles([ra, dec], [1, 2]);
      return {
        ...{ NAME: name, CODE: 'none', SOURCE_ID: sources.indexOf(name), TIME: startSec, EPHEMERIS_ID: -1 },
        ...{ PHASE_DIR: direction, DELAY_DIR: direction, REFERENCE_DIR: direction },
      };
    }),
  );
  fill(
    ms.subtable('SOURCE'),
    sources.flatMap((name, id) => {
      const { ra, dec } = fields.find((field) => field.name === name) ?? fields[0];
      return windows.map((_, window) => ({
        ...{ NAME: name, SOURCE_ID: id, SPECTRAL_WINDOW_ID: window, CODE: 'none', TIME: startSec },
        ...{ DIRECTION: doubles([ra, dec]), PROPER_MOTION: doubles([0, 0]) },
      }));
    }),
  );
}
