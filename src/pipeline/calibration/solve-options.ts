import type { Selection } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { GainTable } from './chain-term.ts';

/** One text or a list of them, as CASA's tasks take it. */
export type TextList = string | readonly string[];

/** Parameters that gaincal and bandpass share; names and defaults are CASA 6.7's. */
export interface SolveOptions {
  readonly vis: string;
  /** Table to make. */
  readonly caltable: string;
  readonly field?: string;
  readonly spw?: string;
  readonly intent?: string;
  /** False: timerange … msselect are not looked at. */
  readonly selectdata?: boolean;
  readonly timerange?: string;
  readonly uvrange?: string | number | readonly (string | number)[];
  readonly antenna?: string;
  readonly scan?: string;
  readonly observation?: string | number | readonly (string | number)[];
  /** 'inf' (default), 'int', or a time such as '60s' or a number of seconds; with channels for bandpass, 'inf,20ch' or 'inf,8MHz'. */
  readonly solint?: string | number;
  /** Any of 'obs', 'scan', 'field', 'spw', joined by commas. */
  readonly combine?: string;
  /** Antennas in order of preference, or '' for none. */
  readonly refant?: TextList;
  /** 'flex' (default): another antenna stands in; 'strict': solutions without the first are flagged. */
  readonly refantmode?: string;
  readonly minblperant?: number;
  readonly minsnr?: number;
  readonly solnorm?: boolean;
  /** Add to an existing table. */
  readonly append?: boolean;
  readonly gaintable?: TextList;
  readonly gainfield?: TextList;
  readonly interp?: TextList;
  readonly spwmap?: readonly number[] | readonly (readonly number[])[];
  /** The feeds turn on the sky: the model is turned along, for gaintype T the data are turned back. */
  readonly parang?: boolean;
  /** Keep correlations that are good when others of the same sample are flagged. */
  readonly corrdepflags?: boolean;
}

/** Width of the channels that a bandpass is solved for: a number of channels of the data, or of Hz. */
export type ChannelInterval = { readonly channels: number } | { readonly widthHz: number };

/** The shared parameters in the form that the solver works with. */
export interface SolveRequest {
  readonly vis: string;
  readonly caltable: string;
  readonly selection: Selection;
  /** s; Infinity for 'inf', 0 for 'int' */
  readonly intervalSec: number;
  /** How wide the channels of the solutions are; undefined: as those of the data. */
  readonly channelInterval?: ChannelInterval;
  /** As the user wrote it, for messages. */
  readonly solint: string;
  readonly combine: ReadonlySet<string>;
  readonly refants: readonly string[];
  readonly isStrict: boolean;
  readonly minBaselines: number;
  readonly minSnr: number;
  readonly normalise: boolean;
  readonly append: boolean;
  readonly gainTables: readonly GainTable[];
  readonly keepGoodCorrelations: boolean;
  readonly followsParallacticAngle: boolean;
}

/**
 * Checks the shared parameters and brings them into one form.
 *
 * @throws usage when a parameter cannot be understood
 */
export function parseSolveOptions(context: Context, options: SolveOptions): SolveRequest {
  if (options.caltable === '') fail('usage', 'caltable is empty; give the table to make a name.');
  const solint = String(options.solint ?? 'inf');
  const [timeText, ...frequencyTexts] = solint.split(',');
  return {
    vis: joinPath(context.cwd, options.vis),
    caltable: joinPath(context.cwd, options.caltable),
    selection: selectionOf(options),
    intervalSec: parseTimeInterval(timeText, solint),
    channelInterval: parseChannelInterval(frequencyTexts.join(','), solint),
    solint,
    combine: parseCombine(options.combine ?? ''),
    refants: splitTexts(options.refant),
    isStrict: parseRefantMode(options.refantmode ?? 'flex'),
    minBaselines: options.minblperant ?? 4,
    minSnr: options.minsnr ?? 3,
    normalise: options.solnorm ?? false,
    append: options.append ?? false,
    gainTables: gainTablesOf(context, options),
    keepGoodCorrelations: options.corrdepflags ?? false,
    followsParallacticAngle: options.parang ?? false,
  };
}

function selectionOf(options: SolveOptions): Selection {
  const { field, spw, intent } = options;
  if (options.selectdata === false) return { field, spw, intent };
  const { timerange, antenna, scan } = options;
  const [uvrange, observation] = [options.uvrange, options.observation].map((value) => listText(value));
  return { field, spw, intent, timerange, uvrange, antenna, scan, observation };
}

/** CASA's variants as a selection text: numbers and lists are allowed. */
function listText(value: string | number | readonly (string | number)[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

/** s; of a negative time each integration, and of 0 everything, as CASA 6.7 takes them. */
function parseTimeInterval(text: string, solint: string): number {
  const word = text.trim().toLowerCase();
  if (word === '' || word.includes('inf')) return Number.POSITIVE_INFINITY;
  if (word.includes('int')) return 0;
  const match = /^(-?[\d.]+(?:e[-+]?\d+)?)\s*(s|min|h|d)?$/.exec(word);
  if (!match) fail('usage', `solint "${solint}" is not 'inf', 'int' or a time such as '60s' or '5min'.`);
  const value = Number(match[1]);
  if (value <= 0) return value < 0 ? 0 : Number.POSITIVE_INFINITY;
  return value * { s: 1, min: 60, h: 3600, d: 86_400 }[(match[2] ?? 's') as 's' | 'min' | 'h' | 'd'];
}

/** The part of solint after the comma: '20ch', '20', '8MHz' (CASA 6.7, SolvableVisCal::reParseSolintForVI2). */
function parseChannelInterval(text: string, solint: string): ChannelInterval | undefined {
  const word = text.trim();
  if (word === '' || word.toLowerCase() === 'none') return undefined;
  const match = /^([\d.]+(?:e[-+]?\d+)?)\s*(ch\w*|hz|khz|mhz|ghz)?$/i.exec(word);
  const value = Number(match?.[1] ?? 0);
  if (!match || !(value > 0)) {
    fail('usage', `solint "${solint}" has no width in frequency after the comma, such as '20ch' or '8MHz'.`);
  }
  const unit = (match[2] ?? 'ch').toLowerCase();
  if (unit.startsWith('ch')) return { channels: Math.max(1, Math.floor(value)) };
  return { widthHz: value * { hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9 }[unit as 'hz' | 'khz' | 'mhz' | 'ghz'] };
}

function parseCombine(text: string): Set<string> {
  const words = text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'none');
  const unknown = words.find((word) => !['obs', 'scan', 'field', 'spw'].includes(word));
  if (unknown) fail('usage', `combine has "${unknown}"; it may have obs, scan, field and spw.`);
  return new Set(words);
}

function parseRefantMode(mode: string): boolean {
  if (mode !== 'flex' && mode !== 'strict') fail('usage', `refantmode "${mode}" is neither 'flex' nor 'strict'.`);
  return mode === 'strict';
}

/** The texts of a list whose texts may hold commas, too; empty ones left out. */
export function splitTexts(list: TextList | undefined): string[] {
  const texts = typeof list === 'string' ? [list] : [...(list ?? [])];
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function gainTablesOf(context: Context, options: SolveOptions): GainTable[] {
  const tables = (typeof options.gaintable === 'string' ? [options.gaintable] : [...(options.gaintable ?? [])]).filter(
    (path) => path !== '',
  );
  const fields = typeof options.gainfield === 'string' ? [options.gainfield] : (options.gainfield ?? []);
  const interps = typeof options.interp === 'string' ? [options.interp] : (options.interp ?? []);
  const maps = options.spwmap ?? [];
  const isNested = maps.some((entry) => Array.isArray(entry));
  return tables.map((path, index) => ({
    table: joinPath(context.cwd, path),
    gainfield: fields[index] ?? '',
    interp: interps[index] || 'linear',
    spwmap: (isNested ? maps[index] : index === 0 ? maps : []) as readonly number[],
  }));
}
