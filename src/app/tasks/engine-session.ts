import { type Context, fail, type ProgressPort } from '../../foundation/base/index.ts';
import type { CasaLog } from './casa-log.ts';
import { warnOfInterruptedChanges } from './interrupted-changes.ts';
import { runProgram } from './programs.ts';
import { findTask } from './registry.ts';
import { type ScriptFigure, writeScriptFigure } from './script-figure.ts';
import { describeTask, formatHelp, formatToolHelp } from './task-help.ts';
import { runTask } from './task-run.ts';
import { findTool } from './tool-registry.ts';
import { bindArguments, type ToolDeclaration, type ToolHost } from './tool-types.ts';
import type { TaskArguments, TaskValue } from './types.ts';
import type { EngineValue, ToolReply } from './values.ts';

/** What a script asks of the engine. */
export type EngineRequest =
  | { readonly kind: 'task'; readonly name: string; readonly positional: TaskValue[]; readonly named: TaskArguments }
  | {
      readonly kind: 'tool';
      readonly tool: string;
      /** 0: the session's one object of that tool. */
      readonly handle: number;
      readonly method: string;
      readonly positional: TaskValue[];
      readonly named: TaskArguments;
    }
  /** The text of help(task). */
  | { readonly kind: 'help'; readonly name: string }
  /** The text of help(tool), or of help(tool.method). */
  | { readonly kind: 'tool-help'; readonly tool: string; readonly method?: string }
  /** The parameters of a task, for default() and inp(). */
  | { readonly kind: 'describe'; readonly name: string }
  /** A program of CASA that scripts start through the shell. */
  | { readonly kind: 'program'; readonly name: string; readonly words: readonly string[] }
  /** A figure that a script drew, to be written as PNG. */
  | { readonly kind: 'figure'; readonly file: string; readonly figure: ScriptFigure }
  | { readonly kind: 'new-tool'; readonly tool: string }
  | { readonly kind: 'drop-tool'; readonly handle: number };

export interface SessionOptions {
  readonly log: CasaLog;
  readonly checkAbort: () => void;
  readonly progress: ProgressPort;
  /** The CASA version that scripts are told. */
  readonly casaVersion: string;
}

interface Held {
  readonly declaration: ToolDeclaration;
  readonly state: unknown;
}

/** One user's tools and log in one engine thread; answers requests one at a time. */
export class EngineSession {
  casaVersion: string;
  private readonly options: SessionOptions;
  private readonly held = new Map<number, Held>();
  private readonly shared = new Map<string, number>();
  private nextHandle = 1;

  constructor(options: SessionOptions) {
    this.options = options;
    this.casaVersion = options.casaVersion;
  }

  /**
   * @param cwd absolute directory that relative names of this request are taken from
   * @param traits what else tasks should know
   */
  async answer(request: EngineRequest, cwd: string, traits: Pick<Context, 'defersColumns'> = {}): Promise<EngineValue> {
    switch (request.kind) {
      case 'task':
        return runTask(request.name, request.positional, request.named, { ...this.context(cwd), ...traits });
      case 'tool':
        return this.callTool(request, cwd);
      case 'help':
        return formatHelp(findTask(request.name));
      case 'tool-help':
        return formatToolHelp(findTool(request.tool), request.method);
      case 'describe':
        return describeTask(findTask(request.name));
      case 'program':
        return runProgram(request.name, request.words, this.context(cwd));
      case 'figure':
        writeScriptFigure(this.context(cwd), request.file, request.figure);
        return null;
      case 'new-tool':
        return this.createTool(request.tool, cwd);
      case 'drop-tool':
        this.drop(request.handle);
        return null;
    }
  }

  /** The answer for Python: results of tasks have the types that CASA gives them. */
  async answerPython(request: EngineRequest, cwd: string): Promise<EngineValue> {
    const value = await this.answer(request, cwd);
    const reply = request.kind === 'task' ? findTask(request.name).reply : undefined;
    return reply && value !== undefined ? reply(value as TaskValue) : value;
  }

  context(cwd: string): Context {
    const { log, checkAbort, progress } = this.options;
    return { log, checkAbort, progress, cwd, casaVersion: this.casaVersion };
  }

  /** The lines that head a CASA log: which version a script was told, and what it really ran on. */
  announce(): void {
    const { log } = this.options;
    log.post(
      `\n---\nCASA Version ${this.casaVersion} (as scripts are told; run by alma-qa2 without CASA)\n`,
      'INFO',
      '::casa',
    );
  }

  /** Closes every tool that is still open. */
  close(): void {
    for (const handle of [...this.held.keys()]) this.drop(handle);
  }

  private createTool(tool: string, cwd: string): ToolReply {
    return this.adopt(tool, findTool(tool).create(this.host(cwd)));
  }

  private adopt(tool: string, state: unknown): ToolReply {
    const handle = this.nextHandle++;
    this.held.set(handle, { declaration: findTool(tool), state });
    return { kind: 'tool', tool, handle };
  }

  private drop(handle: number): void {
    const held = this.held.get(handle);
    this.held.delete(handle);
    held?.declaration.close(held.state);
  }

  private callTool(request: Extract<EngineRequest, { kind: 'tool' }>, cwd: string): EngineValue {
    let { handle } = request;
    if (handle === 0) {
      handle = this.shared.get(request.tool) ?? this.createTool(request.tool, cwd).handle;
      this.shared.set(request.tool, handle);
    }
    const held = this.held.get(handle) ?? fail('usage', `This ${request.tool} object is closed already.`);
    const { declaration } = held;
    const label = `${declaration.name}.${request.method}`;
    if (!Object.hasOwn(declaration.methods, request.method)) {
      fail('usage', `${label}() is not known; ${declaration.name} has ${Object.keys(declaration.methods).join(', ')}.`);
    }
    const chosen = declaration.methods[request.method];
    const args = bindArguments(label, chosen.signature, request.positional, request.named);
    if (request.method === 'open') warnOfInterruptedChanges(this.context(cwd), Object.values(args));
    return chosen.run(held.state, args, this.host(cwd));
  }

  private host(cwd: string): ToolHost {
    return {
      context: this.context(cwd),
      log: this.options.log,
      casaVersion: this.casaVersion,
      adopt: (tool, state) => this.adopt(tool, state),
    };
  }
}
