import type { FlagCommand } from './flag-commands.ts';

/** What the caller can do with a finished MS that this room cannot: both belong to flagging. Called before the MS gets its final name. */
export interface IngestHooks {
  /** Saves the flags as version 'Original' (importasdm's flagbackup). @param finalVis the name that the MS will get */
  saveFlags?(vis: string, finalVis: string): void;
  /** Applies the online flags (importasdm's applyflags). */
  applyFlags?(vis: string, commands: readonly FlagCommand[]): void;
}

/** Parameters of CASA 6.7's importasdm, with its names and defaults. */
export interface ImportAsdmOptions {
  readonly asdm: string;
  /** Default: the ASDM's name with `.ms`. */
  readonly vis?: string;
  /** 'ca' all rows, 'ao' autocorrelations, 'co' cross-correlations. */
  readonly ocorr_mode?: 'ca' | 'ao' | 'co';
  /** The visibilities stay in the ASDM's binary data, which the MS refers to. */
  readonly lazy?: boolean;
  /** ASDM tables to copy verbatim, e.g. 'Antenna Station CalWVR' or '*'. */
  readonly asis?: string;
  /** 'no' uncorrected, 'yes' corrected, 'both' two MSs; the corrected one is named …-wvr-corrected.ms. */
  readonly wvr_corrected_data?: 'no' | 'yes' | 'both';
  /** e.g. '0:1,2~6;1:3' */
  readonly scans?: string;
  readonly ignore_time?: boolean;
  readonly process_syspower?: boolean;
  readonly process_caldevice?: boolean;
  readonly process_pointing?: boolean;
  readonly process_flags?: boolean;
  /** s */
  readonly tbuff?: number;
  readonly applyflags?: boolean;
  readonly savecmds?: boolean;
  /** Files for the online flags, one for each MS made; default: the MS's name with `_cmd.txt`. */
  readonly outfile?: string | readonly string[];
  readonly flagbackup?: boolean;
  readonly overwrite?: boolean;
  readonly bdfflags?: boolean;
  readonly with_pointing_correction?: boolean;
  /** Radial velocities of ephemerides as seen from the centre of the Earth. */
  readonly convert_ephem2geo?: boolean;
  /** days; 0: polynomials are not tabulated */
  readonly polyephem_tabtimestep?: number;
  /** Logs each piece of binary data. */
  readonly verbose?: boolean;
  readonly hooks?: IngestHooks;
  /** Data to read: 'all', or of co, ao, ac (correlation modes). */
  readonly corr_mode?: string;
  /** Data to read: 'all', or of fr, ca, bw (spectral resolution types). */
  readonly srt?: string;
  /** Data to read: 'all', or of i, si (integrations, sub-integrations). */
  readonly time_sampling?: string;
}

/** What importasdm made. */
export interface ImportAsdmResult {
  /** The MeasurementSets, uncorrected before corrected. */
  readonly vis: readonly string[];
  /** Rows of each. */
  readonly rows: readonly number[];
  readonly flagCommands: number;
}

type Defaulted = Omit<ImportAsdmOptions, 'hooks' | 'vis' | 'outfile' | 'asdm'>;

/** CASA 6.7's defaults. */
export const IMPORT_DEFAULTS: Required<Defaulted> = {
  ocorr_mode: 'ca',
  lazy: false,
  asis: '',
  wvr_corrected_data: 'no',
  scans: '',
  ignore_time: false,
  process_syspower: true,
  process_caldevice: true,
  process_pointing: true,
  process_flags: true,
  tbuff: 0,
  applyflags: false,
  savecmds: false,
  flagbackup: true,
  overwrite: false,
  bdfflags: false,
  with_pointing_correction: false,
  convert_ephem2geo: true,
  polyephem_tabtimestep: 0,
  corr_mode: 'all',
  srt: 'all',
  time_sampling: 'all',
  verbose: false,
};

export type CompleteOptions = Required<Defaulted> &
  Pick<ImportAsdmOptions, 'asdm' | 'hooks'> & { readonly vis: string; readonly outfile?: readonly string[] };

/** Lines that importasdm writes to HISTORY. */
export function historyMessages(options: CompleteOptions): string[] {
  const { hooks: _, ...shown } = options;
  const names = Object.keys(shown) as (keyof typeof shown)[];
  const text = (value: unknown) =>
    typeof value === 'string' ? `"${value}"` : value === true ? 'True' : value === false ? 'False' : String(value);
  return ['taskname=importasdm', ...names.map((name) => `${name.padEnd(11)} = ${text(shown[name])}`)];
}
