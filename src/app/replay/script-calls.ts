import { isBlank, readTokens, type Token } from '../python/index.ts';
import { type Constants, type Literal, noteStatement, readValue } from './script-constants.ts';

export type { Literal } from './script-constants.ts';

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

/**
 * Every call in the text of a Python 2 or 3 script, in order; nothing is run. Calls in comments are not seen. Variables have the
 * values that the statements before gave them.
 */
export function readCalls(source: string): ScriptCall[] {
  const tokens = readTokens(source);
  const calls: ScriptCall[] = [];
  const constants: Constants = new Map();
  let isStart = true;
  tokens.forEach((token, at) => {
    if (isStart && !isBlank(token)) noteStatement(statementFrom(tokens, at), constants);
    if (!isBlank(token)) isStart = token.depth === 0 && (token.type === 'newline' || ';:'.includes(token.text));
    if (token.text !== '(' || tokens[at - 1]?.type !== 'name') return;
    let first = at - 1;
    while (tokens[first - 1]?.text === '.' && tokens[first - 2]?.type === 'name') first -= 2;
    if (tokens[first - 1]?.text === '.' || tokens[first - 2]?.text === 'def') return;
    const name = tokens
      .slice(first, at)
      .map((one) => one.text)
      .join('');
    calls.push(readArguments(name, tokens, at, constants));
  });
  return calls;
}

/** The meaning tokens of a statement, and what follows it on its line. */
function statementFrom(tokens: readonly Token[], from: number): Token[] {
  const statement: Token[] = [];
  for (let at = from; at < tokens.length; at++) {
    if (!isBlank(tokens[at])) statement.push(tokens[at]);
    if (tokens[at].type === 'newline' && tokens[at].depth === 0) break;
  }
  return statement;
}

function readArguments(name: string, tokens: readonly Token[], open: number, constants: Constants): ScriptCall {
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
      named[last] = readValue(meaning.slice(2), constants);
    } else positional.push(readValue(meaning, constants));
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
