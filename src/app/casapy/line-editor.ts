import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';

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

/** Reads lines from a terminal: arrow keys, history, completion by the tab key. */
export class LineEditor {
  private readonly input: NodeJS.ReadableStream;
  private readonly output: NodeJS.WritableStream;
  private readonly words: KnownWords;
  /** Newest first, as readline keeps it. */
  private history: string[] = [];

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, words: KnownWords) {
    this.input = input;
    this.output = output;
    this.words = words;
  }

  read(request: LineRequest): Promise<LineAnswer> {
    if (request.history) this.history = [...request.history].reverse();
    const reader = createInterface({
      input: this.input,
      output: this.output,
      terminal: true,
      history: this.history,
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line: string) => completeLine(line, request, this.words),
    });
    return new Promise((resolve) => {
      // The terminal is given back between lines, so that Ctrl-C reaches a running task.
      let isDone = false;
      const finish = (answer: LineAnswer) => {
        if (isDone) return;
        isDone = true;
        reader.close();
        resolve(answer);
      };
      reader.on('history', (history: string[]) => {
        this.history = [...history];
      });
      reader.on('line', (line) => finish({ line }));
      reader.on('SIGINT', () => finish({ isInterrupted: true }));
      reader.on('close', () => finish({}));
      reader.setPrompt(request.prompt);
      reader.prompt();
    });
  }
}
