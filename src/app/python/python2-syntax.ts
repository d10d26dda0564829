import { isBlank, readTokens, type Statement, splitStatements, type Token } from './python2-tokens.ts';

/** A change of the source text; no change adds or removes a line. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Names that are words of Python 3's grammar but were free in Python 2. */
const RENAMED = new Set(['async', 'await', 'nonlocal']);

/**
 * Rewrites Python 2 syntax as Python 3 syntax, line for line: print, exec, raise, except, backticks, `<>`, octal and
 * long numbers, string prefixes, tuple parameters, bare tuples in list comprehensions, tabs, and names that are
 * keywords today. What the words mean (division, str of a float …) is left to the pass over the syntax tree.
 *
 * `print x` becomes `__py2_print__(None, True, x)` and `exec x in d` becomes `__py2_exec__(x, d)`; a tuple parameter
 * becomes a name `__py2_unpack_<hex of its text>`.
 */
export function translateSyntax(source: string): string {
  const text = expandTabs(source.replace(/\r\n?/g, '\n'));
  const tokens = readTokens(text);
  const imports = (name: string) => new RegExp(`^\\s*from\\s+__future__\\s+import\\s+.*\\b${name}\\b`, 'm').test(text);
  const keepsPrint = imports('print_function');
  const edits: Edit[] = [
    ...tokenEdits(tokens, imports('unicode_literals')),
    ...comprehensionEdits(tokens),
    ...parameterEdits(tokens, text),
  ];
  for (const statement of splitStatements(tokens)) {
    const word = statement[0].text;
    if (word === 'print' && !keepsPrint) edits.push(...printEdits(statement));
    else if (word === 'exec') edits.push(...execEdits(statement));
    else if (word === 'raise') edits.push(...raiseEdits(statement));
    else if (word === 'except') edits.push(...exceptEdits(statement, text));
  }
  return applyEdits(text, edits);
}

/** Indentation with tabs counts to the next multiple of eight columns in Python 2. */
function expandTabs(source: string): string {
  if (!source.includes('\t')) return source;
  const inStrings = new Set<number>();
  for (const token of readTokens(source)) {
    if (token.type !== 'string') continue;
    for (let at = token.start; at < token.end; at++) if (source[at] === '\n') inStrings.add(at + 1);
  }
  let lineStart = 0;
  return source
    .split('\n')
    .map((line) => {
      const isInString = inStrings.has(lineStart);
      lineStart += line.length + 1;
      const indent = /^[ \t\f]*/.exec(line)?.[0] ?? '';
      if (isInString || !indent.includes('\t')) return line;
      let column = 0;
      for (const character of indent) column = character === '\t' ? (column & ~7) + 8 : column + 1;
      return ' '.repeat(column) + line.slice(indent.length);
    })
    .join('\n');
}

function tokenEdits(tokens: readonly Token[], areUnicode: boolean): Edit[] {
  const edits: Edit[] = [];
  let isQuoted = false;
  tokens.forEach((token) => {
    let text = token.text;
    if (token.type === 'operator' && text === '<>') text = '!=';
    else if (token.type === 'operator' && text === '`') {
      text = isQuoted ? ')' : 'repr(';
      isQuoted = !isQuoted;
    } else if (token.type === 'number') text = modernNumber(text);
    else if (token.type === 'string') text = areUnicode && /^['"]/.test(text) ? `u${text}` : modernString(text);
    else if (token.type === 'name' && RENAMED.has(text)) text = `${text}_`;
    if (text !== token.text) edits.push({ start: token.start, end: token.end, text });
  });
  return edits;
}

/** In a string of bytes `\u`, `\U` and `\N` are no escapes: a backslash and a letter, as in texts for TeX. */
function modernString(text: string): string {
  if (/^[uU][rR]/.test(text)) return rawUnicode(text);
  const plain = text.replace(/^[bB]/, '');
  return /^['"]/.test(plain)
    ? plain.replace(/\\(.)/gs, (pair, mark) => ('uUN'.includes(mark) ? `\\${pair}` : pair))
    : plain;
}

/** Of the escapes, a raw string of unicode has `\\u` and `\\U` alone. */
function rawUnicode(text: string): string {
  return `u${text.slice(2)}`.replace(/\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\\'"]|)/g, (found, mark) =>
    /^[uU]/.test(mark) ? found : `\\\\${mark && `\\${mark}`}`,
  );
}

function modernNumber(text: string): string {
  const plain = text.replace(/[lL]$/, '');
  const value =
    /^0[0-7]+$/.test(plain) && /[1-7]/.test(plain)
      ? `0o${plain.slice(1)}`
      : /^0\d+$/.test(plain)
        ? plain.replace(/^0+(?=\d)/, '')
        : plain;
  return plain === text ? value : `__py2_long__(${value})`;
}

/** Positions in `statement` of the tokens with this text outside brackets. */
function positionsOf(statement: Statement, text: string): number[] {
  return statement.flatMap((token, index) =>
    token.depth === statement[0].depth && token.text === text ? [index] : [],
  );
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

function printEdits(statement: Statement): Edit[] {
  const [keyword, ...rest] = statement;
  const last = statement[statement.length - 1];
  const endsLine = last === keyword || last.text !== ',' || last.depth > keyword.depth ? 'True' : 'False';
  if (rest[0]?.text !== '>>') {
    const open = `__py2_print__(None, ${endsLine}, `;
    return [{ start: keyword.start, end: keyword.end, text: open }, insert(last.end, ')')];
  }
  const comma = statement[positionsOf(statement, ',')[0]];
  const edits = [{ start: keyword.start, end: rest[0].end, text: '__py2_print__(' }];
  if (!comma) return [...edits, insert(last.end, ', True)')];
  const isBareFile = comma === last;
  return [...edits, insert(comma.start, `, ${isBareFile ? 'True' : endsLine}`), insert(last.end, ')')];
}

function execEdits(statement: Statement): Edit[] {
  const [keyword] = statement;
  const last = statement[statement.length - 1];
  const edits: Edit[] = [{ start: keyword.start, end: keyword.end, text: '__py2_exec__(' }, insert(last.end, ')')];
  const isCall = statement[1]?.text === '(' && last.text === ')' && positionsOf(statement, ')').length === 1;
  if (isCall) return [{ start: keyword.start, end: keyword.end, text: '__py2_exec__' }];
  for (const index of positionsOf(statement, 'in')) {
    edits.push({ start: statement[index].start, end: statement[index].end, text: ',' });
  }
  return edits;
}

function raiseEdits(statement: Statement): Edit[] {
  if (positionsOf(statement, ',').length === 0) return [];
  const last = statement[statement.length - 1];
  return [{ start: statement[0].end, end: statement[1].start, text: ' __py2_raise__(' }, insert(last.end, ')')];
}

/** What is caught may go to a name, or to parts: `except IOError, (number, text)`. */
function exceptEdits(statement: Statement, source: string): Edit[] {
  const [index] = positionsOf(statement, ',');
  if (index === undefined) return [];
  const comma = statement[index];
  const colon = positionsOf(statement, ':').find((at) => at > index) ?? statement.length;
  const target = statement.slice(index + 1, colon).filter((token) => !isBlank(token));
  if (target.length < 2) return [{ start: comma.start, end: comma.end, text: ' as ' }];
  const [first, last] = [target[0], target[target.length - 1]];
  return [
    { start: comma.start, end: last.end, text: ` as __py2_unpack_${hexOf(source.slice(first.start, last.end))}` },
  ];
}

/** `[x for x in 1, 2]`: the bare tuple gets its parentheses. */
function comprehensionEdits(tokens: readonly Token[]): Edit[] {
  const edits: Edit[] = [];
  const code = tokens.filter((token) => !isBlank(token));
  code.forEach((token, index) => {
    if (token.text !== 'in' || token.type !== 'name' || token.depth === 0) return;
    const depth = token.depth;
    const isLoop = lastAtDepth(code, index, depth) === 'for';
    if (!isLoop) return;
    let end = index + 1;
    let hasComma = false;
    for (; end < code.length && code[end].depth >= depth; end++) {
      const { text, depth: at } = code[end];
      if (at === depth && (text === 'for' || text === 'if')) break;
      if (at === depth && text === ',') hasComma = true;
    }
    if (!hasComma || code[end]?.text === ')' || code[end]?.text === '}') return;
    edits.push(insert(code[index + 1].start, '('), insert(code[end - 1].end, ')'));
  });
  return edits;
}

/** The nearest earlier `for`, `in`, `if` or opening bracket on the same level. */
function lastAtDepth(code: readonly Token[], from: number, depth: number): string | undefined {
  for (let index = from - 1; index >= 0 && code[index].depth >= depth; index--) {
    const { text, depth: at } = code[index];
    if (at === depth && ['for', 'in', 'if', ','].includes(text)) {
      if (text === ',') continue;
      return text;
    }
  }
  return undefined;
}

/** Tuple parameters of def and lambda. */
function parameterEdits(tokens: readonly Token[], source: string): Edit[] {
  const edits: Edit[] = [];
  const code = tokens.filter((token) => !isBlank(token));
  code.forEach((token, index) => {
    if (token.type !== 'name' || (token.text !== 'def' && token.text !== 'lambda')) return;
    const isDef = token.text === 'def';
    const start = isDef ? index + 3 : index + 1;
    const depth = isDef ? token.depth + 1 : token.depth;
    let isNameExpected = true;
    for (let at = start; at < code.length && code[at].depth >= depth; at++) {
      const part = code[at];
      if (part.depth === depth && (part.text === ':' || part.text === ')')) break;
      if (part.depth === depth && part.text === '(' && isNameExpected) {
        const close = code.findIndex((other, position) => position > at && other.depth === depth && other.text === ')');
        const text = source.slice(part.start, code[close].end);
        edits.push({ start: part.start, end: code[close].end, text: `${isDef ? '' : ' '}__py2_unpack_${hexOf(text)}` });
        at = close;
      }
      isNameExpected = part.depth === depth && part.text === ',';
    }
  });
  return edits;
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function applyEdits(source: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, order) => ({ ...edit, order }));
  ordered.sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let out = '';
  let at = 0;
  for (const { start, end, text } of ordered) {
    if (start < at) {
      if (start === end) out += text;
      continue;
    }
    out += source.slice(at, start) + text;
    at = end;
  }
  return out + source.slice(at);
}
