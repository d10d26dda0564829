import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { formatDec, formatMjd, formatRa, formatTimeOfDay, observatoryPosition } from '../measures/index.ts';
import { byteCount, firstBytes, padBytes } from './byte-width.ts';
import { countRows, type ListedRows, scanKey } from './listed-rows.ts';
import { type MeasurementSet, openMs } from './measurement-set.ts';
import {
  type AntennaInfo,
  type MsDescription,
  readDescription,
  type ScanInfo,
  type SpectralWindowInfo,
} from './metadata.ts';
import { readScans } from './scans.ts';
import { SELECTION_KEYS, type Selection, selectionTexts, selectRows } from './selection.ts';

/** Parameters of CASA's listobs. */
export interface ListobsOptions extends Selection {
  readonly vis: string;
  /** File for the text; without it the text is only returned. */
  readonly listfile?: string;
  /** Scans and sources too; default true. */
  readonly verbose?: boolean;
  readonly overwrite?: boolean;
  /** Counts rows that are not flagged. */
  readonly listunfl?: boolean;
  /** False: the selection is not used. */
  readonly selectdata?: boolean;
}

/** What the listing of an open MS shows. */
export interface ListingOptions {
  readonly verbose?: boolean;
  readonly listunfl?: boolean;
  /** Rows of MAIN; undefined: all. */
  readonly rows?: Int32Array;
}

const RULE = '='.repeat(80);

/**
 * Lists what a MeasurementSet holds, in the layout of CASA 6.7's listobs.
 *
 * @returns the text; also written to `listfile`
 * @throws exists when `listfile` is there and `overwrite` is not set
 */
export function listobs(context: Context, options: ListobsOptions): string {
  const ms = openMs(joinPath(context.cwd, options.vis));
  try {
    const rows = listedRows(ms, options, warningsOf(context, 'listobs'));
    const text = formatListobs(ms, { verbose: options.verbose, listunfl: options.listunfl, rows });
    if (options.listfile) {
      const path = joinPath(context.cwd, options.listfile);
      if (disk().exists(path) && !options.overwrite) {
        fail('exists', 'The list file exists already; set overwrite or choose another name.', { file: path });
      }
      disk().writeFile(path, text);
    }
    return text;
  } finally {
    ms.close();
  }
}

/** Rows that the selection of listobs chooses; undefined without one. */
export function listedRows(
  ms: MeasurementSet,
  options: Selection & { readonly selectdata?: boolean },
  warn?: (sentence: string) => void,
): Int32Array | undefined {
  const entries = Object.entries(selectionTexts(options)).filter(
    ([name, value]) => SELECTION_KEYS.includes(name) && value !== '' && value !== undefined,
  );
  if (options.selectdata === false || entries.length === 0) return undefined;
  const { rows } = selectRows(ms, Object.fromEntries(entries), { warn });
  if (rows.length === 0) fail('usage', 'The selection matches no data; there is nothing to list.', { file: ms.path });
  return rows;
}

/** The text of listobs for an open MS. */
export function formatListobs(ms: MeasurementSet, options: ListingOptions = {}): string {
  const { verbose = true, listunfl = false, rows } = options;
  const all = readDescription(ms);
  const isChosen = rows && new Uint8Array(ms.main.rowCount);
  for (const row of rows ?? []) if (isChosen) isChosen[row] = 1;
  const counts = countRows(ms, all, isChosen, listunfl);
  const metadata: MsDescription = {
    ...all,
    rowCount: counts.count,
    antennas: all.antennas.filter(({ id }) => counts.antennas.has(id)),
  };
  const scans = listedScans(ms, all, isChosen);
  const lines = [
    RULE,
    `           MeasurementSet Name:  ${disk().resolve(ms.path)}      MS Version 2`,
    RULE,
    ...observationLines(metadata, scans, verbose, all.antennas.length),
    ...(verbose ? scanLines(metadata, scans, counts) : []),
    ...fieldLines(metadata, counts),
    ...windowLines(metadata, counts, ms.subtable('SPECTRAL_WINDOW').hasColumn('BBC_NO')),
    ...sourceLines(ms, metadata, verbose),
    ...(verbose ? antennaLines(metadata) : shortAntennaLines(metadata)),
  ];
  return `${lines.join('\n')}\n`;
}

/** Scans by observation, array, number and field; all fields of a scan get the times of the whole scan, as in CASA. */
function listedScans(
  ms: MeasurementSet,
  { dataDescriptions, states }: MsDescription,
  isChosen?: Uint8Array,
): ScanInfo[] {
  const parts = readScans(ms, dataDescriptions, states, true, isChosen);
  const keyOf = ({ observationId, arrayId, number }: ScanInfo) => scanKey(observationId, arrayId, number, -1);
  const spans = new Map<string, { startSec: number; endSec: number }>();
  for (const part of parts) {
    const { startSec, endSec } = spans.get(keyOf(part)) ?? part;
    spans.set(keyOf(part), { startSec: Math.min(startSec, part.startSec), endSec: Math.max(endSec, part.endSec) });
  }
  const order = ({ observationId, arrayId, number, fieldIds }: ScanInfo) => [
    observationId,
    arrayId,
    number,
    fieldIds[0],
  ];
  return parts
    .map((part) => ({ ...part, ...spans.get(keyOf(part)) }))
    .sort((one, other) => order(one).reduce((sign, id, k) => sign || id - order(other)[k], 0));
}

/** A number as C++ streams print it by default. */
function general(value: number, digits = 6): string {
  const text = value.toPrecision(digits);
  if (!text.includes('e')) return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const [mantissa, exponent] = text.split('e');
  const power = Number(exponent);
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${short}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Fixed decimals; ties go to the even digit, as in C. */
function fixed(value: number, digits: number): string {
  const scaled = value * 10 ** digits;
  const floor = Math.floor(scaled);
  const isTie = scaled - floor === 0.5;
  return isTie ? ((floor % 2 === 0 ? floor : floor + 1) / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}

function observationLines(
  metadata: MsDescription,
  scans: readonly ScanInfo[],
  verbose: boolean,
  antennaCount: number,
): string[] {
  const { observation, observations } = metadata;
  const start = Math.min(...scans.map(({ startSec }) => startSec));
  const end = Math.max(...scans.map(({ endSec }) => endSec));
  const count = verbose ? '' : `(${antennaCount} antennas)`;
  const lines = [
    `   Observer: ${observation.observer}     Project: ${observation.project}  `,
    `Observation: ${observation.telescope}${count}`,
  ];
  if (observations.length > 1) {
    lines.push('', '  Telescope Observation Date    Observer       Project        ');
    for (const each of observations) {
      const [from, to] = each.timeRange;
      const range = `${'['.padEnd(20)}${general(from)}, ${general(to)}]`;
      lines.push(
        `  ${padBytes(each.telescope, 10)}${range}${padBytes(each.observer, 15)}${padBytes(each.project, 15)}`,
      );
    }
  }
  if (scans.length === 0) return [...lines, 'Data records: 0', ''];
  lines.push(
    `Data records: ${metadata.rowCount}       Total elapsed time = ${general(end - start)} seconds`,
    `   Observed from   ${formatMjd(start, 1, 'dmy')}   to   ${formatMjd(end, 1, 'dmy')} (UTC)`,
    '',
  );
  return lines;
}

function scanLines(metadata: MsDescription, scans: readonly ScanInfo[], counts: ListedRows): string[] {
  const lines: string[] = [];
  let block = '';
  let day = '';
  for (const scan of scans) {
    const title = `   ObservationID = ${scan.observationId}         ArrayID = ${scan.arrayId}`;
    if (title !== block) {
      if (block !== '') lines.push('');
      lines.push(
        title,
        `  Date        Timerange (UTC)          Scan  FldId FieldName             nRows     ${
          counts.unflaggedByScan ? 'nUnflRows   ' : ''
        }SpwIds   Average Interval(s)    ScanIntent`,
      );
      block = title;
      day = '';
    }
    const date = formatMjd(scan.startSec, 1, 'dmy');
    const isNewDay = date.slice(0, 11) !== day;
    day = date.slice(0, 11);
    const from = isNewDay ? date : date.slice(12).padStart(22);
    const [field] = scan.fieldIds;
    const name = padBytes(shortName(metadata.fields[field]?.name ?? ''), 20);
    const unflagged = counts.unflaggedByScan?.get(scanKey(scan.observationId, scan.arrayId, scan.number, field));
    const intervals = scan.integrationSec.map((seconds) => general(seconds, 3)).join(', ');
    lines.push(
      `  ${from} - ${formatTimeOfDay(scan.endSec)}${String(scan.number).padStart(6)}${String(field).padStart(7)} ${name}` +
        `${String(scan.rowCount).padStart(10)}${unflaggedText(unflagged)}  [${scan.spwIds.join(',')}]  [${intervals}] ${scan.intents.length > 0 ? `[${scan.intents.join(',')}]` : ''}`,
    );
  }
  lines.push('           (nRows = Total number of rows per scan) ');
  return lines;
}

/** Names of more than 20 bytes end in a star. */
function shortName(name: string): string {
  return byteCount(name) > 20 ? `${firstBytes(name, 19)}*` : name;
}

function unflaggedText(count: number | undefined): string {
  return count === undefined ? '' : fixed(count, 2).padStart(13);
}

function fieldLines(metadata: MsDescription, counts: ListedRows): string[] {
  const used = metadata.fields.filter(({ id }) => counts.byField.has(id));
  const hasSources = metadata.sources.length > 0;
  const lines = used.map(({ id, code, name, phaseDir, frame, sourceId }) => {
    const [ra, dec] = phaseDir;
    return (
      `  ${String(id).padEnd(5)}${padBytes(code, 5)}${padBytes(shortName(name), 20)}${formatRa(ra, 6).padEnd(16)}${formatDec(dec, 5)} ` +
      `${frame.padEnd(8)}${hasSources ? String(sourceId).padEnd(6) : ''}${String(counts.byField.get(id)).padStart(10)}` +
      unflaggedText(counts.unflaggedByField?.get(id))
    );
  });
  return [
    `Fields: ${used.length}`,
    `  ID   Code Name                RA               Decl           Epoch   ${hasSources ? 'SrcId ' : ''}     nRows${
      counts.unflaggedByField ? '    nUnflRows' : ''
    }`,
    ...lines,
  ];
}

/** Middle between the outer edges of a window's channels, Hz. */
function middleOf({ chanFreqs, chanWidths }: SpectralWindowInfo): number {
  const edges = (side: number) => chanFreqs.map((freq, chan) => freq + (side * Math.abs(chanWidths[chan])) / 2);
  return chanFreqs.length === 0 ? 0 : (Math.min(...edges(-1)) + Math.max(...edges(1))) / 2;
}

/** A line for each window and polarization setup that rows have. */
function windowLines(metadata: MsDescription, counts: ListedRows, hasBasebands: boolean): string[] {
  const { spectralWindows, polarizations } = metadata;
  const described = metadata.dataDescriptions.filter(({ id, spwId }) => counts.dataDescIds.has(id) && spwId >= 0);
  described.sort((one, other) => one.spwId - other.spwId || one.id - other.id);
  const distinct = (ids: readonly number[]) => new Set(ids).size;
  const width = Math.max(5, ...spectralWindows.map(({ name }) => byteCount(name)));
  const lines = described.map(({ spwId, polId }) => {
    const window = spectralWindows[spwId];
    const corrs = (polarizations[polId]?.corrTypes ?? []).map((type) => type.padStart(4)).join('');
    const kilohertz = (window.chanWidths[0] ?? 0) / 1e3;
    return (
      `  ${String(spwId).padEnd(7)}${padBytes(window.name, width)} ${String(window.chanFreqs.length).padStart(6)} ` +
      `${window.measFreqRef.padStart(6)}${fixed((window.chanFreqs[0] ?? 0) / 1e6, 3).padStart(12)}` +
      `${fixed(kilohertz, 3).padStart(14)}${fixed(window.totalBandwidth / 1e3, 1).padStart(12)}` +
      `${fixed(middleOf(window) / 1e6, 4).padStart(12)} ${hasBasebands ? String(window.bbcNo).padStart(8) : ''}${corrs}`
    );
  });
  // CASA makes the last title as wide as the correlations of the first POLARIZATION row.
  const corrTitle = ' Corrs'.padEnd(4 * (polarizations[0]?.corrTypes.length ?? 0));
  const windowCount = distinct(described.map(({ spwId }) => spwId));
  const setupCount = distinct(described.map(({ polId }) => polId));
  return [
    `Spectral Windows:  (${windowCount} unique spectral windows and ${setupCount} unique polarization setups)`,
    `  SpwID  ${'Name  '.padEnd(width)} #Chans   Frame   Ch0(MHz)  ChanWid(kHz)  TotBW(kHz) CtrFreq(MHz) ${hasBasebands ? 'BBC Num ' : ''}${corrTitle}`,
    ...lines,
  ];
}

function sourceLines(ms: MeasurementSet, { sources }: MsDescription, verbose: boolean): string[] {
  const state = !ms.hasSubtable('SOURCE') ? 'absent' : sources.length === 0 ? 'empty' : undefined;
  if (state) return [`The SOURCE table is ${state}: see the FIELD table`];
  if (!verbose) return [];
  const table = ms.subtable('SOURCE');
  const [hasRest, hasVelocity] = ['REST_FREQUENCY', 'SYSVEL'].map((name) => table.hasColumn(name));
  const number = (value: number | undefined, unit: number) => (value === undefined ? '-' : general(value / unit, 12));
  const lines = sources.map(({ sourceId, name, spwId, restFrequencies, systemicVelocities }) => {
    const rest = hasRest ? number(restFrequencies[0], 1e6).padEnd(15) : '';
    const systemic = hasVelocity ? number(systemicVelocities[0], 1e3).padEnd(13) : '';
    const window = spwId < 0 ? 'any' : String(spwId);
    return `  ${String(sourceId).padEnd(5)}${padBytes(shortName(name), 20)}${window.padEnd(6)}${rest}${systemic}`;
  });
  return [
    `Sources: ${sources.length}`,
    `  ID   Name                SpwId ${hasRest ? 'RestFreq(MHz)  ' : ''}${hasVelocity ? 'SysVel(km/s) ' : ''}`,
    ...lines,
    ...(hasRest ? [] : ['  NB: No rest frequency information found in SOURCE table.']),
    ...(hasVelocity ? [] : ['  NB: No systemic velocity information found in SOURCE table.']),
  ];
}

function antennaLines(metadata: MsDescription): string[] {
  const { antennas } = metadata;
  const centre = arrayCentre(metadata);
  const lines = antennas.map((antenna) => {
    const [x, y, z] = antenna.position;
    const longitude = formatDec(Math.atan2(y, x), 1, '.', ' ').replace(/^(.)(\d\d)\./, '$10$2.');
    const latitude = formatDec(Math.atan2(z, Math.hypot(x, y)), 1, '.', ' ');
    const offset = localOffset(antenna, centre);
    return (
      `  ${String(antenna.id).padEnd(5)}${padBytes(antenna.name, 6)}${padBytes(antenna.station, 10)}` +
      `${antenna.diameter.toFixed(1).padEnd(5)}m   ${longitude}  ${latitude}${offset[0].toFixed(4).padStart(16)}` +
      `${offset[1].toFixed(4).padStart(14)}${offset[2].toFixed(4).padStart(14)}` +
      [x, y, z].map((value) => value.toFixed(6).padStart(16)).join('')
    );
  });
  return [
    `Antennas: ${antennas.length}:`,
    '  ID   Name  Station   Diam.    Long.         Lat.                ' +
      'Offset from array center (m)                ITRF Geocentric coordinates (m)        ',
    '                                                                     East         North     Elevation   ' +
      '            x               y               z',
    ...lines,
  ];
}

/** ITRF position of the telescope, m; the mean of the antennas for an unknown one. */
function arrayCentre({ antennas, observation }: MsDescription): ArrayLike<number> {
  try {
    return observatoryPosition(observation.telescope);
  } catch {
    return [0, 1, 2].map((axis) => antennas.reduce((sum, { position }) => sum + position[axis], 0) / antennas.length);
  }
}

/** Offset of an antenna from the centre along longitude, latitude and radius, m, on the sphere through the centre. */
function localOffset(antenna: AntennaInfo, centre: ArrayLike<number>): [east: number, north: number, up: number] {
  const spherical = (x: number, y: number, z: number) =>
    [Math.atan2(y, x), Math.atan2(z, Math.hypot(x, y)), Math.hypot(x, y, z)] as const;
  const [longitude0, latitude0, radius0] = spherical(centre[0], centre[1], centre[2]);
  const [longitude, latitude, radius] = spherical(antenna.position[0], antenna.position[1], antenna.position[2]);
  const east = (longitude - longitude0) * radius0 * Math.cos(latitude0);
  return [east, (latitude - latitude0) * radius0, radius - radius0];
}

/** Longest text of antennas that gets further ones on its line. */
const SHORT_LINE = 55;

function shortAntennaLines({ antennas }: MsDescription): string[] {
  const lines = [`Antennas: ${antennas.length} 'name'='station' `];
  let next = antennas[0]?.id ?? 0;
  let line = '';
  antennas.forEach(({ id, name, station }, place) => {
    const isLast = place === antennas.length - 1;
    line += `'${name}'='${station}'${isLast ? '' : ', '}`;
    if (byteCount(line) <= SHORT_LINE && !isLast) return;
    lines.push(`   ID=${`${next}-${id}: `.padStart(8)}${line}`);
    next = id + 1;
    line = '';
  });
  return lines;
}
