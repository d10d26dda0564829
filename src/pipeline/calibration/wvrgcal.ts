import { type MeasurementSet, type MsMetadata, openMs, parseSpw, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail, isQa2Error, parseQuantity } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { calFrameOf } from './caltable-frame.ts';
import { writeCalTable } from './caltable-write.ts';
import { smoothTable } from './smoothcal.ts';
import { filterTimes, offsetTimes, readWvrData, type WvrData, wvrWindows } from './wvr-data.ts';
import { borrowSamples, FARTHEST_RADIOMETER_M, FEWEST_RADIOMETERS, nearestRadiometers } from './wvr-neighbours.ts';
import { subtractOffsets } from './wvr-offsets.ts';
import {
  pathDiscrepancy,
  pathScatter,
  type Segment,
  type Sensitivity,
  sensitivitiesOf,
  waterPaths,
} from './wvr-path.ts';
import { performanceLines, retrievalLines, statisticsLines, type WvrStatistics } from './wvr-report.ts';
import { type Retrieval, retrieveAll } from './wvr-retrieval.ts';
import { fieldSegments, firstTime, middleSamples, sourceIds, sourceSegments } from './wvr-segments.ts';
import { phaseTable } from './wvr-table.ts';

/** Parameters of CASA 6.7's wvrgcal that are served, with its defaults. */
export interface WvrgcalOptions {
  readonly vis: string;
  readonly caltable: string;
  /** s, added to the times of the radiometer samples */
  readonly toffset?: number;
  /** New coefficients for each source; default true. */
  readonly segsource?: boolean;
  /** Sources to leave out (their solutions are flagged). */
  readonly sourceflag?: readonly (string | number)[];
  /** Sources that share coefficients: "A,B" per entry. */
  readonly tie?: readonly string[];
  /** Number of coefficient sets spread over the observation when segsource is false. */
  readonly nsol?: number;
  /** Antennas whose radiometer is not to be trusted. */
  readonly wvrflag?: readonly (string | number)[];
  readonly statfield?: string;
  readonly statsource?: string;
  /** Time over which the solutions are averaged, e.g. '3s'. */
  readonly smooth?: string;
  readonly scale?: number;
  /** Windows to write solutions for; default all. */
  readonly spw?: readonly number[];
  readonly wvrspw?: readonly number[];
  readonly reversespw?: string;
  /** Phases follow the dispersion of water vapour instead of one path for all frequencies. */
  readonly disperse?: boolean;
  /** Another sequence of random numbers for the retrieval; 0: the default one. */
  readonly rseed?: number;
  /** Allows for a cloud behind the water: one set of coefficients for all; needs segsource false and nsol 1. */
  readonly cont?: boolean;
  /** Farthest neighbour that may lend its radiometer, m; below 0 the default, 500, as CASA 4 and 5 take it. */
  readonly maxdistm?: number;
  readonly minnumants?: number;
  readonly mingoodfrac?: number;
  readonly usefieldtab?: boolean;
  readonly refant?: string | number | readonly (string | number)[];
  /** Table of temperatures to subtract from the samples. */
  readonly offsetstable?: string;
}

/** What CASA's task returns, one entry per antenna. */
export interface WvrgcalResult {
  readonly Name: readonly string[];
  readonly WVR: readonly boolean[];
  readonly Flag: readonly boolean[];
  readonly Frac_unflagged: readonly number[];
  readonly RMS_um: readonly number[];
  readonly Disc_um: readonly number[];
  readonly rval: number;
  readonly success: boolean;
}

/** Everything that one pass over the antennas needs. */
interface Job {
  readonly context: Context;
  readonly ms: MeasurementSet;
  readonly metadata: MsMetadata;
  readonly options: WvrgcalOptions;
  readonly post: (text: string) => void;
}

interface Solved {
  readonly data: WvrData;
  /** All samples, also those off the sky, at their own times. */
  readonly all: WvrData;
  readonly sensitivities: Sensitivity[];
  readonly paths: Float64Array;
  /** Antennas without usable samples of their own or of neighbours. */
  readonly impossible: ReadonlySet<number>;
  readonly flagged: ReadonlySet<number>;
  readonly goodFraction: Float64Array;
}

/**
 * Phase corrections from the 183 GHz water-vapour radiometers, as a T Jones table.
 *
 * Differences from CASA's wvrgcal: the random steps of the retrieval are others, and coefficients
 * between two segments are interpolated in the direction of time.
 *
 * @returns the statistics that CASA's task returns
 * @throws usage, exists, bad-data
 */
export function wvrgcal(context: Context, given: WvrgcalOptions): WvrgcalResult {
  checkOptions(given);
  const options = bySource(context, given);
  const vis = joinPath(context.cwd, options.vis);
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const post = (text: string) => context.log.post(text, 'INFO', 'wvrgcal');
    const job: Job = { context, ms, metadata, options, post };
    const windows = solutionWindows(job);
    const solved = solve(job, windows);
    const statistics = report(job, solved);
    const scaled = options.scale ?? 1;
    const reversed = options.reversespw
      ? new Set(parseSpw(options.reversespw, metadata.spectralWindows).keys())
      : new Set<number>();
    const paths = solved.paths.map((path) => path * scaled);
    const { impossible, data } = solved;
    const rules = { impossible, reversed, isDispersive: options.disperse ?? false };
    const table = phaseTable(calFrameOf(vis), data, paths, windows, rules);
    post('Writing gain table ...');
    const width = options.smooth ? parseQuantity(options.smooth, 'time') : 0;
    writeCalTable(joinPath(context.cwd, options.caltable), width > 0 ? smoothTable(table, 'mean', width) : table);
    return resultOf(statistics, solved);
  } finally {
    ms.close();
  }
}

function checkOptions(options: WvrgcalOptions): void {
  const segsource = options.segsource ?? true;
  if (!options.caltable) fail('usage', 'Must provide output calibration table name in parameter caltable.');
  if ((options.nsol ?? 1) > 1 && segsource) fail('usage', 'In order to use nsol>1, segsource must be set to False.');
  if ((options.rseed ?? 0) < 0) fail('usage', 'wvrgcal: rseed is a positive number, or 0 for the default one.');
  if (options.cont && segsource) fail('usage', 'cont and segsource are not permitted to be True at the same time.');
  if (options.cont && (options.nsol ?? 1) > 1) fail('usage', 'wvrgcal: cont makes one set of coefficients (nsol=1).');
  if ((options.scale ?? 1) <= 0) fail('usage', 'wvrgcal: scale is a positive number.');
}

/** Without segsource what names sources has no effect, as in CASA 6.7. */
function bySource(context: Context, options: WvrgcalOptions): WvrgcalOptions {
  if ((options.segsource ?? true) || !(options.tie?.length || options.sourceflag?.length)) return options;
  context.log.post('tie and sourceflag have no effect without segsource.', 'WARN', 'wvrgcal');
  return { ...options, tie: [], sourceflag: [] };
}

function solutionWindows({ metadata, options, post }: Job): number[] {
  const asked = options.spw?.length ? [...options.spw] : metadata.spectralWindows.map(({ id }) => id);
  const wrong = asked.find((id) => metadata.spectralWindows[id] === undefined);
  if (wrong !== undefined) fail('usage', `wvrgcal: there is no spectral window ${wrong}.`);
  post(`Will produce solutions for the following SPWs: ${asked.join(' ')}`);
  return asked;
}

/** Ids of antennas that names or numbers mean. @throws usage */
function antennaIds(metadata: MsMetadata, words: readonly (string | number)[], parameter: string): number[] {
  return words
    .flatMap((word) => String(word).split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const antenna = metadata.antennas.find(({ name }) => name === word) ?? metadata.antennas[Number(word)];
      return antenna?.id ?? fail('usage', `wvrgcal: ${parameter} names "${word}", which is no antenna of the MS.`);
    });
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}

/** Reads and retrieves; antennas whose samples make no sense are replaced and it is done once more. */
function solve(job: Job, windows: readonly number[]): Solved {
  const { ms, metadata, options, post } = job;
  const known = wvrWindows(metadata);
  const radiometers = options.wvrspw?.length ? [...options.wvrspw] : known;
  const wrong = radiometers.find((id) => !known.includes(id));
  if (wrong !== undefined) fail('usage', `wvrgcal: SPW ${wrong} is not a WVR SPW or invalid.`);
  if (radiometers.length === 0)
    fail('bad-data', 'The MS has no spectral window of water-vapour radiometers.', { file: ms.path });
  if (windows.some((id) => known.includes(id)) && options.spw?.length)
    post('WARNING: a WVR SPW is among the science SPWs.');
  post(`Will use the WVR SPWs: ${radiometers.join(' ')}`);
  const { data: all, antennas } = readWvrData(ms, metadata, radiometers, options.usefieldtab ?? false);
  if (options.offsetstable) {
    const samples = antennas.totalCount.reduce((sum, count) => sum + count, 0);
    subtractOffsets(job.context, joinPath(job.context.cwd, options.offsetstable), all, samples);
  }
  const isSky = metadata.states.map(
    ({ obsMode }) => obsMode.includes('ON_SOURCE') && !obsMode.includes('CALIBRATE_ATMOSPHERE'),
  );
  const flaggedAntennas = metadata.antennas.filter(({ isFlagged }) => isFlagged).map(({ id }) => id);
  const asked = antennaIds(metadata, options.wvrflag ?? [], 'wvrflag');
  const goodFraction = antennas.goodCount.length
    ? goodFractions(antennas.goodCount, antennas.totalCount)
    : new Float64Array(0);
  const replaced = new Set([...asked, ...withoutRadiometer(metadata), ...tooFewGood(job, antennas, goodFraction)]);
  for (let round = 0; ; round++) {
    const sky = filterTimes(offsetTimes(all, options.toffset ?? 0), (at) => isSky[all.stateId[at]] ?? false);
    if (sky.time.length < 2) fail('bad-data', 'The radiometers have no samples on the sky.', { file: ms.path });
    const data = { ...sky, brightness: sky.brightness.slice() };
    const impossible = replaceSamples(job, data, replaced);
    const reference = referenceAntenna(job, antennas.present, impossible, replaced);
    const { segments, retrievals, hasProblem } = retrieve(job, data, reference);
    if (hasProblem && round === 0 && !replaced.has(reference)) {
      post(`Flagging antenna ${reference} == ${metadata.antennas[reference].name}`);
      replaced.add(reference);
      continue;
    }
    if (retrievals.length === 0) fail('bad-data', 'No radiometer sample gave a water column.', { file: ms.path });
    for (const line of retrievalLines(retrievals)) post(line);
    const sensitivities = sensitivitiesOf(segments, retrievals);
    const paths = waterPaths(data, sensitivities);
    blankSources(job, data, paths);
    return {
      data,
      all,
      sensitivities,
      paths,
      impossible,
      flagged: new Set([...replaced, ...flaggedAntennas]),
      goodFraction,
    };
  }
}

function goodFractions(good: Int32Array, total: Int32Array): Float64Array {
  return Float64Array.from(good, (count, ant) => (total[ant] > 0 ? count / total[ant] : 1));
}

/** Antennas of the 7 m array have no radiometers. */
function withoutRadiometer(metadata: MsMetadata): number[] {
  return metadata.antennas.filter(({ name }) => name.startsWith('CM')).map(({ id }) => id);
}

function tooFewGood(
  { options, post }: Job,
  antennas: { readonly present: readonly number[]; readonly goodCount: Int32Array; readonly totalCount: Int32Array },
  fraction: Float64Array,
): number[] {
  const required = Math.min(1, Math.max(0, options.mingoodfrac ?? 0.8));
  const bad = antennas.present.filter((ant) => antennas.goodCount[ant] === 0 || fraction[ant] < required);
  for (const ant of bad) {
    post(
      antennas.goodCount[ant] === 0
        ? `All WVR data points for antenna ${ant} are flagged.`
        : `The fraction of good (unflagged) WVR data points for antenna ${ant} is ${antennas.goodCount[ant]} out of ` +
            `${antennas.totalCount[ant]}. This is below the required ${required * 100}%. Antenna will be flagged.`,
    );
  }
  if (bad.length === antennas.present.length) fail('bad-data', 'All antennas needed to be flagged: no good WVR data.');
  return bad;
}

/** Gives antennas without good samples those of their neighbours; returns the antennas that have none near. */
function replaceSamples({ metadata, options, post }: Job, data: WvrData, replaced: ReadonlySet<number>): Set<number> {
  const impossible = new Set<number>();
  const asked = options.maxdistm ?? -1;
  const maxDistance = asked < 0 ? FARTHEST_RADIOMETER_M : asked;
  const least = options.minnumants ?? FEWEST_RADIOMETERS;
  for (const antenna of [...replaced].sort((a, b) => a - b)) {
    const near = nearestRadiometers(metadata.antennas, antenna, replaced, maxDistance);
    const isPossible = near.length >= least;
    borrowSamples(data, antenna, isPossible ? near : []);
    if (isPossible) continue;
    impossible.add(antenna);
    post(
      `*** Antenna ${antenna} has bad or no WVR and only ${near.length} near antennas (${maxDistance} m max. distance) ` +
        `to interpolate from. Required are ${least}.`,
    );
  }
  return impossible;
}

function referenceAntenna(
  { metadata, options, post }: Job,
  present: readonly number[],
  impossible: ReadonlySet<number>,
  replaced: ReadonlySet<number>,
): number {
  const asked = antennaIds(metadata, listOf(options.refant), 'refant');
  const reference = (asked.length > 0 ? asked : present).find((antenna) => !impossible.has(antenna));
  if (reference === undefined) fail('bad-data', 'No antennas with sufficient WVR data found.');
  post(
    `Choosing${replaced.has(reference) ? ' (interpolated)' : ''} antenna ${reference} == ${metadata.antennas[reference].name} ` +
      'as reference antenna for dTdL calculations.',
  );
  return reference;
}

interface Retrieved {
  readonly segments: Segment[];
  readonly retrievals: Retrieval[];
  readonly hasProblem: boolean;
}

/** Retrieves the atmosphere of every segment from the reference antenna. */
function retrieve(job: Job, data: WvrData, reference: number): Retrieved {
  const { ms, metadata, options, post, context } = job;
  const tied = (options.tie ?? []).map((entry) => sourceIds(metadata, entry.split(','), 'tie'));
  (options.tie ?? []).forEach((entry, index) => {
    post(`Tying: ${entry.split(',').join(' and ')} (source ids ${[...tied[index]].join(' and ')})`);
  });
  const isBySource = options.segsource ?? true;
  const planned = isBySource ? sourceSegments(ms, metadata, tied) : [];
  const samples = isBySource
    ? middleSamples(data, planned)
    : options.cont
      ? [Math.floor(data.time.length / 2)]
      : uniformSamples(data, options.nsol ?? 1);
  const ignored = sourceIds(metadata, (options.sourceflag ?? []).map(String), 'sourceflag');
  const brightnessAt = (at: number) => {
    const from = (at * data.antennaCount + reference) * 4;
    return data.brightness.subarray(from, from + 4);
  };
  const chosen = samples
    .map((at, index) => ({ at, segment: isBySource ? planned[index] : ([data.time[at], data.time[at]] as Segment) }))
    .filter(({ at }) => !ignored.has(data.sourceId[at]) && brightnessAt(at)[0] > 0);
  const found = retrieveAll(
    chosen.map(({ at }) => ({
      brightness: brightnessAt(at),
      elevation: data.elevation[at],
      seed: options.rseed || undefined,
      hasCloud: options.cont ?? false,
    })),
    context.checkAbort,
  );
  const segments: Segment[] = [];
  const retrievals: Retrieval[] = [];
  let problems = 0;
  found.forEach((retrieval, index) => {
    if (isQa2Error(retrieval)) {
      problems++;
      post(`WARNING: ${retrieval.message}`);
      return;
    }
    retrievals.push(retrieval);
    segments.push(chosen[index].segment);
  });
  return { segments, retrievals, hasProblem: problems > 0 && retrievals.length === 0 };
}

function uniformSamples(data: WvrData, count: number): number[] {
  const step = Math.floor(data.time.length / (count + 1));
  return Array.from({ length: count }, (_, index) => Math.min(step * (index + 1), data.time.length - 1));
}

function blankSources({ metadata, options }: Job, data: WvrData, paths: Float64Array): void {
  const ignored = sourceIds(metadata, (options.sourceflag ?? []).map(String), 'sourceflag');
  data.sourceId.forEach((source, at) => {
    if (ignored.has(source)) paths.fill(0, at * data.antennaCount, (at + 1) * data.antennaCount);
  });
}

/** Stretches that the statistics are made of. */
function statisticsSegments({ metadata, options }: Job, data: WvrData): Segment[] {
  if (options.statsource) {
    const fields = metadata.fields.filter(
      ({ sourceId }) => metadata.sources.find((source) => source.sourceId === sourceId)?.name === options.statsource,
    );
    return fieldSegments(data, new Set(fields.map(({ id }) => id)));
  }
  if (options.statfield) {
    const field = metadata.fields.find(
      ({ name, id }) => name === options.statfield || String(id) === options.statfield,
    );
    return fieldSegments(data, new Set([field?.id ?? 0]));
  }
  return [[data.time[0], data.time[data.time.length - 1]]];
}

function report(job: Job, solved: Solved): WvrStatistics[] {
  const { metadata, post } = job;
  const { data, paths, sensitivities } = solved;
  const segments = statisticsSegments(job, solved.all);
  const scatter = pathScatter(data, paths, segments);
  const second = waterPaths(data, sensitivities, [false, true, false, false]);
  const fourth = waterPaths(data, sensitivities, [false, false, false, true]);
  const discrepancy = pathDiscrepancy(data, second, fourth, segments);
  const noRadiometer = new Set(withoutRadiometer(metadata));
  const statistics = metadata.antennas.map(({ id, name }) => {
    const isLost = solved.flagged.has(id) && solved.impossible.has(id);
    return {
      id,
      name,
      hasWvr: !noRadiometer.has(id),
      isFlagged: solved.flagged.has(id),
      rmsMicron: isLost ? 0 : scatter[id] * 1e6,
      discrepancyMicron: isLost ? 0 : discrepancy[id] * 1e6,
    };
  });
  for (const line of statisticsLines(statistics, segments, firstTime(job.ms))) post(line);
  for (const line of performanceLines(data, paths, sensitivities, segments)) post(line);
  return statistics;
}

function resultOf(statistics: readonly WvrStatistics[], solved: Solved): WvrgcalResult {
  return {
    Name: statistics.map(({ name }) => name),
    WVR: statistics.map(({ hasWvr }) => hasWvr),
    Flag: statistics.map(({ isFlagged }) => isFlagged),
    Frac_unflagged: statistics.map(({ id }) => solved.goodFraction[id] ?? 1),
    RMS_um: statistics.map(({ rmsMicron }) => rmsMicron),
    Disc_um: statistics.map(({ discrepancyMicron }) => discrepancyMicron),
    rval: 0,
    success: true,
  };
}
