import { fail } from '../../foundation/base/index.ts';

/** A word, number or sign of a query. */
export interface Token {
  readonly kind: 'number' | 'date' | 'angle' | 'text' | 'name' | 'pattern' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const SIGNS = [
  '!~=',
  '=:=',
  '=:<',
  '<:=',
  '<:<',
  '&&',
  '||',
  '==',
  '!=',
  '<>',
  '<=',
  '>=',
  '**',
  '//',
  '!~',
  '~=',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '~',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '&',
  '|',
]; // longest first

/** A date as TaQL writes it without quotes: 2013-06-02, 2013/06/02/03:04:05, 2Jun2013/03:04. */
const DATE =
  /^(?:\d{4}([-/])\d{1,2}\1\d{1,2}|\d{1,2}-?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-?\d{4})(?:[/T]\d{1,2}(?::\d{1,2}(?::\d{1,2}(?:\.\d*)?)?)?)?(?![\w.])/i;

/** Cuts a query into words and signs. @throws usage with the place */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest);
    if (space) {
      at += space[0].length;
      continue;
    }
    const token = nextToken(rest, at, text);
    tokens.push(token);
    at += token.kind === 'text' ? token.text.length + 2 : token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function nextToken(rest: string, at: number, whole: string): Token {
  const date = DATE.exec(rest);
  if (date) return { kind: 'date', text: date[0], at };
  const angle = /^\d+[hd]\d+m(?:\d+(?:\.\d*)?)?/.exec(rest);
  if (angle) return { kind: 'angle', text: angle[0], at };
  const number = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(rest);
  if (number) return { kind: 'number', text: number[0], at };
  const pattern = /^[mpf](?:\/[^/]*\/|%[^%]*%|@[^@]*@)i?/.exec(rest);
  if (pattern) return { kind: 'pattern', text: pattern[0], at };
  const distance = /^d(?:\/[^/]*\/|%[^%]*%|@[^@]*@)[ib]*\d*[ib]*/.exec(rest);
  if (distance) return { kind: 'pattern', text: distance[0], at };
  const name = /^(?:[A-Za-z_][\w.]*(?:::\w+)*|::[A-Za-z_]\w*)/.exec(rest);
  if (name) return { kind: 'name', text: name[0], at };
  if (rest[0] === '"' || rest[0] === "'") {
    const end = rest.indexOf(rest[0], 1);
    if (end < 0) complain('a text is not closed', whole, at);
    return { kind: 'text', text: rest.slice(1, end), at };
  }
  const sign = SIGNS.find((candidate) => rest.startsWith(candidate));
  if (!sign) complain(`"${rest[0]}" is not understood`, whole, at);
  return { kind: 'sign', text: sign, at };
}

/** @throws usage: what is wrong, and where */
export function complain(what: string, expression: string, at: number): never {
  return fail('usage', `The query is not understood: ${what} at character ${at + 1} of "${expression}".`);
}
