import { createMs, type MeasurementSet } from '../../../src/astronomy/ms/index.ts';
import { appendChunk, type VisibilityChunk } from '../../../src/astronomy/visibility/index.ts';

/** A small observation: one data description per window, all baselines, some scans of one or two fields. */
export interface SyntheticSetup {
  readonly antCount: number;
  readonly chanCount: number;
  readonly spwCount: number;
  /** Field of each scan. */
  readonly scanFields: readonly number[];
  readonly integrations: number;
  /** Observation of each scan; default 0. */
  readonly scanObservations?: readonly number[];
  /** Correlation of a baseline; V = value of [re, im]. */
  readonly visibility: (at: Sample) => readonly [re: number, im: number];
  readonly isFlagged?: (at: Sample) => boolean;
}

export interface Sample {
  readonly spw: number;
  readonly scan: number;
  readonly integration: number;
  readonly ant1: number;
  readonly ant2: number;
  readonly chan: number;
  readonly corr: number;
}

const START_SEC = 4_877_982_000;
const STEP_SEC = 6;

/** MJD s of an integration. */
export function timeOf(scan: number, integration: number): number {
  return START_SEC + 600 * scan + STEP_SEC * integration;
}

/** Writes the observation as an MS. */
export function writeSyntheticMs(path: string, setup: SyntheticSetup): void {
  const ms = createMs(path, { dataColumns: ['DATA'] });
  fillSubtables(ms, setup);
  setup.scanFields.forEach((fieldId, scan) => {
    for (let integration = 0; integration < setup.integrations; integration++) {
      for (let spw = 0; spw < setup.spwCount; spw++)
        appendChunk(ms, integrationOf(setup, scan, fieldId, integration, spw));
    }
  });
  ms.close();
}

function integrationOf(
  setup: SyntheticSetup,
  scan: number,
  fieldId: number,
  integration: number,
  spw: number,
): VisibilityChunk {
  const { antCount, chanCount } = setup;
  const pairs: [number, number][] = [];
  for (let ant1 = 0; ant1 < antCount; ant1++) for (let ant2 = ant1; ant2 < antCount; ant2++) pairs.push([ant1, ant2]);
  const rowCount = pairs.length;
  const data = new Float32Array(rowCount * chanCount * 4);
  const flag = new Uint8Array(rowCount * chanCount * 2);
  pairs.forEach(([ant1, ant2], row) => {
    for (let chan = 0; chan < chanCount; chan++) {
      for (let corr = 0; corr < 2; corr++) {
        const at = { spw, scan, integration, ant1, ant2, chan, corr };
        const cell = (row * chanCount + chan) * 2 + corr;
        data.set(setup.visibility(at), 2 * cell);
        flag[cell] = setup.isFlagged?.(at) ? 1 : 0;
      }
    }
  });
  const ints = (value: number) => new Int32Array(rowCount).fill(value);
  const doubles = (value: number) => new Float64Array(rowCount).fill(value);
  return {
    ...{ dataDescId: spw, spwId: spw, rowCount, chanCount, corrCount: 2, data: { DATA: data }, flag },
    rows: ints(0),
    flagRow: new Uint8Array(rowCount),
    weight: new Float32Array(2 * rowCount).fill(4),
    sigma: new Float32Array(2 * rowCount).fill(0.5),
    time: doubles(timeOf(scan, integration)),
    timeCentroid: doubles(timeOf(scan, integration)),
    interval: doubles(STEP_SEC),
    exposure: doubles(STEP_SEC),
    uvw: new Float64Array(3 * rowCount),
    antenna1: Int32Array.from(pairs, ([ant1]) => ant1),
    antenna2: Int32Array.from(pairs, ([, ant2]) => ant2),
    ...{ feed1: ints(0), feed2: ints(0), fieldId: ints(fieldId), scanNumber: ints(scan + 1), stateId: ints(0) },
    ...{ observationId: ints(setup.scanObservations?.[scan] ?? 0), arrayId: ints(0), processorId: ints(0) },
    release() {},
  };
}

function fillSubtables(ms: MeasurementSet, setup: SyntheticSetup): void {
  const antennas = ms.subtable('ANTENNA');
  antennas.addRows(setup.antCount);
  for (let ant = 0; ant < setup.antCount; ant++) {
    antennas.column('NAME').put(ant, `DA${41 + ant}`);
    antennas.column('STATION').put(ant, `A${ant}`);
    antennas.column('POSITION').put(ant, { shape: [3], values: Float64Array.of(2.2e6 + 30 * ant, -5.4e6, -2.4e6) });
    antennas.column('OFFSET').put(ant, { shape: [3], values: new Float64Array(3) });
    antennas.column('DISH_DIAMETER').put(ant, 12);
  }
  const windows = ms.subtable('SPECTRAL_WINDOW');
  const descriptions = ms.subtable('DATA_DESCRIPTION');
  windows.addRows(setup.spwCount);
  descriptions.addRows(setup.spwCount);
  for (let spw = 0; spw < setup.spwCount; spw++) {
    const freqs = Float64Array.from({ length: setup.chanCount }, (_, chan) => 230e9 + 2e9 * spw + 1e7 * chan);
    const widths = new Float64Array(setup.chanCount).fill(1e7);
    windows.column('CHAN_FREQ').put(spw, { shape: [setup.chanCount], values: freqs });
    for (const name of ['CHAN_WIDTH', 'EFFECTIVE_BW', 'RESOLUTION']) {
      windows.column(name).put(spw, { shape: [setup.chanCount], values: widths });
    }
    windows.column('NUM_CHAN').put(spw, setup.chanCount);
    windows.column('NAME').put(spw, `window ${spw}`);
    windows.column('REF_FREQUENCY').put(spw, freqs[0]);
    windows.column('TOTAL_BANDWIDTH').put(spw, 1e7 * setup.chanCount);
    windows.column('MEAS_FREQ_REF').put(spw, 5);
    descriptions.column('SPECTRAL_WINDOW_ID').put(spw, spw);
    descriptions.column('POLARIZATION_ID').put(spw, 0);
  }
  const polarizations = ms.subtable('POLARIZATION');
  polarizations.addRows(1);
  polarizations.column('NUM_CORR').put(0, 2);
  polarizations.column('CORR_TYPE').put(0, { shape: [2], values: Int32Array.of(9, 12) });
  polarizations.column('CORR_PRODUCT').put(0, { shape: [2, 2], values: Int32Array.of(0, 0, 1, 1) });
  const fields = ms.subtable('FIELD');
  const fieldCount = Math.max(...setup.scanFields) + 1;
  fields.addRows(fieldCount);
  for (let field = 0; field < fieldCount; field++) {
    fields.column('NAME').put(field, `J000${field}`);
    for (const name of ['PHASE_DIR', 'DELAY_DIR', 'REFERENCE_DIR']) {
      fields.column(name).put(field, { shape: [1, 2], values: Float64Array.of(1, -0.4) });
    }
  }
  const observation = ms.subtable('OBSERVATION');
  const observationCount = Math.max(0, ...(setup.scanObservations ?? [])) + 1;
  observation.addRows(observationCount);
  for (let id = 0; id < observationCount; id++) {
    observation.column('TELESCOPE_NAME').put(id, 'ALMA');
    observation.column('TIME_RANGE').put(id, { shape: [2], values: Float64Array.of(START_SEC, START_SEC + 6000) });
  }
  const states = ms.subtable('STATE');
  states.addRows(1);
  states.column('OBS_MODE').put(0, 'CALIBRATE_PHASE#ON_SOURCE');
}
