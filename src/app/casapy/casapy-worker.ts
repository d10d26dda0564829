/** The script of casapy's Python thread: makes the start-up snapshot, or runs one job. */
import { statfsSync } from 'node:fs';
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SentError } from '../../foundation/base/index.ts';
import {
  BlockingBridge,
  makeSnapshot,
  type PreludeModule,
  startInterpreter,
  translateSyntax,
} from '../python/index.ts';
import type { BridgeRequest, PackedReply } from '../tasks/index.ts';
import { hostShell } from './shell.ts';

/** What Python is told at its start. */
export interface PythonStart {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** sys.argv */
  readonly arguments: readonly string[];
  readonly tasks: readonly string[];
  readonly tools: readonly string[];
  readonly casaVersion: string;
  /** The user chose the version; scripts do not change it. */
  readonly isVersionFixed: boolean;
  readonly logfile: string;
}

export type PythonJob =
  | { readonly kind: 'code'; readonly text: string; readonly language: 2 | 3 }
  | { readonly kind: 'file'; readonly path: string; readonly language: 2 | 3 };

export type PythonThreadData =
  | { readonly kind: 'snapshot'; readonly prelude: readonly PreludeModule[] }
  | {
      readonly kind: 'run';
      readonly prelude: readonly PreludeModule[];
      readonly snapshot?: Uint8Array;
      readonly mounts: readonly string[];
      readonly interrupt: SharedArrayBuffer;
      readonly bridge: { readonly port: MessagePort; readonly signal: SharedArrayBuffer };
      readonly start: PythonStart;
      readonly job: PythonJob;
    };

const RUN = `
import json, qa2_host, qa2_session, qa2_casa
_input = json.loads(input_text)
qa2_session.attach(qa2_host, _input['start'])
qa2_casa.attach(qa2_host, _input['start'])
qa2_session.run_main(_input['job'])
`;

async function runJob(data: Extract<PythonThreadData, { kind: 'run' }>): Promise<number> {
  const bridge = new BlockingBridge(data.bridge.port, data.bridge.signal);
  const interpreter = await startInterpreter(data);
  const shell = hostShell();
  let casaVersion = data.start.casaVersion;
  interpreter.provide('qa2_host', {
    translate: translateSyntax,
    setVersion(version: string) {
      casaVersion = version;
    },
    engine(text: string, cwd: string) {
      const answer = bridge.ask({ text, cwd, casaVersion } satisfies BridgeRequest) as
        | PackedReply
        | { error: SentError };
      interpreter.forgetFiles();
      if ('error' in answer && answer.error.tag === 'aborted') new Uint8Array(data.interrupt)[0] = 0;
      return 'error' in answer ? { tag: answer.error.tag, message: answer.error.message } : { tag: '', ...answer };
    },
    shell(command: string, cwd: string, environment: string, capture: boolean) {
      const answer = shell.run({ command, cwd, environment: JSON.parse(environment), capture });
      interpreter.forgetFiles();
      return JSON.stringify(answer);
    },
    fileSystem: (path: string) => JSON.stringify(statfsSync(path)),
  });
  const code = interpreter.run(RUN, { start: data.start, job: data.job }) as number;
  bridge.close();
  return code;
}

if (!isMainThread && parentPort) {
  const data = workerData as PythonThreadData;
  if (data.kind === 'snapshot') parentPort.postMessage(await makeSnapshot(data.prelude));
  else parentPort.postMessage(await runJob(data));
}
