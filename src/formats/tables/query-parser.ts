import { fail } from '../../foundation/base/index.ts';

/** An expression of the table query language, parsed. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: number | string | boolean; readonly isInteger?: boolean }
  | { readonly kind: 'array'; readonly items: readonly SetItem[] }
  | { readonly kind: 'subquery'; readonly statement: Statement }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'element'; readonly array: Expression; readonly indices: readonly SetItem[] }
  | {
      readonly kind: 'in';
      readonly value: Expression;
      readonly set: readonly SetItem[] | Expression;
      readonly isNegated: boolean;
    }
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
      /** low:high, as integers: its end depends on the style. */
      readonly isDiscrete?: boolean;
      readonly step?: Expression | undefined;
    };

/** How elements are counted: CASA's way (from 1, ends included, fastest axis first), or Python's. */
export interface QueryStyle {
  readonly origin: 0 | 1;
  readonly isEndExcluded: boolean;
  readonly isSlowestFirst: boolean;
}

export interface SelectItem {
  readonly expression: Expression;
  readonly name: string | undefined;
}

export interface SortKey {
  readonly expression: Expression;
  readonly isDescending: boolean;
}

/** Rows from, to (not included) and step; negative ones count from the end. */
export interface RowLimit {
  readonly start: number;
  readonly end: number | undefined;
  readonly step: number;
}

/** A table by its path, or what a query gives. */
export type Origin = string | Statement;

/** A statement of the table query language. */
export interface Statement {
  readonly kind: 'select' | 'update' | 'delete' | 'count' | 'calc';
  readonly style: QueryStyle;
  readonly from: Origin | undefined;
  /** Empty: all columns. */
  readonly items: readonly SelectItem[];
  readonly isDistinct: boolean;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
  readonly orderBy: readonly SortKey[];
  readonly isOrderDistinct: boolean;
  readonly limit: RowLimit | undefined;
  /** A table to write, or the values of a set. */
  readonly giving: { readonly path: string; readonly isPlain: boolean } | readonly SetItem[] | undefined;
  readonly assignments: readonly {
    readonly column: string;
    readonly indices: readonly SetItem[];
    readonly value: Expression;
  }[];
}

export interface Token {
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
  const name = /^(?:[A-Za-z_][\w.]*(?:::\w+)*|::\w+)/.exec(rest);
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

export const CASA_STYLE: QueryStyle = { origin: 1, isEndExcluded: false, isSlowestFirst: false };

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

/** Parses expressions; {@link StatementParser} has the statements around them. */
export class QueryParser {
  protected readonly text: string;
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.or();
    this.expectEnd();
    return expression;
  }

  /** A query in place of a set of values. */
  protected subquery(): Statement {
    return this.complain('a query inside a query is understood in whole statements only');
  }

  protected expectEnd(): void {
    if (this.token.kind !== 'end') this.complain(`"${this.token.text}" is unexpected`);
  }

  protected get token(): Token {
    return this.tokens[this.next];
  }

  protected take(): Token {
    return this.tokens[this.next++];
  }

  protected complain(what: string): never {
    return complain(what, this.text, this.token.at);
  }

  protected isWord(word: string): boolean {
    return this.token.kind === 'name' && this.token.text.toLowerCase() === word;
  }

  protected accept(...signs: string[]): string | undefined {
    const { kind, text } = this.token;
    if (kind !== 'sign' || !signs.includes(text)) return undefined;
    this.next++;
    return text;
  }

  protected acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.next++;
    return true;
  }

  protected expect(sign: string): void {
    if (!this.accept(sign)) this.complain(`"${sign}" is expected`);
  }

  protected or(): Expression {
    let left = this.and();
    while (this.accept('||', '|') || this.acceptWord('or')) {
      left = { kind: 'binary', operator: '||', left, right: this.and() };
    }
    return left;
  }

  private and(): Expression {
    let left = this.comparison();
    while (this.accept('&&', '&') || this.acceptWord('and')) {
      left = { kind: 'binary', operator: '&&', left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): Expression {
    const left = this.sum();
    const sign = this.accept(...Object.keys(COMPARISONS));
    if (sign) {
      const right = this.sum();
      return (
        patternTest(COMPARISONS[sign], left, right) ?? { kind: 'binary', operator: COMPARISONS[sign], left, right }
      );
    }
    const match = this.accept('~', '!~');
    if (match) return this.pattern(left, match === '!~');
    const isNegated = this.acceptWord('not');
    if (this.acceptWord('in')) return { kind: 'in', value: left, set: this.members(), isNegated };
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
    if (this.accept('!') || this.acceptWord('not')) return { kind: 'unary', operator: '!', operand: this.power() };
    if (this.accept('+')) return this.power();
    const base = this.element();
    return this.accept('**', '^') ? { kind: 'binary', operator: '**', left: base, right: this.power() } : base;
  }

  private element(): Expression {
    let value = this.primary();
    while (this.accept('[')) {
      value = { kind: 'element', array: value, indices: this.indices() };
    }
    return value;
  }

  private primary(): Expression {
    const { kind, text } = this.token;
    this.next++;
    if (kind === 'number') {
      if (this.token.kind === 'name' && this.token.at === this.tokens[this.next - 1].at + text.length)
        this.complain('units are not understood; write the number in the unit of the column');
      return { kind: 'literal', value: Number(text), isInteger: /^\d+$/.test(text) };
    }
    if (kind === 'text') return { kind: 'literal', value: text };
    if (kind === 'sign' && text === '(') {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    if (kind === 'sign' && text === '[') {
      if (!this.isWord('select')) return { kind: 'array', items: this.items(']') };
      const statement = this.subquery();
      this.expect(']');
      return { kind: 'subquery', statement };
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

  /** What follows "in": a set in brackets or parentheses, a query, or an array. */
  private members(): readonly SetItem[] | Expression {
    const { kind, text } = this.token;
    if (kind === 'sign' && (text === '(' || text === '[')) return this.set();
    return kind === 'sign' && (text === '<' || text === '{') ? [this.setItem()] : this.sum();
  }

  /** Positions in an array: single ones, ranges, or nothing for a whole axis. */
  protected indices(): SetItem[] {
    const items: SetItem[] = [];
    do {
      const isWhole = this.token.kind === 'sign' && (this.token.text === ',' || this.token.text === ']');
      items.push(isWhole ? EVERYTHING : this.setItem());
    } while (this.accept(','));
    this.expect(']');
    return items;
  }

  protected items(close: string): SetItem[] {
    const items: SetItem[] = [];
    if (this.accept(close)) return items;
    do items.push(this.setItem());
    while (this.accept(','));
    this.expect(close);
    return items;
  }

  private set(): readonly SetItem[] | Expression {
    const isParenthesis = this.accept('(') !== undefined;
    if (!isParenthesis) this.expect('[');
    const close = isParenthesis ? ')' : ']';
    if (!this.isWord('select')) return this.items(close);
    const statement = this.subquery();
    this.expect(close);
    return { kind: 'subquery', statement };
  }

  /** A value; low:high (as integers, both included); low=:=high; <low,high> and {low,high} with open or closed ends. */
  protected setItem(): SetItem {
    const open = this.accept('<', '{');
    if (open) {
      const low = this.accept(',') ? undefined : this.sum();
      if (low) this.expect(',');
      const isEnd = () => this.token.kind === 'sign' && (this.token.text === '>' || this.token.text === '}');
      const high = isEnd() ? undefined : this.sum();
      const close = this.accept('>', '}') ?? this.complain('">" or "}" is expected');
      return { kind: 'range', low, high, isLowOpen: open === '<', isHighOpen: close === '>' };
    }
    const isOpenStart = this.token.kind === 'sign' && this.token.text === ':';
    const low = isOpenStart ? undefined : this.sum();
    const sign = this.accept(':', '=:=', '=:<', '<:=', '<:<');
    if (!sign) return { kind: 'value', value: low as Expression };
    const isOpenEnd = () => this.token.kind === 'sign' && [',', ']', ')', ':'].includes(this.token.text);
    const high = isOpenEnd() ? undefined : this.sum();
    const isDiscrete = sign === ':';
    const step = isDiscrete && this.accept(':') ? this.sum() : undefined;
    return { kind: 'range', low, high, isLowOpen: sign[0] === '<', isHighOpen: sign.endsWith('<'), isDiscrete, step };
  }
}

const EVERYTHING: SetItem = {
  kind: 'range',
  low: undefined,
  high: undefined,
  isLowOpen: false,
  isHighOpen: false,
  isDiscrete: true,
};

/** NAME == pattern('x*'), regex('…') or sqlpattern('…'), as comparisons with a pattern were written first. */
function patternTest(operator: string, value: Expression, call: Expression): Expression | undefined {
  if (call.kind !== 'call' || !['==', '!='].includes(operator)) return undefined;
  const [text] = call.operands;
  if (!['pattern', 'regex', 'sqlpattern'].includes(call.name) || text?.kind !== 'literal') return undefined;
  const body = String(text.value);
  const glob = call.name === 'pattern' ? globSource(body) : body;
  const pattern = call.name === 'sqlpattern' ? likePattern(body, false) : new RegExp(`^(?:${glob})$`);
  return { kind: 'like', value, pattern, isNegated: operator === '!=' };
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
