import { formatMjd } from '../../astronomy/measures/index.ts';
import { createMs, type MeasurementSet, openMs } from '../../astronomy/ms/index.ts';
import { type Asdm, openAsdm } from '../../formats/asdm/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath, type Staged, stage } from '../../foundation/bytes/index.ts';
import {
  fillAntenna,
  fillFeed,
  type IngestAntenna,
  type IngestStation,
  readAntennas,
  readStations,
} from './array-tables.ts';
import { AsdmIndex } from './asdm-index.ts';
import { ASDM_STMAN } from './asdm-stman.ts';
import { flagMain, flagMask } from './bdf-flags.ts';
import { fillCalDevice, fillSysCal, fillSysPower, fillWeather } from './calibration-tables.ts';
import { type Configuration, hasComplexData, type MainRow, readConfigurations, readMainRows } from './configuration.ts';
import { type Ephemeris, fillEphemerides, readEphemerides } from './ephemerides.ts';
import { type FlagCommand, fillFlagCommands, flagFileText, onlineFlags } from './flag-commands.ts';
import { inputSelection } from './input-selection.ts';
import { fillMain } from './main-filler.ts';
import {
  fillField,
  fillObservation,
  fillProcessor,
  fillSource,
  type IngestField,
  type IngestProcessor,
  readFields,
  readProcessors,
} from './observation-tables.ts';
import {
  type CompleteOptions,
  historyMessages,
  IMPORT_DEFAULTS,
  type ImportAsdmOptions,
  type ImportAsdmResult,
} from './options.ts';
import { fillPointing } from './pointing-table.ts';
import { readScans, type Scan, scanOverlap, selectScans } from './scan-selection.ts';
import { fillSpectralTables, readSpectralSetup, type SpectralSetup } from './spectral-tables.ts';
import { StateRows } from './state-table.ts';
import { appendRows, msTime, texts } from './table-rows.ts';
import { asisTables, copyVerbatim } from './verbatim-tables.ts';
import type { FillMainOptions } from './window-sources.ts';

/** Everything of the ASDM that both MSs of one import are made from. */
interface Source {
  readonly asdm: Asdm;
  readonly options: CompleteOptions;
  readonly scans: readonly Scan[];
  readonly isWanted: (startNs: bigint, durationNs: bigint) => boolean;
  readonly stations: ReadonlyMap<number, IngestStation>;
  readonly antennas: readonly IngestAntenna[];
  readonly setup: SpectralSetup;
  readonly processors: readonly IngestProcessor[];
  readonly fields: readonly IngestField[];
  readonly ephemerides: ReadonlyMap<number, Ephemeris>;
  readonly configurations: ReadonlyMap<number, Configuration>;
  readonly mainRows: readonly MainRow[];
  readonly commands: readonly FlagCommand[];
  readonly asis: readonly string[];
}

/** Rows are written in their order, so a tile or two of each column do. */
const TILE_CACHE_BYTES = 2 * 1024 * 1024;

type PhaseCorrection = FillMainOptions['phaseCorrection'];

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

function completeOptions(context: Context, given: ImportAsdmOptions): CompleteOptions {
  const absolute = (path: string) => joinPath(context.cwd, path.replace(/\/+$/, ''));
  const asdm = absolute(given.asdm);
  const known = Object.fromEntries(
    Object.keys(IMPORT_DEFAULTS).flatMap((name) => {
      const value = given[name as keyof ImportAsdmOptions];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const options: CompleteOptions = {
    ...IMPORT_DEFAULTS,
    ...known,
    asdm,
    vis: given.vis ? absolute(given.vis) : `${asdm}.ms`,
    ...(given.outfile ? { outfile: absolute(given.outfile) } : {}),
    ...(given.hooks ? { hooks: given.hooks } : {}),
  };
  if (!['ca', 'ao', 'co'].includes(options.ocorr_mode))
    fail('usage', `ocorr_mode="${options.ocorr_mode}" is unknown; it is ca, ao or co.`);
  if (!['no', 'yes', 'both'].includes(options.wvr_corrected_data)) {
    fail('usage', `wvr_corrected_data="${options.wvr_corrected_data}" is unknown; it is no, yes or both.`);
  }
  if (!options.lazy || inputSelection(options).isAll) return options;
  context.log.post(
    'lazy=True goes only with corr_mode, srt and time_sampling "all"; the data are copied.',
    'WARN',
    'importasdm',
  );
  return { ...options, lazy: false };
}

function readSource(context: Context, options: CompleteOptions): Source {
  const asdm = openAsdm(options.asdm);
  for (const name of [
    'Main',
    'ExecBlock',
    'Scan',
    'Subscan',
    'SpectralWindow',
    'ConfigDescription',
    'State',
    'Station',
  ]) {
    if (!asdm.hasTable(name))
      fail('missing', `The ASDM has no table ${name}; it cannot be imported.`, { file: options.asdm, table: name });
  }
  const scans = selectScans(readScans(asdm), options.scans);
  const stations = readStations(asdm);
  const chosen = new Set(scans.map(({ execBlockId, number }) => `${execBlockId} ${number}`));
  const configurations = readConfigurations(asdm);
  const selection = inputSelection(options);
  const isSelected = ({ configId, timeSampling }: MainRow) => {
    const configuration = configurations.get(configId);
    return configuration === undefined || selection.includes({ ...configuration, timeSampling });
  };
  const mainRows = readMainRows(asdm).filter(
    (row) => chosen.has(`${row.execBlockId} ${row.scanNumber}`) && isSelected(row),
  );
  const ephemerides = readEphemerides(asdm, options);
  if (mainRows.length === 0) context.log.post('The ASDM has no data in the chosen scans.', 'WARN', 'importasdm');
  return {
    asdm,
    options,
    scans,
    isWanted: scanOverlap(scans, options.ignore_time),
    stations,
    antennas: readAntennas(asdm, stations),
    setup: readSpectralSetup(asdm),
    processors: readProcessors(asdm),
    fields: readFields(asdm, ephemerides),
    ephemerides,
    configurations,
    mainRows,
    commands: options.process_flags ? onlineFlags(asdm, options.tbuff) : [],
    asis: asisTables(asdm, options.asis),
  };
}

/** Phase corrections to write and the names of their MSs. */
function wantedOutputs({ options, configurations }: Source): [PhaseCorrection, string][] {
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
  return outputs;
}

/** Makes one MS at a temporary path; @returns its rows */
function makeMs(context: Context, source: Source, correction: PhaseCorrection, path: string, finalVis: string): number {
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
    tileCacheBytes: TILE_CACHE_BYTES,
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

function isComplex({ configurations, mainRows, setup, options }: Source): boolean {
  const used = new Set(mainRows.map(({ configId }) => configId));
  const wanted = [...configurations.values()].filter(({ id }) => used.has(id));
  return hasComplexData(wanted, (id) => setup.dataDescriptions[id]?.corrCount ?? 0, options.ocorr_mode);
}

function fillSubtables(context: Context, source: Source, ms: MeasurementSet): void {
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
function fillHistory({ asdm, options }: Source, ms: MeasurementSet): void {
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

/** End of the observation, s. */
function endOf(asdm: Asdm): number {
  return Math.max(0, ...[...asdm.table('ExecBlock').rows()].map((row) => msTime(row.ns('endTime'))));
}

function fillVisibilities(
  context: Context,
  source: Source,
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
    fillMain(ms, asdm.bdfPath(row.dataUid), row.dataSize, rowContext, source.setup, fillOptions);
  }
  states.fill(ms);
  return ms.main.rowCount;
}

function fillOptionsOf(
  context: Context,
  source: Source,
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
interface FilledRow {
  readonly row: MainRow;
  readonly configuration: Configuration;
  readonly field: IngestField;
  readonly stateId: number;
}

/** The Main rows that one MS is made from, in their order; tells progress. */
function* filledRows(
  context: Context,
  source: Source,
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
    const stateId = states.stateOf(row.execBlockId, row.scanNumber, row.subscanNumber);
    if (stateId === undefined || !hasData(context, asdm, row)) continue;
    // The radiometers' data are in both MSs; the correlator's only where they were corrected.
    const isRadiometer = source.processors[configuration.processorId]?.type === 'RADIOMETER';
    const isCorrected = phaseCorrection === 'AP_CORRECTED';
    if (isCorrected && !isRadiometer && !configuration.phaseCorrections.includes(phaseCorrection)) continue;
    yield { row, configuration, field, stateId };
  }
}

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

/** Writes the online flags as text files (importasdm's savecmds). */
function saveCommands({ options, commands }: Source, vis: readonly string[], staged: Staged[]): void {
  if (!options.savecmds) return;
  for (const name of vis) {
    const target = options.outfile && vis.length === 1 ? options.outfile : name.replace(/(\.ms)?$/, '_cmd.txt');
    const output = stage(target, options.overwrite);
    staged.push(output);
    disk().writeFile(output.path, flagFileText(commands));
  }
}
