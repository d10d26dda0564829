import { type MeasurementSet, type MsMetadata, readMetadata } from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
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
  /** Components off the phase centre are added row by row. */
  readonly others: readonly PointComponent[];
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
      if (model.others.length > 0) this.addOffCentre(chunk, row, model.others, into);
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
    const others: PointComponent[] = [];
    const [ra, dec] = this.metadata.fields[fieldId]?.phaseDir ?? [0, 0];
    for (const component of components ?? []) {
      const offset = Math.hypot((component.ra - ra) * Math.cos(dec), component.dec - dec);
      if (offset > 1e-10) others.push(component);
      else addSpectrum(component, this.metadata.spectralWindows[chunk.spwId].chanFreqs, types, values, 0, undefined);
    }
    if (components === undefined) {
      for (let cell = 0; cell < values.length / 2; cell++)
        values[2 * cell] = isParallel(types[cell % types.length]) ? 1 : 0;
    }
    const model = { values, others };
    this.central.set(key, model);
    return model;
  }

  private addOffCentre(
    chunk: VisibilityChunk,
    row: number,
    components: readonly PointComponent[],
    into: Float32Array,
  ): void {
    const { chanFreqs } = this.metadata.spectralWindows[chunk.spwId];
    const [ra0, dec0] = this.metadata.fields[chunk.fieldId[row]].phaseDir;
    for (const component of components) {
      const dRa = component.ra - ra0;
      const l = Math.cos(component.dec) * Math.sin(dRa);
      const m = Math.sin(component.dec) * Math.cos(dec0) - Math.cos(component.dec) * Math.sin(dec0) * Math.cos(dRa);
      const n = Math.sqrt(Math.max(0, 1 - l * l - m * m));
      const [u, v, w] = chunk.uvw.subarray(3 * row, 3 * row + 3);
      const path = u * l + v * m + w * (n - 1);
      const start = 2 * row * chunk.chanCount * chunk.corrCount;
      addSpectrum(component, chanFreqs, this.corrTypes(chunk), into, start, (2 * Math.PI * path) / SPEED_OF_LIGHT);
    }
  }

  private readColumn(chunk: VisibilityChunk, rows: readonly number[], into: Float32Array, perRow: number): void {
    const column = this.ms.main.column('MODEL_DATA');
    for (const row of rows) column.getRange(chunk.rows[row], 1, into.subarray(row * perRow, (row + 1) * perRow));
  }
}

const isParallel = (type: string) => type[0] === type[1] || type === 'I';

/** Adds a component to visibilities of one row; `phasePerHz` is undefined at the phase centre. */
function addSpectrum(
  component: PointComponent,
  chanFreqs: readonly number[],
  types: readonly string[],
  into: Float32Array,
  start: number,
  phasePerHz: number | undefined,
): void {
  const stokes = new Float64Array(4);
  chanFreqs.forEach((frequency, chan) => {
    evaluateSpectrum(component.spectrum, frequency, stokes);
    const phase = (phasePerHz ?? 0) * frequency;
    const [cos, sin] = phasePerHz === undefined ? [1, 0] : [Math.cos(phase), Math.sin(phase)];
    types.forEach((type, corr) => {
      const [re, im] = coherencyOf(type, stokes);
      const at = start + 2 * (chan * types.length + corr);
      into[at] += re * cos - im * sin;
      into[at + 1] += re * sin + im * cos;
    });
  });
}

/** Correlation of two receptors for Stokes I, Q, U, V; linear feeds along the axes of Q. */
function coherencyOf(type: string, [i, q, u, v]: Float64Array): readonly [re: number, im: number] {
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
