import { openMs } from '../../astronomy/ms/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type RegridParameters, spectralSteps } from './mstransform.ts';
import { type SplitResult, transform } from './split.ts';
import type { SplitOptions } from './split-plan.ts';

/** Parameters of CASA's cvel and cvel2. */
export interface CvelOptions
  extends Omit<SplitOptions, 'width' | 'combine' | 'timebin' | 'reindex' | 'keepflags'>,
    RegridParameters {
  readonly hanning?: boolean;
}

/**
 * Regrids spectra to another frame or velocity axis: CASA 6.7's cvel2. Several windows become one.
 *
 * Rows that are flagged altogether are left out.
 *
 * @throws unsupported for spectral windows that cannot be combined
 */
export function cvel2(context: Context, options: CvelOptions): SplitResult {
  return regrid(context, 'cvel2', { ...options, datacolumn: options.datacolumn ?? 'all' }, false);
}

/**
 * CASA's older cvel, done as cvel2: all data columns that there are, and rows flagged altogether stay.
 *
 * @throws unsupported for spectral windows that cannot be combined
 */
export function cvel(context: Context, options: CvelOptions): SplitResult {
  return regrid(context, 'cvel', { ...options, datacolumn: 'all' }, true);
}

function regrid(context: Context, task: string, options: CvelOptions, keepflags: boolean): SplitResult {
  const { mode, nchan, start, width, interpolation, phasecenter, restfreq, outframe, veltype, hanning, ...rest } =
    options;
  const grid = { mode, nchan, start, width, interpolation, phasecenter, restfreq, outframe, veltype };
  const source = openMs(joinPath(context.cwd, options.vis));
  const datacolumn =
    rest.datacolumn === 'corrected' && !source.main.hasColumn('CORRECTED_DATA') ? 'data' : rest.datacolumn;
  source.close();
  return transform(
    context,
    task,
    { ...rest, ...(datacolumn && { datacolumn }), keepflags },
    spectralSteps({ hanning: hanning ?? false, combine: true, grid }),
  );
}
