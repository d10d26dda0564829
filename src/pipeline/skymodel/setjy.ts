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
import { type Context, fail, isCasaBefore, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type FieldTimes, type StandardOptions, standardSource } from './flux-standard.ts';
import { openModel } from './model-provider.ts';
import type { PointComponent, WindowModel } from './model-record.ts';
import { clearModel, readModels, writeModel } from './model-store.ts';
import { evaluateSpectrum } from './point-spectrum.ts';

/** Parameters of CASA 6.7's setjy that are served; `standard` is one of `knownStandards`. */
export interface SetjyOptions extends StandardOptions {
  readonly vis: string;
  readonly field?: string;
  readonly spw?: string;
  readonly timerange?: string;
  readonly scan?: string;
  readonly intent?: string;
  readonly observation?: string | number;
  /** Fill MODEL_DATA instead of leaving a virtual model. */
  readonly usescratch?: boolean;
}

/** Flux densities by field and window, as CASA's setjy returns them. */
export type SetjyResult = Record<string, Record<string, { fluxd: number[] } | string> | string>;

const FORMAT = "{field Id: {spw Id: {fluxd: [I,Q,U,V] in Jy}, 'fieldName':field name }}";

/**
 * Sets the model of flux calibrators: point sources, or disks for bodies of the Solar System, at the phase centre.
 *
 * Models are written where CASA looks for its virtual models, so that either program sees what the other has set.
 *
 * @returns the flux densities at channel 0 of each window (CASA's own differ by the LSRK shift of its reference, 5e-5), in its middle
 *   without `scalebychan`
 * @throws usage, unsupported (standards that are not there), bad-data when no rows are selected
 */
export function setjy(context: Context, given: SetjyOptions): SetjyResult {
  const options = isStatedAlone(context, given) ? { ...given, standard: 'manual' } : given;
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    const metadata = readMetadata(ms);
    const { field = '', spw = '', scan, intent, timerange } = options;
    const observation = String(options.observation ?? '');
    const warn = warningsOf(context, 'setjy');
    const { rows } = selectRows(ms, { field, spw, scan, intent, timerange, observation }, { metadata, warn });
    if (rows.length === 0)
      fail('bad-data', 'No rows were selected. Please check your data selection.', { file: ms.path });
    const selected = selectedRows(ms, metadata, rows);
    const result: SetjyResult = { format: FORMAT };
    const windows = [...parseSpw(spw, metadata.spectralWindows).keys()];
    for (const fieldId of parseField(field, metadata.fields)) {
      const own = selected.get(fieldId);
      if (!own || (field === '' && !isModelled(options, fieldId))) continue;
      const source = standardSource(context, metadata, fieldId, timesOf(ms, fieldId, own), options);
      const models = fieldModels(metadata, own, windows, source);
      if (models.length === 0) continue;
      result[fieldId] = report(context, metadata, fieldId, models, options.scalebychan ?? true);
      const kept = (readModels(ms).get(fieldId) ?? []).filter(
        (old) => !models.some(({ spwId }) => spwId === old.spwId),
      );
      if (options.usescratch) replaceVirtual(ms, metadata, fieldId, kept);
      else writeModel(ms, metadata, fieldId, [...kept, ...models]);
      if (options.usescratch) fillColumn(context, ms, metadata, fieldId, models, rows);
    }
    if (options.standard === 'fluxscale' && Object.keys(result).length === 1)
      fail('usage', 'The flux dictionary has none of the fields of the selected data.', { file: ms.path });
    ms.flush();
    return result;
  } finally {
    ms.close();
  }
}

/** Of all fields, those that fluxscale's dictionary has; other standards must know each. */
const isModelled = ({ standard, fluxdict = {} }: SetjyOptions, fieldId: number) =>
  standard !== 'fluxscale' || String(fieldId) in fluxdict;

/** Before CASA 4.2 a flux density that was given counted, whatever the standard; then came the standard `manual`. */
function isStatedAlone(context: Context, { fluxdensity }: SetjyOptions): boolean {
  const stokesI = Array.isArray(fluxdensity) ? fluxdensity[0] : fluxdensity;
  return isCasaBefore(context, '4.2') && typeof stokesI === 'number' && stokesI > 0;
}

/** What was selected of a field. */
interface FieldRows {
  /** Scans and states, by window */
  readonly windows: Map<number, Set<string>>;
  /** MJD s */
  earliest: number;
  /** First and last row with their times. */
  readonly first: [row: number, time: number];
  readonly last: [row: number, time: number];
}

function selectedRows(ms: MeasurementSet, metadata: MsMetadata, rows: Int32Array): Map<number, FieldRows> {
  const found = new Map<number, FieldRows>();
  for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
    for (let at = 0; at < chunk.rowCount; at++) {
      const [row, time] = [chunk.rows[at], chunk.time[at]];
      const field = found.get(chunk.fieldId[at]) ?? {
        windows: new Map<number, Set<string>>(),
        earliest: time,
        first: [row, time],
        last: [row, time],
      };
      found.set(chunk.fieldId[at], field);
      field.earliest = Math.min(field.earliest, time);
      if (row < field.first[0]) [field.first[0], field.first[1]] = [row, time];
      if (row > field.last[0]) [field.last[0], field.last[1]] = [row, time];
      const pairs = field.windows.get(chunk.spwId) ?? new Set<string>();
      field.windows.set(chunk.spwId, pairs.add(`${chunk.scanNumber[at]}/${chunk.stateId[at]}`));
    }
    chunk.release();
  }
  return found;
}

/** Times of a field as CASA takes them: of its entry in FIELD where an ephemeris goes with it. */
function timesOf(ms: MeasurementSet, fieldId: number, selected: FieldRows): FieldTimes {
  const table = ms.subtable('FIELD');
  const hasEphemeris = table.hasColumn('EPHEMERIS_ID') && Number(table.column('EPHEMERIS_ID').get(fieldId)) >= 0;
  const first = hasEphemeris ? Number(table.column('TIME').get(fieldId)) : selected.earliest;
  return { first, middle: (selected.first[1] + selected.last[1]) / 2 };
}

function fieldModels(
  metadata: MsMetadata,
  selected: FieldRows,
  windows: readonly number[],
  source: (spwId: number) => PointComponent,
): WindowModel[] {
  return windows
    .filter((spwId) => selected.windows.has(spwId))
    .map((spwId) => {
      const pairs = [...(selected.windows.get(spwId) ?? [])].map((pair) => pair.split('/').map(Number));
      return {
        spwId,
        chanCount: metadata.spectralWindows[spwId].chanFreqs.length,
        components: [source(spwId)],
        scans: pairs.map(([scan]) => scan),
        states: pairs.map(([, state]) => state),
      };
    });
}

function report(
  context: Context,
  metadata: MsMetadata,
  fieldId: number,
  models: readonly WindowModel[],
  isByChannel: boolean,
): Record<string, { fluxd: number[] } | string> {
  const { name } = metadata.fields[fieldId];
  const entry: Record<string, { fluxd: number[] } | string> = {};
  const post = (line: string) => context.log.post(line, 'INFO', 'setjy');
  const where = isByChannel ? 'channel 0' : 'the middle';
  post(`Model of field ${name}: flux density as a function of frequency (${where} of each spw):`);
  post('  Frequency (GHz)    Flux Density (Jy, Stokes I)');
  const stokes = new Float64Array(4);
  for (const model of models) {
    const { chanFreqs } = metadata.spectralWindows[model.spwId];
    const frequency = isByChannel ? chanFreqs[0] : (chanFreqs[0] + chanFreqs[chanFreqs.length - 1]) / 2;
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
