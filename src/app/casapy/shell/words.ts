import { join } from 'node:path';
import type { GuardedFiles } from '../../python/index.ts';
import type { Word } from './grammar.ts';

/** What the expansion of words needs to know. */
export interface WordScope {
  readonly cwd: string;
  readonly files: GuardedFiles;
  variable(name: string): string | undefined;
  /** What a command prints. */
  substitute(command: string): string;
}

/** A piece of an expanded word; what was quoted is no pattern and is not split. */
interface Piece {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Expands words to the strings that a command gets: variables, commands, splitting, patterns. */
export function expandWords(words: readonly Word[], scope: WordScope): string[] {
  return words.flatMap((word) =>
    braces(word).flatMap((one) => splitFields(piecesOf(one, scope)).flatMap((field) => matchFiles(field, scope))),
  );
}

/** Expands a word to exactly one string, as after `=` and `>`. */
export function expandWord(word: Word, scope: WordScope): string {
  return piecesOf(word, scope)
    .map(({ text }) => text)
    .join('');
}

/** `a{b,c}d` gives two words. */
function braces(word: Word): Word[] {
  const index = word.findIndex((part) => part.kind === 'text' && !part.isQuoted && /\{[^{}]*,[^{}]*\}/.test(part.text));
  if (index < 0) return [word];
  const part = word[index] as { text: string };
  const [whole, inside] = /\{([^{}]*,[^{}]*)\}/.exec(part.text) as RegExpExecArray;
  return inside
    .split(',')
    .flatMap((choice) =>
      braces(
        word.map((one, at) =>
          at === index ? { kind: 'text', text: part.text.replace(whole, () => choice), isQuoted: false } : one,
        ),
      ),
    );
}

function piecesOf(word: Word, scope: WordScope): (Piece & { isSplit?: boolean })[] {
  return word.map((part, index) => {
    if (part.kind === 'text') {
      if (index === 0 && !part.isQuoted && /^~(?=\/|$)/.test(part.text))
        return { text: part.text.replace('~', () => scope.variable('HOME') ?? '~'), isQuoted: false };
      return { text: part.text, isQuoted: part.isQuoted };
    }
    const text =
      part.kind === 'variable'
        ? scope.variable(part.name) || part.otherwise || ''
        : scope.substitute(part.text).replace(/\n+$/, '');
    return { text, isQuoted: part.isQuoted, isSplit: !part.isQuoted };
  });
}

function splitFields(pieces: readonly (Piece & { isSplit?: boolean })[]): Piece[][] {
  const fields: Piece[][] = [];
  let field: Piece[] | undefined;
  for (const piece of pieces) {
    if (!piece.isSplit) {
      if (piece.text !== '' || piece.isQuoted) {
        field ??= [];
        field.push(piece);
      }
      continue;
    }
    const parts = piece.text.split(/[ \t\n]+/);
    parts.forEach((text, index) => {
      if (index > 0 && field) {
        fields.push(field);
        field = undefined;
      }
      if (text !== '') {
        field ??= [];
        field.push({ text, isQuoted: false });
      }
    });
  }
  return field ? [...fields, field] : fields;
}

/** The files that a pattern fits, or the pattern itself. */
function matchFiles(field: readonly Piece[], scope: WordScope): string[] {
  const plain = field.map(({ text }) => text).join('');
  if (!field.some(({ text, isQuoted }) => !isQuoted && /[*?[]/.test(text))) return [plain];
  const parts: Piece[][] = [[]];
  for (const piece of field) {
    piece.text.split('/').forEach((text, index) => {
      if (index > 0) parts.push([]);
      parts[parts.length - 1].push({ text, isQuoted: piece.isQuoted });
    });
  }
  let found = [plain.startsWith('/') ? '/' : ''];
  for (const part of parts.slice(plain.startsWith('/') ? 1 : 0))
    found = found.flatMap((base) => stepInto(base, part, scope));
  return found.length > 0 ? found.sort() : [plain];
}

function stepInto(base: string, part: readonly Piece[], scope: WordScope): string[] {
  const text = part.map((piece) => piece.text).join('');
  const glue = (name: string) => (base === '' ? name : base.endsWith('/') ? base + name : `${base}/${name}`);
  if (text === '') return [base.endsWith('/') ? base : `${base}/`];
  if (text === '.' || text === '..') return [glue(text)];
  if (!part.some((piece) => !piece.isQuoted && /[*?[]/.test(piece.text)))
    return isThere(join(scope.cwd, glue(text)), glue(text), scope) ? [glue(text)] : [];
  const pattern = patternOf(part);
  return listed(base === '' ? scope.cwd : base, scope)
    .filter((name) => (!name.startsWith('.') || text.startsWith('.')) && pattern.test(name))
    .map(glue);
}

function isThere(relative: string, name: string, scope: WordScope): boolean {
  const path = name.startsWith('/') ? name : relative;
  try {
    return scope.files.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function listed(folder: string, scope: WordScope): string[] {
  try {
    return scope.files.readdirSync(folder.startsWith('/') ? folder : join(scope.cwd, folder)) as string[];
  } catch {
    return [];
  }
}

/** A shell pattern of pieces as an expression. */
function patternOf(part: readonly Piece[]): RegExp {
  return new RegExp(
    `^${part.map(({ text, isQuoted }) => (isQuoted ? escapeText(text) : patternSource(text))).join('')}$`,
    's',
  );
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The source of an expression that means the same as a shell pattern. */
export function patternSource(pattern: string): string {
  return pattern.replace(/\[!?[^\]]+\]|[\s\S]/g, (piece) => {
    if (piece === '*') return '.*';
    if (piece === '?') return '.';
    if (piece.length > 1) return piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return escapeText(piece);
  });
}
