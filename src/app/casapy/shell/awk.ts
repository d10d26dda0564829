import { fail } from '../../../foundation/base/index.ts';
import { type Expression, parseAwk, type Rule, type Statement } from './awk-grammar.ts';
import { argumentText, bytesOf, linesOf, readInputs, textOf } from './input-text.ts';
import { lastValue, readWords } from './options.ts';
import { posixPattern } from './patterns.ts';
import { formatGeneral, printfText, unescapeText } from './text-format.ts';
import type { ShellCommand } from './types.ts';

type Value = number | string;
type Flow = 'go' | 'next' | 'exit';

const MOST_STEPS = 50_000_000;

/** Runs the rules of one program over lines. */
class AwkRun {
  private readonly variables = new Map<string, Value>();
  private readonly arrays = new Map<string, Map<string, Value>>();
  private readonly inRange = new Set<Rule>();
  private fields: string[] = [''];
  private steps = 0;
  readonly output: string[] = [];

  set(name: string, value: Value): void {
    this.variables.set(name, value);
  }

  run(rules: readonly Rule[], files: readonly { name: string; text: string }[]): void {
    for (const rule of rules) if (rule.when === 'BEGIN' && this.block(rule.body ?? []) === 'exit') return;
    let number = 0;
    if (rules.some(({ when }) => when !== 'BEGIN')) {
      reading: for (const { name, text } of files) {
        this.set('FILENAME', name);
        let inFile = 0;
        for (const line of linesOf(text)) {
          this.set('NR', ++number);
          this.set('FNR', ++inFile);
          this.setLine(line);
          if (this.line(rules) === 'exit') break reading;
        }
      }
    }
    for (const rule of rules) if (rule.when === 'END') this.block(rule.body ?? []);
  }

  private line(rules: readonly Rule[]): Flow {
    for (const rule of rules) {
      if (rule.when !== 'line' || !this.applies(rule)) continue;
      const flow = rule.body ? this.block(rule.body) : this.show();
      if (flow !== 'go') return flow;
    }
    return 'go';
  }

  private show(): Flow {
    this.output.push(`${this.fields[0]}\n`);
    return 'go';
  }

  private applies(rule: Rule): boolean {
    if (rule.until) {
      if (!this.inRange.has(rule) && (!rule.condition || !isTrue(this.value(rule.condition)))) return false;
      this.inRange.add(rule);
      if (isTrue(this.value(rule.until))) this.inRange.delete(rule);
      return true;
    }
    return rule.condition === undefined || isTrue(this.value(rule.condition));
  }

  private setLine(line: string): void {
    const separator = String(this.variables.get('FS') ?? ' ');
    const parts =
      line === ''
        ? []
        : separator === ' '
          ? line.trim().split(/[ \t\n]+/)
          : line.split(separator.length === 1 && separator !== '|' ? separator : posixPattern(separator, true));
    this.fields = [line, ...(separator === ' ' && line.trim() === '' ? [] : parts)];
    this.set('NF', this.fields.length - 1);
  }

  private block(statements: readonly Statement[]): Flow {
    for (const statement of statements) {
      const flow = this.statement(statement);
      if (flow !== 'go') return flow;
    }
    return 'go';
  }

  private statement(statement: Statement): Flow {
    if (++this.steps > MOST_STEPS) fail('usage', 'awk: the program does not end');
    switch (statement.kind) {
      case 'print':
        this.print(statement.values, statement.isFormatted);
        return 'go';
      case 'expression':
        this.value(statement.expression);
        return 'go';
      case 'if':
        return this.block(isTrue(this.value(statement.condition)) ? statement.yes : statement.no);
      case 'while':
        return this.loop(statement.condition, undefined, statement.body);
      case 'for':
        if (statement.start) this.value(statement.start);
        return this.loop(statement.condition, statement.step, statement.body);
      case 'each':
        for (const key of [...(this.arrays.get(statement.list)?.keys() ?? [])]) {
          this.set(statement.name, key);
          const flow = this.block(statement.body);
          if (flow !== 'go') return flow;
        }
        return 'go';
      default:
        return statement.kind;
    }
  }

  private loop(condition: Expression | undefined, step: Expression | undefined, body: readonly Statement[]): Flow {
    while (!condition || isTrue(this.value(condition))) {
      if (++this.steps > MOST_STEPS) fail('usage', 'awk: the program does not end');
      const flow = this.block(body);
      if (flow !== 'go') return flow;
      if (step) this.value(step);
    }
    return 'go';
  }

  private print(values: readonly Expression[], isFormatted: boolean): void {
    const texts = values.map((value) => toText(this.value(value)));
    if (isFormatted) this.output.push(printfText(texts[0] ?? '', texts.slice(1)));
    else if (texts.length === 0) this.output.push(`${this.fields[0]}\n`);
    else
      this.output.push(
        texts.join(String(this.variables.get('OFS') ?? ' ')) + String(this.variables.get('ORS') ?? '\n'),
      );
  }

  private value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
      case 'text':
        return expression.value;
      case 'pattern':
        return Number(posixPattern(expression.source, true).test(this.fields[0]));
      case 'name':
        return expression.index
          ? (this.arrays.get(expression.name)?.get(toText(this.value(expression.index))) ?? '')
          : (this.variables.get(expression.name) ?? '');
      case 'field':
        return this.fields[Math.trunc(toNumber(this.value(expression.index)))] ?? '';
      case 'unary': {
        const operand = this.value(expression.operand);
        return expression.operator === '!'
          ? Number(!isTrue(operand))
          : expression.operator === '-'
            ? -toNumber(operand)
            : toNumber(operand);
      }
      case 'binary':
        return this.binary(expression.operator, expression.left, expression.right);
      case 'choice':
        return this.value(isTrue(this.value(expression.condition)) ? expression.yes : expression.no);
      case 'assign': {
        const value = this.value(expression.value);
        const result =
          expression.operator === '='
            ? value
            : arithmetic(expression.operator[0], toNumber(this.value(expression.target)), toNumber(value));
        return this.assign(expression.target, result);
      }
      case 'step': {
        const before = toNumber(this.value(expression.target));
        this.assign(expression.target, before + expression.by);
        return expression.isBefore ? before + expression.by : before;
      }
      case 'call':
        return this.call(expression.name, expression.args);
    }
  }

  private assign(target: Expression, value: Value): Value {
    if (target.kind === 'field') {
      const index = Math.trunc(toNumber(this.value(target.index)));
      if (index === 0) this.setLine(toText(value));
      else {
        while (this.fields.length <= index) this.fields.push('');
        this.fields[index] = toText(value);
        this.set('NF', this.fields.length - 1);
        this.fields[0] = this.fields.slice(1).join(String(this.variables.get('OFS') ?? ' '));
      }
    } else if (target.kind === 'name' && target.index) {
      const list = this.arrays.get(target.name) ?? new Map<string, Value>();
      this.arrays.set(target.name, list);
      list.set(toText(this.value(target.index)), value);
    } else if (target.kind === 'name') this.set(target.name, value);
    else fail('usage', 'awk: only names and fields are set');
    return value;
  }

  private binary(operator: string, left: Expression, right: Expression): Value {
    if (operator === '&&') return Number(isTrue(this.value(left)) && isTrue(this.value(right)));
    if (operator === '||') return Number(isTrue(this.value(left)) || isTrue(this.value(right)));
    if (operator === '~' || operator === '!~') {
      const source = right.kind === 'pattern' ? right.source : toText(this.value(right));
      return Number(posixPattern(source, true).test(toText(this.value(left))) === (operator === '~'));
    }
    const a = this.value(left);
    const b = this.value(right);
    if (operator === ' ') return toText(a) + toText(b);
    if (/^(?:[<>]=?|[=!]=)$/.test(operator)) return Number(compare(operator, a, b));
    return arithmetic(operator, toNumber(a), toNumber(b));
  }

  private call(name: string, args: readonly Expression[]): Value {
    const text = (index: number) => toText(args[index] ? this.value(args[index]) : this.fields[0]);
    const pattern = (index: number, flags = '') => {
      const argument = args[index];
      return posixPattern(argument?.kind === 'pattern' ? argument.source : text(index), true, flags);
    };
    switch (name) {
      case 'length':
        return text(0).length;
      case 'substr':
        return args[2]
          ? text(0).slice(Math.max(0, toNumber(text(1)) - 1), Math.max(0, toNumber(text(1)) - 1 + toNumber(text(2))))
          : text(0).slice(Math.max(0, toNumber(text(1)) - 1));
      case 'index':
        return text(0).indexOf(text(1)) + 1;
      case 'tolower':
        return text(0).toLowerCase();
      case 'toupper':
        return text(0).toUpperCase();
      case 'int':
        return Math.trunc(toNumber(text(0)));
      case 'sqrt':
        return Math.sqrt(toNumber(text(0)));
      case 'sprintf':
        return printfText(
          text(0),
          args.slice(1).map((_, index) => text(index + 1)),
        );
      case 'match': {
        const at = text(0).search(pattern(1));
        return at + 1;
      }
      case 'split': {
        const list = args[1];
        if (list?.kind !== 'name') return fail('usage', 'awk: split needs the name of a list');
        const parts = args[2] ? text(0).split(text(2)) : text(0).trim().split(/\s+/);
        this.arrays.set(list.name, new Map(parts.map((part, index) => [String(index + 1), part])));
        return parts.length;
      }
      case 'sub':
      case 'gsub': {
        const target = args[2] ?? ({ kind: 'field', index: { kind: 'number', value: 0 } } as const);
        const before = toText(this.value(target));
        const expression = pattern(0, name === 'gsub' ? 'g' : '');
        const after = before.replace(expression, (whole: string) => text(1).replaceAll('&', () => whole));
        this.assign(target, after);
        return Number(before !== after);
      }
      default:
        return fail('unsupported', `awk: ${name}() is not known here`);
    }
  }
}

function isTrue(value: Value): boolean {
  return typeof value === 'number' ? value !== 0 : looksNumeric(value) ? Number(value) !== 0 : value !== '';
}

function looksNumeric(text: string): boolean {
  return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text);
}

function toNumber(value: Value): number {
  return typeof value === 'number' ? value : Number.parseFloat(value) || 0;
}

function toText(value: Value): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value) : formatGeneral(value, 6);
}

function compare(operator: string, a: Value, b: Value): boolean {
  const isNumeric = [a, b].every((value) => typeof value === 'number' || value === '' || looksNumeric(value));
  const [x, y] = isNumeric ? [toNumber(a), toNumber(b)] : [toText(a), toText(b)];
  if (operator === '==') return x === y;
  if (operator === '!=') return x !== y;
  return operator[0] === '<' ? x < y || (operator === '<=' && x === y) : x > y || (operator === '>=' && x === y);
}

function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? fail('usage', 'awk: division by zero') : a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}

/** awk: patterns and actions on lines; no files, no other programs. */
export const awk: ShellCommand = (context) => {
  const words = readWords(context.args.slice(0, programAt(context.args)), '', 'Fvf');
  const rest = context.args.slice(programAt(context.args));
  const file = lastValue(words, 'f');
  const source =
    file === undefined
      ? argumentText(rest[0] ?? '')
      : textOf(context.files.readFileSync(context.path(file)) as Uint8Array);
  const run = new AwkRun();
  const separator = lastValue(words, 'F');
  if (separator !== undefined) run.set('FS', unescapeText(separator === 't' ? '\t' : separator));
  const isSetting = (word: string) => /^[A-Za-z_]\w*=/.test(word);
  const operands = file === undefined ? rest.slice(1) : rest;
  for (const setting of [...(words.values.get('v') ?? []), ...operands.filter(isSetting)]) {
    const [name, value] = setting.split(/=(.*)/s);
    run.set(name, unescapeText(value ?? ''));
  }
  const inputs = readInputs(
    context,
    operands.filter((word) => !isSetting(word)),
  );
  try {
    run.run(
      parseAwk(source),
      inputs.map(({ name, bytes }) => ({ name, text: textOf(bytes) })),
    );
  } finally {
    context.write(bytesOf(run.output.join('')));
  }
  return 0;
};

/** Where the options end. */
function programAt(args: readonly string[]): number {
  for (let index = 0; index < args.length; index++) {
    if (!args[index].startsWith('-') || args[index] === '-') return index;
    if (args[index] === '--') return index + 1;
    if (/^-[Fvf]$/.test(args[index])) index++;
  }
  return args.length;
}
