/** The script of casapy's Python thread: makes the start-up snapshot, or runs one job. It loads no engine. */
import { readFileSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resourceUsage } from 'node:process';
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { errorSentence, fail, type SentError, unpackError } from '../../foundation/base/index.ts';
import {
  BlockingBridge,
  guardedFiles,
  type HostServices,
  lockThread,
  makeSnapshot,
  type PreludeModule,
  startInterpreter,
  translateSyntax,
} from '../python/index.ts';
import {
  AccessRules,
  type AllowedFolder,
  type BridgeRequest,
  type EngineRequest,
  installationRoot,
  type PackedReply,
} from '../tasks/index.ts';
import type { LineRequest } from './line-editor.ts';
import { confinedShell } from './shell/confined-shell.ts';
import { hostShell } from './shell/host-shell.ts';
import type { Programs, Shell, ShellRequest } from './shell/types.ts';

/** What Python is told at its start. */
export interface PythonStart {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The words of the command line, and the place of the script's name or text in them. */
  readonly words: readonly string[];
  readonly scriptAt: number;
  readonly tasks: readonly string[];
  /** Methods by tool. */
  readonly tools: Readonly<Record<string, readonly string[]>>;
  readonly casaVersion: string;
  /** The user chose the version; scripts do not change it. */
  readonly isVersionFixed: boolean;
  readonly logfile: string;
  /** False: the script is not trusted, and Python is closed around it. */
  readonly isTrusted: boolean;
  /** Lines of the prompt are read by the main thread, from a terminal. */
  readonly hasEditor: boolean;
}

export type PythonJob =
  | { readonly kind: 'code'; readonly text: string; readonly language: 2 | 3 }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: string; readonly language: 2 | 3 }
  | { readonly kind: 'prompt'; readonly language: 2 | 3 };

export type PythonThreadData =
  | { readonly kind: 'snapshot'; readonly prelude: readonly PreludeModule[] }
  | {
      readonly kind: 'run';
      readonly prelude: readonly PreludeModule[];
      readonly snapshot: string | Uint8Array;
      readonly mounts: readonly string[];
      /** What the script may touch; undefined: everything. */
      readonly folders?: readonly AllowedFolder[];
      readonly interrupt: SharedArrayBuffer;
      readonly bridge: { readonly port: MessagePort; readonly signal: SharedArrayBuffer };
      /** To whoever reads lines from the terminal. */
      readonly lines: { readonly port: MessagePort; readonly signal: SharedArrayBuffer };
      readonly start: PythonStart;
      readonly job: PythonJob;
    };

/** What this thread tells the one that started it. */
export type PythonMessage =
  | { readonly kind: 'image'; readonly image: Uint8Array }
  /** The first request to the engine is on the bridge. */
  | { readonly kind: 'needs-engine' }
  | { readonly kind: 'end'; readonly code: number };

const RUN = `
import json, qa2_host, qa2_session, qa2_casa, qa2_pipeline
_input = json.loads(input_text)
qa2_session.attach(_input['start'])
qa2_casa.attach(_input['start'])
qa2_pipeline.attach()
if not _input['start']['isTrusted']:
    import qa2_seal
    qa2_seal.seal()
qa2_session.run_main(_input['job'])
`;

type RunData = Extract<PythonThreadData, { kind: 'run' }>;
type EngineAnswer = PackedReply | { readonly error: SentError };

/** bdflags2MS and its like: programs of CASA that scripts start through the shell; they run in the engine. */
function enginePrograms(ask: (request: EngineRequest, cwd: string) => EngineAnswer): Programs {
  const program =
    (name: string): Programs[string] =>
    (words, cwd) => {
      const answer = ask({ kind: 'program', name, words }, cwd);
      if ('error' in answer) return { status: 1, output: '', errors: unpackError(answer.error).message };
      return { status: 0, output: String(JSON.parse(answer.text) ?? ''), errors: '' };
    };
  return { bdflags2MS: program('bdflags2MS'), untar: program('untar') };
}

/** The request as the editor can take it, whatever a script has written. @throws usage */
function lineRequest(given: Partial<LineRequest> | null | undefined): LineRequest {
  const areTexts = (values: unknown) => Array.isArray(values) && values.every((value) => typeof value === 'string');
  const { prompt, names, history, cwd } = given ?? {};
  if (
    typeof prompt !== 'string' ||
    typeof cwd !== 'string' ||
    !areTexts(names) ||
    !(history === undefined || areTexts(history))
  )
    return fail('usage', 'A line is asked for with a prompt, names and a folder.');
  return given as LineRequest;
}

function tell(message: PythonMessage): void {
  parentPort?.postMessage(message);
}

/** The exit code of what Python runs to its end; os._exit is one, too. @throws bad-data when a script has brought Python down */
function finish(run: () => number): number {
  try {
    return run();
  } catch (error) {
    const message = (error as { message?: unknown } | undefined)?.message;
    const reason = typeof message === 'string' ? (message.trim().split('\n').at(-1) ?? '') : '';
    const ended = /^Program terminated with exit\((-?\d+)\)/.exec(reason);
    if (ended) return Number(ended[1]) & 255;
    return fail('bad-data', `The script has brought Python down${reason && `: ${reason}`}.`);
  }
}

async function runJob(data: RunData): Promise<number> {
  const bridge = new BlockingBridge(data.bridge.port, data.bridge.signal);
  const lines = new BlockingBridge(data.lines.port, data.lines.signal);
  const arrayKernels = readFileSync(join(installationRoot(), 'dist', 'array-kernels.wasm'));
  const interpreter = await startInterpreter({ ...data, arrayKernels });
  const rules = data.folders && new AccessRules(data.folders);
  let casaVersion = data.start.casaVersion;
  let hasEngine = false;
  const ask = (text: string, cwd: string) => {
    if (!hasEngine) tell({ kind: 'needs-engine' });
    hasEngine = true;
    return bridge.ask({ text, cwd, casaVersion } satisfies BridgeRequest) as EngineAnswer;
  };
  const programs = enginePrograms((request, cwd) => ask(JSON.stringify(request), cwd));
  const shell: Shell = rules ? confinedShell(guardedFiles(rules), programs) : hostShell();
  const services: HostServices = {
    translate: (text: string) => ({ value: translateSyntax(text) }),
    readLine: (request: LineRequest) => ({ value: lines.ask(lineRequest(request)) }),
    /** Processor times in seconds and largest memory in kB of this program. */
    usage() {
      const { userCPUTime, systemCPUTime, maxRSS } = resourceUsage();
      return { value: { user: userCPUTime / 1e6, system: systemCPUTime / 1e6, memory: maxRSS } };
    },
    setVersion(version: string) {
      casaVersion = version;
      return { value: null };
    },
    engine(text: string, cwd: string) {
      const answer = ask(text, cwd);
      interpreter.forgetFiles();
      if (!('error' in answer)) return { value: { tag: '', text: answer.text }, buffers: answer.buffers };
      if (answer.error.tag === 'aborted') new Uint8Array(data.interrupt)[0] = 0;
      return { value: { tag: answer.error.tag, message: unpackError(answer.error).message } };
    },
    shell(request: ShellRequest) {
      try {
        return { value: shell.run(request) };
      } catch (error) {
        return { value: { status: 1, output: '', errors: errorSentence(error) } };
      } finally {
        interpreter.forgetFiles();
      }
    },
    /** Why a script may not use a path; null where it may. */
    refusal(path: string, cwd: string, use: 'read' | 'write') {
      try {
        rules?.check(resolve(cwd, path), use);
        return { value: null };
      } catch (error) {
        return { value: errorSentence(error) };
      }
    },
    fileSystem(path: string) {
      rules?.check(path, 'read');
      return { value: statfsSync(path) };
    },
  };
  interpreter.serve(services);
  // Python's source of random numbers opens once, which it cannot do later.
  interpreter.run('import os; os.urandom(1)', null);
  if (rules) lockThread(rules);
  const code = finish(() => interpreter.run(RUN, { start: data.start, job: data.job }) as number);
  bridge.close();
  lines.close();
  return code;
}

if (!isMainThread && parentPort) {
  const data = workerData as PythonThreadData;
  if (data.kind === 'snapshot') tell({ kind: 'image', image: await makeSnapshot(data.prelude) });
  else tell({ kind: 'end', code: await runJob(data) });
}
