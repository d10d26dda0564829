import {
  antennaUvw,
  frequencyShiftFactor,
  geodeticOf,
  itrfOf,
  observatoryPosition,
} from '../../astronomy/measures/index.ts';
import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import { appendChunk, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, FWHM_PER_SIGMA, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { createCalibratedMs } from './calibrated-tables.ts';
import { RandomStream } from './random.ts';
import { primaryBeam } from './sky.ts';
import { bestStart } from './twin-sky.ts';

export interface CalibratedWindow {
  /** Middle of the window, TOPO, Hz. */
  readonly centreHz: number;
  /** From channel to channel, Hz; below 0 where frequencies fall. */
  readonly stepHz: number;
  readonly channelCount: number;
  /** Execution Block in which it is observed, 0 when left out; one follows the other. */
  readonly block?: number;
}

export interface CalibratedField {
  readonly name: string;
  /** ICRS, rad. */
  readonly ra: number;
  readonly dec: number;
  /** Whether it has data; others are only listed. */
  readonly isObserved: boolean;
}

/** A point with a flat continuum and lines that are Gaussian in frequency. */
export interface CalibratedSource {
  /** ICRS, rad. */
  readonly ra: number;
  readonly dec: number;
  readonly continuumJy: number;
  readonly lines: readonly CalibratedLine[];
}

export interface CalibratedLine {
  /** LSRK, Hz. */
  readonly centreHz: number;
  readonly fwhmHz: number;
  readonly peakJy: number;
}

/** An observation whose visibilities need no calibration. */
export interface CalibratedSpec {
  /** Day of the observation, as 2014/07/01; times are chosen so that the fields stand high. */
  readonly day: string;
  /** m */
  readonly dishDiameter: number;
  readonly antennaCount: number;
  /** Names of the first antennas; others are numbered. */
  readonly antennaNames?: readonly string[];
  /** Longest baseline, m. */
  readonly longestBaseline: number;
  /** Times at which every field is seen in each block, an hour apart. */
  readonly visitCount: number;
  /** Observations that the visits belong to, one after the other; 1 when left out. */
  readonly observationCount?: number;
  readonly windows: readonly CalibratedWindow[];
  readonly fields: readonly CalibratedField[];
  /** Every field sees each of them through its primary beam. */
  readonly sources: readonly CalibratedSource[];
  /** Real and imaginary part of a visibility in a channel of 1 MHz, standard deviation, Jy. */
  readonly noiseJy: number;
  /** CORRECTED_DATA, equal to DATA, beside it. */
  readonly hasCorrected: boolean;
  readonly seed: number;
}

const VISIT_SEC = 3600;
const STEP_SEC = 30;
const BASE_WEIGHT_HZ = 1e6;
/** Antennas stand at least so far apart, dishes. */
const CLEARANCE = 1.3;

/**
 * Writes a MeasurementSet as a calibrated delivery has it: DATA are the visibilities of the sources seen through the dishes,
 * with weights that follow from the noise; nothing is flagged. All windows of a block are observed together.
 *
 * @param out the MeasurementSet; replaced as a whole
 * @returns middle of the observation, UTC s
 */
export function writeCalibratedMs(context: Context, out: string, spec: CalibratedSpec): number {
  const positions = placeDishes(spec);
  const observed = spec.fields.map((_, id) => id).filter((id) => spec.fields[id].isObserved);
  const sky = observed.map((id) => ({ ...spec.fields[id], id, role: 'target' as const, components: [] }));
  const visits = spec.visitCount * (1 + Math.max(...spec.windows.map(({ block = 0 }) => block)));
  const duration = (visits - 1) * VISIT_SEC + observed.length * STEP_SEC;
  const start = bestStart(sky, spec.day, duration);
  writeWhole(joinPath(context.cwd, out), true, (staged) => {
    const ms = createCalibratedMs(staged, spec, positions, [start, start + duration]);
    const random = new RandomStream(spec.seed, 'noise');
    for (let visit = 0; visit < visits; visit++) {
      observed.forEach((field, index) => {
        const time = start + visit * VISIT_SEC + (index + 0.5) * STEP_SEC;
        const block = Math.floor(visit / spec.visitCount);
        const observation = Math.floor((visit * (spec.observationCount ?? 1)) / visits);
        const scan = visit * observed.length + index + 1;
        addVisit(ms, spec, { field, block, observation, time, scan, positions }, random);
      });
    }
    ms.close();
  });
  return start + duration / 2;
}

/** Dishes spread at random over a disk about the observatory, ITRF, m, [ant, 3]. */
function placeDishes(spec: CalibratedSpec): Float64Array {
  const origin = observatoryPosition('ALMA');
  const { longitude, latitude, height } = geodeticOf(origin);
  const random = new RandomStream(spec.seed, 'places');
  const radius = spec.longestBaseline / 2;
  const places: [number, number][] = [];
  for (let tries = 0; places.length < spec.antennaCount; tries++) {
    const turn = random.between(0, 2 * Math.PI);
    const reach = radius * Math.sqrt(random.between(places.length < 3 ? 0.9 : 0, 1));
    const place: [number, number] = [reach * Math.cos(turn), reach * Math.sin(turn)];
    // Small arrays have no room for the wanted distance: it shrinks with the tries.
    const least = CLEARANCE * spec.dishDiameter * 0.98 ** Math.floor(tries / 20);
    if (places.every((other) => Math.hypot(place[0] - other[0], place[1] - other[1]) > least)) places.push(place);
  }
  const earth = Math.hypot(origin[0], origin[1], origin[2]);
  const positions = new Float64Array(3 * places.length);
  places.forEach(([east, north], ant) => {
    const lon = longitude + east / (earth * Math.cos(latitude));
    positions.set(itrfOf(lon, latitude + north / earth, height), 3 * ant);
  });
  return positions;
}

interface Visit {
  readonly field: number;
  readonly block: number;
  readonly observation: number;
  /** UTC s */
  readonly time: number;
  readonly scan: number;
  readonly positions: Float64Array;
}

/** One integration of one field: all windows of a block, cross-correlations alone. */
function addVisit(ms: MeasurementSet, spec: CalibratedSpec, visit: Visit, random: RandomStream): void {
  const { ra, dec } = spec.fields[visit.field];
  const uvw = antennaUvw(visit.positions, visit.time, ra, dec);
  const toLsrk = frequencyShiftFactor(visit.time, ra, dec, observatoryPosition('ALMA'), 'TOPO', 'LSRK');
  const pairs: [number, number][] = [];
  const count = visit.positions.length / 3;
  for (let ant1 = 0; ant1 < count; ant1++) for (let ant2 = ant1 + 1; ant2 < count; ant2++) pairs.push([ant1, ant2]);
  const baselines = new Float64Array(3 * pairs.length);
  pairs.forEach(([ant1, ant2], row) => {
    for (let axis = 0; axis < 3; axis++) baselines[3 * row + axis] = uvw[3 * ant1 + axis] - uvw[3 * ant2 + axis];
  });
  spec.windows.forEach((window, spw) => {
    if ((window.block ?? 0) !== visit.block) return;
    const data = predict(spec, window, { ra, dec, toLsrk }, baselines);
    const sigma = spec.noiseJy * Math.sqrt(BASE_WEIGHT_HZ / Math.abs(window.stepHz));
    for (let at = 0; at < data.length; at++) data[at] += sigma * random.normal();
    appendChunk(ms, chunkOf(visit, window, spw, pairs, { baselines, data, sigma, hasCorrected: spec.hasCorrected }));
  });
}

interface Pointing {
  readonly ra: number;
  readonly dec: number;
  readonly toLsrk: number;
}

/** [row, chan, corr, re/im] */
function predict(spec: CalibratedSpec, window: CalibratedWindow, pointing: Pointing, uvw: Float64Array): Float32Array {
  const { channelCount, centreHz, stepHz } = window;
  const rowCount = uvw.length / 3;
  const data = new Float32Array(rowCount * channelCount * 4);
  for (const source of spec.sources) {
    const [l, m, n] = cosinesAbout(pointing, source);
    const offset = Math.asin(Math.min(1, Math.hypot(l, m)));
    // A source behind the observer, or so far that no beam sees it.
    if (n < -1 || offset > 0.02) continue;
    for (let chan = 0; chan < channelCount; chan++) {
      const hz = centreHz + stepHz * (chan - (channelCount - 1) / 2);
      const jy = spectrumOf(source, hz * pointing.toLsrk) * primaryBeam(offset, hz, spec.dishDiameter);
      for (let row = 0; row < rowCount; row++) {
        const path = uvw[3 * row] * l + uvw[3 * row + 1] * m + uvw[3 * row + 2] * n;
        const phase = (2 * Math.PI * path * hz) / SPEED_OF_LIGHT;
        const at = (row * channelCount + chan) * 4;
        const [re, im] = [jy * Math.cos(phase), jy * Math.sin(phase)];
        data[at] += re;
        data[at + 1] += im;
        data[at + 2] += re;
        data[at + 3] += im;
      }
    }
  }
  return data;
}

/** Flux density of a source at a frequency of LSRK, Jy. */
export function spectrumOf(source: CalibratedSource, lsrkHz: number): number {
  return source.lines.reduce((sum, { centreHz, fwhmHz, peakJy }) => {
    const distance = ((lsrkHz - centreHz) * FWHM_PER_SIGMA) / fwhmHz;
    return Math.abs(distance) > 8 ? sum : sum + peakJy * Math.exp(-0.5 * distance * distance);
  }, source.continuumJy);
}

/** Direction cosines l, m and n - 1 of a direction about another. */
function cosinesAbout(
  centre: { readonly ra: number; readonly dec: number },
  { ra, dec }: { readonly ra: number; readonly dec: number },
): [number, number, number] {
  const [sd, cd, s0, c0] = [Math.sin(dec), Math.cos(dec), Math.sin(centre.dec), Math.cos(centre.dec)];
  const difference = ra - centre.ra;
  return [
    cd * Math.sin(difference),
    sd * c0 - cd * s0 * Math.cos(difference),
    sd * s0 + cd * c0 * Math.cos(difference) - 1,
  ];
}

interface Samples {
  readonly baselines: Float64Array;
  readonly data: Float32Array;
  readonly sigma: number;
  readonly hasCorrected: boolean;
}

function chunkOf(
  visit: Visit,
  window: CalibratedWindow,
  spw: number,
  pairs: readonly (readonly [number, number])[],
  { baselines, data, sigma, hasCorrected }: Samples,
): VisibilityChunk {
  const rowCount = pairs.length;
  const ints = (value: number) => new Int32Array(rowCount).fill(value);
  const numbers = (value: number) => new Float64Array(rowCount).fill(value);
  return {
    ...{ dataDescId: spw, spwId: spw, rowCount, chanCount: window.channelCount, corrCount: 2 },
    data: hasCorrected ? { DATA: data, CORRECTED_DATA: data } : { DATA: data },
    flag: new Uint8Array(data.length / 2),
    rows: ints(0),
    flagRow: new Uint8Array(rowCount),
    weight: new Float32Array(2 * rowCount).fill(1 / (sigma * sigma)),
    sigma: new Float32Array(2 * rowCount).fill(sigma),
    ...{ time: numbers(visit.time), timeCentroid: numbers(visit.time) },
    ...{ interval: numbers(STEP_SEC), exposure: numbers(STEP_SEC), uvw: baselines },
    antenna1: Int32Array.from(pairs, ([ant1]) => ant1),
    antenna2: Int32Array.from(pairs, ([, ant2]) => ant2),
    ...{ feed1: ints(0), feed2: ints(0), fieldId: ints(visit.field), scanNumber: ints(visit.scan) },
    ...{ stateId: ints(0), observationId: ints(visit.observation), arrayId: ints(0), processorId: ints(0) },
    release() {},
  };
}
