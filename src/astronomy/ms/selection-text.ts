import { fail } from '../../foundation/base/index.ts';

/** An inclusive range of whole numbers, with a step. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** Splits a list at a separator that stands outside quotes; blanks around the parts are removed. */
export function splitList(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let part = '';
  for (const letter of text) {
    if (quote === '' && letter === separator) {
      parts.push(part.trim());
      part = '';
      continue;
    }
    if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
    else if (letter === quote) quote = '';
    part += letter;
  }
  parts.push(part.trim());
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
 * A test for names: exact, with the wildcards `*` and `?` and `[..]`, or a regular expression between slashes.
 * Quotes around the text are taken off.
 */
export function nameTest(text: string): (name: string) => boolean {
  const bare = /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
  if (/^\/.*\/$/.test(bare)) {
    const pattern = new RegExp(`^(?:${bare.slice(1, -1)})$`);
    return (name) => pattern.test(name);
  }
  if (!/[*?]/.test(bare)) return (name) => name === bare;
  const source = bare
    .replace(/[.+^${}()|\\[\]]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const pattern = new RegExp(`^${source}$`, 's');
  return (name) => pattern.test(name);
}

/**
 * Numbers of the things that a comma list of numbers, ranges and names selects.
 *
 * @param names name of each thing, by number; a thing may have several
 * @param what for messages, e.g. 'field'
 * @returns ascending numbers
 * @throws usage when a part selects nothing
 */
export function parseNamedList(text: string, names: readonly (readonly string[])[], what: string): number[] {
  const chosen = new Set<number>();
  for (const part of splitList(text, ',')) {
    if (part === '') continue;
    const found = matchNamed(part, names);
    if (found.length === 0) fail('usage', `No ${what} matches "${part}" in the selection "${text}".`);
    for (const id of found) chosen.add(id);
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
  for (const part of splitList(text, ',')) {
    if (part === '' || part === '*') {
      ranges.push({ first: 0, last: Number.POSITIVE_INFINITY, step: 1 });
      continue;
    }
    const isNegated = part.startsWith('!');
    const range = parseIndexRange(isNegated ? part.slice(1).trim() : part);
    if (!range) fail('usage', `"${part}" is not a ${what} number or a range such as 3~5.`);
    (isNegated ? excluded : ranges).push(range);
  }
  if (ranges.length === 0) ranges.push({ first: 0, last: Number.POSITIVE_INFINITY, step: 1 });
  return (value) =>
    ranges.some((range) => isInRange(range, value)) && !excluded.some((range) => isInRange(range, value));
}
