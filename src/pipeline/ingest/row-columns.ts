import { antennaUvw } from '../../astronomy/measures/index.ts';
import type { Table } from '../../formats/tables/index.ts';
import type { Integrations } from './bdf-slices.ts';
import type { Configuration } from './configuration.ts';
import { type Ephemeris, ephemerisDirection } from './ephemerides.ts';
import type { RowArrays } from './row-arrays.ts';
import { msTime } from './table-rows.ts';

/** What all rows of one BDF share. */
export interface RowContext {
  readonly configuration: Configuration;
  readonly fieldId: number;
  readonly scanNumber: number;
  readonly stateId: number;
  readonly observationId: number;
  /** J2000 direction that (u, v, w) is made for, rad. */
  readonly ra: number;
  readonly dec: number;
  /** Of a moving object; `ra` and `dec` are the offset from it then. */
  readonly ephemeris?: Ephemeris;
  /** Positions of all antennas of the ASDM, ITRF m, [ant, 3]. */
  readonly positions: Float64Array;
}

/** Pairs of antenna indices within the configuration, in the order of MS rows: (0,1) (0,2) … (1,2) …, or (0,0) (1,1) … */
export interface AntennaPairs {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly isAuto: boolean;
}

export function antennaPairs(antennaCount: number, isAuto: boolean): AntennaPairs {
  if (isAuto) {
    const all = Int32Array.from({ length: antennaCount }, (_, ant) => ant);
    return { first: all, second: all, isAuto };
  }
  const count = (antennaCount * (antennaCount - 1)) / 2;
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  let pair = 0;
  for (let a = 0; a < antennaCount; a++) {
    for (let b = a + 1; b < antennaCount; b++) {
      first[pair] = a;
      second[pair++] = b;
    }
  }
  return { first, second, isAuto };
}

/** (u, v, w) of the antennas of a configuration at one time, kept while the next windows of the same BDF ask again. */
export class UvwCache {
  private readonly context: RowContext;
  private readonly byTime = new Map<bigint, Float64Array>();

  constructor(context: RowContext) {
    this.context = context;
  }

  /** [ant, 3] in the order of the configuration. */
  at(timeNs: bigint): Float64Array {
    let uvw = this.byTime.get(timeNs);
    if (!uvw) {
      const { positions, configuration, ephemeris } = this.context;
      const seconds = msTime(timeNs);
      const { ra, dec } = ephemeris
        ? ephemerisDirection(ephemeris, seconds, [this.context.ra, this.context.dec])
        : this.context;
      const own = new Float64Array(3 * configuration.antennaIds.length);
      configuration.antennaIds.forEach((id, index) => {
        own.set(positions.subarray(3 * id, 3 * id + 3), 3 * index);
      });
      uvw = antennaUvw(own, seconds, ra, dec);
      this.byTime.set(timeNs, uvw);
    }
    return uvw;
  }
}

/** Which rows of which data description are written. */
export interface RowBlock {
  /** Number of the first row in the MS. */
  readonly start: number;
  readonly integrations: Integrations;
  readonly pairs: AntennaPairs;
  readonly binCount: number;
  readonly dataDescId: number;
  readonly corrCount: number;
  /** Hz */
  readonly effectiveBw: number;
}

/** Writes all columns of MAIN but DATA, FLAG and FLAG_ROW: time slowest, then pairs, then bins. */
export function putRowColumns(
  main: Table,
  context: RowContext,
  uvwCache: UvwCache,
  arrays: RowArrays,
  block: RowBlock,
): void {
  const { integrations, pairs, binCount } = block;
  const perIntegration = pairs.first.length * binCount;
  const count = integrations.length * perIntegration;
  const { antennaIds, feedIds } = context.configuration;
  const antenna1 = arrays.int32('antenna1', count);
  const antenna2 = arrays.int32('antenna2', count);
  const feed1 = arrays.int32('feed1', count);
  const feed2 = arrays.int32('feed2', count);
  const time = arrays.float64('time', count);
  const interval = arrays.float64('interval', count);
  const uvw = arrays.float64('uvw', 3 * count);
  if (pairs.isAuto) uvw.fill(0);
  const weight = arrays.float32('weight', block.corrCount * count);
  const sigma = arrays.float32('sigma', block.corrCount * count);
  let row = 0;
  for (const integration of integrations) {
    const seconds = Number(integration.intervalNs) / 1e9;
    const value = seconds * block.effectiveBw * (pairs.isAuto ? 1 : 2) || 1;
    const from = row;
    time.fill(msTime(integration.timeNs), from, from + perIntegration);
    interval.fill(seconds, from, from + perIntegration);
    weight.fill(value, from * block.corrCount, (from + perIntegration) * block.corrCount);
    sigma.fill(1 / Math.sqrt(value), from * block.corrCount, (from + perIntegration) * block.corrCount);
    const antennas = pairs.isAuto ? undefined : uvwCache.at(integration.timeNs);
    for (let pair = 0; pair < pairs.first.length; pair++) {
      const a = pairs.first[pair];
      const b = pairs.second[pair];
      for (let bin = 0; bin < binCount; bin++, row++) {
        antenna1[row] = antennaIds[a];
        antenna2[row] = antennaIds[b];
        feed1[row] = feedIds[a];
        feed2[row] = feedIds[b];
        if (antennas)
          for (let axis = 0; axis < 3; axis++) uvw[3 * row + axis] = antennas[3 * a + axis] - antennas[3 * b + axis];
      }
    }
  }
  const put = (name: string, values: Int32Array | Float64Array | Float32Array, shape?: readonly number[]) =>
    main.column(name).putRange(block.start, count, values, shape);
  put('ANTENNA1', antenna1);
  put('ANTENNA2', antenna2);
  put('FEED1', feed1);
  put('FEED2', feed2);
  const constants = {
    ARRAY_ID: 0,
    DATA_DESC_ID: block.dataDescId,
    FIELD_ID: context.fieldId,
    OBSERVATION_ID: context.observationId,
    PROCESSOR_ID: context.configuration.processorId,
    SCAN_NUMBER: context.scanNumber,
    STATE_ID: context.stateId,
  };
  for (const [name, value] of Object.entries(constants)) put(name, arrays.int32('constant', count).fill(value));
  put('TIME', time);
  put('TIME_CENTROID', time);
  put('INTERVAL', interval);
  put('EXPOSURE', interval);
  put('UVW', uvw, [3]);
  put('WEIGHT', weight, [block.corrCount]);
  put('SIGMA', sigma, [block.corrCount]);
}
