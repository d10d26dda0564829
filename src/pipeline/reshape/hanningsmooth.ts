import {
  appendHistory,
  type MeasurementSet,
  openMs,
  readMetadata,
  selectionTexts,
  selectRows,
} from '../../astronomy/ms/index.ts';
import {
  changeColumns,
  type DataColumn,
  ensureDataColumn,
  hanningSmoothInPlace,
  readChunks,
  writeChunk,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { spectralSteps } from './mstransform.ts';
import { type SplitResult, transform } from './split.ts';
import type { SplitOptions } from './split-plan.ts';

/** Parameters of CASA's hanningsmooth. */
export interface HanningsmoothOptions extends Omit<SplitOptions, 'outputvis' | 'width' | 'combine' | 'timebin'> {
  /** Empty: the MS itself is changed, as CASA before 4.6 did. */
  readonly outputvis?: string;
}

/**
 * Smooths channels by Hanning: CASA 6.7's hanningsmooth into a new MeasurementSet, with all data columns unless `datacolumn`
 * names one ('corrected' where there is none is DATA).
 *
 * @throws usage, exists, missing as split does
 */
export function hanningsmooth(context: Context, options: HanningsmoothOptions): SplitResult | undefined {
  const wanted = (options.datacolumn ?? 'all').toLowerCase();
  if (!options.outputvis) {
    smoothInPlace(context, options, wanted);
    return undefined;
  }
  const source = openMs(joinPath(context.cwd, options.vis));
  const isAbsent = wanted === 'corrected' && !source.main.hasColumn('CORRECTED_DATA');
  source.close();
  if (isAbsent) context.log.post('Input CORRECTED_DATA does not exist. Will use DATA', 'WARN', 'hanningsmooth');
  return transform(
    context,
    'hanningsmooth',
    { ...options, outputvis: options.outputvis, datacolumn: isAbsent ? 'data' : wanted },
    spectralSteps({ hanning: true, combine: false }),
  );
}

/**
 * The task of CASA 3 to 4.5 without `outputvis`: DATA, CORRECTED_DATA (made from DATA where there is none) or all that are there
 * are smoothed where they are; flags and weights once.
 */
function smoothInPlace(context: Context, options: HanningsmoothOptions, wanted: string): void {
  const { vis, outputvis: _, datacolumn: __, ...named } = options;
  const selected = Object.entries(selectionTexts(named)).filter(
    ([, value]) => typeof value === 'string' && value !== '',
  );
  if (selected.length > 0)
    fail(
      'usage',
      `hanningsmooth without outputvis smooths the whole MeasurementSet; name outputvis to select by ${selected[0][0]}.`,
    );
  if (wanted !== 'all' && wanted !== 'data' && wanted !== 'corrected')
    fail('usage', `datacolumn="${wanted}" is not smoothed in place; use data, corrected or all.`);
  const ms = openMs(joinPath(context.cwd, vis), 'update');
  try {
    const metadata = readMetadata(ms);
    if (wanted === 'corrected') ensureDataColumn(ms, 'CORRECTED_DATA', { metadata });
    const columns = columnsOf(ms, wanted);
    const { rows } = selectRows(ms, {}, { metadata, warn: warningsOf(context, 'hanningsmooth') });
    const weights = ['WEIGHT', 'WEIGHT_SPECTRUM'].filter((name) => ms.main.hasColumn(name));
    changeColumns(ms, 'hanningsmooth', [...columns, 'FLAG', ...weights], () => {
      for (const chunk of readChunks(ms, { rows, columns, withWeightSpectrum: true, metadata })) {
        context.checkAbort();
        if (hanningSmoothInPlace(chunk)) {
          const weightSpectrum = chunk.weightSpectrum !== undefined;
          writeChunk(ms, chunk, { columns, flag: true, ...(weightSpectrum ? { weightSpectrum } : { weight: true }) });
        }
        chunk.release();
      }
    });
    appendHistory(ms, 'hanningsmooth', { vis, datacolumn: wanted });
  } finally {
    ms.close();
  }
}

function columnsOf(ms: MeasurementSet, wanted: string): DataColumn[] {
  if (wanted === 'data') return ['DATA'];
  if (wanted === 'corrected') return ['CORRECTED_DATA'];
  return ms.main.hasColumn('CORRECTED_DATA') ? ['DATA', 'CORRECTED_DATA'] : ['DATA'];
}
