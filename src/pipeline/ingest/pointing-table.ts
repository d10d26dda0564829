import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import type { Table } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';

type Overlap = (startNs: bigint, durationNs: bigint) => boolean;

/** Rows gathered before they are written. */
const BATCH = 65_536;

/** Columns of POINTING being gathered: numbers per sample are 2 for directions. */
class PointingBatch {
  readonly antenna = new Int32Array(BATCH);
  readonly time = new Float64Array(BATCH);
  readonly interval = new Float64Array(BATCH);
  readonly direction = new Float64Array(2 * BATCH);
  readonly target = new Float64Array(2 * BATCH);
  readonly offset = new Float64Array(2 * BATCH);
  readonly encoder = new Float64Array(2 * BATCH);
  readonly tracking = new Uint8Array(BATCH);
  readonly overTheTop = new Uint8Array(BATCH);
  count = 0;
  private readonly table: Table;

  constructor(table: Table) {
    this.table = table;
  }

  /** Writes what was gathered as new rows. */
  flush(): void {
    const { table, count } = this;
    if (count === 0) return;
    const start = table.rowCount;
    table.addRows(count);
    const put = (name: string, values: Int32Array | Float64Array | Uint8Array | string[], shape?: readonly number[]) =>
      table.column(name).putRange(start, count, values, shape);
    put('ANTENNA_ID', this.antenna.subarray(0, count));
    put('TIME', this.time.subarray(0, count));
    put('INTERVAL', this.interval.subarray(0, count));
    put('NAME', new Array<string>(count).fill(''));
    put('NUM_POLY', new Int32Array(count));
    put('TIME_ORIGIN', new Float64Array(count));
    put('TRACKING', this.tracking.subarray(0, count));
    put('ON_SOURCE', new Uint8Array(count));
    put('OVER_THE_TOP', this.overTheTop.subarray(0, count));
    put('DIRECTION', this.direction.subarray(0, 2 * count), [1, 2]);
    put('TARGET', this.target.subarray(0, 2 * count), [1, 2]);
    put('POINTING_OFFSET', this.offset.subarray(0, 2 * count), [1, 2]);
    put('ENCODER', this.encoder.subarray(0, 2 * count), [2]);
    this.count = 0;
  }
}

/**
 * Direction from target and offset: the offset's pole of rotation is the target (as importasdm: Euler angles π/2, el, -π/2 - az).
 *
 * @param into gets azimuth and elevation, rad, from `at` on
 */
function offsetDirectionInto(
  [az, el]: readonly [number, number],
  [offsetAz, offsetEl]: readonly [number, number],
  into: Float64Array,
  at: number,
): void {
  const [sinEl, cosEl] = [Math.sin(el), Math.cos(el)];
  const phi = -Math.PI / 2 - az;
  const [sinPhi, cosPhi] = [Math.sin(phi), Math.cos(phi)];
  const psi = Math.PI / 2;
  const [sinPsi, cosPsi] = [Math.sin(psi), Math.cos(psi)];
  const x = Math.cos(offsetAz) * Math.cos(offsetEl);
  const y = Math.sin(offsetAz) * Math.cos(offsetEl);
  const z = Math.sin(offsetEl);
  const a = sinPsi * cosEl;
  const b = cosPsi * cosEl;
  const u = (cosPsi * cosPhi - a * sinPhi) * x + (sinPsi * cosPhi + b * sinPhi) * y + sinEl * sinPhi * z;
  const v = (-cosPsi * sinPhi - a * cosPhi) * x + (-sinPsi * sinPhi + b * cosPhi) * y + sinEl * cosPhi * z;
  const w = sinPsi * sinEl * x - cosPsi * sinEl * y + cosEl * z;
  into[at] = Math.atan2(v, u);
  into[at + 1] = Math.atan2(w, Math.hypot(u, v));
}

interface Samples {
  readonly encoder: Float64Array;
  readonly pointing: Float64Array;
  readonly target: Float64Array;
  readonly offset: Float64Array;
}

function readSamples(row: AsdmRow, count: number, asdm: Asdm): Samples {
  const place = { file: asdm.path, table: 'Pointing', row: row.index };
  if (row.bool('usePolynomials'))
    fail('unsupported', 'Pointing directions given as polynomials cannot be imported.', place);
  const sampled = (name: string) => {
    const values = row.numbers(name);
    if (values.length < 2 * count)
      fail('bad-format', `${name} has ${values.length / 2} directions for ${count} samples.`, place);
    return values;
  };
  return {
    encoder: sampled('encoder'),
    pointing: sampled('pointingDirection'),
    target: sampled('target'),
    offset: sampled('offset'),
  };
}

/** Writes the DIRECTION of some samples into `target`. */
function putDirections(
  { encoder, pointing, target: aimed, offset }: Samples,
  first: number,
  count: number,
  withCorrection: boolean,
  target: Float64Array,
): void {
  for (let sample = 0; sample < count; sample++) {
    const k = 2 * (first + sample);
    offsetDirectionInto([aimed[k], aimed[k + 1]], [offset[k], offset[k + 1]], target, 2 * sample);
    if (!withCorrection) continue;
    for (let axis = 0; axis < 2; axis++)
      target[2 * sample + axis] = target[2 * sample + axis] + encoder[k + axis] - pointing[k + axis];
  }
}

type TimeSink = Pick<PointingBatch, 'time' | 'interval'>;

/** Midpoint and length of each sample, s, put at a place of the batch. */
function sampleTimes(row: AsdmRow, count: number): (sample: number, batch: TimeSink, at: number) => void {
  if (row.has('sampledTimeInterval')) {
    const spans = row.array('sampledTimeInterval').values as BigInt64Array;
    return (sample, batch, at) => {
      const interval = Number(spans[2 * sample + 1]) / 1e9;
      batch.time[at] = Number(spans[2 * sample] - spans[2 * sample + 1] / 2n) / 1e9 + interval / 2;
      batch.interval[at] = interval;
    };
  }
  const { midNs, durationNs } = row.span('timeInterval');
  const interval = Number(durationNs) / 1e9 / count;
  const first = Number(midNs - durationNs / 2n) / 1e9 + interval / 2;
  return (sample, batch, at) => {
    batch.time[at] = first + sample * interval;
    batch.interval[at] = interval;
  };
}

/**
 * POINTING: one row for each sample and antenna.
 *
 * @param withCorrection adds encoder minus pointing direction to DIRECTION (importasdm's with_pointing_correction)
 * @throws unsupported for polynomials; bad-format for sizes that contradict numSample
 */
export function fillPointing(ms: MeasurementSet, asdm: Asdm, isWanted: Overlap, withCorrection: boolean): void {
  const batch = new PointingBatch(ms.subtable('POINTING'));
  for (const row of asdm.table('Pointing').rows()) {
    const { midNs, durationNs } = row.span('timeInterval');
    if (!isWanted(midNs - durationNs / 2n, durationNs)) continue;
    const count = row.number('numSample');
    const samples = readSamples(row, count, asdm);
    const timeOf = sampleTimes(row, count);
    const antenna = row.id('antennaId');
    const tracking = row.bool('pointingTracking') ? 1 : 0;
    const overTheTop = row.has('overTheTop') && row.bool('overTheTop') ? 1 : 0;
    for (let done = 0; done < count; ) {
      if (batch.count === BATCH) batch.flush();
      const at = batch.count;
      const some = Math.min(count - done, BATCH - at);
      for (let sample = 0; sample < some; sample++) timeOf(done + sample, batch, at + sample);
      putDirections(samples, done, some, withCorrection, batch.direction.subarray(2 * at));
      const put = (target: Float64Array, values: Float64Array) =>
        target.set(values.subarray(2 * done, 2 * (done + some)), 2 * at);
      put(batch.target, samples.target);
      put(batch.offset, samples.offset);
      put(batch.encoder, samples.encoder);
      batch.antenna.fill(antenna, at, at + some);
      batch.tracking.fill(tracking, at, at + some);
      batch.overTheTop.fill(overTheTop, at, at + some);
      batch.count += some;
      done += some;
    }
  }
  batch.flush();
}
