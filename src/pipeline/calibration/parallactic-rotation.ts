import { parallacticAngle } from '../../astronomy/measures/index.ts';
import {
  fieldDirection,
  type MeasurementSet,
  type MsMetadata,
  readArray,
  readNumbers,
} from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { isKernelArray, joinCorrelationFlagsInPlace } from '../../foundation/numeric/index.ts';

/** Place of the rotation among the terms of a chain, see TermKind.order. */
export const ROTATION_ORDER = 12;

/** Linear feeds in the order that the rotation works in. */
const LINEAR = ['XX', 'XY', 'YX', 'YY'];

/**
 * Turning of the feeds on the sky: V of feeds = P(ant1) V of the sky P(ant2)ᵀ, P = [cos a, sin a; -sin a, cos a] with a the
 * parallactic angle of the antenna plus the angle of its first receptor (CASA's "P Jones" of linear feeds).
 */
export class ParallacticRotation {
  private readonly ms: MeasurementSet;
  private readonly metadata: MsMetadata;
  /** Angle of the first receptor by window and antenna; antennas without a row have 0. */
  private readonly receptors = new Map<number, Float64Array>();
  private readonly angles: Float64Array;
  private known = { time: Number.NaN, fieldId: -1, spwId: -1 };

  /**
   * @param ms open for reading
   * @param spwIds windows of the data
   * @throws unsupported unless these have XX, XY, YX, YY
   */
  constructor(ms: MeasurementSet, metadata: MsMetadata, spwIds: Iterable<number>) {
    this.ms = ms;
    this.metadata = metadata;
    this.angles = new Float64Array(metadata.antennas.length);
    const windows = new Set(spwIds);
    for (const { spwId, polId } of metadata.dataDescriptions) {
      if (windows.has(spwId)) assertLinear(metadata.polarizations[polId].corrTypes, spwId, ms.path);
    }
  }

  /**
   * From feeds to the sky, in place. Where one correlation of a sample is flagged all become so, for each is a mixture of all.
   *
   * @param data [row, chan, corr, re/im]
   */
  removeFrom(chunk: VisibilityChunk, data: Float32Array): void {
    this.turn(chunk, data, -1);
    joinFlags(chunk);
  }

  /** From the sky to feeds, in place, without the flags; else as {@link removeFrom}. */
  addTo(chunk: VisibilityChunk, data: Float32Array): void {
    this.turn(chunk, data, 1);
  }

  private turn(chunk: VisibilityChunk, data: Float32Array, sense: 1 | -1): void {
    const perRow = 8 * chunk.chanCount;
    for (let row = 0; row < chunk.rowCount; row++) {
      this.moveTo(chunk.time[row], chunk.fieldId[row], chunk.spwId);
      const angle1 = sense * this.angles[chunk.antenna1[row]];
      const angle2 = sense * this.angles[chunk.antenna2[row]];
      turnRow(data.subarray(row * perRow, (row + 1) * perRow), angle1, angle2);
    }
  }

  private moveTo(time: number, fieldId: number, spwId: number): void {
    const { known, angles, metadata } = this;
    if (time === known.time && fieldId === known.fieldId && spwId === known.spwId) return;
    this.known = { time, fieldId, spwId };
    const [ra, dec] = fieldDirection(metadata.fields[fieldId], time);
    const receptors = this.receptorsOf(spwId);
    metadata.antennas.forEach(({ position }, ant) => {
      angles[ant] = parallacticAngle(time, ra, dec, position) + receptors[ant];
    });
  }

  private receptorsOf(spwId: number): Float64Array {
    let found = this.receptors.get(spwId);
    if (found) return found;
    found = new Float64Array(this.metadata.antennas.length);
    const table = this.ms.subtable('FEED');
    const [feeds, windows, antennas] = ['FEED_ID', 'SPECTRAL_WINDOW_ID', 'ANTENNA_ID'].map((name) =>
      readNumbers(table, name),
    );
    for (let row = 0; row < table.rowCount; row++) {
      if (feeds[row] !== 0 || (windows[row] !== -1 && windows[row] !== spwId)) continue;
      found[antennas[row]] = readArray(table, 'RECEPTOR_ANGLE', row)?.[0] ?? 0;
    }
    this.receptors.set(spwId, found);
    return found;
  }
}

function assertLinear(corrTypes: readonly string[], spwId: number, file: string): void {
  if (corrTypes.join() === LINEAR.join()) return;
  fail(
    'unsupported',
    `parang=True needs the correlations ${LINEAR.join(', ')}, window ${spwId} has ${corrTypes.join(', ')}; leave parang out.`,
    { file },
  );
}

function joinFlags({ flag, corrCount }: VisibilityChunk): void {
  if (isKernelArray(flag)) joinCorrelationFlagsInPlace(flag, corrCount);
  else
    for (let at = 0; at < flag.length; at += corrCount)
      if (flag.subarray(at, at + corrCount).includes(1)) flag.fill(1, at, at + corrCount);
}

/** V ← P(angle1) V P(angle2)ᵀ for all channels of a row; @param data [chan, corr, re/im] of XX, XY, YX, YY */
function turnRow(data: Float32Array, angle1: number, angle2: number): void {
  const [cos1, sin1, cos2, sin2] = [Math.cos(angle1), Math.sin(angle1), Math.cos(angle2), Math.sin(angle2)];
  for (let at = 0; at < data.length; at += 8) {
    for (let part = at; part < at + 2; part++) {
      const [xx, xy, yx, yy] = [data[part], data[part + 2], data[part + 4], data[part + 6]];
      const [left1, right1] = [cos1 * xx + sin1 * yx, cos1 * xy + sin1 * yy];
      const [left2, right2] = [cos1 * yx - sin1 * xx, cos1 * yy - sin1 * xy];
      data[part] = left1 * cos2 + right1 * sin2;
      data[part + 2] = right1 * cos2 - left1 * sin2;
      data[part + 4] = left2 * cos2 + right2 * sin2;
      data[part + 6] = right2 * cos2 - left2 * sin2;
    }
  }
}
