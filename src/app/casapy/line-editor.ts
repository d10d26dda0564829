import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** What the prompt asks: a line, with what may complete it. */
export interface LineRequest {
  readonly prompt: string;
  /** Names of the script's namespace. */
  readonly names: readonly string[];
  /** Lines of earlier sessions, oldest first; with the first request only. */
  readonly history?: readonly string[];
  /** Directory that names of files are taken from. */
  readonly cwd: string;
}

/** The line without its end; undefined at the end of the input. */
export interface LineAnswer {
  readonly line?: string;
  /** Ctrl-C was typed instead. */
  readonly isInterrupted?: boolean;
}

/** What completes words besides names: parameters of tasks and methods of tools. */
export interface KnownWords {
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  readonly methods: ReadonlyMap<string, readonly string[]>;
}

/** Files whose names begin with the text behind the last quote. */
function matchingFiles(text: string, cwd: string): string[] {
  const folder = text.endsWith('/') ? text : dirname(text);
  const lead = text.includes('/') ? text.slice(0, text.lastIndexOf('/') + 1) : '';
  try {
    return readdirSync(resolve(cwd, text === '' ? '.' : folder))
      .map((name) => lead + name)
      .filter((name) => name.startsWith(text));
  } catch {
    return [];
  }
}

/**
 * Words that may stand at the end of a line, and the part of the line that they replace: names of files inside quotes,
 * methods after `tool.`, parameters inside `task(`, names elsewhere.
 */
export function completeLine(line: string, { names, cwd }: LineRequest, words: KnownWords): [string[], string] {
  const quoted = /(['"])((?:(?!\1).)*)$/.exec(line);
  const isInside = quoted && (line.split(quoted[1]).length - 1) % 2 === 1;
  if (isInside) return [matchingFiles(quoted[2], cwd), quoted[2]];
  const method = /\b(\w+)\.(\w*)$/.exec(line);
  if (method) return [(words.methods.get(method[1]) ?? []).filter((name) => name.startsWith(method[2])), method[2]];
  const word = /\w*$/.exec(line)?.[0] ?? '';
  const call = /\b(\w+)\((?:[^()]|\([^()]*\))*$/.exec(line);
  const parameters = (call && words.parameters.get(call[1])?.map((name) => `${name}=`)) ?? [];
  const found = [...parameters, ...names].filter((name) => name.startsWith(word));
  return [[...new Set(found)].sort(), word];
}

/** Passes on what a reader of lines shows until it is told to be silent. */
class Screen extends Writable {
  private readonly target: NodeJS.WritableStream;
  isSilent = false;

  constructor(target: NodeJS.WritableStream) {
    super();
    this.target = target;
  }

  /** Width of the terminal, which the reader of lines asks for. */
  get columns(): number | undefined {
    return (this.target as Partial<NodeJS.WriteStream>).columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!this.isSilent) this.target.write(chunk);
    done();
  }
}

/** Reads lines from a terminal: arrow keys, history, completion by the tab key. Lines that were pasted together wait for their turn. */
export class LineEditor {
  private readonly input: NodeJS.ReadableStream;
  private readonly output: NodeJS.WritableStream;
  private readonly words: KnownWords;
  /** Newest first, as readline keeps it. */
  private history: string[] = [];
  /** Whole lines that came together with an earlier one. */
  private readonly waiting: string[] = [];
  /** The line after them, as far as it came. */
  private begun = '';

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, words: KnownWords) {
    this.input = input;
    this.output = output;
    this.words = words;
  }

  async read(request: LineRequest): Promise<LineAnswer> {
    if (request.history) this.history = [...request.history].reverse();
    const line = this.waiting.shift();
    if (line === undefined) return this.readTyped(request);
    this.output.write(`${request.prompt}${line}\n`);
    return { line };
  }

  private readTyped(request: LineRequest): Promise<LineAnswer> {
    const screen = new Screen(this.output);
    const reader = createInterface({
      input: this.input,
      output: screen,
      terminal: true,
      history: this.history,
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line: string) => completeLine(line, request, this.words),
    });
    return new Promise((resolve) => {
      // The terminal is given back between lines, so that Ctrl-C reaches a running task.
      let answer: LineAnswer | undefined;
      const finish = (found: LineAnswer) => {
        if (answer) return;
        answer = found;
        screen.isSilent = true;
        // What came in the same piece is still being taken in.
        setImmediate(() => {
          this.begun = answer?.isInterrupted ? '' : reader.line;
          reader.close();
          resolve(found);
        });
      };
      reader.on('history', (history: string[]) => {
        this.history = [...history];
      });
      reader.on('line', (line) => (answer ? this.waiting.push(line) : finish({ line })));
      reader.on('SIGINT', () => {
        this.waiting.length = 0;
        finish({ isInterrupted: true });
      });
      reader.on('close', () => finish({}));
      reader.setPrompt(request.prompt);
      reader.prompt();
      if (this.begun) reader.write(this.begun);
    });
  }
}
