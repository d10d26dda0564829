import { convertDirection, convertEpoch, earthOrientation, formatMjd } from '../../astronomy/measures/index.ts';
import {
  type MeasurementSet,
  type MsMetadata,
  readArray,
  readNumbers,
  readTextArray,
  readTexts,
} from '../../astronomy/ms/index.ts';
import { type Card, type FitsColumn, type FitsTable, real } from '../../formats/fits/index.ts';
import { DEGREE, SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import type { WindowsPlan } from './uvfits-plan.ts';

/** Polar radius of the Earth, m: polar motion is told as a length (AIPS Memo 117). */
const POLAR_RADIUS = 6_356_752.31;
/** AIPS Memo 117, table 11 and casacore's additions. */
const MOUNTS: readonly [name: string, code: number][] = [
  ['ALT-AZ+NASMYTH-R', 4],
  ['ALT-AZ+NASMYTH-L', 5],
  ['ALT-AZ+BWG-R', 6],
  ['ALT-AZ+BWG-L', 7],
  ['ALT-AZ', 0],
  ['EQUATORIAL', 1],
  ['ORBIT', 2],
  ['X-Y', 3],
  ['BIZARRE', 8],
];
const OTHER_MOUNT = 9;
const FREEZING = 273.15;

const column = (name: string, format: string, values: number[] | string[], unit?: string): FitsColumn => ({
  name,
  format,
  values,
  ...(unit && { unit }),
});

const card = (keyword: string, value: Card['value']): Card => ({ keyword, value });

/** FITS date of a time, MJD seconds. */
export const fitsDate = (mjdSec: number): string => formatMjd(mjdSec, 6, 'iso');

/** Frequencies of the windows relative to the reference: one row of IFs, or a row for each window. */
export function frequencyTable(plan: WindowsPlan, telescope: string, isCombined: boolean): FitsTable {
  const { windows, firstChannel, refChannel, refFrequency, channelWidth } = plan;
  const count = isCombined ? windows.length : 1;
  const rowCount = isCombined ? 1 : windows.length;
  // ALMA's windows tell their sideband by the direction of their channels.
  const directions = windows.map(({ chanFreqs }) => (chanFreqs[1] < chanFreqs[0] ? -1 : 1));
  const widths = windows.map(({ chanFreqs, totalBandwidth }, at) => {
    if (chanFreqs.length === 1) return totalBandwidth;
    return telescope === 'ALMA' ? directions[at] * Math.abs(channelWidth) : channelWidth;
  });
  return {
    name: 'AIPS FQ',
    rowCount,
    cards: [card('EXTVER', 1), card('NO_IF', count)],
    columns: [
      column(
        'FRQSEL',
        '1J',
        Array.from({ length: rowCount }, (_, row) => row + 1),
      ),
      column(
        'IF FREQ',
        `${count}D`,
        windows.map(({ chanFreqs }) => chanFreqs[firstChannel + refChannel - 1] - refFrequency),
        'HZ',
      ),
      column('CH WIDTH', `${count}E`, widths, 'HZ'),
      column(
        'TOTAL BANDWIDTH',
        `${count}E`,
        windows.map(({ totalBandwidth }) => totalBandwidth),
        'HZ',
      ),
      column(
        'SIDEBAND',
        `${count}J`,
        telescope === 'ALMA' ? directions : windows.map(({ netSideband }) => netSideband),
      ),
    ],
  };
}

/** Numbers of antennas in UVFITS: their names where all are numbers (VLA's without EA or VA), else from 1. */
export function antennaNumbers({ antennas, observation }: MsMetadata): number[] {
  const isVla = observation.telescope.includes('VLA');
  const names = antennas.map(({ name }) => (isVla ? name.replace(/^\D*/, '') : name));
  return names.every((name) => /^\d+$/.test(name)) ? names.map(Number) : names.map((_, index) => index + 1);
}

interface Receptors {
  readonly types: readonly string[];
  /** rad */
  readonly angles: readonly number[];
}

/** Receptors of each antenna, from the first row of FEED that holds for one of the windows. */
function receptorsOf(ms: MeasurementSet, metadata: MsMetadata): (Receptors | undefined)[] {
  const feed = ms.subtable('FEED');
  const [antennas, spws] = [readNumbers(feed, 'ANTENNA_ID'), readNumbers(feed, 'SPECTRAL_WINDOW_ID')];
  return metadata.antennas.map(({ id }) => {
    const row = antennas.findIndex((antenna, at) => antenna === id && spws[at] < metadata.spectralWindows.length);
    if (row < 0) return undefined;
    return {
      types: readTextArray(feed, 'POLARIZATION_TYPE', row) ?? [],
      angles: readArray(feed, 'RECEPTOR_ANGLE', row) ?? [],
    };
  });
}

/** How the Earth was turned at the start. */
function earthCards(startSec: number): Card[] {
  const day = Math.floor(startSec / SECONDS_PER_DAY);
  const siderealDays = (mjd: number) => convertEpoch(mjd, 'UTC', 'GMST1');
  const taiMinusUtc = (convertEpoch(day, 'UTC', 'TAI') - day) * SECONDS_PER_DAY;
  const { ut1MinusTai } = earthOrientation(startSec);
  const pole = earthOrientation(day * SECONDS_PER_DAY);
  return [
    card('GSTIA0', real(360 * (siderealDays(day) % 1))),
    card('DEGPDY', real(360 * (siderealDays(day + 1) - siderealDays(day)))),
    card('RDATE', fitsDate(startSec)),
    card('POLARX', real(pole.xp * POLAR_RADIUS)),
    card('POLARY', real(pole.yp * POLAR_RADIUS)),
    card('UT1UTC', real(ut1MinusTai + taiMinusUtc)),
    card('IATUTC', real(Math.round(taiMinusUtc))),
    card('TIMSYS', 'UTC'),
  ];
}

/** Names, places, mounts and receptors of the antennas of observation `version`, counted from 1. */
export function antennaTable(
  ms: MeasurementSet,
  metadata: MsMetadata,
  options: {
    readonly startSec: number;
    readonly refFrequency: number;
    readonly version: number;
    writestation: boolean;
  },
): FitsTable {
  const { antennas, observations } = metadata;
  const table = ms.subtable('ANTENNA');
  const mounts = readTexts(table, 'MOUNT');
  const offsets = antennas.map((_, row) => readArray(table, 'OFFSET', row)?.[0] ?? 0);
  const receptors = receptorsOf(ms, metadata);
  const differs = (texts: readonly string[]) => texts.some((text) => text !== texts[0]);
  const stations = antennas.map(({ station }) => station);
  const names = antennas.map(({ name }) => name);
  const angles = (at: number) => receptors.map((found) => (found?.angles[at] ?? 0) / DEGREE);
  const types = (at: number) => receptors.map((found) => found?.types[at] ?? ' ');
  const zeros = () => antennas.map(() => 0);
  const usesStations = (options.writestation || !differs(names)) && differs(stations);
  return {
    name: 'AIPS AN',
    rowCount: antennas.length,
    cards: [
      card('EXTVER', options.version),
      ...['ARRAYX', 'ARRAYY', 'ARRAYZ'].map((keyword) => card(keyword, real(0))),
      card('FREQ', real(options.refFrequency)),
      ...earthCards(options.startSec),
      card('ARRNAM', observations[options.version - 1].telescope),
      card('NUMORB', 0),
      card('NOPCAL', 0),
      card('POLTYPE', ''),
      card('XYZHAND', 'RIGHT'),
      card('FRAME', 'ITRF'),
    ],
    columns: [
      column('ANNAME', '8A', usesStations ? stations : names),
      column(
        'STABXYZ',
        '3D',
        antennas.flatMap(({ position }) => position),
        'METERS',
      ),
      column('ORBPARM', '0D', []),
      column('NOSTA', '1J', antennaNumbers(metadata)),
      column(
        'MNTSTA',
        '1J',
        mounts.map((mount) => MOUNTS.find(([name]) => mount.toUpperCase().includes(name))?.[1] ?? OTHER_MOUNT),
      ),
      column('STAXOF', '1E', offsets, 'METERS'),
      column('POLTYA', '1A', types(0)),
      column('POLAA', '1E', angles(0), 'DEGREES'),
      column('POLCALA', '1E', zeros()),
      column('POLTYB', '1A', types(1)),
      column('POLAB', '1E', angles(1), 'DEGREES'),
      column('POLCALB', '1E', zeros()),
      column(
        'DIAMETER',
        '1E',
        antennas.map(({ diameter }) => diameter),
      ),
    ],
  };
}

/** Fields of the file as sources, numbered from 1 in their order. */
export function sourceTable(
  ms: MeasurementSet,
  metadata: MsMetadata,
  fieldIds: readonly number[],
  windowCount: number,
): FitsTable {
  const { fields, sources } = metadata;
  const chosen = fieldIds.map((id) => fields[id]);
  const sourceOf = chosen.map(({ sourceId }) => sources.findIndex((source) => source.sourceId === sourceId));
  const motions = sourceOf.map((row) => (row < 0 ? undefined : readArray(ms.subtable('SOURCE'), 'PROPER_MOTION', row)));
  const degreesPerDay = (at: number) => motions.map((motion) => ((motion?.[at] ?? 0) / DEGREE) * SECONDS_PER_DAY);
  const each = (values: readonly number[]) =>
    values.flatMap((value) => Array.from({ length: windowCount }, () => value));
  const none = chosen.map(() => 0);
  const degrees = (axis: 0 | 1) => chosen.map(({ phaseDir }) => phaseDir[axis] / DEGREE);
  const apparent = chosen.map(({ phaseDir: [ra, dec], frame, timeSec }) =>
    convertDirection(ra, dec, frame, 'APP', { mjdSec: timeSec }).map((angle) => angle / DEGREE),
  );
  const fluxes = ['IFLUX', 'QFLUX', 'UFLUX', 'VFLUX'].map((name) => column(name, `${windowCount}E`, each(none), 'JY'));
  return {
    name: 'AIPS SU',
    rowCount: chosen.length,
    cards: [card('EXTVER', 1), card('NO_IF', windowCount), card('FREQID', 1)],
    columns: [
      column(
        'ID. NO.',
        '1J',
        chosen.map((_, index) => index + 1),
      ),
      column(
        'SOURCE',
        '20A',
        chosen.map(({ name }) => name),
      ),
      // Names that occur twice are told apart by their numbers.
      column(
        'QUAL',
        '1J',
        chosen.map(({ id, name }) => (fields.some((other) => other.id !== id && other.name === name) ? id : 0)),
      ),
      column(
        'CALCODE',
        '4A',
        sourceOf.map((row) => sources[row]?.code ?? ''),
      ),
      ...fluxes,
      column('FREQOFF', `${windowCount}D`, each(none), 'HZ'),
      column(
        'BANDWIDTH',
        '1D',
        chosen.map(() => metadata.spectralWindows[0].totalBandwidth),
        'HZ',
      ),
      column('RAEPO', '1D', degrees(0), 'DEGREES'),
      column('DECEPO', '1D', degrees(1), 'DEGREES'),
      column(
        'EPOCH',
        '1D',
        chosen.map(({ frame }) => (frame === 'B1950' ? 1950 : 2000)),
        'YEARS',
      ),
      column(
        'RAAPP',
        '1D',
        apparent.map(([ra]) => ra),
        'DEGREES',
      ),
      column(
        'DECAPP',
        '1D',
        apparent.map(([, dec]) => dec),
        'DEGREES',
      ),
      column(
        'LSRVEL',
        `${windowCount}D`,
        each(sourceOf.map((row) => sources[row]?.systemicVelocities[0] ?? 0)),
        'M/SEC',
      ),
      column('RESTFREQ', `${windowCount}D`, each(sourceOf.map((row) => sources[row]?.restFrequencies[0] ?? 0)), 'HZ'),
      column('PMRA', '1D', degreesPerDay(0), 'DEG/DAY'),
      column('PMDEC', '1D', degreesPerDay(1), 'DEG/DAY'),
    ],
  };
}

/** Weather at the stations; undefined where there is none. */
export function weatherTable(ms: MeasurementSet, metadata: MsMetadata, startSec: number): FitsTable | undefined {
  if (!ms.hasSubtable('WEATHER') || ms.subtable('WEATHER').rowCount === 0) return undefined;
  const table = ms.subtable('WEATHER');
  const day = Math.floor(startSec / SECONDS_PER_DAY) * SECONDS_PER_DAY;
  const numbers = antennaNumbers(metadata);
  const told = (name: string, change: (value: number) => number = (value) => value) =>
    table.hasColumn(name) ? readNumbers(table, name).map(change) : new Array<number>(table.rowCount).fill(0);
  const celsius = (kelvin: number) => kelvin - FREEZING;
  const single = (name: string, values: number[], unit?: string) => column(name, '1E', values, unit);
  return {
    name: 'AIPS WX',
    rowCount: table.rowCount,
    cards: [card('EXTVER', 1), card('OBSCODE', ''), card('RDATE', fitsDate(startSec)), card('TABREV', 3)],
    columns: [
      column(
        'TIME',
        '1D',
        told('TIME', (time) => (time - day) / SECONDS_PER_DAY),
        'DAYS',
      ),
      single(
        'TIME_INTERVAL',
        told('INTERVAL', (seconds) => seconds / SECONDS_PER_DAY),
        'DAYS',
      ),
      column(
        'ANTENNA_NO',
        '1J',
        told('ANTENNA_ID', (id) => numbers[id] ?? 0),
      ),
      column('SUBARRAY', '1J', told('ARRAY_ID')),
      single('TEMPERATURE', told('TEMPERATURE', celsius), 'CENTIGRADE'),
      single('PRESSURE', told('PRESSURE'), 'MILLIBAR'),
      single('DEWPOINT', told('DEW_POINT', celsius), 'CENTIGRADE'),
      single('WIND_VELOCITY', told('WIND_SPEED'), 'M/SEC'),
      single(
        'WIND_DIRECTION',
        told('WIND_DIRECTION', (radians) => radians / DEGREE),
        'DEGREES',
      ),
      single('WVR_H2O', told('H2O'), 'm-2'),
      single('IONOS_ELECTRON', told('IONOS_ELECTRON'), 'm-2'),
    ],
  };
}
