import { frequencyShiftFactor, itrfOf, shiftedDirection, tabulatedDirection } from '../../astronomy/measures/index.ts';
import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import { createTable, scalarKeyword, tableKeyword } from '../../formats/tables/index.ts';
import { DEGREE, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { msTime } from './table-rows.ts';

/** Astronomical unit as CASA's importasdm has it, m: a light time of 499.0047837 s. */
const ASTRONOMICAL_UNIT = 499.004_783_7 * SPEED_OF_LIGHT;
const DAY = 86_400;

/** Positions of a moving object, as a table FIELD/EPHEMn_NAME_MJD.tab of the MS holds them. */
export interface Ephemeris {
  readonly id: number;
  readonly name: string;
  /** Days, UTC. */
  readonly mjd: readonly number[];
  /** Degrees, ICRS. */
  readonly ra: readonly number[];
  readonly dec: readonly number[];
  /** au and au/d */
  readonly distance: readonly number[];
  readonly radialVelocity: readonly number[];
  readonly stepDays: number;
  /** rad, rad, m above the ellipsoid; zeros for the centre of the Earth. */
  readonly observer: readonly [longitude: number, latitude: number, height: number];
  readonly isGeocentric: boolean;
  /** False where the ASDM states another equator than 2000: its frame is not known then. */
  readonly isIcrs: boolean;
  readonly telescope: string;
}

/** How importasdm is to treat ephemerides. */
export interface EphemerisOptions {
  readonly convert_ephem2geo: boolean;
  /** Step at which a polynomial of a single row is tabulated, days; 0 takes its first term. */
  readonly polyephem_tabtimestep: number;
}

/** Ephemerides of the ASDM by their numbers, as they go into the MS. */
export function readEphemerides(asdm: Asdm, options: EphemerisOptions): Map<number, Ephemeris> {
  const byId = new Map<number, AsdmRow[]>();
  for (const row of asdm.table('Ephemeris').rows()) {
    const id = row.number('ephemerisId');
    byId.set(id, [...(byId.get(id) ?? []), row]);
  }
  if (byId.size === 0) return new Map();
  const fields = [...asdm.table('Field').rows()].filter((row) => row.has('ephemerisId'));
  const telescope = [...asdm.table('ExecBlock').rows()][0]?.text('telescopeName').trim() ?? '';
  const ids = [...byId.keys()].sort((a, b) => a - b);
  return new Map(
    ids.map((id) => {
      const field = fields.find((row) => row.number('ephemerisId') === id);
      const ephemeris = readEphemeris(id, byId.get(id) ?? [], options, {
        name: field?.text('fieldName').trim() ?? '',
        telescope,
      });
      return [id, options.convert_ephem2geo ? toGeocentre(ephemeris) : ephemeris];
    }),
  );
}

function readEphemeris(
  id: number,
  rows: readonly AsdmRow[],
  options: EphemerisOptions,
  names: Pick<Ephemeris, 'name' | 'telescope'>,
): Ephemeris {
  const middles = (row: AsdmRow) => row.span('timeInterval').midNs;
  const sorted = [...rows].sort((a, b) => (middles(a) < middles(b) ? -1 : 1));
  const [longitude = 0, latitude = 0, height = 0] = sorted[0].numbers('observerLocation');
  const step = options.polyephem_tabtimestep;
  const table = sorted.length === 1 && step > 0 ? tabulated(sorted[0], step) : copied(sorted);
  return {
    id,
    ...names,
    ...table,
    stepDays:
      sorted.length === 1 && step > 0 ? step : Number(sorted[0].span('timeInterval').durationNs / 1_000_000_000n) / DAY,
    observer: [longitude, latitude, height],
    isGeocentric: height === 0,
    isIcrs: sorted[0].number('equinoxEquator') === 2000,
  };
}

type Columns = Pick<Ephemeris, 'mjd' | 'ra' | 'dec' | 'distance' | 'radialVelocity'>;

/** The first terms of all rows, as they are; a row stands for the middle of its interval. */
function copied(rows: readonly AsdmRow[]): Columns {
  const first = (name: string, row: AsdmRow) => row.numbers(name)[0] ?? 0;
  return {
    mjd: rows.map((row) => msTime(row.span('timeInterval').midNs) / DAY),
    ra: rows.map((row) => (row.numbers('dir')[0] / Math.PI) * 180),
    dec: rows.map((row) => (row.numbers('dir')[1] / Math.PI) * 180),
    distance: rows.map((row) => first('distance', row) / ASTRONOMICAL_UNIT),
    radialVelocity: rows.map((row) => (row.has('radVel') ? (first('radVel', row) / ASTRONOMICAL_UNIT) * DAY : 0)),
  };
}

/** Values of the polynomials at multiples of the step, from one step before the row's interval to one after. */
function tabulated(row: AsdmRow, stepDays: number): Columns {
  const stepNs = BigInt(Math.floor(stepDays * DAY * 1e9));
  const { midNs, durationNs } = row.span('timeInterval');
  const startNs = midNs - durationNs / 2n;
  const endNs = startNs + durationNs;
  const times: bigint[] = [];
  let time = (startNs / stepNs + (startNs % stepNs === 0n ? 0n : 1n) - 1n) * stepNs;
  for (; time <= endNs || times.length === 0; time += stepNs) times.push(time);
  times.push(time);
  const origin = (Number(row.ns('timeOrigin')) * 1e-9) / DAY;
  const directions = row.numbers('dir');
  const terms = (start: number) => Array.from(directions).filter((_, k) => k % 2 === start);
  const distance = Array.from(row.numbers('distance'), (value) => value / ASTRONOMICAL_UNIT);
  const velocity = row.has('radVel')
    ? Array.from(row.numbers('radVel'), (value) => (value / ASTRONOMICAL_UNIT) * DAY)
    : distance.slice(1).map((value, k) => value * (k + 1));
  const along = (coefficients: readonly number[]) =>
    times.map((ns) =>
      coefficients.reduceRight((sum, coefficient) => coefficient + sum * ((Number(ns) * 1e-9) / DAY - origin), 0),
    );
  return {
    mjd: times.map((ns) => msTime(ns) / DAY),
    ra: along(terms(0)).map((value) => (value / Math.PI) * 180),
    dec: along(terms(1)).map((value) => (value / Math.PI) * 180),
    distance: along(distance),
    radialVelocity: along(velocity),
  };
}

/** As CASA's convert2geo: radial velocities as seen from the centre of the Earth; directions stay as they are. */
function toGeocentre(ephemeris: Ephemeris): Ephemeris {
  const { observer, mjd, ra, dec, radialVelocity, isGeocentric, isIcrs } = ephemeris;
  if (isGeocentric || !isIcrs) return ephemeris;
  const itrf = itrfOf(...observer);
  const unit = ASTRONOMICAL_UNIT / DAY / SPEED_OF_LIGHT;
  const seen = radialVelocity.map((velocity, k) => {
    const factor = frequencyShiftFactor(mjd[k] * DAY, ra[k] * DEGREE, dec[k] * DEGREE, itrf, 'TOPO', 'GEO');
    const beta = velocity * unit;
    const ratio = factor * factor * ((1 - beta) / (1 + beta));
    return (1 - ratio) / (1 + ratio) / unit;
  });
  return { ...ephemeris, radialVelocity: seen, observer: [0, 0, 0], isGeocentric: true };
}

/** When a field with this ephemeris and no time of its own is placed: its second entry, s. */
export const ephemerisStart = ({ mjd }: Ephemeris): number => (mjd[1] ?? mjd[0]) * DAY;

/** ICRS → J2000 as casacore: the frame bias of the IERS Conventions 2003 (dα0, ξ0, η0 in mas). */
const MAS = DEGREE / 3_600_000;
const [BIAS_RA, BIAS_XI, BIAS_ETA] = [-14.6 * MAS, -16.617 * MAS, -6.8192 * MAS];

/**
 * J2000 direction of the object with an offset (longitude along the parallel, latitude), rad; between the entries the
 * directions are joined by a chord.
 *
 * @throws bad-data for a time that the ephemeris does not cover
 */
export function ephemerisDirection(
  { mjd, ra, dec, distance, name }: Ephemeris,
  seconds: number,
  offset: readonly [number, number] = [0, 0],
): { ra: number; dec: number } {
  const radians = (degrees: readonly number[]) => degrees.map((value) => value * DEGREE);
  const table = { mjd, ra: radians(ra), dec: radians(dec), distance };
  const [longitude, latitude] =
    (mjd.length === 1 ? [table.ra[0], table.dec[0]] : tabulatedDirection(table, seconds)) ??
    fail(
      'bad-data',
      `The ephemeris of ${name} covers MJD ${mjd[0]} to ${mjd[mjd.length - 1]}, not ${seconds / DAY}; the ASDM is incomplete.`,
    );
  return placed(longitude, latitude, offset);
}

/** A direction in J2000, shifted. */
function placed(ra: number, dec: number, offset: readonly [number, number]): { ra: number; dec: number } {
  const [x, y, z] = vectorOf(ra, dec);
  const j2000 = [x + BIAS_RA * y - BIAS_XI * z, -BIAS_RA * x + y - BIAS_ETA * z, BIAS_XI * x + BIAS_ETA * y + z];
  const longitude = Math.atan2(j2000[1], j2000[0]);
  const latitude = Math.atan2(j2000[2], Math.hypot(j2000[0], j2000[1]));
  const [right, up] = shiftedDirection([longitude, latitude], offset);
  return { ra: right, dec: up };
}

const vectorOf = (longitude: number, latitude: number) => [
  Math.cos(latitude) * Math.cos(longitude),
  Math.cos(latitude) * Math.sin(longitude),
  Math.sin(latitude),
];

/** Makes the EPHEM tables inside FIELD and links them from MAIN. @param created text of the time of creation */
export function fillEphemerides(ms: MeasurementSet, ephemerides: Iterable<Ephemeris>, created: string): void {
  for (const ephemeris of ephemerides) {
    const name = ephemerisTableName(ephemeris);
    const path = joinPath(ms.path, 'FIELD', name);
    const columns = { MJD: 'd', RA: 'deg', DEC: 'deg', Rho: 'AU', RadVel: 'AU/d', diskLong: 'deg', diskLat: 'deg' };
    const { mjd, ra, dec, distance, radialVelocity, observer, stepDays } = ephemeris;
    const double = (value: number) => scalarKeyword('Double', value);
    const table = createTable(
      path,
      {
        columns: Object.entries(columns).map(([column, unit]) => ({
          name: column,
          type: 'Double',
          kind: 'scalar',
          keywords: new Map([['UNIT', scalarKeyword('String', unit)]]),
        })),
        storageManagers: [{ type: 'StandardStMan', name: 'StandardStMan', columns: Object.keys(columns) }],
        keywords: new Map([
          ['VS_CREATE', scalarKeyword('String', created)],
          ['VS_DATE', scalarKeyword('String', created)],
          ['VS_VERSION', scalarKeyword('String', '0001.0001')],
          ['VS_TYPE', scalarKeyword('String', 'Table of comet/planetary positions')],
          ['MJD0', double(mjd[0] - stepDays)],
          ['dMJD', double(stepDays)],
          ['NAME', scalarKeyword('String', ephemeris.name)],
          ['GeoLong', double(observer[0] / DEGREE)],
          ['GeoLat', double(observer[1] / DEGREE)],
          ['GeoDist', double(observer[2] / 1000)],
          ['obsloc', scalarKeyword('String', ephemeris.isGeocentric ? 'GEOCENTRIC' : ephemeris.telescope)],
          ['posrefsys', scalarKeyword('String', ephemeris.isIcrs ? 'ICRF/ICRS' : 'unknown')],
        ]),
        info: { type: 'IERS', subType: 'Solar System', readme: 'generated by asdm2ms\n' },
      },
      mjd.length,
    );
    for (const [column, values] of Object.entries({
      MJD: mjd,
      RA: ra,
      DEC: dec,
      Rho: distance,
      RadVel: radialVelocity,
    }))
      table.column(column).putRange(0, mjd.length, Float64Array.from(values));
    table.close();
    ms.main.setKeyword(name, tableKeyword(path));
  }
}

/** e.g. EPHEM0_Titan_56458.1.tab: the first time to six digits, as a C++ stream prints it. */
function ephemerisTableName({ id, name, mjd }: Ephemeris): string {
  const first = String(Number(mjd[0].toPrecision(6)));
  return `EPHEM${id}_${name}_${first}.tab`.replace(/[[\](){} ]/g, '_');
}
