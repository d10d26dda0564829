import { closeSync, writeSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { GuardedFiles } from '../../python/index.ts';
import { findCommand } from './commands.ts';
import {
  type Command,
  type CommandList,
  parseCommands,
  plainText,
  type Redirection,
  type SimpleCommand,
} from './grammar.ts';
import { reasonOf } from './reasons.ts';
import type { CommandContext, Programs, Shell, ShellAnswer, ShellRequest } from './types.ts';
import { expandWord, expandWords, type WordScope } from './words.ts';

/** Where a command's output or messages go. */
type Sink = (bytes: Uint8Array) => void;

interface Streams {
  readonly input: Uint8Array;
  readonly output: Sink;
  readonly errors: Sink;
}

/** exit was called. */
class ShellExit extends Error {
  readonly status: number;

  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * The shell of untrusted scripts: the commands and pipes that delivered scripts use, on checked files only.
 *
 * @param files the way to the disk; refuses what lies outside
 * @param programs programs of ours that scripts call by path
 */
export function confinedShell(files: GuardedFiles, programs: Programs = {}): Shell {
  return {
    run(request: ShellRequest): ShellAnswer {
      const captured: Uint8Array[] = [];
      const output: Sink = request.capture ? (bytes) => void captured.push(bytes) : (bytes) => writeAll(1, bytes);
      const complaints: Uint8Array[] = [];
      const errors: Record<string, Sink> = { joined: output, apart: (bytes) => void complaints.push(bytes) };
      const session = new Session(request, files, programs);
      const status = session.runText(request.command, {
        input: request.input === undefined ? EMPTY : encoder.encode(request.input),
        output,
        errors: errors[request.errors ?? ''] ?? ((bytes) => writeAll(2, bytes)),
      });
      return {
        status,
        output: textOf(captured),
        ...(request.errors === 'apart' && { errorOutput: textOf(complaints) }),
      };
    },
  };
}

const textOf = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('utf8');

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/** One running shell: its directory and variables. */
class Session {
  private cwd: string;
  private variables: Record<string, string>;
  private status = 0;
  private readonly files: GuardedFiles;
  private readonly programs: Programs;

  constructor(request: Pick<ShellRequest, 'cwd' | 'environment'>, files: GuardedFiles, programs: Programs) {
    this.cwd = request.cwd;
    this.variables = { ...request.environment, PWD: request.cwd };
    this.files = files;
    this.programs = programs;
  }

  /** Runs a command line to its end; every failure is one line on its errors. */
  runText(text: string, streams: Streams): number {
    try {
      return this.runList(parseCommands(text), streams);
    } catch (error) {
      if (error instanceof ShellExit) return error.status;
      streams.errors(encoder.encode(`sh: ${reasonOf(error)}\n`));
      return 2;
    }
  }

  private runList(list: CommandList, streams: Streams): number {
    for (const { commands, isNegated, after } of list) {
      if (after === '&&' ? this.status !== 0 : after === '||' && this.status === 0) continue;
      const status = this.runPipeline(commands, streams);
      this.status = isNegated ? Number(status === 0) : status;
    }
    return this.status;
  }

  private runPipeline(commands: readonly Command[], streams: Streams): number {
    if (commands.length === 1) return this.runCommand(commands[0], streams);
    let { input } = streams;
    let status = 0;
    commands.forEach((command, index) => {
      const isLast = index === commands.length - 1;
      const parts: Uint8Array[] = [];
      const output: Sink = isLast ? streams.output : (bytes) => void parts.push(bytes.slice());
      try {
        status = this.inherit().runCommand(command, { input, output, errors: streams.errors });
      } catch (error) {
        if (!(error instanceof ShellExit)) throw error;
        status = error.status;
      }
      input = Buffer.concat(parts);
    });
    return status;
  }

  /** A shell of its own with the same directory and variables. */
  private inherit(): Session {
    const session = new Session({ cwd: this.cwd, environment: this.variables }, this.files, this.programs);
    session.status = this.status;
    return session;
  }

  private runCommand(command: Command, streams: Streams): number {
    const open: number[] = [];
    try {
      return this.runKind(command, this.redirect(command.redirections, streams, open));
    } catch (error) {
      if (error instanceof ShellExit) throw error;
      streams.errors(encoder.encode(`sh: ${reasonOf(error)}\n`));
      return 1;
    } finally {
      for (const descriptor of open) closeSync(descriptor);
    }
  }

  private runKind(command: Command, streams: Streams): number {
    if (command.kind === 'simple') return this.runSimple(command, streams);
    if (command.kind === 'for') return this.runLoop(command, streams);
    if (command.kind === 'if') return this.runBranch(command, streams);
    return command.isSubshell ? this.inherit().runGroup(command.body, streams) : this.runList(command.body, streams);
  }

  private runGroup(body: CommandList, streams: Streams): number {
    try {
      return this.runList(body, streams);
    } catch (error) {
      if (error instanceof ShellExit) return error.status;
      throw error;
    }
  }

  private runLoop(command: Extract<Command, { kind: 'for' }>, streams: Streams): number {
    let status = 0;
    for (const value of expandWords(command.words, this.scope(streams))) {
      this.variables[command.variable] = value;
      this.status = 0;
      status = this.runList(command.body, streams);
    }
    return status;
  }

  private runBranch(command: Extract<Command, { kind: 'if' }>, streams: Streams): number {
    for (const { condition, body } of command.branches) {
      this.status = 0;
      if (this.runList(condition, streams) === 0) return this.runList(body, streams);
    }
    this.status = 0;
    return command.otherwise ? this.runList(command.otherwise, streams) : 0;
  }

  private redirect(redirections: readonly Redirection[], streams: Streams, open: number[]): Streams {
    let { input, output, errors } = streams;
    for (const { descriptor, kind, target } of redirections) {
      const name = expandWord(target, this.scope(streams));
      if (kind === '<') input = this.files.readFileSync(this.path(name)) as Uint8Array;
      else {
        const sink =
          kind === '>&' ? (name === '2' ? errors : output) : this.openSink(name, kind === '>>' ? 'a' : 'w', open);
        if (descriptor === 2) errors = sink;
        else output = sink;
      }
    }
    return { input, output, errors };
  }

  private openSink(name: string, flags: 'a' | 'w', open: number[]): Sink {
    if (name === '/dev/null') return () => {};
    const descriptor = this.files.openSync(this.path(name), flags);
    open.push(descriptor);
    return (bytes) => writeAll(descriptor, bytes);
  }

  private runSimple(command: SimpleCommand, streams: Streams): number {
    const scope = this.scope(streams);
    const given: Record<string, string> = {};
    let first = 0;
    for (; first < command.words.length; first++) {
      const assignment = assignmentOf(command.words[first], scope);
      if (!assignment) break;
      given[assignment[0]] = assignment[1];
    }
    const words = expandWords(command.words.slice(first), scope);
    if (words.length === 0) {
      Object.assign(this.variables, given);
      return 0;
    }
    return this.runWords(words, streams, given);
  }

  private runWords(words: readonly string[], streams: Streams, given: Record<string, string> = {}): number {
    const [name, ...args] = words;
    const own = this.runOwn(name, args, streams);
    if (own !== undefined) return own;
    const environment = { ...this.variables, ...given };
    const context: CommandContext = {
      name: name.slice(name.lastIndexOf('/') + 1),
      args,
      input: streams.input,
      files: this.files,
      environment,
      cwd: this.cwd,
      programs: this.programs,
      path: (file) => this.path(file),
      write: (content) => streams.output(typeof content === 'string' ? encoder.encode(content) : content),
      complain: (message) => streams.errors(encoder.encode(`${name}: ${message}\n`)),
      run: (inner, input) => this.inherit().runWords(inner, { ...streams, input }),
    };
    const act = findCommand(name, this.programs);
    if (!act) {
      context.complain(
        'the shell of scripts does not have this command (casapy --trust gives the shell of this machine)',
      );
      return 127;
    }
    try {
      return act(context);
    } catch (error) {
      if (error instanceof ShellExit) throw error;
      context.complain(reasonOf(error));
      return 1;
    }
  }

  /** Commands that change the shell itself. */
  private runOwn(name: string, args: readonly string[], streams: Streams): number | undefined {
    switch (name) {
      case 'cd':
        return this.changeDirectory(args[0] ?? this.variables.HOME ?? '/', streams);
      case 'export':
      case 'unset':
      case 'set':
        for (const word of args) this.declare(name, word);
        return 0;
      case 'exit':
        throw new ShellExit(args.length > 0 ? Number(args[0]) & 255 : this.status);
      case 'sh':
      case 'bash':
      case '/bin/sh':
      case '/bin/bash':
        return this.runNested(args, streams);
      case 'eval':
        return this.runText(args.join(' '), streams);
      default:
        return undefined;
    }
  }

  private declare(name: string, word: string): void {
    const cut = word.indexOf('=');
    if (name === 'unset') delete this.variables[word];
    else if (name === 'export' && cut > 0) this.variables[word.slice(0, cut)] = word.slice(cut + 1);
  }

  private runNested(args: readonly string[], streams: Streams): number {
    const text =
      args[0] === '-c' ? args[1] : args.length > 0 ? String(this.files.readFileSync(this.path(args[0]), 'utf8')) : '';
    return this.inherit().runText(text ?? '', streams);
  }

  private changeDirectory(name: string, streams: Streams): number {
    const path = this.path(name);
    try {
      if (!this.files.statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    } catch (error) {
      streams.errors(encoder.encode(`cd: ${name}: ${reasonOf(error)}\n`));
      return 1;
    }
    this.cwd = path;
    this.variables.PWD = path;
    return 0;
  }

  private path(name: string): string {
    if (name.startsWith('/')) return normalize(name).replace(/(.)\/$/, '$1');
    return normalize(join(this.cwd, name)).replace(/(.)\/$/, '$1');
  }

  private scope(streams: Streams): WordScope {
    return {
      cwd: this.cwd,
      files: this.files,
      variable: (name) => (name === '?' ? String(this.status) : this.variables[name]),
      substitute: (command) => {
        const parts: Uint8Array[] = [];
        this.status = this.inherit().runText(command, {
          ...streams,
          output: (bytes) => void parts.push(bytes.slice()),
        });
        return Buffer.concat(parts).toString('utf8');
      },
    };
  }
}

/** `NAME=value` at the start of a command. */
function assignmentOf(word: SimpleCommand['words'][number], scope: WordScope): [string, string] | undefined {
  const [first] = word;
  if (first?.kind !== 'text' || first.isQuoted) return undefined;
  const found = /^([A-Za-z_]\w*)=/.exec(first.text);
  if (!found || plainText(word) === '=') return undefined;
  const rest = [{ ...first, text: first.text.slice(found[0].length) }, ...word.slice(1)];
  return [found[1], expandWord(rest, scope)];
}
