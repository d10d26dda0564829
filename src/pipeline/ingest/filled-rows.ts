import type { Asdm } from '../../formats/asdm/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import type { Configuration, MainRow } from './configuration.ts';
import { type ImportSource, isComplex } from './import-source.ts';
import type { IngestField } from './observation-tables.ts';
import type { StateRows } from './state-table.ts';
import type { FillMainOptions } from './window-sources.ts';

export type PhaseCorrection = FillMainOptions['phaseCorrection'];

/** How the binary data become rows of one MS. */
export function fillOptionsOf(
  context: Context,
  source: ImportSource,
  phaseCorrection: PhaseCorrection,
  withBdfFlags: boolean,
): FillMainOptions {
  return {
    phaseCorrection,
    withAuto: source.options.ocorr_mode !== 'co',
    withCross: source.options.ocorr_mode !== 'ao',
    withBdfFlags,
    isComplex: isComplex(source),
    checkAbort: context.checkAbort,
  };
}

/** A row of the ASDM's Main table that becomes rows of the MS. */
export interface FilledRow {
  readonly row: MainRow;
  readonly configuration: Configuration;
  readonly field: IngestField;
  readonly stateId: number;
}

/** The Main rows that one MS is made from, in their order; tells progress. */
export function* filledRows(
  context: Context,
  source: ImportSource,
  phaseCorrection: PhaseCorrection,
  states: StateRows,
): Generator<FilledRow> {
  const { asdm, options, mainRows } = source;
  const bytes = mainRows.reduce((sum, row) => sum + row.dataSize, 0);
  let done = 0;
  for (const row of mainRows) {
    context.progress.update(bytes === 0 ? 0 : done / bytes, `scan ${row.scanNumber}`);
    context.checkAbort();
    done += row.dataSize;
    const configuration = source.configurations.get(row.configId);
    const field = source.fields[row.fieldId];
    if (!configuration || !field) {
      fail('bad-format', 'A Main row names a configuration or a field that the ASDM does not have.', {
        file: options.asdm,
        table: 'Main',
        row: row.index,
      });
    }
    if (row.dataSize === 0 || row.integrationCount === 0) continue;
    // As in CASA, binary data none of whose products are wanted give a lazy MS no states; without lazy they do.
    const unwanted = options.ocorr_mode === 'co' ? 'AUTO_ONLY' : options.ocorr_mode === 'ao' ? 'CROSS_ONLY' : undefined;
    if (options.lazy && configuration.correlationMode === unwanted) continue;
    const stateId = states.stateOf(row.execBlockId, row.scanNumber, row.subscanNumber);
    if (stateId === undefined || !hasData(context, asdm, row)) continue;
    // The radiometers' data are in both MSs; the correlator's where they have the correction asked for.
    const isRadiometer = source.processors[configuration.processorId]?.type === 'RADIOMETER';
    const { phaseCorrections } = configuration;
    if (!isRadiometer && phaseCorrections.length > 0 && !phaseCorrections.includes(phaseCorrection)) {
      if (phaseCorrection === 'AP_UNCORRECTED') {
        context.log.post(
          `Scan ${row.scanNumber}, subscan ${row.subscanNumber}: the data of configuration ${row.configId} are ${phaseCorrections.join(' ')} only; they are left out. wvr_corrected_data='yes' imports them.`,
          'WARN',
          'importasdm',
        );
      }
      continue;
    }
    if (options.verbose) {
      const what = `${row.integrationCount} integrations in ${row.dataUid}`;
      context.log.post(`Scan ${row.scanNumber}, subscan ${row.subscanNumber}: ${what}.`, 'INFO', 'importasdm');
    }
    yield { row, configuration, field, stateId };
  }
}

/** False, with a warning, when the binary data of a Main row are not there (an ASDM cut to some scans). */
function hasData(context: Context, asdm: Asdm, row: MainRow): boolean {
  if (asdm.hasBdf(row.dataUid)) return true;
  context.log.post(
    `Scan ${row.scanNumber}, subscan ${row.subscanNumber}: the binary data ${row.dataUid} are not there; the row is left out.`,
    'WARN',
    'importasdm',
  );
  return false;
}
