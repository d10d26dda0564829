import { joinPath } from '../../foundation/bytes/index.ts';
import type { GainTable } from './chain-term.ts';

/** What an application of calibration tables is: which rows, which tables, and how they are carried to the data. */
export interface ApplicationOptions {
  readonly field?: string;
  readonly spw?: string;
  readonly intent?: string;
  /** False: timerange … observation are not looked at. */
  readonly selectdata?: boolean;
  readonly timerange?: string;
  readonly uvrange?: string;
  readonly antenna?: string;
  readonly scan?: string;
  readonly observation?: string | number;
  readonly gaintable: string | readonly string[];
  readonly gainfield?: string | readonly string[];
  readonly interp?: string | readonly string[];
  readonly spwmap?: readonly number[] | readonly (readonly number[])[];
  readonly calwt?: boolean | readonly boolean[];
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}

/** Brings the parallel lists of CASA's parameters together; entries that are missing take the defaults. */
export function gainTables(cwd: string, options: ApplicationOptions): GainTable[] {
  const fields = listOf(options.gainfield);
  const interps = listOf(options.interp);
  const weights = listOf(options.calwt);
  const maps = options.spwmap ?? [];
  const isNested = maps.some((entry) => Array.isArray(entry));
  return listOf(options.gaintable)
    .map((path, index) => ({
      table: path === '' ? '' : joinPath(cwd, path),
      name: path,
      gainfield: fields[index] ?? '',
      interp: interps[index] || 'linear',
      spwmap: (isNested ? (maps[index] ?? []) : index === 0 ? maps : []) as readonly number[],
      calwt: weights.length === 1 ? weights[0] : (weights[index] ?? true),
    }))
    .filter(({ table }) => table !== '');
}

/** The selection of rows. */
export function applicationSelection(options: ApplicationOptions) {
  const { field, spw, intent } = options;
  if (options.selectdata === false) return { field, spw, intent, observation: '' };
  const { timerange, uvrange, antenna, scan } = options;
  return { field, spw, intent, timerange, uvrange, antenna, scan, observation: String(options.observation ?? '') };
}
