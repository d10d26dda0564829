import { fail } from '../../foundation/base/index.ts';

/** An expression of the table query language, parsed. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: number | string | boolean }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'element'; readonly array: Expression; readonly indices: readonly Expression[] }
  | { readonly kind: 'in'; readonly value: Expression; readonly set: readonly SetItem[]; readonly isNegated: boolean }
  | { readonly kind: 'like'; readonly value: Expression; readonly pattern: RegExp; readonly isNegated: boolean };

/** A member of a set: one value, or a range with closed or open ends. */
export type SetItem =
  | { readonly kind: 'value'; readonly value: Expression }
  | {
      readonly kind: 'range';
      readonly low: Expression | undefined;
      readonly high: Expression | undefined;
      readonly isLowOpen: boolean;
      readonly isHighOpen: boolean;
    };

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'pattern' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const SIGNS = [
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

const COMPARISONS: Readonly<Record<string, string>> = {
  '=': '==',
  '==': '==',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function tokenize(text: string): Token[] {
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
  const number = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(rest);
  if (number) return { kind: 'number', text: number[0], at };
  const pattern = /^[mpf](?:\/[^/]*\/|%[^%]*%|@[^@]*@)i?/.exec(rest);
  if (pattern) return { kind: 'pattern', text: pattern[0], at };
  const name = /^[A-Za-z_][\w.]*(::\w+)*/.exec(rest);
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

function complain(what: string, expression: string, at: number): never {
  return fail('usage', `The query is not understood: ${what} at character ${at + 1} of "${expression}".`);
}

/**
 * Parses the condition of a query: comparisons, && || ! (and, or, not), in and not in with sets and ranges, like, between,
 * patterns (~ m/…/, p/…/), arithmetic, functions, elements of arrays.
 *
 * @throws usage with the place
 */
export function parseQuery(text: string): Expression {
  const parser = new QueryParser(text);
  return parser.parse();
}

class QueryParser {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.or();
    if (this.token.kind !== 'end') this.complain(`"${this.token.text}" is unexpected`);
    return expression;
  }

  private get token(): Token {
    return this.tokens[this.next];
  }

  private complain(what: string): never {
    return complain(what, this.text, this.token.at);
  }

  private isWord(word: string): boolean {
    return this.token.kind === 'name' && this.token.text.toLowerCase() === word;
  }

  private accept(...signs: string[]): string | undefined {
    const { kind, text } = this.token;
    if (kind !== 'sign' || !signs.includes(text)) return undefined;
    this.next++;
    return text;
  }

  private acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.next++;
    return true;
  }

  private expect(sign: string): void {
    if (!this.accept(sign)) this.complain(`"${sign}" is expected`);
  }

  private or(): Expression {
    let left = this.and();
    while (this.accept('||', '|') || this.acceptWord('or')) {
      left = { kind: 'binary', operator: '||', left, right: this.and() };
    }
    return left;
  }

  private and(): Expression {
    let left = this.not();
    while (this.accept('&&', '&') || this.acceptWord('and')) {
      left = { kind: 'binary', operator: '&&', left, right: this.not() };
    }
    return left;
  }

  private not(): Expression {
    if (this.accept('!') || this.acceptWord('not')) return { kind: 'unary', operator: '!', operand: this.not() };
    return this.comparison();
  }

  private comparison(): Expression {
    const left = this.sum();
    const sign = this.accept(...Object.keys(COMPARISONS));
    if (sign) return { kind: 'binary', operator: COMPARISONS[sign], left, right: this.sum() };
    const match = this.accept('~', '!~');
    if (match) return this.pattern(left, match === '!~');
    const isNegated = this.acceptWord('not');
    if (this.acceptWord('in')) return { kind: 'in', value: left, set: this.set(), isNegated };
    const isLoose = this.isWord('ilike');
    if (this.acceptWord('like') || this.acceptWord('ilike')) {
      const { kind, text } = this.token;
      if (kind !== 'text') this.complain('a pattern in quotes is expected after like');
      this.next++;
      return { kind: 'like', value: left, pattern: likePattern(text, isLoose), isNegated };
    }
    if (this.acceptWord('between')) {
      const low = this.sum();
      if (!this.acceptWord('and')) this.complain('"and" is expected after between');
      const range: SetItem = { kind: 'range', low, high: this.sum(), isLowOpen: false, isHighOpen: false };
      return { kind: 'in', value: left, set: [range], isNegated };
    }
    if (isNegated) this.complain('"in", "like" or "between" is expected after not');
    return left;
  }

  private pattern(value: Expression, isNegated: boolean): Expression {
    const { kind, text } = this.token;
    if (kind !== 'pattern') this.complain('a pattern such as m/…/ or p/…/ is expected');
    this.next++;
    const isLoose = text.endsWith('i');
    const body = text.slice(2, isLoose ? -2 : -1);
    const flags = isLoose ? 'i' : '';
    try {
      const pattern =
        text[0] === 'p'
          ? new RegExp(`^${globSource(body)}$`, flags)
          : new RegExp(text[0] === 'f' ? `^(?:${body})$` : body, flags);
      return { kind: 'like', value, pattern, isNegated };
    } catch {
      return this.complain(`"${body}" is not a regular expression`);
    }
  }

  private sum(): Expression {
    let left = this.product();
    for (let sign = this.accept('+', '-'); sign; sign = this.accept('+', '-')) {
      left = { kind: 'binary', operator: sign, left, right: this.product() };
    }
    return left;
  }

  private product(): Expression {
    let left = this.power();
    for (let sign = this.accept('*', '/', '%', '//'); sign; sign = this.accept('*', '/', '%', '//')) {
      left = { kind: 'binary', operator: sign, left, right: this.power() };
    }
    return left;
  }

  private power(): Expression {
    if (this.accept('-')) return { kind: 'unary', operator: '-', operand: this.power() };
    if (this.accept('+')) return this.power();
    const base = this.element();
    return this.accept('**', '^') ? { kind: 'binary', operator: '**', left: base, right: this.power() } : base;
  }

  private element(): Expression {
    let value = this.primary();
    while (this.accept('[')) {
      value = { kind: 'element', array: value, indices: this.list(']') };
    }
    return value;
  }

  private primary(): Expression {
    const { kind, text } = this.token;
    this.next++;
    if (kind === 'number') return { kind: 'literal', value: Number(text) };
    if (kind === 'text') return { kind: 'literal', value: text };
    if (kind === 'sign' && text === '(') {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    if (kind === 'name') {
      if (this.accept('(')) return { kind: 'call', name: text.toLowerCase(), operands: this.list(')') };
      if (/^(t|true)$/i.test(text)) return { kind: 'literal', value: true };
      if (/^(f|false)$/i.test(text)) return { kind: 'literal', value: false };
      return { kind: 'column', name: text };
    }
    this.next--;
    return this.complain(kind === 'end' ? 'it ends too early' : `"${text}" is unexpected`);
  }

  private list(close: string): Expression[] {
    const items: Expression[] = [];
    if (this.accept(close)) return items;
    do items.push(this.or());
    while (this.accept(','));
    this.expect(close);
    return items;
  }

  private set(): SetItem[] {
    const isParenthesis = this.accept('(') !== undefined;
    if (!isParenthesis) this.expect('[');
    const items: SetItem[] = [];
    do items.push(this.setItem());
    while (this.accept(','));
    this.expect(isParenthesis ? ')' : ']');
    return items;
  }

  /** A value; low:high (as integers, both included); low=:=high; <low,high> and {low,high} with open or closed ends. */
  private setItem(): SetItem {
    const open = this.accept('<', '{');
    if (open) {
      const low = this.accept(',') ? undefined : this.sum();
      if (low) this.expect(',');
      const isEnd = () => this.token.kind === 'sign' && (this.token.text === '>' || this.token.text === '}');
      const high = isEnd() ? undefined : this.sum();
      const close = this.accept('>', '}') ?? this.complain('">" or "}" is expected');
      return { kind: 'range', low, high, isLowOpen: open === '<', isHighOpen: close === '>' };
    }
    const low = this.sum();
    const sign = this.accept(':', '=:=', '=:<', '<:=', '<:<');
    if (!sign) return { kind: 'value', value: low };
    return { kind: 'range', low, high: this.sum(), isLowOpen: sign.startsWith('<'), isHighOpen: sign.endsWith('<') };
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** SQL pattern: % any text, _ any character. */
function likePattern(text: string, isLoose: boolean): RegExp {
  const source = [...text].map((char) => (char === '%' ? '.*' : char === '_' ? '.' : escaped(char))).join('');
  return new RegExp(`^${source}$`, isLoose ? 'is' : 's');
}

/** File name pattern: * any text, ? any character, {a,b} either, [..] a set. */
function globSource(text: string): string {
  let depth = 0;
  return [...text]
    .map((char) => {
      if (char === '*') return '.*';
      if (char === '?') return '.';
      if (char === '{') {
        depth++;
        return '(?:';
      }
      if (char === '}') {
        depth--;
        return ')';
      }
      if (char === ',' && depth > 0) return '|';
      return char === '[' || char === ']' || char === '-' ? char : escaped(char);
    })
    .join('');
}
