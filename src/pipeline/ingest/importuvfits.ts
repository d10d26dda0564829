import { appendHistory, createMs, type MeasurementSet } from '../../astronomy/ms/index.ts';
import { appendChunk, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { openRandomGroups, type RandomGroups } from '../../formats/fits/index.ts';
import { type Context, fail, SECONDS_PER_DAY, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { directionFrameCode } from './enumerations.ts';
import { appendRows, doubles, floats, integers, texts } from './table-rows.ts';
import { readContent, type UvfitsContent } from './uvfits-tables.ts';

/** Parameters of CASA's importuvfits. */
export interface ImportUvfitsOptions {
  readonly fitsfile: string;
  readonly vis: string;
}

/** Julian date of MJD 0. */
const MJD_ZERO = 2_400_000.5;
/** A pause that ends a scan, s. */
const SCAN_PAUSE = 300;
/** Times nearer than this are one: single precision holds no more, s. */
const LEAST_STEP = 0.01;
const BYTES_PER_BATCH = 1 << 24;

/** Where the parameters of a group stand. */
interface Places {
  readonly uvw: readonly number[];
  /** Day numbers and fractions, which add up. */
  readonly dates: readonly number[];
  readonly baseline: number;
  readonly antennas: readonly number[];
  readonly subarray: number;
  readonly freqsel: number;
  readonly source: number;
  readonly inttim: number;
}

function placesOf({ parameters, header }: RandomGroups): Places {
  const find = (name: string) => parameters.indexOf(name);
  const uvw = ['UU', 'VV', 'WW'].map((name) => parameters.findIndex((parameter) => parameter.startsWith(name)));
  const dates = parameters.flatMap((name, index) => (name === 'DATE' || name === '_DATE' ? [index] : []));
  const places = {
    uvw,
    dates,
    baseline: find('BASELINE'),
    antennas: [find('ANTENNA1'), find('ANTENNA2')],
    subarray: find('SUBARRAY'),
    freqsel: find('FREQSEL'),
    source: find('SOURCE'),
    inttim: find('INTTIM'),
  };
  const isWhole = uvw.every((at) => at >= 0) && dates.length > 0 && (places.baseline >= 0 || places.antennas[1] >= 0);
  if (!isWhole)
    fail('missing', 'The groups of this UVFITS file lack UU, VV, WW, DATE or BASELINE.', { file: header.file });
  return places;
}

/** What one group says beside its visibilities. */
interface Group {
  readonly time: number;
  readonly uvw: readonly number[];
  /** Numbers of the antennas. */
  readonly antennas: readonly [number, number];
  readonly arrayId: number;
  /** From 0. */
  readonly setup: number;
  readonly source: number;
  /** s; undefined where the file does not say */
  readonly exposure: number | undefined;
}

function readGroup(parameters: Float64Array, places: Places): Group {
  const [first, ...rest] = places.dates;
  const mjd = rest.reduce((sum, at) => sum + parameters[at], parameters[first] - MJD_ZERO);
  const baseline = places.baseline < 0 ? 0 : parameters[places.baseline];
  // Beyond 255 antennas the numbers are coded in 2048 (AIPS Memo 117).
  const pair = Math.floor(baseline);
  const [base, offset] = pair < 65_536 ? [256, 0] : [2048, 65_536];
  const one = Math.floor((pair - offset) / base);
  return {
    time: mjd * SECONDS_PER_DAY,
    uvw: places.uvw.map((at) => parameters[at] * SPEED_OF_LIGHT),
    antennas:
      places.baseline < 0
        ? [parameters[places.antennas[0]], parameters[places.antennas[1]]]
        : [one, pair - offset - one * base],
    arrayId:
      places.baseline < 0
        ? Math.max(0, (parameters[places.subarray] ?? 1) - 1)
        : Math.floor(100 * (baseline - pair + 0.001)),
    setup: places.freqsel < 0 ? 0 : parameters[places.freqsel] - 1,
    source: places.source < 0 ? 0 : parameters[places.source],
    exposure: places.inttim < 0 ? undefined : parameters[places.inttim],
  };
}

/** Numbers scans, and finds the shortest step of time. */
class Scans {
  scan = 0;
  least = Number.POSITIVE_INFINITY;
  private last: Group | undefined;

  push(group: Group): number {
    const step = group.time - (this.last?.time ?? 0);
    const isNext = this.last && group.source === this.last.source && group.setup === this.last.setup;
    if (!isNext || step > SCAN_PAUSE) this.scan++;
    if (step > LEAST_STEP && this.last) this.least = Math.min(this.least, step);
    this.last = group;
    return this.scan;
  }

  /** The shortest step of time to a hundredth of a second; 0 where there is one time only. */
  get interval(): number {
    return Number.isFinite(this.least) ? Math.round(100 * this.least) / 100 : 0;
  }
}

function emptyChunk(rowCount: number, chanCount: number, corrCount: number): VisibilityChunk {
  const values = rowCount * chanCount * corrCount;
  const [doubles, integers] = [() => new Float64Array(rowCount), () => new Int32Array(rowCount)];
  return {
    dataDescId: 0,
    spwId: 0,
    rowCount,
    chanCount,
    corrCount,
    rows: integers(),
    data: { DATA: new Float32Array(2 * values) },
    flag: new Uint8Array(values),
    flagRow: new Uint8Array(rowCount),
    weight: new Float32Array(rowCount * corrCount),
    sigma: new Float32Array(rowCount * corrCount),
    weightSpectrum: new Float32Array(values),
    uvw: new Float64Array(3 * rowCount),
    ...{ time: doubles(), timeCentroid: doubles(), interval: doubles(), exposure: doubles() },
    ...{ antenna1: integers(), antenna2: integers(), feed1: integers(), feed2: integers(), fieldId: integers() },
    ...{ scanNumber: integers(), stateId: integers().fill(-1), observationId: integers(), arrayId: integers() },
    processorId: integers().fill(-1),
    release() {},
  };
}

/** Visibilities of one window of a group into one row. */
function fillRow(
  chunk: VisibilityChunk,
  row: number,
  values: Float32Array,
  window: number,
  content: UvfitsContent,
): void {
  const { axes, corrPlaces } = content;
  const { chanCount, corrCount } = chunk;
  const data = chunk.data.DATA as Float32Array;
  const spectrum = chunk.weightSpectrum as Float32Array;
  let isFlagged = true;
  for (let chan = 0; chan < chanCount; chan++) {
    for (let corr = 0; corr < corrCount; corr++) {
      const from = window * axes.IF.stride + chan * axes.FREQ.stride + corrPlaces[corr] * axes.STOKES.stride;
      const to = (row * chanCount + chan) * corrCount + corr;
      data[2 * to] = values[from];
      data[2 * to + 1] = values[from + axes.COMPLEX.stride];
      const weight = values[from + 2 * axes.COMPLEX.stride];
      spectrum[to] = Math.abs(weight);
      chunk.flag[to] = weight > 0 ? 0 : 1;
      chunk.weight[row * corrCount + corr] += Math.abs(weight);
      isFlagged &&= !(weight > 0);
    }
  }
  chunk.flagRow[row] = isFlagged ? 1 : 0;
  for (let corr = 0; corr < corrCount; corr++) {
    const weight = chunk.weight[row * corrCount + corr];
    chunk.sigma[row * corrCount + corr] = weight > 0 ? Math.sqrt(1 / weight) : 0;
  }
}

/** @returns times of the first and the last row, MJD seconds */
function fillMain(context: Context, ms: MeasurementSet, file: RandomGroups, content: UvfitsContent): [number, number] {
  const { axes, windows, windowsPerSetup, antennas, fields } = content;
  const where = { file: file.header.file };
  const places = placesOf(file);
  const antennaOf = new Map(antennas.map(({ number }, index) => [number, index]));
  const fieldOf = new Map([...fields.keys()].map((id, index) => [id, index]));
  const scans = new Scans();
  const perBatch = Math.max(1, Math.floor(BYTES_PER_BATCH / (4 * file.arrayLength)));
  const parameterCount = file.parameters.length;
  let range: [number, number] | undefined;
  for (let first = 0; first < file.groupCount; first += perBatch) {
    context.checkAbort();
    const count = Math.min(perBatch, file.groupCount - first);
    const { parameters, values } = file.read(first, count);
    const chunk = emptyChunk(count * windowsPerSetup, axes.FREQ.length, axes.STOKES.length);
    const dataDescIds = new Int32Array(chunk.rowCount);
    for (let at = 0; at < count; at++) {
      const group = readGroup(parameters.subarray(at * parameterCount, (at + 1) * parameterCount), places);
      const scan = scans.push(group);
      range = [Math.min(range?.[0] ?? group.time, group.time), Math.max(range?.[1] ?? group.time, group.time)];
      const [antenna1, antenna2] = group.antennas.map((number) => antennaOf.get(number) ?? -1);
      if (antenna1 < 0 || antenna2 < 0)
        fail('bad-format', `The antennas ${group.antennas.join(' and ')} of a group are not in the table.`, where);
      // Without a table of sources there is one field, of the number 0.
      const fieldId =
        fieldOf.get(group.source) ??
        fieldOf.get(0) ??
        fail('bad-format', `The source ${group.source} of a group is not in the table of sources.`, where);
      if (!(group.setup * windowsPerSetup in windows))
        fail('bad-format', `The frequency setup ${group.setup + 1} of a group is not in the table.`, where);
      for (let window = 0; window < windowsPerSetup; window++) {
        const row = at * windowsPerSetup + window;
        fillRow(chunk, row, values.subarray(at * file.arrayLength, (at + 1) * file.arrayLength), window, content);
        chunk.uvw.set(group.uvw, 3 * row);
        chunk.time[row] = chunk.timeCentroid[row] = group.time;
        chunk.interval[row] = chunk.exposure[row] = group.exposure ?? 0;
        chunk.antenna1[row] = antenna1;
        chunk.antenna2[row] = antenna2;
        chunk.fieldId[row] = fieldId;
        chunk.scanNumber[row] = scan;
        chunk.arrayId[row] = group.arrayId;
        dataDescIds[row] = group.setup * windowsPerSetup + window;
      }
    }
    const start = appendChunk(ms, chunk);
    ms.main.column('DATA_DESC_ID').putRange(start, chunk.rowCount, dataDescIds);
  }
  if (places.inttim < 0) {
    const steps = new Float64Array(ms.main.rowCount).fill(scans.interval);
    for (const name of ['INTERVAL', 'EXPOSURE']) ms.main.column(name).putRange(0, steps.length, steps);
  }
  return range ?? [0, 0];
}

function fillSubtables(
  ms: MeasurementSet,
  { header }: RandomGroups,
  content: UvfitsContent,
  times: [number, number],
): void {
  const { antennas, windows, windowsPerSetup, corrTypes, frameCode, isB1950 } = content;
  const fields = [...content.fields.values()];
  const [start] = times;
  appendRows(
    ms.subtable('ANTENNA'),
    antennas.map(({ number, name, position, mount, diameter }) => ({
      // CASA's names of antennas in files that are not the VLA's.
      ...{ NAME: String(number), STATION: name, MOUNT: mount, TYPE: 'GROUND-BASED', DISH_DIAMETER: diameter },
      POSITION: doubles(position),
      OFFSET: doubles([0, 0, 0]),
    })),
  );
  appendRows(
    ms.subtable('SPECTRAL_WINDOW'),
    windows.map(({ freqs, channelWidth, totalBandwidth, refFrequency, sideband }, id) => ({
      ...{ NAME: 'none', NUM_CHAN: freqs.length, REF_FREQUENCY: refFrequency, TOTAL_BANDWIDTH: totalBandwidth },
      ...{ MEAS_FREQ_REF: frameCode, NET_SIDEBAND: sideband, IF_CONV_CHAIN: id % windowsPerSetup },
      ...{ FREQ_GROUP: Math.floor(id / windowsPerSetup), FREQ_GROUP_NAME: 'none' },
      CHAN_FREQ: doubles(freqs),
      CHAN_WIDTH: doubles(freqs.map(() => channelWidth)),
      EFFECTIVE_BW: doubles(freqs.map(() => Math.abs(channelWidth))),
      RESOLUTION: doubles(freqs.map(() => Math.abs(channelWidth))),
    })),
  );
  const receptorOf = (letter: string) => ('XR'.includes(letter) ? 0 : 1);
  const names = corrTypes.map((code) =>
    code <= 4 ? 'II' : ['RR', 'RL', 'LR', 'LL', 'XX', 'XY', 'YX', 'YY'][code - 5],
  );
  appendRows(ms.subtable('POLARIZATION'), [
    {
      NUM_CORR: corrTypes.length,
      CORR_TYPE: integers(corrTypes),
      CORR_PRODUCT: integers(
        names.flatMap((name) => (name === 'II' ? [0, 0] : [...name].map(receptorOf))),
        [corrTypes.length, 2],
      ),
    },
  ]);
  appendRows(
    ms.subtable('DATA_DESCRIPTION'),
    windows.map((_, id) => ({ SPECTRAL_WINDOW_ID: id, POLARIZATION_ID: 0 })),
  );
  const frame = directionFrameCode(isB1950 ? 'B1950' : 'J2000');
  appendRows(
    ms.subtable('FIELD'),
    fields.map(({ name, code, direction }, id) => ({
      ...{ NAME: name, CODE: code || 'none', SOURCE_ID: id, TIME: start },
      ...Object.fromEntries(
        ['PHASE_DIR', 'DELAY_DIR', 'REFERENCE_DIR'].map((column) => [column, doubles(direction, [1, 2])]),
      ),
      ...{ PhaseDir_Ref: frame, DelayDir_Ref: frame, RefDir_Ref: frame, EPHEMERIS_ID: -1 },
    })),
  );
  appendRows(
    ms.subtable('SOURCE'),
    fields.flatMap(({ name, code, direction, restFrequencies, velocities, motion }, id) =>
      windows.map((_, window) => ({
        ...{ NAME: name, CODE: code, SOURCE_ID: id, SPECTRAL_WINDOW_ID: window, NUM_LINES: 1, TIME: start },
        ...{ INTERVAL: Number.MAX_VALUE, CALIBRATION_GROUP: -1 },
        DIRECTION: doubles(direction),
        PROPER_MOTION: doubles(motion),
        REST_FREQUENCY: doubles([restFrequencies[window % windowsPerSetup] ?? 0]),
        SYSVEL: doubles([velocities[window % windowsPerSetup] ?? 0]),
      })),
    ),
  );
  const kinds = corrTypes[0] >= 9 ? ['X', 'Y'] : ['R', 'L'];
  appendRows(
    ms.subtable('FEED'),
    antennas.map(({ receptors, angles }, id) => ({
      ...{ ANTENNA_ID: id, SPECTRAL_WINDOW_ID: -1, BEAM_ID: -1, NUM_RECEPTORS: 2, TIME: start },
      POLARIZATION_TYPE: texts(receptors.length === 2 ? receptors : kinds),
      RECEPTOR_ANGLE: doubles(angles),
      POSITION: doubles([0, 0, 0]),
      BEAM_OFFSET: doubles([0, 0, 0, 0], [2, 2]),
      POL_RESPONSE: floats([1, 0, 0, 0, 0, 0, 1, 0], [2, 2]),
    })),
  );
  const telescope = header.text('TELESCOP').trim();
  appendRows(ms.subtable('OBSERVATION'), [
    {
      TELESCOPE_NAME: telescope,
      OBSERVER: header.text('OBSERVER').trim(),
      TIME_RANGE: doubles(times),
      RELEASE_DATE: start,
    },
  ]);
}

/**
 * Makes a MeasurementSet from UVFITS: CASA 6.7's importuvfits, with antennas named by their numbers.
 *
 * @throws bad-format when the file holds no visibilities; missing, unsupported; exists
 */
export function importuvfits(context: Context, { fitsfile, vis }: ImportUvfitsOptions): void {
  const file = openRandomGroups(joinPath(context.cwd, fitsfile));
  try {
    const content = readContent(file);
    writeWhole(joinPath(context.cwd, vis), false, (path) => {
      const widest = { chanCount: content.axes.FREQ.length, corrCount: content.axes.STOKES.length };
      const ms = createMs(path, { dataColumns: ['DATA'], withWeightSpectrum: true, widest });
      try {
        fillSubtables(ms, file, content, fillMain(context, ms, file, content));
        appendHistory(ms, 'importuvfits', { fitsfile });
      } finally {
        ms.close();
      }
    });
  } finally {
    file.close();
  }
}
