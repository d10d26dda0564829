import { parseDate } from './query-dates.ts';
import type { Expression, SetItem, Statement } from './query-language.ts';
import { distancePattern, globSource, likePattern, patternTest } from './query-patterns.ts';
import { complain, type Token, tokenize } from './query-tokens.ts';
import { angleOf, isUnit } from './query-units.ts';

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

/** Of ~=, relative to the larger value. */
const NEARNESS = 1e-5;
/** Operators on bits, the loosest first. */
const BITS = ['|', '^', '&'];

/**
 * Parses expressions: comparisons (~= near), && || ! (and, or, not), in and not in with sets and ranges, like, between, patterns (~ m/…/,
 * p/…/, d/…/1), arithmetic, bits (& | ^ ~), functions, elements of arrays. {@link StatementParser} has the statements around them.
 */
export abstract class QueryParser {
  protected readonly text: string;
  /** Short name of the table, which may stand before columns: t.TIME. */
  protected alias: string | undefined;
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokenize(text);
  }

  /** A query in place of a set of values. */
  protected abstract subquery(): Statement;

  /** Whether a word comes within the words ahead, and what follows the first such place: for names that are told late. */
  protected ahead(word: string): readonly Token[] {
    const at = this.tokens.findIndex(
      ({ kind, text }, k) => k >= this.next && kind === 'name' && text.toLowerCase() === word,
    );
    return at < 0 ? [] : this.tokens.slice(at + 1, at + 4);
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
    while (this.accept('||') || this.acceptWord('or')) {
      left = { kind: 'binary', operator: '||', left, right: this.and() };
    }
    return left;
  }

  private and(): Expression {
    let left = this.comparison();
    while (this.accept('&&') || this.acceptWord('and')) {
      left = { kind: 'binary', operator: '&&', left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): Expression {
    const left = this.bits();
    const sign = this.accept(...Object.keys(COMPARISONS));
    if (sign) {
      const right = this.bits();
      return (
        patternTest(COMPARISONS[sign], left, right) ?? { kind: 'binary', operator: COMPARISONS[sign], left, right }
      );
    }
    const near = this.accept('~=', '!~=');
    if (near) {
      const operands = [left, this.bits(), { kind: 'literal', value: NEARNESS } as const];
      const call: Expression = { kind: 'call', name: 'near', operands };
      return near === '~=' ? call : { kind: 'unary', operator: '!', operand: call };
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
      const low = this.bits();
      if (!this.acceptWord('and')) this.complain('"and" is expected after between');
      const range: SetItem = { kind: 'range', low, high: this.bits(), isLowOpen: false, isHighOpen: false };
      return { kind: 'in', value: left, set: [range], isNegated };
    }
    if (isNegated) this.complain('"in", "like" or "between" is expected after not');
    return left;
  }

  private pattern(value: Expression, isNegated: boolean): Expression {
    const { kind, text } = this.token;
    if (kind !== 'pattern') this.complain('a pattern such as m/…/ or p/…/ is expected');
    this.next++;
    if (text[0] === 'd') return { kind: 'like', value, pattern: distancePattern(text), isNegated };
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

  /** The bits of whole numbers: |, then ^, then &. */
  private bits(level = 0): Expression {
    const inner = () => (level < BITS.length - 1 ? this.bits(level + 1) : this.sum());
    let left = inner();
    while (this.accept(BITS[level])) left = { kind: 'binary', operator: BITS[level], left, right: inner() };
    return left;
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
    if (this.accept('~')) return { kind: 'unary', operator: '~', operand: this.power() };
    if (this.accept('!') || this.acceptWord('not')) return { kind: 'unary', operator: '!', operand: this.power() };
    if (this.accept('+')) return this.power();
    const base = this.element();
    return this.accept('**') ? { kind: 'binary', operator: '**', left: base, right: this.power() } : base;
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
    if (kind === 'number') return this.quantity(text);
    if (kind === 'date') return { kind: 'literal', value: this.dateOf(text), unit: 'd', isDate: true };
    if (kind === 'angle') return { kind: 'literal', value: angleOf(text), unit: 'rad' };
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
      const isQualified = this.alias !== undefined && text.startsWith(`${this.alias}.`);
      return { kind: 'column', name: isQualified ? text.slice((this.alias ?? '').length + 1) : text };
    }
    this.next--;
    return this.complain(kind === 'end' ? 'it ends too early' : `"${text}" is unexpected`);
  }

  /** A number that was taken, and the unit that may follow it: 3, 3.5GHz, 20 min, 4 'km/s'. */
  private quantity(text: string): Expression {
    const { kind, text: word, at } = this.token;
    const isAdjacent = kind === 'name' && at === this.tokens[this.next - 1].at + text.length;
    if ((kind === 'name' || kind === 'text') && isUnit(word)) {
      this.next++;
      return { kind: 'literal', value: Number(text), unit: word };
    }
    if (isAdjacent) this.complain(`the unit ${word} is not known`);
    return { kind: 'literal', value: Number(text), isInteger: /^\d+$/.test(text) };
  }

  private dateOf(text: string): number {
    return parseDate(text) ?? this.complain(`${text} is not a date`);
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
    return kind === 'sign' && (text === '<' || text === '{') ? [this.setItem()] : this.bits();
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
      const low = this.accept(',') ? undefined : this.bits();
      if (low) this.expect(',');
      const isEnd = () => this.token.kind === 'sign' && (this.token.text === '>' || this.token.text === '}');
      const high = isEnd() ? undefined : this.bits();
      const close = this.accept('>', '}') ?? this.complain('">" or "}" is expected');
      return { kind: 'range', low, high, isLowOpen: open === '<', isHighOpen: close === '>' };
    }
    const isOpenStart = this.token.kind === 'sign' && this.token.text === ':';
    const low = isOpenStart ? undefined : this.bits();
    const sign = this.accept(':', '=:=', '=:<', '<:=', '<:<');
    if (!sign) return { kind: 'value', value: low as Expression };
    const isOpenEnd = () => this.token.kind === 'sign' && [',', ']', ')', ':'].includes(this.token.text);
    const high = isOpenEnd() ? undefined : this.bits();
    const isDiscrete = sign === ':';
    const step = isDiscrete && this.accept(':') ? this.bits() : undefined;
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
