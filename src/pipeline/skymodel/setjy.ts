import {
  type MeasurementSet,
  type MsMetadata,
  openMs,
  parseField,
  parseSpw,
  readMetadata,
  selectRows,
} from '../../astronomy/ms/index.ts';
import { ensureDataColumn, readChunks, writeChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type FluxDictionary, spectrumFromFluxscale } from './fluxscale-model.ts';
import { openModel } from './model-provider.ts';
import type { PointComponent, WindowModel } from './model-record.ts';
import { clearModel, readModels, writeModel } from './model-store.ts';
import { evaluateSpectrum, type PointSpectrum } from './point-spectrum.ts';

/** Parameters of CASA 6.7's setjy that are served. */
export interface SetjyOptions {
  readonly vis: string;
  readonly field?: string;
  readonly spw?: string;
  readonly selectdata?: boolean;
  readonly timerange?: string;
  readonly scan?: string;
  readonly intent?: string;
  readonly observation?: string | number;
  /** Accepted; the flux always follows the channels' frequencies. */
  readonly scalebychan?: boolean;
  /** 'manual' or 'fluxscale' */
  readonly standard?: string;
  /** I, Q, U, V in Jy, or I alone */
  readonly fluxdensity?: number | readonly number[];
  readonly spix?: number | readonly number[];
  readonly reffreq?: string;
  readonly fluxdict?: FluxDictionary;
  /** Fill MODEL_DATA instead of leaving a virtual model. */
  readonly usescratch?: boolean;
}

/** Flux densities by field and window, as CASA's setjy returns them. */
export type SetjyResult = Record<string, Record<string, { fluxd: number[] } | string> | string>;

const FORMAT = "{field Id: {spw Id: {fluxd: [I,Q,U,V] in Jy}, 'fieldName':field name }}";

/**
 * Sets the model of flux calibrators: point sources at the phase centre.
 *
 * Models are written where CASA looks for its virtual models, so that either program sees what the other has set.
 *
 * @returns the flux densities at channel 0 of each window (CASA's own differ by the LSRK shift of its reference, 5e-5)
 * @throws usage, unsupported (standards that are not there), bad-data when no rows are selected
 */
export function setjy(context: Context, options: SetjyOptions): SetjyResult {
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    const metadata = readMetadata(ms);
    const { field = '', spw = '', scan, intent, timerange } = options;
    const observation = String(options.observation ?? '');
    const { rows } = selectRows(ms, { field, spw, scan, intent, timerange, observation }, { metadata });
    if (rows.length === 0)
      fail('bad-data', 'No rows were selected. Please check your data selection.', { file: ms.path });
    const combinations = combinationsOf(ms, metadata, rows);
    const result: SetjyResult = { format: FORMAT };
    const fieldIds = parseField(field, metadata.fields).filter((id) => combinations.has(id));
    const windows = [...parseSpw(spw, metadata.spectralWindows).keys()];
    for (const fieldId of fieldIds) {
      const models = fieldModels(context, metadata, fieldId, windows, combinations.get(fieldId) ?? new Map(), options);
      if (models.length === 0) continue;
      result[fieldId] = report(context, metadata, fieldId, models);
      const kept = (readModels(ms).get(fieldId) ?? []).filter(
        (old) => !models.some(({ spwId }) => spwId === old.spwId),
      );
      if (options.usescratch) replaceVirtual(ms, metadata, fieldId, kept);
      else writeModel(ms, metadata, fieldId, [...kept, ...models]);
      if (options.usescratch) fillColumn(context, ms, metadata, fieldId, models, rows);
    }
    ms.flush();
    return result;
  } finally {
    ms.close();
  }
}

/** Scans and states of each field and window. */
type Combinations = Map<number, Map<number, Set<string>>>;

function combinationsOf(ms: MeasurementSet, metadata: MsMetadata, rows: Int32Array): Combinations {
  const found: Combinations = new Map();
  for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
    for (let row = 0; row < chunk.rowCount; row++) {
      const windows = found.get(chunk.fieldId[row]) ?? new Map<number, Set<string>>();
      found.set(chunk.fieldId[row], windows);
      const pairs = windows.get(chunk.spwId) ?? new Set<string>();
      windows.set(chunk.spwId, pairs.add(`${chunk.scanNumber[row]}/${chunk.stateId[row]}`));
    }
    chunk.release();
  }
  return found;
}

function fieldModels(
  context: Context,
  metadata: MsMetadata,
  fieldId: number,
  windows: readonly number[],
  combinations: ReadonlyMap<number, ReadonlySet<string>>,
  options: SetjyOptions,
): WindowModel[] {
  const [ra, dec] = metadata.fields[fieldId].phaseDir;
  return windows
    .filter((spwId) => combinations.has(spwId))
    .map((spwId) => {
      const spectrum = spectrumOf(context, metadata, fieldId, spwId, options);
      const components: PointComponent[] = [{ ra, dec, spectrum }];
      const pairs = [...(combinations.get(spwId) ?? [])].map((pair) => pair.split('/').map(Number));
      return {
        spwId,
        chanCount: metadata.spectralWindows[spwId].chanFreqs.length,
        components,
        scans: pairs.map(([scan]) => scan),
        states: pairs.map(([, state]) => state),
      };
    });
}

function spectrumOf(
  context: Context,
  metadata: MsMetadata,
  fieldId: number,
  spwId: number,
  options: SetjyOptions,
): PointSpectrum {
  const standard = options.standard ?? 'manual';
  if (standard === 'fluxscale') return spectrumFromFluxscale(options.fluxdict ?? {}, fieldId, spwId, metadata);
  if (standard !== 'manual') {
    fail(
      'unsupported',
      `setjy standard "${standard}" is not available; known: manual, fluxscale. Give the flux density with standard='manual'.`,
    );
  }
  const given = options.fluxdensity ?? 1;
  const stokes = typeof given === 'number' ? [given, 0, 0, 0] : [0, 1, 2, 3].map((index) => given[index] ?? 0);
  if (!(stokes[0] > 0)) {
    context.log.post('setjy: no positive flux density was given; 1 Jy is used.', 'WARN', 'setjy');
    stokes[0] = 1;
  }
  const spix = options.spix ?? 0;
  const spectralIndex = typeof spix === 'number' ? [spix] : spix.length > 0 ? [...spix] : [0];
  if (Math.abs(spectralIndex[0]) > 10)
    fail('usage', `The spectral index ${spectralIndex[0]} is beyond ±10; check spix.`);
  const referenceHz = parseQuantity(options.reffreq ?? '1GHz', 'frequency', 'Hz');
  return { kind: 'power-law', stokes, referenceHz, spectralIndex };
}

function report(
  context: Context,
  metadata: MsMetadata,
  fieldId: number,
  models: readonly WindowModel[],
): Record<string, { fluxd: number[] } | string> {
  const { name } = metadata.fields[fieldId];
  const entry: Record<string, { fluxd: number[] } | string> = {};
  const post = (line: string) => context.log.post(line, 'INFO', 'setjy');
  post(`Model of field ${name}: flux density as a function of frequency (channel 0 of each spw):`);
  post('  Frequency (GHz)    Flux Density (Jy, Stokes I)');
  const stokes = new Float64Array(4);
  for (const model of models) {
    const frequency = metadata.spectralWindows[model.spwId].chanFreqs[0];
    evaluateSpectrum(model.components[0].spectrum, frequency, stokes);
    post(`     ${Number((frequency / 1e9).toPrecision(6))}         ${Number(stokes[0].toPrecision(6))}`);
    entry[model.spwId] = { fluxd: [...stokes] };
  }
  entry.fieldName = name;
  return entry;
}

/** Takes the windows that go into MODEL_DATA out of the virtual model. */
function replaceVirtual(ms: MeasurementSet, metadata: MsMetadata, fieldId: number, kept: readonly WindowModel[]): void {
  if (kept.length > 0) writeModel(ms, metadata, fieldId, kept);
  else clearModel(ms, fieldId);
}

function fillColumn(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  fieldId: number,
  models: readonly WindowModel[],
  rows: Int32Array,
): void {
  ensureDataColumn(ms, 'MODEL_DATA', { metadata });
  const provider = openModel(ms, metadata, new Map([[fieldId, models]]));
  for (const chunk of readChunks(ms, { rows, columns: ['MODEL_DATA'], metadata })) {
    context.checkAbort();
    const model = chunk.data.MODEL_DATA ?? fail('internal', 'The chunk has no MODEL_DATA.');
    provider.fill(chunk, model);
    writeChunk(ms, chunk, { columns: ['MODEL_DATA'] });
    chunk.release();
  }
}
