import { isBlank, type Token } from '../python/index.ts';

/** A literal of a script, truth values as 1 and 0; names and expressions without a known value are undefined. */
export type Literal = string | number | readonly (Literal | undefined)[];

/** Values of a script's variables, as far as its text tells them. */
export type Constants = Map<string, Literal>;

/** True and False, and CASA's short names of them. */
const TRUTHS: Readonly<Record<string, number | undefined>> = { True: 1, T: 1, False: 0, F: 0 };

/**
 * The value of an expression: strings, numbers, lists, variables that are known, sums, and texts that are put together with `%`
 * or `format`; undefined for anything else.
 */
export function readValue(tokens: readonly Token[], constants: Constants = new Map()): Literal | undefined {
  const meaning = tokens.filter((token) => !isBlank(token));
  const terms = splitAt(meaning, '+');
  if (terms.length > 1 && terms[0].length > 0) {
    const values = terms.map((term) => readValue(term, constants));
    if (values.some((value) => value === undefined)) return undefined;
    return (values as Literal[]).reduce((sum, value) => add(sum, value) as Literal);
  }
  const [template, ...filling] = splitAt(meaning, '%');
  if (filling.length === 1)
    return fillIn(readValue(template, constants), listOf(readValue(filling[0], constants)), PERCENT);
  return readTerm(meaning, constants);
}

function readTerm(tokens: readonly Token[], constants: Constants): Literal | undefined {
  const [first] = tokens;
  if (first === undefined) return undefined;
  if (tokens.length === 1) {
    if (first.type === 'string') return unquote(first.text);
    return first.type === 'number' ? Number(first.text) : (constants.get(first.text) ?? TRUTHS[first.text]);
  }
  if (first.text === '-' && tokens.length === 2) return -Number(tokens[1].text);
  // Neighbouring strings are one.
  if (tokens.every(({ type }) => type === 'string')) return tokens.map(({ text }) => unquote(text)).join('');
  const close = tokens.findIndex((token, at) => at > 0 && ')]'.includes(token.text) && token.depth === first.depth);
  if (first.text === '[' || first.text === '(') {
    if (close !== tokens.length - 1) return undefined;
    const parts = splitAt(tokens.slice(1, -1), ',');
    const values = parts.filter((part) => part.length > 0).map((part) => readValue(part, constants));
    return first.text === '(' && parts.length === 1 ? values[0] : values;
  }
  const open = tokens.findIndex(({ text }) => text === '(');
  if (tokens.at(-1)?.text !== ')' || open < 0) return readItem(tokens, constants);
  const inside = splitAt(tokens.slice(open + 1, -1), ',').map((part) => readValue(part, constants));
  if (open === 1 && (first.text === 'str' || first.text === 'list'))
    return inside[0] === undefined ? undefined : first.text === 'str' ? String(inside[0]) : inside[0];
  if (tokens[open - 1].text !== 'format' || tokens[open - 2]?.text !== '.') return undefined;
  return fillIn(readTerm(tokens.slice(0, open - 2), constants), inside, BRACES);
}

/** `name[2]` */
function readItem(tokens: readonly Token[], constants: Constants): Literal | undefined {
  if (tokens.length !== 4 || tokens[1].text !== '[' || tokens[3].text !== ']') return undefined;
  const list = constants.get(tokens[0].text);
  return Array.isArray(list) ? (list as readonly (Literal | undefined)[]).at(Number(tokens[2].text)) : undefined;
}

const PERCENT = /%[sdi]/g;
const BRACES = /\{(\d*)\}/g;

function fillIn(template: Literal | undefined, values: readonly (Literal | undefined)[], holes: RegExp) {
  if (typeof template !== 'string' || values.some((value) => value === undefined)) return undefined;
  let next = 0;
  return template.replace(holes, (_, number) => {
    const told = typeof number === 'string' && /^\d+$/.test(number);
    return String(values[told ? Number(number) : next++] ?? '');
  });
}

const listOf = (value: Literal | undefined): readonly (Literal | undefined)[] =>
  Array.isArray(value) ? (value as readonly (Literal | undefined)[]) : [value];

function add(a: Literal, b: Literal): Literal | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  return Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : undefined;
}

/** Parts between separators that stand in no brackets. */
function splitAt(tokens: readonly Token[], separator: string): Token[][] {
  const depth = Math.min(...tokens.map((token) => token.depth));
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === separator && token.depth === depth) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/**
 * Takes over what a statement says about variables: `name = value`, and the first of the Execution Blocks that a loop runs over.
 * Other variables of loops have no value.
 *
 * @param tokens from the beginning of the statement on
 */
export function noteStatement(tokens: readonly Token[], constants: Constants): void {
  const [name, second] = tokens;
  if (name?.type !== 'name') return;
  const isLoop = name.text === 'for' && tokens[2]?.text === 'in';
  if (!isLoop && second?.text !== '=') return;
  const end = tokens.findIndex(
    ({ type, text, depth }) => depth === name.depth && (type === 'newline' || text === ';' || (isLoop && text === ':')),
  );
  const value = readValue(tokens.slice(isLoop ? 3 : 2, end < 0 ? undefined : end), constants);
  const variable = isLoop ? second.text : name.text;
  const first = listOf(value)[0];
  const taken = !isLoop ? value : typeof first === 'string' && first.includes('uid___') ? first : undefined;
  // What cannot be read takes the place of what could: an older value would be wrong.
  if (taken === undefined) constants.delete(variable);
  else constants.set(variable, taken);
}

/** Text between a string's quotes; the few escapes that names and selections have are left alone. */
function unquote(text: string): string {
  const body = text.replace(/^[a-zA-Z]+/, '');
  const width = body.startsWith("'''") || body.startsWith('"""') ? 3 : 1;
  return body.slice(width, -width);
}
