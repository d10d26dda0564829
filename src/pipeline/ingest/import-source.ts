import { type Asdm, openAsdm } from '../../formats/asdm/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type IngestAntenna, type IngestStation, readAntennas, readStations } from './array-tables.ts';
import { type Configuration, hasComplexData, type MainRow, readConfigurations, readMainRows } from './configuration.ts';
import { type Ephemeris, readEphemerides } from './ephemerides.ts';
import { type FlagCommand, onlineFlags } from './flag-commands.ts';
import { inputSelection } from './input-selection.ts';
import { type IngestField, type IngestProcessor, readFields, readProcessors } from './observation-tables.ts';
import { type CompleteOptions, IMPORT_DEFAULTS, type ImportAsdmOptions } from './options.ts';
import { readScans, type Scan, scanOverlap, selectScans } from './scan-selection.ts';
import { readSpectralSetup, type SpectralSetup } from './spectral-tables.ts';
import { msTime } from './table-rows.ts';
import { asisTables } from './verbatim-tables.ts';

/** Everything of the ASDM that both MSs of one import are made from. */
export interface ImportSource {
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

/** CASA's defaults, absolute paths. @throws usage for a word that a parameter does not take */
export function completeOptions(context: Context, given: ImportAsdmOptions): CompleteOptions {
  const absolute = (path: string) => joinPath(context.cwd, path.replace(/\/+$/, ''));
  const asdm = absolute(given.asdm);
  const files = [given.outfile ?? []].flat().filter((name) => name !== '');
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
    ...(files.length > 0 ? { outfile: files.map(absolute) } : {}),
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

/** Reads the small tables of an ASDM and chooses the rows of Main. @throws missing, bad-format, usage */
export function readSource(context: Context, options: CompleteOptions): ImportSource {
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

/** Whether the visibilities of the MS are complex numbers; otherwise it has FLOAT_DATA. */
export function isComplex({ configurations, mainRows, setup, options }: ImportSource): boolean {
  const used = new Set(mainRows.map(({ configId }) => configId));
  const wanted = [...configurations.values()].filter(({ id }) => used.has(id));
  return hasComplexData(wanted, (id) => setup.dataDescriptions[id]?.corrCount ?? 0, options.ocorr_mode);
}

/** End of the observation, s. */
export function endOf(asdm: Asdm): number {
  return Math.max(0, ...[...asdm.table('ExecBlock').rows()].map((row) => msTime(row.ns('endTime'))));
}
