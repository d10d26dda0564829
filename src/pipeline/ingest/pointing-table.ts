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

/** Direction from target and offset: the offset's pole of rotation is the target (as importasdm: Euler angles π/2, el, -π/2 - az). */
export function offsetDirection(az: number, el: number, offsetAz: number, offsetEl: number): readonly [number, number] {
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
  return [Math.atan2(v, u), Math.atan2(w, Math.hypot(u, v))];
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

/** Midpoint and length of each sample, s. */
function sampleTimes(row: AsdmRow, count: number): (sample: number) => readonly [time: number, interval: number] {
  if (row.has('sampledTimeInterval')) {
    const spans = row.array('sampledTimeInterval').values as BigInt64Array;
    return (sample) => {
      const interval = Number(spans[2 * sample + 1]) / 1e9;
      return [Number(spans[2 * sample] - spans[2 * sample + 1] / 2n) / 1e9 + interval / 2, interval];
    };
  }
  const { midNs, durationNs } = row.span('timeInterval');
  const interval = Number(durationNs) / 1e9 / count;
  const first = Number(midNs - durationNs / 2n) / 1e9 + interval / 2;
  return (sample) => [first + sample * interval, interval];
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
    for (let sample = 0; sample < count; sample++) {
      if (batch.count === BATCH) batch.flush();
      const at = batch.count++;
      const k = 2 * sample;
      const [az, el] = offsetDirection(
        samples.target[k],
        samples.target[k + 1],
        samples.offset[k],
        samples.offset[k + 1],
      );
      batch.antenna[at] = antenna;
      [batch.time[at], batch.interval[at]] = timeOf(sample);
      batch.direction[2 * at] = withCorrection ? az + samples.encoder[k] - samples.pointing[k] : az;
      batch.direction[2 * at + 1] = withCorrection ? el + samples.encoder[k + 1] - samples.pointing[k + 1] : el;
      batch.target.set(samples.target.subarray(k, k + 2), 2 * at);
      batch.offset.set(samples.offset.subarray(k, k + 2), 2 * at);
      batch.encoder.set(samples.encoder.subarray(k, k + 2), 2 * at);
      batch.tracking[at] = tracking;
      batch.overTheTop[at] = overTheTop;
    }
  }
  batch.flush();
}
