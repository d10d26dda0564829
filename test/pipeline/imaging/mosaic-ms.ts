import { type MeasurementSet, openMs } from '../../../src/astronomy/ms/index.ts';
import { type MosaicSample, type MosaicSource, mosaicVisibility } from '../../reference/mosaic.ts';
import { randomNumbers } from '../../reference/random.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

/** A small mosaic of one window with the sources' visibilities, seen through the dishes' beams. */
export interface MosaicSetup {
  /** rad */
  readonly pointings: readonly { readonly lon: number; readonly lat: number }[];
  /** m, by antenna */
  readonly diameters: readonly number[];
  readonly sources: readonly MosaicSource[];
  readonly chanCount: number;
  readonly integrations: number;
  /** Largest distance of an antenna from the middle, m. */
  readonly radius: number;
  /** The same of dishes of 7 m; default as others. */
  readonly smallRadius?: number;
  /** Jy, standard deviation of real and imaginary part; default 0 */
  readonly noise?: number;
}

/** Writes the mosaic and returns all samples of cross-correlations (both hands are equal). */
export function writeMosaicMs(path: string, setup: MosaicSetup): MosaicSample[] {
  const { pointings, diameters, chanCount, integrations } = setup;
  const visits = pointings.flatMap((_, field) => [field]);
  writeSyntheticMs(path, {
    antCount: diameters.length,
    chanCount,
    spwCount: 1,
    scanFields: [...visits, ...visits, ...visits],
    integrations,
    visibility: () => [0, 0],
    isFlagged: ({ ant1, ant2 }) => ant1 === ant2,
  });
  const ms = openMs(path, 'update');
  pointings.forEach(({ lon, lat }, field) => {
    for (const name of ['PHASE_DIR', 'DELAY_DIR', 'REFERENCE_DIR'])
      ms.subtable('FIELD')
        .column(name)
        .put(field, { shape: [1, 2], values: Float64Array.of(lon, lat) });
    ms.subtable('FIELD').column('NAME').put(field, `mosaic_${field}`);
    ms.subtable('FIELD').column('EPHEMERIS_ID').put(field, -1);
  });
  for (const [ant, diameter] of diameters.entries()) ms.subtable('ANTENNA').column('DISH_DIAMETER').put(ant, diameter);
  fillFeeds(ms, diameters.length);
  const random = randomNumbers(5);
  const reach = (diameter: number) => (diameter < 8 ? (setup.smallRadius ?? setup.radius) : setup.radius);
  const places = diameters.map((diameter) => [0, 0, 0].map(() => (random() - 0.5) * 2 * reach(diameter)));
  const rows = ms.main.rowCount;
  const column = (name: string) => ms.main.column(name).getRange(0, rows) as ArrayLike<number>;
  const [ant1, ant2, field, scan] = ['ANTENNA1', 'ANTENNA2', 'FIELD_ID', 'SCAN_NUMBER'].map(column);
  const uvw = new Float64Array(3 * rows);
  const data = new Float32Array(rows * chanCount * 4);
  const samples: MosaicSample[] = [];
  for (let row = 0; row < rows; row++) {
    const pointing = pointings[field[row]];
    // The array turns by 4 degrees a scan about the pole.
    const baseline = turned(
      places[ant1[row]].map((value, axis) => value - places[ant2[row]][axis]),
      0.07 * scan[row],
    );
    const place = towards(baseline, pointing);
    uvw.set(place, 3 * row);
    for (let chan = 0; chan < chanCount; chan++) {
      const at = {
        pointing,
        diameters: [diameters[ant1[row]], diameters[ant2[row]]] as const,
        frequencyHz: 230e9 + 1e7 * chan,
        uvw: place,
      };
      const [re, im] = mosaicVisibility(setup.sources, at).map(
        (value) => value + (setup.noise ?? 0) * (random() + random() + random() + random() - 2) * Math.sqrt(3),
      );
      for (let corr = 0; corr < 2; corr++) data.set([re, im], 2 * ((row * chanCount + chan) * 2 + corr));
      if (ant1[row] !== ant2[row]) samples.push({ ...at, weight: 4, re: Math.fround(re), im: Math.fround(im) });
    }
  }
  ms.main.column('UVW').putRange(0, rows, uvw, [3]);
  ms.main.column('DATA').putRange(0, rows, data, [chanCount, 2]);
  ms.close();
  return samples;
}

/** Two linear feeds an antenna, which CASA asks for. */
function fillFeeds(ms: MeasurementSet, antCount: number): void {
  const feeds = ms.subtable('FEED');
  feeds.addRows(antCount);
  const put = (row: number, name: string, shape: number[], values: Float64Array | Float32Array) =>
    feeds.column(name).put(row, { shape, values });
  for (let ant = 0; ant < antCount; ant++) {
    feeds.column('ANTENNA_ID').put(ant, ant);
    feeds.column('SPECTRAL_WINDOW_ID').put(ant, -1);
    feeds.column('NUM_RECEPTORS').put(ant, 2);
    feeds.column('BEAM_ID').put(ant, -1);
    feeds.column('INTERVAL').put(ant, 0);
    feeds.column('POLARIZATION_TYPE').put(ant, { shape: [2], values: ['X', 'Y'] });
    put(ant, 'BEAM_OFFSET', [2, 2], new Float64Array(4));
    put(ant, 'POL_RESPONSE', [2, 2], Float32Array.of(1, 0, 0, 0, 0, 0, 1, 0));
    put(ant, 'POSITION', [3], new Float64Array(3));
    put(ant, 'RECEPTOR_ANGLE', [2], new Float64Array(2));
    ms.subtable('ANTENNA').column('MOUNT').put(ant, 'ALT-AZ');
    ms.subtable('ANTENNA').column('TYPE').put(ant, 'GROUND-BASED');
  }
}

function turned([x, y, z]: readonly number[], angle: number): number[] {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [cos * x - sin * y, sin * x + cos * y, z];
}

/** u, v, w of a vector towards a direction. */
function towards(vector: readonly number[], { lon, lat }: { lon: number; lat: number }): [number, number, number] {
  const [sa, ca, sd, cd] = [Math.sin(lon), Math.cos(lon), Math.sin(lat), Math.cos(lat)];
  const axes = [
    [-sa, ca, 0],
    [-sd * ca, -sd * sa, cd],
    [cd * ca, cd * sa, sd],
  ];
  const [u, v, w] = axes.map((axis) => axis[0] * vector[0] + axis[1] * vector[1] + axis[2] * vector[2]);
  return [u, v, w];
}
