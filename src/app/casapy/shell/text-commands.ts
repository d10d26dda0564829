import { fail } from '../../../foundation/base/index.ts';
import { awk } from './awk.ts';
import { argumentText, bytesOf, linesOf, readInputs, textOf } from './input-text.ts';
import { lastValue, readWords } from './options.ts';
import { posixPattern } from './patterns.ts';
import { sed } from './sed.ts';
import { printfText } from './text-format.ts';
import type { CommandContext, ShellCommand } from './types.ts';

function writeLines(context: CommandContext, lines: readonly string[]): void {
  if (lines.length > 0) context.write(bytesOf(`${lines.join('\n')}\n`));
}

/** The lines of all inputs; the status tells whether all were there. */
function inputLines(context: CommandContext, names: readonly string[]): { lines: string[]; status: number } {
  const inputs = readInputs(context, names);
  return { lines: inputs.flatMap(({ bytes }) => linesOf(textOf(bytes))), status: Number(inputs.length < names.length) };
}

const cat: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'nu');
  const inputs = readInputs(context, rest);
  let number = 0;
  for (const { bytes } of inputs) {
    if (!flags.has('n')) context.write(bytes);
    else
      writeLines(
        context,
        linesOf(textOf(bytes)).map((line) => `${String(++number).padStart(6)}\t${line}`),
      );
  }
  return Number(inputs.length < rest.length);
};

const grep: ShellCommand = (context) => {
  const long = { 'ignore-case': 'i', 'invert-match': 'v', count: 'c', quiet: 'q', 'only-matching': 'o' };
  const words = readWords(context.args, 'EFGivcqlLnhHswxorRa', 'emABC', long);
  const { flags } = words;
  const patterns = words.values.get('e') ?? [words.rest[0] ?? fail('usage', 'the pattern is missing')];
  const names = words.values.has('e') ? words.rest : words.rest.slice(1);
  const test = grepTest(patterns, context.name, flags);
  const files = flags.has('r') || flags.has('R') ? names.flatMap((name) => filesBelow(context, name)) : names;
  const isNamed = !flags.has('h') && (flags.has('H') || files.length > 1 || flags.has('r'));
  const inputs = readInputs(context, files);
  let count = 0;
  for (const { name, bytes } of inputs) {
    const lines = linesOf(textOf(bytes));
    const all = lines
      .flatMap((line, index) => (test(line) !== undefined ? [index] : []))
      .slice(0, Number(lastValue(words, 'm') ?? lines.length));
    count += all.length;
    if (flags.has('q')) continue;
    const prefix = isNamed ? `${name}:` : '';
    if (flags.has('c')) writeLines(context, [`${prefix}${all.length}`]);
    else if (flags.has('l')) writeLines(context, all.length > 0 ? [name] : []);
    else {
      const number = (index: number) => (flags.has('n') ? `${index + 1}:` : '');
      const shown = around(all, lines.length, words).flatMap((index) =>
        (flags.has('o') ? (test(lines[index]) ?? []) : [lines[index]]).map((text) => prefix + number(index) + text),
      );
      writeLines(context, shown);
    }
  }
  if (inputs.length < files.length && !flags.has('q')) return 2;
  return count > 0 ? 0 : 1;
};

/** Numbers of the lines that are shown, with -A, -B and -C lines around each. */
function around(found: readonly number[], count: number, words: ReturnType<typeof readWords>): number[] {
  const both = Number(lastValue(words, 'C') ?? 0);
  const before = Number(lastValue(words, 'B') ?? both);
  const after = Number(lastValue(words, 'A') ?? both);
  const chosen = new Set<number>();
  for (const index of found)
    for (let line = Math.max(0, index - before); line <= Math.min(count - 1, index + after); line++) chosen.add(line);
  return [...chosen].sort((a, b) => a - b);
}

/** The matches of a line when it is chosen. */
function grepTest(
  patterns: readonly string[],
  name: string,
  flags: ReadonlySet<string>,
): (line: string) => string[] | undefined {
  const isFixed = flags.has('F') || name === 'fgrep';
  const isExtended = flags.has('E') || name === 'egrep';
  const expressions = patterns
    .flatMap((pattern) => argumentText(pattern).split('\n'))
    .map((pattern) => {
      const inner = isFixed ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : posixPattern(pattern, isExtended).source;
      const whole = flags.has('x') ? `^(?:${inner})$` : flags.has('w') ? `\\b(?:${inner})\\b` : inner;
      return new RegExp(whole, flags.has('i') ? 'gi' : 'g');
    });
  return (line) => {
    const found = expressions.flatMap((expression) => line.match(expression) ?? []);
    const matches = expressions.some((expression) => line.search(expression) >= 0);
    return matches !== flags.has('v') ? found : undefined;
  };
}

function filesBelow(context: CommandContext, name: string): string[] {
  const stat = context.files.lstatSync(context.path(name), { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return [name];
  return (context.files.readdirSync(context.path(name)) as string[])
    .sort()
    .flatMap((entry) => filesBelow(context, `${name}/${entry}`));
}

const cut: ShellCommand = (context) => {
  const words = readWords(context.args, 's', 'dfcb', { delimiter: 'd', fields: 'f' });
  const delimiter = lastValue(words, 'd') ?? '\t';
  const fields = lastValue(words, 'f');
  const list = fields ?? lastValue(words, 'c') ?? lastValue(words, 'b') ?? fail('usage', 'cut needs -f or -c');
  const ranges = list.split(',').map((part) => {
    const [first, last] = part.split('-');
    return [Number(first || 1), part.includes('-') ? Number(last || Number.POSITIVE_INFINITY) : Number(first)];
  });
  const isChosen = (_part: string, index: number) =>
    ranges.some(([first, last]) => index + 1 >= first && index + 1 <= last);
  const { lines, status } = inputLines(context, words.rest);
  const chosen = lines.flatMap((line) => {
    if (fields === undefined) return [[...line].filter(isChosen).join('')];
    if (!line.includes(delimiter)) return words.flags.has('s') ? [] : [line];
    return [line.split(delimiter).filter(isChosen).join(delimiter)];
  });
  writeLines(context, chosen);
  return status;
};

const sort: ShellCommand = (context) => {
  const words = readWords(context.args, 'nrufgVhbd', 'kto', { reverse: 'r', unique: 'u' });
  const { flags } = words;
  const { lines, status } = inputLines(context, words.rest);
  const separator = lastValue(words, 't');
  const keys = (words.values.get('k') ?? []).map(
    (text) =>
      /^(\d+)(?:\.\d+)?([nrg]*)(?:,(\d+)(?:\.\d+)?([nrg]*))?$/.exec(text) ??
      fail('usage', `the key ${text} is not understood`),
  );
  const keyOf = (line: string, key: RegExpExecArray) => {
    const parts = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
    return parts.slice(Number(key[1]) - 1, key[3] ? Number(key[3]) : undefined).join(' ');
  };
  const compare = (a: string, b: string, isNumber: boolean) =>
    isNumber ? (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0) : a < b ? -1 : Number(a > b);
  const isNumber = flags.has('n') || flags.has('g') || flags.has('h');
  const sign = flags.has('r') ? -1 : 1;
  const byKeys = (a: string, b: string) => {
    for (const key of keys) {
      const letters = (key[2] ?? '') + (key[4] ?? '');
      const order = compare(keyOf(a, key), keyOf(b, key), isNumber || /[ng]/.test(letters));
      if (order !== 0) return letters.includes('r') ? -order : order * sign;
    }
    return keys.length > 0 ? 0 : sign * compare(a, b, isNumber);
  };
  const sorted = [...lines].sort((a, b) => byKeys(a, b) || (flags.has('u') ? 0 : sign * compare(a, b, false)));
  const result = flags.has('u')
    ? sorted.filter((line, index) => index === 0 || byKeys(sorted[index - 1], line) !== 0)
    : sorted;
  const target = lastValue(words, 'o');
  if (target !== undefined)
    context.files.writeFileSync(context.path(target), bytesOf(result.map((line) => `${line}\n`).join('')));
  else writeLines(context, result);
  return status;
};

const uniq: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'cdui');
  const { lines, status } = inputLines(context, rest.slice(0, 1));
  const groups: { line: string; count: number }[] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last?.line === line) last.count++;
    else groups.push({ line, count: 1 });
  }
  const chosen = groups.filter(({ count }) => !(flags.has('d') && count < 2) && !(flags.has('u') && count > 1));
  writeLines(
    context,
    chosen.map(({ line, count }) => (flags.has('c') ? `${String(count).padStart(7)} ${line}` : line)),
  );
  return status;
};

const wc: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'lwcm');
  const total = [0, 0, 0];
  const inputs = readInputs(context, rest);
  const show = (counts: number[], name: string) => {
    const chosen =
      flags.size === 0
        ? counts
        : counts.filter((_, index) => flags.has('lwc'[index]) || (index === 2 && flags.has('m')));
    const isBare = chosen.length === 1 && rest.length <= 1;
    context.write(
      `${chosen.map((count) => (isBare ? String(count) : String(count).padStart(7))).join(' ')}${name === '-' ? '' : ` ${name}`}\n`,
    );
  };
  for (const { name, bytes } of inputs) {
    const text = textOf(bytes);
    const counts = [text.split('\n').length - 1, text.split(/\s+/).filter(Boolean).length, bytes.length];
    counts.forEach((count, index) => {
      total[index] += count;
    });
    show(counts, name);
  }
  if (rest.length > 1) show(total, 'total');
  return Number(inputs.length < rest.length);
};

/** `-3` of old is `-n 3`. */
function oldCount(args: readonly string[]): string[] {
  return args.flatMap((word) => (/^-\d+$/.test(word) ? ['-n', word.slice(1)] : [word]));
}

const headOrTail =
  (isHead: boolean): ShellCommand =>
  (context) => {
    const words = readWords(oldCount(context.args), 'qvf', 'nc', { lines: 'n', bytes: 'c' });
    const inputs = readInputs(context, words.rest);
    const letter = words.values.has('c') ? 'c' : 'n';
    const text = lastValue(words, letter) ?? '10';
    const count = Math.abs(Number(text));
    const pick = <T extends { slice(a: number, b?: number): T; length: number }>(all: T): T => {
      if (isHead) return text.startsWith('-') ? all.slice(0, Math.max(0, all.length - count)) : all.slice(0, count);
      return text.startsWith('+') ? all.slice(count - 1) : all.slice(Math.max(0, all.length - count));
    };
    inputs.forEach(({ name, bytes }, index) => {
      if (inputs.length > 1 && !words.flags.has('q')) context.write(`${index > 0 ? '\n' : ''}==> ${name} <==\n`);
      if (letter === 'c') context.write(pick(bytes));
      else writeLines(context, pick(linesOf(textOf(bytes))));
    });
    return Number(inputs.length < words.rest.length);
  };

/** Letters and ranges of tr. */
function letters(text: string): string[] {
  const expanded = text
    .replaceAll('[:upper:]', 'A-Z')
    .replaceAll('[:lower:]', 'a-z')
    .replaceAll('[:digit:]', '0-9')
    .replaceAll('[:space:]', ' \\t\\n\\r');
  const plain = expanded.replace(
    /\\([nrt\\])/g,
    (_whole, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? '\\',
  );
  return [
    ...plain.replace(/([\s\S])-([\s\S])/g, (_whole, from: string, to: string) => {
      const count = Math.max(0, to.charCodeAt(0) - from.charCodeAt(0) + 1);
      return Array.from({ length: count }, (_, index) => String.fromCharCode(from.charCodeAt(0) + index)).join('');
    }),
  ];
}

const tr: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'dsc');
  const from = letters(rest[0] ?? '');
  const to = letters(rest[1] ?? '');
  const has = (char: string) => from.includes(char) !== flags.has('c');
  let result = '';
  for (const char of textOf(context.input)) {
    const chosen = has(char);
    if (flags.has('d') && chosen) continue;
    const mapped =
      chosen && to.length > 0
        ? (to[Math.min(flags.has('c') ? to.length - 1 : from.indexOf(char), to.length - 1)] ?? char)
        : char;
    const isRepeated = flags.has('s') && result.endsWith(mapped) && (to.length > 0 ? to.includes(mapped) : chosen);
    if (!isRepeated) result += mapped;
  }
  context.write(bytesOf(result));
  return 0;
};

const tee: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'ai');
  context.write(context.input);
  for (const name of rest)
    context.files.writeFileSync(context.path(name), context.input, { flag: flags.has('a') ? 'a' : 'w' });
  return 0;
};

const echo: ShellCommand = (context) => {
  const first = context.args.findIndex((word) => !/^-[neE]+$/.test(word));
  const options = context.args.slice(0, first < 0 ? undefined : first).join('');
  const text = context.args.slice(first < 0 ? context.args.length : first).join(' ');
  const shown = options.includes('e') ? printfText(text.replaceAll('%', '%%'), []) : text;
  context.write(options.includes('n') ? shown : `${shown}\n`);
  return 0;
};

const xargs: ShellCommand = (context) => {
  const cutAt = context.args.findIndex(
    (word, index) => !word.startsWith('-') && !/^-[nI]$/.test(context.args[index - 1] ?? ''),
  );
  const words = readWords(context.args.slice(0, cutAt < 0 ? undefined : cutAt), 'r0t', 'nI');
  const command = cutAt < 0 ? ['echo'] : context.args.slice(cutAt);
  const text = Buffer.from(context.input).toString('utf8');
  const replaced = lastValue(words, 'I');
  const items = words.flags.has('0')
    ? text.split('\0').filter(Boolean)
    : replaced !== undefined
      ? linesOf(text)
      : text.split(/\s+/).filter(Boolean);
  if (items.length === 0) return 0;
  const size = replaced !== undefined ? 1 : Number(lastValue(words, 'n') ?? items.length);
  let status = 0;
  for (let index = 0; index < items.length; index += size) {
    const part = items.slice(index, index + size);
    const whole =
      replaced === undefined ? [...command, ...part] : command.map((word) => word.replaceAll(replaced, part[0]));
    status = context.run(whole, new Uint8Array(0)) || status;
  }
  return status;
};

const printf: ShellCommand = (context) => {
  context.write(printfText(context.args[0] ?? '', context.args.slice(1)));
  return 0;
};

export const TEXT_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  cat,
  grep,
  egrep: grep,
  fgrep: grep,
  cut,
  sort,
  uniq,
  wc,
  head: headOrTail(true),
  tail: headOrTail(false),
  tr,
  tee,
  echo,
  printf,
  xargs,
  awk,
  gawk: awk,
  sed,
};
