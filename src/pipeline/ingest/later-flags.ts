import { openMs } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { ASDM_STMAN } from './asdm-stman.ts';
import { flagMain, flagMask } from './bdf-flags.ts';
import { filledRows, fillOptionsOf } from './filled-rows.ts';
import { completeOptions, readSource } from './import-source.ts';
import type { ImportAsdmOptions } from './options.ts';
import { StateRows } from './state-table.ts';

/** What {@link applyBdfFlags} needs: the ASDM, the MS made from it, and how that was done. */
export interface BdfFlagOptions extends Pick<ImportAsdmOptions, 'asdm' | 'ocorr_mode' | 'scans'> {
  readonly vis: string;
  /** Names of {@link flagMask}. */
  readonly conditions: string;
  readonly wvr_corrected_data?: 'no' | 'yes';
}

/**
 * Sets the flags of the binary data in an MS that was imported without them (CASA's program bdflags2MS).
 *
 * @returns rows of the MS, and how many of them the binary data flag
 * @throws usage, missing; bad-data when the MS was not made from this ASDM with these options
 */
export function applyBdfFlags(context: Context, given: BdfFlagOptions): { rows: number; flaggedRows: number } {
  const { vis, conditions, wvr_corrected_data, ...rest } = given;
  const mask = flagMask(conditions);
  const source = readSource(context, completeOptions(context, { ...rest, ignore_time: true }));
  const phaseCorrection = wvr_corrected_data === 'yes' ? 'AP_CORRECTED' : 'AP_UNCORRECTED';
  const options = fillOptionsOf(context, source, phaseCorrection, true);
  const states = new StateRows(source.asdm, source.scans);
  const ms = openMs(joinPath(context.cwd, vis), 'update');
  const isLazy = ['DATA', 'FLOAT_DATA'].some(
    (name) => ms.main.hasColumn(name) && ms.main.storageOf(name).type === ASDM_STMAN,
  );
  try {
    let start = 0;
    let flaggedRows = 0;
    for (const { row, configuration } of filledRows(context, source, phaseCorrection, states)) {
      const path = source.asdm.bdfPath(row.dataUid);
      const place = { configuration, start, mask, isLazy };
      const done = flagMain(ms, path, row.dataSize, place, source.setup, options);
      start += done.rows;
      flaggedRows += done.flaggedRows;
    }
    if (start !== ms.main.rowCount) failMismatch(vis, start, ms.main.rowCount);
    return { rows: start, flaggedRows };
  } finally {
    ms.close();
  }
}

function failMismatch(vis: string, expected: number, found: number): never {
  return fail(
    'bad-data',
    `The MeasurementSet has ${found} rows but this ASDM makes ${expected}; it was changed or imported in another way.`,
    { file: vis },
  );
}
