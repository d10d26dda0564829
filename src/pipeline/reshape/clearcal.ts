import {
  appendHistory,
  type MeasurementSet,
  type MsMetadata,
  openMs,
  parseField,
  readMetadata,
  selectionTexts,
  selectRows,
} from '../../astronomy/ms/index.ts';
import {
  changeColumns,
  type DataColumn,
  declareFinished,
  ensureDataColumn,
  leavesChannels,
  putBackOthers,
  readChunks,
  type VisibilityChunk,
  writeChunk,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

/** Parameters of CASA's clearcal. */
export interface ClearcalOptions {
  readonly vis: string;
  readonly field?: string;
  readonly spw?: string;
  readonly intent?: string;
  /** Make a MODEL_DATA column, too. */
  readonly addmodel?: boolean;
}

/** Parameters of CASA's delmod. */
export interface DelmodOptions {
  readonly vis: string;
  /** Take away virtual models. */
  readonly otf?: boolean;
  /** Fields whose virtual models go; '': all. */
  readonly field?: string;
  /** Take away the MODEL_DATA column. */
  readonly scr?: boolean;
}

/** Parameters of CASA's uvsub. */
export interface UvsubOptions {
  readonly vis: string;
  /** Add instead. */
  readonly reverse?: boolean;
}

/** What tasks need of models; the room of sky models has it. */
export interface ModelAccess {
  /** Takes the virtual model of a field away. */
  clearModel(ms: MeasurementSet, fieldId: number): void;
  /** The model of an MS, MODEL_DATA or virtual. */
  openModel(ms: MeasurementSet, metadata: MsMetadata): { fill(chunk: VisibilityChunk, into: Float32Array): void };
}

function withMs(context: Context, task: string, options: { readonly vis: string }, work: (ms: MeasurementSet) => void) {
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    work(ms);
    appendHistory(ms, task, options);
  } finally {
    ms.close();
  }
}

/**
 * Sets CORRECTED_DATA to DATA and MODEL_DATA to a unit source again: CASA 6.7's clearcal.
 *
 * Without CORRECTED_DATA the columns are made for all rows, and the selection is ignored, as in CASA.
 */
export function clearcal(context: Context, options: ClearcalOptions): void {
  withMs(context, 'clearcal', options, (ms) => {
    const metadata = readMetadata(ms);
    const isMade = ensureDataColumn(ms, 'CORRECTED_DATA', { metadata });
    const isModelMade = options.addmodel === true && ensureDataColumn(ms, 'MODEL_DATA', { metadata });
    if (isMade) return;
    const { field, spw, intent } = selectionTexts(options);
    const selection = { ...(field && { field }), ...(spw && { spw }), ...(intent && { intent }) };
    const { rows, channels } = selectRows(ms, selection, { metadata, warn: warningsOf(context, 'clearcal') });
    if (rows.length === 0) fail('usage', 'The selection has no rows; nothing is cleared.', { file: ms.path });
    const hasModel = ms.main.hasColumn('MODEL_DATA') && !isModelMade;
    const keepsChannels = spw?.includes(':') ?? false;
    const columns: DataColumn[] = ['DATA'];
    if (hasModel) columns.push('MODEL_DATA');
    if (keepsChannels) columns.push('CORRECTED_DATA');
    const isWhole = rows.length === ms.main.rowCount && !keepsChannels;
    for (const chunk of readChunks(ms, { rows, columns, metadata })) {
      context.checkAbort();
      const { polId } = metadata.dataDescriptions[chunk.dataDescId];
      const cleared = new Map<DataColumn, Float32Array>();
      if (chunk.data.DATA) cleared.set('CORRECTED_DATA', chunk.data.DATA);
      if (hasModel) cleared.set('MODEL_DATA', unitSource(metadata.polarizations[polId].corrTypes, chunk));
      const chosen = channels.get(chunk.spwId) ?? [];
      if (keepsChannels && leavesChannels(chunk, chosen)) {
        for (const [column, values] of cleared) putBackOthers(chunk, chosen, values, chunk.data[column] ?? values);
      }
      writeChunk(ms, { ...chunk, data: Object.fromEntries(cleared) }, { columns: [...cleared.keys()] });
      chunk.release();
    }
    if (isWhole) declareFinished(ms, 'CORRECTED_DATA');
  });
}

/** Visibilities of a source of 1 Jy in the phase centre. */
function unitSource(types: readonly string[], { rowCount, chanCount, corrCount }: VisibilityChunk): Float32Array {
  const values = new Float32Array(2 * rowCount * chanCount * corrCount);
  const unit = types.map((type) => (type[0] === type[1] || type === 'I' ? 1 : 0));
  for (let at = 0; at < values.length; at += 2) values[at] = unit[(at / 2) % types.length];
  return values;
}

/** Takes models away: CASA 6.7's delmod. */
export function delmod(context: Context, options: DelmodOptions, models: Pick<ModelAccess, 'clearModel'>): void {
  withMs(context, 'delmod', options, (ms) => {
    const metadata = readMetadata(ms);
    if (options.otf ?? true) {
      const { field } = selectionTexts(options);
      const chosen = field
        ? parseField(field, metadata.fields, { warn: warningsOf(context, 'delmod') })
        : metadata.fields.map(({ id }) => id);
      for (const id of chosen) models.clearModel(ms, id);
    }
    if (options.scr && ms.main.hasColumn('MODEL_DATA')) ms.main.removeColumns(['MODEL_DATA']);
  });
}

/**
 * Subtracts the model from CORRECTED_DATA: CASA 6.7's uvsub. The column is made from DATA when it is not there.
 *
 * The model is MODEL_DATA, or else the virtual models.
 *
 * @throws bad-data when an earlier uvsub was interrupted, until clearcal makes the column anew
 */
export function uvsub(context: Context, options: UvsubOptions, models: Pick<ModelAccess, 'openModel'>): void {
  withMs(context, 'uvsub', options, (ms) => {
    const metadata = readMetadata(ms);
    ensureDataColumn(ms, 'CORRECTED_DATA', { metadata });
    const provider = models.openModel(ms, metadata);
    const sign = options.reverse ? 1 : -1;
    changeColumns(ms, 'uvsub', ['CORRECTED_DATA'], () => {
      for (const chunk of readChunks(ms, { columns: ['CORRECTED_DATA'], metadata })) {
        context.checkAbort();
        const data = chunk.data.CORRECTED_DATA ?? fail('internal', 'The chunk carries no CORRECTED_DATA.');
        const model = new Float32Array(data.length);
        provider.fill(chunk, model);
        for (let at = 0; at < data.length; at++) data[at] += sign * model[at];
        writeChunk(ms, chunk, { columns: ['CORRECTED_DATA'] });
        chunk.release();
      }
    });
  });
}
