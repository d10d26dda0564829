import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { formatDec, formatMjd, formatRa, formatTimeOfDay, observatoryPosition } from '../measures/index.ts';
import { countRows, type ListedRows, scanKey } from './listed-rows.ts';
import { type MeasurementSet, openMs } from './measurement-set.ts';
import { type AntennaInfo, type MsDescription, readDescription, type ScanInfo } from './metadata.ts';
import { readScans } from './scans.ts';
import { SELECTION_KEYS, type Selection, selectionTexts, selectRows } from './selection.ts';
import { centreFrequency } from './spw-selection.ts';

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
  const scans = readScans(ms, all.dataDescriptions, all.states, true, isChosen);
  const lines = [
    RULE,
    `           MeasurementSet Name:  ${disk().resolve(ms.path)}      MS Version 2`,
    RULE,
    ...observationLines(metadata, scans, verbose, all.antennas.length),
    ...(verbose ? scanLines(metadata, scans, counts) : []),
    ...fieldLines(metadata, counts),
    ...windowLines(metadata, scans),
    ...(verbose ? sourceLines(metadata) : []),
    ...(verbose ? antennaLines(metadata) : shortAntennaLines(metadata)),
  ];
  return `${lines.join('\n')}\n`;
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
      lines.push(`  ${each.telescope.padEnd(10)}${range}${each.observer.padEnd(15)}${each.project}`);
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
    const name = shortName(metadata.fields[field]?.name ?? '').padEnd(20);
    const unflagged = counts.unflaggedByScan?.get(scanKey(scan.observationId, scan.arrayId, scan.number, field));
    const intervals = scan.integrationSec.map((seconds) => general(seconds, 3)).join(', ');
    lines.push(
      `  ${from} - ${formatTimeOfDay(scan.endSec)}${String(scan.number).padStart(6)}${String(field).padStart(7)} ${name}` +
        `${String(scan.rowCount).padStart(10)}${unflaggedText(unflagged)}  [${scan.spwIds.join(',')}]  [${intervals}] [${scan.intents.join(',')}]`,
    );
  }
  lines.push('           (nRows = Total number of rows per scan) ');
  return lines;
}

/** Names of more than 20 characters end in a star. */
function shortName(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}*` : name;
}

function unflaggedText(count: number | undefined): string {
  return count === undefined ? '' : fixed(count, 2).padStart(13);
}

function fieldLines(metadata: MsDescription, counts: ListedRows): string[] {
  const used = metadata.fields.filter(({ id }) => counts.byField.has(id));
  const lines = used.map(({ id, code, name, phaseDir, frame, sourceId }) => {
    const [ra, dec] = phaseDir;
    return (
      `  ${String(id).padEnd(5)}${code.padEnd(5)}${shortName(name).padEnd(20)}${formatRa(ra, 6).padEnd(16)}${formatDec(dec, 5)} ` +
      `${frame.padEnd(8)}${String(sourceId).padEnd(6)}${String(counts.byField.get(id)).padStart(10)}` +
      unflaggedText(counts.unflaggedByField?.get(id))
    );
  });
  return [
    `Fields: ${used.length}`,
    `  ID   Code Name                RA               Decl           Epoch   SrcId      nRows${
      counts.unflaggedByField ? '    nUnflRows' : ''
    }`,
    ...lines,
  ];
}

function windowLines(metadata: MsDescription, scans: readonly ScanInfo[]): string[] {
  const used = new Set(scans.flatMap(({ spwIds }) => spwIds));
  const described = metadata.dataDescriptions.filter(({ spwId }) => used.has(spwId));
  const setups = new Set(described.map(({ polId }) => polId)).size;
  const windows = metadata.spectralWindows.filter(({ id }) => used.has(id));
  const width = Math.max(4, ...windows.map(({ name }) => name.length));
  const lines = windows.map((window) => {
    const { polId } = described.find(({ spwId }) => spwId === window.id) ?? { polId: 0 };
    const corrs = (metadata.polarizations[polId]?.corrTypes ?? []).map((type) => `  ${type}`).join('');
    const kilohertz = (window.chanWidths[0] ?? 0) / 1e3;
    return (
      `  ${String(window.id).padEnd(7)}${window.name.padEnd(width)}${String(window.chanFreqs.length).padStart(7)}` +
      `${window.measFreqRef.padStart(7)}${fixed((window.chanFreqs[0] ?? 0) / 1e6, 3).padStart(12)}` +
      `${fixed(kilohertz, 3).padStart(14)}${fixed(window.totalBandwidth / 1e3, 1).padStart(12)}` +
      `${fixed(centreFrequency(window) / 1e6, 4).padStart(12)}${String(window.bbcNo).padStart(9)}${corrs}`
    );
  });
  // CASA makes the last title as wide as the correlations of the first POLARIZATION row.
  const corrTitle = '  Corrs'.padEnd(4 * (metadata.polarizations[0]?.corrTypes.length ?? 0) + 1);
  const counts = `${windows.length} unique spectral windows and ${setups} unique polarization setups`;
  const header = `  SpwID  ${'Name'.padEnd(width)} #Chans   Frame   Ch0(MHz)  ChanWid(kHz)  TotBW(kHz) CtrFreq(MHz) BBC Num${corrTitle}`;
  return [`Spectral Windows:  (${counts})`, header, ...lines];
}

function sourceLines(metadata: MsDescription): string[] {
  const { sources } = metadata;
  const lines = sources.map((source) => {
    const [frequency] = source.restFrequencies;
    const [velocity] = source.systemicVelocities;
    const rest = frequency === undefined ? '-' : general(frequency / 1e6, 10);
    const systemic = velocity === undefined ? '-' : general(velocity / 1e3);
    const window = source.spwId < 0 ? 'any' : String(source.spwId);
    return (
      `  ${String(source.sourceId).padEnd(5)}${shortName(source.name).padEnd(20)}${window.padEnd(6)}` +
      `${rest.padEnd(15)}${systemic.padEnd(13)}`
    );
  });
  return [`Sources: ${sources.length}`, '  ID   Name                SpwId RestFreq(MHz)  SysVel(km/s) ', ...lines];
}

function antennaLines(metadata: MsDescription): string[] {
  const { antennas } = metadata;
  const nameWidth = Math.max(6, ...antennas.map(({ name }) => name.length + 2));
  const stationWidth = Math.max(10, ...antennas.map(({ station }) => station.length + 2));
  const centre = arrayCentre(metadata);
  const lines = antennas.map((antenna) => {
    const [x, y, z] = antenna.position;
    const longitude = formatDec(Math.atan2(y, x), 1, '.', ' ').replace(/^(.)(\d\d)\./, '$10$2.');
    const latitude = formatDec(Math.atan2(z, Math.hypot(x, y)), 1, '.', ' ');
    const offset = localOffset(antenna, centre);
    return (
      `  ${String(antenna.id).padEnd(5)}${antenna.name.padEnd(nameWidth)}${antenna.station.padEnd(stationWidth)}` +
      `${antenna.diameter.toFixed(1)} m   ${longitude}  ${latitude}${offset[0].toFixed(4).padStart(16)}` +
      `${offset[1].toFixed(4).padStart(14)}${offset[2].toFixed(4).padStart(14)}` +
      [x, y, z].map((value) => value.toFixed(6).padStart(16)).join('')
    );
  });
  const blank = ' '.repeat(nameWidth + stationWidth - 16);
  return [
    `Antennas: ${antennas.length}:`,
    `  ID   ${'Name'.padEnd(nameWidth)}${'Station'.padEnd(stationWidth)}Diam.    Long.         Lat.                ` +
      'Offset from array center (m)                ITRF Geocentric coordinates (m)        ',
    `${blank}                                                                     East         North     Elevation   ` +
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

function shortAntennaLines({ antennas }: MsDescription): string[] {
  const lines = [`Antennas: ${antennas.length} 'name'='station' `];
  for (let first = 0; first < antennas.length; first += 4) {
    const group = antennas.slice(first, first + 4);
    const range = `${first}-${first + group.length - 1}`.padStart(5);
    const isLast = first + 4 >= antennas.length;
    const items = group.map(({ name, station }) => `'${name}'='${station}'`).join(', ');
    lines.push(`   ID= ${range}: ${items}${isLast ? '' : ', '}`);
  }
  return lines;
}
