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

/** Parameters that one mode alone looks at. */
const OF_MODE: Readonly<Partial<Record<FlagMode, readonly string[]>>> = {
  clip: ['datacolumn', 'clipminmax', 'clipoutside', 'channelavg', 'clipzeros'],
  quack: ['quackinterval', 'quackmode', 'quackincrement'],
  shadow: ['tolerance'],
  elevation: ['lowerlimit', 'upperlimit'],
  extend: [
    ...['ntime', 'combinescans', 'extendpols', 'growtime', 'growfreq', 'growaround'],
    ...['flagneartime', 'flagnearfreq'],
  ],
  summary: ['name', 'fieldcnt', 'spwchan', 'spwcorr', 'basecnt', 'minrel', 'maxrel', 'minabs', 'maxabs'],
};
/** Numbers that CASA wants without a fraction. */
const WHOLE = ['observation', 'minabs', 'maxabs'];
const OF_SOME_MODE = Object.values(OF_MODE).flat();
const OF_ALL_MODES = [...TEXTS, ...TRUTHS].filter((key) => !OF_SOME_MODE.includes(key));

/** Writes a command in the form that `parseFlagCommand` reads: what commands hold, and of that what its mode looks at. */
export function formatFlagCommand(command: FlagCommand): string {
  const parts: string[] = [`mode='${command.mode}'`];
  const kept = [...OF_ALL_MODES, ...(OF_MODE[command.mode] ?? [])];
  for (const [key, value] of Object.entries(command)) {
    if (!kept.includes(key) || value === undefined || value === '') continue;
    if (Array.isArray(value)) parts.push(`${key}=[${value.map(asFloat).join(', ')}]`);
    else if (typeof value === 'boolean') parts.push(`${key}=${value ? 'True' : 'False'}`);
    else if (typeof value === 'number') parts.push(`${key}=${WHOLE.includes(key) ? value : asFloat(value)}`);
    else parts.push(`${key}='${value}'`);
  }
  return parts.join(' ');
}

/** A number as Python writes one that need not be whole. */
const asFloat = (value: unknown) => (Number.isInteger(value) ? `${value}.0` : String(value));

/** The same line with all texts in quotes and `reason` (none where it is empty) at its end. */
export function restateFlagCommand(line: string, reason: string): string {
  const parts = splitPairs(line)
    .filter(([key]) => key !== 'reason')
    .map(([key, value]) => (TEXTS.includes(key) || key === 'mode' ? `${key}='${value}'` : `${key}=${value}`));
  return [...parts, ...(reason === '' ? [] : [`reason='${reason}'`])].join(' ');
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
      const [[start, end]] = parseTimerange(part, firstTimeSec, 0);
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
