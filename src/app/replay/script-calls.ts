import { isBlank, readTokens, type Token } from '../python/index.ts';

/** A literal of a script, truth values as 1 and 0; names and expressions are undefined. */
export type Literal = string | number | readonly (Literal | undefined)[];

/** A call in a script's text. */
export interface ScriptCall {
  /** As written, with dots: `flagdata`, `aU.plotbandpass`. */
  readonly name: string;
  readonly positional: readonly (Literal | undefined)[];
  readonly named: Readonly<Record<string, Literal | undefined>>;
  /** Comments behind parameters, by the parameter's name. */
  readonly comments: Readonly<Record<string, string>>;
}

/** A literal as text; '' for anything else. */
export const text = (value: Literal | undefined): string => (typeof value === 'string' ? value : '');

/** The items of a list or tuple; a single value is its only item. */
export const items = (value: Literal | undefined): readonly (Literal | undefined)[] =>
  Array.isArray(value) ? (value as readonly (Literal | undefined)[]) : [value];

/** The MeasurementSet or table that a call works on: `vis`, or its first argument. */
export const visOf = (call: ScriptCall): string => text(call.named.vis ?? call.positional[0]);

/** Every call in the text of a Python 2 or 3 script, in order; nothing is run. Calls in comments are not seen. */
export function readCalls(source: string): ScriptCall[] {
  const tokens = readTokens(source);
  const calls: ScriptCall[] = [];
  tokens.forEach((token, at) => {
    if (token.text !== '(' || tokens[at - 1]?.type !== 'name') return;
    let first = at - 1;
    while (tokens[first - 1]?.text === '.' && tokens[first - 2]?.type === 'name') first -= 2;
    if (tokens[first - 1]?.text === '.' || tokens[first - 2]?.text === 'def') return;
    const name = tokens
      .slice(first, at)
      .map((one) => one.text)
      .join('');
    calls.push(readArguments(name, tokens, at));
  });
  return calls;
}

function readArguments(name: string, tokens: readonly Token[], open: number): ScriptCall {
  const inside = tokens[open].depth + 1;
  const positional: (Literal | undefined)[] = [];
  const named: Record<string, Literal | undefined> = {};
  const comments: Record<string, string> = {};
  let current: Token[] = [];
  let last = '';
  const finish = () => {
    const meaning = current.filter((token) => !isBlank(token));
    current = [];
    if (meaning.length === 0) return;
    last = '';
    if (meaning[0].type === 'name' && meaning[1]?.text === '=') {
      last = meaning[0].text;
      named[last] = readLiteral(meaning.slice(2));
    } else positional.push(readLiteral(meaning));
  };
  for (const token of tokens.slice(open + 1)) {
    if (token.text === ')' && token.depth < inside) break;
    if (token.text === ',' && token.depth === inside) finish();
    else if (token.type === 'comment') {
      if (current.some((one) => !isBlank(one))) finish();
      if (last && !comments[last]) comments[last] = token.text.slice(1).trim();
    } else {
      current.push(token);
      if (token.type === 'newline' && current.every(isBlank)) last = last && current.length > 1 ? '' : last;
    }
  }
  finish();
  return { name, positional, named, comments };
}

/** True and False, and CASA's short names of them. */
const TRUTHS: Readonly<Record<string, number | undefined>> = { True: 1, T: 1, False: 0, F: 0 };

/** The value of a string, number, list or tuple; undefined for anything else. */
function readLiteral(tokens: readonly Token[]): Literal | undefined {
  const [first] = tokens;
  if (tokens.length === 1) {
    if (first.type === 'string') return unquote(first.text);
    return first.type === 'number' ? Number(first.text) : TRUTHS[first.text];
  }
  if (first?.text === '-' && tokens.length === 2) return -Number(tokens[1].text);
  if (first?.text !== '[' && first?.text !== '(') return undefined;
  const items: (Literal | undefined)[] = [];
  let item: Token[] = [];
  for (const token of tokens.slice(1, -1)) {
    if (token.text === ',' && token.depth === first.depth + 1) {
      items.push(readLiteral(item));
      item = [];
    } else item.push(token);
  }
  if (item.length > 0) items.push(readLiteral(item));
  return items;
}

/** Text between a string's quotes; the few escapes that names and selections have are left alone. */
function unquote(text: string): string {
  const body = text.replace(/^[a-zA-Z]+/, '');
  const width = body.startsWith("'''") || body.startsWith('"""') ? 3 : 1;
  return body.slice(width, -width);
}
