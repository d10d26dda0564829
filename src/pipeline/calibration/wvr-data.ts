import { azEl } from '../../astronomy/measures/index.ts';
import { fieldDirection, type MeasurementSet, type MsMetadata, stepRows } from '../../astronomy/ms/index.ts';
import { readChunks } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** Radiometer samples of all antennas on one list of times; a brightness of 0 means no valid sample. */
export interface WvrData {
  /** MJD s, ascending, [time] */
  readonly time: Float64Array;
  /** rad, [time] */
  readonly elevation: Float64Array;
  readonly stateId: Int32Array;
  readonly fieldId: Int32Array;
  readonly sourceId: Int32Array;
  readonly antennaCount: number;
  /** K, [time, ant, 4] */
  readonly brightness: Float64Array;
}

/** What reading found out about the antennas. */
export interface WvrAntennas {
  /** Antennas that have a radiometer in the MS. */
  readonly present: readonly number[];
  /** Good samples and all samples of each antenna. */
  readonly goodCount: Int32Array;
  readonly totalCount: Int32Array;
}

/** Brightness outside this range is no sky, K. */
const COLDEST = 2.7;
const HOTTEST = 300;

/** Windows of four channels: those of the radiometers. */
export function wvrWindows(metadata: MsMetadata): number[] {
  return metadata.spectralWindows.filter(({ chanFreqs }) => chanFreqs.length === 4).map(({ id }) => id);
}

/**
 * Reads the radiometer samples of an MS.
 *
 * @param windows radiometer windows to use
 * @throws bad-data when there is no unflagged sample
 */
export function readWvrData(
  ms: MeasurementSet,
  metadata: MsMetadata,
  windows: readonly number[],
  useFieldTable: boolean,
): { data: WvrData; antennas: WvrAntennas } {
  const descriptions = metadata.dataDescriptions.filter(({ spwId }) => windows.includes(spwId)).map(({ id }) => id);
  const rows = autocorrelationRows(ms, new Set(descriptions));
  const times = sampleTimes(ms, metadata, rows, descriptions[0]);
  if (times.length === 0) fail('bad-data', 'The MS has no unflagged radiometer samples.', { file: ms.path });
  const antennaCount = metadata.antennas.length;
  const data: WvrData = {
    time: Float64Array.from(times, (entry) => entry.time),
    elevation: new Float64Array(times.length),
    stateId: Int32Array.from(times, (entry) => entry.stateId),
    fieldId: Int32Array.from(times, (entry) => entry.fieldId),
    sourceId: Int32Array.from(times, (entry) => metadata.fields[entry.fieldId]?.sourceId ?? -1),
    antennaCount,
    brightness: new Float64Array(times.length * antennaCount * 4),
  };
  const counts = fillBrightness(ms, metadata, rows, data);
  const hasPointing = !useFieldTable && elevationsFromPointing(ms, data);
  if (!hasPointing) elevationsFromFields(metadata, data);
  return { data, antennas: { present: radiometerAntennas(ms, metadata, rows, windows), ...counts } };
}

function autocorrelationRows(ms: MeasurementSet, descriptions: ReadonlySet<number>): Int32Array {
  const found: number[] = [];
  for (const { start, count, values } of stepRows(ms.main, ['DATA_DESC_ID', 'ANTENNA1', 'ANTENNA2'])) {
    for (let row = 0; row < count; row++) {
      if (values.ANTENNA1[row] !== values.ANTENNA2[row]) continue;
      if (descriptions.has(values.DATA_DESC_ID[row] as number)) found.push(start + row);
    }
  }
  return Int32Array.from(found);
}

interface SampleTime {
  readonly time: number;
  readonly stateId: number;
  readonly fieldId: number;
}

/** Times at which any antenna has an unflagged sample in the first radiometer window. */
function sampleTimes(ms: MeasurementSet, metadata: MsMetadata, rows: Int32Array, description: number): SampleTime[] {
  const times = new Map<number, SampleTime>();
  for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
    const cells = chunk.chanCount * chunk.corrCount;
    for (let row = 0; row < chunk.rowCount && chunk.dataDescId === description; row++) {
      if (chunk.flag.subarray(row * cells, (row + 1) * cells).includes(1)) continue;
      const time = chunk.time[row];
      if (!times.has(time)) times.set(time, { time, stateId: chunk.stateId[row], fieldId: chunk.fieldId[row] });
    }
    chunk.release();
  }
  return [...times.values()].sort((a, b) => a.time - b.time);
}

function fillBrightness(
  ms: MeasurementSet,
  metadata: MsMetadata,
  rows: Int32Array,
  data: WvrData,
): { goodCount: Int32Array; totalCount: Int32Array } {
  const index = new Map<number, number>();
  data.time.forEach((time, at) => {
    index.set(time, at);
  });
  const goodCount = new Int32Array(data.antennaCount);
  const totalCount = new Int32Array(data.antennaCount);
  for (const chunk of readChunks(ms, { rows, columns: ['DATA'], metadata })) {
    const values = chunk.data.DATA ?? fail('internal', 'The chunk has no DATA.');
    const cells = chunk.chanCount * chunk.corrCount;
    for (let row = 0; row < chunk.rowCount; row++) {
      const at = index.get(chunk.time[row]);
      if (at === undefined) continue;
      const ant = chunk.antenna1[row];
      totalCount[ant]++;
      let isGood = !chunk.flag.subarray(row * cells, (row + 1) * cells).includes(1);
      const to = (at * data.antennaCount + ant) * 4;
      for (let channel = 0; channel < 4 && isGood; channel++) {
        const kelvin = values[2 * (row * cells + channel * chunk.corrCount)];
        if (kelvin > COLDEST && kelvin < HOTTEST) data.brightness[to + channel] = kelvin;
        else isGood = false;
      }
      if (isGood) goodCount[ant]++;
      else data.brightness.fill(0, to, to + 4);
    }
    chunk.release();
  }
  return { goodCount, totalCount };
}

/** Elevations of the first POINTING sample at or after each time; false when there is none. */
function elevationsFromPointing(ms: MeasurementSet, data: WvrData): boolean {
  if (!ms.hasSubtable('POINTING')) return false;
  const pointing = ms.subtable('POINTING');
  if (pointing.rowCount === 0) return false;
  let at = 0;
  let elevation = 0;
  for (const { count, values } of stepRows(pointing, ['TIME', 'DIRECTION'])) {
    const perRow = values.DIRECTION.length / count;
    for (let row = 0; row < count && at < data.time.length; row++) {
      elevation = values.DIRECTION[row * perRow + 1] as number;
      while (at < data.time.length && (values.TIME[row] as number) >= data.time[at]) data.elevation[at++] = elevation;
    }
  }
  data.elevation.fill(elevation, at);
  return true;
}

function elevationsFromFields(metadata: MsMetadata, data: WvrData): void {
  data.time.forEach((time, at) => {
    const [ra, dec] = fieldDirection(metadata.fields[data.fieldId[at]], time);
    data.elevation[at] = azEl(time, ra, dec, metadata.antennas[0].position).el;
  });
}

/** Antennas with a radiometer: from the FEED table, else those that have samples. */
function radiometerAntennas(
  ms: MeasurementSet,
  metadata: MsMetadata,
  rows: Int32Array,
  windows: readonly number[],
): number[] {
  const found = new Set<number>();
  if (ms.hasSubtable('FEED')) {
    for (const { count, values } of stepRows(ms.subtable('FEED'), ['ANTENNA_ID', 'SPECTRAL_WINDOW_ID'])) {
      for (let row = 0; row < count; row++) {
        if (windows.includes(values.SPECTRAL_WINDOW_ID[row] as number)) found.add(values.ANTENNA_ID[row] as number);
      }
    }
  }
  if (found.size === 0) {
    for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
      for (const ant of chunk.antenna1) found.add(ant);
      chunk.release();
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** The samples at times for which `keep` is true. */
export function filterTimes(data: WvrData, keep: (at: number) => boolean): WvrData {
  const chosen = Int32Array.from(data.time.keys()).filter(keep);
  const width = data.antennaCount * 4;
  const brightness = new Float64Array(chosen.length * width);
  chosen.forEach((from, to) => {
    brightness.set(data.brightness.subarray(from * width, (from + 1) * width), to * width);
  });
  return {
    time: Float64Array.from(chosen, (at) => data.time[at]),
    elevation: Float64Array.from(chosen, (at) => data.elevation[at]),
    stateId: chosen.map((at) => data.stateId[at]),
    fieldId: chosen.map((at) => data.fieldId[at]),
    sourceId: chosen.map((at) => data.sourceId[at]),
    antennaCount: data.antennaCount,
    brightness,
  };
}

/** The same samples at times moved by `offset` seconds. */
export function offsetTimes(data: WvrData, offset: number): WvrData {
  return offset === 0 ? data : { ...data, time: data.time.map((time) => time + offset) };
}
