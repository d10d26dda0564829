import {
  type MeasurementSet,
  type MsMetadata,
  openMs,
  readMetadata,
  type SpwSelection,
  selectRows,
} from '../../astronomy/ms/index.ts';
import {
  ensureDataColumn,
  leavesChannels,
  putBackOthers,
  readChunks,
  writeChunk,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { angleOf, type ListedComponent, readComponentList, spectrumOf } from './component-list.ts';
import { openModel } from './model-provider.ts';
import type { PointComponent, WindowModel } from './model-record.ts';
import { clearModel } from './model-store.ts';

export interface ComponentModelOptions {
  readonly vis: string;
  readonly field?: string;
  readonly spw?: string;
  readonly complist: string;
  /** Adds to MODEL_DATA. */
  readonly incremental?: boolean;
}

/** A component as models have it; ICRS and J2000 differ by less than 25 mas and are taken as one. */
function placed(component: ListedComponent, file: string): PointComponent {
  if (component.frame !== 'J2000' && component.frame !== 'ICRS')
    fail('unsupported', `A component is in ${component.frame}; give its place in J2000 or ICRS.`, { file });
  const [major, minor, positionAngle] = component.axes.map(angleOf);
  const isGaussian = component.shape === 'Gaussian';
  return {
    ra: component.longitude,
    dec: component.latitude,
    spectrum: spectrumOf(component),
    ...(component.shape !== 'Point' && { disk: { major, minor, positionAngle, isGaussian } }),
  };
}

/**
 * Writes the visibilities of a component list to MODEL_DATA, as CASA's ft with complist; a virtual model of the fields is taken away.
 *
 * @throws missing, usage, unsupported for components that models do not have
 */
export function writeComponentModel(context: Context, options: ComponentModelOptions): void {
  const path = joinPath(context.cwd, options.complist);
  const components = readComponentList(path).map((component) => placed(component, path));
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    const metadata = readMetadata(ms);
    const { field = '', spw = '' } = options;
    const { rows, channels } = selectRows(ms, { field, spw }, { metadata });
    if (rows.length === 0) fail('bad-data', 'The selection has no rows.', { file: ms.path });
    predict(context, ms, metadata, { rows, channels, components, adds: options.incremental ?? false });
    ms.flush();
  } finally {
    ms.close();
  }
}

interface Prediction {
  readonly rows: Int32Array;
  /** Other channels keep what they have. */
  readonly channels: SpwSelection;
  readonly components: readonly PointComponent[];
  readonly adds: boolean;
}

function predict(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  { rows, channels, components, adds }: Prediction,
): void {
  const windows = metadata.spectralWindows.map(
    ({ chanFreqs }, spwId): WindowModel => ({ spwId, chanCount: chanFreqs.length, components, scans: [], states: [] }),
  );
  const provider = openModel(ms, metadata, new Map(metadata.fields.map(({ id }) => [id, windows])));
  ensureDataColumn(ms, 'MODEL_DATA', { metadata });
  const seen = new Set<number>();
  let before = new Float32Array(0);
  for (const chunk of readChunks(ms, { rows, columns: ['MODEL_DATA'], metadata })) {
    context.checkAbort();
    const model = chunk.data.MODEL_DATA ?? fail('internal', 'The chunk has no MODEL_DATA.');
    const chosen = channels.get(chunk.spwId) ?? [];
    const keeps = leavesChannels(chunk, chosen);
    if (adds || keeps) {
      if (before.length < model.length) before = new Float32Array(model.length);
      before.set(model);
    }
    provider.fill(chunk, model);
    if (adds) for (let at = 0; at < model.length; at++) model[at] += before[at];
    if (keeps) putBackOthers(chunk, chosen, model, before);
    writeChunk(ms, chunk, { columns: ['MODEL_DATA'] });
    for (const field of chunk.fieldId) seen.add(field);
    chunk.release();
  }
  for (const field of seen) clearModel(ms, field);
}
