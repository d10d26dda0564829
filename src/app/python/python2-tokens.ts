/** A token of Python 2 source; the tokens of a text, put together, are the text. */
export interface Token {
  readonly type: 'space' | 'comment' | 'newline' | 'string' | 'number' | 'name' | 'operator';
  readonly text: string;
  /** Offset of the first character. */
  readonly start: number;
  readonly end: number;
  /** Number of brackets that are open at this token; a closing bracket counts as outside. */
  readonly depth: number;
}

const PATTERN = new RegExp(
  [
    '(?<space>(?:[ \\t\\f]|\\\\\\r?\\n)+)',
    '(?<comment>#[^\\n]*)',
    '(?<newline>\\n)',
    '(?<string>[uUbB]?[rR]?(?:\'\'\'|"""|\'|"))',
    '(?<number>0[xX][0-9a-fA-F]+[lL]?|0[bB][01]+[lL]?|0[oO][0-7]+[lL]?|(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?[lLjJ]?)',
    '(?<name>[^\\W\\d]\\w*)',
    '(?<operator><>|\\*\\*=|//=|>>=|<<=|[-+*/%&|^=!<>]=|\\*\\*|//|>>|<<|[\\s\\S])',
  ].join('|'),
  'yu',
);

/** Where the string ends whose opening quotes end at `from`. */
function stringEnd(source: string, from: number, quotes: string): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source.startsWith(quotes, at)) return at + quotes.length;
    else if (quotes.length === 1 && source[at] === '\n') return at;
  }
  return source.length;
}

/** Splits Python 2 source into tokens; never fails: what is no token becomes a one-character operator. */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = 0; at < source.length; ) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(source);
    if (!match?.groups) break;
    const type = Object.keys(match.groups).find((name) => match.groups?.[name] !== undefined) as Token['type'];
    let end = at + match[0].length;
    if (type === 'string') end = stringEnd(source, end, match[0].replace(/^[a-zA-Z]+/, ''));
    const text = source.slice(at, end);
    if (type === 'operator' && ')]}'.includes(text)) depth = Math.max(0, depth - 1);
    tokens.push({ type, text, start: at, end, depth });
    if (type === 'operator' && '([{'.includes(text)) depth++;
    at = end;
  }
  return tokens;
}

/** True for tokens that carry no meaning inside a statement. */
export function isBlank(token: Token): boolean {
  return token.type === 'space' || token.type === 'comment' || (token.type === 'newline' && token.depth > 0);
}

/** A simple statement, or the header of a compound one without its colon: the tokens that matter, in order. */
export type Statement = readonly Token[];

/** Finds the statements of a text. */
export function splitStatements(tokens: readonly Token[]): Statement[] {
  const statements: Statement[] = [];
  let current: Token[] = [];
  let lambdas = 0;
  const finish = () => {
    if (current.length > 0) statements.push(current);
    current = [];
    lambdas = 0;
  };
  for (const token of tokens) {
    if (isBlank(token)) continue;
    const isTop = token.depth === 0;
    if (token.type === 'newline' || (isTop && token.text === ';')) finish();
    else if (isTop && token.text === ':' && token.type === 'operator') {
      if (lambdas > 0) {
        lambdas--;
        current.push(token);
      } else finish();
    } else {
      if (isTop && token.text === 'lambda') lambdas++;
      current.push(token);
    }
  }
  finish();
  return statements;
}
