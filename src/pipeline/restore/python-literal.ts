import { fail, type Place } from '../../foundation/base/index.ts';

/** A value that Python text can spell out: constants, strings, lists and tuples. */
export type Literal = null | boolean | number | string | readonly Literal[];

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };
const CONSTANTS: Readonly<Record<string, Literal>> = { True: true, False: false, None: null };
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?L?/y;
const WORD = /[A-Za-z_]\w*/y;

/**
 * Reads a call such as `applycal(vis='a.ms', spwmap=[[], [0, 1]], calwt=True)` without running anything: every argument
 * has a name and a value that is spelled out.
 *
 * @returns the name of the function and its arguments
 * @throws bad-format for anything else
 */
export function parseCall(text: string, place: Place = {}): { name: string; args: Map<string, Literal> } {
  const reader = new LiteralReader(text, place);
  const name = reader.word();
  reader.take('(');
  const args = new Map<string, Literal>();
  while (!reader.has(')')) {
    const parameter = reader.word();
    reader.take('=');
    args.set(parameter, reader.value());
    if (!reader.has(')')) reader.take(',');
  }
  reader.take(')');
  reader.end();
  return { name, args };
}

class LiteralReader {
  private readonly text: string;
  private readonly place: Place;
  private at = 0;

  constructor(text: string, place: Place) {
    this.text = text;
    this.place = place;
  }

  word(): string {
    return this.match(WORD) ?? this.refuse('a name');
  }

  has(sign: string): boolean {
    this.skipSpace();
    return this.text[this.at] === sign;
  }

  take(sign: string): void {
    if (!this.has(sign)) this.refuse(`"${sign}"`);
    this.at++;
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length && this.text[this.at] !== '#') this.refuse('the end of the line');
  }

  value(): Literal {
    this.skipSpace();
    const sign = this.text[this.at];
    if (sign === '[') return this.list(']');
    if (sign === '(') return this.list(')');
    if (sign === "'" || sign === '"') return this.string(sign);
    const number = this.match(NUMBER);
    if (number !== undefined) return Number(number.replace('L', ''));
    const start = this.at;
    const word = this.match(WORD);
    if (word !== undefined && /^[uUrRbB]{1,2}$/.test(word) && /['"]/.test(this.text[this.at] ?? ''))
      return this.string(this.text[this.at]);
    if (word !== undefined && Object.hasOwn(CONSTANTS, word)) return CONSTANTS[word];
    this.at = start;
    return this.refuse('a string, a number, True, False, None or a list');
  }

  private list(close: string): Literal[] {
    this.at++;
    const items: Literal[] = [];
    while (!this.has(close)) {
      items.push(this.value());
      if (!this.has(close)) this.take(',');
    }
    this.at++;
    return items;
  }

  private string(quote: string): string {
    this.at++;
    let content = '';
    for (; this.at < this.text.length; this.at++) {
      const sign = this.text[this.at];
      if (sign === quote) {
        this.at++;
        return content;
      }
      if (sign === '\\') content += ESCAPES[this.text[++this.at]] ?? `\\${this.text[this.at] ?? ''}`;
      else content += sign;
    }
    return this.refuse('the end of a string');
  }

  private match(pattern: RegExp): string | undefined {
    this.skipSpace();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private refuse(wanted: string): never {
    const found = this.text.slice(this.at, this.at + 20) || 'the end';
    return fail('bad-format', `Expected ${wanted} and found ${found}`, this.place);
  }
}
