import { fail } from '../../foundation/base/index.ts';

/** A compiled pixel expression: from the values of its images at one pixel to a number. */
export type PixelExpression = (values: readonly number[]) => number;

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  sqrt: Math.sqrt,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sign: Math.sign,
  round: (value) => Math.sign(value) * Math.round(Math.abs(value)),
  ceil: Math.ceil,
  floor: Math.floor,
  fmod: (value, by) => value % by,
  isnan: (value) => Number(Number.isNaN(value)),
  pow: (base, power) => base ** power,
  min: (...values) => Math.min(...values),
  max: (...values) => Math.max(...values),
  iif: (condition, yes, no) => (condition ? yes : no),
  pi: () => Math.PI,
};

const OPERATORS: readonly (readonly [string, (a: number, b: number) => number])[][] = [
  [['||', (a, b) => (a || b ? 1 : 0)]],
  [['&&', (a, b) => (a && b ? 1 : 0)]],
  [
    ['==', (a, b) => (a === b ? 1 : 0)],
    ['!=', (a, b) => (a !== b ? 1 : 0)],
    ['>=', (a, b) => (a >= b ? 1 : 0)],
    ['<=', (a, b) => (a <= b ? 1 : 0)],
    ['>', (a, b) => (a > b ? 1 : 0)],
    ['<', (a, b) => (a < b ? 1 : 0)],
  ],
  [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
  ],
  [
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
  ],
];

class Parser {
  private at = 0;
  private readonly tokens: string[];
  private readonly source: string;
  readonly names: string[];

  constructor(source: string, names: readonly string[]) {
    this.source = source;
    this.names = [...names];
    this.tokens =
      source.match(
        /"[^"]*"|'[^']*'|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[A-Za-z_][\w.]*|\|\||&&|[=!<>]=|\S/g,
      ) ?? [];
  }

  whole(): PixelExpression {
    const result = this.binary(0);
    if (this.at < this.tokens.length) this.refuse(`"${this.tokens[this.at]}" is not expected`);
    return result;
  }

  private refuse(reason: string): never {
    return fail('usage', `The expression "${this.source}" cannot be read: ${reason}.`);
  }

  private binary(level: number): PixelExpression {
    if (level === OPERATORS.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = OPERATORS[level].find(([sign]) => sign === this.tokens[this.at]);
      if (!operator) return left;
      this.at++;
      const [first, second, apply] = [left, this.binary(level + 1), operator[1]];
      left = (values) => apply(first(values), second(values));
    }
  }

  private unary(): PixelExpression {
    const sign = this.tokens[this.at];
    if (sign === '-' || sign === '+' || sign === '!') {
      this.at++;
      const inner = this.unary();
      return sign === '-' ? (values) => -inner(values) : sign === '!' ? (values) => (inner(values) ? 0 : 1) : inner;
    }
    const base = this.masked(this.primary());
    if (this.tokens[this.at] !== '^') return base;
    this.at++;
    const power = this.unary();
    return (values) => base(values) ** power(values);
  }

  /** `image[condition]`: masked where the condition does not hold. */
  private masked(base: PixelExpression): PixelExpression {
    if (this.tokens[this.at] !== '[') return base;
    this.at++;
    const condition = this.binary(0);
    if (this.tokens[this.at++] !== ']') this.refuse('a bracket is not closed');
    return this.masked((values) => (condition(values) ? base(values) : Number.NaN));
  }

  private primary(): PixelExpression {
    const token = this.tokens[this.at++];
    if (token === undefined) this.refuse('it ends too early');
    if (token === '(') {
      const inner = this.binary(0);
      if (this.tokens[this.at++] !== ')') this.refuse('a bracket is not closed');
      return inner;
    }
    if (/^[\d.]/.test(token)) {
      const value = Number(token);
      return () => value;
    }
    if (this.tokens[this.at] === '(') return this.call(token);
    return this.image(token.replace(/^["']|["']$/g, ''));
  }

  private call(name: string): PixelExpression {
    const apply = FUNCTIONS[name.toLowerCase()] ?? this.refuse(`there is no function ${name}`);
    this.at++;
    const inputs: PixelExpression[] = [];
    while (this.tokens[this.at] !== ')') {
      inputs.push(this.binary(0));
      if (this.tokens[this.at] === ',') this.at++;
      else if (this.tokens[this.at] !== ')') this.refuse('a bracket is not closed');
    }
    this.at++;
    if (inputs.length === 1 && (apply === FUNCTIONS.min || apply === FUNCTIONS.max))
      this.refuse(`${name} takes two images or numbers here, not the pixels of a whole image`);
    return (values) => apply(...inputs.map((input) => input(values)));
  }

  private image(name: string): PixelExpression {
    const numbered = /^IM(\d+)$/.exec(name);
    let index = numbered ? Number(numbered[1]) : this.names.indexOf(name);
    if (numbered && index >= this.names.length) this.refuse(`${name} stands for no image`);
    if (index < 0) {
      this.names.push(name);
      index = this.names.length - 1;
    }
    return (values) => values[index];
  }
}

/**
 * Compiles a pixel expression over images: + - * / ^, comparisons, && || !, functions, IM0, IM1, … and (quoted) image names;
 * not a number (NaN) where `image[condition]` masks a pixel.
 *
 * @param names images that IM0, IM1, … stand for
 * @returns the expression and all image names in the order of its values
 * @throws usage
 */
export function compileExpression(
  source: string,
  names: readonly string[],
): { evaluate: PixelExpression; names: readonly string[] } {
  const parser = new Parser(source, names);
  return { evaluate: parser.whole(), names: parser.names };
}
