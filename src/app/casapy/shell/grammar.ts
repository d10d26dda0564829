import { fail } from '../../../foundation/base/index.ts';

/** A piece of a word: text as it is, or something that is expanded. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly otherwise?: string; readonly isQuoted: boolean }
  | { readonly kind: 'command'; readonly text: string; readonly isQuoted: boolean };

export type Word = readonly WordPart[];

export interface Redirection {
  readonly descriptor: 0 | 1 | 2;
  /** '<' read, '>' write, '>>' append, '>&' the same as another descriptor. */
  readonly kind: '<' | '>' | '>>' | '>&';
  readonly target: Word;
}

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export interface GroupCommand {
  readonly kind: 'group';
  readonly body: CommandList;
  /** Changes of directory and variables end with it. */
  readonly isSubshell: boolean;
  readonly redirections: readonly Redirection[];
}

export interface LoopCommand {
  readonly kind: 'for';
  readonly variable: string;
  readonly words: readonly Word[];
  readonly body: CommandList;
  readonly redirections: readonly Redirection[];
}

export interface BranchCommand {
  readonly kind: 'if';
  readonly branches: readonly { readonly condition: CommandList; readonly body: CommandList }[];
  readonly otherwise?: CommandList;
  readonly redirections: readonly Redirection[];
}

export type Command = SimpleCommand | GroupCommand | LoopCommand | BranchCommand;

export interface Pipeline {
  readonly commands: readonly Command[];
  readonly isNegated: boolean;
  /** When it runs, by the status of what ran before. */
  readonly after: ';' | '&&' | '||';
}

export type CommandList = readonly Pipeline[];

type Token = { readonly kind: 'word'; readonly word: Word } | { readonly kind: 'mark'; readonly text: string };

const MARKS = ['&&', '||', ';;', '>&', '>>', '&>', '|', ';', '&', '(', ')', '<', '>', '\n'];

/** Reads a command line of the POSIX shell; @throws usage for what this shell does not know */
export function parseCommands(text: string): CommandList {
  const parser = new Parser(readTokens(text));
  const list = parser.list([]);
  parser.expectEnd();
  return list;
}

// ---------------------------------------------------------------- words

function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const blank = /^(?:[ \t]|\\\n)+/.exec(rest);
    if (blank) at += blank[0].length;
    else if (rest[0] === '#') at += (/^[^\n]*/.exec(rest) as RegExpExecArray)[0].length;
    else if (/^[012](?=[<>])/.test(rest)) {
      tokens.push({ kind: 'mark', text: rest[0] });
      at++;
    } else if (rest.startsWith('<<')) fail('usage', 'The shell of scripts has no here-documents.');
    else {
      const mark = MARKS.find((one) => rest.startsWith(one));
      if (mark) {
        tokens.push({ kind: 'mark', text: mark });
        at += mark.length;
      } else {
        const word = readWord(text, at);
        tokens.push({ kind: 'word', word: word.parts });
        at = word.end;
      }
    }
  }
  return tokens;
}

function readWord(text: string, start: number): { parts: Word; end: number } {
  const parts: WordPart[] = [];
  let at = start;
  const push = (piece: string, isQuoted: boolean) => parts.push({ kind: 'text', text: piece, isQuoted });
  while (at < text.length && !/[\s|&;()<>]/.test(text[at])) {
    const char = text[at];
    if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) fail('usage', 'A quote is not closed in a shell command.');
      push(text.slice(at + 1, end), true);
      at = end + 1;
    } else if (char === '"') at = readQuoted(text, at + 1, parts);
    else if (char === '\\') {
      push(text[at + 1] ?? '', true);
      at += 2;
    } else if (char === '$' || char === '`') at = readExpansion(text, at, parts, false);
    else {
      const plain = /^[^\s|&;()<>'"\\$`]+/.exec(text.slice(at)) as RegExpExecArray;
      push(plain[0], false);
      at += plain[0].length;
    }
  }
  return { parts, end: at };
}

function readQuoted(text: string, start: number, parts: WordPart[]): number {
  let at = start;
  let plain = '';
  const flush = () => {
    parts.push({ kind: 'text', text: plain, isQuoted: true });
    plain = '';
  };
  while (text[at] !== '"') {
    if (at >= text.length) fail('usage', 'A quote is not closed in a shell command.');
    if (text[at] === '\\' && '"\\$`\n'.includes(text[at + 1])) {
      plain += text[at + 1] === '\n' ? '' : text[at + 1];
      at += 2;
    } else if (text[at] === '$' || text[at] === '`') {
      flush();
      at = readExpansion(text, at, parts, true);
    } else plain += text[at++];
  }
  flush();
  return at + 1;
}

/** `$name`, `${name:-text}`, `$(command)`, `` `command` ``; a lone dollar is itself. */
function readExpansion(text: string, at: number, parts: WordPart[], isQuoted: boolean): number {
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) fail('usage', 'A backquote is not closed in a shell command.');
    parts.push({ kind: 'command', text: text.slice(at + 1, end), isQuoted });
    return end + 1;
  }
  if (text[at + 1] === '(') {
    const end = closingParenthesis(text, at + 1);
    parts.push({ kind: 'command', text: text.slice(at + 2, end), isQuoted });
    return end + 1;
  }
  const rest = text.slice(at);
  const found = /^\$(?:\{([A-Za-z_]\w*|[?$#@*0-9])(?::?-([^}]*))?\}|([A-Za-z_]\w*|[?$#@*0-9]))/.exec(rest);
  if (found) {
    parts.push({ kind: 'variable', name: found[1] ?? found[3], otherwise: found[2], isQuoted });
    return at + found[0].length;
  }
  if (text[at + 1] === '{')
    fail('usage', 'After "$" and a brace, the shell of scripts knows a name, or a name and ":-text", only.');
  parts.push({ kind: 'text', text: '$', isQuoted: true });
  return at + 1;
}

function closingParenthesis(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '\\') at++;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at;
  }
  return fail('usage', 'A parenthesis is not closed in a shell command.');
}

// ---------------------------------------------------------------- commands

const RESERVED = new Set(['for', 'in', 'do', 'done', 'if', 'then', 'elif', 'else', 'fi', '{', '}', '!']);
const UNKNOWN = new Set(['while', 'until', 'case', 'function', 'select']);

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  list(ends: readonly string[]): CommandList {
    const pipelines: Pipeline[] = [];
    let after: Pipeline['after'] = ';';
    for (;;) {
      while (this.mark('\n') || this.mark(';')) after = ';';
      if (this.at >= this.tokens.length || ends.some((end) => this.sees(end)) || this.seesMark(')')) return pipelines;
      pipelines.push(this.pipeline(after));
      if (this.mark('&&')) after = '&&';
      else if (this.mark('||')) after = '||';
      else if (this.mark('&')) fail('usage', 'The shell of scripts runs nothing in the background.');
      else after = ';';
    }
  }

  expectEnd(): void {
    if (this.at < this.tokens.length) fail('usage', 'A shell command has a word or mark too many.');
  }

  private pipeline(after: Pipeline['after']): Pipeline {
    const isNegated = this.take('!');
    const commands = [this.command()];
    while (this.mark('|')) {
      while (this.mark('\n'));
      commands.push(this.command());
    }
    return { commands, isNegated, after };
  }

  private command(): Command {
    if (this.mark('(')) {
      const body = this.list([]);
      if (!this.mark(')')) fail('usage', 'A parenthesis is not closed in a shell command.');
      return { kind: 'group', body, isSubshell: true, redirections: this.redirections() };
    }
    if (this.take('{'))
      return { kind: 'group', body: this.body('}'), isSubshell: false, redirections: this.redirections() };
    if (this.take('for')) return this.loop();
    if (this.take('if')) return this.branch();
    return this.simple();
  }

  private simple(): SimpleCommand {
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const found = this.redirection();
      if (found) redirections.push(...found);
      else {
        const token = this.tokens[this.at];
        if (token?.kind !== 'word') break;
        const name = words.length === 0 ? plainText(token.word) : undefined;
        if (name !== undefined && (UNKNOWN.has(name) || (RESERVED.has(name) && name !== '{')))
          fail('usage', `The shell of scripts cannot read '${name}' here.`);
        words.push(token.word);
        this.at++;
      }
    }
    if (words.length === 0 && redirections.length === 0) fail('usage', 'A shell command is incomplete.');
    return { kind: 'simple', words, redirections };
  }

  private loop(): LoopCommand {
    const variable = plainText(this.word()) ?? fail('usage', 'for needs the name of a variable.');
    if (!this.take('in')) fail('usage', 'for needs the word in.');
    const words: Word[] = [];
    while (this.tokens[this.at]?.kind === 'word') words.push(this.word());
    while (this.mark(';') || this.mark('\n'));
    if (!this.take('do')) fail('usage', 'for needs the word do.');
    return { kind: 'for', variable, words, body: this.body('done'), redirections: this.redirections() };
  }

  private branch(): BranchCommand {
    const branches: { condition: CommandList; body: CommandList }[] = [];
    let otherwise: CommandList | undefined;
    do {
      const condition = this.list(['then']);
      this.need('then');
      branches.push({ condition, body: this.list(['elif', 'else', 'fi']) });
    } while (this.take('elif'));
    if (this.take('else')) otherwise = this.list(['fi']);
    this.need('fi');
    return { kind: 'if', branches, otherwise, redirections: this.redirections() };
  }

  private body(end: string): CommandList {
    const body = this.list([end]);
    this.need(end);
    return body;
  }

  private redirections(): Redirection[] {
    const all: Redirection[] = [];
    for (let found = this.redirection(); found; found = this.redirection()) all.push(...found);
    return all;
  }

  private redirection(): Redirection[] | undefined {
    const start = this.at;
    const number = ['0', '1', '2'].find((digit) => this.mark(digit));
    const kind = (['>>', '>&', '>', '<'] as const).find((text) => this.mark(text));
    if (kind !== undefined) {
      const descriptor = (number === undefined ? (kind === '<' ? 0 : 1) : Number(number)) as 0 | 1 | 2;
      return [{ descriptor, kind, target: this.word() }];
    }
    this.at = start;
    if (!this.mark('&>')) return undefined;
    const one: Word = [{ kind: 'text', text: '1', isQuoted: true }];
    return [
      { descriptor: 1, kind: '>', target: this.word() },
      { descriptor: 2, kind: '>&', target: one },
    ];
  }

  private word(): Word {
    const token = this.tokens[this.at++];
    return token?.kind === 'word' ? token.word : fail('usage', 'A word is missing in a shell command.');
  }

  private need(name: string): void {
    if (!this.take(name)) fail('usage', `The word '${name}' is missing in a shell command.`);
  }

  private sees(name: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'word' && plainText(token.word) === name;
  }

  private take(name: string): boolean {
    if (!this.sees(name)) return false;
    this.at++;
    return true;
  }

  private seesMark(text: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === 'mark' && token.text === text;
  }

  private mark(text: string): boolean {
    if (!this.seesMark(text)) return false;
    this.at++;
    return true;
  }
}

/** The text of a word without quotes and expansions. */
export function plainText(word: Word): string | undefined {
  if (word.some((part) => part.kind !== 'text' || part.isQuoted)) return undefined;
  return word.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}
