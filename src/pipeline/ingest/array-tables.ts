import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { appendRows, doubles, floats, type RowCells, texts } from './table-rows.ts';
import { timedRows } from './time-intervals.ts';

/** One antenna of the ASDM with its position in the MS. */
export interface IngestAntenna {
  readonly id: number;
  readonly name: string;
  readonly station: string;
  /** ITRF of the reference point, m, [3]: station plus the antenna's own position, turned from local axes. */
  readonly position: Float64Array;
  /** ITRF of the pad alone, m, [3]. */
  readonly padPosition: Float64Array;
  readonly offset: Float64Array;
  readonly dishDiameter: number;
}

export interface IngestStation {
  readonly name: string;
  readonly position: Float64Array;
}

/** Stations by their ASDM number. */
export function readStations(asdm: Asdm): Map<number, IngestStation> {
  return new Map(
    [...asdm.table('Station').rows()].map((row) => [
      row.id('stationId'),
      { name: row.text('name').trim(), position: row.numbers('position') },
    ]),
  );
}

/**
 * Antennas in the order of their numbers.
 *
 * @throws bad-format when the numbers are not 0…n-1 or a station lacks
 */
export function readAntennas(asdm: Asdm, stations: ReadonlyMap<number, IngestStation>): IngestAntenna[] {
  const antennas = [...asdm.table('Antenna').rows()].map((row) => {
    const station = stations.get(row.id('stationId'));
    if (!station) {
      fail('bad-format', `Antenna ${row.text('name')} stands on a station that the ASDM does not have.`, {
        file: asdm.path,
        table: 'Antenna',
      });
    }
    return {
      id: row.id('antennaId'),
      name: row.text('name').trim(),
      station: station.name,
      position: withLocalOffset(station.position, row.numbers('position')),
      padPosition: station.position,
      offset: row.numbers('offset'),
      dishDiameter: Math.fround(row.number('dishDiameter')),
    };
  });
  antennas.sort((a, b) => a.id - b.id);
  assertSequence(
    antennas.map(({ id }) => id),
    asdm,
    'Antenna',
  );
  return antennas;
}

/** Numbers of a table's rows must be 0…n-1, because they become row numbers in the MS; @throws bad-format */
export function assertSequence(ids: readonly number[], asdm: Asdm, table: string): void {
  if (ids.length === 0)
    fail('missing', `The ASDM has no ${table} rows; it cannot be imported.`, { file: asdm.path, table });
  ids.forEach((id, index) => {
    if (id !== index)
      fail('bad-format', `The numbers of table ${table} should be 0 to ${ids.length - 1}, but ${index} is missing.`, {
        file: asdm.path,
        table,
      });
  });
}

/** Adds a vector in local axes (east, north, up by geocentric latitude, as importasdm does) to an ITRF position. */
function withLocalOffset(station: Float64Array, local: Float64Array): Float64Array {
  const [x, y, z] = station;
  const [east, north, up] = local;
  if (east === 0 && north === 0 && up === 0) return station;
  const longitude = Math.atan2(y, x);
  const latitude = Math.atan2(z, Math.hypot(x, y));
  const [sinLon, cosLon, sinLat, cosLat] = [
    Math.sin(longitude),
    Math.cos(longitude),
    Math.sin(latitude),
    Math.cos(latitude),
  ];
  return Float64Array.of(
    x - sinLon * east - sinLat * cosLon * north + cosLat * cosLon * up,
    y + cosLon * east - sinLat * sinLon * north + cosLat * sinLon * up,
    z + cosLat * north + sinLat * up,
  );
}

export function fillAntenna(ms: MeasurementSet, antennas: readonly IngestAntenna[]): void {
  appendRows(
    ms.subtable('ANTENNA'),
    antennas.map((antenna) => ({
      OFFSET: doubles(antenna.offset),
      POSITION: doubles(antenna.position),
      TYPE: 'GROUND-BASED',
      DISH_DIAMETER: antenna.dishDiameter,
      MOUNT: 'ALT-AZ',
      NAME: antenna.name,
      STATION: antenna.station,
    })),
  );
}

/** FEED: one row for each antenna, window and feed. @param spwIndex MS window of an ASDM window */
export function fillFeed(
  ms: MeasurementSet,
  asdm: Asdm,
  spwIndex: ReadonlyMap<number, number>,
  isWanted: (startNs: bigint, durationNs: bigint) => boolean,
): void {
  const keyOf = (row: AsdmRow) => `${row.id('antennaId')} ${row.id('spectralWindowId')} ${row.number('feedId')}`;
  const rows = timedRows(asdm.table('Feed'), keyOf, isWanted);
  appendRows(
    ms.subtable('FEED'),
    rows.map(({ row, time, interval }): RowCells => {
      const receptors = row.number('numReceptor');
      return {
        POSITION: doubles(row.has('position') ? row.numbers('position') : [0, 0, 0]),
        BEAM_OFFSET: doubles(row.numbers('beamOffset'), [receptors, 2]),
        POLARIZATION_TYPE: texts(row.texts('polarizationTypes')),
        POL_RESPONSE: floats(row.numbers('polResponse'), [receptors, receptors]),
        RECEPTOR_ANGLE: doubles(row.numbers('receptorAngle')),
        ANTENNA_ID: row.id('antennaId'),
        BEAM_ID: -1,
        FEED_ID: row.number('feedId'),
        INTERVAL: interval,
        NUM_RECEPTORS: receptors,
        SPECTRAL_WINDOW_ID: spwIndex.get(row.id('spectralWindowId')) ?? -1,
        TIME: time,
      };
    }),
  );
}
