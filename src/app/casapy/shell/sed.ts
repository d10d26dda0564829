import { fail } from '../../../foundation/base/index.ts';
import { argumentText, bytesOf, linesOf, readInputs, textOf } from './input-text.ts';
import { readWords } from './options.ts';
import { posixPattern } from './patterns.ts';
import type { ShellCommand } from './types.ts';

type Address = number | '$' | RegExp;

interface Edit {
  readonly from?: Address;
  readonly to?: Address;
  readonly isNegated: boolean;
  readonly act: 's' | 'd' | 'p' | 'q' | 'y' | 'a' | 'i' | 'c';
  readonly pattern?: RegExp;
  readonly text?: string;
  /** Which match is replaced; 0: all. */
  readonly which?: number;
  readonly prints?: boolean;
}

/** Cuts text at a separator that no backslash precedes. */
function cutParts(text: string, separator: string, count: number): { parts: string[]; rest: string } {
  const parts: string[] = [];
  let part = '';
  let at = 0;
  while (at < text.length && parts.length < count) {
    if (text[at] === '\\' && at + 1 < text.length) {
      part += text[at + 1] === separator ? separator : text.slice(at, at + 2);
      at += 2;
    } else if (text[at] === separator) {
      parts.push(part);
      part = '';
      at++;
    } else part += text[at++];
  }
  if (parts.length < count) fail('usage', 'sed: an expression is not closed');
  return { parts, rest: text.slice(at) };
}

function readAddress(text: string, isExtended: boolean): { address?: Address; rest: string } {
  const number = /^\d+/.exec(text);
  if (number) return { address: Number(number[0]), rest: text.slice(number[0].length) };
  if (text.startsWith('$')) return { address: '$', rest: text.slice(1) };
  if (!text.startsWith('/')) return { rest: text };
  const { parts, rest } = cutParts(text.slice(1), '/', 1);
  return { address: posixPattern(parts[0], isExtended), rest };
}

function parseEdits(source: string, isExtended: boolean): Edit[] {
  const edits: Edit[] = [];
  let rest = source;
  for (;;) {
    rest = rest.replace(/^[\s;]+/, '');
    if (rest === '') return edits;
    const first = readAddress(rest, isExtended);
    rest = first.rest.trimStart();
    let to: Address | undefined;
    if (first.address !== undefined && rest.startsWith(',')) {
      const second = readAddress(rest.slice(1).trimStart(), isExtended);
      to = second.address;
      rest = second.rest.trimStart();
    }
    const isNegated = rest.startsWith('!');
    if (isNegated) rest = rest.slice(1);
    const place = { from: first.address, to, isNegated };
    const act = rest[0];
    if (act === 's') {
      const found = parseSubstitution(rest, isExtended);
      edits.push({ ...place, ...found.edit });
      rest = found.rest;
    } else if (act === 'y') {
      const { parts, rest: after } = cutParts(rest.slice(2), rest[1], 2);
      edits.push({ ...place, act, text: parts.join('\0') });
      rest = after;
    } else if (act === 'a' || act === 'i' || act === 'c') {
      edits.push({ ...place, act, text: rest.slice(1).replace(/^\\?\s*\n?/, '') });
      rest = '';
    } else if (act === 'd' || act === 'p' || act === 'q') {
      edits.push({ ...place, act });
      rest = rest.slice(1);
    } else fail('unsupported', `sed: the command '${act ?? ''}' is not known here`);
  }
}

function parseSubstitution(
  text: string,
  isExtended: boolean,
): { edit: Pick<Edit, 'act' | 'pattern' | 'text' | 'which' | 'prints'>; rest: string } {
  const { parts, rest } = cutParts(text.slice(2), text[1], 2);
  const flags = (/^[gpiI0-9]*/.exec(rest) as RegExpExecArray)[0];
  const pattern = posixPattern(parts[0], isExtended, /i/i.test(flags) ? 'gi' : 'g');
  const which = flags.includes('g') ? 0 : Number(/\d+/.exec(flags)?.[0] ?? 1);
  return {
    edit: { act: 's', pattern, text: parts[1], which, prints: flags.includes('p') },
    rest: rest.slice(flags.length),
  };
}

function substitute(line: string, edit: Edit): string {
  let count = 0;
  return line.replace(edit.pattern as RegExp, (whole: string, ...groups: unknown[]) => {
    count++;
    if (edit.which !== 0 && count !== edit.which) return whole;
    return (edit.text ?? '').replace(/\\([\s\S])|&/g, (piece, letter?: string) => {
      if (piece === '&') return whole;
      if (letter === 'n') return '\n';
      if (letter === 't') return '\t';
      return /\d/.test(letter as string)
        ? letter === '0'
          ? whole
          : String(groups[Number(letter) - 1] ?? '')
        : (letter as string);
    });
  });
}

/** Edits lines; returns what is printed. */
function editLines(lines: readonly string[], edits: readonly Edit[], isQuiet: boolean): string[] {
  const printed: string[] = [];
  const open = new Set<Edit>();
  for (let index = 0; index < lines.length; index++) {
    let line = lines[index];
    const fits = (address: Address) =>
      typeof address === 'number'
        ? address === index + 1
        : address === '$'
          ? index === lines.length - 1
          : address.test(line);
    const applies = (edit: Edit): boolean => {
      if (edit.from === undefined) return true;
      if (edit.to === undefined) return fits(edit.from);
      if (open.has(edit)) {
        if (fits(edit.to) || (typeof edit.to === 'number' && edit.to <= index + 1)) open.delete(edit);
        return true;
      }
      if (!fits(edit.from)) return false;
      if (!(typeof edit.to === 'number' && edit.to <= index + 1)) open.add(edit);
      return true;
    };
    let isKept = true;
    let isLast = false;
    const after: string[] = [];
    for (const edit of edits) {
      if (applies(edit) === edit.isNegated) continue;
      if (edit.act === 's') {
        const changed = substitute(line, edit);
        if (changed !== line && edit.prints) printed.push(changed);
        line = changed;
      } else if (edit.act === 'y') line = transliterate(line, edit.text as string);
      else if (edit.act === 'p') printed.push(line);
      else if (edit.act === 'i') printed.push(edit.text as string);
      else if (edit.act === 'a') after.push(edit.text as string);
      else if (edit.act === 'q') isLast = true;
      else {
        if (edit.act === 'c') printed.push(edit.text as string);
        isKept = false;
        break;
      }
    }
    if (isKept && !isQuiet) printed.push(line);
    printed.push(...after);
    if (isLast) break;
  }
  return printed;
}

function transliterate(line: string, text: string): string {
  const [from, to] = text.split('\0');
  return [...line].map((char) => (from.includes(char) ? to[from.indexOf(char)] : char)).join('');
}

/** sed: s, y, d, p, q, a, i, c with addresses; -n, -e, -E, -r, -i. */
export const sed: ShellCommand = (context) => {
  const inPlace = context.args.map((word) =>
    /^-i.+/.test(word) ? fail('unsupported', 'sed: -i takes no ending here') : word,
  );
  const words = readWords(inPlace, 'nErsi', 'e', { quiet: 'n', 'in-place': 'i' });
  const isExtended = words.flags.has('E') || words.flags.has('r');
  const sources = words.values.get('e') ?? [words.rest[0] ?? fail('usage', 'sed: the expression is missing')];
  const names = words.values.has('e') ? words.rest : words.rest.slice(1);
  const edits = parseEdits(sources.map(argumentText).join('\n'), isExtended);
  const inputs = readInputs(context, names);
  const edited = (text: string) =>
    bytesOf(
      editLines(linesOf(text), edits, words.flags.has('n'))
        .map((line) => `${line}\n`)
        .join(''),
    );
  if (words.flags.has('i'))
    for (const { name, bytes } of inputs) context.files.writeFileSync(context.path(name), edited(textOf(bytes)));
  else context.write(edited(inputs.map(({ bytes }) => textOf(bytes)).join('')));
  return Number(inputs.length < names.length);
};
