import { fail } from '../../foundation/base/index.ts';

/** An inclusive range of whole numbers, with a step. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

const ALL: IndexRange = { first: 0, last: Number.POSITIVE_INFINITY, step: 1 };

/** Parts of a selection whose unknown names can be forgiven. */
export type ForgivablePart = 'antenna' | 'spw' | 'intent' | 'correlation';

/** What becomes of names and numbers that an MS does not have. */
export interface SelectionManner {
  /** Told of what CASA warns of: fields and channels beyond the last, and unknown names that are forgiven. */
  readonly warn?: (sentence: string) => void;
  /** Parts in which unknown names beside known ones are only warned of, as flagdata does; elsewhere they end the selection. */
  readonly forgives?: readonly ForgivablePart[];
  /** Windows of which no channel matches stay beside others, without channels: as ms.msselect, and unlike tasks. */
  readonly keepsEmptyWindows?: boolean;
}

/** Ends the selection because of an unknown name, or warns of it. @throws usage */
export function reportUnknown(part: ForgivablePart, sentence: string, manner: SelectionManner): void {
  if (!manner.forgives?.includes(part)) fail('usage', sentence);
  manner.warn?.(sentence);
}

/** Splits a list at a separator that stands outside quotes, parentheses and `/…/`; blanks around the parts are removed. */
export function splitList(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let depth = 0;
  let part = '';
  for (const letter of text) {
    if (quote === '' && depth === 0 && letter === separator) {
      parts.push(part.trim());
      part = '';
      continue;
    }
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'" || (letter === '/' && /^\s*\^?$/.test(part))) quote = letter;
    else if (letter === '(') depth++;
    else if (letter === ')') depth--;
    part += letter;
  }
  parts.push(part.trim());
  return parts;
}

/** The parts of a list, none of which may be empty. @throws usage */
export function splitFilled(text: string, separator: string): string[] {
  const parts = splitList(text, separator);
  if (parts.includes('')) fail('usage', `A part of the selection "${text}" is empty; take away the "${separator}".`);
  return parts;
}

/**
 * Reads `5`, `3~7`, `3~7^2`, `<5` or `>5`.
 *
 * @returns the range; open ends are ±Infinity; undefined when the text is something else (a name)
 */
export function parseIndexRange(text: string): IndexRange | undefined {
  const range = /^(\d+)(?:\s*~\s*(\d+)(?:\s*\^\s*(\d+))?)?$/.exec(text);
  if (range) {
    const first = Number(range[1]);
    const last = range[2] === undefined ? first : Number(range[2]);
    return { first, last, step: Number(range[3] ?? 1) };
  }
  const bound = /^([<>])(=?)\s*(\d+)$/.exec(text);
  if (!bound) return undefined;
  const limit = Number(bound[3]);
  const reach = bound[2] === '=' ? 0 : 1;
  return bound[1] === '<'
    ? { first: 0, last: limit - reach, step: 1 }
    : { first: limit + reach, last: Number.POSITIVE_INFINITY, step: 1 };
}

/** True when the value lies in the range and on its steps. */
export function isInRange(range: IndexRange, value: number): boolean {
  return value >= range.first && value <= range.last && (value - range.first) % range.step === 0;
}

/**
 * A test for names: exact, with the wildcards `*` and `?`, sets `[..]` and choices `{..,..}`, or a regular expression between
 * slashes. Quotes around the text are taken off, and a `\\` before a name.
 */
export function nameTest(text: string): (name: string) => boolean {
  const bare = /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
  if (/^\/.*\/$/.test(bare)) {
    const pattern = new RegExp(`^(?:${bare.slice(1, -1)})$`);
    return (name) => pattern.test(name);
  }
  if (!isPattern(bare)) {
    const exact = bare.replace(/^\\/, '');
    return (name) => name === exact;
  }
  const source = bare
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replaceAll('[\\^', '[^')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\{([^{}]*)\}/g, (_, choices: string) => `(?:${choices.replaceAll(',', '|')})`);
  const pattern = new RegExp(`^${source}$`, 's');
  return (name) => pattern.test(name);
}

/** True when a text has wildcards, a set or choices in it. */
export function isPattern(text: string): boolean {
  return /[*?]|\[.+\]|\{.+\}/.test(text);
}

/**
 * Numbers of the things that a comma list of numbers, ranges and names selects.
 *
 * @param names name of each thing, by number; a thing may have several
 * @param what for messages, e.g. 'field'
 * @param warn told of numbers beyond the last; without it they end the selection
 * @returns ascending numbers
 * @throws usage when a part selects nothing; numbers beyond the last are left out where others are found
 */
export function parseNamedList(
  text: string,
  names: readonly (readonly string[])[],
  what: string,
  warn?: (sentence: string) => void,
): number[] {
  const chosen = new Set<number>();
  const beyond: string[] = [];
  for (const part of splitFilled(text, ',')) {
    const found = matchNamed(part, names);
    for (const id of found) chosen.add(id);
    const range = parseIndexRange(part);
    const isList = range !== undefined && !/^[<>]/.test(part);
    if (isList && range.last >= names.length) beyond.push(part);
    else if (found.length === 0) fail('usage', `No ${what} matches "${part}" in the selection "${text}".`);
  }
  if (chosen.size === 0) fail('usage', `No ${what} matches "${beyond.join()}" in the selection "${text}".`);
  if (beyond.length > 0) {
    warn?.(`There are ${names.length} ${what}s: numbers beyond the last in "${text}" are left out (${beyond.join()}).`);
  }
  return [...chosen].sort((one, other) => one - other);
}

/** Numbers of the things that one number, range or name selects; none when nothing matches. */
export function matchNamed(part: string, names: readonly (readonly string[])[]): number[] {
  const ids = names.map((_, id) => id);
  const range = parseIndexRange(part);
  if (range) return ids.filter((id) => isInRange(range, id));
  const test = nameTest(part);
  return ids.filter((id) => names[id].some(test));
}

/**
 * Reads a list of numbers and ranges, e.g. scans `1,3~5,>10`, as a test.
 *
 * @throws usage when a part is not a number or a range
 */
export function parseIndexTest(text: string, what: string): (value: number) => boolean {
  const ranges: IndexRange[] = [];
  const excluded: IndexRange[] = [];
  for (const part of splitFilled(text, ',')) {
    const isNegated = part.startsWith('!');
    const range = part === '*' ? ALL : parseIndexRange(isNegated ? part.slice(1).trim() : part);
    if (!range) fail('usage', `"${part}" is not a ${what} number or a range such as 3~5.`);
    (isNegated ? excluded : ranges).push(range);
  }
  if (ranges.length === 0) ranges.push(ALL);
  return (value) =>
    ranges.some((range) => isInRange(range, value)) && !excluded.some((range) => isInRange(range, value));
}
