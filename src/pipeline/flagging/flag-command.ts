import { formatMjd } from '../../astronomy/measures/index.ts';
import { parseTimerange, type Selection } from '../../astronomy/ms/index.ts';
import { fail, isQa2Error } from '../../foundation/base/index.ts';
import type { Extension } from './extension.ts';

export type FlagMode = 'manual' | 'unflag' | 'clip' | 'quack' | 'shadow' | 'elevation' | 'extend' | 'summary';

/** An antenna that is not in the MS: m, ITRF position. */
export interface AddedAntenna {
  readonly name: string;
  readonly diameter: number;
  readonly position: readonly number[];
}

/** One flagging command: what to select and which agent decides. Names are CASA's. */
export interface FlagCommand extends Selection, Extension {
  readonly mode: FlagMode;
  /** Only autocorrelations. */
  readonly autocorr?: boolean;
  readonly reason?: string;
  /** clip: smallest and largest value that stays. */
  readonly clipminmax?: readonly [low: number, high: number] | readonly [];
  readonly datacolumn?: string;
  readonly clipoutside?: boolean;
  readonly clipzeros?: boolean;
  /** clip: judge the average over the selected channels. */
  readonly channelavg?: boolean;
  /** quack: s */
  readonly quackinterval?: number;
  readonly quackmode?: 'beg' | 'endb' | 'end' | 'tail';
  readonly quackincrement?: boolean;
  /** shadow: overlap that is allowed, m. */
  readonly tolerance?: number;
  /** shadow: antennas without data that may cast shadows; or a file's name, which flagdata replaces by its content. */
  readonly addantenna?: readonly AddedAntenna[];
  /** extend: 'scan', or a time that begins anew with each scan, s. */
  readonly ntime?: string | number;
  /** extend: the times of all scans of a field together. */
  readonly combinescans?: boolean;
  /** elevation: degrees */
  readonly lowerlimit?: number;
  readonly upperlimit?: number;
  /** summary */
  readonly name?: string;
  readonly fieldcnt?: boolean;
  readonly spwchan?: boolean;
  readonly spwcorr?: boolean;
  readonly basecnt?: boolean;
  readonly minrel?: number;
  readonly maxrel?: number;
  readonly minabs?: number;
  readonly maxabs?: number;
}

const TEXTS = [
  'spw',
  'field',
  'antenna',
  'scan',
  'intent',
  'timerange',
  'uvrange',
  'correlation',
  'array',
  'observation',
  'feed',
  'reason',
  'datacolumn',
  'quackmode',
  'ntime',
  'name',
];
const NUMBERS = [
  ...['quackinterval', 'tolerance', 'lowerlimit', 'upperlimit', 'growtime', 'growfreq'],
  ...['minrel', 'maxrel', 'minabs', 'maxabs'],
];
const TRUTHS = [
  'autocorr',
  'clipoutside',
  'clipzeros',
  'channelavg',
  'quackincrement',
  'extendpols',
  'growaround',
  'flagneartime',
  'flagnearfreq',
  'combinescans',
  'fieldcnt',
  'spwchan',
  'spwcorr',
  'basecnt',
];
const MODES: readonly FlagMode[] = ['manual', 'unflag', 'clip', 'quack', 'shadow', 'elevation', 'extend', 'summary'];
/** Averages before the judgement, which CASA saves with every clip: read where they average nothing. */
const NO_AVERAGES: Readonly<Record<string, RegExp>> = { chanbin: /^1$/, timeavg: /^(false|0)$/i, timebin: /^0s?$/ };
/** Words that say how a command is kept or shown, not what it flags. */
const IGNORED = ['level', 'severity', 'type', 'applied', 'interval', 'time', 'flagbackup', 'addantenna', 'tbuff'];

/**
 * Reads a command line as FLAG_CMD.COMMAND and list files hold them: `key=value` pairs separated by blanks, texts in quotes,
 * e.g. `antenna='DV01&&*' timerange='2013/06/15/03:00:00~2013/06/15/03:00:10' reason='shadow'`. No mode means manual.
 *
 * @throws usage for words that are no flagging parameter, or values of the wrong kind
 */
export function parseFlagCommand(line: string): FlagCommand {
  const command: Record<string, unknown> = { mode: 'manual' };
  for (const [key, value] of splitPairs(line)) {
    if (key === 'mode') command.mode = parseMode(value);
    else if (TEXTS.includes(key)) command[key] = value;
    else if (NUMBERS.includes(key)) command[key] = parseNumber(key, value);
    else if (TRUTHS.includes(key)) command[key] = /^(true|1)$/i.test(value);
    else if (key === 'clipminmax') command[key] = parsePair(value);
    else if (Object.hasOwn(NO_AVERAGES, key)) {
      if (!NO_AVERAGES[key].test(value))
        fail('unsupported', `The flag command "${line}" averages before it judges (${key}); this program does not.`);
    } else if (!IGNORED.includes(key))
      fail('usage', `"${key}" in the flag command "${line}" is not a flagging parameter.`);
  }
  return command as unknown as FlagCommand;
}

const SELECTION = [
  ...['field', 'spw', 'array', 'feed', 'scan', 'antenna', 'uvrange', 'timerange'],
  ...['intent', 'observation'],
] as const;
/** Parameters that a mode looks at, in the order in which CASA 6.7 keeps them. */
const OF_MODE: Readonly<Record<FlagMode, readonly (keyof FlagCommand)[]>> = {
  manual: ['autocorr'],
  unflag: [],
  clip: ['datacolumn', 'clipoutside', 'channelavg', 'clipzeros', 'clipminmax'],
  quack: ['quackmode', 'quackinterval', 'quackincrement'],
  shadow: ['tolerance'],
  elevation: ['lowerlimit', 'upperlimit'],
  extend: [
    ...(['ntime', 'combinescans', 'extendpols', 'growtime', 'growfreq'] as const),
    ...(['growaround', 'flagneartime', 'flagnearfreq'] as const),
  ],
  summary: ['name', 'fieldcnt', 'spwchan', 'spwcorr', 'basecnt', 'minrel', 'maxrel', 'minabs', 'maxabs'],
};

/** Writes a command in the form that `parseFlagCommand` reads, and as CASA's flagdata keeps one: what its mode looks at. */
export function formatFlagCommand(command: FlagCommand): string {
  const { mode, correlation = '', datacolumn } = command;
  const stated: Readonly<Record<string, unknown>> = {
    ...command,
    datacolumn: datacolumn?.toUpperCase(),
    correlation: correlation.toUpperCase(),
    observation: String(command.observation ?? ''),
    ...(command.ntime !== undefined && { ntime: extensionSeconds(command.ntime) }),
  };
  const parts: string[] = [];
  for (const key of [...SELECTION, ...OF_MODE[mode], 'mode', 'correlation', 'reason']) {
    const value = stated[key];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    if (Array.isArray(value)) parts.push(`${key}=[${value.map(asFloat).join(', ')}]`);
    else if (typeof value === 'boolean') parts.push(`${key}=${value ? 'True' : 'False'}`);
    else if (typeof value === 'number') parts.push(`${key}=${asFloat(value)}`);
    else parts.push(`${key}='${value}'`);
    if (key === 'channelavg') parts.push("chanbin=1 timeavg=False timebin='0s'");
  }
  return parts.join(' ');
}

/**
 * Reads `ntime` of mode extend: 'scan', or a length of time such as 30.0, '30s' or '2min'.
 *
 * @returns s; 0 means the scan
 * @throws usage
 */
export function extensionSeconds(ntime: string | number): number {
  const text = String(ntime).trim();
  if (text === 'scan') return 0;
  const match = /^([\d.]+(?:e[-+]?\d+)?)\s*(s|min|h)?$/i.exec(text);
  if (!match) fail('usage', `ntime "${text}" is neither 'scan' nor a time such as 30.0 or '30s'.`);
  return Number(match[1]) * { s: 1, min: 60, h: 3600 }[(match[2] ?? 's').toLowerCase() as 's' | 'min' | 'h'];
}

/** A number as Python writes one that need not be whole. */
const asFloat = (value: unknown) => (Number.isInteger(value) ? `${value}.0` : String(value));

/** The same line with all texts in quotes, lists and truths as Python writes them, and this `reason` (none where it is empty). */
export function restateFlagCommand(line: string, reason: string): string {
  const pairs = splitPairs(line);
  const stated = pairs.some(([key]) => key === 'reason') ? pairs : [...pairs, ['reason', reason] as const];
  return stated
    .flatMap(([key, value]) => {
      if (key === 'reason') return reason === '' ? [] : [`reason='${reason}'`];
      const isNumber = key === 'ntime' && !Number.isNaN(Number(value));
      if ((TEXTS.includes(key) && !isNumber) || key === 'mode') return [`${key}='${value}'`];
      return [`${key}=${value.replaceAll(/,\s*/g, ', ').replace('true', 'True').replace('false', 'False')}`];
    })
    .join(' ');
}

/**
 * The same command with its ranges of times wider: seconds before, and after. Commands without such a range stay, and those
 * whose times cannot be read, of which the selection speaks.
 *
 * @param firstTimeSec what missing dates are taken from: TIME of the first row
 */
export function widenTimerange(
  command: FlagCommand,
  [before, after]: readonly [before: number, after: number],
  firstTimeSec: number,
): FlagCommand {
  if ((before === 0 && after === 0) || !command.timerange?.includes('~')) return command;
  try {
    const parts = command.timerange.split(',').map((part) => {
      if (!part.includes('~') || part.includes('[')) return part;
      const [[start, end]] = parseTimerange(part, firstTimeSec);
      return `${formatMjd(start - before, 3)}~${formatMjd(end + after, 3)}`;
    });
    return { ...command, timerange: parts.join(',') };
  } catch (error) {
    if (isQa2Error(error, 'usage')) return command;
    throw error;
  }
}

/** Checks a mode word; @throws usage or unsupported */
export function parseMode(text: string): FlagMode {
  const mode = MODES.find((known) => known === text);
  if (mode) return mode;
  if (['tfcrop', 'rflag', 'antint'].includes(text)) {
    fail(
      'unsupported',
      `The flagging mode "${text}" is not done by this program; use manual, clip, quack, shadow, elevation or extend.`,
    );
  }
  fail('usage', `"${text}" is not a flagging mode; use ${MODES.join(', ')} or list.`);
}

function splitPairs(line: string): [key: string, value: string][] {
  const pairs: [string, string][] = [];
  const pattern = /\s*([A-Za-z_]+)\s*=\s*('[^']*'|"[^"]*"|\[[^\]]*\]|\S+)/gy;
  let end = 0;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    pairs.push([match[1].toLowerCase(), match[2].replace(/^(['"])(.*)\1$/, '$2')]);
    end = pattern.lastIndex;
  }
  if (line.slice(end).trim() !== '')
    fail('usage', `The flag command "${line}" cannot be read from "${line.slice(end).trim()}".`);
  return pairs;
}

function parseNumber(key: string, value: string): number {
  const number = Number(value);
  if (Number.isNaN(number)) fail('usage', `${key}=${value} in a flag command is not a number.`);
  return number;
}

function parsePair(value: string): readonly [number, number] | readonly [] {
  const numbers = value
    .replace(/[[\]()]/g, '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (numbers.some(Number.isNaN) || (numbers.length !== 0 && numbers.length !== 2)) {
    fail('usage', `clipminmax=${value} is not a pair of numbers.`);
  }
  return numbers as [number, number];
}
