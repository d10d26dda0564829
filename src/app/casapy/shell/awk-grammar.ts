import { fail } from '../../../foundation/base/index.ts';
import { unescapeText } from './text-format.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'name'; readonly name: string; readonly index?: Expression }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression }
  | { readonly kind: 'step'; readonly target: Expression; readonly by: number; readonly isBefore: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

export type Statement =
  | { readonly kind: 'print'; readonly values: readonly Expression[]; readonly isFormatted: boolean }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: 'for';
      readonly start?: Expression;
      readonly condition?: Expression;
      readonly step?: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'each'; readonly name: string; readonly list: string; readonly body: readonly Statement[] }
  | { readonly kind: 'next' | 'exit' };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'line';
  readonly condition?: Expression;
  /** The last line of a range that begins with `condition`. */
  readonly until?: Expression;
  /** undefined: print the line. */
  readonly body?: readonly Statement[];
}

interface Token {
  readonly kind: 'number' | 'text' | 'pattern' | 'name' | 'mark' | 'end';
  readonly text: string;
}

const MARKS = /^(?:\+\+|--|&&|\|\||[-+*/%]=|[=!<>]=|!~|[-+*/%^=<>!~?:$(){}[\],;])/;

function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  let rest = source;
  const take = (kind: Token['kind'], length: number, text = rest.slice(0, length)) => {
    tokens.push({ kind, text });
    rest = rest.slice(length);
  };
  while (rest !== '') {
    const blank = /^(?:[ \t\r]|\\\n|#[^\n]*)+/.exec(rest);
    if (blank) rest = rest.slice(blank[0].length);
    else if (rest[0] === '\n') take('mark', 1, ';');
    else {
      const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest);
      const text = /^"((?:\\[\s\S]|[^"\\])*)"/.exec(rest);
      const name = /^[A-Za-z_]\w*/.exec(rest);
      const pattern = mayBegin(tokens.at(-1)) ? /^\/((?:\\[\s\S]|\[[^\]]*\]|[^/\\\n])+)\//.exec(rest) : null;
      const mark = MARKS.exec(rest);
      if (number) take('number', number[0].length);
      else if (text) take('text', text[0].length, unescapeText(text[1]));
      else if (name) take('name', name[0].length);
      else if (pattern) take('pattern', pattern[0].length, pattern[1].replaceAll('\\/', '/'));
      else if (mark) take('mark', mark[0].length);
      else fail('usage', `awk: '${rest[0]}' is not understood`);
    }
  }
  return [...tokens, { kind: 'end', text: '' }];
}

/** True where a slash begins a pattern and does not divide. */
function mayBegin(last: Token | undefined): boolean {
  if (!last) return true;
  if (last.kind === 'mark') return !/^[)\]]$/.test(last.text);
  return last.kind === 'name' && /^(?:print|return)$/.test(last.text);
}

/** Reads an awk program; @throws usage for what this awk does not know */
export function parseAwk(source: string): Rule[] {
  return new AwkParser(readTokens(source)).program();
}

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['~', '!~'],
  ['<', '<=', '==', '!=', '>', '>='],
  [' '],
  ['+', '-'],
  ['*', '/', '%'],
];

class AwkParser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  program(): Rule[] {
    const rules: Rule[] = [];
    for (;;) {
      while (this.mark(';'));
      if (this.peek().kind === 'end') return rules;
      rules.push(this.rule());
    }
  }

  private rule(): Rule {
    if (this.sees('{')) return { when: 'line', body: this.block() };
    const word = this.peek().text;
    if (this.peek().kind === 'name' && (word === 'BEGIN' || word === 'END')) {
      this.at++;
      return { when: word, body: this.block() };
    }
    if (word === 'function') fail('unsupported', 'awk: functions are not known here');
    const condition = this.expression();
    const until = this.mark(',') ? this.expression() : undefined;
    return { when: 'line', condition, until, body: this.sees('{') ? this.block() : undefined };
  }

  private block(): Statement[] {
    this.need('{');
    const body: Statement[] = [];
    for (;;) {
      while (this.mark(';'));
      if (this.mark('}')) return body;
      body.push(this.statement());
    }
  }

  private statements(): Statement[] {
    while (this.mark(';'));
    return this.sees('{') ? this.block() : [this.statement()];
  }

  private statement(): Statement {
    const { kind, text } = this.peek();
    if (kind === 'name') {
      if (text === 'print' || text === 'printf') return this.print();
      if (text === 'if') return this.branch();
      if (text === 'while') {
        this.at++;
        this.need('(');
        const condition = this.expression();
        this.need(')');
        return { kind: 'while', condition, body: this.statements() };
      }
      if (text === 'for') return this.loop();
      if (text === 'next' || text === 'exit') {
        this.at++;
        return { kind: text };
      }
      if (text === 'getline' || text === 'delete' || text === 'do')
        fail('unsupported', `awk: ${text} is not known here`);
    }
    return { kind: 'expression', expression: this.expression() };
  }

  private print(): Statement {
    const isFormatted = this.tokens[this.at++].text === 'printf';
    const values: Expression[] = [];
    if (!this.endsHere()) {
      const hasParentheses = this.sees('(') && this.closesBeforeEnd();
      if (hasParentheses) this.at++;
      do values.push(this.expression());
      while (this.mark(','));
      if (hasParentheses) this.need(')');
    }
    if (this.sees('>') || this.sees('|')) fail('unsupported', 'awk: output goes to the pipe only');
    return { kind: 'print', values, isFormatted };
  }

  /** True when the parenthesis that opens here closes at the end of the statement. */
  private closesBeforeEnd(): boolean {
    let depth = 0;
    for (let at = this.at; at < this.tokens.length; at++) {
      const { kind, text } = this.tokens[at];
      if (kind === 'mark' && text === '(') depth++;
      if (kind === 'mark' && text === ')' && --depth === 0) {
        const next = this.tokens[at + 1];
        return next.kind === 'end' || (next.kind === 'mark' && (next.text === ';' || next.text === '}'));
      }
    }
    return false;
  }

  private branch(): Statement {
    this.at++;
    this.need('(');
    const condition = this.expression();
    this.need(')');
    const yes = this.statements();
    const kept = this.at;
    while (this.mark(';'));
    if (this.word('else')) return { kind: 'if', condition, yes, no: this.statements() };
    this.at = kept;
    return { kind: 'if', condition, yes, no: [] };
  }

  private loop(): Statement {
    this.at++;
    this.need('(');
    const [name, word, list] = this.tokens.slice(this.at, this.at + 3);
    if (name.kind === 'name' && word.text === 'in' && list.kind === 'name') {
      this.at += 3;
      this.need(')');
      return { kind: 'each', name: name.text, list: list.text, body: this.statements() };
    }
    const start = this.sees(';') ? undefined : this.expression();
    this.need(';');
    const condition = this.sees(';') ? undefined : this.expression();
    this.need(';');
    const step = this.sees(')') ? undefined : this.expression();
    this.need(')');
    return { kind: 'for', start, condition, step, body: this.statements() };
  }

  private expression(): Expression {
    const left = this.choice();
    const { kind, text } = this.peek();
    if (kind !== 'mark' || !/^[-+*/%]?=$/.test(text)) return left;
    if (left.kind !== 'name' && left.kind !== 'field') fail('usage', 'awk: only names and fields are set');
    this.at++;
    return { kind: 'assign', operator: text, target: left, value: this.expression() };
  }

  private choice(): Expression {
    const condition = this.level(0);
    if (!this.mark('?')) return condition;
    const yes = this.expression();
    this.need(':');
    return { kind: 'choice', condition, yes, no: this.expression() };
  }

  private level(depth: number): Expression {
    if (depth === LEVELS.length) return this.unary();
    let left = this.level(depth + 1);
    for (;;) {
      const operator = this.operatorAt(LEVELS[depth]);
      if (operator === undefined) return left;
      if (operator !== ' ') this.at++;
      left = { kind: 'binary', operator, left, right: this.level(depth + 1) };
    }
  }

  private operatorAt(operators: readonly string[]): string | undefined {
    const { kind, text } = this.peek();
    if (operators[0] === ' ') {
      const begins =
        kind === 'number' ||
        kind === 'text' ||
        (kind === 'name' && text !== 'in') ||
        (kind === 'mark' && /^(?:\$|\()$/.test(text));
      return begins ? ' ' : undefined;
    }
    return kind === 'mark' && operators.includes(text) ? text : undefined;
  }

  private unary(): Expression {
    for (const operator of ['!', '-', '+'])
      if (this.mark(operator)) return { kind: 'unary', operator, operand: this.unary() };
    for (const operator of ['++', '--'])
      if (this.mark(operator))
        return { kind: 'step', target: this.unary(), by: operator === '++' ? 1 : -1, isBefore: true };
    const base = this.postfix();
    return this.mark('^') ? { kind: 'binary', operator: '^', left: base, right: this.unary() } : base;
  }

  private postfix(): Expression {
    const base = this.primary();
    for (const operator of ['++', '--'])
      if (this.mark(operator)) return { kind: 'step', target: base, by: operator === '++' ? 1 : -1, isBefore: false };
    return base;
  }

  private primary(): Expression {
    const token = this.tokens[this.at++];
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', value: token.text };
    if (token.kind === 'pattern') return { kind: 'pattern', source: token.text };
    if (token.kind === 'name') return this.named(token.text);
    if (token.text === '$')
      return {
        kind: 'field',
        index: this.mark('-') ? { kind: 'unary', operator: '-', operand: this.primary() } : this.primary(),
      };
    if (token.text === '(') {
      const inner = this.expression();
      this.need(')');
      return inner;
    }
    return fail('usage', `awk: '${token.text}' is not understood here`);
  }

  private named(name: string): Expression {
    if (name === 'getline') fail('unsupported', 'awk: getline is not known here');
    if (this.mark('[')) {
      const index = this.expression();
      this.need(']');
      return { kind: 'name', name, index };
    }
    if (this.mark('(')) {
      const args: Expression[] = [];
      while (!this.mark(')')) {
        args.push(this.expression());
        this.mark(',');
        if (this.peek().kind === 'end') fail('usage', 'awk: a parenthesis is not closed');
      }
      return { kind: 'call', name, args };
    }
    return name === 'length' ? { kind: 'call', name, args: [] } : { kind: 'name', name };
  }

  private endsHere(): boolean {
    const { kind, text } = this.peek();
    return kind === 'end' || (kind === 'mark' && (text === ';' || text === '}'));
  }

  private peek(): Token {
    return this.tokens[this.at];
  }

  private sees(text: string): boolean {
    const token = this.peek();
    return token.kind === 'mark' && token.text === text;
  }

  private mark(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at++;
    return true;
  }

  private word(text: string): boolean {
    if (this.peek().kind !== 'name' || this.peek().text !== text) return false;
    this.at++;
    return true;
  }

  private need(text: string): void {
    if (!this.mark(text)) fail('usage', `awk: '${text}' is missing before '${this.peek().text}'`);
  }
}
