import { fail } from '../../foundation/base/index.ts';

/** A compiled pixel expression: from the values of its images at one pixel to a number. */
export type PixelExpression = (values: readonly number[]) => number;

/** What stands for the pixels of a whole image in an expression; its value is computed before the expression is evaluated. */
export interface WholeImageTerm {
  readonly kind: (typeof WHOLE_IMAGE_FUNCTIONS)[number];
  readonly inner: PixelExpression;
  /** Numbers of the images that it reads. */
  readonly images: readonly number[];
  value: number;
}

const WHOLE_IMAGE_FUNCTIONS = ['min', 'max', 'mean', 'sum', 'variance', 'stddev'] as const;

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
  readonly terms: WholeImageTerm[] = [];
  /** Images in the order in which the expression names them. */
  private readonly named: number[] = [];

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
    const lower = name.toLowerCase();
    const kind = WHOLE_IMAGE_FUNCTIONS.find((one) => one === lower);
    const apply = FUNCTIONS[lower] ?? (kind ? undefined : this.refuse(`there is no function ${name}`));
    this.at++;
    const firstNamed = this.named.length;
    const inputs: PixelExpression[] = [];
    while (this.tokens[this.at] !== ')') {
      inputs.push(this.binary(0));
      if (this.tokens[this.at] === ',') this.at++;
      else if (this.tokens[this.at] !== ')') this.refuse('a bracket is not closed');
    }
    this.at++;
    if (kind && inputs.length === 1) {
      const images = [...new Set(this.named.slice(firstNamed))];
      const term: WholeImageTerm = { kind, inner: inputs[0], images, value: Number.NaN };
      this.terms.push(term);
      return () => term.value;
    }
    if (!apply) this.refuse(`${name} takes one image`);
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
    this.named.push(index);
    return (values) => values[index];
  }
}

/**
 * Compiles a pixel expression over images: + - * / ^, comparisons, && || !, functions, IM0, IM1, … and (quoted) image names;
 * not a number (NaN) where `image[condition]` masks a pixel.
 *
 * @param names images that IM0, IM1, … stand for
 * @returns the expression, all image names in the order of its values, and what must be computed of whole images first
 * @throws usage
 */
export function compileExpression(
  source: string,
  names: readonly string[],
): { evaluate: PixelExpression; names: readonly string[]; terms: readonly WholeImageTerm[] } {
  const parser = new Parser(source, names);
  return { evaluate: parser.whole(), names: parser.names, terms: parser.terms };
}
