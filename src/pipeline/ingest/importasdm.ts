import { formatMjd } from '../../astronomy/measures/index.ts';
import { createMs, type MeasurementSet } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, type Staged, stage } from '../../foundation/bytes/index.ts';
import { fillAntenna, fillFeed } from './array-tables.ts';
import { AsdmIndex } from './asdm-index.ts';
import { ASDM_STMAN } from './asdm-stman.ts';
import { fillCalDevice, fillSysCal, fillSysPower, fillWeather } from './calibration-tables.ts';
import { fillEphemerides } from './ephemerides.ts';
import { filledRows, fillOptionsOf, type PhaseCorrection } from './filled-rows.ts';
import { fillFlagCommands, flagFileText } from './flag-commands.ts';
import { completeOptions, endOf, type ImportSource, isComplex, readSource } from './import-source.ts';
import { fillMain } from './main-filler.ts';
import { fillField, fillObservation, fillProcessor, fillSource } from './observation-tables.ts';
import { historyMessages, type ImportAsdmOptions, type ImportAsdmResult } from './options.ts';
import { fillPointing } from './pointing-table.ts';
import { RowArrays } from './row-arrays.ts';
import { fillSpectralTables } from './spectral-tables.ts';
import { StateRows } from './state-table.ts';
import { appendRows, texts } from './table-rows.ts';
import { copyVerbatim } from './verbatim-tables.ts';

/** Rows are written in their order, window after window: the tile that each shape of cells has begun stays in memory. */
const CACHE_BYTES = { tiles: 2 * 1024 * 1024, buckets: 128 * 1024 };

/**
 * Converts an ASDM to a MeasurementSet, as CASA 6.7's importasdm: same rows in the same order, same subtables.
 *
 * The binary data are streamed: memory does not grow with their size. An MS appears under its name only when it is whole.
 *
 * @returns names and row counts of the MSs made
 * @throws usage, exists, missing, bad-format, unsupported: one sentence with file and place
 */
export function importasdm(context: Context, given: ImportAsdmOptions): ImportAsdmResult {
  const options = completeOptions(context, given);
  const source = readSource(context, options);
  const staged: Staged[] = [];
  try {
    const made = wantedOutputs(source).map(([correction, vis]) => {
      const output = stage(vis, options.overwrite);
      staged.push(output);
      return { vis, rows: makeMs(context, source, correction, output.path, vis), output };
    });
    saveCommands(
      context,
      source,
      made.map(({ vis }) => vis),
      staged,
    );
    for (const output of staged) output.commit();
    for (const name of source.asdm.tableNames) {
      for (const { message } of source.asdm.table(name).issues)
        context.log.post(`${name}: ${message}`, 'WARN', 'importasdm');
    }
    return {
      vis: made.map(({ vis }) => vis),
      rows: made.map(({ rows }) => rows),
      flagCommands: source.commands.length,
    };
  } catch (error) {
    for (const output of staged) output.discard();
    throw error;
  }
}

/** Phase corrections to write and the names of their MSs. */
function wantedOutputs({ options, configurations }: ImportSource): [PhaseCorrection, string][] {
  const outputs: [PhaseCorrection, string][] = [];
  const hasCorrected = [...configurations.values()].some(({ phaseCorrections }) =>
    phaseCorrections.includes('AP_CORRECTED'),
  );
  if (options.wvr_corrected_data !== 'yes') outputs.push(['AP_UNCORRECTED', options.vis]);
  if (options.wvr_corrected_data !== 'no' && hasCorrected) {
    outputs.push([
      'AP_CORRECTED',
      `${options.vis.replace(/\.ms$/, '')}-wvr-corrected${options.vis.endsWith('.ms') ? '.ms' : ''}`,
    ]);
  }
  if (outputs.length === 0)
    fail('bad-data', 'wvr_corrected_data="yes" was asked for but the ASDM has no corrected data.', {
      file: options.asdm,
    });
  for (const [, vis] of outputs) {
    const versions = `${vis}.flagversions`;
    if (options.flagbackup && !options.overwrite && disk().exists(versions))
      fail(
        'exists',
        'Flag versions of another MeasurementSet of this name are in the way; remove them or set overwrite.',
        {
          file: versions,
        },
      );
  }
  return outputs;
}

/** Makes one MS at a temporary path; @returns its rows */
function makeMs(
  context: Context,
  source: ImportSource,
  correction: PhaseCorrection,
  path: string,
  finalVis: string,
): number {
  const { setup, options } = source;
  const widest = { chanCount: 1, corrCount: 1 };
  for (const { chanCount, corrCount } of setup.dataDescriptions) {
    if (chanCount * corrCount > widest.chanCount * widest.corrCount) Object.assign(widest, { chanCount, corrCount });
  }
  const column = isComplex(source) ? 'DATA' : 'FLOAT_DATA';
  const lazyIndex = options.lazy ? new AsdmIndex() : undefined;
  const ms = createMs(path, {
    dataColumns: [column],
    withWeightSpectrum: true,
    widest,
    cacheBytes: CACHE_BYTES,
    ...(lazyIndex && {
      dataManagers: [{ type: ASDM_STMAN, name: ASDM_STMAN, columns: [column], content: lazyIndex }],
    }),
  });
  let rows: number;
  try {
    fillSubtables(context, source, ms);
    rows = fillVisibilities(context, source, correction, ms, lazyIndex);
    copyVerbatim(context, ms, source.asdm, source.asis);
  } finally {
    ms.close();
  }
  if (options.flagbackup) options.hooks?.saveFlags?.(path, finalVis);
  if (options.applyflags && source.commands.length > 0) options.hooks?.applyFlags?.(path, source.commands);
  return rows;
}

function fillSubtables(context: Context, source: ImportSource, ms: MeasurementSet): void {
  const { asdm, options, setup, isWanted } = source;
  fillAntenna(ms, source.antennas);
  fillSpectralTables(ms, setup);
  fillObservation(ms, asdm, source.scans);
  fillFeed(ms, asdm, setup.spwIndex, isWanted);
  fillField(ms, source.fields);
  fillEphemerides(ms, source.ephemerides.values(), formatMjd(endOf(asdm), 6).slice(0, 16));
  fillProcessor(ms, source.processors);
  fillSource(ms, asdm, setup.spwIndex, isWanted, source.fields);
  fillSysCal(ms, asdm, setup.spwIndex, isWanted);
  fillWeather(ms, asdm, source.stations, isWanted);
  if (options.process_caldevice) fillCalDevice(context, ms, asdm, setup.spwIndex, isWanted);
  if (options.process_syspower) fillSysPower(ms, asdm, setup.spwIndex, isWanted);
  if (options.process_pointing) fillPointing(ms, asdm, isWanted, options.with_pointing_correction);
  fillFlagCommands(ms, source.commands, options.applyflags && options.hooks?.applyFlags !== undefined);
  fillHistory(source, ms);
}

/** HISTORY: the task's parameters; the time is the end of the observation, so that the same input gives the same bits. */
function fillHistory({ asdm, options }: ImportSource, ms: MeasurementSet): void {
  const time = endOf(asdm);
  appendRows(
    ms.subtable('HISTORY'),
    historyMessages(options).map((message) => ({
      APP_PARAMS: texts(['']),
      CLI_COMMAND: texts(['']),
      APPLICATION: 'ms',
      MESSAGE: message,
      OBJECT_ID: 0,
      OBSERVATION_ID: -1,
      ORIGIN: 'importasdm',
      PRIORITY: 'INFO',
      TIME: time,
    })),
  );
}

function fillVisibilities(
  context: Context,
  source: ImportSource,
  phaseCorrection: PhaseCorrection,
  ms: MeasurementSet,
  lazyIndex: AsdmIndex | undefined,
): number {
  const { asdm, options } = source;
  const positions = new Float64Array(3 * source.antennas.length);
  source.antennas.forEach((antenna, index) => {
    positions.set(antenna.padPosition, 3 * index);
  });
  const states = new StateRows(asdm, source.scans);
  const fillOptions = {
    ...fillOptionsOf(context, source, phaseCorrection, options.bdfflags),
    ...(lazyIndex && { lazyIndex }),
  };
  const arrays = new RowArrays();
  try {
    for (const { row, configuration, field, stateId } of filledRows(context, source, phaseCorrection, states)) {
      const rowContext = {
        configuration,
        fieldId: row.fieldId,
        scanNumber: row.scanNumber,
        stateId,
        observationId: row.execBlockId,
        ra: field.ra,
        dec: field.dec,
        ...(field.ephemeris && { ephemeris: field.ephemeris }),
        positions,
      };
      fillMain(ms, asdm.bdfPath(row.dataUid), row.dataSize, rowContext, source.setup, fillOptions, arrays);
    }
  } finally {
    arrays.end();
  }
  states.fill(ms);
  return ms.main.rowCount;
}

/** Names of the files of online flags; where those given do not fit the MSs, CASA takes temporary ones. */
function commandFiles(context: Context, given: readonly string[], vis: readonly string[]): string[] {
  const named = (ending: string) => vis.map((name) => name.replace(/(\.ms)?$/, ending));
  if (given.length === 0) return named('_cmd.txt');
  if (given.length === vis.length) return [...given];
  context.log.post(
    `outfile has ${given.length} names for ${vis.length} MeasurementSets; the online flags go to …_TEMP_cmd.txt.`,
    'WARN',
    'importasdm',
  );
  return named('_TEMP_cmd.txt');
}

/** Writes the online flags as text files (importasdm's savecmds). */
function saveCommands(
  context: Context,
  { options, commands }: ImportSource,
  vis: readonly string[],
  staged: Staged[],
): void {
  if (!options.savecmds || commands.length === 0) return;
  for (const target of commandFiles(context, options.outfile ?? [], vis)) {
    const output = stage(target, options.overwrite);
    staged.push(output);
    disk().writeFile(output.path, flagFileText(commands));
  }
}
