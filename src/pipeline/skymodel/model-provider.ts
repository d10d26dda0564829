import { type MeasurementSet, type MsMetadata, readMetadata } from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { diskPath, diskVisibility } from './disk.ts';
import type { PointComponent, WindowModel } from './model-record.ts';
import { readModels } from './model-store.ts';
import { evaluateSpectrum } from './point-spectrum.ts';

/** Model visibilities of an MS. */
export interface ModelProvider {
  /** True when a model was set for the field and window (otherwise it is a point source of 1 Jy, as in CASA). */
  hasModel(fieldId: number, spwId: number): boolean;
  /**
   * Writes the model of the chunk's rows.
   *
   * @param into [row, chan, corr, re/im], overwritten
   */
  fill(chunk: VisibilityChunk, into: Float32Array): void;
}

/**
 * Opens the model of an MS: what setjy or CASA left as a virtual model, else the MODEL_DATA column, else 1 Jy.
 *
 * @param ms open for reading
 * @param known metadata already read
 * @param models models to use instead of those in the MS, by field
 */
export function openModel(
  ms: MeasurementSet,
  known?: MsMetadata,
  models?: ReadonlyMap<number, readonly WindowModel[]>,
): ModelProvider {
  return new Provider(ms, known ?? readMetadata(ms), models ?? readModels(ms));
}

/** Visibilities of one field and window that do not depend on the baseline, [chan, corr, re/im]. */
interface CentralModel {
  readonly values: Float32Array;
  /** Components off the phase centre and disks are added row by row. */
  readonly others: readonly PlacedComponent[];
}

/** A component whose visibility depends on the baseline. */
interface PlacedComponent {
  readonly component: PointComponent;
  /** As if it were a point at the phase centre, [chan, corr, re/im] */
  readonly values: Float64Array;
  readonly isCentral: boolean;
}

class Provider implements ModelProvider {
  private readonly ms: MeasurementSet;
  private readonly metadata: MsMetadata;
  private readonly models: ReadonlyMap<number, readonly WindowModel[]>;
  private readonly central = new Map<string, CentralModel>();
  private readonly hasColumn: boolean;

  constructor(ms: MeasurementSet, metadata: MsMetadata, models: ReadonlyMap<number, readonly WindowModel[]>) {
    this.ms = ms;
    this.metadata = metadata;
    this.models = models;
    this.hasColumn = ms.main.hasColumn('MODEL_DATA');
  }

  hasModel(fieldId: number, spwId: number): boolean {
    return this.hasColumn || this.componentsOf(fieldId, spwId) !== undefined;
  }

  fill(chunk: VisibilityChunk, into: Float32Array): void {
    const perRow = 2 * chunk.chanCount * chunk.corrCount;
    if (into.length < chunk.rowCount * perRow) fail('internal', 'The model array is too short.');
    const own = chunk.data.MODEL_DATA;
    const fromColumn: number[] = [];
    for (let row = 0; row < chunk.rowCount; row++) {
      const components = this.componentsOf(chunk.fieldId[row], chunk.spwId);
      if (components === undefined && this.hasColumn) {
        if (own) into.set(own.subarray(row * perRow, (row + 1) * perRow), row * perRow);
        else fromColumn.push(row);
        continue;
      }
      const model = this.centralModel(chunk, chunk.fieldId[row], components);
      into.set(model.values, row * perRow);
      for (const placed of model.others) this.addPlaced(chunk, row, placed, into);
    }
    if (fromColumn.length > 0) this.readColumn(chunk, fromColumn, into, perRow);
  }

  private componentsOf(fieldId: number, spwId: number): readonly PointComponent[] | undefined {
    const models = this.models.get(fieldId)?.filter((model) => model.spwId === spwId);
    return models?.length ? models.flatMap((model) => model.components) : undefined;
  }

  private corrTypes(chunk: VisibilityChunk): readonly string[] {
    return this.metadata.polarizations[this.metadata.dataDescriptions[chunk.dataDescId].polId].corrTypes;
  }

  private centralModel(
    chunk: VisibilityChunk,
    fieldId: number,
    components: readonly PointComponent[] | undefined,
  ): CentralModel {
    const key = `${fieldId}/${chunk.dataDescId}`;
    const known = this.central.get(key);
    if (known) return known;
    const types = this.corrTypes(chunk);
    const values = new Float32Array(2 * chunk.chanCount * chunk.corrCount);
    const others: PlacedComponent[] = [];
    const [ra, dec] = this.metadata.fields[fieldId]?.phaseDir ?? [0, 0];
    for (const component of components ?? []) {
      const isCentral = Math.hypot((component.ra - ra) * Math.cos(dec), component.dec - dec) <= 1e-10;
      const own = spectrumValues(component, this.metadata.spectralWindows[chunk.spwId].chanFreqs, types);
      if (!isCentral || component.disk) others.push({ component, values: own, isCentral });
      else for (let at = 0; at < own.length; at++) values[at] += own[at];
    }
    if (components === undefined) {
      for (let cell = 0; cell < values.length / 2; cell++)
        values[2 * cell] = isParallel(types[cell % types.length]) ? 1 : 0;
    }
    const model = { values, others };
    this.central.set(key, model);
    return model;
  }

  private addPlaced(chunk: VisibilityChunk, row: number, placed: PlacedComponent, into: Float32Array): void {
    const { component, values, isCentral } = placed;
    const { chanFreqs } = this.metadata.spectralWindows[chunk.spwId];
    const [u, v, w] = chunk.uvw.subarray(3 * row, 3 * row + 3);
    const path = isCentral ? 0 : pathOf(component, this.metadata.fields[chunk.fieldId[row]].phaseDir, u, v, w);
    const phasePerHz = (2 * Math.PI * path) / SPEED_OF_LIGHT;
    const size = component.disk ? diskPath(component.disk, u, v) : 0;
    const perChan = 2 * chunk.corrCount;
    let at = row * chunk.chanCount * perChan;
    for (let chan = 0; chan < chunk.chanCount; chan++) {
      const scale = component.disk ? diskVisibility(component.disk, size * chanFreqs[chan]) : 1;
      const cos = isCentral ? scale : scale * Math.cos(phasePerHz * chanFreqs[chan]);
      const sin = isCentral ? 0 : scale * Math.sin(phasePerHz * chanFreqs[chan]);
      for (let from = chan * perChan; from < (chan + 1) * perChan; from += 2, at += 2) {
        into[at] += values[from] * cos - values[from + 1] * sin;
        into[at + 1] += values[from] * sin + values[from + 1] * cos;
      }
    }
  }

  private readColumn(chunk: VisibilityChunk, rows: readonly number[], into: Float32Array, perRow: number): void {
    const column = this.ms.main.column('MODEL_DATA');
    for (const row of rows) column.getRange(chunk.rows[row], 1, into.subarray(row * perRow, (row + 1) * perRow));
  }
}

const isParallel = (type: string) => type[0] === type[1] || type === 'I';

/** Difference in path between a component and the phase centre, m. */
function pathOf(
  component: PointComponent,
  [ra0, dec0]: readonly [number, number],
  u: number,
  v: number,
  w: number,
): number {
  const dRa = component.ra - ra0;
  const l = Math.cos(component.dec) * Math.sin(dRa);
  const m = Math.sin(component.dec) * Math.cos(dec0) - Math.cos(component.dec) * Math.sin(dec0) * Math.cos(dRa);
  return u * l + v * m + w * (Math.sqrt(Math.max(0, 1 - l * l - m * m)) - 1);
}

/** Visibilities of a component as a point at the phase centre, [chan, corr, re/im]. */
function spectrumValues(
  component: PointComponent,
  chanFreqs: readonly number[],
  types: readonly string[],
): Float64Array {
  const values = new Float64Array(2 * chanFreqs.length * types.length);
  const stokes = new Float64Array(4);
  chanFreqs.forEach((frequency, chan) => {
    evaluateSpectrum(component.spectrum, frequency, stokes);
    types.forEach((type, corr) => {
      values.set(coherencyOf(type, stokes), 2 * (chan * types.length + corr));
    });
  });
  return values;
}

/** Correlation of two receptors for Stokes I, Q, U, V; linear feeds along the axes of Q. */
export function coherencyOf(
  type: string,
  [i, q, u, v]: ArrayLike<number> & Iterable<number>,
): readonly [re: number, im: number] {
  switch (type) {
    case 'XX':
      return [i + q, 0];
    case 'YY':
      return [i - q, 0];
    case 'XY':
      return [u, v];
    case 'YX':
      return [u, -v];
    case 'RR':
      return [i + v, 0];
    case 'LL':
      return [i - v, 0];
    case 'RL':
      return [q, u];
    case 'LR':
      return [q, -u];
    default:
      return [type === 'I' ? i : 0, 0];
  }
}
